"""The dossier of an opportunity as a list of tasks: what each part holds and how far it is.

Nothing of this is stored but an official's mark: a part is begun when something stands in it, and
done when none of the gaps that keep the opportunity from being sent in lies in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from marketplace.catalogue.kinds.opportunity.model import Mark, Opportunity
from marketplace.core.i18n import N_, Text


class PartState(StrEnum):
    """How far a part is."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    NOT_NEEDED = "not_needed"
    NEEDS_CHANGE = "needs_change"


STATE_LABELS = {
    PartState.NOT_STARTED: (N_("Not started"), "plain"),
    PartState.IN_PROGRESS: (N_("In progress"), "act"),
    PartState.DONE: (N_("Done"), "ok"),
    PartState.NOT_NEEDED: (N_("Not needed"), "plain"),
    PartState.NEEDS_CHANGE: (N_("Needs change"), "warn"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the dossier: its code in addresses and the fields it asks.

    ``asks`` are further names that gaps may carry. ``optional`` parts may stay empty.
    """

    code: str
    label: str
    fields: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    optional: bool = False


MEETING, PHOTOS, DOCUMENTS, PERMITS = "hop-thon", "anh", "tai-lieu", "giay-phep"

PARTS = (
    Part(
        "co-ban",
        N_("Basic facts"),
        (
            "title",
            "sector",
            "goal",
            "description",
            "village_id",
            "place",
            "cooperation",
            "closes_on",
            "is_open_ended",
            "jobs",
            "households",
            "materials",
        ),
    ),
    Part(
        "dat-dai",
        N_("Land and planning"),
        (
            "area_low",
            "area_high",
            "land_use",
            "land_origin",
            "planning",
            "planning_basis",
            "planning_number",
            "planning_date",
            "forest",
            "city_list",
            "city_list_item",
            "road",
            "electricity",
            "water",
            "telecom",
            "is_border_zone",
            "has_disaster_risk",
            "environment",
        ),
        optional=True,
    ),
    Part(
        "von",
        N_("Capital"),
        ("capital_kind", "capital_low", "capital_high", "usd_low", "usd_high", "capital_source"),
        optional=True,
    ),
    Part("uu-dai", N_("Incentives"), ("incentives",), optional=True),
    Part(
        MEETING,
        N_("Village meeting"),
        ("touches_village", "touches_forest", "touches_culture"),
        ("meetings",),
    ),
    Part("cach-chon", N_("How a partner is chosen"), ("choosing", "choosing_how", "criteria")),
    Part(PERMITS, N_("Papers a partner needs"), ("permits",), optional=True),
    Part(
        "lien-he",
        N_("Who answers"),
        ("contact_office", "contact_name", "contact_position", "contact_phone", "contact_email"),
    ),
    Part(PHOTOS, N_("Photos"), optional=True),
    Part(DOCUMENTS, N_("Documents"), optional=True),
)
BY_CODE = {part.code: part for part in PARTS}
WITH_FORM = tuple(part.code for part in PARTS if part.fields)
"""The parts that have a form of their own."""


def part_of(field: str) -> Part | None:
    """The part in which a gap with this field's name is closed; None for what is no part's."""
    return next((part for part in PARTS if field in (*part.fields, *part.asks)), None)


def held(part: Part, listing: Opportunity) -> list[object]:
    """Everything a part holds, in a settled order; empty things are left out."""
    values = listing.values()
    found: list[object] = [(name, getattr(values, name)) for name in part.fields]
    if part.code == MEETING:
        found += [
            (m.public_id, m.held_on, m.attended, m.in_favour, m.against, m.benefit, m.summary)
            for m in listing.meetings
        ]
        found += [m.file_id for m in listing.meetings]
    elif part.code == PHOTOS:
        found += [photo.public_id for photo in listing.photos]
    elif part.code == DOCUMENTS:
        found += [document.public_id for document in listing.documents]
    return [
        one for one in found if not (isinstance(one, tuple) and one[1] in (None, "", (), False))
    ]


def content(part: Part, listing: Opportunity) -> str:
    """A digest of what a part says now."""
    return hashlib.sha256(repr(held(part, listing)).encode()).hexdigest()


def marks_in_force(listing: Opportunity) -> dict[str, Mark]:
    """The parts an official marked and nobody changed since, by code."""
    return {
        mark.part: mark
        for mark in listing.marks
        if mark.part in BY_CODE and mark.content == content(BY_CODE[mark.part], listing)
    }


@dataclass(frozen=True, slots=True)
class Task:
    """A part as the list of tasks shows it."""

    part: Part
    state: PartState
    missing: tuple[Text, ...]
    note: str = ""

    @property
    def label(self) -> str:
        """The words of its state."""
        return STATE_LABELS[self.state][0]

    @property
    def tone(self) -> str:
        """The tone of its state."""
        return STATE_LABELS[self.state][1]


def tasks(listing: Opportunity) -> Sequence[Task]:
    """The list of tasks of an opportunity."""
    marks = marks_in_force(listing)
    gaps = [(part_of(gap.field), gap.text) for gap in listing.gaps()]
    return [
        _task(part, listing, [text for owner, text in gaps if owner is part], marks.get(part.code))
        for part in PARTS
    ]


def _task(part: Part, listing: Opportunity, missing: Iterable[Text], mark: Mark | None) -> Task:
    missing = tuple(missing)
    if mark is not None:
        return Task(part, PartState.NEEDS_CHANGE, missing, mark.note)
    has_begun = bool(held(part, listing)) or (part.code == MEETING and listing.touches_people)
    if part.code == MEETING and not has_begun:
        return Task(part, PartState.NOT_NEEDED, missing)
    if not has_begun:
        return Task(part, PartState.NOT_STARTED, missing)
    return Task(part, PartState.IN_PROGRESS if missing else PartState.DONE, missing)
