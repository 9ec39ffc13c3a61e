"""Removing files that no row refers to: uploads that were refused, or whose request was cut.

Which columns refer to files is said by their type, ``core.db.Digest``; a test holds every table
to it.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from marketplace.core.db import Base, Digest, db
from marketplace.core.files import Store

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(hours=24)
"""A file may wait this long for its row (quality page, F09)."""
_AT_ONCE = 500


def sweep(store: Store, before: datetime) -> int:
    """Remove the contents last put before this moment that no row refers to; may run twice.

    A store in which no row knows anything is taken for another program's and left alone. Returns
    how many went.
    """
    store.tidy(before)
    contents = store.older_than(before)
    unknown: list[str] = []
    known = 0
    while batch := list(itertools.islice(contents, _AT_ONCE)):
        found = _referred(batch)
        known += len(found)
        unknown += [digest for digest in batch if digest not in found]
    if unknown and not known:
        log.warning("%s files and no row refers to any: nothing was removed", len(unknown))
        return 0
    removed = sum(store.remove(digest, before) for digest in unknown)
    if removed:
        log.info("%s files that nothing referred to were removed", removed)
    return removed


def referring() -> Iterator[sa.Column[str]]:
    """Every column that names a content of the store."""
    for table in Base.metadata.sorted_tables:
        yield from (column for column in table.columns if isinstance(column.type, Digest))


def _referred(digests: list[str]) -> set[str]:
    """Those of ``digests`` that some row refers to now."""
    found: set[str] = set()
    for column in referring():
        found.update(db.session.scalars(sa.select(column).where(column.in_(digests))))
    db.session.rollback()  # the next look sees rows written meanwhile
    return found


__all__ = ["KEPT_FOR", "referring", "sweep"]
