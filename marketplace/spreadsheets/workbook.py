"""Excel and CSV files as plain rows, and back. Pure: no database, no web.

Nothing in a file is believed: a workbook is a zip whose real bytes are counted before it is opened,
its dimensions are ignored, its formulas are read as the values they had. Text is written as text,
so that no cell begins to calculate (quality page T17 to T20).
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import defusedxml
import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from marketplace.core.i18n import N_, Text
from marketplace.core.parsing import Unreadable

MOST_ROWS, MOST_COLUMNS = 5_000, 80
MOST_MEMBERS, MOST_BYTES = 200, 40 * 1024 * 1024
BLANKS_END_IT = 200
"""So many blank rows in a row, and a sheet is taken to be over."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

assert openpyxl.DEFUSEDXML, defusedxml.__name__  # noqa: S101  else an XML bomb would be opened


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's name and its rows, each with its number in the file (the first is 1)."""

    name: str
    rows: tuple[tuple[int, tuple[Any, ...]], ...]


def read(content: bytes) -> list[Sheet]:
    """The sheets of an Excel (xlsx) or CSV file. Raises Unreadable in words."""
    if content.startswith(b"PK"):
        return _excel(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            N_("This is an old or locked Excel file. Save it as .xlsx without a password.")
        )
    return [_text(content)]


def _excel(content: bytes) -> list[Sheet]:
    _weigh(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as error:  # whatever a broken file makes of openpyxl's parsers
        raise Unreadable(_NO_BOOK) from error
    try:
        return [_sheet(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]
    finally:
        book.close()


_NO_BOOK = N_("This Excel file cannot be opened. Save it again as .xlsx and choose it once more.")


def _weigh(content: bytes) -> None:
    """Count what a zip really holds; raises Unreadable for more than a spreadsheet needs."""
    heavy = N_("This Excel file is too large. Keep one table in it, without pictures.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
            if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_BYTES:
                raise Unreadable(heavy)  # noqa: TRY301  said before anything is read
            if "xl/workbook.xml" not in packed.namelist():
                raise Unreadable(_NO_BOOK)  # noqa: TRY301
            left = MOST_BYTES
            for member in members:
                with packed.open(member) as stream:
                    while chunk := stream.read(1 << 16):
                        left -= len(chunk)
                        if left < 0:
                            raise Unreadable(heavy)  # noqa: TRY301
    except Unreadable:
        raise
    except Exception as error:  # encrypted, cut off, packed in ways nobody uses
        raise Unreadable(_NO_BOOK) from error


def _sheet(sheet: Any) -> Sheet:
    sheet.reset_dimensions()
    rows: list[tuple[int, tuple[Any, ...]]] = []
    blanks = 0
    try:
        for number, row in enumerate(
            sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1
        ):
            if not any(_is_filled(value) for value in row):
                blanks += 1
                if blanks > BLANKS_END_IT:
                    break
                continue
            blanks = 0
            if len(rows) >= MOST_ROWS:
                raise _too_long()  # noqa: TRY301
            rows.append((number, tuple(row)))
    except Unreadable:
        raise
    except Exception as error:  # rows are parsed as they come; see _excel
        raise Unreadable(_NO_BOOK) from error
    return Sheet(sheet.title, tuple(rows))


def _too_long() -> Unreadable:
    return Unreadable(
        Text(N_("A sheet may have at most %(most)s rows. Split the file."), most=MOST_ROWS)
    )


def _is_filled(value: Any) -> bool:
    return value is not None and bool(str(value).strip())


def _text(content: bytes) -> Sheet:
    text = _decoded(content)
    try:
        dialect: Any = csv.Sniffer().sniff(text[:8192], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    rows = []
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), dialect), start=1):
            if any(cell.strip(" ,;\t\n") for cell in row):
                rows.append(
                    (number, tuple(cell.removeprefix("'") or None for cell in row[:MOST_COLUMNS]))
                )
            if len(rows) > MOST_ROWS:
                raise _too_long()
    except csv.Error as error:
        raise Unreadable(_NO_TEXT) from error
    if not rows:
        raise Unreadable(N_("The file is empty. Fill in at least one row below the headings."))
    return Sheet("", tuple(rows))


_NO_TEXT = N_(
    "This file is neither Excel nor UTF-8 text. In Excel choose “Save as” and the type "
    "“Excel workbook (.xlsx)” or “CSV UTF-8”."
)


def _decoded(content: bytes) -> str:
    """The text of a CSV file: UTF-8 with or without a mark, or UTF-16 with one."""
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encoding = "utf-16" if is_wide else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(_NO_TEXT) from error
    if "\x00" in text:
        raise Unreadable(_NO_TEXT)
    return text


def letter_of(at: int) -> str:
    """What Excel calls the column at this place, counted from 0."""
    letter: str = get_column_letter(at + 1)
    return letter


# ------------------------------------------------------------ writing


@dataclass(frozen=True, slots=True)
class Column:
    """A column to write: heading, the words that may be chosen, how numbers look."""

    heading: str
    choices: tuple[str, ...] = ()
    format: str = ""
    width: int = 18


def write(
    sheets: Iterable[tuple[str, Sequence[Column], Iterable[Sequence[Any]]]], notes: Sequence[str]
) -> bytes:
    """An Excel file of these sheets, with a last sheet of notes. Text never becomes a formula."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    lists = book.create_sheet("_")
    lists.sheet_state = "hidden"
    at = 0
    for name, columns, rows in sheets:
        sheet = book.create_sheet(_title(name))
        for place, column in enumerate(columns, start=1):
            at = _head(sheet, lists, place, column, at)
        for number, row in enumerate(rows, start=2):
            for place, value in enumerate(row, start=1):
                _put(sheet.cell(number, place), value, columns[place - 1].format)
        sheet.freeze_panes = "B2"
    if notes:
        guide = book.create_sheet(_title(notes[0]))
        guide.column_dimensions["A"].width = 100
        for number, line in enumerate(notes, start=1):
            _put(guide.cell(number, 1), line, "")
    book.move_sheet(lists, len(book.sheetnames))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _title(name: str) -> str:
    return "".join(c for c in name if c not in "[]:*?/\\")[:31]


def _head(sheet: Any, lists: Any, place: int, column: Column, at: int) -> int:
    letter = get_column_letter(place)
    cell = sheet.cell(1, place)
    _put(cell, column.heading, "")
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="F6F0E6")
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions[letter].width = column.width
    if not column.choices:
        return at
    at += 1
    for number, choice in enumerate(column.choices, start=1):
        _put(lists.cell(number, at), choice, "")
    source = get_column_letter(at)
    rule = DataValidation(
        type="list",
        formula1=f"'_'!${source}$1:${source}${len(column.choices)}",
        allow_blank=True,
        showErrorMessage=False,
    )
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{MOST_ROWS}")
    return at


def _put(cell: Any, value: Any, look: str) -> None:
    """A value into a cell; text stays text whatever it begins with."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        cell.value = value
        cell.data_type = "s"
        if value.lstrip().startswith(FORMULA):
            cell.quotePrefix = True
    else:
        cell.value = value
        if isinstance(value, (date, datetime)):
            cell.number_format = "dd/mm/yyyy"
        elif look:
            cell.number_format = look
