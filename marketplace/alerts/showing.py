"""What the pages of being told show, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from marketplace.accounts.rules import may_speak_for
from marketplace.alerts import queries
from marketplace.alerts.models import SavedSearch
from marketplace.alerts.queries import Watched
from marketplace.alerts.rules import RHYTHM_LABELS
from marketplace.catalogue.browse import Lists
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.lists import Wished
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState, state_label
from marketplace.catalogue.showing import tone
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_
from marketplace.programme.models import Pair
from marketplace.web.forms import new_key
from marketplace.web.locale import say
from marketplace.web.workflow import MoveButton

LONGEST_NAME = 80


def words_of(wished: Wished, pair: Pair, viewer: Actor) -> list[str]:
    """What a search asks for: its list, its words, its filters, said in the present language."""
    places = Lists(pair, viewer).places()
    chips = [
        say(label)
        for facet in wished.spec.facets
        for code in wished.of(facet.name)
        for label in [facet.chip(code, places)]
        if label is not None
    ]
    words = [f"“{wished.q}”"] if wished.q else []
    return [say(PAGES[wished.spec.kind].name), *words, *chips]


def name_for(said: Sequence[str]) -> str:
    """A first name for a search: what it asks for, or the whole list."""
    return ", ".join(words.strip("“”") for words in said[1:] or said)[:LONGEST_NAME]


def save_address(wished: Wished) -> str:
    """Where a list is saved as a search; its filters travel in the address."""
    asked = queries.asked_of(wished)
    here = url_for("alerts.save", muc=wished.spec.section)
    return f"{here}&{asked}" if asked else here


def saved(search: SavedSearch, viewer: Actor) -> dict[str, Any]:
    """A saved search as its row shows it."""
    wished = queries.wished_of(search)
    return {
        "public_id": search.public_id,
        "name": search.name,
        "asks": " · ".join(words_of(wished, search.pair, viewer)),
        "rhythm": RHYTHM_LABELS[search.rhythm],
        "is_stopped": search.stopped_at is not None,
        "last_told_at": search.last_told_at,
        "last_told": search.last_told,
        "told_in_all": search.told_in_all,
        "path": queries.address_of(search),
        "buttons": _buttons(search),
    }


def _buttons(search: SavedSearch) -> list[MoveButton]:
    """What can be done with a search at once; deleting asks first."""
    is_stopped = search.stopped_at is not None
    moves = [
        ("resume", N_("Tell me again"), "quiet", None)
        if is_stopped
        else ("stop", N_("Stop telling"), "quiet", None),
        ("remove", N_("Delete"), "danger", N_("The search is deleted. What it found stays.")),
    ]
    return [
        MoveButton(
            name=f"{name}-{search.public_id}",
            label=label,
            url=url_for("alerts.move", public_id=search.public_id, move=name),
            blockers=(),
            tone=colour,
            reasons=(),
            confirm=confirm,
            form_key=new_key(),
        )
        for name, label, colour, confirm in moves
    ]


def watched(found: Watched) -> dict[str, Any]:
    """A watched listing as its row shows it; where it can be seen no longer, only that."""
    listing = found.listing
    row: dict[str, Any] = {"public_id": found.public_id, "began_at": found.began_at}
    if listing is None:
        return row | {"title": None}
    return row | {
        "title": listing.title,
        "path": listing.path,
        "owner": listing.public_owner,
        "state": state_label(listing),
        "tone": tone(listing),
        "closes_on": found.closes_on if listing.state is ListingState.PUBLISHED else None,
        "is_taking": found.is_taking,
    }


def on_page(listing: Listing, reader: Actor) -> Mapping[str, Any] | None:
    """The button of a listing's page; none on one's own, and none where nothing comes any more."""
    if may_speak_for(reader, listing.organisation) and not reader.is_officer:
        return None
    is_watched = queries.watch_of(reader, listing.id) is not None
    if not is_watched and (listing.state is not ListingState.PUBLISHED or listing.is_hidden):
        return None
    return {
        "is_watched": is_watched,
        "form_key": new_key() if reader.is_signed_in else "",
        "sign_in_url": url_for("accounts.sign_in", next=listing.path),
    }


def on_own_page(listing: Listing, _reader: Actor) -> Mapping[str, Any] | None:
    """How many watch it, for its owner: never who."""
    watching = queries.count_watchers(listing.id)
    return {"watching": watching} if watching else None
