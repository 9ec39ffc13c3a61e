"""Databases to measure on: one pair, sellers, buyers who can sign in, and many listings.

The listings are plausible rows written in bulk, not through use cases, which would take an hour.
"""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from marketplace.accounts import passwords
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.accounts.rules import OrganisationKind, OrganisationState
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState
from marketplace.catalogue.search import searchable, searchable_marks
from marketplace.catalogue.taxonomy import GROUP_WORDS, Group, Origin, PriceKind
from marketplace.catalogue.vocabulary import learn
from marketplace.core import clock, emails, text
from marketplace.core.actor import SYSTEM
from marketplace.core.db import db
from marketplace.core.ids import public_id
from marketplace.core.journal import record
from marketplace.core.quantity import Unit
from marketplace.core.roles import Role
from marketplace.core.use_case import use_case
from marketplace.demo import PAIR
from marketplace.demo.goods import PRODUCE
from marketplace.interests.models import Interest
from marketplace.programme.models import Article, Pair
from marketplace.programme.queries import villages
from marketplace.programme.services import load_pair

PASSWORD = "four words without kinship"  # noqa: S105  of a database that is thrown away
SELLERS, BUYERS = 30, 8
CHUNK = 2_000


@dataclass(frozen=True)
class Stock:
    """What the load generator must know of a database."""

    paths: list[str]
    """Addresses of the published listings."""
    buyers: list[str]
    """Sign-in names."""


def fill(app: Flask, listings: int) -> Stock:
    """Migrate an empty database and fill it with so many listings; always the same ones."""
    chance = random.Random(listings)
    with app.app_context():
        flask_migrate.upgrade()
        pair = load_pair(tomllib.loads(PAIR.read_text()))
        sellers, buyers = _organisations(pair)
        stock = Stock(_listings(pair, sellers, listings, chance), buyers)
        _mark(pair.id)
        db.session.remove()
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").execute(
                    sa.text("ANALYZE")
                )
        db.engine.dispose()
    return stock


def interests(app: Flask) -> int:
    """How many interests the database holds."""
    with app.app_context():
        found = db.session.scalar(sa.select(sa.func.count(Interest.id))) or 0
        db.session.remove()
        db.engine.dispose()
    return found


@use_case
def _mark(pair_id: int) -> None:
    """One entry, so that the data has a version."""
    record("pair.measured", db.session.get_one(Pair, pair_id), SYSTEM)


@use_case
def _organisations(pair: Pair) -> tuple[list[int], list[str]]:
    hashed = passwords.hashed(PASSWORD)
    sellers, buyers = [], []
    for number in range(SELLERS + BUYERS):
        is_seller = number < SELLERS
        name = f"HTX số {number}" if is_seller else f"Khách sạn số {number}"
        organisation = Organisation(
            kind=OrganisationKind.COOPERATIVE if is_seller else OrganisationKind.ENTERPRISE,
            name=name,
            name_key=text.name_key(name),
            locality_id=pair.source_id if is_seller else pair.market_id,
            state=OrganisationState.VERIFIED,
            verified_at=clock.now(),
            created_at=clock.now(),
        )
        db.session.add(organisation)
        db.session.flush()
        if is_seller:
            sellers.append(organisation.id)
            continue
        email = f"mua-{number}@bench.example"
        user = User(
            name=f"Bộ phận mua hàng {number}",
            email=email,
            email_key=emails.key(email),
            password_hash=hashed,
            created_at=clock.now(),
        )
        db.session.add(user)
        db.session.flush()
        db.session.add(
            Membership(
                user_id=user.id,
                organisation_id=organisation.id,
                role=Role.MANAGER,
                created_at=clock.now(),
            )
        )
        buyers.append(email)
    return sellers, buyers


@use_case
def _listings(pair: Pair, sellers: list[int], number: int, chance: random.Random) -> list[str]:
    places = list(villages(pair.source_id))
    article = db.session.scalars(
        sa.select(Article.id).where(
            Article.pair_id == pair.id, Article.number == Produce.article_number
        )
    ).one()
    groups = list(Group)
    seasons = [
        sum(1 << (first + month) % 12 for month in range(length))
        for first in range(12)
        for length in (2, 3, 4, 5, 6, 12)
    ]
    keys = count(1)
    paths = []
    known: set[str] = set()
    for start in range(0, number, CHUNK):
        rows, own = [], []
        for _ in range(start, min(start + CHUNK, number)):
            key = next(keys)
            goods = chance.choice(PRODUCE)
            title = f"{goods.title} lô {key}"
            village = chance.choice(places)
            group = goods.group if chance.random() < 0.7 else chance.choice(groups)  # noqa: PLR2004
            texts = [title, village.name, goods.text, GROUP_WORDS[group]]
            known.update(searchable(texts).split())
            at = clock.now() - timedelta(minutes=chance.randrange(400 * 24 * 60))
            code = public_id()
            rows.append(
                {
                    "id": key,
                    "public_id": code,
                    "kind": "produce",
                    "pair_id": pair.id,
                    "locality_id": pair.source_id,
                    "is_offered_to_all": True,
                    "organisation_id": chance.choice(sellers),
                    "article_id": article,
                    "village_id": village.id,
                    "title": title,
                    "slug": text.slug(title),
                    "sort_key": text.sort_key(title),
                    "description": goods.text,
                    "search_title": searchable([title]),
                    "search_text": searchable(texts),
                    "search_marked": searchable_marks(texts),
                    "state": ListingState.PUBLISHED,
                    "created_at": at,
                    "updated_at": at,
                    "published_at": at,
                    "version": 1,
                }
            )
            price = chance.randrange(10, 500) * 1_000
            own.append(
                {
                    "id": key,
                    "product_group": group,
                    "origin": chance.choice(list(Origin)),
                    "unit": goods.unit if chance.random() < 0.8 else Unit.KG,  # noqa: PLR2004
                    "price_kind": PriceKind.FIXED,
                    "price_low": price,
                    "price_high": price,
                    "quantity": chance.randrange(1_000, 100_000) * 1_000,
                    "promised": 0,
                    "months": chance.choice(seasons),
                    "quantity_confirmed_on": clock.today() - timedelta(days=chance.randrange(40)),
                }
            )
            paths.append(f"/nong-san/{text.slug(title)}-{code}")
        db.session.execute(sa.insert(Listing.__table__), rows)  # type: ignore[arg-type]
        db.session.execute(sa.insert(Produce.__table__), own)  # type: ignore[arg-type]
    learn(known)
    if db.engine.dialect.name == "postgresql":
        db.session.execute(
            sa.text("SELECT setval(pg_get_serial_sequence('listing', 'id'), :last)"),
            {"last": number},
        )
    return paths
