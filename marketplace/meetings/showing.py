"""A meeting as its page and its minutes show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import get_template_attribute

from marketplace.accounts import history
from marketplace.accounts.history import Line
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.desk import queries as desk
from marketplace.desk.cases import Case
from marketplace.desk.queries import Fact
from marketplace.desk.showing import menu
from marketplace.meetings import queries
from marketplace.meetings.minutes import Head, Part, written
from marketplace.meetings.models import Meeting, MeetingItem
from marketplace.notifications.subscriptions import WORKFLOWS
from marketplace.web import formats
from marketplace.web.locale import say


@dataclass(frozen=True, slots=True)
class Shown:
    """A matter, what was decided about it in the room, and how its case stands now."""

    item: MeetingItem
    done: Sequence[Line]
    moves: Sequence[Mapping[str, Any]] = ()
    case: Case | None = None
    fact: Fact | None = None


def agenda(
    meeting: Meeting, viewer: Actor | None = None, here: str = ""
) -> list[tuple[str, list[Shown]]]:
    """The matters under their headings; headings without any are left out.

    With a viewer each matter carries the moves that are this person's to make, on the pages they
    always have, from which one comes back ``here``.
    """
    entries = queries.decided(meeting)
    known = _cases(meeting, viewer) if viewer and not meeting.closed_at else {}
    menus = _menus(known, viewer, here) if viewer else {}
    facts = desk.facts_of_matches([case.public_id for case in known.values()]) if known else {}
    found = []
    for section in queries.SECTIONS:
        mine = [
            Shown(
                one,
                history.lines(entries.get(one.id, ()), WORKFLOWS),
                menus.get(one.subject_id, ()) if section.code in DECIDED_BY_MOVES else (),
                case := known.get(one.subject_id) if one.subject_type == "match" else None,
                facts.get(case.public_id) if case else None,
            )
            for one in meeting.items
            if one.section == section.code
        ]
        if mine:
            found.append((section.label, mine))
    return found


DECIDED_BY_MOVES = frozenset({"keys", "objections", "late"})
"""Headings whose matters are cases; figures are verified on their own page."""


def _cases(meeting: Meeting, viewer: Actor) -> Mapping[int, Case]:
    """The cases before a meeting as they stand now, by match."""
    wanted = {one.subject_id for one in meeting.items if one.subject_type == "match"}
    return {case.match_id: case for case in desk.cases(viewer) if case.match_id in wanted}


def _menus(
    known: Mapping[int, Case], viewer: Actor, here: str
) -> Mapping[int, Sequence[Mapping[str, Any]]]:
    cases = [case for case in known.values() if case.is_open]
    moves = desk.open_moves(viewer, cases)
    return {c.match_id: menu(c, moves.get(c.match_id, ()), here) for c in cases}


def minutes(meeting: Meeting) -> bytes:
    """The minutes as a Word file."""
    pair = meeting.pair
    where = pair.source if meeting.locality_id == pair.source_id else pair.market
    head = Head(
        issuers=[place.office for place in (pair.source, pair.market)],
        state=say(N_("Socialist Republic of Viet Nam")),
        motto=say(N_("Independence – Freedom – Happiness")),
        number=say(N_("Number: ……/BB-UBND")),
        dated=say(Text(N_("%(place)s, day …… month …… year ……"), place=_short(where.name))),
        title=say(N_("Minutes")),
        subject=say(Text(N_("Joint meeting of %(pair)s"), pair=pair.name)),
    )
    return written(head, _parts(meeting), _signers(meeting))


def _short(name: str) -> str:
    """A locality without its kind, as the place of a paper is written."""
    return name.partition(" ")[2] or name


def _parts(meeting: Meeting) -> list[Part]:
    when = formats.day(meeting.held_on)
    begins = f", {meeting.begins}" if meeting.begins else ""
    people = [line.strip() for line in meeting.attendees.splitlines() if line.strip()]
    opening = [
        say(Text(N_("Time: %(day)s"), day=f"{when}{begins}")),
        say(Text(N_("Place: %(place)s"), place=meeting.place)),
        say(Text(N_("Led by: %(who)s"), who=meeting.chair)),
        say(Text(N_("Minutes by: %(who)s"), who=meeting.secretary)),
        say(N_("Present:")),
        *[f"- {one};" for one in people],
    ]
    parts = [Part(say(N_("I. Time, place, people")), opening)]
    matters = []
    for label, shown in agenda(meeting):
        matters.append(f"{say(label)}:")
        for number, one in enumerate(shown, start=1):
            matters += _matter(number, one)
    parts.append(
        Part(say(N_("II. Matters and decisions")), matters or [say(N_("No matter was waiting."))])
    )
    conclusion = meeting.conclusion.splitlines() or [say(N_("None."))]
    conclusion[-1] += "./."
    parts.append(Part(say(N_("III. Conclusion")), conclusion))
    return parts


def _matter(number: int, one: Shown) -> list[str]:
    about = f" ({one.item.about})" if one.item.about else ""
    found = [f"{number}. {one.item.title}{about}"]
    found += [f"- {_sentence(line)}" for line in one.done]
    if not one.done:
        found.append("- " + say(N_("Left open.")))
    found += [f"- {text}" for text in one.item.note.splitlines() if text.strip()]
    return found


def _sentence(line: Line) -> str:
    """What was decided, by whom, for which locality, in the journal's own words."""
    sentence = get_template_attribute("components/sentence.html", "sentence")
    told = sentence(line).striptags()
    by = ", ".join(part for part in (say(line.who), line.locality) if part)
    return f"{told} ({by})" if by else told


def _signers(meeting: Meeting) -> list[tuple[str, str]]:
    hint = say(N_("(signature)"))
    return [(meeting.secretary, hint), (meeting.chair, hint)]
