"""The addresses of the public API."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Flask, current_app, g
from flask.typing import ResponseReturnValue

from marketplace.accounts import throttle
from marketplace.accounts.throttle import Limit
from marketplace.api import openapi, queries, rules, showing
from marketplace.catalogue.browse import Lists
from marketplace.core.errors import NotFound
from marketplace.programme.models import Pair
from marketplace.reports import queries as reports
from marketplace.reports.rules import Span, span
from marketplace.sharing import queries as sharing
from marketplace.sharing.fields import LISTING_FIELDS, RESULT_FIELDS, record
from marketplace.web import errors
from marketplace.web.access import PUBLIC, access
from marketplace.web.locale import LANGUAGES, language, spoken
from marketplace.web.navigation import Entry
from marketplace.web.security import client_address

bp = Blueprint("api", __name__, url_prefix="/api/v1")
ENTRIES: tuple[Entry, ...] = ()
LIMIT = Limit("api", rules.TRIES, timedelta(minutes=1))
"""Counted in the database, so that every worker process counts the same."""


bp.after_request(showing.open_to_all)


@bp.before_request
def _ration() -> None:
    throttle.count((LIMIT, client_address()))


def _pair() -> Pair:
    """The pair of this address. Raises NotFound where there is none."""
    pair: Pair | None = g.get("pair")
    if pair is None:
        raise NotFound
    return pair


@bp.get("/listings")
@access(PUBLIC)
@spoken
def listings() -> ResponseReturnValue:
    """Public listings: of one kind as its page lists them, or of all kinds."""
    args, pair = showing.asked(), _pair()
    rules.choice(args, "lang", LANGUAGES)
    wish = showing.wish(args, Lists(pair).places)
    number, size = showing.paging(args)
    offset = (number - 1) * size
    if wish.of is not None:
        found = queries.listings(pair, wish.of, offset, size)
    elif wish.q:
        found = queries.searched(pair, wish.q, offset, size)
    else:
        found = queries.newest(pair, offset, size)
    return showing.answer(showing.page(found, LISTING_FIELDS, number, size))


@bp.get("/listings/<public:public_id>")
@access(PUBLIC)
@spoken
def listing(public_id: str) -> ResponseReturnValue:
    """One listing that everyone may open."""
    args = showing.asked()
    rules.only(args, ("lang",))
    rules.choice(args, "lang", LANGUAGES)
    return showing.answer(record(LISTING_FIELDS, sharing.face(public_id)))


@bp.get("/results")
@access(PUBLIC)
@spoken
def results() -> ResponseReturnValue:
    """Verified figures, as the public page of results shows them."""
    args, pair = showing.asked(), _pair()
    rules.only(args, ("indicator", "from", "to", "page", "size", "lang"))
    rules.choice(args, "lang", LANGUAGES)
    code = rules.choice(args, "indicator", rules.INDICATORS)
    number, size = showing.paging(args)
    asked = _span(reports.widest(pair), rules.one(args, "from"), rules.one(args, "to"))
    indicator = rules.INDICATORS[code] if code else None
    found = queries.results(pair, asked, indicator, (number - 1) * size, size)
    return showing.answer(showing.page(found, RESULT_FIELDS, number, size))


def _span(widest: Span, first: str | None, last: str | None) -> Span:
    """The quarters asked for. Raises BadRequest for one outside the span there is."""
    codes = [quarter.code for quarter in widest.quarters]
    for name, code in (("from", first), ("to", last)):
        if code is not None and code not in codes:
            raise rules.unknown(name, code, codes)
    return span(widest, first, last)


@bp.get("/openapi.json")
@access(PUBLIC)
@spoken
def description() -> ResponseReturnValue:
    """The description of this API."""
    return showing.answer(openapi.document(language(), current_app.config["PUBLIC_URL"]))


def init_app(app: Flask) -> None:
    """Register the addresses; refusals below them are told to programs."""
    app.register_blueprint(bp)
    errors.MACHINES["/api/"] = showing.problem
