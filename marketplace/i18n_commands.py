"""``flask i18n``: the texts of the program and their translations, extracted, updated, checked.

Message ids are English; a catalogue of another language is complete or the check fails.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import write_po
from flask.cli import AppGroup

from marketplace.web import catalogues

PROGRAM = Path(__file__).resolve().parent
TEMPLATE = catalogues.FOLDER / f"{catalogues.DOMAIN}.pot"
MAPPING = catalogues.FOLDER / "babel.cfg"
TRANSLATED = ("vi",)
"""Languages with a catalogue. English needs none: it is the message ids."""

KEYWORDS = {
    "N_": None,
    "_": None,
    "gettext": None,
    "lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
"""Calls whose literal arguments are texts for people."""

_HEADER = """\
# The texts of the program. `make i18n` extracts them from the program and brings the catalogues of
# the languages to them; what is new there stays empty and waits for a translation.
#"""
_KEPT = ("MIME-Version", "Content-", "Language:", "Plural-Forms")
"""Header lines that say how to read the file; the others change without any text changing."""
_PLACE = re.compile(r"%\((\w+)\)[#0\- +]*[\d.]*[a-zA-Z]|(\{\w*\})|(%%)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")

Key = tuple[str | None, str, str]
"""Context, singular and plural: what makes a message the same message."""

i18n = AppGroup("i18n", help="Translations: update the catalogues, check them.")


def extract() -> Catalog:
    """All texts of the program, in a fixed order."""
    with MAPPING.open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = Catalog(charset="utf-8", header_comment=_HEADER)
    for name, _line, message, comments, context in extract_from_dir(
        PROGRAM, methods, options, KEYWORDS, comment_tags=("NOTE:",), strip_comment_tags=True
    ):
        if message:  # `_("")` would be the catalogue's header
            place = (f"{PROGRAM.name}/{Path(name).as_posix()}", 0)
            found.add(message, None, [place], auto_comments=comments, context=context)
    return found


def keyed(catalogue: Catalog) -> dict[Key, Message]:
    """Its messages, the header left out."""
    return {_key(message): message for message in catalogue if message.id}


def _key(message: Message) -> Key:
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id, "")
    return (message.context, ids[0], ids[1])


def written(catalogue: Catalog) -> str:
    """The catalogue as a file, without line numbers and dates."""
    out = io.BytesIO()
    write_po(
        out, catalogue, width=100, sort_output=True, include_lineno=False, ignore_obsolete=True
    )
    head, _, body = out.getvalue().decode().partition("\n\n")
    kept = [
        line
        for line in head.splitlines()
        if not line.startswith('"') or line.startswith(tuple(f'"{name}' for name in _KEPT))
    ]
    return "\n".join(line for line in kept if line != "#, fuzzy") + f"\n\n{body.rstrip()}\n"


def update() -> dict[str, int]:
    """Write the template and bring the catalogues to it; how many texts each still lacks.

    A text that is new stays empty until someone translates it: a guess from a similar one would
    stand on a page unread.
    """
    texts = extract()
    TEMPLATE.write_text(written(texts))
    missing = {}
    for code in TRANSLATED:
        path = catalogues.source(code)
        path.parent.mkdir(parents=True, exist_ok=True)
        old = catalogues.read(path, code) if path.exists() else Catalog(locale=code)
        old.header_comment = _HEADER
        old.update(texts, no_fuzzy_matching=True, update_header_comment=False)
        path.write_text(written(old))
        missing[code] = sum(1 for message in keyed(old).values() if not _is_complete(message))
    return missing


def _strings(message: Message) -> list[str]:
    given = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return [text or "" for text in given]


def _is_complete(message: Message) -> bool:
    return all(_strings(message))


def problems() -> Iterator[str]:
    """Everything wrong with the catalogues on disk, a line each."""
    texts = extract()
    template = catalogues.read(TEMPLATE) if TEMPLATE.exists() else Catalog()
    yield from stale(texts, template, TEMPLATE.name)
    for code in TRANSLATED:
        path = catalogues.source(code)
        if not path.exists():
            yield f"{code}: there is no catalogue; run make i18n"
            continue
        catalogue = catalogues.read(path, code)
        yield from stale(texts, catalogue, code)
        yield from (f"{code}: {line}" for line in faults(catalogue))


def stale(texts: Catalog, catalogue: Catalog, name: str) -> Iterator[str]:
    """Where a catalogue has other texts than the program."""
    now, then = keyed(texts), keyed(catalogue)
    yield from (f"{name}: missing, run make i18n: {_short(key)}" for key in now if key not in then)
    yield from (
        f"{name}: no longer used, run make i18n: {_short(key)}" for key in then if key not in now
    )


def faults(catalogue: Catalog) -> Iterator[str]:
    """What is wrong with the translations themselves."""
    for key, message in keyed(catalogue).items():
        if not _is_complete(message):
            yield f"not translated: {_short(key)}"
            continue
        if message.fuzzy:
            yield f"marked fuzzy: {_short(key)}"
        for text in _strings(message):
            yield from (f"{fault}: {_short(key)}" for fault in _differences(key, text))


def _differences(key: Key, text: str) -> Iterator[str]:
    """How ``text`` differs from its message in what the program fills in and in its marks."""
    originals = [original for original in key[1:] if original]
    if not any(set(_placeholders(text)) == set(_placeholders(each)) for each in originals):
        yield f"placeholders differ, {_listed(_placeholders(originals[-1]))} expected"
    if not any(Counter(_TAG.findall(text)) == Counter(_TAG.findall(each)) for each in originals):
        yield f"HTML tags differ, {_listed(_TAG.findall(originals[-1]))} expected"
    if not any(_margins(text) == _margins(each) for each in originals):
        yield "blanks or line breaks at the ends differ"


def _placeholders(text: str) -> list[str]:
    return [found.group() for found in _PLACE.finditer(text)]


def _margins(text: str) -> tuple[bool, bool]:
    return (text[:1].isspace(), text[-1:].isspace())


def _listed(parts: Iterable[str]) -> str:
    return " ".join(sorted(set(parts))) or "none"


def _short(key: Key) -> str:
    context = f"[{key[0]}] " if key[0] else ""
    return f"{context}{key[1]!r}"


@i18n.command("update")
def update_command() -> None:
    """Extract the texts and update the catalogues; new ones are left to be translated."""
    for code, missing in update().items():
        click.echo(
            f"{catalogues.source(code).relative_to(catalogues.FOLDER.parent)}: "
            f"{missing} texts to translate."
        )


@i18n.command("check")
def check_command() -> None:
    """Fail when a text is new, untranslated, doubtful, or differs in its placeholders or tags."""
    found = list(problems())
    for line in found:
        click.echo(line, err=True)
    if found:
        raise click.ClickException(f"the translations have {len(found)} problems")
    click.echo("The translations are complete.")
