"""What an opportunity may say of its capital, its land, its village and its partner: pure rules.

Nothing here knows a database or a page. Sources: domain page 2.1 to 2.3.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from marketplace.core.actor import Actor
from marketplace.core.i18n import N_

WHOLE = 100
"""The weights of all criteria together, in percent."""


class CapitalKind(StrEnum):
    """How the capital is stated. What is stated in one way is never converted into another."""

    PROPOSED = "proposed"
    TOTAL = "total"
    PER_HECTARE = "per_hectare"
    USD = "usd"
    USD_PER_HECTARE = "usd_per_hectare"


CAPITAL_LABELS = {
    CapitalKind.TOTAL: N_("In all, in đồng"),
    CapitalKind.PER_HECTARE: N_("For each hectare, in đồng"),
    CapitalKind.USD: N_("In all, in million US dollars"),
    CapitalKind.USD_PER_HECTARE: N_("For each hectare, in million US dollars"),
    CapitalKind.PROPOSED: N_("As the investor proposes"),
}
IN_VND = frozenset({CapitalKind.TOTAL, CapitalKind.PER_HECTARE})
IN_USD = frozenset({CapitalKind.USD, CapitalKind.USD_PER_HECTARE})
RATES = frozenset({CapitalKind.PER_HECTARE, CapitalKind.USD_PER_HECTARE})


def currency_of(kind: CapitalKind | None) -> str:
    """The ISO code of the currency an amount of this kind is in."""
    return "USD" if kind in IN_USD else "VND"


class Planning(StrEnum):
    """Whether the land use plan knows the project (the note column of the province's lists)."""

    IN_PLAN = "in_plan"
    REQUESTED = "requested"
    NOT_YET = "not_yet"


PLANNING_LABELS = {
    Planning.IN_PLAN: N_("It stands in the plan"),
    Planning.REQUESTED: N_("Its addition to the plan has been requested"),
    Planning.NOT_YET: N_("It does not stand in the plan yet"),
}


class Forest(StrEnum):
    """The three kinds of forest of the Forestry Law, and none."""

    NONE = "none"
    PRODUCTION = "production"
    PROTECTION = "protection"
    SPECIAL_USE = "special_use"


FOREST_LABELS = {
    Forest.NONE: N_("No forest"),
    Forest.PRODUCTION: N_("Production forest"),
    Forest.PROTECTION: N_("Protection forest"),
    Forest.SPECIAL_USE: N_("Special-use forest"),
}


class CityList(StrEnum):
    """Whether the city's list of projects calling for investment has it (QĐ 860/QĐ-UBND, 2026)."""

    LISTED = "listed"
    NOT_LISTED = "not_listed"
    UNKNOWN = "unknown"


CITY_LIST_LABELS = {
    CityList.LISTED: N_("It is in the city's list"),
    CityList.NOT_LISTED: N_("It is not in the city's list"),
    CityList.UNKNOWN: N_("Not known yet"),
}


class Choosing(StrEnum):
    """How a partner will be chosen; published before the call opens."""

    AGREEMENT = "agreement"
    COMPARISON = "comparison"
    AUCTION = "auction"
    OTHER = "other"


CHOOSING_LABELS = {
    Choosing.AGREEMENT: N_("By agreement with the first suitable partner"),
    Choosing.COMPARISON: N_("By comparing proposals, with the criteria below"),
    Choosing.AUCTION: N_("By auction or tender under the law, held elsewhere"),
    Choosing.OTHER: N_("In another way"),
}


class Audience(StrEnum):
    """Who may open a document of the dossier."""

    PUBLIC = "public"
    VERIFIED = "verified"
    OFFICIALS = "officials"


AUDIENCE_LABELS = {
    Audience.PUBLIC: N_("Everyone"),
    Audience.VERIFIED: N_("Verified organisations"),
    Audience.OFFICIALS: N_("Officials of both localities"),
}


def touches_people(*, village: bool, forest: bool, culture: bool, kind: Forest | None) -> bool:
    """Whether village land, forest or living culture is touched, so that the village must meet.

    A stated kind of forest counts by itself.
    """
    return village or forest or culture or kind not in {None, Forest.NONE}


def may_open(audience: Audience, reader: Actor, localities: Iterable[int], owner_id: int) -> bool:
    """Whether a reader who sees the opportunity may open one of its documents.

    ``localities`` are those of the pair, ``owner_id`` is the authority that posted it.
    """
    if audience is Audience.PUBLIC or reader.is_of(owner_id):
        return True
    if reader.is_officer_of(*localities):
        return True
    return audience is Audience.VERIFIED and reader.organisation_verified


class Force(StrEnum):
    """Whether an incentive holds on a day."""

    HOLDS = "holds"
    TO_COME = "to_come"
    OVER = "over"


def force(holds_from: date | None, holds_until: date | None, day: date) -> Force:
    """Whether an incentive holds on ``day``, first and last day included; an open end is no end."""
    if holds_until is not None and holds_until < day:
        return Force.OVER
    if holds_from is not None and day < holds_from:
        return Force.TO_COME
    return Force.HOLDS
