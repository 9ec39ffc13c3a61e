"""The use cases of listings: what they do, and what they refuse."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts.acting import Acting
from marketplace.accounts.models import ActingRecord
from marketplace.accounts.rules import ActingHow, OrganisationState
from marketplace.catalogue import services
from marketplace.catalogue.kinds.produce.model import OfferValues, Produce
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import Availability, ListingState
from marketplace.catalogue.taxonomy import PriceKind
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Conflict, Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.journal import Entry
from marketplace.core.photos import Picture
from tests.catalogue.conftest import CALLED
from tests.world import World

PICTURE = Picture("a" * 64, "b" * 64, 640, 480)
OFFER = OfferValues(PriceKind.FIXED, 130_000, None, 50_000, 0b11)


def names(listing: Listing) -> list[str]:
    return list(
        db.session.scalars(
            sa.select(Entry.name)
            .where(Entry.subject_type == "listing", Entry.subject_id == listing.id)
            .order_by(Entry.id)
        )
    )


def test_a_draft_needs_a_name_only_and_says_all_that_is_missing(world: World) -> None:
    from marketplace.catalogue.kinds.produce.model import ProduceValues

    listing = services.create(
        world.actor("coop"),
        "produce",
        world.pair_id,
        world.organisations["coop"],
        ProduceValues("Măng"),
    )
    with pytest.raises(Blocked) as refused:
        services.submit(world.actor("coop"), listing.public_id)
    assert len(refused.value.blockers) == len(listing.gaps()) >= 7
    assert listing.state is ListingState.DRAFT
    assert {g.field for g in listing.gaps()} >= {
        "group",
        "origin",
        "unit",
        "price_kind",
        "quantity",
        "months",
        "village_id",
        "description",
    }


def test_an_unverified_organisation_drafts_but_does_not_send(world: World) -> None:
    coop = world.organisation("coop")
    coop.state, coop.verified_at = OrganisationState.PENDING, None
    db.session.commit()
    listing = world.draft()
    with pytest.raises(Blocked, match="not verified"):
        services.submit(world.actor("coop"), listing.public_id)


def test_produce_is_published_by_one_key(world: World) -> None:
    listing = world.draft()
    services.submit(world.actor("coop"), listing.public_id)
    with pytest.raises(NotAllowed):
        services.turn_key(world.actor("ward_leader"), listing.public_id)
    listing = services.turn_key(world.actor("official_1"), listing.public_id)
    assert listing.state is ListingState.PUBLISHED
    assert listing.published_at == clock.now()
    assert names(listing) == [
        "listing.drafted",
        "listing.submit",
        "listing.turn_key",
        "listing.publish",
    ]


def test_an_opportunity_needs_both_localities_in_either_order(world: World) -> None:
    draft = services.create(
        world.actor("official_1"),
        "opportunity",
        world.pair_id,
        world.organisations["commune"],
        world.opportunity_values(),
    )
    services.submit(world.actor("leader"), draft.public_id)
    for author in ("official_1", "leader"):  # who wrote it, and who sent it in
        with pytest.raises(NotAllowed):
            services.turn_key(world.actor(author), draft.public_id)
    assert (
        services.turn_key(world.actor("ward_leader"), draft.public_id).state
        is ListingState.SUBMITTED
    )
    with pytest.raises(NotAllowed):
        services.turn_key(world.actor("ward_official_1"), draft.public_id)
    assert (
        services.turn_key(world.actor("official_2"), draft.public_id).state
        is ListingState.PUBLISHED
    )


def test_returning_voids_the_key_that_was_turned(world: World) -> None:
    draft = services.create(
        world.actor("official_1"),
        "opportunity",
        world.pair_id,
        world.organisations["commune"],
        world.opportunity_values(),
    )
    services.submit(world.actor("official_1"), draft.public_id)
    services.turn_key(world.actor("official_2"), draft.public_id)
    with pytest.raises(Invalid):
        services.return_(
            world.actor("ward_leader"), draft.public_id, reason=None, note="Thiếu bản đồ."
        )
    with pytest.raises(Invalid):
        services.return_(world.actor("ward_leader"), draft.public_id, reason="paper", note="")
    listing = services.return_(
        world.actor("ward_leader"), draft.public_id, reason="paper", note="Thiếu bản đồ."
    )
    db.session.expire_all()
    assert listing.state is ListingState.RETURNED
    assert listing.keys == []
    services.submit(world.actor("official_1"), draft.public_id)
    assert (
        services.turn_key(world.actor("official_2"), draft.public_id).state
        is ListingState.SUBMITTED
    )


def test_only_those_who_may_speak_for_it_post_for_a_household(village: World) -> None:
    def post(who: str, acting: Acting | None) -> Listing:
        return services.create(
            village.actor(who),
            "produce",
            village.pair_id,
            village.organisations["household"],
            village.produce_values(),
            acting,
        )

    with pytest.raises(NotAllowed):
        post("other_coop", CALLED)
    with pytest.raises(NotAllowed):
        post("ward_official_1", CALLED)
    with pytest.raises(Invalid) as how:
        post("coop", None)
    assert how.value.field == "acting_how"
    with pytest.raises(Invalid) as slip:
        post("coop", Acting(how=ActingHow.SLIP))
    assert slip.value.field == "acting_paper"
    with pytest.raises(Invalid) as day:
        post("coop", Acting(how=ActingHow.CALL, said_on=clock.today() + timedelta(days=1)))
    assert day.value.field == "acting_said_on"
    assert post("coop", CALLED).recorder_ids == {village.users["coop"]}
    assert post("household", None).recorder_ids == set()


def test_one_conversation_is_recorded_once(village: World, recorded: Listing) -> None:
    """Writing, photos and sending in follow from what was said; a returned draft asks anew."""
    who, code = village.actor("official_1"), recorded.public_id
    services.edit(who, code, None, village.produce_values(title="Mật ong"))
    services.add_photos(who, code, [PICTURE], "Mật ong")
    services.submit(who, code)
    assert db.session.scalar(sa.select(sa.func.count(ActingRecord.id))) == 1
    entries = db.session.scalars(
        sa.select(Entry).where(Entry.subject_type == "listing", Entry.subject_id == recorded.id)
    ).all()
    assert all(entry.acting_id is not None for entry in entries)
    services.return_(village.actor("official_2"), code, reason="unclear", note="Ghi rõ thể tích.")
    with pytest.raises(Invalid):
        services.edit(who, code, None, village.produce_values())
    with pytest.raises(Invalid):  # another official has not spoken with them
        services.submit(village.actor("leader"), code)


def test_a_recorder_turns_no_key(village: World, recorded: Listing) -> None:
    services.submit(village.actor("household"), recorded.public_id)
    with pytest.raises(NotAllowed):
        services.turn_key(village.actor("official_1"), recorded.public_id)
    assert (
        services.turn_key(village.actor("official_2"), recorded.public_id).state
        is ListingState.PUBLISHED
    )


def test_who_posts_what(world: World) -> None:
    cases = [
        ("investor", "produce", world.produce_values()),
        ("coop", "opportunity", world.opportunity_values()),
    ]
    for who, kind, values in cases:
        with pytest.raises(NotAllowed):
            services.create(world.actor(who), kind, world.pair_id, world.organisations[who], values)
    with pytest.raises(NotAllowed):
        services.create(
            world.actor("official_1"),
            "produce",
            world.pair_id,
            world.organisations["commune"],
            world.produce_values(),
            CALLED,
        )


def test_a_village_of_elsewhere_is_refused(world: World) -> None:
    for village_id in (999_999, 2**31 - 1):
        with pytest.raises(Invalid) as refused:
            world.draft(village_id=village_id)
        assert refused.value.field == "village_id"


def test_what_was_sent_in_is_not_rewritten(world: World) -> None:
    listing = world.draft()
    services.submit(world.actor("coop"), listing.public_id)
    for act in (
        lambda: services.edit(world.actor("coop"), listing.public_id, None, world.produce_values()),
        lambda: services.add_photos(world.actor("coop"), listing.public_id, [PICTURE], ""),
        lambda: services.change_offer(world.actor("coop"), listing.public_id, None, OFFER),
    ):
        with pytest.raises(WrongState):
            act()


def test_a_stale_page_does_not_overwrite(world: World) -> None:
    listing = world.draft()
    version = listing.version
    services.edit(
        world.actor("coop"), listing.public_id, version, world.produce_values(title="Sâm")
    )
    with pytest.raises(Conflict):
        services.edit(
            world.actor("coop"), listing.public_id, version, world.produce_values(title="Nấm")
        )
    assert db.session.get_one(Listing, listing.id).title == "Sâm"


def test_the_offer_changes_at_once_and_confirms_the_quantity(world: World) -> None:
    listing = world.published()
    with clock.at(clock.now() + timedelta(days=20)):
        assert isinstance(listing, Produce)
        assert listing.is_stale
        services.change_offer(world.actor("coop"), listing.public_id, None, OFFER)
        assert not listing.is_stale
    assert (listing.price_low, listing.quantity, listing.months) == (130_000, 50_000, 3)
    entry = db.session.scalars(sa.select(Entry).where(Entry.name == "listing.offer_changed")).one()
    assert entry.data["before"]["price_low"] == 120_000
    assert entry.data["after"]["price_low"] == 130_000


def test_nothing_promised_is_taken_back(world: World) -> None:
    listing = world.published()
    db.session.execute(sa.update(Produce).where(Produce.id == listing.id).values(promised=60_000))
    db.session.commit()
    with pytest.raises(Invalid) as refused:
        services.change_offer(world.actor("coop"), listing.public_id, None, OFFER)
    assert refused.value.field == "quantity"


def test_others_cannot_touch_it(world: World) -> None:
    draft, public = world.draft(), world.published()
    for who in ("other_coop", "hotel"):
        with pytest.raises(NotFound):
            services.edit(world.actor(who), draft.public_id, None, world.produce_values())
        with pytest.raises(NotAllowed):
            services.change_offer(world.actor(who), public.public_id, None, OFFER)
        with pytest.raises(NotAllowed):
            services.pause(world.actor(who), public.public_id, "pause", reason="stock", note="Hết.")


def test_pausing_needs_a_reason_and_resuming_none(world: World) -> None:
    listing = world.published()
    with pytest.raises(Invalid):
        services.pause(world.actor("coop"), listing.public_id, "pause")
    assert (
        services.pause(
            world.actor("coop"), listing.public_id, "pause", reason="road", note="Sạt lở."
        ).availability
        is Availability.PAUSED
    )
    with pytest.raises(WrongState):
        services.pause(
            world.actor("coop"), listing.public_id, "pause", reason="road", note="Sạt lở."
        )
    assert (
        services.pause(world.actor("official_2"), listing.public_id, "resume").availability
        is Availability.OPEN
    )


def test_a_cooperative_pauses_for_its_household_on_its_word(
    village: World, recorded: Listing
) -> None:
    services.submit(village.actor("household"), recorded.public_id)
    services.turn_key(village.actor("leader"), recorded.public_id)
    with pytest.raises(Invalid):
        services.pause(
            village.actor("coop"), recorded.public_id, "pause", reason="stock", note="Hết."
        )
    services.pause(
        village.actor("coop"),
        recorded.public_id,
        "pause",
        reason="stock",
        note="Hết.",
        acting=CALLED,
    )
    entry = db.session.scalars(
        sa.select(Entry).where(Entry.name == "listing_availability.pause")
    ).one()
    assert entry.acting_id is not None


def test_at_most_eight_photos_all_or_none(world: World) -> None:
    listing = world.draft()
    services.add_photos(world.actor("coop"), listing.public_id, [PICTURE] * 5, "")
    with pytest.raises(Invalid):
        services.add_photos(world.actor("coop"), listing.public_id, [PICTURE] * 4, "")
    db.session.expire_all()
    assert [p.position for p in listing.photos] == [1, 2, 3, 4, 5]
    assert {p.alt for p in listing.photos} == {listing.title}
    services.remove_photo(world.actor("coop"), listing.public_id, listing.photos[0].public_id)
    with pytest.raises(NotFound):
        services.remove_photo(world.actor("coop"), listing.public_id, "x" * 10)


def test_old_ones_are_put_away_once(world: World) -> None:
    listing = world.draft()
    services.withdraw(world.actor("coop"), listing.public_id)
    assert services.archive_old() == 0
    with clock.at(clock.now() + timedelta(days=366)):
        assert services.archive_old() == 1
        assert services.archive_old() == 0
    assert db.session.get_one(Listing, listing.id).state is ListingState.ARCHIVED


def test_a_closing_date_is_dropped_when_open_at_all_times(world: World) -> None:
    listing = world.opportunity(closes_on=date(2027, 1, 1), is_open_ended=True)
    assert listing.closes_on is None
