"""The minutes of a joint meeting as a Word file, in the layout of NĐ 30/2020, Phụ lục I.

Number and date stay open for the clerk. The words are given: this only sets them.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

FONT = "Times New Roman"
CENTRE, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY


@dataclass(frozen=True, slots=True)
class Head:
    """The head of the paper: who issues it, the state's motto, number, place and date."""

    issuers: Sequence[str]
    state: str
    motto: str
    number: str
    dated: str
    title: str
    subject: str


@dataclass(frozen=True, slots=True)
class Part:
    """A numbered part: its heading and its paragraphs."""

    heading: str
    paragraphs: Sequence[str]


def written(head: Head, parts: Sequence[Part], signers: Sequence[tuple[str, str]]) -> bytes:
    """The minutes as the content of a .docx file; ``signers`` are (role, hint), left to right."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(13)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    _page_number(section)
    _letterhead(document, head)
    _line(document, head.title.upper(), CENTRE, size=14, bold=True, before=12)
    _line(document, head.subject, CENTRE, size=14, bold=True, after=2)
    _line(document, "_" * 12, CENTRE, size=10, after=8)
    for part in parts:
        _line(document, part.heading, JUSTIFY, bold=True, before=6)
        for text in part.paragraphs:
            paragraph = _line(document, text, JUSTIFY, after=6)
            paragraph.paragraph_format.first_line_indent = Mm(12.7)
    _signatures(document, signers)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _letterhead(document: Any, head: Head) -> None:
    table = document.add_table(rows=2, cols=2)
    left, right = table.rows[0].cells
    for number, issuer in enumerate(head.issuers):
        _cell(left, issuer.upper(), first=number == 0, size=12, bold=True)
    _cell(left, "_" * 10, size=8)
    _cell(right, head.state.upper(), first=True, size=12, bold=True)
    _cell(right, head.motto, size=13, bold=True)
    _cell(right, "_" * 24, size=8)
    left, right = table.rows[1].cells
    _cell(left, head.number, first=True, size=13)
    _cell(right, head.dated, first=True, size=13, italic=True)


def _signatures(document: Any, signers: Sequence[tuple[str, str]]) -> None:
    document.add_paragraph()
    table = document.add_table(rows=1, cols=len(signers))
    for cell, (role, hint) in zip(table.rows[0].cells, signers, strict=True):
        _cell(cell, role.upper(), first=True, size=13, bold=True)
        _cell(cell, hint, size=12, italic=True)
        for _ in range(4):
            _cell(cell, "", size=13)


def _cell(
    cell: Any,
    text: str,
    *,
    first: bool = False,
    size: int = 13,
    bold: bool = False,
    italic: bool = False,
) -> None:
    paragraph = cell.paragraphs[0] if first else cell.add_paragraph()
    _set(paragraph, text, CENTRE, size=size, bold=bold, italic=italic)
    paragraph.paragraph_format.space_after = Pt(0)


def _line(
    document: Any,
    text: str,
    align: Any,
    *,
    size: int = 13,
    bold: bool = False,
    before: int = 0,
    after: int = 0,
) -> Any:
    paragraph = document.add_paragraph()
    _set(paragraph, text, align, size=size, bold=bold)
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = (
        Pt(before),
        Pt(after),
    )
    return paragraph


def _set(
    paragraph: Any, text: str, align: Any, *, size: int, bold: bool = False, italic: bool = False
) -> None:
    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.bold, run.italic = FONT, Pt(size), bold, italic
    paragraph.alignment = align


def _page_number(section: Any) -> None:
    """Centred in the top margin, from the second page on."""
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = CENTRE
    run = paragraph.add_run()
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = text
        run._r.append(part)  # noqa: SLF001  python-docx has no fields of its own
