"""What was published before saved searches existed counts as noted; it is told to nobody."""

from __future__ import annotations

import flask_migrate
import sqlalchemy as sa

from marketplace.alerts import services
from marketplace.alerts.models import Digest, News
from marketplace.core.db import db
from tests.alerts.days import save

BEFORE, AFTER = "0013", "head"


def test_published_listings_are_noted_and_drafts_are_not(fresh) -> None:
    _, world = fresh
    old = world.published(title="Có từ trước").id
    world.draft(title="Bản nháp")
    db.session.remove()
    flask_migrate.downgrade(revision=BEFORE)
    flask_migrate.upgrade(revision=AFTER)
    assert db.session.scalars(sa.select(News.listing_id)).all() == [old]
    save(world)
    services.tell()
    assert db.session.scalar(sa.select(sa.func.count(Digest.id))) == 0
    new = world.published(title="Sau đó").id
    services.tell()
    (message,) = db.session.scalars(sa.select(Digest)).all()
    assert [item.listing_id for item in message.items] == [new]
