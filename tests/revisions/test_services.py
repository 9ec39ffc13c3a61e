"""Revisions: who may do what when, both keys, versions kept, photos, copies, two at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from marketplace.catalogue import drafting, snapshots, versions
from marketplace.catalogue import queries as catalogue_queries
from marketplace.catalogue import services as catalogue
from marketplace.catalogue.browse import list_page
from marketplace.catalogue.kinds import MODELS
from marketplace.catalogue.kinds.produce.model import OfferValues, Produce
from marketplace.catalogue.models import Listing, ListingVersion, Photo
from marketplace.catalogue.rules import Availability, ListingState
from marketplace.catalogue.taxonomy import PriceKind
from marketplace.core import clock
from marketplace.core.actor import ANONYMOUS
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Conflict, DomainError, NotAllowed, NotFound, WrongState
from marketplace.core.journal import Entry
from marketplace.core.photos import Picture
from marketplace.interests import services as interests
from marketplace.revisions import queries, services
from marketplace.revisions.models import Revision
from marketplace.revisions.rules import REVISION, RevisionState
from tests.world import World

PICTURE = Picture(card="c" * 64, page="d" * 64, width=640, height=480)


def write(world: World, listing: Listing, who: str = "coop", **changes: object) -> Revision:
    """A revision of produce as its form would hand it over."""
    values = snapshots.read(listing, listing.written_as)
    return services.write(world.actor(who), listing.public_id, None, replace(values, **changes))


def sent(world: World, listing: Listing, **changes: object) -> Revision:
    revision = write(world, listing, **(changes or {"description": "Rửa sạch, cắt lát."}))
    return services.submit(world.actor("coop"), revision.public_id)


def entries(name: str) -> list[Entry]:
    return list(db.session.scalars(sa.select(Entry).where(Entry.name == name)))


# ------------------------------------------------------------ snapshots


def test_every_kind_says_what_its_form_hands_over(world: World) -> None:
    for kind, model in MODELS.items():
        names = snapshots.names(model.written_as)
        assert {"title", "description", "village_id"} <= set(names), kind
        assert all(hasattr(model, name) for name in names), kind


def test_values_come_back_as_they_were(world: World) -> None:
    for listing in (world.published(closes_on=date(2026, 12, 1)), world.opportunity()):
        values = snapshots.read(listing, listing.written_as)
        kept = snapshots.encode(values)
        assert snapshots.decode(listing.written_as, kept | {"a value of old": 1}) == values


def test_a_text_kept_by_an_earlier_program_can_be_read() -> None:
    old = snapshots.decode(Produce.written_as, {"title": "Chè dây"})
    assert (old.title, old.months) == ("Chè dây", 0)


# ------------------------------------------------------------ versions


def test_publishing_keeps_version_one_with_its_keys(world: World) -> None:
    listing = world.opportunity()
    (version,) = versions.of(listing)
    assert version.number == 1
    assert version.values == versions.text_of(listing)
    assert {locality for locality, _ in version.keys} == set(world.pair.locality_ids)


def test_a_listing_published_before_versions_were_kept_gets_its_first_late(world: World) -> None:
    listing = world.published()
    db.session.execute(sa.delete(ListingVersion))
    db.session.commit()
    before = listing.published_at
    sent(world, listing)
    (version,) = versions.of(listing)
    assert (version.number, version.published_at) == (1, before)
    assert version.values["description"].startswith("Đào tại rẫy")


# ------------------------------------------------------------ one key, and what stays


def test_the_old_text_stays_until_the_new_one_is_approved(world: World) -> None:
    listing = world.published()
    code, published_at = listing.public_id, listing.published_at
    revision = sent(world, listing, title="Đẳng sâm sấy", description="Sấy khô.")
    assert catalogue_queries.get(code, ANONYMOUS).title == "Đẳng sâm tươi"
    with clock.at(clock.now() + timedelta(days=1)):
        services.turn_key(world.actor("official_1"), revision.public_id)
    shown = catalogue_queries.get(code, ANONYMOUS)
    assert (shown.title, shown.description) == ("Đẳng sâm sấy", "Sấy khô.")
    assert shown.published_at == published_at, "nobody is alerted a second time"
    assert shown.path == f"/nong-san/dang-sam-say-{code}"
    assert [v.number for v in versions.of(shown)] == [2, 1]
    assert revision.state is RevisionState.APPROVED
    (entry,) = entries("listing.revised")
    assert entry.data["changed"] == ["title", "description"]
    assert [c.title for c in list_page(world.pair, "produce", {"q": ["say"]}).items] == [
        "Đẳng sâm sấy"
    ]


def test_the_offer_is_no_part_of_a_revision(world: World) -> None:
    listing = world.published()
    code = listing.public_id
    revision = sent(world, listing, description="Mới.", quantity=1, price_low=1, unit=None)
    catalogue.change_offer(
        world.actor("coop"), code, None, OfferValues(PriceKind.FIXED, 90_000, None, 70_000, 1)
    )
    with clock.at(clock.now() + timedelta(days=3)):
        services.turn_key(world.actor("official_1"), revision.public_id)
    shown = db.session.scalars(sa.select(Produce)).one()
    assert (shown.price_low, shown.quantity, shown.months) == (90_000, 70_000, 1)
    assert shown.unit is not None
    assert shown.quantity_confirmed_on == clock.today(), "approving a text confirms no quantity"


def test_a_paused_listing_changes_and_stays_paused(world: World) -> None:
    listing = world.published()
    catalogue.pause(world.actor("coop"), listing.public_id, "pause", reason="road", note="Sạt lở.")
    revision = sent(world, listing)
    services.turn_key(world.actor("official_1"), revision.public_id)
    assert listing.availability is Availability.PAUSED
    catalogue.pause(world.actor("coop"), listing.public_id, "resume")
    assert listing.availability is Availability.OPEN


def test_saying_the_same_again_is_refused(world: World) -> None:
    revision = write(world, world.published())
    with pytest.raises(Blocked):
        services.submit(world.actor("coop"), revision.public_id)


def test_a_text_with_gaps_is_refused_and_leaves_no_trace(world: World) -> None:
    listing = world.published()
    code = listing.public_id
    with pytest.raises(Blocked) as refused:
        write(world, listing, description="", group=None)
    assert len(refused.value.blockers) == 2
    db.session.expire_all()
    shown = catalogue_queries.get(code, ANONYMOUS)
    assert shown.description
    assert db.session.scalar(sa.select(sa.func.count(Revision.id))) == 0


def test_there_is_one_live_revision(world: World) -> None:
    listing = world.published()
    first = write(world, listing, description="Một.")
    assert write(world, listing, description="Hai.").id == first.id
    services.submit(world.actor("coop"), first.public_id)
    with pytest.raises(WrongState):
        write(world, listing, description="Ba.")
    services.withdraw(world.actor("coop"), first.public_id)
    assert write(world, listing, description="Bốn.").id != first.id


# ------------------------------------------------------------ the whole table of moves

STATES = ("draft", "submitted", "returned", "approved", "withdrawn")
PEOPLE = ("coop", "other_coop", "hotel", "official_1", "official_2", "ward_official_1")
ALLOWED = {
    *(("coop", state, "submit") for state in ("draft", "returned")),
    *(("coop", state, "withdraw") for state in ("draft", "submitted", "returned")),
    *(
        (who, "submitted", move)
        for who in ("official_1", "official_2")
        for move in ("turn_key", "return")
    ),
}


def in_state(world: World, state: str) -> Revision:
    listing = world.published()
    revision = write(world, listing, description="Mới.")
    if state != "draft":
        services.submit(world.actor("coop"), revision.public_id)
    if state == "returned":
        services.return_(
            world.actor("official_2"), revision.public_id, reason="unclear", note="Viết rõ hơn."
        )
    if state == "approved":
        services.turn_key(world.actor("official_2"), revision.public_id)
    if state == "withdrawn":
        services.withdraw(world.actor("coop"), revision.public_id)
    return revision


@pytest.mark.parametrize("state", STATES)
def test_who_may_do_what_when(world: World, state: str) -> None:
    revision = in_state(world, state)
    code = revision.public_id
    for who in PEOPLE:
        for move in ("submit", "withdraw", "turn_key", "return"):
            actor = world.actor(who)
            try:
                REVISION.require(queries.get(code, actor), move, actor)
            except DomainError:
                allowed = False
            else:
                allowed = True
            official_speaks = (
                who in {"official_1", "official_2"} and ("coop", state, move) in ALLOWED
            )
            assert allowed == ((who, state, move) in ALLOWED or official_speaks), (who, move)


def test_an_official_who_speaks_for_the_owner_records_how_they_know(world: World) -> None:
    with pytest.raises(DomainError):
        write(world, world.published(), who="official_1", description="Mới.")


@pytest.mark.parametrize(
    ("who", "sees"),
    [("coop", True), ("official_1", True), ("ward_official_1", False), ("hotel", False)],
)
def test_who_reads_a_draft(world: World, who: str, sees: bool) -> None:
    code = write(world, world.published(), description="Mới.").public_id
    if sees:
        assert queries.get(code, world.actor(who))
    else:
        with pytest.raises(NotFound):
            queries.get(code, world.actor(who))


# ------------------------------------------------------------ two keys


def opportunity_revision(world: World) -> Revision:
    listing = world.opportunity()
    values = snapshots.read(listing, listing.written_as)
    author = world.actor("official_1")
    revision = services.write(author, listing.public_id, None, replace(values, goal="Sấy lạnh."))
    return services.submit(author, revision.public_id)


def test_an_opportunity_changes_under_both_keys_of_others(world: World) -> None:
    revision = opportunity_revision(world)
    code = revision.public_id
    with pytest.raises(NotAllowed):
        services.turn_key(world.actor("official_1"), code)
    services.turn_key(world.actor("ward_official_1"), code)
    assert revision.state is RevisionState.SUBMITTED
    with pytest.raises(NotAllowed):
        services.turn_key(world.actor("ward_official_2"), code)
    assert revision.listing.goal != "Sấy lạnh."
    services.turn_key(world.actor("official_2"), code)
    assert revision.listing.goal == "Sấy lạnh."
    assert {locality for locality, _ in versions.of(revision.listing)[0].keys} == set(
        world.pair.locality_ids
    )


def test_either_returns_and_the_other_key_is_void(world: World) -> None:
    revision = opportunity_revision(world)
    services.turn_key(world.actor("official_2"), revision.public_id)
    services.return_(
        world.actor("ward_leader"), revision.public_id, reason="paper", note="Thiếu giấy."
    )
    db.session.expire_all()
    assert revision.keys == []
    (entry,) = entries("revision.return")
    assert entry.data["voided_keys"] == 1


def test_a_closed_listing_takes_no_change(world: World) -> None:
    listing = world.published()
    revision = sent(world, listing)
    interests.close_listing(
        world.actor("coop"), listing.public_id, reason="season_over", note="Hết mùa."
    )
    with pytest.raises(Blocked):
        services.turn_key(world.actor("official_1"), revision.public_id)
    assert queries.waiting_for(world.actor("official_1")) == []
    services.withdraw(world.actor("coop"), revision.public_id)


# ------------------------------------------------------------ two at once


def test_the_second_of_two_who_write_at_once_is_told(world: World) -> None:
    listing = world.published()
    code, version = listing.public_id, listing.version
    values = snapshots.read(listing, listing.written_as)
    first = services.write(world.actor("coop"), code, version, replace(values, title="Một"))
    seen = first.version
    services.write(world.actor("coop"), code, seen, replace(values, title="Hai"))
    with pytest.raises(Conflict):
        services.write(world.actor("coop"), code, seen, replace(values, title="Ba"))
    assert first.values["title"] == "Hai"


# ------------------------------------------------------------ photos


def test_photos_change_with_the_revision_and_stay_in_earlier_versions(world: World) -> None:
    draft = world.draft()
    catalogue.add_photos(world.actor("coop"), draft.public_id, [PICTURE], "Củ đẳng sâm")
    catalogue.submit(world.actor("coop"), draft.public_id)
    listing = catalogue.turn_key(world.actor("official_1"), draft.public_id)
    (old,) = listing.photos
    revision = services.add_photos(world.actor("coop"), listing.public_id, [PICTURE], "Ảnh mới")
    (_, new) = revision.photos
    services.drop_photo(world.actor("coop"), listing.public_id, old.public_id)
    assert [p.public_id for p in listing.photos] == [old.public_id]
    with pytest.raises(NotFound):
        catalogue_queries.photo(new, world.actor("hotel"))
    assert catalogue_queries.photo(new, world.actor("official_1")).alt == "Ảnh mới"
    services.submit(world.actor("coop"), revision.public_id)
    services.turn_key(world.actor("official_1"), revision.public_id)
    shown = catalogue_queries.get(listing.public_id, ANONYMOUS)
    assert [p.public_id for p in shown.photos] == [new]
    assert [card.photo for card in list_page(world.pair, "produce").items] == [new]
    assert [v.photos for v in versions.of(shown)] == [[new], [old.public_id]]
    with pytest.raises(NotFound):
        catalogue_queries.photo(old.public_id, ANONYMOUS)
    assert entries("listing.revised")[0].data["changed"] == ["photos"]


# ------------------------------------------------------------ copies and days


@pytest.mark.parametrize("state", ["published", "closed", "withdrawn", "archived"])
def test_a_copy_is_a_new_draft_without_days(world: World, state: str) -> None:
    old = world.draft(closes_on=date(2026, 12, 1))
    catalogue.add_photos(world.actor("coop"), old.public_id, [PICTURE], "Củ đẳng sâm")
    if state == "withdrawn":
        catalogue.withdraw(world.actor("coop"), old.public_id)
    else:
        catalogue.submit(world.actor("coop"), old.public_id)
        catalogue.turn_key(world.actor("official_1"), old.public_id)
    if state in {"closed", "archived"}:
        interests.close_listing(
            world.actor("coop"), old.public_id, reason="season_over", note="Hết mùa."
        )
    if state == "archived":
        with clock.at(clock.now() + timedelta(days=400)):
            catalogue.archive_old()
    new = services.copy(world.actor("coop"), old.public_id)
    assert (new.state, new.copied_from_id, new.closes_on) == (ListingState.DRAFT, old.id, None)
    assert new.public_id != old.public_id
    assert (new.title, new.quantity, new.promised) == (old.title, old.quantity, 0)
    db.session.expire(new, ["photos"])
    assert [photo.page for photo in new.photos] == [PICTURE.page]
    assert db.session.scalar(sa.select(sa.func.count(Photo.id))) == 2


def test_a_draft_is_not_copied_nor_anything_by_others(world: World) -> None:
    with pytest.raises(NotAllowed):
        services.copy(world.actor("coop"), world.draft().public_id)
    with pytest.raises(NotAllowed):
        services.copy(world.actor("hotel"), world.published().public_id)


@pytest.mark.parametrize("kind", ["produce", "opportunity"])
def test_every_kind_closes_after_its_last_day_once(world: World, kind: str) -> None:
    day = clock.today() + timedelta(days=5)
    listing = (
        world.published(closes_on=day)
        if kind == "produce"
        else world.opportunity(closes_on=day, is_open_ended=False)
    )
    assert listing.closes_soon
    with clock.at(clock.now() + timedelta(days=5)):
        assert interests.close_expired() == 0
    with clock.at(clock.now() + timedelta(days=6)):
        assert [interests.close_expired(), interests.close_expired()] == [1, 0]
    assert listing.state is ListingState.CLOSED
    assert not listing.closes_soon
    with clock.at(clock.now() + timedelta(days=380)):
        assert [catalogue.archive_old(), catalogue.archive_old()] == [1, 0]


def test_drafting_fills_what_a_revision_applies(world: World) -> None:
    listing = world.published()
    drafting.fill(listing, world.produce_values(title="Chè dây"))
    assert listing.slug == "che-day"
