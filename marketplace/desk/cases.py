"""A match and the deal it became as one case: what it waits for, who holds it, since when.

It looks at loaded records only and asks the database nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from marketplace.accounts.models import Locality, Organisation
from marketplace.catalogue.taxonomy import Sector
from marketplace.core import clock
from marketplace.core.text import fold
from marketplace.deals.models import Deal
from marketplace.deals.rules import (
    GIVING,
    DealState,
    FigureState,
    InstalmentState,
    label_of,
    less_than_committed,
    other_side,
    terms_missing,
)
from marketplace.desk.board import COLUMN_OF, Column
from marketplace.desk.rules import ALLOWED, Waiting, due_after
from marketplace.matching.models import Match
from marketplace.matching.rules import MATCH, MatchState
from marketplace.programme.rules import BOTH


@dataclass(frozen=True, slots=True)
class Hold:
    """What is waited for, who can end the waiting, their localities, and until when."""

    waiting: Waiting
    holders: Sequence[str] = ()
    localities: frozenset[int] = frozenset()
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One card of the board."""

    match: Match
    deal: Deal | None
    hold: Hold
    since: datetime

    @property
    def title(self) -> str:
        """What it is about."""
        return self.match.listing.title

    @property
    def sector(self) -> Sector | None:
        """The sector of an investment or a service."""
        return self.match.listing.economic_sector

    @property
    def column(self) -> Column:
        """Where it hangs."""
        return COLUMN_OF[self.deal.state if self.deal else self.match.state]

    @property
    def state_label(self) -> str:
        """The word for its state."""
        return label_of(self.deal) if self.deal else MATCH.label_of(self.match)

    @property
    def is_late(self) -> bool:
        """Whether its day has passed."""
        return self.hold.due_on is not None and clock.today() > self.hold.due_on

    @property
    def words(self) -> str:
        """What it is found by."""
        return fold(f"{self.title} {self.match.seller.name} {self.match.buyer.name}")


def of_match(match: Match) -> Case:
    """A match that has not become a deal."""
    moments = [c.at for c in match.consents] + [k.at for k in match.keys]
    since = max([match.proposed_at, *moments])
    if match.state is not MatchState.PROPOSED:
        return Case(match, None, Hold(Waiting.NOTHING), match.decided_at or since)
    return Case(match, None, _hold_of_match(match, since), since)


def _hold_of_match(match: Match, since: datetime) -> Hold:
    answered = {consent.organisation_id for consent in match.consents}
    silent = [party for party in match.parties if party.id not in answered]
    if silent:
        return _by(Waiting.ANSWER, silent, match.proposed_at)
    turned = {key.locality_id for key in match.keys}
    places = (match.pair.source, match.pair.market)
    missing = [p for p in places if match.keys_needed < BOTH or p.id not in turned]
    if match.keys_missing:
        return _at(Waiting.KEY, missing, due_after(Waiting.KEY, since))
    others = [place for place in places if place.id not in turned]
    return _at(Waiting.OBJECTION, others, match.takes_effect_on)


def of_deal(deal: Deal) -> Case:
    """A match and its deal."""
    return Case(deal.match, deal, _hold_of_deal(deal), deal.ended_at or deal.moved_at)


def _hold_of_deal(deal: Deal) -> Hold:
    offices = (deal.pair.source, deal.pair.market)
    match deal.state:
        case DealState.NEGOTIATING:
            silent = [p.organisation for p in deal.principals if p.agreed_at is None]
            everyone = [p.organisation for p in deal.principals]
            return _by(Waiting.TERMS, everyone if terms_missing(deal) else silent, deal.moved_at)
        case DealState.AGREED if not deal.is_small:
            return _at(Waiting.SIGNING, offices, due_after(Waiting.SIGNING, deal.moved_at))
        case DealState.AGREED | DealState.SIGNED:
            return _at(Waiting.START, offices, deal.starts_on)
        case DealState.ACTIVE:
            return _hold_of_delivery(deal)
        case DealState.COMPLETED | DealState.PARTLY_COMPLETED:
            return _hold_of_figures(deal)
    return Hold(Waiting.NOTHING)


def _hold_of_delivery(deal: Deal) -> Hold:
    entered = [i for i in deal.instalments if i.state is InstalmentState.ENTERED]
    if entered:
        others = {p.organisation_id: p.organisation for i in entered for p in other_side(i)}
        return _by(Waiting.CONFIRMATION, others.values(), min(i.entered_at for i in entered))
    if not less_than_committed(deal):
        offices = (deal.pair.source, deal.pair.market)
        return _at(Waiting.COMPLETION, offices, due_after(Waiting.COMPLETION, deal.moved_at))
    givers = [p.organisation for p in deal.principals if p.role in GIVING]
    return Hold(
        Waiting.DELIVERY,
        [o.name for o in givers],
        frozenset(o.locality_id for o in givers),
        deal.ends_on,
    )


def _hold_of_figures(deal: Deal) -> Hold:
    figures = deal.outcome.figures if deal.outcome else []
    states = {figure.state for figure in figures}
    ended = deal.ended_at or deal.moved_at
    offices = (deal.pair.source, deal.pair.market)
    if FigureState.SUBMITTED in states:
        return _at(Waiting.VERIFICATION, offices, due_after(Waiting.VERIFICATION, ended))
    if FigureState.RETURNED in states:
        return _at(Waiting.CORRECTION, offices, due_after(Waiting.CORRECTION, deal.moved_at))
    return Hold(Waiting.NOTHING)


def _by(waiting: Waiting, holders: Iterable[Organisation], since: datetime) -> Hold:
    """Held by organisations."""
    found = list(holders)
    return Hold(
        waiting,
        [holder.name for holder in found],
        frozenset(holder.locality_id for holder in found),
        due_after(waiting, since) if waiting in ALLOWED else None,
    )


def _at(waiting: Waiting, places: Iterable[Locality], due_on: date | None) -> Hold:
    """Held by the offices of localities."""
    found = list(places)
    return Hold(waiting, [p.name for p in found], frozenset(p.id for p in found), due_on)
