"""What the pages need to know of a kind beside its model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.catalogue.forms import ListingForm
from marketplace.catalogue.lists import ListSpec
from marketplace.catalogue.models import Listing

Labels = Mapping[str, Any]
Line = tuple[str, Any]
"""A line of a comparison: its words, and a value ready to be read (empty: says nothing)."""


STALL = "catalogue.stall"
"""The list of whoever sells; ``home`` of the kinds that stand in it."""


@dataclass(frozen=True, slots=True)
class KindPage:
    """A kind's form, list and words. ``labels`` gives what its templates need beside the listing.

    ``post_at`` is the address at which one is begun, ``mine_at`` that of its owners' list; empty
    where it has a view of its own or stands in the stall.

    ``drawing`` is what stands in for a photo: "produce" with a product group, or "opportunity"
    with a sector. ``home`` is the endpoint of the list its owners work from. ``name`` is the list,
    ``one`` the title of the page on which one is begun, ``ask`` the button of those interested.
    ``first`` is the form of that page where it asks less than the whole; ``prepare`` gives the
    edit form the choices that depend on the listing.
    ``writing`` gives the address where a field of a draft is written (an empty name: all of it),
    for a kind whose form has several pages. ``compared`` gives the lines of a listing that stands
    beside others, always the same lines in the same order, and nothing that names a person.
    """

    form: type[ListingForm]
    spec: ListSpec
    labels: Callable[[Any], Labels]
    drawing: Callable[[Any], tuple[str, str]]
    home: str
    name: str
    one: str
    ask: str
    first: type[ListingForm] | None = None
    prepare: Callable[[Any, Any], None] = lambda _form, _listing: None
    post_at: str = ""
    mine_at: str = ""
    begins_with: Callable[[Any], Mapping[str, Any]] = lambda _organisation: {}
    steps: Callable[[Listing], list[dict[str, Any]]] = lambda _listing: []
    writing: Callable[[Listing, str], str] | None = None
    compared: Callable[[Any], Sequence[Line]] = lambda _listing: []
