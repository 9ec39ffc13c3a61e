"""What the pages of lots show, as plain values."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import url_for
from PIL import Image

from marketplace.accounts.papers import shown
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState, may_edit
from marketplace.core.actor import Actor
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_
from marketplace.tracing import queries
from marketplace.tracing.models import Lot
from marketplace.tracing.rules import LOT, LotState
from marketplace.web import formats, qr
from marketplace.web.locale import gettext

TONES = {LotState.PUBLISHED: "ok", LotState.RECALLED: "bad", LotState.DRAFT: "plain"}
THUMB_WIDTH, THUMB_BYTES = 220, 4096
"""The photo on a short page: the whole page with it stays under 10 KB."""

SIZES: Mapping[str, tuple[int, str]] = {
    "24": (24, N_("24 on a sheet, 70 × 37 mm")),
    "10": (10, N_("10 on a sheet, 105 × 59 mm")),
    "40": (40, N_("40 on a sheet, 52 × 29 mm")),
}
"""Labels on a sheet of A4, as they are sold in stationers' shops."""
MOST_LABELS = 240


def message(lot: Lot) -> str:
    """A ready text to paste into a chat. No name: the page behind the address tells whose it is."""
    facts = [
        (N_("Trace code %(words)s"), lot.public_id),
        (N_("Packed on %(words)s"), formats.day(lot.packed_on)),
        (N_("Use by %(words)s"), formats.day(lot.expires_on)),
    ]
    said = [gettext(label, words=words) for label, words in facts if words]
    return "\n".join([lot.name, *said, qr.address(lot.path)])


@dataclass(frozen=True, slots=True)
class Label:
    """One sticker. Days may be missing for fresh goods."""

    title: str
    producer: str
    place: str
    packed_on: Any
    expires_on: Any
    code: str
    qr_url: str


@lru_cache(maxsize=256)
def thumb(digest: str) -> bytes:
    """A photo small enough for a short page. Raises NotFound when its file is gone."""
    content = shown(digest)
    if content is None:
        raise NotFound
    with Image.open(io.BytesIO(content)) as opened:
        image = opened.convert("RGB")
    image.thumbnail((THUMB_WIDTH, THUMB_WIDTH))
    written = [_webp(image, quality) for quality in (50, 35, 20, 8)]
    return next((content for content in written if len(content) <= THUMB_BYTES), written[-1])


def _webp(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=quality, method=6)
    return out.getvalue()


def photo_of(listing: Listing, own: str | None = None) -> str | None:
    """The content of the photo a short page shows."""
    if own is not None:
        return own
    return listing.photos[0].card if listing.photos else None


def lot_rows(lots: Sequence[Lot], endpoint: str) -> list[dict[str, Any]]:
    """Lots as lines: their code, state and address."""
    return [
        {
            "code": lot.public_id,
            "name": lot.name,
            "url": url_for(endpoint, public_id=lot.public_id),
            "packed_on": lot.packed_on,
            "label": LOT.labels[lot.state],
            "tone": TONES.get(lot.state, "plain"),
        }
        for lot in lots
    ]


def page_panel(listing: Listing, _reader: Actor) -> Mapping[str, Any] | None:
    """On a product's public page: its lots, and its code to carry to the phone."""
    if listing.kind != "produce" or listing.state is not ListingState.PUBLISHED:
        return None
    lots = queries.lots_of(listing, public_only=True)
    return {
        "lots": lot_rows(lots, "tracing.lot"),
        "qr_url": url_for("tracing.listing_qr", public_id=listing.public_id, form="svg"),
        "png_url": url_for("tracing.listing_qr", public_id=listing.public_id, form="png"),
        "short": url_for("tracing.short", public_id=listing.public_id),
    }


def own_panel(listing: Listing, reader: Actor) -> Mapping[str, Any] | None:
    """On the owner's work page: its lots, and where labels are printed."""
    if listing.kind != "produce" or not may_edit(reader, listing):
        return None
    return {
        "lots": lot_rows(queries.lots_of(listing, public_only=False, limit=20), "tracing.own_lot"),
        "new_url": url_for("tracing.create_lot", public_id=listing.public_id),
        "labels_url": url_for("tracing.labels"),
    }


def labels(lots: Sequence[Lot], listings: Sequence[Listing], number: int) -> list[Label]:
    """So many stickers of each, at most ``MOST_LABELS`` in all."""
    one_of_each = [
        *(
            Label(
                lot.name,
                lot.listing.organisation.name,
                lot.address,
                lot.packed_on,
                lot.expires_on,
                lot.public_id,
                url_for("tracing.lot_qr", public_id=lot.public_id, form="svg"),
            )
            for lot in lots
        ),
        *(
            Label(
                listing.title,
                listing.organisation.name,
                "",
                None,
                None,
                listing.public_id,
                url_for("tracing.listing_qr", public_id=listing.public_id, form="svg"),
            )
            for listing in listings
        ),
    ]
    return [label for label in one_of_each for _ in range(number)][:MOST_LABELS]


def sheets(stickers: Sequence[Label], per_sheet: int) -> list[Sequence[Label]]:
    """The stickers, sheet by sheet."""
    return [stickers[at : at + per_sheet] for at in range(0, len(stickers), per_sheet)]
