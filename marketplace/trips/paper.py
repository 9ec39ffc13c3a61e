"""The report of a trip as a Word file, to be worked on: Vietnamese, number and date left open."""

from __future__ import annotations

import io
from collections.abc import Sequence

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from marketplace.core import clock
from marketplace.core.i18n import N_, Text
from marketplace.promises.models import Promise
from marketplace.trips.models import Trip, TripInterest
from marketplace.trips.rules import NEXT_STEP_LABELS, NO_REASONS, SKIP_REASONS, TRIP_PERSON
from marketplace.web.formats import day, moment
from marketplace.web.locale import in_language, say

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def word(trip: Trip, links: Sequence[TripInterest], promised: Sequence[Promise] | None) -> bytes:
    """The report as things stand now. Margins and letters as decree 30/2020 has them.

    ``links`` and ``promised``: what its reader may know of; None leaves promises out.
    """
    with in_language("vi"):
        document = Document()
        section = document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin = section.bottom_margin = Mm(20)
        section.left_margin, section.right_margin = Mm(30), Mm(15)
        style = document.styles["Normal"]
        style.font.name, style.font.size = "Times New Roman", Pt(14)
        _head(document, trip)
        _body(document, trip, links)
        if promised is not None:
            _promises(document, promised)
        document.add_paragraph(say(Text(N_("Put together on %(day)s."), day=day(clock.today()))))
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def _head(document: object, trip: Trip) -> None:
    add = document.add_paragraph  # type: ignore[attr-defined]
    for text, bold in (
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", True),
        ("Độc lập - Tự do - Hạnh phúc", True),
        ("Số: ……/BC    ……, ngày …… tháng …… năm ……", False),
        (say(N_("REPORT ON THE SURVEY TRIP")), True),
        (trip.title, True),
    ):
        line = add()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.add_run(text).bold = bold


def _body(document: object, trip: Trip, links: Sequence[TripInterest]) -> None:
    add = document.add_paragraph  # type: ignore[attr-defined]
    heading = document.add_heading  # type: ignore[attr-defined]
    if trip.starts_on and trip.ends_on:
        add(
            say(
                Text(
                    N_("%(first)s to %(last)s. Host: %(host)s"),
                    first=day(trip.starts_on),
                    last=day(trip.ends_on),
                    host=trip.host.name if trip.host else "",
                )
            )
        )
    if trip.report and trip.report.summary:
        add(trip.report.summary)
    heading(say(N_("Who goes")), 2)
    for person in trip.people:
        add(
            f"{person.organisation.name}, {person.function}: "
            f"{say(TRIP_PERSON.label_of(person)).lower()}",
            style="List Bullet",
        )
    heading(say(N_("Findings at each stop")), 2)
    for stop in trip.stops:
        when = moment(stop.phone_at) if stop.phone_at else day(stop.on)
        add().add_run(f"{stop.place} ({when})").bold = True
        if stop.skip_reason:
            add(say(N_("Skipped")) + ": " + say(SKIP_REASONS[stop.skip_reason]))
        if stop.findings:
            add(stop.findings)
    heading(say(N_("Next step of each interest")), 2)
    for link in links:
        step = say(NEXT_STEP_LABELS[link.next_step]) if link.next_step else "……"
        why = say(NO_REASONS[link.next_reason]) if link.next_reason else ""
        add(
            f"{link.interest.organisation.name}, {link.interest.listing.title}: "
            + ". ".join(filter(None, (step, why, link.next_note))),
            style="List Bullet",
        )


def _promises(document: object, promised: Sequence[Promise]) -> None:
    add = document.add_paragraph  # type: ignore[attr-defined]
    document.add_heading(say(N_("Promises made")), 2)  # type: ignore[attr-defined]
    for promise in promised:
        add(
            f"{promise.promisor.name} → {promise.promisee.name}: {promise.what} "
            f"({day(promise.due_on)})",
            style="List Bullet",
        )
    if not promised:
        add(say(N_("None")))
