"""Reading plans, call-offs, parcels, money, the sales book, and what prices and payments were."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.interfaces import ORMOption

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import may_speak_for
from marketplace.catalogue.finding import names_of
from marketplace.catalogue.kinds.need.model import Need
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.models import Listing
from marketplace.catalogue.taxonomy import Group
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.journal import Entry
from marketplace.core.quantity import Unit
from marketplace.deals import queries as deals
from marketplace.deals.models import Deal, DealParty, Instalment
from marketplace.deals.rules import (
    GIVING,
    PRINCIPALS,
    DealState,
    InstalmentState,
    PartyRole,
)
from marketplace.deliveries.models import (
    CallOff,
    Dispatch,
    Payment,
    ScheduledDelivery,
    SecondChance,
)
from marketplace.deliveries.rules import (
    FREED_WITHIN,
    CallState,
    ChanceState,
    Corridor,
    PaymentState,
    PlanState,
    Sold,
    awaited_on,
    corridor,
    filled,
    is_overdue,
    looked_back_to,
    median_days,
    paid_on,
    product_of,
)
from marketplace.interests.models import Interest
from marketplace.interests.rules import LIVE, AskAgain, InterestState
from marketplace.matching.models import Match
from marketplace.programme.queries import villages

R = TypeVar("R", ScheduledDelivery, CallOff, Dispatch, SecondChance)


# ---------------------------------------------------------------- records of one deal


def plans(deal: Deal) -> Sequence[ScheduledDelivery]:
    """Everything planned for a deal, the earliest due first."""
    query = sa.select(ScheduledDelivery).where(ScheduledDelivery.deal_id == deal.id)
    return db.session.scalars(
        query.order_by(ScheduledDelivery.due_on, ScheduledDelivery.id).execution_options(
            populate_existing=True
        )
    ).all()


def calls(deal: Deal) -> Sequence[CallOff]:
    """The orders on a deal, the latest first."""
    query = sa.select(CallOff).where(CallOff.deal_id == deal.id)
    query = query.options(joinedload(CallOff.organisation)).order_by(CallOff.id.desc())
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def dispatches(deal: Deal) -> Sequence[Dispatch]:
    """The parcels of a deal, the latest first."""
    query = sa.select(Dispatch).where(Dispatch.deal_id == deal.id).order_by(Dispatch.id.desc())
    return db.session.scalars(query.options(joinedload(Dispatch.organisation))).all()


def payments(deal: Deal) -> Sequence[Payment]:
    """The money noted for a deal's instalments, in the order of its days."""
    query = (
        sa.select(Payment)
        .join(Instalment, Instalment.id == Payment.instalment_id)
        .where(Instalment.deal_id == deal.id)
        .options(joinedload(Payment.noted_by), joinedload(Payment.acted))
        .order_by(Payment.received_on, Payment.id)
    )
    return db.session.scalars(query).all()


def records(deal: Deal) -> list[Any]:
    """Whose history is part of the case's."""
    return [*plans(deal), *calls(deal), *dispatches(deal), *payments(deal)]


def _found(kind: type[R], public_id: str, viewer: Actor, *, lock: bool) -> R:
    """A record of a deal the viewer may see, that deal's row locked if wished. Raises NotFound."""
    query = sa.select(kind).where(kind.public_id == public_id)
    seen = query.join(Deal, Deal.id == kind.deal_id).where(deals.visible_to(viewer))
    found = db.session.scalars(seen).first()
    if found is None:
        raise NotFound
    code = db.session.scalars(sa.select(Deal.public_id).where(Deal.id == found.deal_id)).one()
    deal = deals.get(code, viewer, lock=lock)
    found = db.session.scalars(query.execution_options(populate_existing=lock)).one()
    set_committed_value(found, "deal", deal)  # with all that pages and rules read of it
    return found


def planned(public_id: str, viewer: Actor, *, lock: bool = False) -> ScheduledDelivery:
    """A planned delivery; locks the deal's row. Raises NotFound."""
    return _found(ScheduledDelivery, public_id, viewer, lock=lock)


def call(public_id: str, viewer: Actor, *, lock: bool = False) -> CallOff:
    """An order; locks the deal's row. Raises NotFound."""
    return _found(CallOff, public_id, viewer, lock=lock)


def dispatch(public_id: str, viewer: Actor, *, lock: bool = False) -> Dispatch:
    """A parcel; locks the deal's row. Raises NotFound for who does not see the deal."""
    return _found(Dispatch, public_id, viewer, lock=lock)


def dispatch_of(instalment: Instalment) -> Dispatch | None:
    """The parcel received as this instalment."""
    return db.session.scalars(
        sa.select(Dispatch).where(Dispatch.instalment_id == instalment.id)
    ).first()


def payment(public_id: str, viewer: Actor, *, lock: bool = False) -> Payment:
    """A note of money; locks the deal's row. Raises NotFound."""
    query = sa.select(Payment).where(Payment.public_id == public_id)
    code = db.session.scalars(
        sa.select(Deal.public_id)
        .join(Instalment, Instalment.deal_id == Deal.id)
        .join(Payment, Payment.instalment_id == Instalment.id)
        .where(Payment.public_id == public_id)
    ).first()
    if code is None:
        raise NotFound
    deal = deals.get(code, viewer, lock=lock)
    found = db.session.scalars(query.execution_options(populate_existing=lock)).one()
    instalment = next(i for i in deal.instalments if i.id == found.instalment_id)
    set_committed_value(found, "instalment", instalment)
    return found


def received(instalment: Instalment) -> list[tuple[date, int]]:
    """Days and đồng of the money noted for an instalment."""
    query = sa.select(Payment.received_on, Payment.amount).where(
        Payment.instalment_id == instalment.id, Payment.state == PaymentState.NOTED
    )
    return [(day, amount) for day, amount in db.session.execute(query)]


def last_call(deal: Deal, buyer: Organisation | None) -> CallOff | None:
    """The order a further one repeats: this buyer's latest that was not taken back."""
    own = [call for call in calls(deal) if buyer is not None and call.organisation_id == buyer.id]
    return next((call for call in own if call.state is not CallState.WITHDRAWN), None)


# ---------------------------------------------------------------- what is late


def late(viewer: Actor) -> list[tuple[ScheduledDelivery, int]]:
    """Planned deliveries of running deals whose day has passed, with what is still to come.

    Three more queries than rows of deals: the deals with their instalments and their stops, and
    all their plans.
    """
    due = (
        sa.select(ScheduledDelivery.deal_id)
        .join(Deal, Deal.id == ScheduledDelivery.deal_id)
        .where(
            ScheduledDelivery.state == PlanState.PLANNED,
            ScheduledDelivery.due_on < clock.today(),
            Deal.state == DealState.ACTIVE,
            deals.visible_to(viewer),
        )
    )
    rows = db.session.scalars(
        sa.select(ScheduledDelivery)
        .where(ScheduledDelivery.deal_id.in_(due))
        .options(
            joinedload(ScheduledDelivery.deal).selectinload(Deal.instalments),
            joinedload(ScheduledDelivery.deal).selectinload(Deal.stops),
            joinedload(ScheduledDelivery.deal).joinedload(Deal.match).selectinload(Match.listing),
        )
        .order_by(ScheduledDelivery.due_on, ScheduledDelivery.id)
    ).unique()
    by_deal: dict[int, list[ScheduledDelivery]] = {}
    for row in rows:
        by_deal.setdefault(row.deal_id, []).append(row)
    found = [
        (row, how.coming)
        for of_deal in by_deal.values()
        for row, how in zip(of_deal, filled(of_deal[0].deal, of_deal), strict=True)
        if is_overdue(row, how.coming)
    ]
    return sorted(found, key=lambda pair: (awaited_on(pair[0]), pair[0].id))


# ---------------------------------------------------------------- prices and payments


def group_of(listing_id: int) -> Group | None:
    """The product group of what is sold."""
    for kind in (Produce, Need):
        found = db.session.scalars(sa.select(kind.group).where(kind.id == listing_id)).first()
        if found is not None:
            return found
    return None


def fair_prices(
    match: Match, months: Collection[int], *, leave_out: int | None = None
) -> Corridor | None:
    """The range of prices of deals in what a match is about, by confirmed deliveries of ``months``.

    Of the same pair, product and unit, in the last two years up to today; of all products of the
    group where too few deals were about this one. ``leave_out`` is a deal not to count. None below
    the threshold.
    """
    group = group_of(match.goods_id)
    if group is None or match.unit is None:
        return None
    rows = _sold(match.pair_id, group, match.unit, months, leave_out)
    alike = _of_one_product(match, {match.goods_id, *(of for of, _ in rows)})
    found = corridor([row for of, row in rows if of in alike])
    if found is not None:
        return found
    whole = corridor([row for _, row in rows])
    return replace(whole, of_product=False) if whole is not None else None


def _sold(
    pair_id: int, group: Group, unit: Unit, months: Collection[int], leave_out: int | None
) -> list[tuple[int, Sold]]:
    """Confirmed deliveries of a product group, each with the listing its goods are of."""
    today = clock.today()
    goods = sa.func.coalesce(Match.stock_id, Match.listing_id)
    in_group = sa.union_all(
        sa.select(Produce.id).where(Produce.group == group),
        sa.select(Need.id).where(Need.group == group),
    )
    query = (
        sa.select(Instalment, goods)
        .join(Deal, Deal.id == Instalment.deal_id)
        .join(Match, Match.id == Deal.match_id)
        .where(
            Deal.pair_id == pair_id,
            Deal.unit == unit,
            goods.in_(in_group),
            Instalment.state == InstalmentState.CONFIRMED,
            Instalment.quantity.is_not(None),
            Instalment.happened_on >= looked_back_to(today),
            Instalment.happened_on <= today,
            sa.extract("month", Instalment.happened_on).in_(months),
        )
        .options(_with_parties())
    )
    if leave_out is not None:
        query = query.where(Deal.id != leave_out)
    return [
        (of, Sold(i.value, i.quantity or 0, i.deal_id, i.buyer.organisation_id))
        for i, of in db.session.execute(query)
        if i.value and i.buyer is not None
    ]


def _of_one_product(match: Match, goods: Collection[int]) -> set[int]:
    """Those of these listings whose titles name what ``match`` is about."""
    pair = match.pair
    names = [group.names for group in names_of(pair.locality_ids)]
    places = [
        pair.source.name,
        pair.market.name,
        *(village.name for village in villages(*pair.locality_ids)),
    ]
    titles = db.session.execute(sa.select(Listing.id, Listing.title).where(Listing.id.in_(goods)))
    products = {of: product_of(title, names, places) for of, title in titles}
    return {of for of, product in products.items() if product == products[match.goods_id]}


def _with_parties() -> ORMOption:
    """Loads with instalments what tells who sold and who bought."""
    deal = joinedload(Instalment.deal)
    return deal.selectinload(Deal.parties).joinedload(DealParty.organisation)


def _of(organisation_id: int, roles: Collection[PartyRole]) -> sa.ColumnElement[bool]:
    """The deals in which an organisation has one of these roles."""
    return Deal.id.in_(
        sa.select(DealParty.deal_id).where(
            DealParty.organisation_id == organisation_id, DealParty.role.in_(list(roles))
        )
    )


def days_to_pay(buyer_id: int) -> int | None:
    """The median of days from delivery to full payment of what an organisation bought.

    None below three paid instalments. What is unpaid for longer counts with its age
    (``rules.median_days``).
    """
    query = (
        sa.select(Instalment)
        .join(Deal, Deal.id == Instalment.deal_id)
        .where(
            _of(buyer_id, PRINCIPALS - GIVING),
            Deal.unit.is_not(None),
            Instalment.state == InstalmentState.CONFIRMED,
            Instalment.value > 0,  # for what was sent back whole no money comes
        )
        .options(_with_parties())
    )
    delivered = {
        i.id: (i.happened_on, i.value)
        for i in db.session.scalars(query)
        if i.buyer is not None and i.buyer.organisation_id == buyer_id
    }
    got = _received_by_instalment(delivered)
    ends = [
        (day, paid_on(value, got.get(number, []))) for number, (day, value) in delivered.items()
    ]
    return median_days(
        [(end - day).days for day, end in ends if end is not None],
        [(clock.today() - day).days for day, end in ends if end is None],
    )


def _received_by_instalment(instalments: Mapping[int, Any]) -> dict[int, list[tuple[date, int]]]:
    query = sa.select(Payment.instalment_id, Payment.received_on, Payment.amount).where(
        Payment.instalment_id.in_(list(instalments)), Payment.state == PaymentState.NOTED
    )
    got: dict[int, list[tuple[date, int]]] = {}
    for number, day, amount in db.session.execute(query):
        got.setdefault(number, []).append((day, amount))
    return got


# ---------------------------------------------------------------- the sales book


@dataclass(frozen=True, slots=True)
class BookRow:
    """One confirmed sale: ``quantity`` in thousandths, the rest in đồng."""

    day: date
    buyer: str
    goods: str
    quantity: int | None
    unit: Unit | None
    price: int | None
    value: int
    note: str
    received: int
    received_on: date | None
    case_id: str


@dataclass(frozen=True, slots=True)
class Book:
    """What an organisation sold in a year, line by line, and its sums."""

    seller: Organisation
    year: int
    years: Sequence[int]
    rows: Sequence[BookRow]

    @property
    def value(self) -> int:
        """Đồng of everything sold."""
        return sum(row.value for row in self.rows)

    @property
    def received(self) -> int:
        """Đồng noted as received for it."""
        return sum(row.received for row in self.rows)

    @property
    def quantities(self) -> list[tuple[Unit, int]]:
        """Thousandths sold in each unit."""
        sums: dict[Unit, int] = {}
        for row in self.rows:
            if row.unit is not None and row.quantity:
                sums[row.unit] = sums.get(row.unit, 0) + row.quantity
        return sorted(sums.items())


def book(seller_id: str, viewer: Actor, year: int | None = None) -> Book:
    """The sales book of an organisation (public id): its own people, its cooperative, officials.

    Raises NotFound for everyone else. Without a year the latest with sales, else the present one.
    """
    seller = db.session.scalars(
        sa.select(Organisation).where(Organisation.public_id == seller_id)
    ).first()
    if seller is None or not may_speak_for(viewer, seller):
        raise NotFound
    sold = (
        sa.select(Instalment, Deal, Listing.title, Match.public_id)
        .join(Deal, Deal.id == Instalment.deal_id)
        .join(Match, Match.id == Deal.match_id)
        .join(Listing, Listing.id == Deal.listing_id)
        .where(
            _of(seller.id, PRINCIPALS & GIVING),
            Deal.unit.is_not(None),
            Instalment.state == InstalmentState.CONFIRMED,
        )
        .options(joinedload(Instalment.paper), _with_parties())
        .order_by(Instalment.happened_on, Instalment.id)
    )
    found = [
        row
        for row in db.session.execute(sold)
        if row[0].seller is not None and row[0].seller.organisation_id == seller.id
    ]
    years = sorted({i.happened_on.year for i, *_ in found}, reverse=True)
    chosen = year or (years[0] if years else clock.today().year)
    got = _received_by_instalment({i.id: None for i, *_ in found})
    rows = [
        BookRow(
            day=i.happened_on,
            buyer=i.buyer.organisation.name if i.buyer else "",
            goods=title,
            quantity=i.quantity,
            unit=deal.unit,
            price=i.unit_price,
            value=i.value,
            note=i.paper.label if i.paper else "",
            received=sum(amount for _day, amount in got.get(i.id, [])),
            received_on=max((day for day, _amount in got.get(i.id, [])), default=None),
            case_id=case_id,
        )
        for i, deal, title, case_id in found
        if i.happened_on.year == chosen
    ]
    return Book(seller, chosen, years, rows)


# ---------------------------------------------------------------- second chances

ENDED_SHORT = [
    state for state in DealState if state.value in {"cancelled", "partly_completed", "terminated"}
]
"""How a deal ends with goods left over."""


def just_freed() -> Sequence[str]:
    """Deals of goods that ended short lately and have offered nothing again yet."""
    since = clock.now() - FREED_WITHIN
    asked = sa.exists().where(SecondChance.deal_id == Deal.id)
    query = sa.select(Deal.public_id).where(
        Deal.state.in_(ENDED_SHORT),
        Deal.ended_at >= since,
        Deal.committed_quantity.is_not(None),
        ~asked,
    )
    return db.session.scalars(query.order_by(Deal.ended_at, Deal.id)).all()


def in_turn() -> Sequence[str]:
    """Deals whose freed goods someone still waits for or is asked about."""
    live = sa.select(SecondChance.deal_id).where(
        SecondChance.state.in_([ChanceState.WAITING, ChanceState.OFFERED])
    )
    return db.session.scalars(
        sa.select(Deal.public_id).where(Deal.id.in_(live)).order_by(Deal.id)
    ).all()


def turned_away(listing_id: int) -> Sequence[Interest]:
    """Who was declined because everything was promised, in the order they were declined.

    Left out: who may not be asked again, has asked anew, or was asked already and said yes or no.
    """
    because = sa.select(Entry.subject_id).where(
        Entry.subject_type == "interest",
        Entry.name == "interest.decline",
        Entry.reason == "promised",
    )
    answered = sa.select(SecondChance.interest_id).where(
        SecondChance.state != ChanceState.LAPSED, SecondChance.state != ChanceState.DROPPED
    )
    live = sa.select(Interest.organisation_id).where(
        Interest.listing_id == listing_id, Interest.state.in_(LIVE)
    )
    query = (
        sa.select(Interest)
        .where(
            Interest.listing_id == listing_id,
            Interest.state == InterestState.DECLINED,
            Interest.quantity.is_not(None),
            Interest.ask_again != AskAgain.NO,  # who says nothing may be asked
            Interest.id.in_(because),
            Interest.id.not_in(answered),
            Interest.organisation_id.not_in(live),
        )
        .options(joinedload(Interest.organisation))
        .order_by(Interest.answered_at, Interest.id)
    )
    first: dict[int, Interest] = {}
    for interest in db.session.scalars(query):
        first.setdefault(interest.organisation_id, interest)
    return list(first.values())


def chances(deal: Deal) -> Sequence[SecondChance]:
    """Everyone in turn for a deal's freed goods."""
    query = sa.select(SecondChance).where(SecondChance.deal_id == deal.id)
    query = query.options(
        joinedload(SecondChance.interest).joinedload(Interest.organisation),
        joinedload(SecondChance.new),
    )
    return db.session.scalars(
        query.order_by(SecondChance.place).execution_options(populate_existing=True)
    ).all()


def chance(public_id: str, viewer: Actor) -> SecondChance:
    """A second chance, for whoever may speak for who is asked, and the pair's officials.

    Raises NotFound.
    """
    query = (
        sa.select(SecondChance)
        .where(SecondChance.public_id == public_id)
        .options(
            joinedload(SecondChance.interest).joinedload(Interest.organisation),
            joinedload(SecondChance.interest).selectinload(Interest.acting),
            joinedload(SecondChance.interest).selectinload(Interest.listing),
            joinedload(SecondChance.interest).joinedload(Interest.pair),
            joinedload(SecondChance.deal).joinedload(Deal.pair),
            joinedload(SecondChance.deal).selectinload(Deal.instalments),
            joinedload(SecondChance.deal).joinedload(Deal.match),
            joinedload(SecondChance.new),
        )
    )
    found = db.session.scalars(query).unique().first()
    if found is None or found.state is ChanceState.WAITING:
        raise NotFound
    is_theirs = may_speak_for(viewer, found.interest.organisation)
    if not is_theirs and not viewer.is_officer_of(*found.deal.pair.locality_ids):
        raise NotFound
    return found


def offered(viewer: Actor) -> Sequence[SecondChance]:
    """The goods offered again just now to the viewer's organisation and those in its care."""
    return db.session.scalars(
        sa.select(SecondChance)
        .join(Interest, Interest.id == SecondChance.interest_id)
        .where(
            SecondChance.state == ChanceState.OFFERED,
            Interest.organisation_id.in_(accounts.in_care_of(viewer)),
        )
        .options(
            joinedload(SecondChance.interest).joinedload(Interest.organisation),
            joinedload(SecondChance.interest).selectinload(Interest.listing),
        )
        .order_by(SecondChance.answer_by, SecondChance.id)
    ).all()


def offered_for(interest_id: int) -> SecondChance | None:
    """The goods offered again just now to whoever sent this interest."""
    return db.session.scalars(
        sa.select(SecondChance).where(
            SecondChance.interest_id == interest_id, SecondChance.state == ChanceState.OFFERED
        )
    ).first()


def deal_code(chance_id: str) -> str:
    """The public id of the deal behind a second chance. Raises NotFound."""
    code = db.session.scalars(
        sa.select(Deal.public_id)
        .join(SecondChance, SecondChance.deal_id == Deal.id)
        .where(SecondChance.public_id == chance_id)
    ).first()
    if code is None:
        raise NotFound
    return code
