"""A story in which everything happens that somebody is told of."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import sqlalchemy as sa

from marketplace.accounts import services as accounts
from marketplace.accounts.acting import Acting
from marketplace.accounts.models import Locality, Organisation, StoredFile, User
from marketplace.accounts.rules import ActingHow, OrganisationKind
from marketplace.accounts.services import HouseholdValues, OrganisationValues, Registration
from marketplace.alerts import services as alerts
from marketplace.alerts.rules import Rhythm
from marketplace.alerts.services import SearchValues
from marketplace.catalogue import services as catalogue
from marketplace.catalogue import snapshots
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.kinds.produce.model import OfferValues
from marketplace.catalogue.lists import Wished
from marketplace.catalogue.rules import AVAILABILITY
from marketplace.catalogue.taxonomy import PriceKind
from marketplace.core import clock
from marketplace.core.actor import SYSTEM
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.core.quantity import Unit
from marketplace.core.roles import Role
from marketplace.deals import queries as deal_queries
from marketplace.deals import services as deals
from marketplace.deals.services import InstalmentValues, Terms
from marketplace.helping import services as helping
from marketplace.interests import services as interests
from marketplace.introducing import services as introducing
from marketplace.matching import services as matching
from marketplace.matching.rules import Answer
from marketplace.moderation import services as moderation
from marketplace.moderation.rules import About
from marketplace.moderation.services import ReportValues
from marketplace.notifications.dispatch import dispatch
from marketplace.papers import services as papers
from marketplace.papers.services import PaperValues
from marketplace.papers.types import PaperType
from marketplace.questions import services as questions
from marketplace.revisions import services as revisions
from marketplace.roads import services as roads
from marketplace.roads.rules import Cause, Condition
from marketplace.roads.services import NoticeValues
from marketplace.talking import services as talking
from marketplace.talking.rules import About as TalkedAbout
from marketplace.tracing import services as tracing
from marketplace.tracing.rules import StepKind
from marketplace.tracing.services import LotValues, StepValues
from tests.deliveries.story import around_deliveries
from tests.notifications import in_a_case, on_the_way
from tests.reports import story as results
from tests.world import PASSWORD, World, spoken

ONE_YEAR = timedelta(days=365)
WHY = {"reason": "other", "note": "Xem lại giúp, thiếu ảnh nhãn."}


def tell() -> None:
    """What the worker does, a moment after each step."""
    while dispatch():
        pass


def everything(world: World) -> None:
    """Make every event of ``TOLD`` happen at least once, with real records, and tell of it."""
    people(world)
    listings(world)
    asking(world)
    matches(world)
    dealing(world)
    questions_and_roads(world)
    trust(world)
    sheets_of_paper(world)
    changes_and_reports(world)
    watching_and_searching(world)
    around_deliveries(world, tell)
    on_the_way.trips(world)
    introductions_and_talk(world)
    in_a_case.cases(world, tell)
    tell()


def watching_and_searching(world: World) -> None:
    """A hotel watches what changes, and is told of what is new."""
    coop, official, hotel = (world.actor(who) for who in ("coop", "official_1", "hotel"))
    values = SearchValues("Nấm và măng", Rhythm.AT_ONCE)
    alerts.save(hotel, world.pair_id, Wished.read(PAGES["produce"].spec, {}), values)
    listing = world.published(title="Nấm lim", closes_on=clock.today() + timedelta(days=9))
    alerts.tell()
    code = listing.public_id
    alerts.watch(hotel, code)
    offer = OfferValues(PriceKind.FIXED, 90_000, None, 50_000, 0b11)
    catalogue.change_offer(coop, code, None, offer)
    catalogue.pause(coop, code, "pause", **WHY_PAUSED)
    catalogue.pause(coop, code, "resume")
    text = replace(snapshots.read(listing, listing.written_as), description="Hái tay, phơi nắng.")
    written = revisions.write(coop, code, None, text)
    revisions.submit(coop, written.public_id)
    revisions.turn_key(official, written.public_id)
    with clock.at(clock.now() + timedelta(days=3)):
        alerts.remind()
        tell()
    AVAILABILITY.fire(listing, "hold", SYSTEM, reason="consent")
    db.session.commit()
    tell()


WHY_PAUSED = {"reason": "stock", "note": "Chưa có hàng."}


def sheets_of_paper(world: World) -> None:
    """Papers come back, hold, hold longer, and end; a number is given twice."""
    coop, official = world.actor("coop"), world.actor("official_1")
    home, away = world.organisations["coop"], world.organisations["other_coop"]
    until = clock.today() + timedelta(days=300)

    def values(number: str, until: date) -> PaperValues:
        scan = StoredFile(
            digest="0" * 64,
            media_type="application/pdf",
            size=1,
            label="giay-to.pdf",
            created_at=clock.now(),
        )
        says = ("Chi cục minh họa", "Nông sản của HTX")
        return PaperValues(number, *says, until - ONE_YEAR, valid_until=until, scan=scan)

    def add(number: str, until: date) -> str:
        paper = papers.add(coop, home, PaperType.VIETGAP, values(number, until))
        tell()
        return paper.public_id

    returned = add("VietGAP-01", until)
    papers.judge(official, returned, "return", **WHY)
    papers.edit(coop, returned, None, values("VietGAP-01", until))
    tell()
    papers.judge(official, returned, "verify")
    papers.judge(official, returned, "suspend", **WHY)
    papers.judge(official, returned, "restore")
    papers.prolong(official, returned, None, until + timedelta(days=60))
    with suppress(Invalid):
        papers.add(world.actor("other_coop"), away, PaperType.VIETGAP, values("VietGAP-01", until))
    papers.judge(official, returned, "revoke", **WHY)
    ending = add("VietGAP-02", clock.today() + timedelta(days=20))
    papers.judge(official, ending, "verify")
    papers.remind()
    tell()
    with clock.at(clock.now() + timedelta(days=21)):
        papers.remind()
        tell()


def changes_and_reports(world: World) -> None:
    """Changes under review, and listings that somebody reports, hidden and shown again."""
    coop, official = world.actor("coop"), world.actor("official_1")
    listing = world.published(title="Bột nghệ")

    def change(words: str) -> str:
        values = snapshots.read(listing, listing.written_as)
        revision = revisions.write(
            coop, listing.public_id, None, replace(values, description=words)
        )
        revisions.submit(coop, revision.public_id)
        tell()
        return revision.public_id

    revisions.return_(official, change("Rửa sạch."), **WHY)
    revisions.turn_key(official, change("Rửa sạch, xay mịn."))
    opportunity = world.opportunity(title="Xưởng sấy")
    values = snapshots.read(opportunity, opportunity.written_as)
    values = replace(values, description="Một xưởng sấy chung cho ba thôn, gần đường lớn.")
    written = revisions.write(official, opportunity.public_id, None, values)
    revisions.submit(official, written.public_id)
    revisions.turn_key(world.actor("official_2"), written.public_id)
    says = ReportValues(About.WRONG, "Số điện thoại không đúng.", "Người báo", "0900 000 001")
    first = moderation.report(world.actor("hotel"), listing.public_id, says, "192.0.2.1")
    second = moderation.report(world.actor("restaurant"), listing.public_id, says, "192.0.2.2")
    tell()
    moderation.decide(official, first.public_id, "dismiss", **WHY)
    moderation.decide(official, second.public_id, "uphold", **WHY)
    moderation.show(world.actor("official_2"), listing.public_id, **WHY)


def trust(world: World) -> None:
    """A lot is recalled, and a household takes its consent back."""
    day = clock.today()
    values = LotValues("Lô thu hồi", 5_000, Unit.KG, day, standards="TCVN 11041")
    step = StepValues(StepKind.HARVEST, day, "Thôn Azứt")
    coop, listing = world.actor("coop"), world.published(title="Măng khô")
    lot = tracing.create(coop, listing.public_id, values, [step], photo="0" * 64)
    tracing.move(coop, lot.public_id, "publish")
    tracing.move(coop, lot.public_id, "recall", **WHY)
    told = Acting(ActingHow.VISIT, day, "Hộ nói tại nhà")
    code = household(world, name="Hộ rút đồng ý").public_id
    helping.withdraw_consent(world.actor("official_1"), code, told)
    tell()


def people(world: World) -> None:
    who = world.actor
    registration = Registration(
        "Người mới",
        "moi@demo.example",
        None,
        "một câu dài để nhớ mãi",
        OrganisationKind.COOPERATIVE,
        "HTX mới minh họa",
        world.pair.source_id,
    )
    accounts.register(registration, "192.0.2.1")
    accounts.register(replace(registration, organisation_name="HTX khác minh họa"), "192.0.2.1")
    new = db.session.scalars(
        sa.select(Organisation).where(Organisation.name == "HTX mới minh họa")
    ).one()
    code = new.public_id
    tell()
    accounts.move_organisation(who("official_1"), code, "return", **WHY)
    person = db.session.scalars(sa.select(User).where(User.email == "moi@demo.example")).one()
    from marketplace.accounts import queries

    own = queries.actor_of(person, queries.memberships(person.id)[0])
    accounts.move_organisation(own, code, "resubmit")
    tell()
    accounts.move_organisation(who("official_1"), code, "verify")
    accounts.edit_organisation(
        own,
        code,
        OrganisationValues("HTX mới đổi tên minh họa", None, "Thôn Azứt", None, None, "", False),
    )
    tell()
    accounts.move_organisation(who("official_2"), code, "verify")
    accounts.move_organisation(who("official_1"), code, "suspend", **WHY)
    accounts.move_organisation(who("official_1"), code, "restore")
    accounts.enter_household(
        who("coop"),
        HouseholdValues(OrganisationKind.PRODUCER_HOUSEHOLD, "Hộ minh họa", world.village_id()),
        spoken(),
    )
    accounts.request_reset("coop@demo.example", "192.0.2.1")
    locality = db.session.get_one(Locality, world.pair.source_id)
    accounts.add_officer(
        locality.code,
        "Cán bộ mới",
        "canbo-moi@demo.example",
        Role.OFFICIAL,
        "Ủy ban nhân dân source",
    )


def listings(world: World) -> None:
    who = world.actor
    listing = world.draft(title="Mật ong rừng")
    catalogue.submit(who("coop"), listing.public_id)
    tell()
    catalogue.return_(who("official_1"), listing.public_id, **WHY)
    catalogue.submit(who("coop"), listing.public_id)
    catalogue.turn_key(who("official_1"), listing.public_id)
    catalogue.pause(who("official_1"), listing.public_id, "pause", **WHY)
    opportunity = catalogue.create(
        who("official_1"),
        "opportunity",
        world.pair_id,
        world.organisations["commune"],
        world.opportunity_values(),
    )
    catalogue.submit(who("official_1"), opportunity.public_id)
    catalogue.turn_key(who("official_2"), opportunity.public_id)
    tell()
    catalogue.pause(who("coop"), listing.public_id, "resume")
    world.interest(listing)  # lapses
    tell()
    interests.close_listing(
        who("official_1"), listing.public_id, reason="fulfilled", note="Đã bán hết."
    )


def asking(world: World) -> None:
    listing = world.published(title="Gừng núi")
    declined = world.interest(listing)
    interests.answer(world.actor("coop"), declined.public_id, "decline", **WHY)
    withdrawn = world.interest(listing)
    interests.withdraw(world.actor("hotel"), withdrawn.public_id, **WHY)


def matches(world: World) -> None:
    who = world.actor
    refused = world.proposed(world.published(title="Rau dớn"))
    deals.answer_match(who("hotel"), refused.public_id, Answer.NO, **WHY)
    taken_back = world.proposed(world.published(title="Măng khô"))
    deals.break_off(who("official_1"), taken_back.public_id, "cancel", **WHY)
    objected = world.consented(world.proposed(world.published(title="Nếp nương")))
    tell()
    deals.turn_match_key(who("official_2"), objected.public_id)
    tell()
    deals.object_to_match(who("ward_official_1"), objected.public_id, **WHY)
    deals.turn_match_key(who("ward_official_1"), objected.public_id)
    cancelled = deal_queries.of_match(objected.id)
    deals.cancel(who("hotel"), cancelled.public_id, **WHY)


def dealing(world: World) -> None:
    who = world.actor
    deal = results.ended(world, title="Đẳng sâm tươi")
    returned = results.figures_of(deal)[0]
    deals.move_figure(
        who("ward_official_2"),
        returned.public_id,
        "return",
        reason="amount",
        note="Phiếu ghi khác.",
    )
    partly = results.active_deal(world, title="Tiêu rừng", quantity=20_000)
    first = deals.enter_instalment(
        who("coop"), partly.public_id, InstalmentValues(date(2026, 11, 19), 9_000, None)
    )
    deals.correct_instalment(
        who("hotel"), first.public_id, InstalmentValues(date(2026, 11, 19), 8_000, None)
    )
    deals.confirm_instalment(who("coop"), first.public_id)
    deals.complete(
        who("official_1"), partly.public_id, "complete_partly", reason="harvest", note="Mất mùa."
    )
    signed(world)


def signed(world: World) -> None:
    """An investment up to its start."""
    from marketplace.interests.services import InterestValues
    from marketplace.matching.services import MatchValues

    who = world.actor
    listing = world.opportunity(title="Kho lạnh gom hàng")
    interest = interests.register(
        who("investor"),
        listing.public_id,
        InterestValues("Bộ phận đầu tư", "+84900000000", "Muốn khảo sát.", capital=10**9),
    )
    interests.answer(who("official_1"), interest.public_id, "acknowledge")
    interests.answer(who("official_1"), interest.public_id, "accept")
    match = matching.propose_from_interest(
        who("ward_official_1"), interest.public_id, MatchValues(value=2 * 10**9)
    )
    deals.answer_match(who("official_1"), match.public_id, Answer.YES)
    deals.answer_match(who("investor"), match.public_id, Answer.YES)
    deals.turn_match_key(who("official_2"), match.public_id)
    deals.turn_match_key(who("ward_leader"), match.public_id)
    code = deal_queries.of_match(match.id).public_id
    deals.set_terms(who("investor"), code, Terms(None, None, 2 * 10**9, clock.today(), None))
    deals.accept_terms(who("investor"), code)
    deals.accept_terms(who("official_1"), code)
    paper = StoredFile(
        digest="0" * 64,
        media_type="application/pdf",
        size=1,
        label="hop-dong.pdf",
        created_at=clock.now(),
    )
    deals.sign(who("official_2"), code, signed_on=clock.today() - timedelta(days=1), paper=paper)
    deals.start(who("official_2"), code)


def household(
    world: World, *, phone: str | None = None, name: str = "Hộ không mạng minh họa"
) -> Organisation:
    """A verified household without e-mail; with a person only if there is a number."""
    return accounts.enter_household(
        world.actor("official_1"),
        HouseholdValues(
            OrganisationKind.PRODUCER_HOUSEHOLD,
            name,
            world.village_id(),
            phone,
            "",
            "Người trong hộ" if phone else "",
        ),
        spoken(),
    )


def published_for(world: World, organisation: Organisation):
    """A listing an official posted for a household."""
    listing = catalogue.create(
        world.actor("official_1"),
        "produce",
        world.pair_id,
        organisation.id,
        world.produce_values(title="Chuối mốc"),
        acting=Acting(ActingHow.CALL, clock.today(), "Đã đọc lại"),
    )
    catalogue.submit(
        world.actor("official_1"),
        listing.public_id,
        Acting(ActingHow.CALL, clock.today(), "Đồng ý"),
    )
    return catalogue.turn_key(world.actor("official_2"), listing.public_id)


__all__ = ["PASSWORD", "everything", "household", "published_for"]


def questions_and_roads(world: World) -> None:
    who = world.actor
    listing = world.published(title="Chè dây")
    words = "Giao 20 kg mỗi thứ ba được không?"
    first, second, third = (
        questions.ask(who("hotel"), listing.public_id, f"{words} {n}") for n in range(3)
    )
    tell()
    questions.answer(who("coop"), first.public_id, "Được, đóng túi 5 kg.")
    questions.decline(who("coop"), second.public_id, **WHY)
    questions.remove(who("official_1"), third.public_id, **WHY)
    values = NoticeValues(
        Condition.CLOSED,
        Cause.LANDSLIDE,
        clock.today(),
        "Sạt lở ở km 5.",
        villages=(world.village_id(),),
        until=clock.today(),
        detour="Đi đường cũ.",
    )
    notice = roads.post_notice(who("official_1"), values)
    tell()
    roads.end_notice(who("official_1"), notice.public_id, reason="passable", note="Đã dọn xong.")


def introductions_and_talk(world: World) -> None:
    """Two organisations introduced with every end, and a message once both have said yes."""
    who = world.actor
    one, other = world.organisation("coop"), world.organisation("hotel")

    def introduced() -> str:
        words = "Hai bên cùng tìm nguồn hàng đều."
        return introducing.propose(
            who("official_1"), one.public_id, other.public_id, words
        ).public_id

    introducing.refuse(who("hotel"), introduced(), **WHY)
    tell()
    introducing.withdraw(who("official_2"), introduced(), **WHY)
    introduced()
    with clock.at(clock.now() + timedelta(days=31)):
        introducing.lapse_introductions()
    agreed = introduced()
    for name in ("coop", "hotel"):
        introducing.consent(who(name), agreed)
    talking.write(who("hotel"), TalkedAbout.INTRODUCTION, agreed, "Chào hợp tác xã.")
    tell()
