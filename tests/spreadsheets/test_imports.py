"""Spreadsheets through the pages: the template, the check, the saving of all or nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from marketplace.accounts.models import Organisation, StoredFile
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState
from marketplace.core.db import db
from marketplace.core.journal import Entry
from marketplace.spreadsheets.models import ColumnMapping, Import
from marketplace.spreadsheets.rules import ImportState
from tests.page import Browser
from tests.spreadsheets import village
from tests.world import World

Browse = Callable[..., Browser]
HEADINGS = ["Tên hàng", "Tính giá thế nào?", "Giá, hoặc giá thấp nhất"]


def file(
    rows: list[list[Any]], name: str = "bang.xlsx", title: str = "Nông sản"
) -> tuple[io.BytesIO, str]:
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return io.BytesIO(out.getvalue()), name


def codes(*fields: str) -> list[str]:
    """Headings: a column is known by the code of its field as well."""
    return list(fields)


FIELDS = codes(
    "title",
    "group",
    "origin",
    "village_id",
    "unit",
    "price_kind",
    "price_low",
    "quantity",
    "months",
    "description",
)


def row(title: str, **changes: Any) -> list[Any]:
    values = {
        "title": title,
        "group": "herbs",
        "origin": "grown",
        "village_id": "Aur",
        "unit": "kg",
        "price_kind": "fixed",
        "price_low": 120000,
        "quantity": "1.234,5",
        "months": "9-12",
        "description": "Đào tại rẫy.",
    }
    return [values.get(f) if f not in changes else changes[f] for f in FIELDS]


def upload(browser: Browser, content: Any, **more: Any) -> None:
    browser.get("/ban-hang/bang-tinh")
    browser.submit(
        {"file": content, **more}, action="/ban-hang/bang-tinh", content_type="multipart/form-data"
    )


def check_to_the_end(browser: Browser) -> None:
    for _ in range(50):
        found = db.session.scalars(sa.select(Import).order_by(Import.id.desc())).first()
        db.session.rollback()
        if found is None or found.state is not ImportState.CHECKING:
            return
        browser.submit(action=browser.path)
    raise AssertionError("the check does not end")


def saved(browser: Browser) -> None:
    check_to_the_end(browser)
    browser.submit(action=browser.path)


def last() -> Import:
    found = db.session.scalars(sa.select(Import).order_by(Import.id.desc())).first()
    assert found is not None
    return found


def titles() -> list[str]:
    return list(db.session.scalars(sa.select(Listing.title).order_by(Listing.title)))


def test_rows_become_drafts_and_the_same_file_twice_changes_nothing(
    world: World, browse: Browse
) -> None:
    coop = browse("coop")
    rows = [FIELDS, row("Đẳng sâm"), row("Mật ong", unit="lít", price_low="250.000", quantity=12.5)]
    upload(coop, file(rows))
    saved(coop)
    assert titles() == ["Mật ong", "Đẳng sâm"]
    made = db.session.scalars(sa.select(Produce).where(Produce.title == "Đẳng sâm")).one()
    assert (made.quantity, made.price_low, made.months, made.state) == (
        1_234_500,
        120_000,
        0b1111_0000_0000,
        ListingState.DRAFT,
    )
    assert last().begun == 2
    upload(coop, file(rows))
    check_to_the_end(coop)
    assert (last().begun, last().changed, last().unchanged) == (0, 0, 2)
    assert len(titles()) == 2


def test_one_wrong_row_and_every_table_is_as_it_was(world: World, browse: Browse) -> None:
    coop = browse("coop")
    before = db.session.scalar(sa.select(sa.func.count(Listing.id)))
    rows = [
        FIELDS,
        row("Đẳng sâm"),
        row("Mật ong", price_low="một trăm", months="13", village_id="Không có"),
        row("", quantity=-5),
    ]
    upload(coop, file(rows))
    check_to_the_end(coop)
    found = last()
    assert found.state is ImportState.FAULTY
    places = {(r[1], r[2]) for r in found.fault_rows}
    assert places >= {(3, "D"), (3, "G"), (3, "I"), (4, "A"), (4, "H")}
    assert "Nông sản, 3" in coop.text
    coop.post(coop.path, status=409)
    assert db.session.scalar(sa.select(sa.func.count(Listing.id))) == before


def test_a_doubled_row_is_named(world: World, browse: Browse) -> None:
    coop = browse("coop")
    upload(coop, file([FIELDS, row("Đẳng sâm"), row("DANG SAM")]))
    check_to_the_end(coop)
    assert [(r[1], r[2]) for r in last().fault_rows] == [(3, "A")]


def test_the_template_holds_what_there_is_and_comes_back_unchanged(
    world: World, browse: Browse
) -> None:
    world.draft(title="=Ba kích")
    world.published(title="Đẳng sâm tươi")
    coop = browse("coop")
    coop.get("/ban-hang/bang-tinh/mau.xlsx")
    assert coop.response is not None
    content = coop.response.data
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames[0] == "Nông sản"
    sheet = book["Nông sản"]
    assert sheet.max_row == 3
    upload(coop, (io.BytesIO(content), "lai.xlsx"))
    check_to_the_end(coop)
    assert (last().state, last().unchanged, last().changed) == (ImportState.READY, 2, 0), (
        last().fault_rows
    )
    head = {cell.value: cell.column for cell in sheet[1]}
    for at in (2, 3):
        price = next(c for h, c in head.items() if "thấp nhất" in str(h))
        sheet.cell(at, price).value = 99000
    out = io.BytesIO()
    book.save(out)
    upload(coop, (io.BytesIO(out.getvalue()), "sua.xlsx"))
    check_to_the_end(coop)
    assert (last().state, last().changed) == (ImportState.READY, 2), (last().fault_rows, head)
    coop.submit(action=coop.path)
    prices = db.session.scalars(sa.select(Produce.price_low)).all()
    assert prices == [99_000, 99_000]
    assert len(titles()) == 2
    names = set(db.session.scalars(sa.select(Entry.name)))
    assert {"listing.edited", "listing.offer_changed"} <= names


def test_the_text_of_a_published_listing_does_not_change_by_a_file(
    world: World, browse: Browse
) -> None:
    listing = world.published()
    coop = browse("coop")
    rows = [["ma", *FIELDS], [listing.public_id, *row("Tên khác")]]
    upload(coop, file(rows))
    check_to_the_end(coop)
    assert last().state is ImportState.FAULTY
    assert (2, "B") in {(r[1], r[2]) for r in last().fault_rows}


def test_codes_of_others_are_nobodys(world: World, browse: Browse) -> None:
    theirs = world.draft()
    other = browse("other_coop")
    upload(other, file([["ma", *FIELDS], [theirs.public_id, *row("X")], ["x1", *row("Y")]]))
    check_to_the_end(other)
    assert {(r[1], r[2]) for r in last().fault_rows} == {(2, "A"), (3, "A")}


def test_an_offices_own_table_is_mapped_once_and_remembered(world: World, browse: Browse) -> None:
    coop = browse("coop")
    headings = ["STT", "Mặt hàng", "Đơn giá (đồng)", "ghi chú riêng"]
    table = [
        ["BẢNG KÊ NÔNG SẢN"],
        [],
        headings,
        [1, "Gừng gió", 30000, "x"],
        [2, "Ớt A Riêu", 90000, None],
    ]
    upload(coop, file(table, title="Sheet1"))
    assert coop.path.endswith("/cot")
    coop.submit({"heading-0-2": "price_low"}, action=coop.path, status=422)
    coop.submit({"heading-0-1": "title", "heading-0-2": "price_low"}, action=coop.path)
    saved(coop)
    assert titles() == ["Gừng gió", "Ớt A Riêu"]
    assert db.session.scalar(sa.select(sa.func.count(ColumnMapping.id))) == 4
    upload(coop, file([*table, [3, "Măng rừng", 20000, None]], title="Sheet1"))
    saved(coop)
    assert len(titles()) == 3


def test_an_official_enters_a_whole_village(world: World, browse: Browse) -> None:
    official = browse("official_1")
    rows = [["owner", *FIELDS], *[["HTX Dược liệu minh họa", *row(f"Hàng {n}")] for n in range(4)]]
    upload(official, file(rows))
    check_to_the_end(official)
    assert last().state is ImportState.FAULTY  # nobody has said how the cooperative told it
    upload(
        official,
        file(rows),
        acting_how="call",
        acting_said_on="20/11/2026",
        acting_note="Đã đọc lại.",
    )
    saved(official)
    made = db.session.scalars(sa.select(Listing)).all()
    assert len(made) == 4
    assert {m.organisation_id for m in made} == {world.organisations["coop"]}
    assert all(m.acting for m in made)
    upload(official, file([["owner", *FIELDS], ["Không có", *row("A")], [None, *row("B")]]))
    check_to_the_end(official)
    assert {(r[1], r[2]) for r in last().fault_rows} == {(2, "A"), (3, "A")}


def test_a_file_is_nobody_elses(world: World, browse: Browse) -> None:
    coop = browse("coop")
    upload(coop, file([FIELDS, row("Đẳng sâm")]))
    path = coop.path
    for who in ("other_coop", "official_1", "hotel"):
        browse(who).get(path, 404)


@pytest.mark.parametrize("name", ["../../x.xlsx", "a\x00b.xlsx", "x" * 300, "", "cười\u202e.xlsx"])
def test_names_are_labels(world: World, browse: Browse, name: str) -> None:
    coop = browse("coop")
    coop.get("/ban-hang/bang-tinh")
    content, _ = file([FIELDS, row("Đẳng sâm")])
    coop.submit(
        {"file": (content, name)},
        action="/ban-hang/bang-tinh",
        status=303 if name else 422,
        content_type="multipart/form-data",
    )
    for label in db.session.scalars(sa.select(StoredFile.label)):
        assert "/" not in label
        assert "\x00" not in label


@pytest.mark.parametrize(
    "content", [b"", b"MZ\x90\x00", b"PK\x03\x04", b"\xff\xfe\x00", b"%PDF-1.4"]
)
def test_other_files_are_refused_in_the_readers_words(
    world: World, browse: Browse, content: bytes
) -> None:
    coop = browse("coop")
    coop.get("/ban-hang/bang-tinh")
    coop.submit(
        {"file": (io.BytesIO(content), "x.xlsx")},
        action="/ban-hang/bang-tinh",
        status=422,
        content_type="multipart/form-data",
    )
    assert db.session.scalar(sa.select(sa.func.count(Import.id))) == 0


@pytest.mark.slow
def test_five_hundred_rows_of_all_kinds_take_less_than_twenty_seconds(
    world: World, browse: Browse
) -> None:
    seconds, bars = village.bring_in(world, browse("official_1"), 125)
    kinds = db.session.execute(
        sa.select(Listing.kind, sa.func.count()).group_by(Listing.kind).order_by(Listing.kind)
    )
    assert dict(kinds.all()) == dict.fromkeys(sorted(village.ROWS), 125)
    assert bars
    assert seconds < 120, seconds  # a guard against disasters; the bench measures the figure


def test_names_of_organisations_are_found_folded(world: World, browse: Browse) -> None:
    name = db.session.scalars(
        sa.select(Organisation.name).where(Organisation.id == world.organisations["coop"])
    ).one()
    official = browse("official_1")
    upload(
        official,
        file([["owner", *FIELDS], [name.upper(), *row("A")]]),
        acting_how="call",
        acting_said_on="20/11/2026",
    )
    check_to_the_end(official)
    assert last().state is ImportState.READY, last().fault_rows
