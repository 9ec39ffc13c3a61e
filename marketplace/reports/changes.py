"""Which pairs' sums a journal entry changes."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace.core.changes import Changes
from marketplace.deals.models import Deal, Figure, Outcome
from marketplace.matching.models import Match

SUMS = Changes("pair")
"""The tally of verified figures. What is said here of a kind of record is compared with the tally
after every act of the demonstration (tests/demo/declarations.py)."""

_OF_OUTCOMES = (
    sa.select(Deal.pair_id)
    .join(Outcome, Outcome.deal_id == Deal.id)
    .join(Match, Match.id == Deal.match_id)
)

SUMS.declare("figure", lambda ids: sa.select(Figure.pair_id).where(Figure.id.in_(ids)).distinct())
SUMS.declare("match", lambda ids: _OF_OUTCOMES.where(Match.id.in_(ids)))
SUMS.declare(
    "listing",  # says the sector
    lambda ids: _OF_OUTCOMES.where(sa.or_(Match.listing_id.in_(ids), Match.stock_id.in_(ids))),
)
SUMS.declare_harmless(
    *("organisation", "interest", "deal", "agreement", "instalment", "outcome"),
    *("call_off", "delivery", "dispatch", "payment", "scheduled_delivery"),
    *("message", "officer_note", "question", "task", "promise", "meeting", "introduction"),
    *("trip", "trip_person", "trip_stop", "trip_report", "road_notice", "village_access"),
    *("enquiry", "invitee", "lot", "paper", "saved_search", "search_digest", "listing_watch"),
    *("synonym_group", "user_account"),
)
