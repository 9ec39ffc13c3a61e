"""Two hundred files nobody should send, made when they are needed; none of them is kept.

A case is one request's file: its name as raw bytes, its content, and the doors (``photo``,
``paper``, ``document``) that take such a content; every other door refuses it in words.
"""

from __future__ import annotations

import io
import itertools
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from PIL import Image, PngImagePlugin

SCRIPT = b"<script>alert(document.domain)</script>"
"""In everything that would like to be a page."""
ANY = frozenset({"any"})
"""Either answer is right, as long as nothing breaks."""
PHOTO, PAPER, DOCUMENT = "photo", "paper", "document"
PICTURE = frozenset({PHOTO, PAPER, DOCUMENT})
A_PDF = frozenset({PAPER, DOCUMENT})
AN_OFFICE = frozenset({DOCUMENT})
NOWHERE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Case:
    """A file: what it is called, what is in it, and where it is welcome."""

    name: str
    filename: bytes
    make: Callable[[], bytes]
    fits: frozenset[str] = NOWHERE
    media_type: bytes = b"application/octet-stream"

    def is_taken(self, door: str) -> bool | None:
        """Whether a door takes it; None when either is right."""
        return None if self.fits is ANY else door in self.fits


# ---------------------------------------------------------------- good ones


@cache
def picture(kind: str = "JPEG", size: tuple[int, int] = (320, 240), mode: str = "RGB") -> bytes:
    image = Image.radial_gradient("L").resize(size).convert(mode)
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def pdf(inside: bytes = b"") -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R" + inside + b">>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"xref\n0 3\n0000000000 65535 f \ntrailer<</Size 3/Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
    )


_TYPE = "application/vnd.openxmlformats-officedocument."
_MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml", "w:document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml", "workbook"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml", "p:presentation"),
}
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>'
)
_XXE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def office(
    kind: str = "docx",
    *,
    more: Iterable[tuple[str, bytes]] = (),
    types: str = "",
    declare: str = "",
    main: str | bytes | None = None,
    content_type: str = "",
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A small Word or Excel file, with something added to it or changed."""
    part, ending, root = _MAIN[kind]
    prefix = root.partition(":")[0] if ":" in root else ""
    space = f"xmlns{':' if prefix else ''}{prefix}"
    body = main if main is not None else f'{_HEAD}{declare}<{root} {space}="urn:x"></{root}>'
    listed = (
        f'{_HEAD}<Types xmlns="urn:t"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{part}" ContentType="{content_type or _TYPE + ending}"/>{types}</Types>'
    )
    return packed(
        [
            ("[Content_Types].xml", listed.encode()),
            ("_rels/.rels", f'{_HEAD}<Relationships xmlns="urn:r"/>'.encode()),
            (part, body if isinstance(body, bytes) else body.encode()),
            *more,
        ],
        method,
    )


def packed(members: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members:
            member = zipfile.ZipInfo(name)
            member.compress_type = method
            archive.writestr(member, content)
    return out.getvalue()


# ---------------------------------------------------------------- images


def _chunk(name: bytes, body: bytes, crc: int | None = None) -> bytes:
    check = zlib.crc32(name + body) if crc is None else crc
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)


def png(
    width: int,
    height: int,
    *,
    bits: int = 1,
    colour: int = 0,
    rows: bytes | None = None,
    more: bytes = b"",
) -> bytes:
    """A PNG that says it has this size; black unless ``rows`` says otherwise."""
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    if rows is None:
        squeeze = zlib.compressobj(9)
        line = bytes((width * bits + 7) // 8 + 1)
        rows = b"".join(squeeze.compress(line) for _ in range(height)) + squeeze.flush()
    ends = _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + more + ends


def with_text(chunk: bytes = b"tEXt") -> bytes:
    """A PNG with a script in its words, or 60 MB of them packed into a few kilobytes."""
    if chunk == b"zTXt":
        more = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(60_000_000), 9))
    else:
        more = _chunk(b"tEXt", b"Comment\0" + SCRIPT)
    return png(64, 64, more=more)


def with_metadata(kind: str = "JPEG") -> bytes:
    """A photo with position, owner, comment, profile and XMP, each holding a secret."""
    image = Image.radial_gradient("L").resize((640, 480)).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "MayAnhBiMat"
    exif[0x9286] = SCRIPT.decode()
    exif.get_ifd(0x8825)[2] = (15.0, 53.0, 20.0)
    out = io.BytesIO()
    more = {"xmp": b"<x:xmpmeta>ToaDoBiMat" + SCRIPT + b"</x:xmpmeta>", "icc_profile": b"ICCBiMat"}
    if kind == "JPEG":
        image.save(out, kind, exif=exif, comment=b"GhiChuBiMat" + SCRIPT, **more)
    elif kind == "PNG":
        words = PngImagePlugin.PngInfo()
        words.add_text("Comment", "GhiChuBiMat" + SCRIPT.decode())
        words.add_itxt("XML:com.adobe.xmp", "ToaDoBiMat")
        image.save(out, kind, exif=exif, pnginfo=words, icc_profile=b"ICCBiMat")
    else:
        image.save(out, kind, exif=exif.tobytes(), **more)
    return out.getvalue()


def animated(kind: str) -> bytes:
    frames = [Image.new("RGB", (80, 60), (n * 40, 0, 0)) for n in range(5)]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=50)
    return out.getvalue()


def many_scans(times: int = 4000) -> bytes:
    """A JPEG of 25 megapixels whose last pass is stored again and again."""
    out = io.BytesIO()
    Image.new("L", (5000, 5000), 128).save(out, "JPEG", progressive=True)
    content = out.getvalue()
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * times + b"\xff\xd9"


def jpeg_of(width: int, height: int) -> bytes:
    """A small JPEG whose header says it has another size."""
    content = bytearray(picture())
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def webp_of(side: int) -> bytes:
    """A WebP that says its canvas has this size."""
    head = struct.pack("<I", 0)[:4] + (side - 1).to_bytes(3, "little") * 2
    body = b"WEBPVP8X" + struct.pack("<I", 10) + head + picture("WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def script_in_jpeg() -> bytes:
    """A JPEG whose comment opens and closes those of JavaScript, so that it runs as well."""
    plain = picture()
    comment = b"*/=1;alert(1);/*" + SCRIPT
    marker = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
    return plain[:2] + marker + plain[2:] + b"*/"


GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b"</svg>"
HTML = b"<!doctype html><title>x</title>" + SCRIPT
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000)
NOT_PICTURES: dict[str, bytes] = {
    "svg": SVG,
    "svg with a declaration": b'<?xml version="1.0"?>\n' + SVG,
    "packed svg": zlib.compress(SVG),
    "html": HTML,
    "html behind a mark": b"\xef\xbb\xbf" + HTML,
    "html in UTF-16": HTML.decode().encode("utf-16"),
    "script": b"alert(1)//",
    "php": b"<?php system($_GET['c']); ?>",
    "shell": b"#!/bin/sh\nrm -rf /\n",
    "program": b"MZ" + bytes(60) + b"PE\0\0" + bytes(500),
    "unix program": b"\x7fELF" + bytes(500),
    "gif": GIF,
    "gif and script": b"GIF89a/*" + GIF[8:] + b"*/=1;alert(1)",
    "bmp and script": b"BM=1;alert(1);/*" + bytes(60),
    "tiff": b"II*\0\x08\0\0\0" + bytes(200),
    "icon": b"\0\0\1\0\1\0\1\1\0\0\1\0\x18\0" + bytes(50),
    "photoshop": b"8BPS\0\1" + bytes(200),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\nshowpage\n",
    "jpeg 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(100),
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100),
    "avif": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1" + bytes(100),
    "sound": b"RIFF\x24\0\0\0WAVEfmt " + bytes(40),
    "film": b"\0\0\0\x20ftypisom" + bytes(100),
    "rich text": b"{\\rtf1\\ansi{\\object\\objocx}}",
    "old Word": OLE,
    "7z": b"7z\xbc\xaf\x27\x1c" + bytes(100),
    "gzip": b"\x1f\x8b\x08" + bytes(100),
    "rar": b"Rar!\x1a\x07\x01\0" + bytes(100),
    "text": "Đẳng sâm".encode(),
    "json": b'{"a": 1}',
    "xml bomb": (_HEAD + _BOMB + "<x>&d;</x>").encode(),
    "xml of another file": (_HEAD + _XXE + "<x>&a;</x>").encode(),
    "nothing": b"",
    "one byte": b"\xff",
    "noughts": bytes(3000),
    "magic only": b"\x89PNG\r\n\x1a\n",
    "jpeg magic only": b"\xff\xd8\xff\xe0",
    "webp magic only": b"RIFF\x10\0\0\0WEBPVP8 ",
    "pdf further down": b"x" * 100 + pdf(),
    "fits of a byte": b"\xff\xd8" * 5000,
}


def cut(content: bytes, part: float) -> Callable[[], bytes]:
    return lambda: content[: int(len(content) * part)]


def _images() -> Iterator[Case]:
    for name, content in NOT_PICTURES.items():
        yield Case(name, b"anh.jpg", lambda content=content: content)
    for kind in ("JPEG", "PNG", "WEBP"):
        for part in (0.05, 0.3, 0.6, 0.95):
            yield Case(f"{kind} cut at {part}", b"anh.jpg", cut(picture(kind), part))
        yield Case(
            f"{kind} with metadata", b"a.jpg", lambda kind=kind: with_metadata(kind), PICTURE
        )
        yield Case(
            f"{kind} and a page behind it",
            b"a.html",
            lambda kind=kind: picture(kind) + HTML,
            PICTURE,
            b"text/html",
        )
        yield Case(
            f"{kind} and an archive", b"a.zip", lambda k=kind: picture(k) + office(), PICTURE
        )
    yield Case("png bomb", b"anh.png", lambda: png(13_000, 13_000))
    yield Case("png over the limit", b"anh.png", lambda: png(6_400, 6_400))
    yield Case("png of two billion", b"anh.png", lambda: png(2**31 - 1, 2**31 - 1, rows=b""))
    yield Case("png one high", b"anh.png", lambda: png(41_000_000, 1, rows=b""))
    yield Case("png of nothing", b"anh.png", lambda: png(0, 0, rows=b""))
    yield Case("png with less than it says", b"anh.png", lambda: png(4000, 4000, rows=b"x\x9c"))
    yield Case("png wrong checksum", b"a.png", lambda: picture("PNG")[:-30] + bytes(30), ANY)
    yield Case("png with a script", b"anh.png", with_text, PICTURE)
    yield Case("png with packed words", b"anh.png", lambda: with_text(b"zTXt"))
    yield Case("png no depth", b"anh.png", lambda: png(8, 8, bits=3, rows=b""))
    yield Case("png palette missing", b"a.png", lambda: png(8, 8, bits=8, colour=3), ANY)
    yield Case("moving png", b"anh.png", lambda: animated("PNG"), PICTURE)
    yield Case("moving webp", b"anh.webp", lambda: animated("WEBP"), PICTURE)
    yield Case("webp bomb", b"anh.webp", lambda: webp_of(16_383))
    yield Case("jpeg bomb", b"anh.jpg", lambda: jpeg_of(65_500, 65_500))
    yield Case("jpeg larger than its pixels", b"anh.jpg", lambda: jpeg_of(6_000, 6_000), ANY)
    yield Case("jpeg in thousands of passes", b"anh.jpg", many_scans)
    yield Case("jpeg and script", b"anh.js", script_in_jpeg, PICTURE, b"text/javascript")
    yield Case("cmyk", b"anh.jpg", lambda: picture("JPEG", mode="CMYK"), PICTURE)
    yield Case("jpeg called a program", b"anh.exe", picture, PICTURE)
    yield Case("jpeg called a page", b"anh.html", picture, PICTURE, b"text/html")
    yield Case("jpeg called a drawing", b"anh.svg", picture, PICTURE, b"image/svg+xml")
    yield Case("jpeg called a pdf", b"anh.pdf", picture, PICTURE, b"application/pdf")
    yield Case("png called php", b"anh.php.png", lambda: picture("PNG"), PICTURE)


# ---------------------------------------------------------------- papers


def locked() -> bytes:
    """Members that say they are encrypted."""
    content = bytearray(office())
    for at in _places(content, b"PK\x03\x04", 6), _places(content, b"PK\x01\x02", 8):
        for place in at:
            content[place] |= 1
    return bytes(content)


def _places(content: bytes | bytearray, mark: bytes, offset: int) -> Iterator[int]:
    at = content.find(mark)
    while at >= 0:
        yield at + offset
        at = content.find(mark, at + 1)


def lying() -> bytes:
    """A member of 30 MB that says it holds ten bytes."""
    content = bytearray(office(more=[("word/media/a.bin", bytes(30_000_000))]))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = [*_places(content, mark, offset)][-1]
        content[place : place + 4] = struct.pack("<I", 10)
    return bytes(content)


def twice() -> bytes:
    """Two members of one name: readers differ in which they take."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return office(more=[("word/document.xml", SCRIPT)])


@cache
def nested(levels: int) -> bytes:
    content = bytes(1_000_000)
    for level in range(levels):
        content = packed([(f"{level}-{n}.zip", content) for n in range(12)])
    return content


def many_members(count: int) -> bytes:
    return office(more=[(f"word/a{n}.xml", b"<a/>") for n in range(count)])


def _papers() -> Iterator[Case]:
    media = [("word/media/a.bin", bytes(100_000_000))]
    for kind in ("docx", "xlsx"):
        label = f"giay.{kind}".encode()
        yield Case(kind, label, lambda k=kind: office(k), AN_OFFICE)
        yield Case(f"{kind} called a photo", b"a.jpg", lambda k=kind: office(k), AN_OFFICE)
        yield Case(f"{kind} bomb", label, lambda k=kind: office(k, more=media))
        for part in (0.2, 0.7, 0.97):
            yield Case(f"{kind} cut at {part}", label, cut(office(kind), part))
        bad: dict[str, Callable[[], bytes]] = {
            "entity bomb": lambda k=kind: office(k, declare=_BOMB),
            "other file": lambda k=kind: office(k, declare=_XXE),
            "bomb in UTF-16": lambda k=kind: office(
                k, more=[("docProps/app.xml", (_BOMB + "<x/>").encode("utf-16"))]
            ),
            "bomb in its types": lambda k=kind: office(k, types=_BOMB),
            "macros": lambda k=kind: office(k, more=[("word/vbaProject.bin", OLE)]),
            "macros in capitals": lambda k=kind: office(k, more=[("XL/VBAPROJECT.BIN", OLE)]),
            "macro type": lambda k=kind: office(
                k, content_type=f"application/vnd.ms-{k}.macroEnabled.main+xml"
            ),
            "old macros": lambda k=kind: office(k, more=[("xl/macrosheets/s.xml", b"<a/>")]),
            "active parts": lambda k=kind: office(k, more=[("word/activeX/a.bin", OLE)]),
            "not its main part": lambda k=kind: office(k, main=b"<html/>"),
            "main part broken": lambda k=kind: office(k, main=b"<w:document>"),
            "main part is a program": lambda k=kind: office(k, main=NOT_PICTURES["program"]),
            "paths": lambda k=kind: office(k, more=[("../../etc/cron.d/x", b"x")]),
            "other packing": lambda k=kind: office(k, method=zipfile.ZIP_LZMA),
            "page in front": lambda k=kind: HTML + office(k),
            "archive in front": lambda k=kind: packed([("a", b"b")]) + office(k),
        }
        for name, make in bad.items():
            yield Case(f"{kind}, {name}", label, make)
    yield Case("locked docx", b"giay.docx", locked)
    yield Case("office password", b"giay.docx", lambda: OLE + b"EncryptedPackage" * 20)
    yield Case("lying docx", b"giay.docx", lying)
    yield Case("docx, a name twice", b"giay.docx", twice)
    yield Case("docx of 198 members", b"giay.docx", lambda: many_members(195), AN_OFFICE)
    yield Case("docx of 300 members", b"giay.docx", lambda: many_members(300))
    yield Case("docx of 30000 members", b"giay.docx", lambda: many_members(30_000))
    yield Case("docx with a table inside", b"g.docx", lambda: _with("xlsx"), AN_OFFICE)
    yield Case("docx with a bomb inside", b"giay.docx", lambda: _with("xlsx", media))
    yield Case(
        "docx with macros inside", b"g.docx", lambda: _with("xlsx", [("vbaProject.bin", OLE)])
    )
    yield Case("archives in archives", b"giay.docx", lambda: nested(3))
    yield Case("archives in a docx", b"g.docx", lambda: office(more=[("word/a.zip", nested(2))]))
    yield Case("slides", b"giay.pptx", lambda: office("pptx"))
    yield Case("slides called Word", b"giay.docx", lambda: office("pptx"))
    yield Case("archive", b"giay.docx", lambda: packed([("a.txt", b"a")]))
    yield Case("empty archive", b"giay.docx", lambda: packed([]))
    yield Case("java", b"a.docx", lambda: packed([("META-INF/MANIFEST.MF", b"x")]))
    yield Case("pdf called Word", b"giay.docx", pdf, A_PDF)
    yield Case("pdf called a photo", b"giay.jpg", pdf, A_PDF)
    yield Case("pdf called a page", b"giay.html", pdf, A_PDF, b"text/html")
    yield Case("pdf and a page", b"giay.pdf", lambda: pdf(b"\n" + HTML), A_PDF)
    yield Case("pdf with a script", b"a.pdf", lambda: pdf(b"/OpenAction<</S/JavaScript>>"), A_PDF)
    yield Case("pdf that starts a program", b"a.pdf", lambda: pdf(b"/AA<</S/Launch>>"), A_PDF)
    yield Case("pdf and an archive", b"giay.pdf", lambda: pdf() + packed([("a", b"b")]), A_PDF)
    yield Case("pdf head", b"giay.pdf", lambda: b"%PDF-1.7\n")
    yield Case("pdf cut", b"giay.pdf", lambda: pdf()[:-8])
    yield Case("pdf cut in half", b"giay.pdf", lambda: pdf()[:60])
    yield Case("page called a pdf", b"giay.pdf", lambda: HTML, media_type=b"application/pdf")
    yield Case("too large by a byte", b"giay.pdf", lambda: pdf(b" " * (12 * 1024 * 1024)))
    yield Case("thirteen megabytes", b"anh.jpg", lambda: picture() + bytes(13 * 1024 * 1024))


def _with(kind: str, more: Iterable[tuple[str, bytes]] = ()) -> bytes:
    return office(more=[(f"word/embeddings/a.{kind}", office(kind, more=more))])


# ---------------------------------------------------------------- names

NAMES: tuple[bytes, ...] = tuple(
    name if isinstance(name, bytes) else name.encode()
    for name in (
        "../../../../etc/passwd",
        "../../static/css/site.css",
        "/etc/cron.d/x",
        "/",
        "..\\..\\windows\\win.ini",
        "C:\\Users\\x\\anh.jpg",
        "\\\\may\\chung\\anh.jpg",
        "file:///etc/passwd",
        "%2e%2e%2f%2e%2e%2fx.jpg",
        "..%c0%af..%c0%afx.jpg",
        "a\0.jpg",
        "\0",
        "a" * 300 + ".jpg",
        "ă" * 300 + ".jpg",
        "a" * 5000,
        "A\u0306nh cu\u0309 sa\u0302m.jpg",
        "e" + "\u0301" * 400 + ".jpg",
        "anh\u202egpj.exe",
        "\u2067anh\u2069.jpg",
        "a\u200b\u200d\ufeff.jpg",
        "anh.jpg\r\nX-Evil: 1",
        "anh\n.jpg",
        "a\t.jpg",
        "\x1b[31mdo.jpg",
        " ",
        ".",
        "..",
        ".jpg",
        ".htaccess",
        "anh.jpg.",
        "anh.jpg ",
        "con.jpg",
        "nul",
        "anh.jpg;.php",
        "anh.jpg:stream",
        "<script>alert(1)</script>.jpg",
        '"><img src=x onerror=alert(1)>.jpg',
        "' OR 1=1 --.jpg",
        "{{7*7}}.jpg",
        "%s%n%(x)s.jpg",
        "=cmd|' /C calc'!A1.jpg",
        "`id`.jpg",
        "$(id).jpg",
        "\U0001f4a9.jpg",
        "\ufffd.jpg",
        b"\xff\xfe\x80.jpg",
        b"\xed\xa0\x80.jpg",
        b"M\xe1\xba.jpg",
        "Đơn xác nhận (bản 2).jpg",
    )
)


def _names() -> Iterator[Case]:
    for number, name in enumerate(NAMES):
        yield Case(f"name {number} {name[:40]!r}", name, picture, PICTURE if number != 24 else ANY)


@cache
def cases() -> tuple[Case, ...]:
    """All of them, in a settled order."""
    found = tuple(itertools.chain(_images(), _papers(), _names()))
    names = [case.name for case in found]
    assert len(set(names)) == len(names), "two cases of one name"
    return found
