"""The fields of open data and of the public API, declared once: name, type, meaning, value.

Files, the dictionary on the page of open data and the description of the API are made from these,
so that none of them can lie about another. Codes are told, not words: they are the same in every
language. No field can hold a person's name, telephone number or e-mail address.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from marketplace.accounts.rules import OrganisationKind
from marketplace.catalogue.kinds import MODELS
from marketplace.catalogue.kinds.need.model import Seeking
from marketplace.catalogue.kinds.tourism.model import Offering
from marketplace.catalogue.models import photo_address
from marketplace.catalogue.proof.safety import Safety
from marketplace.catalogue.taxonomy import Cooperation, Group, Period, PriceKind, Sector
from marketplace.core import seasons
from marketplace.core.contacts import without_contacts
from marketplace.core.dates import quarter_of
from marketplace.core.i18n import N_
from marketplace.core.quantity import SCALE, Unit
from marketplace.deals.rules import Indicator
from marketplace.reports.definitions import Row
from marketplace.reports.rules import ADDRESSES
from marketplace.roads.rules import Condition
from marketplace.sharing.queries import Face
from marketplace.web import qr
from marketplace.web.locale import say

Record = dict[str, Any]


class Shape(StrEnum):
    """What a value is."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    WHOLE = "whole"
    YES_NO = "yes/no"
    DAY = "day"
    MOMENT = "moment"
    ADDRESS = "address"
    WHOLES = "wholes"
    CODES = "codes"
    DAYS = "days"


SHAPE_WORDS = {
    Shape.TEXT: N_("text"),
    Shape.CODE: N_("code"),
    Shape.NUMBER: N_("number"),
    Shape.WHOLE: N_("whole number"),
    Shape.YES_NO: N_("true or false"),
    Shape.DAY: N_("day, YYYY-MM-DD"),
    Shape.MOMENT: N_("moment in UTC, ISO 8601"),
    Shape.ADDRESS: N_("web address"),
    Shape.WHOLES: N_("whole numbers"),
    Shape.CODES: N_("codes"),
    Shape.DAYS: N_("days"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field: ``meaning`` is a message id, ``codes`` all values of a code.

    ``kinds`` are the kinds of listings that fill it; others leave it empty. ``is_given`` says that
    it is never empty.
    """

    name: str
    shape: Shape
    meaning: str
    value: Callable[[Any], Any]
    codes: Sequence[str] = ()
    kinds: frozenset[str] = frozenset(MODELS)
    is_given: bool = False


STATES = ("open", "paused", "closed")
_GOODS = frozenset({"produce", "need"})
_INVESTMENT = frozenset({"opportunity", "need"})
_PRICED = frozenset({"produce", "tourism", "need"})
_PLACED = frozenset({"produce", "opportunity", "tourism"})


def _codes(codes: type[StrEnum]) -> tuple[str, ...]:
    return tuple(member.value for member in codes)


def _state(face: Face) -> str:
    if face.state == "closed" or not face.is_taking:
        return "closed"
    return "open" if face.is_open else "paused"


def _decimal(thousandths: int | None) -> float | int | None:
    if thousandths is None:
        return None
    whole, rest = divmod(thousandths, SCALE)
    return thousandths / SCALE if rest else whole


def _currency(face: Face) -> str | None:
    if face.usd_low is not None:
        return "USD"
    return "VND" if face.capital_low is not None else None


def _photo(face: Face) -> str | None:
    return qr.address(photo_address(face.photo.public_id, "page")) if face.photo else None


LISTING_FIELDS: tuple[Field, ...] = (
    Field("id", Shape.TEXT, N_("The code of the listing; it never changes."),
          lambda f: f.public_id, is_given=True),
    Field("kind", Shape.CODE, N_("What kind of listing it is."),
          lambda f: f.kind, tuple(MODELS), is_given=True),
    Field("title", Shape.TEXT, N_("Its title."), lambda f: f.title, is_given=True),
    Field("url", Shape.ADDRESS, N_("Its page."), lambda f: qr.address(f.path), is_given=True),
    Field("short_url", Shape.ADDRESS, N_("A short address that stays when the title changes."),
          lambda f: qr.address(f.short_path), is_given=True),
    Field("description", Shape.TEXT,
          N_("What its owner wrote, without telephone numbers and e-mail addresses."),
          lambda f: f.description, is_given=True),
    Field("goal", Shape.TEXT, N_("What the investment is for."), lambda f: f.goal or None,
          kinds=frozenset({"opportunity"})),
    Field("state", Shape.CODE, N_("Whether it can be asked for now."), _state, STATES,
          is_given=True),
    Field("published_at", Shape.MOMENT, N_("When it was published."), lambda f: f.published_at,
          is_given=True),
    Field("updated_at", Shape.MOMENT, N_("When it was changed last."), lambda f: f.updated_at,
          is_given=True),
    Field("closes_on", Shape.DAY, N_("The last day for answers; empty when there is none."),
          lambda f: f.closes_on),
    Field("owner", Shape.TEXT,
          N_("Who offers or seeks: the organisation, or its kind and place where it has not "
             "agreed to be named."),
          lambda f: say(f.owner), is_given=True),
    Field("owner_kind", Shape.CODE, N_("What kind of organisation that is."),
          lambda f: f.owner_kind.value, _codes(OrganisationKind), is_given=True),
    Field("locality", Shape.TEXT, N_("The commune or ward."), lambda f: f.locality, is_given=True),
    Field("village", Shape.TEXT, N_("The village."), lambda f: f.village, kinds=_PLACED),
    Field("place", Shape.TEXT, N_("The place, where it is no village."), lambda f: f.place or None,
          kinds=frozenset({"opportunity", "need", "tourism"})),
    Field("group", Shape.CODE, N_("The product group."), lambda f: f.group and f.group.value,
          _codes(Group), _GOODS),
    Field("variety", Shape.TEXT, N_("The variety."), lambda f: f.variety or None,
          kinds=frozenset({"produce"})),
    Field("sectors", Shape.CODES, N_("The sectors of investment."),
          lambda f: [sector.value for sector in f.sectors], _codes(Sector),
          frozenset({"opportunity", "need", "tourism"}), is_given=True),
    Field("offering", Shape.CODE, N_("What visitors find."),
          lambda f: f.offering and f.offering.value, _codes(Offering), frozenset({"tourism"})),
    Field("seeking", Shape.CODE, N_("Whether goods or a place to invest are sought."),
          lambda f: f.seeking and f.seeking.value, _codes(Seeking), frozenset({"need"})),
    Field("cooperation", Shape.CODE, N_("The form of investment or cooperation."),
          lambda f: f.cooperation and f.cooperation.value, _codes(Cooperation), _INVESTMENT),
    Field("unit", Shape.CODE, N_("The unit of price and quantity."),
          lambda f: f.unit and f.unit.value, _codes(Unit), _PRICED),
    Field("price_kind", Shape.CODE, N_("How the price is stated."),
          lambda f: f.price_kind and f.price_kind.value, _codes(PriceKind),
          frozenset({"produce"})),
    Field("price_low", Shape.WHOLE, N_("The price of one unit, or the lowest, in đồng."),
          lambda f: f.price_low, kinds=frozenset({"produce", "tourism"})),
    Field("price_high", Shape.WHOLE,
          N_("The highest price of one unit, in đồng; of a need the most its owner pays."),
          lambda f: f.price_high, kinds=_PRICED),
    Field("quantity", Shape.NUMBER, N_("How much can still be had, or how much is sought."),
          lambda f: _decimal(f.quantity), kinds=_GOODS),
    Field("period", Shape.CODE, N_("For how long the quantity sought is meant."),
          lambda f: f.period and f.period.value, _codes(Period), frozenset({"need"})),
    Field("confirmed_on", Shape.DAY, N_("When the seller confirmed the quantity last."),
          lambda f: f.confirmed_on, kinds=frozenset({"produce"})),
    Field("months", Shape.WHOLES, N_("The months, 1 to 12, in which it can be had or is needed."),
          lambda f: seasons.to_months(f.months), kinds=_PRICED, is_given=True),
    Field("papers", Shape.CODE, N_("What papers hold today; empty for what is not eaten."),
          lambda f: f.safety and f.safety.value, _codes(Safety), frozenset({"produce"})),
    Field("capital_low", Shape.WHOLE, N_("The capital, or the lowest, in its currency."),
          lambda f: f.usd_low if f.usd_low is not None else f.capital_low, kinds=_INVESTMENT),
    Field("capital_high", Shape.WHOLE, N_("The highest capital, in its currency."),
          lambda f: f.usd_high if f.usd_low is not None else f.capital_high, kinds=_INVESTMENT),
    Field("capital_currency", Shape.CODE, N_("The currency of the capital."), _currency,
          ("VND", "USD"), _INVESTMENT),
    Field("capital_per_hectare", Shape.YES_NO, N_("Whether the capital is for each hectare."),
          lambda f: f.is_rate, kinds=frozenset({"opportunity"}), is_given=True),
    Field("capacity", Shape.WHOLE, N_("For how many people there is room."),
          lambda f: f.capacity, kinds=frozenset({"tourism"})),
    Field("road", Shape.CODE,
          N_("How bad the road to the village is; empty when it is passable."),
          lambda f: f.road and f.road.value, _codes(Condition), _PLACED),
    Field("photo_url", Shape.ADDRESS, N_("The first photo."), _photo),
    Field("is_demonstration", Shape.YES_NO, N_("Whether it is demonstration data."),
          lambda f: f.is_demonstration, is_given=True),
)  # fmt: skip


CODES_OF = {indicator: code for code, indicator in ADDRESSES.items()}
UNITS_OF = {
    Indicator.COMMITTED_VALUE: "VND",
    Indicator.DELIVERED_VALUE: "VND",
    Indicator.DELIVERED_WEIGHT: "g",
    Indicator.DEALS_DONE: "deal",
}


def _result_url(row: Row) -> str:
    quarter = quarter_of(row.figure.period_start).code
    code = CODES_OF[row.figure.indicator]
    return qr.address(f"/ket-qua/so-lieu?chi-tieu={code}&tu={quarter}&den={quarter}")


def _subject(row: Row) -> str:
    return without_contacts(say(row.figure.subject))


RESULT_FIELDS: tuple[Field, ...] = (
    Field("id", Shape.TEXT, N_("The code of the figure; it never changes."),
          lambda r: r.figure.public_id, is_given=True),
    Field("kind", Shape.CODE, N_("Always “result”."), lambda _r: "result", ("result",),
          is_given=True),
    Field("title", Shape.TEXT, N_("What it was about."), _subject,
          is_given=True),
    Field("url", Shape.ADDRESS, N_("Where it stands on this portal."), _result_url, is_given=True),
    Field("indicator", Shape.CODE, N_("What is counted."), lambda r: r.figure.indicator.value,
          _codes(Indicator), is_given=True),
    Field("quarter", Shape.TEXT, N_("The quarter it counts for."),
          lambda r: quarter_of(r.figure.period_start).code, is_given=True),
    Field("amount", Shape.WHOLE,
          N_("The amount in its unit; the money of a single deal is not shown and left empty."),
          lambda r: r.amount.value),
    Field("unit", Shape.CODE, N_("The unit of the amount."),
          lambda r: UNITS_OF[r.figure.indicator], tuple(dict.fromkeys(UNITS_OF.values())),
          is_given=True),
    Field("sector", Shape.CODE, N_("The sector."), lambda r: r.figure.sector and
          r.figure.sector.value, _codes(Sector)),
    Field("seller", Shape.TEXT, N_("Who delivered: by name only with its agreement."),
          lambda r: say(r.figure.seller), is_given=True),
    Field("buyer", Shape.TEXT, N_("Who received: by name only with its agreement."),
          lambda r: say(r.figure.buyer), is_given=True),
    Field("delivered_on", Shape.DAYS, N_("Days of the deliveries both sides confirmed."),
          lambda r: list(r.figure.delivered_on), is_given=True),
    Field("verified_at", Shape.MOMENT, N_("When officials verified the figure."),
          lambda r: r.figure.verified_at, is_given=True),
    Field("is_whole", Shape.YES_NO, N_("Whether all that was agreed was carried out."),
          lambda r: r.figure.is_whole, is_given=True),
    Field("is_demonstration", Shape.YES_NO, N_("Whether it is demonstration data."),
          lambda r: r.figure.is_demonstration, is_given=True),
)  # fmt: skip


def of_kind(kind: str) -> Sequence[Field]:
    """The fields a kind fills."""
    return [field for field in LISTING_FIELDS if kind in field.kinds]


def record(fields: Sequence[Field], of: Any) -> Record:
    """A record as JSON says it: moments and days as text."""
    return {field.name: plain(field.value(of)) for field in fields}


def plain(value: Any) -> Any:
    """A value as JSON knows it."""
    match value:
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        case date():
            return value.isoformat()
        case list() | tuple():
            return [plain(one) for one in value]
    return value


def cell(value: Any) -> str:
    """A value of a record as a spreadsheet's cell: lists with spaces, nothing for nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return " ".join(map(str, value))
    return str(value)
