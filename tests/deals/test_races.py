"""Several people at the same moment, on real transactions: one of them wins, nothing is doubled."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import DomainError
from marketplace.core.journal import Entry
from marketplace.deals import queries as deal_queries
from marketplace.deals import services as deals
from marketplace.deals.models import Deal
from marketplace.deals.rules import DealState, RulingKind
from marketplace.deals.services import Terms
from marketplace.interests import services as interests
from marketplace.interests.models import Interest
from marketplace.matching import services as matching
from marketplace.matching.models import Match
from marketplace.matching.rules import Answer, MatchState
from marketplace.matching.services import MatchValues
from marketplace.programme.models import Approval
from tests import world as worlds
from tests.deals.conftest import TODAY, Story
from tests.page import Browser

POOL = 8


def at_once(app, jobs, width=POOL):
    """Run jobs from a barrier in threads of their own; each gives its result or its refusal."""
    db.session.rollback()  # this thread's connection goes back: the pool has sixteen
    start = threading.Barrier(min(width, len(jobs)), timeout=20)

    def run(job):
        with app.app_context():
            if len(jobs) <= width:
                start.wait()
            try:
                return job()
            except DomainError as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(width) as pool:
        return list(pool.map(run, jobs))


def good(results):
    return [r for r in results if not isinstance(r, DomainError)]


def as_actors(world, *names) -> dict[str, Actor]:
    """Actors made before the threads start."""
    return {name: world.actor(name) for name in names}


def test_eight_threads_deciding_one_match_give_one_decision(fresh):
    app, world = fresh
    match = world.consented(world.proposed(unit_price=2_000_000))
    code = match.public_id
    deals.turn_match_key(world.actor("official_2"), code)
    deciders = list(as_actors(world, "ward_official_1", "ward_official_2", "ward_leader").values())
    done = at_once(
        app,
        [lambda a=deciders[n % 3]: deals.turn_match_key(a, code).state for n in range(8)],
    )
    assert len(good(done)) == 1
    db.session.rollback()
    assert db.session.scalars(sa.select(Match.state)).one() is MatchState.APPROVED
    assert db.session.scalar(sa.select(sa.func.count(Deal.id))) == 1
    names = db.session.scalars(sa.select(Entry.name)).all()
    assert names.count("match.approve") == 1
    assert (
        db.session.scalar(
            sa.select(sa.func.count(Approval.id)).where(Approval.subject_type == "match")
        )
        == 2
    )


@pytest.mark.slow
def test_both_localities_at_once_end_approved_once(fresh):
    app, world = fresh
    listing = world.published(quantity=1_000_000)
    one, other = world.actor("official_2"), world.actor("ward_official_1")
    for round_ in range(1, 21):
        match = matching.propose_by_hand(
            world.actor("official_1"),
            listing.public_id,
            world.organisation("hotel").public_id,
            MatchValues(quantity=10_000, unit_price=6_000_000),
        )
        code = world.consented(match).public_id
        done = at_once(app, [lambda a=a: deals.turn_match_key(a, code).state for a in (one, other)])
        assert len(good(done)) == 2, done
        db.session.rollback()
        assert (
            db.session.scalar(sa.select(Match.state).where(Match.public_id == code))
            is MatchState.APPROVED
        )
        assert db.session.scalar(sa.select(sa.func.count(Deal.id))) == round_
    names = db.session.scalars(sa.select(Entry.name)).all()
    assert names.count("match.approve") == 20


@pytest.mark.slow
def test_480_orders_for_100_kg_sell_exactly_100_kg(fresh):
    app, world = fresh
    listing = world.published(quantity=100_000)
    code, buyer = listing.public_id, world.organisation("hotel").public_id
    officer = world.actor("official_1")
    order = MatchValues(quantity=1_000, unit_price=120_000)
    done = at_once(
        app,
        [lambda: matching.propose_by_hand(officer, code, buyer, order).id for _ in range(480)],
        width=16,
    )
    assert len(good(done)) == 100
    assert {type(r).__name__ for r in done if isinstance(r, DomainError)} == {"Invalid"}
    db.session.rollback()
    produce = db.session.scalars(sa.select(Produce)).one()
    assert (produce.promised, produce.left) == (100_000, 0)
    assert db.session.scalar(sa.select(sa.func.count(Match.id))) == 100


def test_approving_against_cancelling_has_one_winner(fresh):
    app, world = fresh
    listing = world.published(quantity=1_000_000)
    owner, other = world.actor("official_1"), world.actor("ward_official_1")
    for _ in range(6):
        match = matching.propose_by_hand(
            owner,
            listing.public_id,
            world.organisation("hotel").public_id,
            MatchValues(quantity=10_000, unit_price=6_000_000),
        )
        code = world.consented(match).public_id
        deals.turn_match_key(world.actor("official_2"), code)
        done = at_once(
            app,
            [
                lambda: deals.turn_match_key(other, code).state,
                lambda: deals.break_off(owner, code, "cancel", reason="changed", note="Đổi.").state,
            ],
        )
        assert len(good(done)) == 1, done
        db.session.rollback()
        state = db.session.scalar(sa.select(Match.state).where(Match.public_id == code))
        match_id = db.session.scalar(sa.select(Match.id).where(Match.public_id == code))
        deal = db.session.scalars(sa.select(Deal).where(Deal.match_id == match_id)).first()
        assert (state is MatchState.APPROVED) == (deal is not None)
    promised = db.session.scalars(sa.select(Produce.promised)).one()
    assert promised == 10_000 * db.session.scalar(sa.select(sa.func.count(Deal.id)))


def test_one_organisation_asks_once_even_from_eight_windows(fresh):
    app, world = fresh
    code = world.published().public_id
    hotel = world.actor("hotel")
    values = interests.InterestValues("Bếp", "+84900000000", "Cần hàng.", 1_000)
    done = at_once(app, [lambda: interests.register(hotel, code, values).id for _ in range(8)])
    assert len(good(done)) == 1
    assert {type(r).__name__ for r in done if isinstance(r, DomainError)} == {"Conflict"}


def test_matching_an_interest_against_closing_its_listing_never_hangs(fresh):
    app, world = fresh
    for _ in range(4):
        listing = world.published()
        interest = world.accepted(listing)
        code, asked = listing.public_id, interest.public_id
        officer, coop = world.actor("official_1"), world.actor("coop")
        order = MatchValues(quantity=40_000, unit_price=120_000)
        done = at_once(
            app,
            [
                lambda: matching.propose_from_interest(officer, asked, order).id,
                lambda: interests.close_listing(coop, code, reason="fulfilled", note="Hết.").id,
            ],
        )
        assert good(done)
        db.session.rollback()
        states = db.session.scalars(
            sa.select(Interest.state).where(Interest.public_id == asked)
        ).all()
        assert states[0].value in {"converted", "lapsed"}


def test_two_yes_at_once_are_both_heard(fresh):
    app, world = fresh
    code = world.proposed().public_id
    speakers = as_actors(world, "coop", "hotel")
    done = at_once(
        app, [lambda a=a: deals.answer_match(a, code, Answer.YES).id for a in speakers.values()]
    )
    assert len(good(done)) == 2


def test_a_form_sent_twice_gives_one_row_and_the_same_answer(fresh):
    app, world = fresh
    listing = world.published()
    path = f"/nong-san/{listing.slug}-{listing.public_id}/quan-tam"
    browser = Browser(app.test_client())
    browser.sign_in("hotel@demo.example", worlds.PASSWORD)
    browser.get(path)
    form = next(f for f in browser.page.forms if "contact_name" in f["fields"])
    data = {k: v for k, v in form["fields"].items() if v} | {
        "contact_name": "Bếp",
        "contact_phone": "0905 123 456",
        "quantity": "10",
        "message": "Cần hàng.",
        "consent": "y",
    }
    clients = [browser.client]
    first = clients[0].post(path, data=data)
    again = clients[0].post(path, data=data)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count(Interest.id))) == 1


def test_offers_and_answers_at_once_agree_on_one_offer(fresh):
    """Eight threads: whatever comes first, nobody is bound to an offer they have not read."""
    app, world = fresh
    code = Story(world).opened().public_id
    coop, hotel = (as_actors(world, "coop", "hotel")[who] for who in ("coop", "hotel"))
    terms = [Terms(40_000, 100_000 + n, None, TODAY, None) for n in range(4)]
    offers = [
        lambda who=who, t=t: deals.set_terms(who, code, t, accepts=True).id
        for who, t in zip((coop, hotel) * 2, terms, strict=True)
    ]
    answers = [lambda who=who: deals.accept_terms(who, code, number=1).id for who in (coop, hotel)]
    at_once(app, [*offers, *answers * 2])
    db.session.rollback()
    deal = deal_queries.get(code, hotel)
    if deal.state is DealState.NEGOTIATING:
        deals.accept_terms(coop if deal.offer.answers[0].user_id == hotel.user_id else hotel, code)
    assert deal.state is DealState.AGREED
    assert len(deal.offer.answers) == 2
    assert [o.number for o in deal.offers] == list(range(1, len(deal.offers) + 1))
    assert (deal.committed_quantity, deal.unit_price) == (
        deal.offer.quantity,
        deal.offer.unit_price,
    )
    assert db.session.scalars(sa.select(Produce.promised)).one() == deal.committed_quantity


def test_both_keys_of_an_early_end_at_once_end_it_once(fresh):
    app, world = fresh
    deal = Story(world).active()
    code = deal.public_id
    ruling = deals.propose_ruling(
        world.actor("official_1"), code, RulingKind.TERMINATE, reason="nothing", note="Chưa giao."
    ).public_id
    deciders = list(as_actors(world, "official_2", "ward_official_1").values())
    done = at_once(
        app, [lambda a=deciders[n % 2]: deals.turn_ruling_key(a, ruling).id for n in range(8)]
    )
    assert len(good(done)) == 2
    db.session.rollback()
    assert deal_queries.get(code, deciders[0]).state is DealState.TERMINATED
    assert db.session.scalars(sa.select(Produce.promised)).one() == 0
    names = db.session.scalars(sa.select(Entry.name)).all()
    assert names.count("deal.terminate") == names.count("ruling.decide") == 1


def test_the_last_100_kg_are_offered_to_one_deal_only(fresh):
    """Eight deals of ten kg each raise their offer to thirty at once; a hundred kg are there."""
    app, world = fresh
    listing = world.published(quantity=100_000)
    codes = [Story(world).opened(listing=listing, quantity=10_000).public_id for _ in range(8)]
    hotel = world.actor("hotel")
    more = Terms(30_000, 100_000, None, TODAY, None)
    done = at_once(app, [lambda c=c: deals.set_terms(hotel, c, more).id for c in codes])
    assert len(good(done)) == 1  # 20 kg were free
    db.session.rollback()
    assert db.session.scalars(sa.select(Produce.promised)).one() == 100_000
