"""Sample papers, drawn: a slip with a producer's word, a delivery note, a signed agreement."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from marketplace.accounts.models import StoredFile
from marketplace.core import clock
from marketplace.core.files import Store

FONTS = Path(__file__).resolve().parents[1] / "static" / "fonts"
SIZE = (720, 1018)
"""A5 upright, in pixels."""
_INK, _PAPER, _FAINT = (38, 34, 30), (252, 249, 242), (196, 186, 170)
_MARGIN = 56


@cache
def _font(weight: int, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The site's own letters; Pillow's where its library cannot read them."""
    try:
        return ImageFont.truetype(FONTS / f"bvp-{weight}.woff2", size)
    except OSError:
        return ImageFont.load_default(size)


def draw(title: str, lines: Sequence[str]) -> bytes:
    """A paper with a title, ruled lines and two signatures, plainly marked as a sample (JPEG)."""
    image = Image.new("RGB", SIZE, _PAPER)
    pen = ImageDraw.Draw(image)
    width = SIZE[0] - 2 * _MARGIN
    pen.text((_MARGIN, 52), "DỮ LIỆU MINH HỌA", _FAINT, _font(600, 22))
    pen.text((_MARGIN, 96), title, _INK, _font(800, 34))
    pen.line((_MARGIN, 156, _MARGIN + width, 156), _INK, 2)
    at = 186
    for line in lines:
        for part in _wrapped(pen, line, width):
            pen.text((_MARGIN, at), part, _INK, _font(400, 24))
            at += 36
        pen.line((_MARGIN, at + 6, _MARGIN + width, at + 6), _FAINT, 1)
        at += 20
    for left, who in ((_MARGIN, "Bên giao"), (SIZE[0] // 2 + 30, "Bên nhận")):
        pen.text((left, 800), who, _INK, _font(600, 22))
        pen.arc((left, 836, left + 120, 906), 190, 350, _INK, 3)
        pen.arc((left + 70, 850, left + 200, 920), 20, 200, _INK, 3)
        pen.text((left, 936), "(chữ ký mẫu)", _FAINT, _font(400, 20))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=60)
    return out.getvalue()


def _wrapped(pen: ImageDraw.ImageDraw, text: str, width: int) -> list[str]:
    parts = [""]
    for word in text.split():
        longer = f"{parts[-1]} {word}".strip()
        if parts[-1] and pen.textlength(longer, _font(400, 24)) > width:
            parts.append(word)
        else:
            parts[-1] = longer
    return parts


def kept(store: Store, label: str, title: str, lines: Sequence[str]) -> StoredFile:
    """A drawn paper in the store, as a row that a use case will add."""
    content = draw(title, lines)
    return StoredFile(
        digest=store.put(content),
        media_type="image/jpeg",
        size=len(content),
        label=f"{label}.jpg",
        created_at=clock.now(),
    )


def written(day: date) -> str:
    """A day as it stands on paper."""
    return f"Ngày {day.day:02} tháng {day.month:02} năm {day.year}"
