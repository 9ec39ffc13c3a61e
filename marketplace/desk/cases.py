"""A match and the deal it became as one case: what it waits for, who holds it, since when.

Pure: plain facts in, a case out. Ten thousand of them are made from columns in one go, so nothing
here knows a record or asks the database.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from marketplace.catalogue.taxonomy import Sector
from marketplace.core import clock
from marketplace.core.text import fold
from marketplace.deals.rules import (
    DEAL,
    GIVING,
    PRINCIPALS,
    SMALL_SALE_LABELS,
    STOPPED,
    UNDER_WAY,
    DealState,
    FigureState,
    PartyRole,
)
from marketplace.desk.board import COLUMN_OF, Column
from marketplace.desk.rules import ALLOWED, Waiting, due_after
from marketplace.matching.rules import MATCH, MatchState
from marketplace.programme.rules import BOTH


class Holder(NamedTuple):
    """An organisation, or the office of a locality."""

    id: int
    name: str
    locality_id: int


class Party(NamedTuple):
    """A party of a deal under way."""

    holder: Holder
    role: PartyRole
    has_agreed: bool
    lacks_signature: bool = False


class Stated(NamedTuple):
    """A delivery one side entered and the other has not confirmed.

    ``asked`` are the organisations that confirm it, where a side has several; only its record tells
    which of them took part. Empty: whoever stands on the other side.
    """

    stated_for: int
    at: datetime
    asked: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a case. Quantities in thousandths, money in đồng."""

    match_id: int
    public_id: str
    pair_id: int
    title: str
    sector: Sector | None
    seller: Holder
    buyer: Holder
    offices: tuple[Holder, Holder]
    match_state: MatchState
    keys_needed: int
    takes_effect_on: date | None
    proposed_at: datetime
    decided_at: datetime | None
    interest_id: int | None = None
    answers: Sequence[tuple[int, datetime]] = ()
    keys: Sequence[tuple[int, datetime]] = ()
    deal_id: int | None = None
    deal_state: DealState | None = None
    is_small: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    moved_at: datetime | None = None
    ended_at: datetime | None = None
    stopped_at: DealState | None = None
    stopped_days: int = 0
    committed_quantity: int | None = None
    committed_value: int | None = None
    delivered_quantity: int = 0
    delivered_value: int = 0
    confirmed: int = 0
    stated: Sequence[Stated] = ()
    parties: Sequence[Party] = ()
    has_outcome: bool = False
    figures: frozenset[FigureState] = frozenset()
    in_charge: tuple[tuple[int, int], ...] = ()

    @property
    def due_on(self) -> date | None:
        """The same as ``deals.rules.due_on``: later by the days the clock stood still."""
        if self.ends_on is None or self.deal_state in STOPPED:
            return None
        return self.ends_on + timedelta(days=self.stopped_days)


@dataclass(frozen=True, slots=True)
class Hold:
    """What is waited for, who can end the waiting, their localities, and until when."""

    waiting: Waiting
    holders: Sequence[Holder] = ()
    localities: frozenset[int] = frozenset()
    due_on: date | None = None
    is_office: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One card of the board. ``in_charge``: (locality, person); ``about``: what they may be of."""

    match_id: int
    public_id: str
    pair_id: int
    title: str
    sector: Sector | None
    seller: Holder
    buyer: Holder
    state: MatchState | DealState
    stopped_at: DealState | None
    is_small: bool
    deal_id: int | None
    hold: Hold
    since: datetime
    starts_on: date | None
    ends_on: date | None
    in_charge: tuple[tuple[int, int], ...]
    for_office: bool
    turned: frozenset[int]
    keys_missing: int
    about: tuple[tuple[str, int], ...]

    @property
    def column(self) -> Column:
        """Where it hangs."""
        return COLUMN_OF[self.stopped_at or self.state]

    @property
    def is_open(self) -> bool:
        """Whether it is still on its way."""
        return self.state is MatchState.PROPOSED or self.state in UNDER_WAY

    @property
    def state_label(self) -> str:
        """The word for its state."""
        if isinstance(self.state, MatchState):
            return MATCH.labels[self.state]
        own = SMALL_SALE_LABELS if self.is_small else {}
        return own.get(self.state) or DEAL.labels[self.state]

    @property
    def words(self) -> str:
        """What it is found by; folded when somebody searches, not for every case of every page."""
        return fold(f"{self.title} {self.seller.name} {self.buyer.name}")

    @property
    def is_late(self) -> bool:
        """Whether its day has passed."""
        return self.hold.due_on is not None and clock.today() > self.hold.due_on


class Ordered:
    """Cases in the order they are worked through: late ones first, then by day, then by age."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self._placed = sorted((_place(case), case) for case in cases)

    def all(self) -> Sequence[Case]:
        """The cases, in order."""
        return [case for _, case in self._placed]

    def renewed(self, matches: Collection[int], cases: Iterable[Case]) -> Ordered:
        """A copy in which these matches are replaced by what they are now, these ``cases``."""
        copy = Ordered(())
        copy._placed = [one for one in self._placed if one[1].match_id not in matches]
        for case in cases:
            insort(copy._placed, (_place(case), case))
        return copy


def _place(case: Case) -> tuple[bool, date, datetime, int]:
    return (not case.is_late, case.hold.due_on or date.max, case.since, case.match_id)


def case_of(facts: Facts) -> Case:
    """The case these facts make."""
    hold, since = _of_deal(facts) if facts.deal_state else _of_match(facts)
    return Case(
        match_id=facts.match_id,
        public_id=facts.public_id,
        pair_id=facts.pair_id,
        title=facts.title,
        sector=facts.sector,
        seller=facts.seller,
        buyer=facts.buyer,
        state=facts.deal_state or facts.match_state,
        stopped_at=facts.stopped_at,
        is_small=facts.is_small,
        deal_id=facts.deal_id,
        hold=hold,
        since=since,
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        in_charge=facts.in_charge,
        for_office=_is_for_the_office(facts),
        turned=frozenset(locality_id for locality_id, _ in facts.keys),
        keys_missing=max(0, facts.keys_needed - len(facts.keys))
        if facts.match_state is MatchState.PROPOSED
        else 0,
        about=(
            ("match", facts.match_id),
            *((("interest", facts.interest_id),) if facts.interest_id else ()),
        ),
    )


# ---------------------------------------------------------------- matches


def _of_match(facts: Facts) -> tuple[Hold, datetime]:
    moments = [at for _, at in (*facts.answers, *facts.keys)]
    since = max([facts.proposed_at, *moments])
    if facts.match_state is not MatchState.PROPOSED:
        return Hold(Waiting.NOTHING), facts.decided_at or since
    answered = {organisation_id for organisation_id, _ in facts.answers}
    silent = [party for party in (facts.seller, facts.buyer) if party.id not in answered]
    if silent:
        return _by(Waiting.ANSWER, silent, facts.proposed_at), since
    turned = {locality_id for locality_id, _ in facts.keys}
    others = [office for office in facts.offices if office.locality_id not in turned]
    if len(facts.keys) < facts.keys_needed:
        missing = others if facts.keys_needed >= BOTH else facts.offices
        return _at(Waiting.KEY, missing, due_after(Waiting.KEY, since)), since
    return _at(Waiting.OBJECTION, others, facts.takes_effect_on), since


# ---------------------------------------------------------------- deals


def _of_deal(facts: Facts) -> tuple[Hold, datetime]:
    moved = facts.moved_at or facts.proposed_at
    return _hold_of_deal(facts, moved), facts.ended_at or moved


def _hold_of_deal(facts: Facts, moved: datetime) -> Hold:  # noqa: PLR0911  a state each
    match facts.deal_state:
        case DealState.NEGOTIATING:
            mains = [party for party in facts.parties if party.role in PRINCIPALS]
            silent = [party.holder for party in mains if not party.has_agreed]
            lacks_terms = not facts.committed_value or facts.starts_on is None
            everyone = [party.holder for party in mains]
            return _by(Waiting.TERMS, everyone if lacks_terms else silent, moved)
        case DealState.AGREED if not facts.is_small:
            unsigned = [p.holder for p in facts.parties if p.lacks_signature]
            if unsigned:
                return _by(Waiting.SIGNING, unsigned, moved)
            return _at(Waiting.SIGNING, facts.offices, due_after(Waiting.SIGNING, moved))
        case DealState.AGREED | DealState.SIGNED:
            return _at(Waiting.START, facts.offices, facts.starts_on)
        case DealState.ACTIVE:
            return _hold_of_delivery(facts, moved)
        case DealState.DISPUTED:
            return _at(Waiting.RULING, facts.offices, due_after(Waiting.RULING, moved))
        case DealState.COMPLETED | DealState.PARTLY_COMPLETED | DealState.TERMINATED:
            return _hold_of_figures(facts, moved)
    return Hold(Waiting.NOTHING)


def _hold_of_delivery(facts: Facts, moved: datetime) -> Hold:
    if facts.stated:
        others = {p.holder.id: p.holder for s in facts.stated for p in _other_side(facts, s)}
        return _by(Waiting.CONFIRMATION, others.values(), min(s.at for s in facts.stated))
    if _is_all_there(facts):
        return _at(Waiting.COMPLETION, facts.offices, due_after(Waiting.COMPLETION, moved))
    givers = [party.holder for party in facts.parties if party.role in GIVING]
    return Hold(Waiting.DELIVERY, givers, frozenset(h.locality_id for h in givers), facts.due_on)


def _other_side(facts: Facts, stated: Stated) -> list[Party]:
    """The same as ``deals.rules.other_side``, of plain facts."""
    mains = [party for party in facts.parties if party.role in PRINCIPALS]
    if stated.asked:
        return [party for party in mains if party.holder.id in stated.asked]
    gives = any(p.role in GIVING for p in mains if p.holder.id == stated.stated_for)
    return [party for party in mains if (party.role in GIVING) is not gives]


def _is_all_there(facts: Facts) -> bool:
    """The same as ``deals.rules.less_than_committed`` having nothing to say."""
    if not facts.confirmed or facts.stated:
        return False
    if facts.committed_quantity is not None:
        return facts.delivered_quantity >= facts.committed_quantity
    return facts.delivered_value >= (facts.committed_value or 0)


def _hold_of_figures(facts: Facts, moved: datetime) -> Hold:
    ended = facts.ended_at or moved
    if FigureState.SUBMITTED in facts.figures:
        return _at(Waiting.VERIFICATION, facts.offices, due_after(Waiting.VERIFICATION, ended))
    if FigureState.RETURNED in facts.figures:
        return _at(Waiting.CORRECTION, facts.offices, due_after(Waiting.CORRECTION, moved))
    return Hold(Waiting.NOTHING)


def _is_for_the_office(facts: Facts) -> bool:
    """Whether an official of either locality is the one who can move the deal on now.

    Says what the moves of ``deals.rules.DEAL`` say; a test holds the two together.
    """
    match facts.deal_state:
        case DealState.AGREED if not facts.is_small:
            return True
        case DealState.AGREED | DealState.SIGNED:
            return facts.has_outcome
        case DealState.DISPUTED:
            return True
        case DealState.ACTIVE:
            is_late = facts.due_on is not None and clock.today() > facts.due_on
            return _is_all_there(facts) or bool(is_late and facts.confirmed and not facts.stated)
    return False


def _by(waiting: Waiting, holders: Iterable[Holder], since: datetime) -> Hold:
    """Held by organisations."""
    found = list(holders)
    return Hold(
        waiting,
        found,
        frozenset(holder.locality_id for holder in found),
        due_after(waiting, since) if waiting in ALLOWED else None,
    )


def _at(waiting: Waiting, places: Iterable[Holder], due_on: date | None) -> Hold:
    """Held by the offices of localities."""
    found = list(places)
    ids = frozenset(place.locality_id for place in found)
    return Hold(waiting, found, ids, due_on, is_office=True)
