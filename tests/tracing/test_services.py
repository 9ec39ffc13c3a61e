"""Lots: the ten items, who writes, what is corrected in the open, recall."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from marketplace.accounts.acting import Acting
from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import ActingHow, OrganisationKind, OrganisationState
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Conflict, Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.journal import Entry
from marketplace.tracing import queries, services
from marketplace.tracing.models import Lot
from marketplace.tracing.rules import LOT, LotState, StepKind, what_is_missing
from tests import world as worlds
from tests.tracing.conftest import DAY, step, values
from tests.world import World

WHY = {"reason": "unsafe", "note": "Có mốc, xin trả lại."}


def test_a_complete_lot_is_published(world: World, draft: Lot) -> None:
    assert what_is_missing(draft) == []
    lot = services.move(world.actor("coop"), draft.public_id, "publish")
    assert lot.state is LotState.PUBLISHED
    assert lot.published_at is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"produced_from": None, "produced_until": None},
        {"standards": ""},
        {"quantity": None},
    ],
)
def test_each_item_of_the_circular_is_asked_for(
    world: World, listing, changes: dict[str, object]
) -> None:
    lot = services.create(
        world.actor("coop"), listing.public_id, values(**changes), [step()], photo="0" * 64
    )
    assert len(what_is_missing(lot)) == 1
    with pytest.raises(Blocked):
        services.move(world.actor("coop"), lot.public_id, "publish")


def test_photo_steps_published_listing_and_verified_owner_are_needed(world: World) -> None:
    listing = world.draft()
    lot = services.create(world.actor("coop"), listing.public_id, values())
    assert len(what_is_missing(lot)) == 3
    owner = world.organisation("coop")
    owner.state, owner.verified_at = OrganisationState.PENDING, None
    db.session.commit()
    assert len(what_is_missing(queries.lot(lot.public_id, world.actor("coop")))) == 4


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"produced_until": date(2026, 11, 1)}, "produced_until"),
        ({"expires_on": date(2026, 11, 18)}, "expires_on"),
        ({"packed_on": date(2026, 11, 21), "expires_on": None}, "packed_on"),
        ({"produced_from": date(2026, 11, 21), "produced_until": None}, "produced_from"),
    ],
)
def test_days_that_cannot_be(world: World, listing, changes, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        services.create(world.actor("coop"), listing.public_id, values(**changes))
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": None}, "kind"),
        ({"happened_on": None}, "happened_on"),
        ({"happened_on": date(2026, 11, 21)}, "happened_on"),
        ({"place": ""}, "place"),
        ({"kind": StepKind.SHIP}, "partner"),
        ({"kind": StepKind.RECEIVE}, "partner"),
    ],
)
def test_a_step_says_what_where_when_and_with_whom(world: World, lot: Lot, changes, field) -> None:
    with pytest.raises(Invalid) as refusal:
        services.add_step(world.actor("coop"), lot.public_id, replace(step(), **changes))
    assert refusal.value.field == field


def test_the_way_goes_on_after_publication_each_step_a_line_of_the_journal(
    world: World, lot: Lot
) -> None:
    services.add_step(
        world.actor("coop"), lot.public_id, step(StepKind.SHIP, partner="Khách sạn minh họa")
    )
    names = db.session.scalars(
        sa.select(Entry.name)
        .where(Entry.subject_type == "lot", Entry.subject_id == lot.id)
        .order_by(Entry.id)
    ).all()
    assert names == ["lot.drafted", "lot.step_added", "lot.publish", "lot.step_added"]
    with pytest.raises(WrongState):
        services.edit(world.actor("coop"), lot.public_id, None, values(name="Tên khác"))


def test_a_correction_strikes_through_and_takes_nothing_out(world: World, lot: Lot) -> None:
    (wrong,) = lot.steps
    fixed = services.correct_step(
        world.actor("coop"), lot.public_id, wrong.public_id, step(place="Thôn Aur"), why="Nhầm thôn"
    )
    old, new = fixed.steps
    assert (old.place, old.struck_why) == ("Thôn Azứt", "Nhầm thôn")
    assert old.struck_at is not None
    assert (new.place, new.replaces_id) == ("Thôn Aur", old.id)
    assert fixed.valid_steps == [new]
    services.add_step(world.actor("coop"), lot.public_id, step(StepKind.DRY))
    services.correct_step(
        world.actor("coop"), lot.public_id, new.public_id, step(place="Thôn Đang"), why="Vẫn nhầm"
    )
    places = [s.place for s in queries.lot(lot.public_id, world.actor("coop")).way]
    assert places == ["Thôn Azứt", "Thôn Aur", "Thôn Đang", "Thôn Azứt"]
    with pytest.raises(NotFound):  # struck through once
        services.correct_step(
            world.actor("coop"), lot.public_id, wrong.public_id, step(), why="Lại nhầm"
        )


@pytest.mark.parametrize("state", ["published", "closed"])
@pytest.mark.parametrize("who", ["coop", "official_1"])
def test_recall(world: World, lot: Lot, who: str, state: str) -> None:
    if state == "closed":
        services.move(world.actor("coop"), lot.public_id, "close")
    recalled = services.move(world.actor(who), lot.public_id, "recall", **WHY)
    assert recalled.state is LotState.RECALLED
    assert (recalled.recall_reason, recalled.recall_note) == ("unsafe", WHY["note"])
    with pytest.raises(WrongState):
        services.add_step(world.actor("coop"), lot.public_id, step())


def test_a_recall_says_why(world: World, lot: Lot) -> None:
    for missing in ({"reason": None, "note": "x"}, {"reason": "unsafe", "note": ""}):
        with pytest.raises(Invalid):
            services.move(world.actor("coop"), lot.public_id, "recall", **missing)


MAY = {
    "coop": {"publish", "recall", "close"},
    "official_1": {"publish", "recall", "close"},
    "leader": {"publish", "recall", "close"},
    "other_coop": set(),
    "hotel": set(),
    "ward_official_1": set(),
}


@pytest.mark.parametrize("who", list(MAY))
def test_who_may_move_a_lot(world: World, draft: Lot, who: str) -> None:
    assert {t.name for t in LOT.transitions.values() if t.may(world.actor(who), draft)} == MAY[who]


@pytest.mark.parametrize("who", ["other_coop", "hotel", "ward_official_1"])
def test_a_draft_is_not_there_for_strangers_and_a_published_lot_not_theirs(
    world: World, draft: Lot, who: str
) -> None:
    stranger, code = world.actor(who), draft.public_id
    with pytest.raises(NotFound):
        services.add_step(stranger, code, step())
    services.move(world.actor("coop"), code, "publish")
    with pytest.raises(NotAllowed):
        services.add_step(stranger, code, step())
    with pytest.raises(NotAllowed):
        services.edit(stranger, code, None, values())
    with pytest.raises(NotAllowed):
        services.move(stranger, code, "recall", **WHY)


def test_a_stale_page_is_told(world: World, draft: Lot) -> None:
    coop, code, version = world.actor("coop"), draft.public_id, draft.version
    services.edit(coop, code, version, values(name="Lô 3a"))
    with pytest.raises(Conflict):
        services.edit(coop, code, version, values(name="Lô 3b"))


def test_someone_who_acts_for_a_household_says_how_they_know(world: World) -> None:
    key = worlds._organisation(
        "Hộ số 7", OrganisationKind.PRODUCER_HOUSEHOLD, world.pair.source_id, None
    )
    world.organisations["household_7"] = key
    db.session.get_one(Organisation, key).cooperative_id = world.organisations["coop"]
    db.session.commit()
    world.consent("household_7")
    told = Acting(ActingHow.CALL, DAY, "Đã đọc lại.", None)
    coop = world.actor("coop")
    from marketplace.catalogue import services as catalogue

    listing = catalogue.create(coop, "produce", world.pair_id, key, world.produce_values(), told)
    with pytest.raises(Invalid):
        services.create(coop, listing.public_id, values())
    lot = services.create(coop, listing.public_id, values(), acting=told)
    assert [acted.how for acted in lot.acting] == [ActingHow.CALL]
    del world.organisations["household_7"]
