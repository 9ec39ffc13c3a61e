"""What the case page shows beside the records themselves: answers, keys, moves, papers.

Loads rows; the template only prints. Buttons come from the workflows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from marketplace.accounts import queries as accounts
from marketplace.accounts.history import Line
from marketplace.accounts.models import ActingRecord, Organisation, StoredFile
from marketplace.accounts.rules import may_manage, whose_word
from marketplace.catalogue import queries as catalogue
from marketplace.core import journal
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import Entry
from marketplace.deals import entering, queries, rules
from marketplace.deals.models import Deal, Figure, Instalment, Offer, Ruling
from marketplace.deals.panels import Shown
from marketplace.deals.rules import DEAL
from marketplace.matching import rules as matching_rules
from marketplace.matching.models import Match
from marketplace.matching.rules import MATCH
from marketplace.programme.rules import key_lines
from marketplace.web import formats
from marketplace.web.access import actor
from marketplace.web.workflow import MoveButton, moves


def records(match: Match, deal: Deal | None) -> list[journal.Recorded]:
    """The records whose history is the history of the case."""
    found: list[Any] = [match, *([match.interest] if match.interest else [])]
    if deal is not None:
        outcome = deal.outcome
        found += [deal, *deal.instalments, *deal.rulings]
        found += [deal.agreement] if deal.agreement else []
        found += [outcome, *outcome.figures] if outcome else []
    return found


def shown(match: Match, deal: Deal | None) -> dict[str, Any]:
    """What the page shows beside the records themselves."""
    theirs = open_party(match) if match.state is MATCH.initial else None
    if deal is not None and deal.state in rules.UNDER_WAY:
        theirs = word([party.organisation for party in deal.principals])
    is_open = match.state is MATCH.initial
    waits = matching_rules.waits_for_time(match) if is_open else []
    missing = [] if waits or not is_open else matching_rules.what_is_missing(match)
    told: dict[str, Any] = {
        "missing": missing,
        "waits": waits,
        "consents": _consents(match),
        "keys": _keys(match),
        "moves": _said_once(_match_moves(match), missing),
        "word_for": theirs if _recorded(theirs) else None,
        "in_contact": queries.in_contact(match, deal),
        "listing_url": match.listing.path if catalogue.is_open_to(match.listing, actor()) else None,
    }
    if deal is not None:
        missing = list(rules.what_is_missing(deal))
        instalments = [(i, _instalment_moves(match, i)) for i in deal.instalments]
        told |= {
            "missing": missing,
            "steps": rules.progress(deal),
            "all_steps": rules.full_way(deal),
            "label": rules.label_of(deal),
            "is_late": rules.is_late(deal),
            "roles": rules.PARTY_LABELS,
            "goods_reasons": rules.GOODS_REASONS,
            "indicators": rules.INDICATOR_LABELS,
            "deal_moves": _said_once(_deal_moves(match, deal), missing),
            "offers": offers(deal),
            "paper_labels": rules.PAPER_LABELS,
            "linkage_forms": rules.LINKAGE_FORMS,
            "may_draw_up": _may_draw_up(deal),
            "paper_moves": (paper_moves := _paper_moves(match, deal)),
            "paper_is_next": _paper_is_next(deal, paper_moves),
            "rulings": [(r, _ruling_keys(r), _ruling_moves(match, r)) for r in deal.rulings],
            "ruling_labels": rules.RULING_LABELS,
            "ruling_reasons": rules.SETTLE_REASONS | rules.TERMINATE_REASONS,
            "stop_reasons": rules.SUSPEND_REASONS | rules.DISPUTE_REASONS,
            "instalments": instalments,
            "to_confirm": _to_confirm(instalments) if told["word_for"] is None else None,
            "figures": _figures(match, deal),
            "may_enter": rules.may_enter_now(actor(), deal),
            "may_add_party": _may_add_party(deal),
            "to_take_out": [p for p in deal.parties if rules.may_take_out(actor(), p)],
            "may_verify": sum(
                rules.may_verify_figure(actor(), f) for f in rules.waiting_figures(deal)
            ),
        }
    return told


SEE_ABOVE = Text(N_("See above what is still missing."))


def _said_once(buttons: Sequence[MoveButton], missing: Sequence[Text]) -> list[MoveButton]:
    """The buttons; what shuts one and stands in the notice above is not said again below it."""
    return [
        replace(button, blockers=[why for why in button.blockers if why not in missing])
        if any(why not in missing for why in button.blockers)
        else replace(button, blockers=[SEE_ABOVE] if button.blockers else ())
        for button in buttons
    ]


def what_is_decided(
    match: Match,
    deal: Deal | None = None,
    *,
    keys: int | None = None,
    instalment: Instalment | None = None,
    figure: Figure | None = None,
    ruling: Ruling | None = None,
) -> Shown:
    """The facts that stand on the page of a decision: who, how much, worth what, how many keys."""
    data = {
        "match": match,
        "deal": deal,
        "keys": keys,
        "instalment": instalment,
        "figure": figure,
        "indicator": rules.INDICATOR_LABELS[figure.indicator] if figure is not None else None,
        "ruling": ruling,
        "ruling_label": rules.RULING_LABELS[ruling.kind] if ruling is not None else None,
    }
    return Shown("decided", "yes", "deals/_decided.html", data)


def turn(match: Match, deal: Deal | None) -> tuple[Text, str] | None:
    """Whose turn it is, as a tag of the list; None where nobody has to act."""
    awaited = rules.awaited(deal) if deal is not None else _awaited(match)
    is_mine = any(may_manage(actor(), one) for one in awaited.organisations) or any(
        actor().is_officer_of(place.id) for place in awaited.localities
    )
    if is_mine and deal is None and awaited.localities:
        is_mine = matching_rules.may_key(actor(), match)
    if is_mine:
        return Text(N_("Your turn")), "now"
    return (Text(N_("Waiting for %(name)s"), name=awaited.names), "plain") if any(awaited) else None


def _awaited(match: Match) -> rules.Awaited:
    if match.state is not MATCH.initial:
        return rules.Awaited()
    silent = matching_rules.unanswered(match)
    if silent or not match.keys_missing:
        return rules.Awaited(silent)
    return rules.Awaited(localities=matching_rules.not_turned(match))


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
    """Whose word was recorded in this case, by whom and how; the listing's words are its own."""
    subjects = [("match", match.id)]
    if match.interest_id is not None:
        subjects.append(("interest", match.interest_id))
    if deal is not None:
        subjects.append(("deal", deal.id))
    return accounts.acting_records(*subjects)


def words(
    match: Match, deal: Deal | None, entries: Sequence[Entry], lines: Sequence[Line]
) -> list[tuple[ActingRecord, Line | None]]:
    """The recorded words, each with the line of the history that says what was said."""
    matter = {entry.acting_id: line for entry, line in zip(entries, lines, strict=True)}
    return [(record, matter.get(record.id)) for record in _recorded_words(match, deal)]


def with_indicators(
    deal: Deal | None, entries: Sequence[Entry], lines: Sequence[Line]
) -> list[Line]:
    """The lines of a history; those about a figure name what it counts."""
    figures = deal.outcome.figures if deal is not None and deal.outcome is not None else []
    counted = {figure.id: rules.INDICATOR_LABELS[figure.indicator] for figure in figures}
    return [
        replace(line, data={**line.data, "indicator": counted[entry.subject_id]})
        if entry.subject_type == "figure" and entry.subject_id in counted
        else line
        for entry, line in zip(entries, lines, strict=True)
    ]


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
        words_of=_words_of(open_party(match), "consent", "refuse"),
    )


def _words_of(organisation: Organisation | None, *names: str) -> dict[str, str]:
    """Moves by which the reader would record a word of this organisation, which is not theirs."""
    if organisation is None or not _recorded(organisation):
        return {}
    return dict.fromkeys(names, organisation.name)


def open_party(match: Match) -> Organisation | None:
    """The party whose yes or no the reader would give."""
    answered = {consent.organisation_id for consent in match.consents}
    return word([party for party in match.parties if party.id not in answered])


PAGES = {
    "set_terms": "deals.terms",
    "accept_terms": "deals.accept",
    "sign": "deals.sign",
    "suspend": "deals.stop",
    "dispute": "deals.stop",
}
"""Moves of a deal that ask for more than a click."""
TAKING_MOVE = frozenset({"deals.stop", "deals.resume", "deals.deal_move"})


def _deal_moves(match: Match, deal: Deal) -> list[MoveButton]:
    def address(move: str) -> str:
        other = "deals.resume" if move.startswith("resume_") else "deals.deal_move"
        endpoint = PAGES.get(move, other)
        name = move if endpoint in TAKING_MOVE else None
        return url_for(endpoint, public_id=match.public_id, move=name)

    paged = set(PAGES)
    if recorded_word(deal, may_decide=True):
        paged |= {"cancel", *(name for name in DEAL.transitions if name.startswith("resume_"))}
    silent = [party.organisation for party in deal.principals if party.agreed_at is None]
    recorded = _words_of(word(silent), "accept_terms")
    return [_fitting(move, deal) for move in moves(deal, address, as_page=paged, words_of=recorded)]


def _fitting(move: MoveButton, deal: Deal) -> MoveButton:
    """The button as the case needs it now."""
    if move.name == "sign" and deal.agreement is None:
        return replace(move, blockers=())  # the page of signing asks for a paper made elsewhere
    if move.name == "set_terms" and rules.terms_missing(deal):
        return replace(move, label=N_("Complete the terms"), tone="primary")
    return move


def recorded_word(deal: Deal, *, may_decide: bool) -> Organisation | None:
    """The party whose word the reader records here; None for who may decide it themselves."""
    if may_decide and rules.is_officer_in(actor(), deal):
        return None
    theirs = word([party.organisation for party in deal.principals])
    return theirs if _recorded(theirs) else None


def _may_draw_up(deal: Deal) -> bool:
    if deal.agreement is not None:
        return rules.AGREEMENT.allows(deal.agreement, "redraw", actor())
    return rules.may_draw_up_for(actor(), deal)


def _paper_moves(match: Match, deal: Deal) -> list[MoveButton]:
    """Handing in, holding and releasing; choosing the paper and countersigning have their own."""
    if deal.agreement is None:
        return []

    def address(move: str) -> str:
        endpoint, name = (
            ("deals.hand_in", None) if move == "hand_in" else ("deals.paper_move", move)
        )
        return url_for(endpoint, public_id=match.public_id, move=name)

    agreement = deal.agreement
    better = N_("Replace the signed copy")
    return [
        replace(move, label=better, tone="quiet")
        if move.name == "hand_in" and not rules.missing_from(actor(), agreement)
        else move
        for move in moves(
            agreement, address, leave_out=["redraw", "countersign"], as_page=["hand_in"]
        )
    ]


def _paper_is_next(deal: Deal, paper_moves: Sequence[MoveButton]) -> bool:
    """Whether the reader's next step is the paper: to draw it up, or to hand in the signed copy."""
    if deal.state is not rules.DealState.AGREED or deal.is_small:
        return False
    if deal.agreement is None:
        return _may_draw_up(deal)
    return any(move.name == "hand_in" and move.tone != "quiet" for move in paper_moves)


def _to_confirm(
    instalments: Sequence[tuple[Instalment, Sequence[MoveButton]]],
) -> Instalment | None:
    """The last delivery that waits for the reader's own yes."""
    waiting = [one for one, steps in instalments if any(s.name == "confirm" for s in steps)]
    return waiting[-1] if waiting else None


def _ruling_keys(ruling: Ruling) -> list[dict[str, Any]]:
    pair = ruling.deal.pair
    mine = rules.RULING.allows(ruling, "turn_key", actor())
    return key_lines(pair, ruling.keys, pair.locality_ids, actor().locality_id if mine else None)


def _ruling_moves(match: Match, ruling: Ruling) -> list[MoveButton]:
    return moves(
        ruling,
        lambda move: url_for(
            "deals.ruling_move", public_id=match.public_id, ruling_id=ruling.public_id, move=move
        ),
    )


# ---------------------------------------------------------------- offers


@dataclass(frozen=True, slots=True)
class OfferLine:
    """An offer as the table shows it; ``changes`` say in words what the one before said."""

    offer: Offer
    changes: Sequence[Text]
    accepted_by: Sequence[str]
    is_on_the_table: bool


def offers(deal: Deal) -> list[OfferLine]:
    """The offers of a deal, the one on the table first."""
    names = {party.organisation_id: party.organisation.name for party in deal.parties}
    before: list[Offer | None] = [None, *deal.offers]
    lines = [
        OfferLine(
            offer,
            changed(deal, earlier, offer) if earlier is not None else [],
            [names[a.organisation_id] for a in offer.answers if a.organisation_id in names],
            is_on_the_table=offer is deal.offer,
        )
        for earlier, offer in zip(before, deal.offers, strict=False)
    ]
    return lines[::-1]


CHANGES: tuple[tuple[str, str, str], ...] = (
    ("quantity", N_("Quantity: %(before)s → %(after)s"), "quantity"),
    ("unit_price", N_("Price: %(before)s → %(after)s"), "money"),
    ("value", N_("Value: %(before)s → %(after)s"), "money"),
    ("starts_on", N_("First day: %(before)s → %(after)s"), "day"),
    ("ends_on", N_("Last day: %(before)s → %(after)s"), "day"),
)
TEXTS = {
    "delivery": N_("Delivery is worded anew"),
    "payment": N_("Payment is worded anew"),
    "quality": N_("Quality and papers are worded anew"),
    "other": N_("The other terms are worded anew"),
}
TEXTS_OF_CAPITAL = TEXTS | {"delivery": N_("How it is carried out is worded anew")}
"""The same where capital is put in and no goods are delivered."""


def changed(deal: Deal, earlier: Offer, offer: Offer) -> list[Text]:
    """What an offer says otherwise than the one before it."""

    def written(value: Any, how: str) -> Text | str:
        if value is None:
            return Text(N_("open"))
        if how == "quantity":
            return formats.quantity(value, deal.unit)
        return formats.money(value) if how == "money" else formats.day(value)

    found = [
        Text(
            sentence,
            before=written(getattr(earlier, name), how),
            after=written(getattr(offer, name), how),
        )
        for name, sentence, how in CHANGES
        if getattr(earlier, name) != getattr(offer, name)
    ]
    return found + [
        Text(sentence)
        for name, sentence in (TEXTS if deal.unit is not None else TEXTS_OF_CAPITAL).items()
        if getattr(earlier, name) != getattr(offer, name)
    ]


def _instalment_moves(match: Match, instalment: Instalment) -> list[MoveButton]:
    def address(move: str) -> str:
        endpoint, name = (
            ("deals.correct", None) if move == "correct" else ("deals.instalment_move", move)
        )
        return url_for(
            endpoint, public_id=match.public_id, instalment_id=instalment.public_id, move=name
        )

    recorded = _words_of(confirmer(instalment), "confirm")
    recorded |= _words_of(word([instalment.stated_for]), "withdraw")
    return moves(instalment, address, as_page=["correct"], words_of=recorded)


def typed_value(instalment: Instalment) -> int | None:
    """The value somebody typed; None where it is what the goods are worth at the agreed price.

    A corrected quantity is then worth what it is, not what the first one was.
    """
    deal = instalment.deal
    if deal.unit is None:
        return instalment.value
    split = instalment.accepted, instalment.downgraded, instalment.downgraded_price
    return None if instalment.value == entering.worth(deal, *split) else instalment.value


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
        kept += [i.photo for i in deal.instalments]
        kept += [s.paper for s in deal.agreement.signatures] if deal.agreement else []
    if actor().is_officer:
        kept += [record.evidence for record in _recorded_words(match, deal)]
    return [file for file in kept if file is not None]
