"""What the pages of a selection show beside its records: the table, the standing, the buttons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from marketplace.catalogue.models import Listing
from marketplace.choosing import queries, rules
from marketplace.choosing.models import Applicant, Selection
from marketplace.choosing.rules import SELECTION, SelectionState
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.core.numerals import decimal_sign
from marketplace.core.workflow import Step, way
from marketplace.matching import queries as matching
from marketplace.matching.models import Match
from marketplace.matching.rules import MatchState, unanswered
from marketplace.programme.rules import key_lines
from marketplace.web.access import actor
from marketplace.web.locale import language
from marketplace.web.workflow import MoveButton, moves

PAGES = {"declare": "choosing.declare", "propose": "choosing.propose"}
"""Moves with a page of their own."""

TONES = {
    SelectionState.OPEN: "now",
    SelectionState.SCORING: "now",
    SelectionState.DECIDED: "ok",
    SelectionState.VOID: "bad",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One decider's points for one applicant on one criterion."""

    who: str
    points: int
    words: str


def tenths(value: int | None) -> str:
    """``78,5`` from tenths of 100; ``78.5`` in English."""
    return "" if value is None else f"{value // 10}{decimal_sign(language())}{value % 10}"


def steps(selection: Selection) -> list[Step]:
    """The way of a selection as beads."""
    labels = [
        SELECTION.labels[SelectionState.OPEN],
        SELECTION.labels[SelectionState.SCORING],
        N_("Both localities decide"),
    ]
    if selection.state is SelectionState.OPEN:
        return way(labels, 0)
    if selection.state is SelectionState.SCORING:
        return way(labels, 2 if selection.is_proposed else 1)
    end = SELECTION.labels[selection.state]
    return way([*labels[: 3 if selection.begun_at else 1], end], 3, is_over=True)


def office(selection: Selection) -> dict[str, Any]:
    """The comparison as an official sees it now."""
    someone = actor()
    sees = rules.may_see_scores(someone, selection)
    averages = rules.averages(selection) if sees else {}
    mine = rules.may_key(someone, selection)
    return {
        "steps": steps(selection),
        "criteria": [(one.name, one.weight) for one in selection.criteria],
        "tone": TONES[selection.state],
        "missing": rules.what_is_missing(selection),
        "moves": buttons(selection),
        "sees_scores": sees,
        "averages": {key: tenths(value) for key, value in averages.items()},
        "places": rules.standings(averages),
        "cells": _cells(selection) if sees else {},
        "mine": _own_sheets(selection, someone),
        "may_score": rules.may_score(someone, selection)
        and not rules.points_stand(someone, selection)
        and selection.state is SelectionState.SCORING,
        "has_scored": rules.has_scored(someone.user_id, selection),
        "has_hand": rules.has_hand(someone, selection),
        "deciders": _deciders(selection),
        "keys": key_lines(
            selection.pair,
            selection.keys,
            selection.pair.locality_ids,
            someone.locality_id if mine else None,
        ),
        "answers": [one for one in selection.applicants if one.asked],
        "may_answer": {
            one.public_id for one in selection.applicants if rules.may_answer(someone, one)
        },
    }


def _cells(selection: Selection) -> Mapping[tuple[int, int], list[Cell]]:
    """Points by (applicant, criterion), decider by decider."""
    names = {one.user_id: one.user.name for one in selection.declarations}
    found: dict[tuple[int, int], list[Cell]] = {}
    for one in selection.scores:
        cell = Cell(names.get(one.user_id, ""), one.points, one.words)
        found.setdefault((one.applicant_id, one.criterion_id), []).append(cell)
    return found


def _own_sheets(selection: Selection, someone: Actor) -> set[int]:
    """The applicants to whom the reader has given points."""
    return {one.applicant_id for one in selection.scores if one.user_id == someone.user_id}


def _deciders(selection: Selection) -> list[dict[str, Any]]:
    """Who declared what, and whether their sheet is whole."""
    hands = selection.hand_ids
    return [
        {
            "name": one.user.name,
            "locality": one.locality.name,
            "has_conflict": one.has_conflict or one.user_id in hands,
            "words": one.words,
            "at": one.at,
            "is_whole": rules.has_scored(one.user_id, selection),
        }
        for one in selection.declarations
    ]


def buttons(selection: Selection) -> list[MoveButton]:
    """The moves of the reader; points are given applicant by applicant."""

    def address(move: str) -> str:
        if move in PAGES:
            return url_for(PAGES[move], public_id=selection.public_id)
        return url_for("choosing.move", public_id=selection.public_id, move=move)

    return moves(selection, address, leave_out=["score"], as_page=list(PAGES))


def applicant_view(selection: Selection) -> dict[str, Any]:
    """What an applicant is shown: the way, the days, and at the end its own standing only."""
    mine = queries.own(selection, actor())
    is_over = not selection.is_live
    match = matching.of_interest(mine.interest_id) if mine and mine.is_chosen else None
    return {
        "steps": steps(selection),
        "criteria": [(one.name, one.weight) for one in selection.criteria],
        "tone": TONES[selection.state],
        "mine": mine,
        "result": _result(mine, match) if mine is not None and is_over else None,
        "case_url": url_for("deals.case", public_id=match.public_id) if match else None,
        "points": tenths(mine.points) if mine is not None and is_over else "",
        "compared": len(selection.compared),
        "may_ask": mine is not None and rules.may_ask(actor(), mine),
        "ask_until": rules.ask_until(selection) if is_over else None,
    }


def _result(mine: Applicant, match: Match | None) -> Text:
    """How the selection ended for this applicant; ``match`` is what came of it."""
    if mine.is_chosen and match is not None and _is_asked(mine, match):
        return Text(N_("You were chosen. A match is proposed; say yes or no to it."))
    if mine.is_chosen:
        return Text(N_("You were chosen. Follow the connection."))
    if mine.is_late:
        return Text(N_("It came after the closing day and was not compared."))
    if mine.place is None:
        return Text(N_("It was not compared to the end."))
    if mine.selection.chosen is None:
        return Text(N_("Nobody was chosen this time."))
    return Text(N_("Another partner was chosen this time."))


def _is_asked(mine: Applicant, match: Match) -> bool:
    """Whether the match still waits for this applicant's answer."""
    silent = {party.id for party in unanswered(match)}
    return match.state is MatchState.PROPOSED and mine.interest.organisation_id in silent


def on_page(listing: Listing, reader: Actor) -> Mapping[str, Any] | None:
    """On the opportunity's pages and beside an interest: that a selection goes on, and where."""
    if listing.kind != "opportunity" or not reader.is_signed_in:
        return None
    selection = queries.of_listing(listing.id, reader)
    if selection is None:
        return None
    return {
        "selection": selection,
        "label": SELECTION.label_of(selection),
        "tone": TONES[selection.state],
        "url": url_for("choosing.show", public_id=selection.public_id),
    }


def on_own_page(listing: Listing, reader: Actor) -> Mapping[str, Any] | None:
    """On the owner's page also the button that opens one."""
    if listing.kind != "opportunity" or not reader.is_officer_of(listing.locality_id):
        return None
    shown = dict(on_page(listing, reader) or {"selection": None})
    opens = any(one.id == listing.id for one in queries.could_open(reader))
    shown["open_url"] = url_for("choosing.open_", public_id=listing.public_id) if opens else None
    return shown if shown["selection"] or opens else None
