"""Choosing photos on a phone: made small, shown, taken out, sent in order; and without scripts."""

from __future__ import annotations

import io
import re
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.conftest import PHONE, Visitor, onward

pytestmark = pytest.mark.browser

RED, BLUE = (200, 30, 30), (30, 30, 200)


def photo(path: Path, colour: tuple[int, int, int], *, lying: bool = False) -> Path:
    """A photo of 12 megapixels and some megabytes; ``lying`` on its side, as phones keep them."""
    image = Image.effect_noise((4000, 3000), 60).convert("RGB")
    image = Image.blend(image, Image.new("RGB", image.size, colour), 0.6)
    image.paste((250, 250, 250), (0, 0, 4000, 300))  # a white sky
    exif = Image.Exif()
    exif[0x010F] = "MayAnhBiMat"
    if lying:
        exif[0x0112] = 6
        image = image.transpose(Image.Transpose.ROTATE_90)
    image.save(path, "JPEG", quality=90, exif=exif)
    return path


def draft(someone: Visitor, title: str) -> str:
    """Begin a product; the address of its page."""
    someone.sign_in("cooperative")
    page = someone.go("/ban-hang/dang")
    page.fill("main [name=title]", title)
    page.locator("main form .btn:not(.btn--quiet)").last.click()
    page.wait_for_url(re.compile(r"/ban-hang/[a-z0-9]{10}$"))
    return page.url


def add(page, *paths: Path) -> None:
    page.set_input_files("#photo", [str(path) for path in paths])


def weights(page) -> list[int]:
    """Kilobytes told beside each photo chosen."""
    return [int(text.split()[1]) for text in page.locator("#photo-anh .kb").all_inner_texts()]


def test_photos_are_small_before_they_travel(
    visitor: Callable[..., Visitor], tmp_path: Path
) -> None:
    someone = visitor(PHONE)
    own = draft(someone, "Củ mài")
    page = someone.page
    big = [
        photo(tmp_path / "do.jpg", RED),
        photo(tmp_path / "xanh.jpg", BLUE, lying=True),
        photo(tmp_path / "thua.jpg", RED),
    ]
    assert all(path.stat().st_size > 1_500_000 for path in big)
    add(page, big[0])
    add(page, *big[1:])  # later ones join the earlier
    for _ in range(300):  # the policy of the pages lets no test evaluate a condition in them
        if len(found := weights(page)) == 3 and max(found) < 700:
            break
        page.wait_for_timeout(100)
    else:
        pytest.fail(f"the photos stay at {weights(page)} KB")
    page.get_by_role("button", name=re.compile("thua")).click()
    assert len(weights(page)) == 2
    sizes = page.evaluate(
        "[...document.querySelector('#photo').files].map((f) => [f.name, f.size])"
    )
    assert [name for name, _ in sizes] == ["do.jpg", "xanh.jpg"]
    with page.expect_request(lambda request: request.method == "POST") as sent:
        onward(page, page.locator("form[action$='/anh'] .btn:not(.kb)"))
    body = sent.value.post_data_buffer or b""
    assert b"MayAnhBiMat" not in body
    assert page.url.partition("#")[0] == own
    shown = page.locator("#anh .shots img")
    assert shown.count() == 2
    cookies = "; ".join(f"{c['name']}={c['value']}" for c in someone.context.cookies())
    for image, colour in zip(shown.all(), (RED, BLUE), strict=True):
        address = someone.site.url + str(image.get_attribute("src")).replace("card", "page")
        request = urllib.request.Request(address, headers={"Cookie": cookies})
        with urllib.request.urlopen(request) as answer:
            kept = Image.open(io.BytesIO(answer.read())).convert("RGB")
        assert max(kept.size) == 1280
        assert kept.width > kept.height  # upright
        assert min(kept.getpixel((640, 20))) > 200, "the sky is up"
        seen = kept.resize((1, 1), box=(0, 400, 1280, 900)).getpixel((0, 0))
        assert seen.index(max(seen)) == colour.index(max(colour)), "in the order chosen"


def test_sent_too_early_it_goes_by_itself(visitor: Callable[..., Visitor], tmp_path: Path) -> None:
    someone = visitor(PHONE)
    draft(someone, "Củ mài sớm")
    page = someone.page
    add(page, *[photo(tmp_path / f"{n}.jpg", RED) for n in range(4)])
    page.locator("form[action$='/anh'] .btn:not(.kb)").click()
    page.wait_for_selector("#anh .shots img[src^='/anh/']")
    assert page.locator("#anh .shots img[src^='/anh/']").count() == 4


@pytest.mark.parametrize("broken", ["no scripts", "no decoder", "no file of a photo"])
def test_without_help_the_form_sends_what_was_chosen(
    broken: str, visitor: Callable[..., Visitor], tmp_path: Path
) -> None:
    someone = visitor(PHONE, scripts=broken != "no scripts")
    if broken == "no decoder":
        someone.page.add_init_script("delete window.createImageBitmap")
    draft(someone, f"Củ mài {broken}")
    page = someone.page
    path = photo(tmp_path / "a.jpg", RED)
    if broken == "no file of a photo":
        path = tmp_path / "hong.jpg"
        path.write_bytes(b"\xff\xd8\xff" + bytes(5000))
    add(page, path)
    onward(page, page.locator("form[action$='/anh'] .btn:not(.kb)"))
    if broken == "no file of a photo":
        page.wait_for_selector(".errsum")
        assert "JPEG" in page.locator(".errsum").inner_text()
    else:
        page.wait_for_selector("#anh .shots img[src^='/anh/']")
