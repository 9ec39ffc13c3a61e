"""A record's history as people read it: the journal's entries with names instead of ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from marketplace.accounts.queries import NAMED_IN_DATA, People, people_in
from marketplace.accounts.rules import ACTING_LABELS
from marketplace.core.i18n import N_
from marketplace.core.journal import Entry
from marketplace.core.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Line:
    """One entry for ``components/sentence.html``: what happened, who did it, why, for whom.

    ``named`` is the organisation the entry speaks of, ``entered_by`` who brought in what somebody
    else decided on paper, ``happened_on`` the day in the world where
    it has one; labels are message ids.
    """

    name: str
    data: Mapping[str, Any]
    at: datetime
    happened_on: date | None
    who: str
    organisation: str
    locality: str
    reason: str
    note: str
    recorded_for: str
    how: str
    named: str
    entered_by: str


def lines(entries: Iterable[Entry], workflows: Iterable[Workflow]) -> list[Line]:
    """The entries as lines, in the order given; ``workflows`` know the words of the reasons."""
    entries = list(entries)
    people = people_in(entries)
    reasons = {w.event(t.name): t.reasons for w in workflows for t in w.transitions.values()}
    return [_line(entry, people, reasons.get(entry.name, {})) for entry in entries]


def _line(entry: Entry, people: People, reasons: Mapping[str, str]) -> Line:
    spoken = people.spoken.get(entry.acting_id or 0)
    is_program = entry.actor_id is None and entry.organisation_id is None
    return Line(
        name=entry.name,
        data=entry.data,
        at=entry.at,
        happened_on=entry.happened_on,
        who=N_("The program") if is_program else people.users.get(entry.actor_id or 0, ""),
        organisation=people.organisations.get(entry.organisation_id or 0, ""),
        locality=people.localities.get(entry.locality_id or 0, ""),
        reason=reasons.get(entry.reason or "", ""),
        note=entry.note.text if entry.note else "",
        recorded_for=people.organisations.get(spoken.organisation_id, "") if spoken else "",
        how=ACTING_LABELS[spoken.how] if spoken else "",
        named=_named(entry, people),
        entered_by=people.users.get(entry.data.get("entered_by") or 0, ""),
    )


def _named(entry: Entry, people: People) -> str:
    ids: Sequence[Any] = [entry.data[key] for key in NAMED_IN_DATA if key in entry.data]
    return next((people.organisations[key] for key in ids if key in people.organisations), "")
