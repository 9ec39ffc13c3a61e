"""Which cases of the desk a journal entry changes: the desk stands above all features it shows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from marketplace.core.changes import Changes
from marketplace.deals.models import Agreement, Deal, DealParty, Figure, Instalment, Outcome
from marketplace.matching.models import Match

CASES = Changes("match")
"""Everything kept about cases for the desk and the board. What is said here of a kind of record is
compared with the cases after every act of the demonstration (tests/demo/declarations.py)."""

_OF_DEAL = sa.select(Deal.match_id)


def _of_organisations(ids: Collection[int]) -> sa.CompoundSelect[Any]:
    """Their names stand on the cards."""
    named = sa.or_(Match.seller_id.in_(ids), Match.buyer_id.in_(ids))
    party = DealParty.organisation_id.in_(ids)
    return sa.union(
        sa.select(Match.id).where(named),
        _OF_DEAL.join(DealParty, DealParty.deal_id == Deal.id).where(party),
    )


CASES.declare("listing", lambda ids: sa.select(Match.id).where(Match.listing_id.in_(ids)))
CASES.declare("interest", lambda ids: sa.select(Match.id).where(Match.interest_id.in_(ids)))
CASES.declare("organisation", _of_organisations)
CASES.declare("deal", lambda ids: _OF_DEAL.where(Deal.id.in_(ids)))
CASES.declare(
    "agreement",
    lambda ids: _OF_DEAL.join(Agreement, Agreement.deal_id == Deal.id).where(Agreement.id.in_(ids)),
)
CASES.declare(
    "instalment",
    lambda ids: _OF_DEAL.join(Instalment, Instalment.deal_id == Deal.id).where(
        Instalment.id.in_(ids)
    ),
)
CASES.declare(
    "outcome",
    lambda ids: _OF_DEAL.join(Outcome, Outcome.deal_id == Deal.id).where(Outcome.id.in_(ids)),
)
CASES.declare(
    "figure",
    lambda ids: (
        _OF_DEAL.join(Outcome, Outcome.deal_id == Deal.id)
        .join(Figure, Figure.outcome_id == Outcome.id)
        .where(Figure.id.in_(ids))
    ),
)
CASES.declare_harmless(
    *("call_off", "delivery", "dispatch", "payment", "scheduled_delivery"),
    *("message", "officer_note", "question", "task", "promise", "meeting", "introduction"),
    *("trip", "trip_person", "trip_stop", "trip_report", "road_notice", "village_access"),
    *("enquiry", "invitee", "lot", "paper", "saved_search", "search_digest", "listing_watch"),
    *("synonym_group", "user_account"),
)
