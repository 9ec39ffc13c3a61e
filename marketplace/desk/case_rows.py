"""All cases of some pairs from columns, in a number of statements that does not grow with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from marketplace.accounts.models import Organisation
from marketplace.catalogue.kinds.need.model import SECTORS, Need
from marketplace.catalogue.kinds.opportunity.model import Opportunity
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.kinds.tourism.model import Tourism
from marketplace.catalogue.models import Listing
from marketplace.catalogue.taxonomy import Sector, sector_of
from marketplace.core import marks
from marketplace.core.db import db
from marketplace.deals.models import (
    Agreement,
    Deal,
    DealParty,
    Figure,
    Instalment,
    Offer,
    OfferAnswer,
    Outcome,
    Signature,
    Stop,
)
from marketplace.deals.rules import (
    PRINCIPALS,
    UNDER_WAY,
    DealState,
    FigureState,
    InstalmentState,
    days_stopped,
    other_side,
)
from marketplace.desk.cases import Case, Facts, Holder, Party, Stated, case_of
from marketplace.desk.models import Assignment
from marketplace.matching.models import Match, MatchConsent
from marketplace.matching.rules import MatchState
from marketplace.programme.models import Approval, Pair

_M, _D, _L = Match.__table__, Deal.__table__, Listing.__table__
_O, _T, _N, _P = Opportunity.__table__, Tourism.__table__, Need.__table__, Produce.__table__
_FROM = (
    sa.join(_M, _L, _L.c.id == _M.c.listing_id)
    .outerjoin(_D, _D.c.match_id == _M.c.id)
    .outerjoin(_O, _O.c.id == _L.c.id)
    .outerjoin(_T, _T.c.id == _L.c.id)
    .outerjoin(_N, _N.c.id == _L.c.id)
    .outerjoin(_P, _P.c.id == _L.c.id)
)
_NAMES = sa.select(Organisation.id, Organisation.name, Organisation.locality_id)
_IN_CHARGE = sa.select(
    Assignment.subject_type, Assignment.subject_id, Assignment.locality_id, Assignment.user_id
).where(Assignment.subject_type.in_(["match", "interest"]))


def _has_agreed() -> sa.ColumnElement[bool]:
    """Whether a party has accepted the offer on the table: the latest."""
    latest = sa.select(sa.func.max(Offer.id)).where(Offer.deal_id == DealParty.deal_id)
    return sa.exists().where(
        OfferAnswer.organisation_id == DealParty.organisation_id,
        OfferAnswer.offer_id == latest.correlate(DealParty).scalar_subquery(),
    )


def _lacks_signature() -> sa.ColumnElement[bool]:
    """The same as ``deals.models.Agreement.unsigned``: a paper is there, the signed copy is not."""
    handed_in = sa.exists().where(
        Signature.agreement_id == Agreement.id,
        Signature.organisation_id == DealParty.organisation_id,
    )
    return sa.and_(
        DealParty.role.in_(list(PRINCIPALS)),
        sa.exists().where(
            Agreement.deal_id == DealParty.deal_id, ~handed_in.correlate(Agreement, DealParty)
        ),
    )


class _Statements:
    """The statements for the cases that ``scope`` keeps, built once."""

    def __init__(self, scope: sa.ColumnElement[bool]) -> None:
        proposed = sa.select(_M.c.id).where(scope, _M.c.state == MatchState.PROPOSED)
        under_way = (
            sa.select(_D.c.id)
            .join(_M, _M.c.id == _D.c.match_id)
            .where(scope, _D.c.state.in_(list(UNDER_WAY)))
        )
        in_deal = Instalment.deal_id.in_(under_way)
        self.rows = sa.select(*_COLUMNS).select_from(_FROM).where(scope)
        self.answers = sa.select(
            MatchConsent.match_id, MatchConsent.organisation_id, MatchConsent.at
        ).where(MatchConsent.match_id.in_(proposed))
        self.keys = sa.select(Approval.subject_id, Approval.locality_id, Approval.at).where(
            Approval.subject_type == "match",
            Approval.voided_at.is_(None),
            Approval.subject_id.in_(proposed),
        )
        self.parties = (
            sa.select(
                DealParty.deal_id,
                DealParty.organisation_id,
                DealParty.role,
                _has_agreed(),
                _lacks_signature(),
            )
            .where(DealParty.deal_id.in_(under_way))
            .order_by(DealParty.id)
        )
        self.stated = sa.select(
            Instalment.deal_id, Instalment.stated_for_id, Instalment.entered_at, Instalment.id
        ).where(in_deal, Instalment.state == InstalmentState.ENTERED)
        self.arrived = (
            sa.select(
                Instalment.deal_id,
                sa.func.sum(Instalment.quantity),
                sa.func.sum(Instalment.value),
                sa.func.count(Instalment.id),
            )
            .where(in_deal, Instalment.state == InstalmentState.CONFIRMED)
            .group_by(Instalment.deal_id)
        )
        self.stops = sa.select(Stop.deal_id, Stop.state_before, Stop.from_on, Stop.until_on).where(
            Stop.deal_id.in_(under_way)
        )
        self.outcomes = sa.select(Outcome.deal_id).where(Outcome.deal_id.in_(under_way))
        self.figures = (
            sa.select(Outcome.deal_id, Figure.state)
            .join(Outcome, Outcome.id == Figure.outcome_id)
            .join(_D, _D.c.id == Outcome.deal_id)
            .join(_M, _M.c.id == _D.c.match_id)
            .where(scope, Figure.state.in_([FigureState.SUBMITTED, FigureState.RETURNED]))
            .distinct()
        )


_COLUMNS = (
    _M.c.id.label("match_id"),
    _M.c.public_id,
    _M.c.pair_id,
    _L.c.title,
    sa.func.coalesce(_O.c.sector, _T.c.sector).label("sector"),
    sa.func.coalesce(_P.c.product_group, _N.c.product_group).label("product_group"),
    _N.c.sectors,
    _M.c.seller_id,
    _M.c.buyer_id,
    _M.c.state.label("match_state"),
    _M.c.keys_needed,
    _M.c.takes_effect_on,
    _M.c.proposed_at,
    _M.c.decided_at,
    _M.c.interest_id,
    _D.c.id.label("deal_id"),
    _D.c.state.label("deal_state"),
    _D.c.is_small,
    _D.c.starts_on,
    _D.c.ends_on,
    _D.c.moved_at,
    _D.c.ended_at,
    _D.c.committed_quantity,
    _D.c.committed_value,
)
_OF_PAIRS = _Statements(_M.c.pair_id.in_(sa.bindparam("pairs", expanding=True)))
_OF_SOME = _Statements(
    sa.and_(
        _M.c.pair_id.in_(sa.bindparam("pairs", expanding=True)),
        _M.c.id.in_(sa.bindparam("matches", expanding=True)),
    )
)
_OF_ONE = _Statements(
    sa.and_(
        _M.c.pair_id.in_(sa.bindparam("pairs", expanding=True)),
        _M.c.public_id == sa.bindparam("case"),
    )
)


def one(pairs: Sequence[Pair], public_id: str) -> Case | None:
    """One case of these pairs, by the public id of its match."""
    found = _load(_OF_ONE, pairs, case=public_id)
    return found[0] if found else None


def of_pairs(pairs: Sequence[Pair]) -> list[Case]:
    """The cases of these pairs, in no order."""
    return _load(_OF_PAIRS, pairs)


def of_matches(pairs: Sequence[Pair], matches: Collection[int]) -> list[Case]:
    """Those of them that these matches are or became."""
    return _load(_OF_SOME, pairs, matches=list(matches))


def _load(ask: _Statements, pairs: Sequence[Pair], **asked: Any) -> list[Case]:
    if not pairs:
        return []
    parameters: dict[str, Any] = {"pairs": [pair.id for pair in pairs], **asked}

    def rows(statement: Any) -> Sequence[Any]:
        return db.session.execute(statement, parameters).all()

    offices = {
        pair.id: (
            Holder(pair.source.id, pair.source.name, pair.source.id),
            Holder(pair.market.id, pair.market.name, pair.market.id),
        )
        for pair in pairs
    }
    names = {row.id: Holder(*row) for row in rows(_NAMES)}
    answers = _gathered(rows(ask.answers))
    keys = _gathered(rows(ask.keys))
    parties = _gathered(rows(ask.parties))
    stated = _gathered(rows(ask.stated))
    asked_of = _asked_of(stated, parties)
    arrived = {row[0]: row[1:] for row in rows(ask.arrived)}
    stops = _gathered(rows(ask.stops))
    outcomes = {row[0] for row in rows(ask.outcomes)}
    figures = _gathered(rows(ask.figures))
    charge: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for kind, subject_id, locality_id, user_id in rows(_IN_CHARGE):
        charge[(kind, subject_id)].append((locality_id, user_id))
    found = []
    for row in rows(ask.rows):
        quantity, value, count = arrived.get(row.deal_id, (0, 0, 0))
        found.append(
            case_of(
                Facts(
                    match_id=row.match_id,
                    public_id=row.public_id,
                    pair_id=row.pair_id,
                    title=row.title,
                    sector=sector_of(row.product_group, row.sector) or _single(row.sectors),
                    seller=names[row.seller_id],
                    buyer=names[row.buyer_id],
                    offices=offices[row.pair_id],
                    match_state=row.match_state,
                    keys_needed=row.keys_needed,
                    takes_effect_on=row.takes_effect_on,
                    proposed_at=row.proposed_at,
                    decided_at=row.decided_at,
                    interest_id=row.interest_id,
                    answers=answers.get(row.match_id, ()),
                    keys=keys.get(row.match_id, ()),
                    deal_id=row.deal_id,
                    deal_state=row.deal_state,
                    is_small=bool(row.is_small),
                    starts_on=row.starts_on,
                    ends_on=row.ends_on,
                    moved_at=row.moved_at,
                    ended_at=row.ended_at,
                    stopped_at=_stopped_at(stops.get(row.deal_id, ())),
                    stopped_days=_stopped_days(stops.get(row.deal_id, ())),
                    committed_quantity=row.committed_quantity,
                    committed_value=row.committed_value,
                    delivered_quantity=int(quantity or 0),
                    delivered_value=int(value or 0),
                    confirmed=count,
                    stated=[
                        Stated(who, at, asked_of.get(key, frozenset()))
                        for who, at, key in stated.get(row.deal_id, ())
                    ],
                    parties=[
                        Party(names[who], role, bool(agreed), bool(unsigned))
                        for who, role, agreed, unsigned in parties.get(row.deal_id, ())
                    ],
                    has_outcome=row.deal_id in outcomes,
                    figures=_states(figures.get(row.deal_id, ())),
                    in_charge=_who(charge, row.match_id, row.interest_id),
                )
            )
        )
    return found


def _stopped_at(stops: Iterable[tuple[DealState, date, date | None]]) -> DealState | None:
    """Where a deal stood when its clock stopped, if it stands still now."""
    return next((before for before, _, until in stops if until is None), None)


def _stopped_days(stops: Iterable[tuple[DealState, date, date | None]]) -> int:
    """The days its clock stood still, as ``deals.rules.due_on`` counts them."""
    return days_stopped((since, until) for _, since, until in stops)


def _asked_of(
    stated: Mapping[int, Sequence[Any]], parties: Mapping[int, Sequence[Any]]
) -> Mapping[int, frozenset[int]]:
    """Who confirms each delivery of deals with more than two principals, as the rules say it."""
    several = [
        key
        for deal_id, deliveries in stated.items()
        if sum(role in PRINCIPALS for _, role, *_ in parties.get(deal_id, ())) > 2  # noqa: PLR2004
        for *_, key in deliveries
    ]
    if not several:
        return {}
    records = db.session.scalars(sa.select(Instalment).where(Instalment.id.in_(several)))
    return {
        one.id: frozenset(party.organisation_id for party in other_side(one)) for one in records
    }


def _gathered(rows: Iterable[Any]) -> dict[int, list[Any]]:
    """Rows by their first column."""
    found: dict[int, list[Any]] = defaultdict(list)
    for first, *rest in rows:
        found[first].append(tuple(rest))
    return found


def _states(rows: Iterable[tuple[FigureState]]) -> frozenset[FigureState]:
    return frozenset(state for (state,) in rows)


def _who(
    charge: Mapping[tuple[str, int], Sequence[tuple[int, int]]],
    match_id: int,
    interest_id: int | None,
) -> tuple[tuple[int, int], ...]:
    """Who is in charge in each locality; a case takes over from the interest it came from."""
    earlier = dict(charge.get(("interest", interest_id or 0), ()))
    return tuple(sorted((earlier | dict(charge.get(("match", match_id), ()))).items()))


def _single(sectors: int | None) -> Sector | None:
    """The sector of a brief that names just one."""
    named = marks.to_members(SECTORS, sectors or 0)
    return named[0] if len(named) == 1 else None
