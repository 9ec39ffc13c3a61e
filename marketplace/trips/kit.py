"""The kit of a trip: one sheet of A4 with people, timetable, questions and roads; also as PDF.

Made in Vietnamese, whatever the reader's language: it is the paper everyone in the coach holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from marketplace.accounts.models import StoredFile
from marketplace.accounts.papers import store
from marketplace.core import clock, hours, phone
from marketplace.core.i18n import N_, Text
from marketplace.roads import queries as roads
from marketplace.trips.models import Trip
from marketplace.trips.rules import GOING, PersonState
from marketplace.web.formats import day
from marketplace.web.locale import in_language, say

FONTS = Path(__file__).resolve().parents[1] / "static" / "fonts"
FAMILY = "Be Vietnam Pro"
WEIGHTS: dict[Literal["", "B"], str] = {"": "bvp-400.woff2", "B": "bvp-600.woff2"}
SIZES = (10.0, 9.0, 8.0, 7.0, 6.0)
"""Points to try until everything stands on one sheet."""


@dataclass(frozen=True, slots=True)
class KitPerson:
    """Someone who goes."""

    organisation: str
    function: str
    phone: str
    is_leader: bool


@dataclass(frozen=True, slots=True)
class KitStop:
    """A line of the timetable. ``road`` in a few words."""

    on: date
    at: str
    place: str
    village: str
    road: Sequence[Text | str]
    ask: Sequence[str]


@dataclass(frozen=True, slots=True)
class Kit:
    """What stands on the sheet, as plain values.

    ``unanswered``: those invited who said nothing yet; their phones are not passed round.
    """

    title: str
    purpose: str
    starts_on: date | None
    ends_on: date | None
    meets_at: str
    meeting_point: str
    host: str
    people: Sequence[KitPerson]
    unanswered: Sequence[str]
    stops: Sequence[KitStop]
    offices: Sequence[str]


def gather(trip: Trip) -> Kit:
    """The sheet of a trip as things stand now, with the roads of its days as known today."""
    villages = [v for stop in trip.stops if (v := stop.reached_village_id) is not None]
    states = roads.state_of(villages, clock.today())

    def road(village_id: int | None) -> list[Text | str]:
        if village_id is None or village_id not in states:
            return []
        found = states[village_id]
        said: list[Text | str] = [found.label]
        if found.notice is not None:
            said.append(found.notice.words)
        return said + (list(found.access.in_words) if found.access else [])

    return Kit(
        trip.title,
        trip.purpose,
        trip.starts_on,
        trip.ends_on,
        hours.show(trip.meets_at),
        trip.meeting_point,
        trip.host.name if trip.host else "",
        [
            KitPerson(p.organisation.name, p.function, p.phone, p.is_leader)
            for p in trip.people
            if p.state in GOING
        ],
        [
            f"{p.organisation.name}: {p.function}"
            for p in trip.people
            if p.state is PersonState.INVITED
        ],
        [
            KitStop(
                stop.on,
                hours.show(stop.at),
                stop.place,
                stop.village.name if stop.village else "",
                road(stop.reached_village_id),
                [line for line in stop.ask.split("\n") if line.strip()],
            )
            for stop in trip.stops
        ],
        [
            ", ".join(filter(None, (place.office, place.phone, place.email)))
            for place in (trip.pair.source, trip.pair.market)
        ],
    )


def freeze(trip: Trip) -> StoredFile:
    """The kit as a PDF in the store, and its row, not yet added."""
    content = pdf(gather(trip))
    return StoredFile(
        digest=store().put(content),
        media_type="application/pdf",
        size=len(content),
        label=f"chuyen-khao-sat-{trip.public_id}.pdf",
        uploaded_by_id=None,
        created_at=clock.now(),
    )


def pdf(kit: Kit) -> bytes:
    """One sheet of A4; smaller letters where there is much to say."""
    with in_language("vi"):
        sheets = (_drawn(kit, size) for size in SIZES)
        fitting = next((sheet for sheet in sheets if sheet.page_no() == 1), None)
        return bytes((fitting or _drawn(kit, SIZES[-1])).output())


def _drawn(kit: Kit, size: float) -> _Sheet:
    sheet = _Sheet(size)
    sheet.draw(kit)
    return sheet


class _Sheet(FPDF):
    """The sheet being drawn, in letters of one size; lengths in millimetres."""

    def __init__(self, size: float) -> None:
        super().__init__(format="A4")
        self.letters = size
        self.set_margin(12)
        self.set_auto_page_break(auto=True, margin=12)
        for style, name in WEIGHTS.items():
            self.add_font(FAMILY, style, FONTS / name)
        self.set_lang("vi")
        self.add_page()

    def line_(
        self, text: str, style: Literal["", "B"] = "", scale: float = 1.0, indent: float = 0
    ) -> None:
        """A paragraph."""
        self.set_font(FAMILY, style, self.letters * scale)
        self.set_x(self.l_margin + indent)
        height = self.letters * scale * 0.5
        self.multi_cell(0, height, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")

    def heading(self, text: str) -> None:
        """A heading over a thin line."""
        self.ln(self.letters * 0.18)
        self.line_(text, "B", 1.1)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.ln(0.8)

    def people(self, kit: Kit) -> None:
        """Who goes, and who was invited and said nothing yet."""
        self.heading(say(N_("Who goes")))
        for person in kit.people:
            leads = " (" + say(N_("leads")) + ")" if person.is_leader else ""
            self.line_(
                f"{person.organisation}: {person.function}{leads}"
                + (f" · {phone.display(person.phone)}" if person.phone else "")
            )
        if not kit.people:
            self.line_(say(N_("Nobody has said yes yet.")))
        if kit.unanswered:
            self.line_(say(N_("Invited, no answer yet")) + ": " + "; ".join(kit.unanswered))

    def draw(self, kit: Kit) -> None:
        """Everything on the sheet."""
        self.set_title(kit.title)
        self.line_(kit.title, "B", 1.7)
        if kit.starts_on and kit.ends_on:
            self.line_(
                say(
                    Text(
                        N_("%(first)s to %(last)s. Host: %(host)s"),
                        first=day(kit.starts_on),
                        last=day(kit.ends_on),
                        host=kit.host,
                    )
                )
            )
        meeting = " · ".join(filter(None, (kit.meets_at, kit.meeting_point)))
        self.line_(say(N_("Meeting point")) + f": {meeting}", "B")
        if kit.purpose:
            self.line_(kit.purpose)
        self.people(kit)
        self.heading(say(N_("Timetable, and what to ask")))
        for stop in kit.stops:
            when = " ".join(filter(None, (day(stop.on), stop.at)))
            place = stop.place
            if stop.village and stop.village not in place:
                place += f", {stop.village}"
            self.line_(f"{when}  {place}", "B")
            if stop.road:
                said = " · ".join(say(part) for part in stop.road)
                self.line_(say(N_("Road")) + f": {said}", indent=4)
            for question in stop.ask:
                self.line_(f"– {question}", indent=4)
        self.heading(say(N_("In an emergency")))
        for office in kit.offices:
            self.line_(office)
        for _ in range(2):
            self.line_(say(N_("Phone of the officials on the way")) + ": " + "." * 60)
        self.line_(say(Text(N_("Roads as known on %(day)s."), day=day(clock.today()))), scale=0.85)
