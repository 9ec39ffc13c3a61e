"""What the pages of moderation show, and the log as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for

from marketplace.accounts import history
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import LISTING, VISIBILITY, may_review
from marketplace.core import calendar, clock
from marketplace.core.actor import Actor
from marketplace.core.cells import BOM, harmless
from marketplace.core.i18n import N_
from marketplace.core.journal import Entry
from marketplace.moderation import queries
from marketplace.moderation.models import Report
from marketplace.moderation.rules import (
    ABOUT_LABELS,
    ACT_LABELS,
    ACT_OF,
    LOOKED_AT_WITHIN,
    REPORT,
)
from marketplace.web.locale import say
from marketplace.web.workflow import MoveButton, moves


@dataclass(frozen=True, slots=True)
class Act:
    """A line of the log."""

    at: datetime
    act: str
    title: str
    url: str | None
    who: str
    locality: str
    reason: str
    note: str


def acts(entries: Sequence[Entry]) -> list[Act]:
    """Entries as lines of the log."""
    titles = queries.titles(entries)
    lines = history.lines(entries, (LISTING, VISIBILITY, REPORT))
    return [
        _act(entry, line, titles.get(queries.listing_id_of(entry)))
        for entry, line in zip(entries, lines, strict=True)
    ]


def _act(entry: Entry, line: history.Line, listing: tuple[str, str] | None) -> Act:
    title, code = listing or ("", "")
    return Act(
        at=entry.at,
        act=ACT_LABELS[ACT_OF[entry.name]],
        title=title,
        url=url_for("catalogue.review", public_id=code) if code else None,
        who=line.who,
        locality=line.locality,
        reason=line.reason or _returned(entry),
        note=line.note,
    )


def _returned(entry: Entry) -> str:
    """The words of a reason whose workflow lies beside this feature: those of a return."""
    return LISTING.transitions["return"].reasons.get(entry.reason or "", "")


HEADINGS = (
    N_("Moment"),
    N_("What was done"),
    N_("Listing"),
    N_("Who"),
    N_("Locality"),
    N_("Reason"),
    N_("Explanation"),
)


def as_csv(lines: Sequence[Act]) -> bytes:
    """The log as a file: every cell quoted, nothing in it that a spreadsheet would run."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([say(heading) for heading in HEADINGS])
    for line in lines:
        at = clock.local(line.at).isoformat(timespec="minutes")
        words = (line.act, line.title, line.who, line.locality, line.reason, line.note)
        writer.writerow([at, *(harmless(say(word)) for word in words)])
    return (BOM + text.getvalue()).encode("utf-8")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report an official decides about. ``due`` is the last day to look at it."""

    public_id: str
    title: str
    url: str
    owner: str
    about: str
    message: str
    reporter: str
    at: datetime
    due: date
    is_late: bool
    is_hidden: bool
    times: int
    buttons: list[MoveButton]


def waiting(reports: Sequence[Report]) -> list[Waiting]:
    """The reports of the officials' page."""
    times = {r.listing_id: sum(o.listing_id == r.listing_id for o in reports) for r in reports}
    return [_waiting(found, times[found.listing_id]) for found in reports]


def _waiting(found: Report, times: int) -> Waiting:
    due = calendar.add_working_days(clock.local(found.reported_at).date(), LOOKED_AT_WITHIN)
    listing = found.listing

    def url(name: str) -> str:
        return url_for("moderation.decide", public_id=found.public_id, move=name)

    return Waiting(
        public_id=found.public_id,
        title=listing.title,
        url=listing.path,
        owner=listing.organisation.name,
        about=ABOUT_LABELS[found.about],
        message=found.message,
        reporter=", ".join(filter(None, (found.reporter_name, found.reporter_contact))),
        at=found.reported_at,
        due=due,
        is_late=due < clock.today(),
        is_hidden=listing.is_hidden,
        times=times,
        buttons=moves(found, url),
    )


def panel(listing: Listing, actor: Actor) -> Mapping[str, Any] | None:
    """On a listing's page: the way to report it; for officials also the way to hide it."""
    decides = may_review(actor, listing)

    def url(name: str) -> str:
        return url_for("moderation.move", public_id=listing.public_id, move_name=name)

    buttons = moves(listing, url, workflow=VISIBILITY) if decides else []
    if not listing.is_public and not buttons:
        return None
    return {
        "report_url": url_for("moderation.report", public_id=listing.public_id)
        if listing.is_public
        else None,
        "buttons": buttons,
        "waiting": queries.open_about(listing) if decides else 0,
    }
