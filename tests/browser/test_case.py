"""One case in a real browser, from a draft of an interest to its early end, and the desk beside it.

Two firms, a cooperative, two officials of each locality. One half happens in Vietnamese on a phone
without scripts, the other in English on a desktop; the second run changes the halves. Where a mail
tells someone of it, they come by its link.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from marketplace.core import clock
from marketplace.core.dates import to_input
from tests.browser.conftest import DESKTOP, PHONE, Site, Visitor
from tests.browser.person import Letters, Person, fill
from tests.browser.test_journey import PDF

pytestmark = [pytest.mark.browser]

Way = tuple[tuple[int, int], str, bool]
ON_A_PHONE: Way = (PHONE, "vi", False)
AT_A_DESK: Way = (DESKTOP, "en", True)
GOODS = "Đẳng sâm hồ sơ"
HOTEL, RESTAURANT = "Khách sạn Đá Ngân", "Nhà hàng Bếp Năm Núi"
COOPERATIVE = "HTX Dược liệu Azứt"
PEOPLE = {
    "coop": "duoclieu@avuong.example",
    "hotel": "dangan@nguhanhson.example",
    "restaurant": "bepnamnui@nguhanhson.example",
    "source": "canbo1@avuong.example",
    "source_2": "canbo2@avuong.example",
    "market": "canbo1@nguhanhson.example",
    "market_2": "canbo2@nguhanhson.example",
}


@dataclass
class Company:
    """Everyone of the story, with the browsers they use now."""

    coop: Person
    hotel: Person
    restaurant: Person
    source: Person
    source_2: Person
    market: Person
    market_2: Person
    visitor: Person
    """Nobody's account: whoever opens a link or asks as a visitor."""


@dataclass
class Papers:
    """What is attached on the way."""

    pdf: Path
    photo: Path
    folder: Path


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    """A paper and a photo."""
    pdf, photo = tmp_path / "ban-ky.pdf", tmp_path / "cu.jpg"
    pdf.write_bytes(PDF)
    Image.new("RGB", (800, 600), (150, 110, 50)).save(photo, "JPEG")
    return Papers(pdf, photo, tmp_path)


@pytest.fixture
def gather(site: Site, visitor: Callable[..., Visitor]) -> Callable[[Way], Company]:
    """``gather(ON_A_PHONE)``: everyone with fresh browsers of this size and language."""
    letters = Letters(site)
    password = site.account("official")[1]

    def company(way: Way) -> Company:
        size, language, scripts = way

        def person(identifier: str) -> Person:
            window = visitor(size, language, scripts=scripts)
            return Person(identifier, password, window, size[0], language, letters)

        return Company(**{role: person(name) for role, name in PEOPLE.items()}, visitor=person(""))

    return company


@pytest.mark.parametrize(
    ("first", "second"),
    [(ON_A_PHONE, AT_A_DESK), (AT_A_DESK, ON_A_PHONE)],
    ids=["phone-then-desk", "desk-then-phone"],
)
def test_a_case_from_interest_to_its_end(
    gather: Callable[[Way], Company], papers: Papers, first: Way, second: Way
) -> None:
    title = f"{GOODS} {first[1]}"
    people = gather(first)
    listing = posted(people, title)
    interest = asked_and_accepted(people, listing, title)
    talked(people, interest, title, papers)
    travelled(people, interest, title, papers)
    case = matched(people, interest, title)

    people = gather(second)
    agreed(people, case, title)
    signed(people, case, title, papers)
    delivered(people, case, title, papers)
    ended(people, case, title)
    waiting = asked_without_account(people, listing, title)
    decided_at_the_desk(people, waiting, title, papers)


def posted(people: Company, title: str) -> str:
    """The cooperative posts, an official of its locality approves; the public address."""
    coop, official = people.coop, people.source
    coop.go("/ban-hang/dang")
    coop.send(title=title)
    own = coop.path.removesuffix("/sua").rstrip("/")
    page = coop.go(f"{own}/sua")
    village = page.locator("main [name=village_id] option:not([value=''])").first
    for month in range(1, 13):
        page.locator(f"main [name=months][value='{month}']").check(force=True)
    coop.send(
        group="herbs",
        origin="grown",
        description="Đào tại rẫy, rửa sạch, giao trong hai ngày.",
        village_id=village.get_attribute("value") or "",
        unit="kg",
        price_kind="fixed",
        price_low="120.000",
        quantity="2.000",
    )
    coop.go(own)
    coop.press("submit")
    official.go(f"/lam-viec/duyet/{own.split('/')[-1]}")
    official.press("turn_key")
    people.visitor.go(f"/nong-san?q={title.replace(' ', '+')}")
    people.visitor.click(people.visitor.page.locator("main article :is(h2, h3) a").first)
    return people.visitor.path


def asked_and_accepted(people: Company, listing: str, title: str) -> str:
    """A draft is resumed and sent, an official asks for more, the cooperative accepts."""
    hotel, coop, official = people.hotel, people.coop, people.source
    hotel.go(f"{listing}/quan-tam")
    fill(hotel.page.locator("main form.form").last, quantity="500")
    hotel.click(hotel.page.locator("main button[formaction]"))
    interest = hotel.path
    assert re.fullmatch(r"/quan-tam/[a-z0-9]{10}", interest)
    official.go("/lam-viec")
    assert official.refused(interest, 404)  # nobody else sees a draft

    hotel.go(interest)
    hotel.click(hotel.page.locator(f"main a[href='{listing}/quan-tam']").first)
    assert hotel.page.input_value("main [name=quantity]") == "500"
    hotel.click(hotel.page.locator("main form.form button.btn:not(.btn--quiet)").last)
    assert len(hotel.refusals()) >= 2  # no words, no consent
    hotel.send(
        contact_name="Bộ phận mua hàng",
        contact_phone="0905 000 000",
        message="Cần đều mỗi tuần.",
        consent=True,
    )
    assert hotel.path == interest

    official.follow("New interest in %(title)s", title=title)
    official.press("ask", reason="amount", note="Mỗi tuần cần bao nhiêu?")
    hotel.follow("One question before the answer: %(title)s", title=title)
    hotel.press("bo-sung", note="Mỗi tuần 60 kg, giao thứ sáu.")
    page = coop.follow("Your question was answered: %(title)s", title=title)
    assert "60 kg" in page.locator("main").inner_text()
    assert "0905 000 000" not in page.locator("main").inner_text()
    coop.press("acknowledge")
    coop.press("accept")
    assert "0905 000 000" in coop.page.locator("main").inner_text()
    return interest


def talked(people: Company, interest: str, title: str, papers: Papers) -> None:
    """The hotel writes with a file, the cooperative answers."""
    hotel, coop = people.hotel, people.coop
    hotel.follow("Introduction accepted: %(title)s", title=title)
    thread = f"/trao-doi{interest}"
    hotel.click(hotel.page.locator(f"main a[href^='{thread}']").first)
    hotel.send(words="Gửi anh/chị bảng yêu cầu.", files=papers.pdf)
    page = coop.follow("New message about “%(title)s”", title=title)
    if coop.path != thread:
        page = coop.go(thread)
    assert page.locator("main a[href^='/trao-doi/tep/']").count() == 1
    coop.send(words="Cảm ơn, bên em làm được.")
    hotel.go(thread)
    assert hotel.page.locator("main .talk > li").count() == 2


def travelled(people: Company, interest: str, title: str, papers: Papers) -> None:
    """A trip from plan to report: two keys, a yes and a no by the mail's link, findings, a promise."""
    planner, hotel = people.market, people.hotel
    keys = (people.source, people.market_2)
    name, today = f"Khảo sát {title}", to_input(clock.today())
    planner.go("/lam-viec/su-kien/moi")
    host = option(planner, "host", COOPERATIVE)
    planner.send(
        title=name,
        purpose="Xem rẫy và cách sơ chế.",
        starts_on=today,
        ends_on=today,
        host=host,
        meeting_point="Trước trụ sở Ủy ban nhân dân",
        meets_at="7:30",
        seats="6",
    )
    trip = planner.path
    assert planner.missing()  # no stop, nothing to see
    office = f"/lam-viec{trip}"
    page = planner.go(f"{office}/tram/moi")
    planner.send(
        on=today,
        at="9:30",
        listing=option(planner, "listing", title),
        village_id=page.locator("main [name=village_id] option").nth(1).get_attribute("value"),
        place="Rẫy đẳng sâm",
        ask="Mỗi tuần đào được bao nhiêu?",
    )
    planner.go(f"{office}/quan-tam")
    planner.send(interests=interest.rsplit("/", maxsplit=1)[-1])
    planner.press("plan")
    assert planner.refused(f"{trip}/turn_key", 403)  # who drew it up turns no key
    for official in keys:
        official.go(trip)
        official.press("turn_key")

    for firm, function, leads in ((HOTEL, "Bếp trưởng", True), (RESTAURANT, "Quản lý", False)):
        planner.go(f"{office}/moi-nguoi")
        more = {"is_leader": True} if leads else {}
        planner.send(
            organisation=option(planner, "organisation", firm),
            function=function,
            phone="0905 000 000",
            **more,
        )
    guest, letters = people.visitor, hotel.letters
    for firm, answer in ((hotel, "accept"), (people.restaurant, "decline")):
        link = letters.link(firm.identifier, "Invitation: survey trip “%(title)s”", title=name)
        assert link.startswith("/su-kien/moi/")
        guest.go(link)  # without signing in
        guest.click(guest.page.locator(f"main form:has([name=answer][value={answer}]) button"))

    hotel.go(trip)
    hotel.click(hotel.page.locator(f"main a[href^='{trip}/tram/']").first)
    hotel.send(findings="Củ đều, rửa tại suối, phơi trên giàn.", photos=papers.photo)

    planner.go(trip)
    planner.press("attend")
    planner.click(planner.page.locator(f"main a[href^='{office}/quan-tam/']").first)
    planner.send(next_step="go_on", next_note="Bắt đầu 60 kg mỗi tuần.")
    planner.go(f"/lam-viec/cam-ket/moi?chuyen={trip.split('/')[-1]}")
    planner.send(
        promisor=option(planner, "promisor", COOPERATIVE),
        promisee=option(planner, "promisee", HOTEL),
        what="Gửi mẫu 2 kg trước thứ sáu.",
        due_on=to_input(clock.today() + timedelta(days=7)),
    )
    planner.go(trip)
    planner.press("report")
    planner.go(f"{office}/bao-cao")
    planner.send(summary="Rẫy đủ hàng cho nhu cầu của khách sạn.")
    report = planner.path
    for official in keys:
        official.go(report)
        official.press("khoa")
    hotel.follow("Report agreed: survey trip “%(title)s”", title=name)
    assert "Gửi mẫu 2 kg" in people.coop.go("/toi/cam-ket").locator("main").inner_text()


def matched(people: Company, interest: str, title: str) -> str:
    """An official proposes, both sides say yes, each locality turns its key; the case."""
    people.source.go(f"/lam-viec/ghep{interest}")
    people.source.send(quantity="500", unit_price="120.000")
    case = people.source.path
    for firm in (people.coop, people.hotel):
        firm.follow("A match is proposed to you: %(title)s", title=title)
        firm.press("consent")
    for official in (people.source_2, people.market):
        official.follow("Your key is asked for: %(title)s", title=title)
        official.press("turn_key")
    return case


def agreed(people: Company, case: str, title: str) -> None:
    """An offer, a counter-offer, and both accept the same one."""
    hotel, coop = people.hotel, people.coop
    hotel.follow("The match is approved: %(title)s", title=title)
    hotel.press("thoa-thuan", unit_price="110.000", starts_on=to_input(clock.today()))
    coop.follow("A new offer: %(title)s", title=title)
    coop.press("thoa-thuan", unit_price="118.000", delivery="Giao thứ sáu hằng tuần.")
    hotel.follow("A new offer: %(title)s", title=title)
    hotel.press("dong-y")
    coop.follow("Everyone agrees: %(title)s", title=title)
    assert coop.path == case


def signed(people: Company, case: str, title: str, papers: Papers) -> None:
    """The paper is drawn up, both hand in their copies, an official countersigns and starts."""
    official, firms = people.source, (people.hotel, people.coop)
    day = to_input(clock.today())
    people.hotel.go(case)
    people.hotel.press("van-ban", kind="frame")
    word = people.hotel.download("/van-ban.docx", papers.folder)
    with zipfile.ZipFile(word) as parts:
        words = re.sub(r"<[^>]+>", "", parts.read("word/document.xml").decode())
    assert HOTEL.upper() in words.upper()
    assert COOPERATIVE.upper() in words.upper()
    official.go(case)
    for firm in (HOTEL, COOPERATIVE):  # whose signed copies are missing
        assert any(firm in sentence for sentence in official.missing())
    people.hotel.press("van-ban/ban-ky", signed_on=day, paper=papers.pdf)
    people.coop.follow("A signed copy came: %(title)s", title=title)
    people.coop.press("van-ban/ban-ky", signed_on=day, paper=papers.pdf)
    official.go(case)
    official.press("ky", signed_on=day, paper_number="12/HĐ", paper=papers.pdf)
    official.go(case)
    official.press("start")
    for firm in firms:
        firm.follow("Delivery begins: %(title)s", title=title)


def delivered(people: Company, case: str, title: str, papers: Papers) -> None:
    """Orders, less than asked, a parcel received in part, confirmed, paid, in the sales book."""
    hotel, coop = people.hotel, people.coop
    today, later = to_input(clock.today()), to_input(clock.today() + timedelta(days=7))
    hotel.go(case)
    hotel.press("goi-hang", wanted_on=later, quantity="60")
    coop.follow("An order to answer: %(title)s", title=title)
    coop.press("promise")
    hotel.follow("The producer delivers: %(title)s", title=title)
    hotel.go(case)
    hotel.press("nhu-lan-truoc")
    coop.follow("An order to answer: %(title)s", title=title)
    coop.press("bot", quantity="40")

    coop.go(case)
    coop.press(
        "gui-hang",
        quantity="60",
        boxes="3",
        coach="Xe khách Nam Giang",
        coach_phone="0905 000 000",
        leaves_on=today,
        arrives_on=today,
    )
    parcel = coop.path
    coop.page.goto(coop.visitor.site.url + f"{parcel}/nhan-thung")
    code = coop.page.request.get(coop.visitor.site.url + f"{parcel}/ma.svg")
    assert code.ok
    assert coop.page.locator(f".label img[src='{parcel}/ma.svg']").count() == 3

    hotel.visitor.go(parcel)  # as the phone's camera does
    assert hotel.path == f"{parcel}/nhan"
    hotel.look()
    hotel.send(quantity="55", rejected="5", goods_reason="spoiled", photo=papers.photo)
    assert hotel.refused(f"{parcel}/nhan", 409)  # once only
    coop.follow("To confirm: delivery %(n)s of %(title)s", n=1, title=title)
    coop.press("confirm")
    hotel.follow("Confirmed: delivery %(n)s of %(title)s", n=1, title=title)
    coop.go(case)
    coop.press("tien", amount="6.490.000", how="transfer")
    book = coop.go("/so-ban-hang").locator("main").inner_text()
    assert title in book
    assert "6.490.000" in book or "6,490,000" in book


def ended(people: Company, case: str, title: str) -> None:
    """Suspended by a landslide and resumed; ended early under the keys of both localities."""
    hotel, coop, official = people.hotel, people.coop, people.source
    hotel.go(case)
    hotel.press("suspend", reason="landslide", note="Đường vào thôn bị sạt lở.")
    coop.follow("Suspended: %(title)s", title=title)
    coop.press("resume_active")
    hotel.follow("Going on: %(title)s", title=title)
    official.go(case)
    assert official.missing()  # less was delivered than committed
    official.press("propose_end", reason="mutual", note="Hai bên thống nhất dừng sớm.")
    for other in (people.source_2, people.market):
        other.follow("An early end waits for your key: %(title)s", title=title)
        other.press("turn_key")
    page = hotel.follow("Ended early: %(title)s", title=title)
    assert not page.locator("main form[action$='/suspend']").count()
    assert hotel.refused(f"{case}/goi-hang", 409)


def asked_without_account(people: Company, listing: str, title: str) -> str:
    """A visitor asks, an official ties it to the restaurant; the case that waits for both keys."""
    guest, official, coop = people.visitor, people.market, people.coop
    page = guest.go(listing)
    left = page.locator("main").inner_text()
    assert re.search(r"1[.,]945 kg", left)  # what was not delivered is free again
    guest.click(guest.page.locator("main a[href$='/hoi-khong-tai-khoan']").first)
    guest.send(
        quantity="450",
        message="Nấu lẩu mỗi cuối tuần.",
        contact_name="Quản lý",
        organisation_name=RESTAURANT,
        contact_phone="0905 000 000",
        consent=True,
    )
    enquiry = guest.path
    assert re.fullmatch(r"/quan-tam/[a-z0-9]{10}", enquiry)
    official.follow("Someone without an account asks: %(title)s", title=title)
    official.send(organisation=option(official, "organisation", RESTAURANT))
    people.restaurant.follow("An enquiry became your interest: %(title)s", title=title)
    coop.go(enquiry)
    coop.press("acknowledge")
    coop.press("accept")
    people.source.go(f"/lam-viec/ghep{enquiry}")
    people.source.send(quantity="450", unit_price="120.000")
    case = people.source.path
    for firm in (coop, people.restaurant):
        firm.follow("A match is proposed to you: %(title)s", title=title)
        firm.press("consent")
    return case


def decided_at_the_desk(people: Company, case: str, title: str, papers: Papers) -> None:
    """One locality decides in the meeting, the other on the sheet; the minutes say both."""
    clerk, there, away = people.market, people.source_2, people.market_2
    clerk.go("/lam-viec/hop")
    clerk.send(
        place="Phòng họp tầng 2",
        chair="Phó Chủ tịch",
        secretary="Văn phòng",
        attendees="Lãnh đạo hai địa phương",
    )
    meeting = clerk.path
    there.go(meeting)
    there.press(f"{case.rsplit('/', maxsplit=1)[-1]}/turn_key")
    assert there.path == meeting
    matter = there.page.locator("main .q", has_text=title).first.inner_text()
    assert "Cán bộ" in matter  # who decided, in the room

    away.go("/lam-viec/phieu-trinh")
    away.page.locator(f"[name='chon-match-{case.rsplit('/', maxsplit=1)[-1]}'][value=yes]").check(
        force=True
    )
    away.click(away.page.locator("main form.form button.btn:not([type=button])").last)
    assert away.refusals()  # the password is missing
    away.send(password=away.password)
    people.restaurant.follow("The match is approved: %(title)s", title=title)

    clerk.go(meeting)
    clerk.press("ket-thuc", conclusion="Thống nhất nội dung trên.")
    minutes = clerk.download("/bien-ban.docx", papers.folder)
    with zipfile.ZipFile(minutes) as parts:
        words = re.sub(r"<[^>]+>", "", parts.read("word/document.xml").decode())
    assert title in words


def option(person: Person, name: str, label: str) -> str:
    """The value of the choice with this label."""
    found = person.page.locator(f"main [name={name}] option", has_text=label).first
    return found.get_attribute("value") or ""
