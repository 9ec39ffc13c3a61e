"""Lists at work in a browser: addresses, comparing, the map by keyboard, fonts, printing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


def test_an_address_names_only_what_is_asked_in_one_order(
    visitor: Callable[..., Visitor],
) -> None:
    someone = visitor()
    page = someone.go("/nong-san?xem=danh-sach")
    page.check("input[name=nhom][value=herbs]")
    page.click("#xem-loc")
    page.wait_for_url("**/nong-san?nhom=herbs&xem=danh-sach")
    page.fill("#q", "sam")
    page.wait_for_url("**/nong-san?q=sam&nhom=herbs&xem=danh-sach")
    page.fill("#q", "")
    page.wait_for_url("**/nong-san?nhom=herbs&xem=danh-sach")
    assert someone.faults == []


def test_a_fifth_tick_is_told_that_four_can_be_compared(visitor: Callable[..., Visitor]) -> None:
    page = visitor().go("/nong-san")
    for number in range(4):
        page.locator(".keep [form=so-sanh]").nth(number).click()
    assert page.locator("#so-sanh [role=status]").inner_text() == ""
    page.locator(".keep [form=so-sanh]").nth(4).click()
    assert page.locator("#so-sanh [role=status]").inner_text()
    assert page.locator("[form=so-sanh]:checked").count() == 4


def test_the_map_is_worked_by_keyboard(visitor: Callable[..., Visitor]) -> None:
    page = visitor().go("/nong-san?xem=ban-do")
    pin = page.locator('.leaflet-marker-icon[tabindex="0"]').first
    pin.wait_for()
    village = pin.get_attribute("title") or ""
    label = pin.get_attribute("aria-label") or ""
    assert label.startswith(village)
    assert any(letter.isdigit() for letter in label)
    pin.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('[data-on]') !== null")


def test_each_font_is_fetched_once(visitor: Callable[..., Visitor]) -> None:
    someone = visitor()
    asked: list[str] = []
    someone.page.on("request", lambda r: asked.append(r.url) if ".woff2" in r.url else None)
    someone.go("/").wait_for_load_state("networkidle")
    files = [address.partition("?")[0] for address in asked]
    assert files
    assert len(files) == len(set(files))


def test_months_are_told_apart_on_paper_without_colours(visitor: Callable[..., Visitor]) -> None:
    page = visitor().go("/nong-san?xem=lich")
    page.emulate_media(media="print")
    drawn = """(query) => {
      const style = getComputedStyle(document.querySelector(query));
      return [style.backgroundColor, parseFloat(style.borderTopWidth) * 2 >= parseFloat(style.width)];
    }"""
    nothing = "rgba(0, 0, 0, 0)"
    assert page.evaluate(drawn, ".cal .season .on") == [nothing, True]
    assert page.evaluate(drawn, ".cal .season i:not(.on)") == [nothing, False]
