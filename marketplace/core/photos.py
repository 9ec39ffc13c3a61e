"""Photos made harmless: decoded, turned upright, written anew in our sizes, and nothing else kept.

Everything is judged by content. Whatever a file carries besides its pixels (position, phone,
comments, profiles, further frames, a second life as a page or a program) does not survive.
"""

from __future__ import annotations

import io
import logging
import threading
from dataclasses import dataclass
from typing import NoReturn

from PIL import Image

from marketplace.core.errors import Invalid
from marketplace.core.files import Store
from marketplace.core.i18n import N_

log = logging.getLogger(__name__)

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 40_000_000
MAX_PIXELS_OF = {"WEBP": 16_000_000}
"""WebP is decoded through three copies: 16 megapixels of it take what 40 of the others do."""
MAX_SCANS = 100
"""A progressive JPEG has about ten. Thousands of tiny ones keep a processor busy for hours."""
CARD_WIDTH, PAGE_WIDTH = 480, 1280
CARD_BYTES = 22 * 1024
"""A card's photo stays under this weight (ux page 3.2)."""
PAPER_WIDTH = 3600
"""A page of A4 at 300 dots per inch keeps every dot."""
TOO_LARGE = N_("The photo has too many pixels. Choose a smaller one.")
NO_PHOTO = N_("This is not a photo we can read. Choose a JPEG, PNG or WebP file.")
_STRIP = 256
_WHITE = (255, 255, 255)
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How to turn what a camera says lies on its side (EXIF orientation)."""

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
_one_at_a_time = threading.Lock()
"""A process decodes one photo at a time: with the limits above some 300 MB."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo after cleaning: two sizes in the store, and the size of the larger in pixels."""

    card: str
    page: str
    width: int
    height: int


def clean_photo(store: Store, content: bytes, field: str = "photo") -> Picture:
    """Keep a photo as WebP in card and page size, upright and without any metadata.

    Raises Invalid for anything that is not a JPEG, PNG or WebP of at most 40 megapixels (WebP: 16),
    Unavailable when the store does not take it.
    """
    with _one_at_a_time:
        photo = _decode(content, field, PAGE_WIDTH)
        page = _fit(photo, PAGE_WIDTH)
        card_content, page_content = _card(photo), _webp(page, 78)
    return Picture(
        card=store.put(card_content),
        page=store.put(page_content),
        width=page.width,
        height=page.height,
    )


def clean_scan(content: bytes, field: str = "paper") -> bytes:
    """A photographed paper as a legible JPEG, upright and without any metadata. Raises Invalid."""
    with _one_at_a_time:
        page = _fit(_decode(content, field, PAPER_WIDTH), PAPER_WIDTH)
        out = io.BytesIO()
        page.save(out, "JPEG", quality=85)
    return out.getvalue()


def _decode(content: bytes, field: str, width: int) -> Image.Image:
    """The pixels on white ground, upright, at least ``width`` long unless the photo is smaller."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if _is_too_large(opened, content):
                _refuse(field, TOO_LARGE)
            _draft(opened, width)
            turn = _UPRIGHT.get(opened.getexif().get(_ORIENTATION, 1))
            flat = _flat(opened, max(1, max(opened.size) // (2 * width)))
    except Invalid:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid(field, TOO_LARGE) from error
    except Exception as error:  # decoders trip over broken files in every way there is
        log.info("a photo could not be read: %r", error)
        raise Invalid(field, NO_PHOTO) from error
    return flat if turn is None else flat.transpose(turn)


def _is_too_large(opened: Image.Image, content: bytes) -> bool:
    """Whether decoding would take too much memory or, for a JPEG in many passes, time."""
    most = MAX_PIXELS_OF.get(opened.format or "", MAX_PIXELS)
    is_jpeg = content.startswith(b"\xff\xd8")  # the marker of a pass cannot occur inside of one
    passes = content.count(b"\xff\xda") if is_jpeg else 1
    return opened.width * opened.height > most or passes > MAX_SCANS


def _refuse(field: str, text: str) -> NoReturn:
    raise Invalid(field, text)


def _draft(opened: Image.Image, width: int) -> None:
    """Let a JPEG be decoded at a half, a quarter or an eighth, where that is still enough."""
    scale = width * 2 / max(opened.size)
    if scale < 1:
        opened.draft(None, (int(opened.width * scale), int(opened.height * scale)))


def _flat(opened: Image.Image, factor: int) -> Image.Image:
    """An RGB copy, each side divided by ``factor``, made in strips so that it costs no memory."""
    width, height = opened.size
    flat = Image.new("RGB", (-(-width // factor), -(-height // factor)), _WHITE)
    step = _STRIP * factor
    for top in range(0, height, step):
        strip = _on_white(opened.crop((0, top, width, min(top + step, height))))
        flat.paste(strip.reduce(factor), (0, top // factor))
    return flat


def _on_white(strip: Image.Image) -> Image.Image:
    """Any kind of pixels as RGB: sixteen bits as eight, what shows through as white."""
    if strip.mode.startswith("I"):
        # whole numbers of sixteen bits; a plain conversion would cut them off at 255
        strip = strip.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if strip.has_transparency_data:
        strip = strip.convert("RGBA")
        ground = Image.new("RGBA", strip.size, (*_WHITE, 255))
        strip = Image.alpha_composite(ground, strip)
    return strip.convert("RGB")


def _fit(image: Image.Image, width: int) -> Image.Image:
    copy = image.copy()
    copy.thumbnail((width, width))
    copy.info.clear()
    return copy


def _webp(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


def _card(image: Image.Image) -> bytes:
    """The card size, coarser until it keeps the weight."""
    small = _fit(image, CARD_WIDTH)
    for quality in (60, 45, 30, 18):
        content = _webp(small, quality)
        if len(content) <= CARD_BYTES:
            return content
    return _webp(_fit(image, CARD_WIDTH // 2), 30)
