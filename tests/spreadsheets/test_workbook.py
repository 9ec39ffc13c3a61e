"""Files in and out: what is read right, what is refused in words, what never calculates."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest

from marketplace.core.parsing import Unreadable
from marketplace.spreadsheets import columns, workbook
from marketplace.spreadsheets.workbook import Column, read, write


def book(*rows: tuple[object, ...], title: str = "Nông sản") -> bytes:
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        "Tên;Giá\nĐẳng sâm;120.000\n".encode(),
        "\ufeffTên;Giá\nĐẳng sâm;120.000\n".encode(),
        "Tên;Giá\nĐẳng sâm;120.000\n".encode("utf-16"),
        b"\xfe\xff" + "Tên\tGiá\nĐẳng sâm\t120.000\n".encode("utf-16-be"),
        'Tên,Giá\n"Đẳng sâm","120.000"\n'.encode(),
    ],
)
def test_text_files_are_read_whatever_their_mark_and_mode(content: bytes) -> None:
    (sheet,) = read(content)
    assert sheet.rows == ((1, ("Tên", "Giá")), (2, ("Đẳng sâm", "120.000")))


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/"), content)
    return out.getvalue()


BOMB = b"<x>" + b"a" * (workbook.MOST_BYTES + 1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n ;; \n",
        "Tên;Giá\n".encode("latin-1") + b"\xe0\xe1\xff\n",
        b"a\x00b;c\n",
        b"\xd0\xcf\x11\xe0" + b"\x00" * 600,
        b"PK\x03\x04 cut",
        packed(a=b"x"),
        packed(xl__workbook__xml=b"x"),
        packed(**{"xl/workbook.xml": b"<workbook", "[Content_Types].xml": b"<Types/>"}),
        packed(**{"xl/workbook.xml": BOMB}),
        packed(**{f"xl/{n}": b"" for n in range(300)}),
        book(("Tên",))[:-300],
    ],
)
def test_what_cannot_be_read_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read(content)
    assert len(str(refused.value.text)) > 20


def test_a_lying_dimension_and_a_million_rows_cost_little() -> None:
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet("x")
    for n in range(workbook.MOST_ROWS + 2):
        sheet.append([n])
    out = io.BytesIO()
    made.save(out)
    with pytest.raises(Unreadable, match="rows"):
        read(out.getvalue())
    wide = read(book(tuple(range(200))))
    assert len(wide[0].rows[0][1]) <= workbook.MOST_COLUMNS


EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "Đẳng sâm", "'=1"]


def test_text_stays_text_whatever_it_begins_with() -> None:
    content = write(
        [("Một", [Column("A"), Column("=B", choices=("=x", "y"))], [[e, e] for e in EVIL])],
        ["=notes"],
    )
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        xml = b"".join(file.read(n) for n in file.namelist() if "sheet" in n)
    assert b"<f>" not in xml
    back = read(content)[0].rows
    assert [row[1][0] for row in back[1:]] == EVIL


@pytest.mark.parametrize(
    ("value", "typed"),
    [
        (120000, "120000"),
        (1234.5, "1234,5"),
        (1e15, "1000000000000000"),
        (0.1 + 0.2, "0,30000000000000004"),
        ("1.234,5", "1.234,5"),
        (date(2026, 12, 31), "31/12/2026"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "02/01/2026"),
        (True, "1"),
        (float("nan"), "NaN"),
    ],
)
def test_a_cell_says_what_a_person_would_type(value: object, typed: str) -> None:
    assert columns.written(value) == typed


@pytest.mark.parametrize(
    ("value", "months"),
    [
        ("9-12", [9, 10, 11, 12]),
        ("11–2", [1, 2, 11, 12]),
        ("1, 2; 11", [1, 2, 11]),
        ("tháng 3", [3]),
        (5, [5]),
        (5.0, [5]),
        ("Quanh năm", list(range(1, 13))),
    ],
)
def test_months_are_read_as_people_write_them(value: object, months: list[int]) -> None:
    assert columns._months(value) == [str(m) for m in months]


@pytest.mark.parametrize("value", ["13", "0", "1/2", "mùa khô", "1+1", "9-13"])
def test_other_months_are_refused(value: str) -> None:
    with pytest.raises(Unreadable):
        columns._months(value)
