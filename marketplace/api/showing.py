"""Questions read from addresses, and answers as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from marketplace.api import rules
from marketplace.api.queries import Found
from marketplace.catalogue.kinds import SECTIONS
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.lists import Args, Facet, ListSpec, Places, Wished
from marketplace.core.i18n import N_, Text
from marketplace.sharing.fields import Field, record
from marketplace.web.locale import DEFAULT, in_language, say

JSON = "application/json; charset=utf-8"
PROBLEM = "application/problem+json; charset=utf-8"
COMMON = ("q", "kind", "sort", "page", "size", "lang")
KINDS = {**{kind: kind for kind in PAGES}, **SECTIONS}
"""Kinds by their English names, and by those of their addresses."""

TITLES = {
    400: N_("This cannot be asked so"),
    404: N_("Not there"),
    405: N_("Only reading is possible"),
    429: N_("Too many requests"),
    503: N_("Not available just now"),
}
WAIT_SECONDS = 60


# ------------------------------------------------------------ questions


def asked() -> Args:
    """The parameters of the address."""
    return request.args.to_dict(flat=False)


def names_of(facet: Facet) -> tuple[str, ...]:
    """The names by which a filter can be asked: its own, and its English one."""
    return (facet.name, *(a for a, name in rules.ALIASES.items() if name == facet.name))


def sorts_of(spec: ListSpec) -> dict[str, str]:
    """The orders of a list by all their names."""
    own = {code: code for code in spec.sorts} | {rules.RELEVANCE: spec.default_sort}
    return own | {a: code for a, code in rules.SORT_ALIASES.items() if code in spec.sorts}


@dataclass(frozen=True, slots=True)
class Wish:
    """One list as it is asked; without one all kinds: those that hold ``q``, or the newest."""

    of: Wished | None
    q: str = ""


def wish(args: Args, places: Callable[[], Places]) -> Wish:
    """What is asked for. ``places`` are the villages there are. Raises BadRequest."""
    kind = rules.choice(args, "kind", KINDS)
    q = rules.words(args)
    if kind is not None:
        return Wish(_wished(PAGES[KINDS[kind]].spec, args, q, places), q)
    rules.only(args, COMMON)
    orders = (rules.RELEVANCE, "newest", "moi") if q else ("newest", "moi")
    rules.choice(args, "sort", orders)
    return Wish(None, q)


def _wished(spec: ListSpec, args: Args, q: str, places: Callable[[], Places]) -> Wished:
    names = {name: facet for facet in spec.facets for name in names_of(facet)}
    rules.only(args, (*COMMON, *names))
    known: dict[str, list[str]] = {"q": [q]}
    for name, facet in names.items():
        for value in args.get(name, ()):
            read = facet.read([value])
            if not read or any(facet.chip(code, places()) is None for code in read):
                codes = [code for code, _label in facet.options(places())]
                raise rules.unknown(name, value, codes)
            known.setdefault(facet.name, []).append(value)
    if sort := rules.choice(args, "sort", sorts_of(spec)):
        known["sap"] = [sorts_of(spec)[sort]]
    return Wished.read(spec, known)


def paging(args: Args) -> tuple[int, int]:
    """Number and size of the page. Raises BadRequest."""
    return (
        rules.number(args, "page", 1, rules.LAST_PAGE),
        rules.number(args, "size", rules.ON_PAGE, rules.MOST_ON_PAGE),
    )


# ------------------------------------------------------------ answers


def answer(content: Any) -> Response:
    """An answer; nothing is sent when what the program has is still right."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    response = Response(body, content_type=JSON)
    response.cache_control.public = True
    response.cache_control.no_cache = True
    response.add_etag()
    response.make_conditional(request)
    return response


def page(found: Found, fields: Sequence[Field], number: int, size: int) -> dict[str, Any]:
    """A page of records. Beyond the last there are none."""
    return {
        "items": [record(fields, item) for item in found.items],
        "total": found.total,
        "page": number,
        "pages": max(1, -(-found.total // size)),
        "size": size,
    }


def problem(status: int, text: Text | str | None) -> Response:
    """A refusal (RFC 9457)."""
    title = TITLES.get(status, N_("This did not work"))
    with in_language(request.args.get("lang", DEFAULT)):
        told = {"type": "about:blank", "title": say(title), "status": status}
        told |= {"detail": say(text)} if text else {}
    body = json.dumps(told, ensure_ascii=False)
    response = open_to_all(Response(body, status, content_type=PROBLEM))
    if status == 429:  # noqa: PLR2004
        response.headers["Retry-After"] = str(WAIT_SECONDS)
    return response


def open_to_all(response: Response) -> Response:
    """Let pages of other sites read the answer: it holds nothing that is not for everyone."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
