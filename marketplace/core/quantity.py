"""Quantities: whole thousandths of a unit as ``int``, and the table of units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from marketplace.core import numerals
from marketplace.core.errors import Invalid
from marketplace.core.i18n import N_, Text

SCALE = 1000
DECIMALS = 3
MAXIMUM = 10**9 * SCALE
"""The largest quantity taken from a form: a thousand million units, in thousandths."""


class Unit(StrEnum):
    """What a quantity counts. The code is stored, the label of ``UNITS`` is shown."""

    KG = "kg"
    TA = "ta"
    TAN = "tan"
    LIT = "lit"
    HA = "ha"
    SAO = "sao"
    M2 = "m2"
    CHAI = "chai"
    HOP = "hop"
    GOI = "goi"
    BO = "bo"
    CON = "con"
    TAM = "tam"
    CAI = "cai"
    LO = "lo"
    HU = "hu"
    CAP = "cap"
    SUAT = "suat"
    CHUYEN = "chuyen"
    NGUOI = "nguoi"
    NGUOI_DEM = "nguoi_dem"


class Dimension(StrEnum):
    """What can be converted into each other. Counted things cannot: a jar is not a box."""

    MASS = "mass"
    VOLUME = "volume"
    AREA = "area"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """``label`` is a message id; ``factor`` is the unit in grams, millilitres or square metres."""

    label: str
    dimension: Dimension
    factor: int = 1


UNITS: Mapping[Unit, UnitFacts] = MappingProxyType(
    {
        Unit.KG: UnitFacts(N_("kg"), Dimension.MASS, 1_000),
        Unit.TA: UnitFacts(N_("quintal (100 kg)"), Dimension.MASS, 100_000),
        Unit.TAN: UnitFacts(N_("tonne"), Dimension.MASS, 1_000_000),
        Unit.LIT: UnitFacts(N_("litre"), Dimension.VOLUME, 1_000),
        Unit.HA: UnitFacts(N_("hectare"), Dimension.AREA, 10_000),
        Unit.SAO: UnitFacts(N_("sào (500 m²)"), Dimension.AREA, 500),
        Unit.M2: UnitFacts(N_("m²"), Dimension.AREA, 1),
        Unit.CHAI: UnitFacts(N_("bottle"), Dimension.COUNT),
        Unit.HOP: UnitFacts(N_("box"), Dimension.COUNT),
        Unit.GOI: UnitFacts(N_("packet"), Dimension.COUNT),
        Unit.BO: UnitFacts(N_("bunch"), Dimension.COUNT),
        Unit.CON: UnitFacts(N_("head"), Dimension.COUNT),
        Unit.TAM: UnitFacts(N_("cloth"), Dimension.COUNT),
        Unit.CAI: UnitFacts(N_("piece"), Dimension.COUNT),
        Unit.LO: UnitFacts(N_("small jar"), Dimension.COUNT),
        Unit.HU: UnitFacts(N_("jar"), Dimension.COUNT),
        Unit.CAP: UnitFacts(N_("pair"), Dimension.COUNT),
        Unit.SUAT: UnitFacts(N_("serving"), Dimension.COUNT),
        Unit.CHUYEN: UnitFacts(N_("trip"), Dimension.COUNT),
        Unit.NGUOI: UnitFacts(N_("person"), Dimension.COUNT),
        Unit.NGUOI_DEM: UnitFacts(N_("person per night"), Dimension.COUNT),
    }
)
"""Sào is Central Vietnam's 500 m² (domain page, section 5)."""


def parse(raw: object, *, decimals: int = DECIMALS, lowest: int = 1, highest: int = MAXIMUM) -> int:
    """Thousandths from ``1.200`` or ``12,5``; ``decimals`` (0 to 3) says how many a field takes.

    ``lowest`` and ``highest`` are thousandths. Raises Unreadable.
    """
    step: int = 10 ** (DECIMALS - decimals)
    return step * numerals.read(
        raw,
        example="12,5" if decimals else "1.200",
        lowest=-(-lowest // step),
        highest=highest // step,
        decimals=decimals,
    )


def to_input(quantity: int) -> str:
    """What a form field shows, in every language: ``1.234,5``. ``parse`` reads it back."""
    return numerals.write(quantity, decimals=DECIMALS)


def format_quantity(quantity: int, language: str = "vi") -> str:
    """``1.234,5`` or ``1,234.5``, without the unit."""
    return numerals.write(quantity, decimals=DECIMALS, language=language)


def to_grams(quantity: int, unit: Unit) -> int:
    """Grams of ``quantity`` thousandths of a mass unit, exact: 1 kg gives 1000.

    Raises ValueError for units that are not of mass.
    """
    facts = UNITS[unit]
    if facts.dimension is not Dimension.MASS:
        msg = f"{unit.value} is not a unit of mass"
        raise ValueError(msg)
    return quantity * facts.factor // SCALE  # every factor of mass is a multiple of 1000


def in_kilograms(quantity: int, unit: Unit) -> int:
    """Thousandths of a kilogram, which are grams. Raises ValueError as ``to_grams``."""
    return to_grams(quantity, unit)


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity in thousandths as the parameter of a sentence, said in the reader's language."""

    quantity: int
    unit: Unit | None = None

    def __str__(self) -> str:
        return format_quantity(self.quantity)


def require_whole(field: str, quantity: int | None, unit: Unit | None) -> None:
    """Refuse half a bottle: what is counted comes whole. Raises Invalid at ``field``."""
    if not quantity or quantity % SCALE == 0 or unit is None:
        return
    if UNITS[unit].dimension is Dimension.COUNT:
        whole = Amount(max(SCALE, quantity // SCALE * SCALE), unit)
        told = N_("This is counted whole. Enter a whole number, for example %(n)s.")
        raise Invalid(field, Text(told, n=whole))


def value_of(quantity: int, unit_price: int) -> int:
    """Đồng for ``quantity`` thousandths at ``unit_price`` đồng a unit; half a đồng rounds up."""
    return (quantity * unit_price + SCALE // 2) // SCALE


def price_of(value: int, quantity: int) -> int:
    """Đồng a unit where ``quantity`` thousandths (not 0) are worth ``value``; half a đồng up."""
    return (2 * value * SCALE + quantity) // (2 * quantity)


SOLD_BY = (
    Unit.KG,
    Unit.TA,
    Unit.TAN,
    Unit.LIT,
    Unit.CHAI,
    Unit.HOP,
    Unit.GOI,
    Unit.BO,
    Unit.LO,
    Unit.HU,
    Unit.CON,
    Unit.TAM,
    Unit.CAI,
    Unit.CAP,
    Unit.SUAT,
)
"""The units goods are sold by; the table also knows those of land and of visitors."""
