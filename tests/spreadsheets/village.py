"""A whole village's listings in one Excel file, brought in by an office through the pages."""

from __future__ import annotations

import io
import time
from typing import Any

import openpyxl
import sqlalchemy as sa

from marketplace.catalogue.kinds.pages import PAGES
from marketplace.core.db import db
from marketplace.spreadsheets.models import Import
from marketplace.spreadsheets.rules import ImportState
from marketplace.web.locale import in_language, say
from tests.page import Browser
from tests.world import World

PRODUCE = {
    "owner": "coop",
    "title": "Nông sản số %d",
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
ROWS: dict[str, dict[str, Any]] = {
    "produce": PRODUCE,
    "opportunity": {
        "owner": "commune",
        "title": "Cơ hội số %d",
        "sector": "Dược liệu, lâm sản",
        "goal": "Sơ chế dược liệu của các thôn.",
        "village_id": "Aur",
        "place": "Cạnh đường Hồ Chí Minh",
        "description": "Xưởng chung của ba thôn.",
        "jobs": 15,
        "area_low": "2,5",
        "capital_kind": "Tổng vốn, bằng đồng",
        "capital_low": "2.000.000.000",
        "capital_source": "Dự toán của xã",
        "touches_village": "x",
    },
    "need": {
        "owner": "hotel",
        "title": "Cần mua số %d",
        "seeking": "Chúng tôi muốn mua hàng",
        "group": "herbs",
        "quantity": 50,
        "unit": "kg",
        "period": "mỗi tuần",
        "months": "1, 2, 12",
        "price_limit": 150000,
        "payment_days": 7,
    },
    "tourism": {
        "owner": "coop",
        "title": "Nhà nghỉ số %d",
        "offering": "Lưu trú nhà dân",
        "price": 250000,
        "unit": "người/đêm",
        "capacity": 12,
        "months": "cả năm",
        "village_id": "Aur",
        "description": "Nhà sàn bên suối.",
        "languages": "Tiếng Việt",
    },
}
"""A row of each kind as an office would type it; ``owner`` is a name of the small world."""


def village_book(world: World, each: int) -> tuple[io.BytesIO, str]:
    """One Excel file with a sheet of so many rows for every kind."""
    made = openpyxl.Workbook()
    for kind, values in ROWS.items():
        with in_language("vi"):
            sheet = made.create_sheet(say(PAGES[kind].name))
        sheet.append(list(values))
        owner = world.organisation(str(values["owner"])).name
        for number in range(each):
            cells = values | {"owner": owner, "title": values["title"] % number}
            sheet.append(list(cells.values()))
    made.remove(made.worksheets[0])
    out = io.BytesIO()
    made.save(out)
    return io.BytesIO(out.getvalue()), "ca-xa.xlsx"


def last() -> Import:
    """The file brought in last."""
    return db.session.scalars(sa.select(Import).order_by(Import.id.desc())).all()[0]


def bring_in(world: World, official: Browser, each: int) -> tuple[float, int]:
    """Bring in so many rows of every kind: the seconds it took, the progress bars that were shown.

    Raises AssertionError when the file is not in order.
    """
    world.organisation("hotel").locality_id = world.pair.source_id  # the office has all four
    db.session.commit()
    book = village_book(world, each)
    path, bars = "/ban-hang/bang-tinh", 0
    start = time.monotonic()
    official.get(path)
    official.submit(
        {"file": book, "acting_how": "call", "acting_said_on": "20/11/2026"},
        action=path,
        content_type="multipart/form-data",
    )
    while last().state is ImportState.CHECKING:
        assert official.page is not None
        bars += any(tag == "progress" for tag, _ in official.page.tags)
        official.submit(action=official.path)
    assert last().state is ImportState.READY, last().fault_rows[:3]
    official.submit(action=official.path)
    return time.monotonic() - start, bars
