"""What the pages of papers show: rows, facts, and the words for dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.core.i18n import N_, Text
from marketplace.core.quantity import Amount, Unit
from marketplace.papers.models import Paper
from marketplace.papers.queries import Tray
from marketplace.papers.rules import Coverage, PaperState, is_struck, standing
from marketplace.papers.types import TYPES, PaperType

TRAY_LABELS = {
    Tray.WAITING: N_("To verify"),
    Tray.EXPIRING: N_("End within 180 days"),
    Tray.EXPIRED: N_("Have ended"),
    Tray.STOPPED: N_("Suspended or revoked"),
    Tray.ALL: N_("All papers"),
}

Fact = tuple[str, object, object]
"""Label, value and note, as ``components/facts.html`` takes them."""


@dataclass(frozen=True, slots=True)
class Row:
    """A paper in a list. ``tags`` are labels with tones, ``struck`` draws a line through it."""

    public_id: str
    name: Text | str
    number: str
    stars: int | None
    owner: str
    place: str
    tags: Sequence[tuple[str, str]]
    until: Text | str
    struck: bool
    note: str


def row(paper: Paper) -> Row:
    """A paper as a line of a list."""
    owner = paper.organisation
    return Row(
        paper.public_id,
        paper.facts.label,
        paper.number,
        paper.stars,
        owner.name,
        owner.village.name if owner.village else "",
        tags(paper),
        until(paper),
        is_struck(paper),
        paper.facts.note,
    )


def tags(paper: Paper) -> Sequence[tuple[str, str]]:
    """Where it stands, and what became of it."""
    found = [standing(paper)]
    if paper.is_replaced:
        found.append((N_("Followed by a newer one"), "plain"))
    if paper.scan_id is None and paper.state is PaperState.SUBMITTED:
        found.append((N_("Scan missing"), "warn"))
    return found


def until(paper: Paper) -> Text | str:
    """Until when it holds or held, in words."""
    if paper.until is None:
        return N_("No last day")
    if is_struck(paper) and paper.state is PaperState.VERIFIED:
        return Text(N_("Ended on %(day)s"), day=paper.until)
    return Text(N_("Holds until %(day)s"), day=paper.until)


def facts(paper: Paper) -> list[Fact]:
    """What stands on the paper, in the order people look for it."""
    found: list[Fact] = [
        (N_("Paper number"), paper.number, None),
        (N_("Issued or received by"), paper.issuer, _certifier(paper)),
        (N_("Day of issue"), _day(paper.issued_on), None),
        (N_("Last day it holds"), _last_day(paper), _prolonged(paper)),
        (N_("What the paper covers"), paper.scope, None),
        (N_("For which goods"), *_coverage(paper)),
    ]
    if paper.stars:
        found.insert(0, (N_("Stars"), "★" * paper.stars, _decision(paper)))
    if paper.standard:
        found.append((N_("Part of the standard"), paper.standard, None))
    if paper.area:
        found.append((N_("Area of land"), _amount(paper.area, Unit.HA), None))
    if paper.output:
        found.append((N_("Output a year"), _amount(paper.output, Unit.TAN), None))
    return found


def _day(day: date) -> Text:
    return Text("%(day)s", day=day)


def _amount(quantity: int, unit: Unit) -> Text:
    return Text("%(amount)s", amount=Amount(quantity, unit))


def _last_day(paper: Paper) -> Text | str:
    return _day(paper.until) if paper.until else N_("No last day")


def _prolonged(paper: Paper) -> Text | None:
    if paper.prolonged_until is None or paper.valid_until is None:
        return None
    return Text(N_("prolonged by the issuer; first until %(day)s"), day=paper.valid_until)


def _certifier(paper: Paper) -> Text | None:
    if not paper.certifier_code:
        return None
    return Text(N_("code %(code)s"), code=paper.certifier_code)


def _decision(paper: Paper) -> Text:
    return Text(
        N_("decision %(number)s of %(day)s"), number=paper.decision_number, day=paper.decision_on
    )


def _coverage(paper: Paper) -> tuple[str, str | None]:
    said = (
        N_("All goods of the organisation")
        if paper.coverage is Coverage.ALL
        else N_("Only the goods named")
    )
    return said, N_("and the goods of its member households") if paper.covers_members else None


def choices() -> list[tuple[PaperType, str, str]]:
    """The types to choose from: code, label, note; the commonest first."""
    return [(kind, facts.label, facts.note) for kind, facts in TYPES.items()]
