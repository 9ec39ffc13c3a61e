"""Use cases of an opportunity's dossier: its parts, minutes, documents and officials' marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from marketplace.accounts.models import StoredFile, Village
from marketplace.catalogue import drafting, queries
from marketplace.catalogue.kinds.opportunity import dossier
from marketplace.catalogue.kinds.opportunity.model import (
    Document,
    Mark,
    Meeting,
    Opportunity,
)
from marketplace.catalogue.kinds.opportunity.terms import Audience
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState, may_edit, may_review
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.use_case import use_case

OPEN = frozenset({ListingState.DRAFT, ListingState.RETURNED})
"""While officials read an opportunity nothing in it moves; a published one is kept by its keys."""


@dataclass(frozen=True, slots=True)
class MeetingValues:
    """The minutes of a village meeting; counts are households. A new one needs its ``scan``."""

    held_on: date
    village_id: int
    attended: int
    in_favour: int
    against: int
    benefit: str
    summary: str
    scan: StoredFile | None = None


@dataclass(frozen=True, slots=True)
class DocumentValues:
    """A document of the dossier."""

    title: str
    audience: Audience
    file: StoredFile | None


def _own(actor: Actor, public_id: str) -> Opportunity:
    """An opportunity of the actor's, held. Raises NotFound or NotAllowed."""
    listing = opportunity(queries.get(public_id, actor, lock=True))
    if not may_edit(actor, listing):
        raise NotAllowed(N_("Only the authority that posted it may change the dossier."))
    return listing


def opportunity(listing: Listing) -> Opportunity:
    """The listing, if it is an opportunity. Raises NotFound."""
    if not isinstance(listing, Opportunity):
        raise NotFound
    return listing


def _is_open(listing: Opportunity) -> None:
    if listing.state not in OPEN:
        raise WrongState(N_("The dossier can be changed while it is a draft or was returned."))


@use_case
def save_part(
    actor: Actor, public_id: str, version: int | None, values: Mapping[str, Any]
) -> Opportunity:
    """Save one part of a draft; what the other parts hold stays as it is."""
    listing = _own(actor, public_id)
    _is_open(listing)
    if version is not None and version != listing.version:
        raise Conflict
    drafting.fill(listing, replace(listing.values(), **values))
    record("listing.edited", listing, actor)
    return listing


@use_case
def record_meeting(
    actor: Actor,
    public_id: str,
    values: MeetingValues,
    meeting_id: str | None = None,
    version: int | None = None,
) -> Opportunity:
    """Record the minutes of a village's meeting, or correct those with ``meeting_id``.

    Raises Invalid for another locality's village, a village whose minutes are there already, a day
    to come, more votes than households, or missing scan.
    """
    listing = _own(actor, public_id)
    _is_open(listing)
    meeting = _meeting(listing, meeting_id) if meeting_id else None
    if meeting is not None and version is not None and version != meeting.version:
        raise Conflict
    _check_meeting(listing, meeting, values)
    if meeting is None:
        meeting = Meeting(opportunity_id=listing.id)
        db.session.add(meeting)
    if values.scan is not None:
        meeting.file = values.scan
    for name in ("village_id", "held_on", "attended", "in_favour", "against", "benefit", "summary"):
        setattr(meeting, name, getattr(values, name))
    db.session.flush()
    db.session.expire(listing, ["meetings"])
    listing.updated_at = clock.now()
    record(
        "listing.meeting_recorded",
        listing,
        actor,
        happened_on=values.held_on,
        data={"village": values.village_id, "meeting": meeting.id},
    )
    return listing


def _check_meeting(listing: Opportunity, meeting: Meeting | None, values: MeetingValues) -> None:
    village = db.session.get(Village, values.village_id)
    if village is None or village.locality_id != listing.locality_id:
        raise Invalid("village_id", N_("Choose a village from the list."))
    if any(m.village_id == values.village_id and m is not meeting for m in listing.meetings):
        raise Invalid(
            "village_id", N_("The minutes of this village are there already. Correct those.")
        )
    if values.held_on > clock.today():
        raise Invalid(
            "held_on", N_("This day is still to come. Enter the day on which the village met.")
        )
    if values.in_favour + values.against > values.attended:
        raise Invalid("against", N_("There are more votes than households present."))
    if meeting is None and values.scan is None:
        raise Invalid("paper", N_("Attach a scan or photo of the signed minutes."))


@use_case
def remove_meeting(actor: Actor, public_id: str, meeting_id: str) -> Opportunity:
    """Take minutes off a draft."""
    listing = _own(actor, public_id)
    _is_open(listing)
    meeting = _meeting(listing, meeting_id)
    data = {"village": meeting.village_id, "meeting": meeting.id}
    db.session.delete(meeting)
    db.session.flush()
    db.session.expire(listing, ["meetings"])
    listing.updated_at = clock.now()
    record("listing.meeting_removed", listing, actor, data=data)
    return listing


def _meeting(listing: Opportunity, meeting_id: str) -> Meeting:
    found: Meeting = _found(listing.meetings, meeting_id)
    return found


def _found(rows: Any, code: str) -> Any:
    found = next((row for row in rows if row.public_id == code), None)
    if found is None:
        raise NotFound
    return found


@use_case
def add_document(actor: Actor, public_id: str, values: DocumentValues) -> Opportunity:
    """Add a document to a draft; to a published opportunity only one that everyone may open."""
    listing = _own(actor, public_id)
    if listing.state is ListingState.PUBLISHED:
        if values.audience is not Audience.PUBLIC:
            raise Invalid(
                "audience", N_("To a published opportunity add documents that everyone may open.")
            )
    else:
        _is_open(listing)
    if values.file is None:
        raise Invalid("paper", N_("Choose the file of the document."))
    document = Document(
        opportunity_id=listing.id,
        title=values.title,
        audience=values.audience,
        file=values.file,
        added_at=clock.now(),
    )
    db.session.add(document)
    db.session.flush()
    db.session.expire(listing, ["documents"])
    listing.updated_at = clock.now()
    record("listing.document_added", listing, actor, data={"document": document.id})
    return listing


@use_case
def remove_document(actor: Actor, public_id: str, document_id: str) -> Opportunity:
    """Take a document off a draft."""
    listing = _own(actor, public_id)
    _is_open(listing)
    document = _found(listing.documents, document_id)
    data = {"document": document.id}
    db.session.delete(document)
    db.session.flush()
    db.session.expire(listing, ["documents"])
    listing.updated_at = clock.now()
    record("listing.document_removed", listing, actor, data=data)
    return listing


@use_case
def mark_part(actor: Actor, public_id: str, part: str, note: str) -> Opportunity:
    """Say what has to change in a part while deciding; it holds until the part changes."""
    listing = opportunity(queries.get(public_id, actor, lock=True))
    if not may_review(actor, listing) or actor.user_id is None:
        raise NotAllowed(N_("The officials of another locality decide about this listing."))
    if listing.state is not ListingState.SUBMITTED:
        raise WrongState(N_("A part is marked while the opportunity waits for approval."))
    if part not in dossier.BY_CODE:
        raise NotFound
    content = dossier.content(dossier.BY_CODE[part], listing)
    mark = next((one for one in listing.marks if one.part == part), None)
    if mark is None:
        mark = Mark(opportunity_id=listing.id, part=part)
        db.session.add(mark)
    mark.content = content
    mark.note = note
    mark.marked_by_id = actor.user_id
    mark.marked_at = clock.now()
    db.session.flush()
    db.session.expire(listing, ["marks"])
    record("listing.part_marked", listing, actor, note=note, data={"part": part})
    return listing
