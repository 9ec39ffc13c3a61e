"""The record of a decision (biên bản), as data for the A4 page and as a Word file.

Layout of the Word file: decree 30/2020/NĐ-CP, annex I (domain page 4.4): A4, margins 20, 20, 30
and 15 mm, Times New Roman, national heading, number and day left open for the clerk, the page
number on top from the second page on.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from marketplace.choosing import rules, showing
from marketplace.choosing.models import Selection
from marketplace.core import clock
from marketplace.core.i18n import N_, Text
from marketplace.matching.models import Match
from marketplace.web import formats
from marketplace.web.locale import say

FONT = "Times New Roman"


@dataclass(frozen=True, slots=True)
class Row:
    """One applicant in the record. ``scores`` are the averages on each criterion."""

    name: str
    capital: str
    sent: str
    scores: Sequence[str]
    points: str
    place: str
    result: Text
    reasons: str


@dataclass(frozen=True, slots=True)
class Decider:
    """A person, their office, what they declared; whether they gave points, turned a key."""

    name: str
    locality: str
    declared: Text
    has_scored: bool
    turned: date | None


@dataclass(frozen=True, slots=True)
class Record:
    """Everything the paper says; loaded, so that a template only prints."""

    title: str
    office: str
    locality: str
    twin: str
    how: str
    closes_on: date
    ended_on: date
    criteria: Sequence[tuple[str, int]]
    deciders: Sequence[Decider]
    rows: Sequence[Row]
    late: Sequence[str]
    chosen: str | None
    summary: str
    case_code: str


def of(selection: Selection, match: Match | None) -> Record:
    """The record of a selection that has ended; its rows are loaded."""
    listing = selection.listing
    ended = clock.local(selection.ended_at or clock.now()).date()
    own = selection.pair.source if listing.locality_id == selection.pair.source_id else None
    own = own or selection.pair.market
    return Record(
        title=listing.title,
        office=listing.organisation.name,
        locality=own.name,
        twin=selection.pair.other(own.id).name,
        how=selection.how,
        closes_on=selection.closes_on,
        ended_on=ended,
        criteria=[(one.name, one.weight) for one in selection.criteria],
        deciders=_deciders(selection),
        rows=_rows(selection),
        late=[one.interest.organisation.name for one in selection.applicants if one.is_late],
        chosen=selection.chosen.interest.organisation.name if selection.chosen else None,
        summary=selection.summary,
        case_code=match.public_id if match else "",
    )


def _deciders(selection: Selection) -> list[Decider]:
    keys = {key.user_id: clock.local(key.at).date() for key in selection.keys}
    wrote = {one.user_id for one in selection.scores}
    return [
        Decider(
            one.user.name,
            one.locality.name,
            Text(N_("Declared an interest and did not decide: %(words)s"), words=one.words)
            if one.has_conflict
            else Text(N_("Declared no conflict of interest")),
            one.user_id in wrote,
            keys.get(one.user_id),
        )
        for one in selection.declarations
    ]


def _rows(selection: Selection) -> list[Row]:
    points: dict[tuple[int, int], list[int]] = {}
    for one in selection.scores:
        points.setdefault((one.applicant_id, one.criterion_id), []).append(one.points * 10)
    found = []
    for applicant in selection.compared:
        means = [
            rules.average(points.get((applicant.id, criterion.id), []))
            for criterion in selection.criteria
        ]
        capital = applicant.interest.capital
        found.append(
            Row(
                name=applicant.interest.organisation.name,
                capital=formats.money_short(capital) if capital else "",
                sent=formats.day(applicant.interest.sent_at),
                scores=[showing.tenths(mean) for mean in means],
                points=showing.tenths(applicant.points),
                place="" if applicant.place is None else str(applicant.place),
                result=Text(
                    N_("Chosen")
                    if applicant.is_chosen
                    else N_("Not compared to the end")
                    if applicant.place is None
                    else N_("Not chosen")
                ),
                reasons=applicant.reasons,
            )
        )
    return sorted(found, key=lambda row: (row.place == "", int(row.place or 0)))


# ------------------------------------------------------------ Word


def word(record: Record) -> bytes:
    """The record as a Word file, in the language spoken now."""
    paper = docx.Document()
    _page(paper)
    _heading(paper, record)
    _line(paper, say(N_("RECORD")), bold=True, size=14, middle=True)
    title = Text(N_("Choosing a partner for “%(title)s”"), title=record.title)
    _line(paper, say(title), bold=True, size=14, middle=True)
    for number, (words, part) in enumerate(_parts(record), start=1):
        _line(paper, f"{number}. {say(words)}", bold=True)
        part(paper)
    _signatures(paper, record)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _parts(record: Record) -> list[tuple[str, Any]]:
    return [
        (N_("The published way of choosing"), lambda paper: _way(paper, record)),
        (N_("Those who decided and their declarations"), lambda paper: _people(paper, record)),
        (N_("Applications and points"), lambda paper: _points(paper, record)),
        (N_("Result and reasons"), lambda paper: _result(paper, record)),
    ]


def _way(paper: Document, record: Record) -> None:
    _line(paper, record.how)
    for name, weight in record.criteria:
        _line(paper, f"- {name}: {weight}%;")
    _line(paper, say(Text(N_("Applications were taken until %(day)s."), day=record.closes_on)))


def _people(paper: Document, record: Record) -> None:
    rows = [
        [
            one.name,
            one.locality,
            say(one.declared),
            formats.day(one.turned) if one.turned else "",
        ]
        for one in record.deciders
    ]
    head = [N_("Name"), N_("Locality"), N_("Declaration"), N_("Key turned")]
    _table(paper, [say(label) for label in head], rows)


def _points(paper: Document, record: Record) -> None:
    head = [say(N_("Applicant")), *(name for name, _ in record.criteria)]
    head += [say(N_("Total of 100")), say(N_("Standing"))]
    _table(paper, head, [[row.name, *row.scores, row.points, row.place] for row in record.rows])
    if record.late:
        names = ", ".join(record.late)
        _line(paper, say(Text(N_("After the closing day, not compared: %(names)s."), names=names)))


def _result(paper: Document, record: Record) -> None:
    chosen = (
        Text(N_("Chosen: %(name)s."), name=record.chosen)
        if record.chosen
        else Text(N_("No suitable partner was found."))
    )
    _line(paper, say(chosen), bold=True)
    _line(paper, record.summary)
    for row in record.rows:
        if row.reasons:
            _line(paper, f"- {row.name}: {row.reasons}")
    _line(paper, say(Text(N_("Both localities decided on %(day)s."), day=record.ended_on)) + "/.")


def _page(paper: Document) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = number.add_run()
    for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
        mark = OxmlElement("w:instrText" if words else "w:fldChar")
        if words:
            mark.text = words
        else:
            mark.set(qn("w:fldCharType"), kind)
        run._r.append(mark)  # noqa: SLF001  python-docx has no way to write a field
    style: Any = paper.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(6)


def _heading(paper: Document, record: Record) -> None:
    """Issuer on the left, the nation's name on the right; number and day are the clerk's."""
    frame = paper.add_table(rows=2, cols=2)
    frame.alignment = WD_TABLE_ALIGNMENT.CENTER
    frame.autofit = False
    for column, width in zip(frame.columns, (Mm(65), Mm(100)), strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width
    left, right = frame.rows[0].cells
    _cell(left, record.office.upper(), bold=True, size=12)
    _cell(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True, size=12)
    _cell(right, "Độc lập - Tự do - Hạnh phúc", bold=True, size=13, under=True)
    number, place = frame.rows[1].cells
    _cell(number, "Số: …/BB-UBND", size=13)
    day = f"ngày … tháng … năm {record.ended_on.year}"
    _cell(place, f"{_short(record.locality)}, {day}", italic=True)


def _short(locality: str) -> str:
    """The name without the word for what kind of place it is, as papers are dated."""
    return locality.removeprefix("Xã ").removeprefix("Phường ")


def _signatures(paper: Document, record: Record) -> None:
    signing = [one for one in record.deciders if one.turned is not None]
    if not signing:
        return
    frame = paper.add_table(rows=1, cols=len(signing))
    for one, cell in zip(signing, frame.rows[0].cells, strict=True):
        _cell(cell, one.locality.upper(), bold=True, size=13)
        _cell(cell, "\n\n\n", size=13)
        _cell(cell, one.name, bold=True, size=13)


def _line(
    paper: Document, words: str, *, bold: bool = False, size: int = 13, middle: bool = False
) -> None:
    paragraph = paper.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if middle else WD_ALIGN_PARAGRAPH.JUSTIFY
    run = paragraph.add_run(words)
    run.bold, run.font.size = bold, Pt(size)


def _cell(
    cell: Any,
    words: str,
    *,
    bold: bool = False,
    size: int = 13,
    italic: bool = False,
    under: bool = False,
) -> None:
    first = cell.paragraphs[0]
    paragraph = first if not first.text else cell.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(words)
    run.bold, run.italic, run.underline, run.font.size = bold, italic, under, Pt(size)


def _table(paper: Document, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = paper.add_table(rows=1, cols=len(head), style="Table Grid")
    for at, words in enumerate(head):
        table.rows[0].cells[at].paragraphs[0].add_run(words).bold = True
    for row in rows:
        cells = table.add_row().cells
        for at, words in enumerate(row):
            cells[at].text = words
    paper.add_paragraph()
