"""The translation catalogues: compiled when the program starts.

A checkout holds the texts people edit (``messages.po``). What the program reads (``messages.mo``)
is made beside it when it is missing or does not belong to the present text.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from gettext import NullTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

FOLDER = Path(__file__).resolve().parents[2] / "translations"
DOMAIN = "messages"


def source(code: str, folder: Path = FOLDER) -> Path:
    """Where the texts of a language stand."""
    return folder / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(path: Path, code: str | None = None) -> Catalog:
    """The catalogue or template at ``path``; raises PoFileError when it cannot be read."""
    with path.open("rb") as file:
        return read_po(file, locale=code, domain=DOMAIN, abort_invalid=True)


def load(code: str, folder: Path = FOLDER) -> NullTranslations:
    """The texts of a language, compiled first when need be; message ids where there are none."""
    po = source(code, folder)
    if not po.exists():
        return NullTranslations()
    mo = po.with_suffix(".mo")
    if not _belongs(mo, po):
        compiled = io.BytesIO()
        stamp = po.stat().st_mtime_ns
        write_mo(compiled, read(po, code))
        with contextlib.suppress(OSError):  # a folder that cannot be written costs time, no text
            _put(mo, compiled.getvalue(), stamp)
        return Translations(io.BytesIO(compiled.getvalue()))
    with mo.open("rb") as file:
        return Translations(file)


def _belongs(mo: Path, po: Path) -> bool:
    """Whether ``mo`` was made from ``po`` as it is: it carries the time of its source.

    An older text that is put back is another text, so equality counts, not which is newer.
    """
    try:
        return mo.stat().st_mtime_ns == po.stat().st_mtime_ns
    except FileNotFoundError:
        return False


def _put(path: Path, content: bytes, stamp: int) -> None:
    """Write whole or not at all: several processes start at once, and others are reading."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        Path(draft).chmod(0o644)
        os.utime(draft, ns=(stamp, stamp))
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
