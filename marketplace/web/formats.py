"""Numbers, money, dates and quantities as people read them, in the present language."""

from __future__ import annotations

from datetime import date, datetime

from marketplace.core import clock, phone, seasons, tax_code
from marketplace.core import money as moneys
from marketplace.core.dates import format_date
from marketplace.core.i18n import N_, Inside, Text
from marketplace.core.numerals import write
from marketplace.core.quantity import SCALE, UNITS, Amount, Unit, format_quantity
from marketplace.web.locale import gettext, language, ngettext, say

MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)


def money(amount: int | None) -> str:
    """``120.000 ₫``."""
    return "" if amount is None else moneys.format_money(amount, language())


def money_short(amount: int | None) -> str:
    """``2,8 tỷ đồng``."""
    return "" if amount is None else moneys.format_short(amount, language())


def quantity(amount: int | None, unit: Unit | None = None) -> str:
    """``1.234,5 kg`` from thousandths."""
    if amount is None:
        return ""
    number_text = format_quantity(amount, language())
    if unit is None:
        return number_text
    many = MANY.get(unit) if language() == "en" and amount != SCALE else None
    return f"{number_text} {many or unit_name(unit)}"


MANY = {
    Unit.TA: "quintals (100 kg)",
    Unit.TAN: "tonnes",
    Unit.LIT: "litres",
    Unit.HA: "hectares",
    Unit.CHAI: "bottles",
    Unit.HOP: "boxes",
    Unit.GOI: "packets",
    Unit.BO: "bunches",
    Unit.TAM: "cloths",
    Unit.CAI: "pieces",
    Unit.LO: "small jars",
    Unit.HU: "jars",
    Unit.CAP: "pairs",
    Unit.SUAT: "servings",
    Unit.CHUYEN: "trips",
    Unit.NGUOI: "people",
}
"""English names of more or less than one; Vietnamese has one form."""


def unit_name(unit: Unit | None) -> str:
    """The unit's name."""
    return say(UNITS[unit].label) if unit else ""


def number(value: int | None) -> str:
    """``1.234``."""
    return "" if value is None else write(value, language=language())


def day(value: date | datetime | None) -> str:
    """``23/11/2026``."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = clock.local(value).date()
    return format_date(value, language())


def iso_day(value: str) -> str:
    """A day as the journal keeps it, ``2026-11-23``, as people write it; else the words."""
    try:
        return day(date.fromisoformat(value))
    except ValueError:
        return value


def moment(value: datetime | None) -> str:
    """``23/11/2026 14:05`` on a Vietnamese clock."""
    if value is None:
        return ""
    local = clock.local(value)
    return f"{day(value)} {local:%H:%M}"


def ago(value: datetime | None) -> str:
    """«3 hours ago», or the day when it is longer than a week."""
    if value is None:
        return ""
    seconds = int((clock.now() - value).total_seconds())
    if seconds < 60:  # noqa: PLR2004
        return gettext("just now")
    if seconds < 3600:  # noqa: PLR2004
        n = seconds // 60
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", n)
    if seconds < 86400:  # noqa: PLR2004
        n = seconds // 3600
        return ngettext("%(num)s hour ago", "%(num)s hours ago", n)
    if seconds < 7 * 86400:
        n = seconds // 86400
        return ngettext("%(num)s day ago", "%(num)s days ago", n)
    return day(value)


def months_text(mask: int) -> str:
    """«October to February», «All year round»."""
    if mask == seasons.FULL_YEAR:
        return gettext("All year round")
    spans = []
    for start, end in seasons.spans(mask):
        if start == end:
            spans.append(month(start))
        else:
            last = inside(month(end))
            spans.append(gettext("%(start)s to %(end)s", start=month(start), end=last))
    return ", ".join([*spans[:1], *map(inside, spans[1:])])


def month(number_of: int) -> str:
    """The name of month 1 to 12, as it begins a line."""
    return gettext(MONTHS[number_of - 1])


def inside(name: str) -> str:
    """A locality or a month inside a sentence: Vietnamese writes the word for its kind small."""
    return name[:1].lower() + name[1:] if language() == "vi" else name


def shown(value: object) -> object:
    """A parameter of a sentence, as people read it."""
    if isinstance(value, Text):
        return inside(say(value)) if isinstance(value, Inside) else say(value)
    if isinstance(value, Amount):
        return quantity(value.quantity, value.unit)
    if isinstance(value, moneys.Dong):
        return money(value.amount)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return value


FILTERS = {
    "say": say,
    "money": money,
    "money_short": money_short,
    "quantity": quantity,
    "unit": unit_name,
    "number": number,
    "date": day,
    "iso_date": iso_day,
    "datetime": moment,
    "ago": ago,
    "months_text": months_text,
    "month": month,
    "inside": inside,
    "phone": phone.display,
    "tax_code": tax_code.display,
}
