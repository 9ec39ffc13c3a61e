"""What the pages need to know of a kind beside its model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.catalogue.forms import ListingForm
from marketplace.catalogue.lists import ListSpec
from marketplace.catalogue.models import Listing

Labels = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KindPage:
    """A kind's form, list and words. ``labels`` gives what its templates need beside the listing.

    ``drawing`` is what stands in for a photo: "produce" with a product group, or "opportunity"
    with a sector. ``home`` is the endpoint of the list its owners work from. ``name`` is the list,
    ``one`` the title of the page on which one is begun, ``ask`` the button of those interested.
    ``writing`` gives the address where a field of a draft is written (an empty name: all of it),
    for a kind whose form has several pages.
    """

    form: type[ListingForm]
    spec: ListSpec
    labels: Callable[[Any], Labels]
    drawing: Callable[[Any], tuple[str, str]]
    home: str
    name: str
    one: str
    ask: str
    begins_with: Callable[[Any], Mapping[str, Any]] = lambda _organisation: {}
    steps: Callable[[Listing], list[dict[str, Any]]] = lambda _listing: []
    writing: Callable[[Listing, str], str] | None = None
