"""Preview pictures: size, letters, wrapping, and a folder that does not grow for ever."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from marketplace.sharing.kept import Kept
from marketplace.sharing.picture import Card, _font, draw, drawable, look_of, wrapped

VIETNAMESE = "ẠẢÃÀÁÂẬẦẤẨẪĂẮẰẶẲẴÓÒỌÕỎÔỘỔỖỒỐƠỜỚỢỞỠÉÈẺẸẼÊẾỀỆỂỄÚÙỤỦŨƯỰỮỬỪỨÍÌỊỈĨÝỲỶỴỸĐ"
WHOLE = VIETNAMESE + VIETNAMESE.lower() + "₫–…“”’·²%&@0123456789"


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def shot(colour: str = "#0000ff", size: tuple[int, int] = (900, 600)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "WEBP")
    return out.getvalue()


@pytest.mark.parametrize("weight", [400, 600, 800])
def test_every_vietnamese_letter_has_a_form_of_its_own(weight: int) -> None:
    font = _font(weight, 64)
    missing = bytes(font.getmask("\U000e0fff"))
    forms = {letter: bytes(font.getmask(letter)) for letter in WHOLE}
    assert not [letter for letter, form in forms.items() if form == missing]
    marked = [forms[letter] for letter in VIETNAMESE]
    assert len(set(marked)) == len(marked)
    assert drawable(WHOLE) == WHOLE


def test_letters_nobody_has_are_told_as_well_as_can_be() -> None:
    assert drawable("Đẳng sâm") == "Đẳng sâm"  # taken apart
    assert drawable("ŏ \x00日本 🍯 x") == "o x"
    assert drawable("🍯") == ""


@pytest.mark.parametrize("look", ["avuong-nguhanhson", "neutral", "no such pack"])
@pytest.mark.parametrize("photo", [None, shot(), b"no picture", shot()[:80]])
def test_a_picture_is_1200_by_630(look: str, photo: bytes | None) -> None:
    card = Card(
        look=look,
        title="Đẳng sâm tươi",
        site="Cổng",
        price="120.000 ₫/kg",
        months=7,
        month=1,
        photo="x",
    )
    content = draw(card, photo)
    image = opened(content)
    assert (image.size, image.format) == ((1200, 630), "PNG")
    assert len(content) < 300_000
    assert image.convert("RGB").getpixel((5, 628)) == Image.new(
        "RGB", (1, 1), look_of(look).cloth
    ).getpixel((0, 0))


def test_the_photo_is_shown() -> None:
    card = Card(look="neutral", title="x", site="y", photo="d")
    red, green, blue = opened(draw(card, shot("#0000ff"))).convert("RGB").getpixel((1000, 300))
    assert blue > 200
    assert red + green < 60


def test_long_words_and_titles_stay_inside() -> None:
    font = _font(800, 40)
    for text in ("Mật ong " * 60, "Y" * 400, "a", ""):
        lines = wrapped(text.strip(), font, 500, 3)
        assert len(lines) <= 3
        assert all(font.getlength(line) <= 500 for line in lines)
    assert wrapped("Mật ong " * 60, font, 500, 3)[-1].endswith("…")
    assert " ".join(wrapped("một hai ba", font, 120, 9)) == "một hai ba"
    card = Card(look="neutral", title="Mật " * 90, site="s" * 300, price="9" * 90, owner="o" * 300, where="w" * 300,
                quantity="q" * 200, months=4095, season="Quanh năm " * 20, tags=("t" * 90, "u"), kind="k" * 90)  # fmt: skip
    assert opened(draw(card)).size == (1200, 630)


def test_the_name_of_a_picture_follows_what_it_shows() -> None:
    card = Card(look="neutral", title="x", site="y")
    assert card.digest == Card(look="neutral", title="x", site="y").digest
    assert (
        len(
            {
                card.digest,
                Card("neutral", "z", "y").digest,
                Card("avuong-nguhanhson", "x", "y").digest,
            }
        )
        == 3
    )


def test_a_picture_is_drawn_once_and_the_oldest_go(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "previews", most=10, fewer=8)
    drawn: list[int] = []

    def make(n: int) -> bytes:
        drawn.append(n)
        return f"{n}".encode()

    for n in (*range(10), 0, 0):
        assert kept.get(f"{n:064}", lambda n=n: make(n)) == f"{n}".encode()
    assert drawn == list(range(10))
    for n in range(10):
        os.utime(kept.folder / f"{n:064}.png", (n, n))
    kept.get("x", lambda: b"new")
    left = sorted(path.stem[-1] for path in kept.folder.iterdir())
    assert left == ["3", "4", "5", "6", "7", "8", "9", "x"]


def test_a_full_disk_keeps_nothing_and_breaks_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "previews"
    folder.write_text("in the way")
    assert Kept(folder).get("x", lambda: b"drawn") == b"drawn"
