"""The description of the API (OpenAPI 3.1), built from what answers it: fields, filters, orders."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from marketplace.api import rules
from marketplace.api.showing import KINDS, names_of, sorts_of
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.core.i18n import N_, Text
from marketplace.sharing.exports import LICENCE, LICENCE_URL
from marketplace.sharing.fields import LISTING_FIELDS, RESULT_FIELDS, Field, Shape
from marketplace.web.locale import LANGUAGES, say

Node = dict[str, Any]

TYPES: dict[Shape, Node] = {
    Shape.TEXT: {"type": "string"},
    Shape.CODE: {"type": "string"},
    Shape.NUMBER: {"type": "number"},
    Shape.WHOLE: {"type": "integer"},
    Shape.YES_NO: {"type": "boolean"},
    Shape.DAY: {"type": "string", "format": "date"},
    Shape.MOMENT: {"type": "string", "format": "date-time"},
    Shape.ADDRESS: {"type": "string", "format": "uri"},
    Shape.WHOLES: {"type": "array", "items": {"type": "integer"}},
    Shape.CODES: {"type": "array", "items": {"type": "string"}},
    Shape.DAYS: {"type": "array", "items": {"type": "string", "format": "date"}},
}


@lru_cache(maxsize=8)
def document(language: str, server: str) -> Node:
    """The whole description; ``language`` is the one texts are said in at this moment."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": say(N_("Public data of the matchmaking portal")),
            "version": "1.0.0",
            "description": say(
                Text(
                    N_(
                        "Reading only. Unknown parameters and values are refused with 400 and "
                        "named. Send If-None-Match with the ETag you have and get 304 while "
                        "nothing changed. At most %(tries)s requests a minute from one address, "
                        "then 429 with Retry-After."
                    ),
                    tries=rules.TRIES,
                )
            ),
            "license": {
                "name": say(Text(N_("%(licence)s (proposed)"), licence=LICENCE)),
                "url": LICENCE_URL,
            },
        },
        "servers": [{"url": server}],
        "paths": _paths(),
        "components": {"schemas": _schemas()},
        "x-language": language,
    }


def _paths() -> Node:
    return {
        "/api/v1/listings": {
            "get": _operation(
                "listings", N_("Public listings, as on the lists of the portal."), "Listings",
                [*_common(), *_filters()],
            )
        },
        "/api/v1/listings/{id}": {
            "get": _operation(
                "listing", N_("One listing; also one that is closed."), "Listing",
                [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    _language(),
                ],
            )
        },
        "/api/v1/results": {
            "get": _operation(
                "results", N_("Verified figures: what was agreed and delivered."), "Results",
                [
                    _parameter("indicator", N_("What is counted."),
                               {"type": "string", "enum": list(rules.INDICATORS)}),
                    _parameter("from", N_("The first quarter, for example 2026Q1."),
                               {"type": "string"}),
                    _parameter("to", N_("The last quarter."), {"type": "string"}),
                    *_paging(),
                    _language(),
                ],
            )
        },
    }  # fmt: skip


def _operation(name: str, summary: str, schema: str, parameters: Sequence[Node]) -> Node:
    refused = {"application/problem+json": {"schema": _ref("Problem")}}
    return {
        "operationId": name,
        "summary": say(summary),
        "parameters": list(parameters),
        "responses": {
            "200": {
                "description": say(N_("The answer.")),
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": {"application/json": {"schema": _ref(schema)}},
            },
            "304": {"description": say(N_("What you have is still right."))},
            "400": {"description": say(N_("A parameter is wrong.")), "content": refused},
            "404": {"description": say(N_("Not there")), "content": refused},
            "429": {
                "description": say(N_("Too many requests")),
                "headers": {"Retry-After": {"schema": {"type": "integer"}}},
                "content": refused,
            },
        },
    }


def _parameter(name: str, text: str, schema: Node, **more: Any) -> Node:
    return {"name": name, "in": "query", "description": say(text), "schema": schema, **more}


def _common() -> list[Node]:
    sorts = sorted({name for page in PAGES.values() for name in sorts_of(page.spec)})
    return [
        _parameter("q", N_("Words, all of which must be found; marks can be left out."),
                   {"type": "string", "maxLength": rules.MOST_WORDS}),
        _parameter("kind", N_("One kind of listing. Without it all kinds: the newest first, or "
                              "with words the best first."),
                   {"type": "string", "enum": list(KINDS)}),
        _parameter("sort", N_("The order; each kind has its own. Without kind: newest, or with "
                              "words relevance."),
                   {"type": "string", "enum": sorts}),
        *_paging(),
        _language(),
    ]  # fmt: skip


def _paging() -> list[Node]:
    return [
        _parameter("page", N_("The number of the page."),
                   {"type": "integer", "minimum": 1, "maximum": rules.LAST_PAGE, "default": 1}),
        _parameter("size", N_("Records on a page."),
                   {"type": "integer", "minimum": 1, "maximum": rules.MOST_ON_PAGE,
                    "default": rules.ON_PAGE}),
    ]  # fmt: skip


def _language() -> Node:
    return _parameter(
        "lang",
        N_("The language of texts the portal writes itself."),
        {"type": "string", "enum": list(LANGUAGES)},
    )


def _filters() -> list[Node]:
    """Every filter of every list, by all its names; several values of one are ORed."""
    found: dict[str, tuple[list[str], list[str], str]] = {}
    for kind, page in PAGES.items():
        for facet in page.spec.facets:
            codes = [code for code, _label in facet.options(())]
            for name in names_of(facet):
                kinds, all_codes, label = found.setdefault(name, ([], [], facet.label))
                kinds.append(kind)
                all_codes += [code for code in codes if code not in all_codes]
                found[name] = (kinds, all_codes, label)
    return [
        _parameter(
            name,
            label,
            {
                "type": "array",
                "items": {"type": "string", **({"examples": codes} if codes else {})},
            },
            style="form",
            explode=True,
            **{"x-kinds": kinds},
        )
        for name, (kinds, codes, label) in found.items()
    ]


def _schemas() -> Node:
    return {
        "Listing": _record(LISTING_FIELDS),
        "Listings": _list("Listing"),
        "Result": _record(RESULT_FIELDS),
        "Results": _list("Result"),
        "Problem": {
            "type": "object",
            "required": ["type", "title", "status"],
            "properties": {
                "type": {"type": "string"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
            },
        },
    }


def _record(fields: Sequence[Field]) -> Node:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [field.name for field in fields],
        "properties": {field.name: _value(field) for field in fields},
    }


def _value(field: Field) -> Node:
    node: Node = {**TYPES[field.shape], "description": say(field.meaning)}
    if field.codes and field.shape is Shape.CODE:
        node["enum"] = [*field.codes] if field.is_given else [*field.codes, None]
    if field.codes and field.shape is Shape.CODES:
        node["items"] = {"type": "string", "enum": list(field.codes)}
    if not field.is_given:
        node["type"] = [node["type"], "null"]
    return node


def _list(schema: str) -> Node:
    count = {"type": "integer", "minimum": 0}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["items", "total", "page", "pages", "size"],
        "properties": {
            "items": {"type": "array", "items": _ref(schema)},
            **dict.fromkeys(("total", "page", "pages", "size"), count),
        },
    }


def _ref(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}
