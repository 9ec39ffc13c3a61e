"""Files by content: a folder whose names are the SHA-256 of what they hold.

The file is written first (temporary name, fsync, rename), its row second; a file without a row is
rubbish that ``sweep`` may remove, a row without a file shows a placeholder. User file names are
labels, never paths.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

from marketplace.core.errors import Invalid
from marketplace.core.i18n import N_

MAX_PIXELS = 40_000_000
MAX_BYTES = 12 * 1024 * 1024
CARD_WIDTH, PAGE_WIDTH = 480, 1280
CARD_BYTES = 22 * 1024
"""A card's photo stays under this weight (ux page 3.2)."""

Image.MAX_IMAGE_PIXELS = MAX_PIXELS


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo after cleaning: two sizes in the store, and the size of the larger in pixels."""

    card: str
    page: str
    width: int
    height: int


class Store:
    """Content-addressed folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the content with this SHA-256 stands."""
        return self.folder / digest[:2] / digest

    def put(self, content: bytes) -> str:
        """Keep ``content``; returns its SHA-256. Writing twice is writing once."""
        digest = hashlib.sha256(content).hexdigest()
        target = self.path(digest)
        if target.exists():
            return digest
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return digest

    def read(self, digest: str) -> bytes | None:
        """The content, or None when the file is gone."""
        try:
            return self.path(digest).read_bytes()
        except FileNotFoundError:
            return None


def read_limited(stream: IO[bytes], field: str) -> bytes:
    """All bytes of an upload; raises Invalid when there are none or too many."""
    content = stream.read(MAX_BYTES + 1)
    if not content:
        raise Invalid(field, N_("The file is empty. Choose it again."))
    if len(content) > MAX_BYTES:
        raise Invalid(field, N_("The file is larger than 12 MB. Choose a smaller one."))
    return content


def clean_photo(store: Store, content: bytes, field: str = "photo") -> Picture:
    """Re-encode a photo to WebP in card and page size, upright and without any metadata.

    Judged by content, never by name. Raises Invalid for anything that is not a JPEG, PNG or WebP
    of at most 40 megapixels.
    """
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise Invalid(field, N_("The photo has too many pixels. Choose a smaller one."))
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid(field, N_("The photo has too many pixels. Choose a smaller one.")) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise Invalid(
            field, N_("This is not a photo we can read. Choose a JPEG, PNG or WebP file.")
        ) from error
    page = _fit(upright, PAGE_WIDTH)
    return Picture(
        card=store.put(_card(upright)),
        page=store.put(_webp(page, 78)),
        width=page.width,
        height=page.height,
    )


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


def paper_type(content: bytes, field: str = "paper") -> str:
    """The media type of a scanned paper: PDF, JPEG, PNG or WebP, judged by content.

    Raises Invalid for anything else.
    """
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as image:
            kind = (image.format or "").lower()
            image.verify()
    except (
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
    ) as error:
        raise Invalid(
            field, N_("Attach the paper as a PDF file or a photo (JPEG, PNG, WebP).")
        ) from error
    return f"image/{kind}"
