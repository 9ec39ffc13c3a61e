"""Setting up a pair from data. The file is the pair: see ``pairs/avuong-nguhanhson.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from marketplace.accounts.models import Locality, Village
from marketplace.accounts.rules import LocalityKind
from marketplace.core.db import db
from marketplace.core.text import name_key, sort_key
from marketplace.core.use_case import use_case
from marketplace.programme import queries
from marketplace.programme.models import Article, KeyPolicy, Pair, Principle
from marketplace.programme.rules import Decision


@use_case
def load_pair(data: Mapping[str, Any]) -> Pair:
    """Enter a pair of localities, or do nothing when its code is known.

    A locality that is in another pair already is found by its official code and kept: its stock
    is its own and is offered to both pairs.
    """
    known = queries.by_code(data["code"])
    if known is not None:
        return known
    pair = Pair(
        code=data["code"],
        name=data["name"],
        host=data.get("host"),
        theme=data.get("theme", "neutral"),
        source_id=_locality(data["source"]).id,
        market_id=_locality(data["market"]).id,
        signed_on=data["signed_on"],
        objection_days=data.get("objection_days", 1),
        decides_on_paper=data.get("decides_on_paper", False),
    )
    db.session.add(pair)
    db.session.flush()  # its id is needed below
    for number, article in enumerate(data["articles"], start=1):
        db.session.add(Article(pair_id=pair.id, number=number, **article))
    for number, principle in enumerate(data.get("principles", ()), start=1):
        db.session.add(
            Principle(
                pair_id=pair.id, number=number, text_vi=principle["vi"], text_en=principle["en"]
            )
        )
    for policy in data.get("keys", ()):
        db.session.add(
            KeyPolicy(
                pair_id=pair.id,
                decision=Decision(policy["decision"]),
                keys=policy["keys"],
                both_from_value=policy.get("both_from_value"),
            )
        )
    return pair


def _locality(data: Mapping[str, Any]) -> Locality:
    locality = db.session.scalars(sa.select(Locality).where(Locality.code == data["code"])).first()
    if locality is None:
        locality = Locality(
            code=data["code"],
            kind=LocalityKind(data["kind"]),
            name=data["name"],
            province=data["province"],
            office=data["office"],
            address=data.get("address"),
            phone=data.get("phone"),
            email=data.get("email"),
        )
        db.session.add(locality)
        db.session.flush()  # its id is needed for the villages
    known = {village.name_key for village in queries.villages(locality.id)}
    for name in data.get("villages", ()):
        if name_key(name) not in known:
            db.session.add(
                Village(
                    locality_id=locality.id,
                    name=name,
                    name_key=name_key(name),
                    sort_key=sort_key(name),
                )
            )
    return locality
