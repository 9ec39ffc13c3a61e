"""What an order by marks, titles and freshness costs against the database's own ranking."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

import sqlalchemy as sa
from flask import Flask

from marketplace.catalogue import spelling
from marketplace.catalogue.browse import Lists
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.search import tokens
from marketplace.catalogue.vocabulary import look_up
from marketplace.core.db import db
from marketplace.programme import queries as programme

QUERIES = ("dang sam", "mật ong", "tieu rung", "che day", "gung", "ba kich")
SLIPS = ("dnag sam", "mta ong", "teu rugn", "che dya", "gugn", "ba kihc")
TIMES = 15

RAW = {
    "sqlite": "SELECT rowid FROM search_index WHERE search_index MATCH :words "
    "ORDER BY rank LIMIT 24",
    "postgresql": "SELECT id FROM listing WHERE search_words @@ CAST(:words AS tsquery) "
    "ORDER BY ts_rank(search_words, CAST(:words AS tsquery)) DESC LIMIT 24",
}
"""The first page as FTS5 (bm25) or ts_rank would give it: no audiences, no state, no season."""


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _raw(query: str) -> sa.TextClause:
    words = tokens(query)
    if db.engine.dialect.name == "postgresql":
        asked = " & ".join([*words[:-1], f"{words[-1]}:*"])
    else:
        asked = " ".join(f'"{word}"' for word in words) + "*"
    return sa.text(RAW[db.engine.dialect.name]).bindparams(words=asked)


def ranked_against_raw(app: Flask) -> float:
    """Median over the queries of (all our ids in order) / (the database's own first page)."""
    ratios = []
    with app.app_context():
        pair, spec = programme.detached()[0], PAGES["produce"].spec
        order = spec.default_sort
        for query in QUERIES:
            ours, theirs = [], []
            for _ in range(TIMES):
                lists = Lists(pair)
                lists._shelf._kept.results.clear()  # noqa: SLF001  as any entry of the journal does
                lists.search(query)
                lists._ranking(spec, order)  # noqa: SLF001
                ordered = partial(lists._order, spec, query, order)  # noqa: SLF001
                ours.append(_seconds(ordered))
                raw = _raw(query)
                theirs.append(_seconds(lambda raw=raw: db.session.execute(raw).all()))  # type: ignore[misc]
            ratios.append(statistics.median(ours) / statistics.median(theirs))
        db.session.remove()
    return statistics.median(ratios)


def milliseconds_a_slip(app: Flask) -> float:
    """Own time to find what may have been meant, for each typed word; the look-up left out."""
    with app.app_context():
        known = {slip: look_up(spelling.looked_up(tokens(slip))) for slip in SLIPS}
        db.session.remove()
    start = time.process_time()
    for _ in range(TIMES):
        for slip, found in known.items():
            spelling.readings(tokens(slip), found)
    words = sum(len(tokens(slip)) for slip in SLIPS)
    return (time.process_time() - start) * 1000 / TIMES / words
