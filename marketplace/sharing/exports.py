"""Files of open data: CSV for spreadsheets and JSON, both from ``fields``."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.catalogue.kinds import SECTIONS
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.core import clock
from marketplace.core.actor import ANONYMOUS
from marketplace.core.cells import BOM, harmless
from marketplace.core.i18n import N_
from marketplace.programme.models import Pair
from marketplace.reports import queries as reports
from marketplace.reports.definitions import rows_of
from marketplace.reports.rules import may_see_amounts
from marketplace.sharing import queries
from marketplace.sharing.fields import (
    RESULT_FIELDS,
    Field,
    Record,
    cell,
    of_kind,
    plain,
    record,
)
from marketplace.web.locale import LANGUAGES, in_language, say

LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
RESULTS = "ket-qua"


@dataclass(frozen=True, slots=True)
class Dataset:
    """One set of open data; ``code`` names it in addresses, ``kind`` is none for results."""

    code: str
    name: str
    kind: str | None

    @property
    def fields(self) -> Sequence[Field]:
        """Its columns."""
        return RESULT_FIELDS if self.kind is None else of_kind(self.kind)


DATASETS: dict[str, Dataset] = {
    **{code: Dataset(code, PAGES[kind].name, kind) for code, kind in SECTIONS.items()},
    RESULTS: Dataset(RESULTS, N_("Verified results"), None),
}


def records(pair: Pair, dataset: Dataset) -> Iterator[Record]:
    """All records of a set."""
    if dataset.kind is not None:
        yield from (record(dataset.fields, face) for face in queries.every(pair, dataset.kind))
        return
    figures = reports.figures(pair.id, reports.widest(pair))
    shows = may_see_amounts(ANONYMOUS, pair.locality_ids)
    yield from (record(RESULT_FIELDS, row) for row in rows_of(figures, with_amounts=shows))


def as_csv(fields: Sequence[Field], found: Iterable[Record]) -> bytes:
    """UTF-8 with a byte order mark; no cell is run as a formula (quality page T19)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([field.name for field in fields])
    for row in found:
        writer.writerow([harmless(cell(row[field.name])) for field in fields])
    return (BOM + text.getvalue()).encode()


def as_json(dataset: Dataset, found: Iterable[Record], about: Record) -> bytes:
    """The records with what one must know of them: day, licence, meaning of each field."""
    whole = {**about, "fields": dictionary(dataset.fields), "items": list(found)}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def about(pair: Pair, dataset: Dataset) -> Record:
    """What stands above the records of a file."""
    return {
        "title": say(dataset.name),
        "publisher": [pair.source.name, pair.market.name],
        "date": plain(clock.today()),
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "licence_is_proposed": True,
    }


def dictionary(fields: Sequence[Field]) -> list[dict[str, Any]]:
    """What each field means, in every language of the portal."""
    return [
        {
            "name": field.name,
            "type": field.shape.value,
            **({"codes": list(field.codes)} if field.codes else {}),
            "meaning": {code: _said(field.meaning, code) for code in LANGUAGES},
        }
        for field in fields
    ]


def _said(text: str, language: str) -> str:
    with in_language(language):
        return say(text)


__all__ = [
    "DATASETS",
    "LICENCE",
    "LICENCE_URL",
    "Dataset",
    "about",
    "as_csv",
    "as_json",
    "dictionary",
    "records",
]
