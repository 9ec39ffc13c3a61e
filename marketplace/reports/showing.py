"""Reports as pages show them: big figures, chart, bars, funnel and tables, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for

from marketplace.core import numerals
from marketplace.core.dates import Period, quarter_of
from marketplace.core.i18n import N_, Text
from marketplace.core.quantity import SCALE
from marketplace.deals.rules import INDICATOR_LABELS, Indicator
from marketplace.reports.charts import NARROW, WIDE, plot
from marketplace.reports.definitions import NUMERIC, Amount, Kind, Report, sector_label
from marketplace.reports.disclosure import Share
from marketplace.reports.queries import Quarter
from marketplace.reports.rules import ADDRESSES, Span
from marketplace.web import formats
from marketplace.web.locale import gettext, language, ngettext, say

BILLION, MILLION = 10**9, 10**6
ON_CHART = 8
"""Quarters a chart has room for; its table shows them all."""
ROMAN = ("I", "II", "III", "IV")
BIG = (
    Indicator.COMMITTED_VALUE,
    Indicator.DELIVERED_VALUE,
    Indicator.DELIVERED_WEIGHT,
    Indicator.DEALS_DONE,
)


@dataclass(frozen=True, slots=True)
class BigFigure:
    """A number of the page, and the list of the figures it is the sum of."""

    label: str
    number: str
    unit: str
    note: str
    url: str


def quarter_name(period: Period) -> str:
    """«Quarter IV/2026»."""
    return gettext(
        "Quarter %(number)s/%(year)s", number=_roman(period), year=str(period.start.year)
    )


def _roman(period: Period) -> str:
    return ROMAN[(period.start.month - 1) // 3]


def weight(grams: int) -> str:
    """Grams as kilograms, from a tonne on as tonnes."""
    if grams >= SCALE * SCALE:
        return gettext("%(n)s tonnes", n=_decimal(grams // SCALE))
    return gettext("%(n)s kg", n=_decimal(grams))


def _decimal(thousandths: int) -> str:
    return numerals.write(thousandths, decimals=3, language=language())


def amount(indicator: Indicator, value: int) -> str:
    """An amount with its unit."""
    if indicator is Indicator.DELIVERED_WEIGHT:
        return weight(value)
    if indicator is Indicator.DEALS_DONE:
        return formats.number(value)
    return formats.money(value)


def shown_amount(value: Amount) -> str:
    """An amount as far as its reader may see it."""
    return cell(Kind.AMOUNT, value)


def quarter_of_day(day: date) -> str:
    """The name of the quarter a day lies in."""
    return quarter_name(quarter_of(day))


def cell(kind: Kind, value: Any) -> str:  # noqa: PLR0911  one answer per kind of value
    """What a page says of one value."""
    match value:
        case Amount(_, None):
            return gettext("not shown")
        case Amount(indicator, int(shown)):
            return amount(indicator, shown)
        case Period():
            return quarter_name(value)
        case datetime():
            return formats.day(value)
        case date():
            return quarter_of_day(value) if kind is Kind.QUARTER else formats.day(value)
        case int():
            return _number(kind, value)
        case list() | tuple():
            return ", ".join(formats.day(day) for day in value)
    return say(value)


def _number(kind: Kind, value: int) -> str:
    if kind is Kind.MONEY:
        return formats.money(value)
    return weight(value) if kind is Kind.WEIGHT else formats.number(value)


def head(report: Report) -> list[tuple[str, str]]:
    """The headings of a table, numbers to the right."""
    return [(column.label, "r" if column.kind in NUMERIC else "") for column in report.columns]


def body(report: Report, rows: Sequence[Any]) -> list[list[str]]:
    """The cells of a table."""
    return [[cell(c.kind, c.cell(row)) for c in report.columns] for row in rows]


def in_address(code: str, span: Span) -> dict[str, Any]:
    """What the address of an indicator's figures carries."""
    return {"chi-tieu": code, "tu": span.first.code, "den": span.last.code}


def big_figures(
    sums: dict[Indicator, int], counts: dict[Indicator, int], span: Span
) -> list[BigFigure]:
    """The four big figures; each says how many verified figures it is the sum of."""
    addresses = {indicator: code for code, indicator in ADDRESSES.items()}
    found = []
    for indicator in BIG:
        number, _, unit = _split(indicator, sums[indicator])
        found.append(
            BigFigure(
                INDICATOR_LABELS[indicator],
                number,
                unit,
                ngettext(
                    "sum of %(num)s verified figure",
                    "sum of %(num)s verified figures",
                    counts[indicator],
                ),
                url_for("reports.figures", **in_address(addresses[indicator], span)),
            )
        )
    return found


def message(figures: Sequence[BigFigure], span: Span, url: str) -> str:
    """The sums as a ready text to paste into a chat."""
    head = gettext(
        "Verified results, %(start)s to %(end)s",
        start=quarter_name(span.first),
        end=quarter_name(span.last),
    )
    said = [f"{say(one.label)}: {one.number} {one.unit}".strip() for one in figures]
    return "\n".join([head, *said, url])


def _split(indicator: Indicator, value: int) -> tuple[str, str, str]:
    """Number and unit apart, for large type."""
    if indicator is Indicator.DEALS_DONE:
        return formats.number(value), "", ""
    text = (
        weight(value) if indicator is Indicator.DELIVERED_WEIGHT else formats.money_short(value)
    ).replace("\u00a0", " ")
    return text.partition(" ")


def chart(quarters: Sequence[Quarter], report: Report) -> dict[str, Any]:
    """The quarterly chart, cumulative, with its table twin."""
    shown = quarters[-ON_CHART:]
    highest = max((max(q.committed_so_far, q.delivered_so_far) for q in shown), default=0)
    unit = BILLION if highest >= BILLION else MILLION if highest >= MILLION else 1

    def write(value: int) -> str:
        return numerals.write(value * 100 // unit, decimals=2, language=language())

    rows = [(q.committed_so_far, q.delivered_so_far) for q in shown]
    last = quarters[-1]
    return {
        "id": "quy",
        "class": "c8",
        "title": report.title,
        "alt": Text(
            N_("Until %(quarter)s, %(committed)s were committed and %(delivered)s realised."),
            quarter=quarter_name(last.period),
            committed=formats.money_short(last.committed_so_far),
            delivered=formats.money_short(last.delivered_so_far),
        ),
        "note": _chart_note(unit),
        "legend": [(N_("Committed"), "hatch"), (N_("Realised"), "solid")],
        "wide": plot(
            WIDE, [(quarter_name(q.period), *r) for q, r in zip(shown, rows, strict=True)], write
        ),
        "narrow": plot(
            NARROW, [(_short(q.period), *r) for q, r in zip(shown, rows, strict=True)], write
        ),
        "head": [column.label for column in report.columns],
        "rows": body(report, quarters),
    }


def _short(period: Period) -> str:
    return f"{_roman(period)}/{period.start.year % 100:02}"


def _chart_note(unit: int) -> str:
    if unit == BILLION:
        return N_("Billion đồng, cumulative. Verified figures only, confirmed by both sides.")
    if unit == MILLION:
        return N_("Million đồng, cumulative. Verified figures only, confirmed by both sides.")
    return N_("Đồng, cumulative. Verified figures only, confirmed by both sides.")


def bars(shares: Sequence[Share]) -> list[dict[str, Any]]:
    """Realised value by sector, the largest as the full length."""
    highest = max((share.delivered for share in shares), default=0) or 1
    return [
        {
            "label": say(sector_label(share)),
            "sector": share.code or None,
            "text": formats.money_short(share.delivered),
            "percent": share.delivered * 100 // highest,
        }
        for share in shares
    ]


def funnel(rows: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """Each step with its part of the first."""
    first = rows[0][1] or 1
    return [
        {"label": label, "count": formats.number(n), "percent": n * 100 // first}
        for label, n in rows
    ]
