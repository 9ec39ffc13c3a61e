"""Reading pairs: which twinning stands behind an address, a locality, two localities."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from marketplace.accounts.models import Village
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.programme.models import Article, Pair


def for_host(host: str, default_code: str = "") -> Pair | None:
    """The pair an address shows: by host name, else the set code, else the first one."""
    return choose(db.session.scalars(sa.select(Pair).order_by(Pair.id)).all(), host, default_code)


def choose(pairs: Sequence[Pair], host: str, default_code: str = "") -> Pair | None:
    """Of all pairs, oldest first, the one that belongs to an address (a port does not count)."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    for pair in pairs:
        if pair.host and pair.host == name.lower():
            return pair
    for pair in pairs:
        if default_code and pair.code == default_code:
            return pair
    return pairs[0] if pairs else None


def detached() -> tuple[Pair, ...]:
    """All pairs with their localities and key policies, to be kept beyond the transaction.

    They belong to no session: no rollback empties them and no page can load more through them.
    """
    with Session(db.engine) as session:
        pairs = tuple(session.scalars(sa.select(Pair).order_by(Pair.id)))
        session.expunge_all()
    return pairs


def by_code(code: str) -> Pair | None:
    """The pair with this code."""
    return db.session.scalars(sa.select(Pair).where(Pair.code == code)).first()


def between(one: int, other: int) -> Pair | None:
    """The pair these two localities form, in either order."""
    return db.session.scalars(
        sa.select(Pair).where(
            sa.or_(
                sa.and_(Pair.source_id == one, Pair.market_id == other),
                sa.and_(Pair.source_id == other, Pair.market_id == one),
            )
        )
    ).first()


def pairs_of(viewer: Actor) -> sa.Select[int]:
    """The twinnings of an official's locality: whose records the official may read."""
    return sa.select(Pair.id).where(
        sa.or_(Pair.source_id == viewer.locality_id, Pair.market_id == viewer.locality_id)
    )


def of_locality(locality_id: int) -> Sequence[Pair]:
    """All pairs a locality is in; its stock is offered to each of them."""
    return db.session.scalars(
        sa.select(Pair)
        .where(sa.or_(Pair.source_id == locality_id, Pair.market_id == locality_id))
        .order_by(Pair.id)
    ).all()


def with_texts(pair_id: int) -> Pair | None:
    """A pair with its articles and principles."""
    return db.session.scalars(
        sa.select(Pair)
        .where(Pair.id == pair_id)
        .options(selectinload(Pair.articles), selectinload(Pair.principles))
    ).first()


def article(pair_id: int, number: int) -> Article | None:
    """The article with this number in a pair."""
    return db.session.scalars(
        sa.select(Article).where(Article.pair_id == pair_id, Article.number == number)
    ).first()


def villages(*locality_ids: int) -> Sequence[Village]:
    """The villages of these localities in Vietnamese order."""
    return db.session.scalars(
        sa.select(Village).where(Village.locality_id.in_(locality_ids)).order_by(Village.sort_key)
    ).all()
