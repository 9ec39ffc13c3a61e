"""Use cases of moderation: reporting, deciding about reports, hiding and showing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from marketplace.accounts import throttle
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import VISIBILITY
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.journal import record
from marketplace.core.use_case import one_by_one, use_case
from marketplace.moderation import queries
from marketplace.moderation.models import Report
from marketplace.moderation.rules import CONTACTS_KEPT_DAYS, REPORT, About

BY_ADDRESS = throttle.Limit("report-address", 10, timedelta(hours=1))
ABOUT_ONE = throttle.Limit("report-listing", 3, timedelta(hours=24))
"""How often one address may report in all, and about one listing."""


@dataclass(frozen=True, slots=True)
class ReportValues:
    """What a visitor says about a listing; name and contact only if they wish."""

    about: About
    message: str
    reporter_name: str = ""
    reporter_contact: str = ""


def report(actor: Actor, listing_id: str, values: ReportValues, address: str) -> Report:
    """Report a public listing. Raises TooManyTries when an address reports too often."""
    throttle.count((BY_ADDRESS, address), (ABOUT_ONE, f"{address}|{listing_id}"))
    return _report(actor, listing_id, values)


@use_case
def _report(actor: Actor, listing_id: str, values: ReportValues) -> Report:
    listing = catalogue.get(listing_id, actor)
    if not listing.is_public:
        raise NotFound
    made = Report(
        listing=listing,
        about=values.about,
        message=values.message,
        reporter_name=values.reporter_name,
        reporter_contact=values.reporter_contact,
        reporter_id=actor.user_id,
        reported_at=clock.now(),
    )
    db.session.add(made)
    record("report.made", made, actor, data={"listing": listing.id, "about": values.about.value})
    return made


@use_case
def decide(actor: Actor, public_id: str, action: str, *, reason: str | None, note: str) -> Report:
    """Dismiss a report, or uphold it, which hides the listing where it is not hidden yet."""
    found = queries.get(public_id, actor, lock=True)
    listing = found.listing
    REPORT.fire(
        found,
        action,
        actor,
        reason=reason,
        note=note,
        facts={"handled_at": clock.now()},
        data={"listing": listing.id},
    )
    if action == "uphold" and not listing.is_hidden:
        _hide(listing, actor, reason, note)
    return found


@use_case
def hide(actor: Actor, listing_id: str, *, reason: str | None, note: str) -> Listing:
    """Take a listing out of everyone's sight at once; its owner reads why."""
    listing = catalogue.get(listing_id, actor, lock=True)
    _hide(listing, actor, reason, note)
    return listing


def _hide(listing: Listing, actor: Actor, reason: str | None, note: str) -> None:
    hidden_by = {"hidden_by_id": actor.user_id}
    VISIBILITY.fire(listing, "hide", actor, reason=reason, note=note, facts=hidden_by)
    listing.updated_at = clock.now()


@use_case
def show(actor: Actor, listing_id: str, *, reason: str | None, note: str) -> Listing:
    """Show a hidden listing again: another official than the one who hid it."""
    listing = catalogue.get(listing_id, actor, lock=True)
    VISIBILITY.fire(listing, "show", actor, reason=reason, note=note, facts={"hidden_by_id": None})
    listing.updated_at = clock.now()
    return listing


def forget_reporters() -> int:
    """Erase who reported what was decided long ago; may run twice. Returns how many."""
    before = clock.now() - timedelta(days=CONTACTS_KEPT_DAYS)
    return one_by_one(_forget_reporter, queries.to_forget(before))


@use_case
def _forget_reporter(report_id: int) -> bool:
    found = db.session.get_one(Report, report_id)
    found.reporter_name = found.reporter_contact = ""
    found.reporter_id = None
    record("report.reporter_erased", found, SYSTEM)
    return True
