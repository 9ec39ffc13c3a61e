"""The whole main job in a real browser, as each role: from a post to a figure everyone sees."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from marketplace.core import clock
from marketplace.core.dates import to_input
from tests.browser.conftest import DESKTOP, PHONE, Visitor, onward

pytestmark = [pytest.mark.browser]

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MINE = "main form:not([action='/dang-xuat'])"


def fill(page: Page, **values: str) -> None:
    """Fill in fields by name, whatever kind they are."""
    for name, value in values.items():
        field = page.locator(f"main [name={name}]").first
        tag = field.evaluate("field => field.tagName + ':' + field.type")
        if tag.startswith("SELECT"):
            field.select_option(value)
        elif tag.endswith((":radio", ":checkbox")):
            page.locator(f"main [name={name}][value='{value}']").check(force=True)
        elif tag.endswith(":date"):
            day, month, year = value.split("/")
            field.fill(f"{year}-{month}-{day}")
        else:
            field.fill(value)


def send(page: Page) -> None:
    """Press the page's main button; what was filled in must be taken."""
    main = "main :is(.btns, .stickycta) .btn:not(a)"
    strong = page.locator(f"{main}:not(.btn--quiet)")
    onward(page, (strong if strong.count() else page.locator(main)).last)
    assert not page.locator("main .errsum li").all_inner_texts(), page.url


def press(page: Page, action: str) -> None:
    """Press the button of a move by the end of its address, on the page or on its own page."""
    direct = page.locator(f"main form[action$='/{action}'] button")
    if direct.count():
        onward(page, direct.first)
    else:
        onward(page, page.locator(f"main a[href$='/{action}']").first)
        send(page)


def go(visitor: Visitor, path: str) -> Page:
    page = visitor.go(path)
    assert page.locator("main h1").count() == 1, page.url
    return page


@pytest.mark.parametrize(
    ("size", "language", "scripts"),
    [(PHONE, "vi", False), (DESKTOP, "en", True)],
    ids=["phone-vietnamese-no-scripts", "desktop-english"],
)
def test_from_a_post_to_a_public_figure(
    visitor: Callable[..., Visitor],
    tmp_path: Path,
    size: tuple[int, int],
    language: str,
    scripts: bool,
) -> None:
    def someone(role: str, place: str) -> Visitor:
        who = visitor(size, language, scripts=scripts)
        who.sign_in(role, place)
        return who

    title = f"Đẳng sâm thử {language}"
    today = clock.today()
    coop = someone("cooperative", "Dược liệu")
    official, second = (
        visitor(size, language, scripts=scripts),
        visitor(size, language, scripts=scripts),
    )
    for who, number in ((official, 1), (second, 2)):
        who.go("/dang-nhap")
        fill(
            who.page,
            identifier=f"canbo{number}@avuong.example",
            password=coop.site.account("official", "Avương")[1],
        )
        send(who.page)
    ward = someone("official", "Ngũ Hành Sơn")
    hotel = someone("enterprise", "Khách sạn")

    # the cooperative posts
    page = go(coop, "/ban-hang/dang")
    fill(page, title=title)
    send(page)
    own = coop.page.url.removeprefix(coop.site.url)
    page = go(coop, f"{own.rstrip('/')}/sua")
    village = page.locator("main [name=village_id] option:not([value=''])").first
    fill(
        page,
        group="herbs",
        origin="grown",
        description="Đào tại rẫy, rửa sạch, giao trong hai ngày.",
        village_id=village.get_attribute("value") or "",
        unit="kg",
        price_kind="fixed",
        price_low="120.000",
        quantity="900",
    )
    for month in range(1, 13):
        page.locator(f"main [name=months][value='{month}']").check(force=True)
    send(page)
    press(go(coop, own), "submit")

    # an official of its locality approves
    press(go(official, f"/lam-viec/duyet/{own.split('/')[-1]}"), "turn_key")

    # a business finds it, typing without marks, and registers interest
    page = go(hotel, f"/nong-san?q=dang+sam+thu+{language}")
    onward(page, page.locator("main article h3 a, main article h2 a").first)
    assert title in page.locator("h1").inner_text()
    page = go(hotel, page.url.removeprefix(hotel.site.url) + "/quan-tam")
    fill(
        page,
        contact_name="Bộ phận mua hàng",
        contact_phone="0905 000 000",
        quantity="500",
        message="Cần đều mỗi tuần.",
    )
    page.locator("main [name=consent]").check(force=True)
    send(page)
    interest = page.url.removeprefix(hotel.site.url)
    assert re.fullmatch(r"/quan-tam/[a-z0-9]{10}", interest)

    # the cooperative answers
    press(go(coop, interest), "acknowledge")
    press(go(coop, interest), "accept")

    # an official proposes the match; worth 60 million, it needs both keys
    page = go(official, f"/lam-viec/ghep{interest}")
    fill(page, quantity="500", unit_price="120.000")
    send(page)
    case = page.url.removeprefix(official.site.url)
    for who in (coop, hotel):
        press(go(who, case), "consent")
    for who in (second, ward):
        press(go(who, case), "turn_key")

    # terms, signing, start
    page = go(hotel, f"{case}/thoa-thuan")
    fill(page, quantity="500", unit_price="120.000", starts_on=to_input(today))
    send(page)
    send(go(coop, f"{case}/dong-y"))
    paper = tmp_path / "hop-dong.pdf"
    paper.write_bytes(PDF)
    page = go(official, f"{case}/ky")
    fill(page, signed_on=to_input(today - timedelta(days=1)), paper_number="12/HĐ")
    page.locator("main [name=paper]").set_input_files(paper)
    send(page)
    press(go(official, case), "start")

    # delivered by one side, confirmed by the other
    page = go(coop, f"{case}/dot")
    fill(page, happened_on=to_input(today), quantity="500")
    page.locator("main [name=paper]").set_input_files(paper)
    send(page)
    press(go(hotel, case), "confirm")
    press(go(official, case), "complete")

    # an official without a hand in the figures verifies them; everyone sees the sum
    before = numbers(go(hotel, "/ket-qua"))
    send(go(ward, f"{case}/so-lieu/xac-minh"))
    assert numbers(go(hotel, "/ket-qua")) != before


def numbers(page: Page) -> list[str]:
    """The big figures of the results page."""
    return page.locator("main .big dd").all_inner_texts()
