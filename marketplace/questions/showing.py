"""What pages show of questions, prepared as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

from flask import url_for

from marketplace.accounts.history import Line
from marketplace.accounts.rules import may_manage
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import IN_PUBLIC, ListingState
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.questions import queries
from marketplace.questions.forms import AnswerForm
from marketplace.questions.queries import Answered, Period
from marketplace.questions.rules import QuestionState, may_ask, may_set_date

ON_PAGE = 10
"""Answers a listing's page shows; the rest has a page of its own."""
MOST_TEXT = 5_000
"""Characters of questions and answers on a listing's page, which weighs 8 KB at most."""

TONES = {
    QuestionState.ASKED: "act",
    QuestionState.ANSWERED: "ok",
    QuestionState.DECLINED: "plain",
    QuestionState.REMOVED: "plain",
}


def address(listing: Listing) -> str:
    """Where all questions about a listing stand."""
    return url_for("questions.index", public_id=listing.slugged)


def ask_address(listing: Listing) -> str:
    """Where one asks about a listing."""
    return url_for("questions.ask", public_id=listing.slugged)


def said_of(listing: Listing, period: Period) -> Text | None:
    """Until when questions are, or were, taken; None where there is nothing to say."""
    if period.is_open:
        if period.until is None:
            return Text(N_("Questions are taken as long as the listing is public."))
        return Text(N_("Questions are taken until %(day)s."), day=period.until)
    if period.until is not None:
        return Text(N_("Questions were taken until %(day)s."), day=period.until)
    if listing.state is ListingState.CLOSED:
        return Text(N_("The listing is closed and takes no questions."))
    return None


def asking(listing: Listing, reader: Actor) -> dict[str, Any]:
    """Whether and where this reader asks, and what is said about it.

    A visitor is shown the way and signs in first; who answers here is shown none.
    """
    period = queries.period(listing)
    shown = period.is_open and (not reader.is_signed_in or may_ask(reader, listing))
    return {
        "ask_url": ask_address(listing) if shown else None,
        "period": said_of(listing, period),
        "is_open": period.is_open,
    }


def on_page(listing: Listing, reader: Actor) -> Mapping[str, Any] | None:
    """The panel of a listing's public page."""
    if listing.state not in IN_PUBLIC:
        return None
    newest, total = queries.answered_of(listing.id, limit=ON_PAGE)
    items = _short(newest)
    mine = queries.own_of(listing.id, reader.organisation_id)
    asks = asking(listing, reader)
    if not (items or mine or asks["is_open"]):
        return None
    more = address(listing) if total > len(items) else None
    return {"answered": items, "total": total, "more_url": more, "mine": mine, **asks}


def _short(newest: Sequence[Answered]) -> list[Answered]:
    """As many of the newest as the page can carry, and one at least."""
    carried = accumulate(len(item.words) + len(item.answer) for item in newest)
    return [item for item, text in zip(newest, carried, strict=True) if text <= MOST_TEXT] or [
        *newest[:1]
    ]


def _blank(name: str) -> AnswerForm:
    """An answer's form that stands beside others: it holds nothing of what was just sent."""
    form = AnswerForm(formdata=None)
    form.again()
    form.speak_for(None)
    return form.apart(name)


def on_own_page(listing: Listing, reader: Actor) -> Mapping[str, Any] | None:
    """The panel of the owner's page: what waits, with the forms to answer; until when."""
    if listing.state is not ListingState.PUBLISHED:
        return None
    by_itself = may_manage(reader, listing.organisation)
    period = queries.period(listing)
    return {
        "waiting": [
            (question, _blank(question.public_id)) for question in queries.waiting_of(listing.id)
        ],
        "by_itself": by_itself,
        "period": said_of(listing, period),
        "date_url": url_for("questions.set_date", public_id=listing.public_id)
        if may_set_date(reader, listing)
        else None,
        "all_url": address(listing),
        "total": queries.answered_of(listing.id, limit=1)[1],
    }


def lines_for(reader: Actor, lines: Iterable[Line], *, sees_asker: bool) -> list[Line]:
    """A question's history: who asked is kept from the owner, people's names from both sides."""
    if reader.is_officer and sees_asker:
        return list(lines)
    return [
        replace(line, who="", organisation="", locality="")
        if line.name == "question.asked" and not sees_asker
        else replace(line, who="")
        for line in lines
    ]
