"""The words listings were ever written with, kept so that slips can be corrected.

Nothing of it is shown: a word is proposed only when it finds something for whoever asks, and then
as it stands there. Words stay when their listing goes; they are tried in vain at most.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.catalogue.spelling import LONGEST, rests, sound
from marketplace.core.db import Base, ByteOrder, db

ROWS = 400
"""Rows of one INSERT."""


class SearchWord(Base):
    """A folded word some listing was written with."""

    __tablename__ = "search_word"

    word: Mapped[str] = mapped_column(ByteOrder, primary_key=True)


class SearchRest(Base):
    """A word under what is left of it when letters are missing, and under how it sounds."""

    __tablename__ = "search_rest"

    rest: Mapped[str] = mapped_column(ByteOrder, primary_key=True)
    word: Mapped[str] = mapped_column(ByteOrder, primary_key=True)


def _is_worth_it(word: str) -> bool:
    return 1 < len(word) <= LONGEST and word.isascii() and word.isalpha()


def learn(words: Iterable[str]) -> int:
    """Take up the words that are new, inside the caller's transaction; returns how many.

    In a settled order, so that two who learn the same words wait for each other in turn.
    """
    asked = sorted({word for word in words if _is_worth_it(word)})
    with db.session.no_autoflush:
        known = set(
            db.session.scalars(sa.select(SearchWord.word).where(SearchWord.word.in_(asked)))
        )
        new = [word for word in asked if word not in known]
        _insert(SearchWord, [{"word": word} for word in new])
        _insert(
            SearchRest,
            [
                {"rest": rest, "word": word}
                for word in new
                for rest in sorted({*rests(word), sound(word)})
            ],
        )
    return len(new)


def _insert(model: type[Base], rows: list[dict[str, str]]) -> None:
    """Add rows; what another transaction added meanwhile stays as it is."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    table = cast("sa.Table", model.__table__)
    for start in range(0, len(rows), ROWS):
        statement: Any = insert(table).values(rows[start : start + ROWS]).on_conflict_do_nothing()
        db.session.execute(statement)


def forget() -> None:
    """Empty the vocabulary, to be learnt anew; call inside a use case."""
    for model in (SearchRest, SearchWord):
        db.session.execute(sa.delete(model))


_RESTS = sa.bindparam("rests", expanding=True, type_=sa.Text)
_LOOK_UP = sa.select(SearchRest.rest, SearchRest.word).where(SearchRest.rest.in_(_RESTS))


def look_up(asked: Iterable[str]) -> dict[str, list[str]]:
    """The known words by each of these rests, in one query."""
    found: dict[str, list[str]] = {}
    for rest, word in db.session.execute(_LOOK_UP, {"rests": sorted(asked)}):
        found.setdefault(rest, []).append(word)
    return found
