"""Papers people attach: what a file is, by its content; what may be kept of it.

PDF files, Word and Excel documents are kept as they came and only ever handed out as downloads;
photographed papers are written anew like photos. Word and Excel files are archives of XML: they
are read through once, counting what they really hold, so that nothing is kept that would blow up
in the program of whoever opens it.
"""

from __future__ import annotations

import io
import logging
import zipfile
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar
from xml.sax import ContentHandler

from defusedxml import sax as defused

from marketplace.core.errors import Invalid
from marketplace.core.i18n import N_
from marketplace.core.photos import NO_PHOTO, clean_scan

log = logging.getLogger(__name__)

PDF, JPEG = "application/pdf", "image/jpeg"
_OFFICE = "application/vnd.openxmlformats-officedocument."
WORD, EXCEL = f"{_OFFICE}wordprocessingml.document", f"{_OFFICE}spreadsheetml.sheet"
SUFFIXES = {PDF: ".pdf", JPEG: ".jpg", WORD: ".docx", EXCEL: ".xlsx"}
"""Every type a kept paper can have, and the ending of its name."""

MOST_MEMBERS, MOST_UNPACKED = 200, 20 * 1024 * 1024
"""How many files an archive may hold, and how many bytes they may really unpack to."""
_MAIN_PARTS = {
    f"{WORD}.main+xml": (WORD, "word/", "document"),
    f"{EXCEL}.main+xml": (EXCEL, "xl/", "workbook"),
}
"""Content type of an archive's main part: what the archive is, its folder, its first element."""
_ACTIVE = ("vbaproject.bin", "vbadata.xml", "/macrosheets/", "/activex/")
_PDF_END = 2048
"""Readers look for the end of a PDF in its last kilobyte; some programs append a little."""
_ENCRYPTED = 0x1
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DEEPEST = 1
"""A chart carries its table as an archive inside; an archive in that is nobody's document."""
_CODES = ("ascii", "utf-16-le", "utf-16-be")
_DECLARES = tuple(word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in _CODES)

NO_PAPER = N_("Attach the paper as a PDF file or a photo (JPEG, PNG, WebP).")
NO_DOCUMENT = N_("Attach a PDF, Word (.docx) or Excel (.xlsx) file, or a photo (JPEG, PNG, WebP).")
CUT_OFF = N_("The file is damaged or cut off. Save it again, for example as a PDF, and attach it.")
LOCKED = N_(
    "The file is locked with a password or in an old format. Save it as .docx, .xlsx or PDF "
    "without a password, and attach it."
)
MACROS = N_("The file holds macros. Save it as .docx, .xlsx or PDF without them, and attach it.")
TOO_MUCH = N_("The file holds more than can be taken. Save it as a PDF, and attach it.")


@dataclass(frozen=True, slots=True)
class Paper:
    """What is kept of an attached file, and its media type."""

    content: bytes
    media_type: str


def read_paper(content: bytes, field: str = "paper", *, documents: bool = False) -> Paper:
    """A PDF or a photographed paper, with ``documents`` also Word and Excel; raises Invalid.

    Judged by content, whatever the file's name says.
    """
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-_PDF_END:]:
            raise Invalid(field, CUT_OFF)
        return Paper(content, PDF)
    if documents and content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise Invalid(field, LOCKED)
    if documents and content.startswith(b"PK"):
        return Paper(content, office_type(content, field))
    try:
        return Paper(clean_scan(content, field), JPEG)
    except Invalid as error:
        if error.text.msgid != NO_PHOTO:
            raise
        raise Invalid(field, NO_DOCUMENT if documents else NO_PAPER) from error


def office_type(content: bytes, field: str = "paper") -> str:
    """WORD or EXCEL, for a file that is whole, unlocked, without macros and of bounded size.

    Raises Invalid with the reason. Also for those who go on to read the file themselves.
    """
    try:
        return _Reading(field).kind(content)
    except Invalid:
        raise
    except Exception as error:  # zipfile, zlib and expat trip over broken files in many ways
        log.info("a document could not be read: %r", error)
        raise Invalid(field, CUT_OFF) from error


class _Reading:
    """One pass through an archive and what is packed into it, on one account of bytes and files."""

    def __init__(self, field: str) -> None:
        self.field = field
        self.members = MOST_MEMBERS
        self.bytes = MOST_UNPACKED

    def kind(self, content: bytes) -> str:
        """What the archive is; raises Invalid, or whatever its readers trip over."""
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self._unpack(archive, depth=0)
            types = _types(archive)
            if any("macroenabled" in kind or "vba" in kind for kind in map(str.lower, types)):
                self._refuse(MACROS)
            main = next((kind for kind in types if kind in _MAIN_PARTS), None)
            if main is None:
                self._refuse(NO_DOCUMENT)
            kind, folder, root = _MAIN_PARTS[main]
            part = types[main].lstrip("/")
            if not part.startswith(folder) or _read(archive, part, _Root()).name != root:
                self._refuse(NO_DOCUMENT)
        return kind

    def _unpack(self, archive: zipfile.ZipFile, depth: int) -> None:
        members = archive.infolist()
        names = {member.filename.lower() for member in members}
        self.members -= len(members)
        if self.members < 0:
            self._refuse(TOO_MUCH)
        if len(names) < len(members) or min(m.header_offset for m in members) > 0:
            self._refuse(CUT_OFF)  # two files under a name, or another file in front of it
        if any(map(_is_odd, members)):
            self._refuse(CUT_OFF)
        if any(word in f"/{name}" for name in names for word in _ACTIVE):
            self._refuse(MACROS)
        for member in members:
            if member.flag_bits & _ENCRYPTED:
                self._refuse(LOCKED)
            self._look_at(archive.open(member).read(self.bytes + 1), depth)

    def _look_at(self, data: bytes, depth: int) -> None:
        """Count what a member holds, its own members as well; documents have no entities."""
        self.bytes -= len(data)
        if self.bytes < 0:
            self._refuse(TOO_MUCH)
        if any(mark in data for mark in _DECLARES):
            self._refuse(NO_DOCUMENT)
        if data.startswith(b"PK\x03\x04"):
            if depth >= _DEEPEST:
                self._refuse(TOO_MUCH)
            with zipfile.ZipFile(io.BytesIO(data)) as inner:
                self._unpack(inner, depth + 1)

    def _refuse(self, text: str) -> NoReturn:
        raise Invalid(self.field, text)


def _is_odd(member: zipfile.ZipInfo) -> bool:
    """What no office program writes: another packing, or a path that leads out of the archive."""
    parts = member.filename.replace("\\", "/").split("/")
    return member.compress_type not in _PACKINGS or parts[0] == "" or ".." in parts


class _Types(ContentHandler):
    """The content types an archive declares for its parts, and for all parts with an ending."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802, ARG002  SAX's own
        """Keep an Override or a Default."""
        if "ContentType" in attrs:
            self.found.setdefault(attrs["ContentType"], attrs.get("PartName", ""))


class _Root(ContentHandler):
    """The name of a document's first element, without its prefix."""

    name = ""

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802, ARG002  SAX's own
        """Keep the first."""
        self.name = self.name or name.rpartition(":")[2]


Handler = TypeVar("Handler", bound=ContentHandler)


def _read(archive: zipfile.ZipFile, part: str, handler: Handler) -> Handler:
    """Send a part of the archive through a handler; raises for what is no plain, whole XML."""
    with archive.open(part) as stream:
        defused.parse(stream, handler, forbid_dtd=True)
    return handler


def _types(archive: zipfile.ZipFile) -> dict[str, str]:
    return _read(archive, "[Content_Types].xml", _Types()).found
