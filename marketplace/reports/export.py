"""Reports as CSV files that spreadsheet programs open rightly and never run.

UTF-8 with a byte order mark, every cell quoted; text that a spreadsheet would take for a formula
gets an apostrophe in front (quality page T19). Numbers are bare digits in the unit the heading
names, days are ISO dates.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from marketplace.core import clock
from marketplace.core.cells import BOM, harmless
from marketplace.core.dates import Period, quarter_of
from marketplace.deals.rules import Indicator
from marketplace.reports.definitions import Amount, Kind, Report
from marketplace.web.locale import gettext, say

UNITS = {Kind.MONEY: "đ", Kind.WEIGHT: "g"}
AMOUNT_UNITS = {
    Indicator.COMMITTED_VALUE: "đ",
    Indicator.DELIVERED_VALUE: "đ",
    Indicator.DELIVERED_WEIGHT: "g",
    Indicator.DEALS_DONE: "",
}


def cell(kind: Kind, value: Any) -> str:  # noqa: PLR0911  one answer per kind of value
    """What a file says of one value."""
    match value:
        case None:
            return ""
        case Amount(indicator, None):
            return gettext("not shown")
        case Amount(indicator, amount):
            return f"{amount} {AMOUNT_UNITS[indicator]}".strip()
        case Period():
            return value.code
        case datetime():
            return clock.local(value).date().isoformat()
        case date() if kind is Kind.QUARTER:
            return quarter_of(value).code
        case date():
            return value.isoformat()
        case int():
            return str(value)
        case list() | tuple():
            return " ".join(day.isoformat() for day in value)
    return harmless(say(value))


def heading(label: str, kind: Kind) -> str:
    """A column's heading with its unit."""
    return f"{say(label)} ({UNITS[kind]})" if kind in UNITS else say(label)


def as_csv(report: Report, rows: Sequence[Any]) -> bytes:
    """The file of a report."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([heading(column.label, column.kind) for column in report.columns])
    for row in rows:
        writer.writerow([cell(column.kind, column.cell(row)) for column in report.columns])
    return (BOM + text.getvalue()).encode("utf-8")
