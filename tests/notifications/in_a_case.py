"""What happens between an interest and the end of a deal, of which everyone is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from marketplace.accounts.models import User
from marketplace.choosing import services as choosing
from marketplace.core import clock
from marketplace.core.actor import ANONYMOUS
from marketplace.core.db import db
from marketplace.deals import services as deals
from marketplace.deals.rules import PaperKind, RulingKind
from marketplace.deals.services import Signed
from marketplace.desk import services as desk
from marketplace.enquiries import services as enquiries
from marketplace.interests import services as interests
from marketplace.interests.models import InterestValues
from marketplace.tasks import queries as task_queries
from marketplace.tasks import services as tasks
from marketplace.tasks.services import LOCALITY
from tests.choosing.conftest import DECIDERS
from tests.choosing.conftest import Story as Choice
from tests.deals.conftest import Story
from tests.enquiries.conftest import wish
from tests.tasks.test_tasks import investment, values
from tests.world import World, paper

Tell = Callable[[], None]


def cases(world: World, tell: Tell) -> None:
    """Every part below."""
    asked_about(world)
    choices(world, tell)
    papers_and_trouble(world, tell)
    checklists(world, tell)
    at_the_desk(world)
    tell()


def asked_about(world: World) -> None:
    """The other side asks back and is answered; visitors ask and are tied, or take it back."""
    interest = world.interest(world.published(title="Lá bép"))
    interests.answer(
        world.actor("coop"), interest.public_id, "ask", reason="plan", note="Dùng để làm gì?"
    )
    more = InterestValues("", "", "Cần đều", 30_000)
    interests.inform(world.actor("hotel"), interest.public_id, more, note="Mỗi tuần 30 kg.")
    listing = world.published(title="Ớt Ariêu")
    kept, taken_back, revoked = (
        enquiries.submit(ANONYMOUS, listing.public_id, wish(), address)
        for address in ("192.0.2.11", "192.0.2.12", "192.0.2.13")
    )
    for enquiry, firm in ((kept, "hotel"), (revoked, "restaurant")):
        enquiries.tie(
            world.actor("official_1"), enquiry.public_id, world.organisation(firm).public_id
        )
    enquiries.revoke(ANONYMOUS, revoked.public_id, revoked.contact_phone or "")
    enquiries.take_back(ANONYMOUS, taken_back.public_id)


def choices(world: World, tell: Tell) -> None:
    """A selection called off; one sent back, decided and asked about; one that finds nobody."""
    choice, official = Choice(world), world.actor("official_1")
    off = choice.opened()
    tell()
    choosing.call_off(official, off.public_id, reason="mistake", note="Mở nhầm.")
    selection = choice.begun()
    tell()  # who may declare is asked before they do
    for name in DECIDERS:
        choice.scores(selection, name)
    choice.proposes(selection, DECIDERS[0])
    tell()
    code, other = selection.public_id, world.actor(DECIDERS[1])
    choosing.send_back(other, code, reason="points", note="Xem lại điểm.")
    choice.proposes(selection, DECIDERS[0])
    choice.keyed(selection)
    applicant = selection.applicants[0].public_id
    choosing.ask(world.actor("hotel"), code, applicant, "Thiếu giấy nào?")
    choosing.answer(world.actor("leader"), code, applicant, "Phương án bao tiêu.")
    choice.decided(chosen=None)


def papers_and_trouble(world: World, tell: Tell) -> None:
    """A paper held and released; a deal that stops in every state; rulings of every kind."""
    who, story = world.actor, Story(world)
    coop, hotel, official = (who(name) for name in ("coop", "hotel", "official_1"))
    today = clock.today()

    def stop_and_go_on(code: str) -> None:
        deals.suspend(hotel, code, reason="landslide", note="Sạt lở ở km 5.")
        deals.resume(coop, code)

    deal = story.agreed(unit_price=2_000_000)
    code = deal.public_id
    stop_and_go_on(code)
    deals.draw_up(coop, code, PaperKind.FRAME)
    deals.hand_in(hotel, code, Signed(today, paper("hotel.pdf")))
    deals.hold_paper(official, code, "hold", reason="words", note="Sửa điều 3.")
    deals.hold_paper(official, code, "release")
    deals.hand_in(coop, code, Signed(today, paper("coop.pdf")))
    deals.sign(official, code, signed_on=today, paper=None)
    stop_and_go_on(code)
    deals.start(official, code)
    stop_and_go_on(code)
    ending = deals.propose_ruling(
        official, code, RulingKind.TERMINATE, reason="mutual", note="Hai bên muốn dừng."
    )
    tell()
    deals.drop_ruling(
        who("ward_official_1"), ending.public_id, reason="mended", note="Hai bên tự giải quyết."
    )
    deals.dispute(hotel, code, reason="quality", note="Hàng bị mốc.")
    for kind, reason in ((RulingKind.SETTLE, "price"), (RulingKind.TERMINATE, "breach")):
        ruling = deals.propose_ruling(official, code, kind, reason=reason, note="Đã gọi hai bên.")
        for name in ("official_2", "ward_leader"):
            deals.turn_ruling_key(who(name), ruling.public_id)


def checklists(world: World, tell: Tell) -> None:
    """The permits of a dossier and one task more: done, dropped, opened again, late."""
    official, deal = world.actor("official_1"), investment(world)
    tasks.list_permits(official, deal.public_id)
    first, second, _third = task_queries.of_deal(deal.id)
    ward = f"{LOCALITY}{world.pair.market_id}"
    tasks.add_task(official, deal.public_id, values(world, ward, after=second.public_id))
    tasks.finish(world.actor("investor"), second.public_id)
    tasks.drop(official, first.public_id, reason="other", note="Không cần nữa.")
    tasks.reopen(official, first.public_id, reason="other", note="Vẫn cần.")
    with clock.at(datetime(2026, 11, 27, 3, tzinfo=UTC)):  # the third had three working days
        tasks.tell_late()
        tell()


def at_the_desk(world: World) -> None:
    """Someone is put in charge, those waited for are reminded, a deputy is named."""
    official = world.actor("official_1")
    colleague = db.session.get_one(User, world.users["official_2"]).public_id
    for kind, subject in (
        ("interest", world.interest(world.published(title="Sâm cau"))),
        ("match", world.proposed(world.published(title="Riềng núi"))),
    ):
        desk.assign(official, kind, subject.public_id, colleague)
        desk.remind(official, kind, subject.public_id)
    away = clock.today() + timedelta(days=90)  # after everything else that is told
    own = db.session.get_one(User, world.users["official_1"]).public_id
    desk.name_deputy(official, own, colleague, away, away)
