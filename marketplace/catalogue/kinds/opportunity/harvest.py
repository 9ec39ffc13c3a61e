"""What is harvested behind an opportunity, added up from the published produce of its pair.

Nothing is stored and nothing invented: where nobody offers a product group, its row says so, and
what is not sold by weight is counted apart instead of being turned into kilograms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import OrganisationKind
from marketplace.catalogue import queries
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.models import Listing
from marketplace.catalogue.taxonomy import Group
from marketplace.core.db import db
from marketplace.core.quantity import UNITS, Dimension, Unit, in_kilograms
from marketplace.programme.models import Pair

PERCENT = 100


class Offer(NamedTuple):
    """A published offer: quantities in thousandths of ``unit``, months as a bit mask."""

    group: Group
    organisation_id: int
    is_household: bool
    unit: Unit | None
    quantity: int | None
    promised: int
    months: int


@dataclass(frozen=True, slots=True)
class Supply:
    """What a product group gives. ``a_year`` in thousandths of a kilogram.

    ``promised_percent`` is None where nothing is offered by weight; ``unweighed`` counts the
    offers that are sold by the piece and are in no sum.
    """

    group: Group
    households: int = 0
    organisations: int = 0
    a_year: int = 0
    months: int = 0
    promised_percent: int | None = None
    unweighed: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nobody offers it."""
        return not self.households and not self.organisations


def yearly(offer: Offer) -> int | None:
    """Thousandths of a kilogram an offer gives in a year; None for what has no weight.

    The quantity of an offer is what there is in all its months together.
    """
    return _weight(offer.quantity, offer.unit)


def _weight(quantity: int | None, unit: Unit | None) -> int | None:
    if quantity is None or unit is None or UNITS[unit].dimension is not Dimension.MASS:
        return None
    return in_kilograms(quantity, unit)


def add_up(groups: Iterable[Group], offers: Iterable[Offer]) -> Sequence[Supply]:
    """A row for each group, in the order given."""
    by_group: dict[Group, list[Offer]] = {group: [] for group in groups}
    for offer in offers:
        if offer.group in by_group:
            by_group[offer.group].append(offer)
    return [_supply(group, found) for group, found in by_group.items()]


def _supply(group: Group, offers: Sequence[Offer]) -> Supply:
    sellers: Mapping[int, bool] = {o.organisation_id: o.is_household for o in offers}
    months = 0
    for offer in offers:
        months |= offer.months
    weighed = [
        (whole, _weight(offer.promised, offer.unit) or 0)
        for offer in offers
        for whole in [_weight(offer.quantity, offer.unit)]
        if whole is not None
    ]
    offered = sum(whole for whole, _ in weighed)
    promised = sum(part for _, part in weighed)
    return Supply(
        group,
        households=sum(sellers.values()),
        organisations=len(sellers) - sum(sellers.values()),
        a_year=sum(yearly(offer) or 0 for offer in offers),
        months=months,
        promised_percent=(promised * PERCENT + offered // 2) // offered if offered else None,
        unweighed=len(offers) - len(weighed),
    )


def behind(groups: Sequence[Group], pair: Pair) -> Sequence[Supply]:
    """What the pair's published produce gives of these groups, in one query."""
    if not groups:
        return []
    offered = sa.or_(
        Listing.pair_id == pair.id,
        sa.and_(Listing.is_offered_to_all, Listing.locality_id.in_(pair.locality_ids)),
    )
    produce = Produce.__table__
    rows = db.session.execute(
        sa.select(
            produce.c.product_group,
            Listing.organisation_id,
            Organisation.kind,
            produce.c.unit,
            produce.c.quantity,
            produce.c.promised,
            produce.c.months,
        )
        .select_from(produce)
        .join(Listing.__table__, Listing.__table__.c.id == produce.c.id)
        .join(Organisation, Organisation.id == Listing.organisation_id)
        .where(
            queries.on_offer(),
            offered,
            produce.c.product_group.in_(groups),
        )
    )
    return add_up(
        groups,
        [
            Offer(group, seller, kind is OrganisationKind.PRODUCER_HOUSEHOLD, *rest)
            for group, seller, kind, *rest in rows
        ],
    )
