"""How the databases are asked for words: one condition, the same rows on both (docs/adr/0011).

SQLite asks the FTS5 table ``search_index``, PostgreSQL the generated columns ``search_…_words`` of
``listing``. Both hold exactly the words of ``listing.search_text``, ``search_title`` and
``search_marked``, taken apart at the spaces and compared byte by byte: neither database has a say
in what a word is. Migration 0014 makes both, triggers and generation keep them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from marketplace.catalogue.search import Query, Search, Synonyms, Term

NamesOf = Callable[[Sequence[int]], Sequence[Synonyms]]
_NAMES: list[NamesOf] = []


def names_from(names: NamesOf) -> None:
    """Let a feature above say which names mean the same in these localities."""
    if names not in _NAMES:
        _NAMES.append(names)


def names_of(locality_ids: Sequence[int]) -> list[Synonyms]:
    """Every group of names that holds in one of these localities."""
    return [group for names in _NAMES for group in names(locality_ids)]


class _Asked(sa.types.TypeDecorator[Query]):
    """A query as a parameter: written for FTS5 or as a tsquery, never into a statement."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: Query | None, dialect: sa.Dialect) -> str | None:
        """The query in the language of the database."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return _written(value, lambda t: f"'{t.word}'{':*' * t.begins}", "&", "|")
        words = _written(value, lambda t: f'"{t.word}"{"*" * t.begins}', "AND", "OR")
        return f"{{{self.column}}} : ({words})"


def _written(query: Query, term: Callable[[Term], str], both: str, either: str) -> str:
    """A query with this operator for all of its parts, and that one for any of its ways."""
    if not all(t.word.isalnum() for part in query for way in part for t in way):
        msg = "a word holds a character that means something to a database"
        raise ValueError(msg)
    parts = [
        "(" + f" {either} ".join("(" + f" {both} ".join(map(term, way)) + ")" for way in part) + ")"
        for part in query
    ]
    return f" {both} ".join(parts)


class _Holds(FunctionElement[bool]):
    """Whether a column of words of ``listing`` holds what a query asks for."""

    type = sa.Boolean()
    inherit_cache = True
    column: ClassVar[str]

    def __init__(self, query: Query | str) -> None:
        """Ask for a query, or for the one a parameter of this name will bring."""
        asked = _Asked(self.column)
        given: Any = (
            sa.bindparam(query, type_=asked)
            if isinstance(query, str)
            else sa.bindparam(None, query, type_=asked)
        )
        super().__init__(given)


class InText(_Holds):
    """All its words."""

    inherit_cache = True
    column = "search_text"
    name = "search_words"


class InTitle(_Holds):
    """The words of its title."""

    inherit_cache = True
    column = "search_title"
    name = "search_title_words"


class InMarks(_Holds):
    """All its words as they were typed."""

    inherit_cache = True
    column = "search_marked"
    name = "search_marked_words"


@compiles(_Holds)
def _tsvector(element: _Holds, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(listing.{element.name} @@ CAST({compiler.process(element.clauses, **kw)} AS tsquery))"


@compiles(_Holds, "sqlite")
def _fts5(element: _Holds, compiler: SQLCompiler, **kw: Any) -> str:
    asked = compiler.process(element.clauses, **kw)
    return f"(listing.id IN (SELECT rowid FROM search_index WHERE search_index MATCH {asked}))"  # noqa: S608  a bound parameter


def found(search: Search) -> sa.ColumnElement[bool]:
    """The condition for statements of one occasion; everything where nothing is asked."""
    if search.is_unreadable:
        return sa.false()
    return InText(search.words) if search.words else sa.true()


FOUND: tuple[sa.ColumnElement[bool], ...] = (InText("words"),)
"""The condition for statements that are kept; ``given`` has its parameters and those of RANK."""
RANK: tuple[sa.ColumnElement[Any], ...] = (
    sa.case((InMarks("as_typed"), 0), (InMarks("with_marks"), 1), else_=2),
    sa.case((InTitle("title_words"), 0), else_=1),
)
"""What stands first: every word exactly as typed, then every word that was typed with marks; of
these, all words in the title before words anywhere."""


def given(search: Search) -> dict[str, Any]:
    """The parameters of FOUND and RANK."""
    return {
        "words": search.words,
        "title_words": search.words,
        "as_typed": search.as_typed,
        "with_marks": search.with_marks,
    }
