"""The picture other programs show beside a link: 1200 by 630, drawn in the look of the pair.

Letters are those of the pages: FreeType reads the very fonts browsers are sent. Only letters the
fonts hold are drawn; of others the letter below its marks, or nothing. Nothing here asks the
database or the request.
"""

from __future__ import annotations

import hashlib
import io
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError

from marketplace.core import seasons

STATIC = Path(__file__).resolve().parents[1] / "static"
WIDTH, HEIGHT = 1200, 630
EDGE, BEAD, FOOT = 60, 8, 84
SIDE = 400
"""Width of the photo, or of the pattern in its place."""
TITLE_SIZES = (66, 56, 47, 40)
TITLE_LINES = 3
DRAWING = 2
"""Counted up when the drawing changes, so that no picture kept from before is shown."""

Font = ImageFont.FreeTypeFont


@dataclass(frozen=True, slots=True)
class Card:
    """What a picture shows. Every text may be empty; ``photo`` is the digest of a file.

    ``look`` is the theme pack, ``months`` a mask, ``month`` the present one (0 marks none).
    """

    look: str
    title: str
    site: str
    kind: str = ""
    price: str = ""
    quantity: str = ""
    owner: str = ""
    where: str = ""
    months: int = 0
    month: int = 0
    season: str = ""
    tags: tuple[str, ...] = ()
    is_demonstration: bool = False
    photo: str | None = None

    @property
    def digest(self) -> str:
        """Two cards with the same digest are drawn alike."""
        told = [DRAWING, _source(self.look), *(getattr(self, f.name) for f in fields(self))]
        return hashlib.sha256(repr(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Look:
    """Colours and bead patterns of a theme pack, from its ``preview.toml``."""

    cloth: str
    on_cloth: str
    paper: str
    panel: str
    ink: str
    soft: str
    accent: str
    season: str
    season_off: str
    now: str
    warn: str
    on_warn: str
    band: Sequence[str]
    mark: Sequence[str]
    beads: Mapping[str, str]


@lru_cache(maxsize=32)
def _source(pack: str) -> str:
    path = STATIC / "themes" / pack / "preview.toml"
    return (path if path.is_file() else STATIC / "themes/neutral/preview.toml").read_text("utf-8")


@lru_cache(maxsize=32)
def look_of(pack: str) -> Look:
    """The look of a theme pack; the neutral one where it has none of its own."""
    return Look(**tomllib.loads(_source(pack)))


@lru_cache(maxsize=32)
def _font(weight: int, size: int) -> Font:
    path = STATIC / "fonts" / f"bvp-{weight}.woff2"
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def _glyph(letter: str) -> str:
    """The letter, or what can be drawn in its place."""
    if letter.isspace():
        return " "
    if _has(letter):
        return letter
    parts = unicodedata.normalize("NFKD", letter)
    return "".join(part for part in parts if not unicodedata.combining(part) and _has(part))


def _has(letter: str) -> bool:
    font = _font(400, 32)
    drawn, missing = font.getmask(letter), font.getmask("\U000e0fff")
    return drawn.getbbox() is not None and bytes(drawn) != bytes(missing)


def drawable(text: str) -> str:
    """``text`` in letters the fonts hold."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(map(_glyph, composed)).split())


def wrapped(text: str, font: Font, width: int, most: int) -> list[str]:
    """Lines no wider than ``width`` pixels, ``most`` at most; what is left out ends in an ellipsis.

    A word wider than a line is broken where the line ends.
    """
    lines: list[str] = []
    rest = text
    while rest and len(lines) < most:
        line, rest = _line(rest, font, width)
        lines.append(line)
    if rest:
        last = lines[-1]
        while last and font.getlength(last + "…") > width:
            last = last[:-1]
        lines[-1] = last.rstrip(" ,.;:–-") + "…"
    return lines


def _line(text: str, font: Font, width: int) -> tuple[str, str]:
    if font.getlength(text) <= width:
        return text, ""
    end = len(text)
    while end > 1 and font.getlength(text[:end]) > width:
        space = text.rfind(" ", 0, end)
        end = space if space > 0 else end - 1
    return text[:end].rstrip(), text[end:].lstrip()


def draw(card: Card, photo: bytes | None = None) -> bytes:
    """The picture as PNG; ``photo`` in any form Pillow reads, left out when it is none."""
    look = look_of(card.look)
    image = Image.new("RGB", (WIDTH, HEIGHT), look.paper)
    pen = ImageDraw.Draw(image)
    band = len(look.band) * BEAD
    shot = _opened(photo)
    _side(image, look, band, shot)
    _words(pen, card, look, band)
    _beads(pen, look, look.band, (0, 0), (WIDTH, band), BEAD)
    _foot(pen, card, look)
    out = io.BytesIO()
    if shot is not None:  # 256 colours: a third of the bytes, and a messenger shows it small
        image = image.quantize(256, dither=Image.Dither.FLOYDSTEINBERG)
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _opened(photo: bytes | None) -> Image.Image | None:
    if photo is None:
        return None
    try:
        with Image.open(io.BytesIO(photo)) as opened:
            return opened.convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return None


def _side(image: Image.Image, look: Look, top: int, shot: Image.Image | None) -> None:
    """The photo at the right, or the mark of the pair in large beads."""
    box = (SIDE, HEIGHT - top - FOOT)
    at = (WIDTH - SIDE, top)
    if shot is not None:
        image.paste(ImageOps.fit(shot, box, Image.Resampling.LANCZOS), at)
        return
    pen = ImageDraw.Draw(image)
    pen.rectangle((*at, WIDTH, HEIGHT - FOOT), fill=look.cloth)
    size = min((SIDE - EDGE) // len(look.mark[0]), (box[1] - EDGE) // len(look.mark))
    wide, high = size * len(look.mark[0]), size * len(look.mark)
    corner = (at[0] + (SIDE - wide) // 2, at[1] + (box[1] - high) // 2)
    _beads(pen, look, look.mark, corner, (wide, high), size)


def _beads(
    pen: ImageDraw.ImageDraw,
    look: Look,
    rows: Sequence[str],
    corner: tuple[int, int],
    box: tuple[int, int],
    size: int,
) -> None:
    """A pattern of beads on cloth, repeated until the box is full."""
    (left, top), (width, height) = corner, box
    pen.rectangle((left, top, left + width - 1, top + height - 1), fill=look.cloth)
    gap = max(1, size // 10)
    for row, y in enumerate(range(top, top + height, size)):
        line = rows[row % len(rows)]
        for column, x in enumerate(range(left, left + width, size)):
            colour = look.beads.get(line[column % len(line)])
            if colour:
                pen.ellipse((x + gap // 2, y + gap // 2, x + size - gap, y + size - gap), colour)


def _words(pen: ImageDraw.ImageDraw, card: Card, look: Look, top: int) -> None:
    width = WIDTH - SIDE - 2 * EDGE
    y = top + 26
    y = _labels(pen, card, look, y)
    y = _title(pen, card, look, y, width)
    if card.price:
        for line in wrapped(drawable(card.price), _font(800, 42), width, 1):
            pen.text((EDGE, y), line, look.accent, _font(800, 42))
        y += 60
    small = _font(400, 27)
    if card.quantity:
        pen.text((EDGE, y), wrapped(drawable(card.quantity), small, width, 1)[0], look.soft, small)
        y += 40
    if card.months:
        y = _season(pen, card, look, y)
    y += 4
    for text in (card.owner, card.where):
        for line in wrapped(drawable(text), small, width, 1):
            if y + 34 < HEIGHT - FOOT:
                pen.text((EDGE, y), line, look.soft, small)
                y += 37


def _labels(pen: ImageDraw.ImageDraw, card: Card, look: Look, y: int) -> int:
    """The kind, and in strong colour what one should know first."""
    font = _font(600, 25)
    x = EDGE
    if card.kind:
        text = drawable(card.kind)
        pen.text((x, y), text, look.soft, font)
        x += int(font.getlength(text)) + 18
    for tag in card.tags:
        text = drawable(tag)
        end = x + int(font.getlength(text)) + 28
        if end > WIDTH - SIDE - 12:
            break
        pen.rounded_rectangle((x, y - 4, end, y + 36), 8, look.warn)
        pen.text((x + 14, y), text, look.on_warn, font)
        x = end + 10
    return y + 46


def _title(pen: ImageDraw.ImageDraw, card: Card, look: Look, y: int, width: int) -> int:
    """As large as it fits into its lines; stacked marks need a line of a third more."""
    text = drawable(card.title)
    most = TITLE_LINES if card.months or card.price else TITLE_LINES + 1
    is_full = bool(card.months and card.price)  # then owner and place need the room below
    for size in TITLE_SIZES[1:] if is_full else TITLE_SIZES:
        font = _font(800, size)
        lines = wrapped(text, font, width, most)
        if " ".join(lines) == text and len(lines) <= (2 if size > TITLE_SIZES[2] else most):
            break
    else:
        font, lines = _font(800, TITLE_SIZES[-1]), wrapped(text, _font(800, 40), width, most)
    step = font.size * 4 // 3
    for line in lines:
        pen.text((EDGE, y), line, look.ink, font)
        y += int(step)
    return y + 16


def _season(pen: ImageDraw.ImageDraw, card: Card, look: Look, y: int) -> int:
    """Twelve beads, those of the season filled, this month ringed; the words beside them."""
    size, step = 24, 32
    y += 8
    for month in seasons.MONTHS:
        x = EDGE + (month - 1) * step
        is_on = seasons.in_season(card.months, month)
        pen.ellipse((x, y, x + size, y + size), look.season if is_on else look.season_off)
        if month == card.month:
            pen.ellipse((x - 4, y - 4, x + size + 4, y + size + 4), outline=look.now, width=4)
    font = _font(600, 23)
    x = EDGE + 12 * step + 14
    words = wrapped(drawable(card.season), font, WIDTH - SIDE - 24 - x, 1)
    pen.text((x, y - 5), words[0] if words else "", look.soft, font)
    return y + 44


def _foot(pen: ImageDraw.ImageDraw, card: Card, look: Look) -> None:
    top = HEIGHT - FOOT
    pen.rectangle((0, top, WIDTH, HEIGHT), fill=look.cloth)
    size = (FOOT - 28) // len(look.mark)
    wide, high = size * len(look.mark[0]), size * len(look.mark)
    _beads(pen, look, look.mark, (EDGE, top + (FOOT - high) // 2), (wide, high), size)
    font = _font(600, 27)
    x = EDGE + wide + 22
    site = wrapped(drawable(card.site), font, WIDTH - x - EDGE, 1)
    pen.text((x, top + 23), site[0] if site else "", look.on_cloth, font)
