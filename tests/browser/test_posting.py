"""Posting produce on a phone: five things first, two photos in the same form, then sent in."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.conftest import PHONE, Visitor, onward

pytestmark = [pytest.mark.browser]

MOST_STEPS = 16
"""Fields filled in, boxes ticked and buttons pressed from the stall to "sent for approval"."""
MINUTES = 4


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_an_item_with_two_photos_is_sent_in(
    visitor: Callable[..., Visitor], tmp_path: Path, scripts: bool
) -> None:
    photos = []
    for name, colour in (("cu.jpg", (150, 110, 50)), ("ray.jpg", (60, 120, 70))):
        Image.new("RGB", (2400, 1800), colour).save(tmp_path / name, "JPEG")
        photos.append(tmp_path / name)
    coop = visitor(PHONE, scripts=scripts)
    coop.sign_in("cooperative", "Dược liệu")
    page, steps, begun = coop.page, 0, time.monotonic()

    def step(act: Callable[[], object]) -> None:
        nonlocal steps
        act()
        steps += 1

    coop.go("/ban-hang")
    step(page.locator("main a[href='/ban-hang/dang']").first.click)
    page.wait_for_url("**/ban-hang/dang")
    asked = page.locator("main form .fld:visible .lab").all_inner_texts()
    assert len(asked) <= 8, asked  # name; photos and their words; price, unit; how much; months

    step(lambda: page.fill("main [name=title]", f"Đẳng sâm thử ảnh {scripts}"))
    step(lambda: page.set_input_files("main [name=photo]", photos))
    step(lambda: page.fill("main [name=price_low]", "120.000"))
    step(lambda: page.fill("main [name=quantity]", "300"))
    for month in ("10", "11", "12"):
        step(page.locator(f"main [name=months][value='{month}'] + span").click)
    step(page.locator("main details.disc > summary").click)
    step(lambda: page.select_option("main [name=group]", "herbs"))
    step(lambda: page.select_option("main [name=origin]", "grown"))
    if not page.input_value("main [name=village_id]"):
        step(lambda: page.select_option("main [name=village_id]", index=1))
    step(lambda: page.fill("main [name=description]", "Đào tại rẫy, rửa sạch."))
    step(page.locator("main .stickycta .btn").last.click)
    page.wait_for_url(re.compile(r"/ban-hang/[a-z0-9]{10}$"))
    assert page.locator("main .shots img").count() == 2
    assert page.locator("#con-thieu").count() == 0
    step(lambda: onward(page, page.locator("main form[action$='/submit'] button")))
    assert page.locator("main form[action$='/submit']").count() == 0
    assert page.locator("main .keys").count() == 1  # whose key is awaited
    assert steps <= MOST_STEPS, steps
    assert time.monotonic() - begun < MINUTES * 60
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE[0]
