"""What becomes of a photo: its pixels, the way up, its ground, its memory; nothing of the rest."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from marketplace.core.files import FolderStore
from marketplace.core.photos import CARD_BYTES, CARD_WIDTH, PAGE_WIDTH, clean_photo, clean_scan

RED, GREEN, BLUE, YELLOW = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)
WHITE = (255, 255, 255)
ROOT = Path(__file__).parents[2]


def cleaned(content: bytes, tmp_path: Path) -> Image.Image:
    """The page size of a photo, as it will be shown."""
    store = FolderStore(tmp_path)
    picture = clean_photo(store, content)
    card = store.read(picture.card) or b""
    assert len(card) <= CARD_BYTES
    assert max(Image.open(io.BytesIO(card)).size) <= CARD_WIDTH
    shown = Image.open(io.BytesIO(store.read(picture.page) or b""))
    assert shown.format == "WEBP"
    assert shown.size == (picture.width, picture.height)
    assert max(shown.size) <= PAGE_WIDTH
    assert not shown.info.keys() - {"loop", "background", "timestamp", "duration"}
    return shown.convert("RGB")


def saved(image: Image.Image, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def is_near(one: tuple[int, ...], other: tuple[int, ...], most: int = 40) -> bool:
    return all(abs(a - b) <= most for a, b in zip(one, other, strict=True))


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """From the upper left, clockwise."""
    w, h = image.size
    places = [
        (w // 5, h // 5),
        (4 * w // 5, h // 5),
        (4 * w // 5, 4 * h // 5),
        (w // 5, 4 * h // 5),
    ]
    return [image.getpixel(place) for place in places]


def four_colours(size: tuple[int, int] = (600, 400)) -> Image.Image:
    image = Image.new("RGB", size)
    w, h = size[0] // 2, size[1] // 2
    for place, colour in (((0, 0), RED), ((w, 0), GREEN), ((w, h), BLUE), ((0, h), YELLOW)):
        image.paste(colour, (*place, place[0] + w, place[1] + h))
    return image


TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How the pixels lie in the file when the camera says so; the reader turns them back."""


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(600, 400), (5000, 3000)])
def test_every_way_up_is_turned_upright(kind: str, size: tuple[int, int], tmp_path: Path) -> None:
    upright = four_colours(size)
    for orientation in [1, *TURNED] if size[0] < 1000 else [6]:
        lying = upright.transpose(TURNED[orientation]) if orientation in TURNED else upright
        exif = Image.Exif()
        exif[0x0112] = orientation
        shown = cleaned(saved(lying, kind, exif=exif), tmp_path)
        assert (shown.width > shown.height) is True, orientation
        for found, wanted in zip(corners(shown), (RED, GREEN, BLUE, YELLOW), strict=True):
            assert is_near(found, wanted), orientation


@pytest.mark.parametrize("orientation", [0, 9, 255, 65535])
def test_a_way_up_that_does_not_exist_turns_nothing(orientation: int, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    shown = cleaned(saved(four_colours(), "JPEG", exif=exif), tmp_path)
    assert is_near(corners(shown)[0], RED)


def grey16(value: int) -> Image.Image:
    return Image.new("I;16", (200, 100), value)


def clear_palette() -> bytes:
    image = Image.new("P", (200, 100), 1)
    image.putpalette([0, 0, 0, 255, 0, 0])
    return saved(image, "PNG", transparency=1)


def half_clear() -> Image.Image:
    image = Image.new("RGBA", (200, 100), (*RED, 255))
    image.paste((0, 0, 0, 0), (100, 0, 200, 100))
    return image


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (200, 100), colour) for colour in (RED, GREEN, BLUE)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)


@pytest.mark.parametrize(
    ("make", "left", "right"),
    [
        (lambda: saved(Image.new("CMYK", (200, 100), (0, 255, 255, 0)), "JPEG"), RED, RED),
        (lambda: saved(Image.new("L", (200, 100), 128), "JPEG"), (128,) * 3, (128,) * 3),
        (lambda: saved(Image.new("1", (200, 100), 1), "PNG"), WHITE, WHITE),
        (lambda: saved(grey16(32896), "PNG"), (128,) * 3, (128,) * 3),
        (lambda: saved(grey16(65535), "PNG"), WHITE, WHITE),
        (lambda: saved(grey16(0), "PNG"), (0, 0, 0), (0, 0, 0)),
        (lambda: saved(half_clear(), "PNG"), RED, WHITE),
        (lambda: saved(half_clear(), "WEBP", lossless=True), RED, WHITE),
        (lambda: saved(half_clear().convert("LA"), "PNG"), (76,) * 3, WHITE),
        (clear_palette, WHITE, WHITE),
        (lambda: saved(Image.new("RGB", (200, 100), RED), "PNG", transparency=RED), WHITE, WHITE),
        (lambda: moving("PNG"), RED, RED),
        (lambda: moving("WEBP"), RED, RED),
        (lambda: moving("MPO"), RED, RED),
    ],
    ids=[
        "cmyk", "grey", "black and white", "16 bits, middle", "16 bits, white", "16 bits, black",
        "half clear png", "half clear webp", "grey half clear", "clear palette", "clear colour",
        "moving png", "moving webp", "two pictures in a jpeg",
    ],
)  # fmt: skip
def test_every_kind_of_pixels_comes_out_as_it_looks(make, left, right, tmp_path: Path) -> None:
    shown = cleaned(make(), tmp_path)
    assert is_near(shown.getpixel((50, 50)), left)
    assert is_near(shown.getpixel((150, 50)), right)


@pytest.mark.parametrize("size", [(1, 1), (3, 4000), (9000, 2), (6000, 6000), (257, 1281)])
def test_shapes_no_camera_makes(size: tuple[int, int], tmp_path: Path) -> None:
    shown = cleaned(saved(Image.new("RGB", size, RED), "PNG"), tmp_path)
    assert is_near(shown.getpixel((0, 0)), RED)
    assert is_near(shown.getpixel((shown.width - 1, shown.height - 1)), RED)


def test_noise_still_makes_a_light_card(tmp_path: Path) -> None:
    cleaned(saved(Image.effect_noise((1800, 1400), 120).convert("RGB"), "JPEG"), tmp_path)


def test_a_scanned_page_stays_legible() -> None:
    """A hairline of A4 at 300 dots per inch is still there."""
    page = Image.new("L", (2480, 3508), 255)
    page.paste(0, (0, 1000, 2480, 1003))
    kept = Image.open(io.BytesIO(clean_scan(saved(page, "PNG", dpi=(300, 300)))))
    assert kept.size == page.size
    assert kept.convert("L").getpixel((1000, 1001)) < 60


MEMORY = """
import io, resource, sys
from PIL import Image
from marketplace.core import photos
content = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
photos._decode(content, "photo", photos.PAGE_WIDTH)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "kind", "side", "more"),
    [
        ("RGB", "JPEG", 6300, {"progressive": True}),
        ("RGBA", "PNG", 6300, {}),
        ("RGB", "WEBP", 3990, {}),
    ],
)
def test_the_largest_photos_take_bounded_memory(mode, kind, side, more, tmp_path: Path) -> None:
    """Megabytes beyond what the process has anyway; the undrawn picture alone is 120 to 160."""
    path = tmp_path / "largest"
    path.write_bytes(saved(Image.new(mode, (side, side)), kind, **more))
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(path)], cwd=ROOT, capture_output=True, check=True
    )
    assert int(done.stdout) < 360
