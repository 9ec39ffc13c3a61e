"""What the case page shows beside the records themselves: answers, keys, moves, papers.

Loads rows; the template only prints. Buttons come from the workflows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import url_for

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import ActingRecord, Organisation, StoredFile
from marketplace.accounts.rules import may_manage, whose_word
from marketplace.catalogue import queries as catalogue
from marketplace.core import journal
from marketplace.deals import rules
from marketplace.deals.models import Deal, Figure, Instalment
from marketplace.deals.rules import DEAL
from marketplace.matching import rules as matching_rules
from marketplace.matching.models import Match
from marketplace.matching.rules import MATCH
from marketplace.programme.rules import key_lines
from marketplace.web.access import actor
from marketplace.web.workflow import MoveButton, moves


def records(match: Match, deal: Deal | None) -> list[journal.Recorded]:
    """The records whose history is the history of the case."""
    found: list[Any] = [match, *([match.interest] if match.interest else [])]
    if deal is not None:
        outcome = deal.outcome
        found += [deal, *deal.instalments]
        found += [outcome, *outcome.figures] if outcome else []
    return found


def shown(match: Match, deal: Deal | None) -> dict[str, Any]:
    """What the page shows beside the records themselves."""
    theirs = open_party(match) if match.state is MATCH.initial else None
    if deal is not None and deal.state in rules.UNDER_WAY:
        theirs = word([party.organisation for party in deal.principals])
    told: dict[str, Any] = {
        "missing": matching_rules.what_is_missing(match),
        "consents": _consents(match),
        "keys": _keys(match),
        "moves": _match_moves(match),
        "word_for": theirs if _recorded(theirs) else None,
        "words": _recorded_words(match, deal),
        "listing_url": match.listing.path if catalogue.is_open_to(match.listing, actor()) else None,
    }
    if deal is not None:
        told |= {
            "missing": rules.what_is_missing(deal),
            "steps": rules.progress(deal),
            "all_steps": rules.full_way(deal),
            "label": rules.label_of(deal),
            "is_late": rules.is_late(deal),
            "roles": rules.PARTY_LABELS,
            "indicators": rules.INDICATOR_LABELS,
            "deal_moves": _deal_moves(match, deal),
            "instalments": [(i, _instalment_moves(match, i)) for i in deal.instalments],
            "figures": _figures(match, deal),
            "may_enter": rules.may_enter_now(actor(), deal),
            "may_add_party": _may_add_party(deal),
            "may_verify": sum(
                rules.may_verify_figure(actor(), f) for f in rules.waiting_figures(deal)
            ),
        }
    return told


def word(organisations: Sequence[Organisation]) -> Organisation | None:
    """The organisation whose word the reader gives among these."""
    return whose_word(actor(), organisations)


def _recorded(organisation: Organisation | None) -> bool:
    """Whether the reader would record this organisation's word rather than give their own."""
    return organisation is not None and not may_manage(actor(), organisation)


def _consents(match: Match) -> list[dict[str, Any]]:
    given = {consent.organisation_id: consent for consent in match.consents}
    told = []
    for party in match.parties:
        consent = given.get(party.id)
        told.append(
            {
                "organisation": party.name,
                "answer": consent.answer.value if consent else None,
                "at": consent.at if consent else None,
                "who": consent.user.name if consent and consent.user else None,
                "recorded_for": party.name if consent and consent.acted else None,
            }
        )
    return told


def _keys(match: Match) -> list[dict[str, Any]]:
    """Both localities' keys; under one key the other locality is shown only once it has turned."""
    turned = {key.locality_id for key in match.keys}
    mine = matching_rules.may_key(actor(), match) and match.state is MATCH.initial
    localities = [
        locality.id
        for locality in (match.pair.source, match.pair.market)
        if locality.id in turned or match.keys_missing
    ]
    return key_lines(match.pair, match.keys, localities, actor().locality_id if mine else None)


def _recorded_words(match: Match, deal: Deal | None) -> Sequence[ActingRecord]:
    """Whose word was recorded in this case, by whom and how."""
    subjects = [("match", match.id), ("listing", match.listing_id)]
    if match.interest_id is not None:
        subjects.append(("interest", match.interest_id))
    if deal is not None:
        subjects.append(("deal", deal.id))
    return accounts.acting_records(*subjects)


def _figures(match: Match, deal: Deal) -> list[tuple[Figure, list[MoveButton]]]:
    if deal.outcome is None:
        return []
    return [(figure, figure_moves(figure, match.public_id)) for figure in deal.outcome.figures]


def figure_moves(figure: Figure, case_id: str) -> list[MoveButton]:
    """The moves on a figure; writing a returned one anew has its own page."""

    def address(move: str) -> str:
        endpoint, name = (
            ("deals.correct_figure", None) if move == "submit" else ("deals.figure_move", move)
        )
        return url_for(endpoint, public_id=case_id, figure_id=figure.public_id, move=name)

    return moves(figure, address, as_page=["submit"])


def _match_moves(match: Match) -> list[MoveButton]:
    return moves(
        match,
        lambda move: url_for("deals.match_move", public_id=match.public_id, move=move),
        as_page=["consent", "refuse"] if _recorded(open_party(match)) else [],
    )


def open_party(match: Match) -> Organisation | None:
    """The party whose yes or no the reader would give."""
    answered = {consent.organisation_id for consent in match.consents}
    return word([party for party in match.parties if party.id not in answered])


PAGES = {
    "set_terms": "deals.terms",
    "accept_terms": "deals.accept",
    "sign": "deals.sign",
}
"""Moves of a deal that ask for more than a click."""


def _deal_moves(match: Match, deal: Deal) -> list[MoveButton]:
    def address(move: str) -> str:
        if move in PAGES:
            return url_for(PAGES[move], public_id=match.public_id)
        return url_for("deals.deal_move", public_id=match.public_id, move=move)

    # What signing lacks is what its page asks for.
    return [
        replace(move, blockers=()) if move.name == "sign" else move
        for move in moves(deal, address, as_page=list(PAGES))
    ]


def _instalment_moves(match: Match, instalment: Instalment) -> list[MoveButton]:
    def address(move: str) -> str:
        endpoint, name = (
            ("deals.correct", None) if move == "correct" else ("deals.instalment_move", move)
        )
        return url_for(
            endpoint, public_id=match.public_id, instalment_id=instalment.public_id, move=name
        )

    paged = {"correct"}
    if _recorded(confirmer(instalment)):
        paged.add("confirm")
    if _recorded(word([instalment.stated_for])):
        paged.add("withdraw")
    return moves(instalment, address, as_page=paged)


def confirmer(instalment: Instalment) -> Organisation | None:
    """The party whose confirmation the reader would give."""
    return word([party.organisation for party in rules.other_side(instalment)])


def _may_add_party(deal: Deal) -> bool:
    return actor().is_officer and DEAL.initial is deal.state


def papers(match: Match, deal: Deal | None) -> list[StoredFile]:
    """The papers of a case. The slips behind recorded words are for officials."""
    kept = [match.paper]
    if deal is not None:
        kept += [deal.paper, *(i.paper for i in deal.instalments)]
    if actor().is_officer:
        kept += [record.evidence for record in _recorded_words(match, deal)]
    return [file for file in kept if file is not None]
