"""Two officials at the same moment: one enquiry becomes one interest."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from marketplace.core.actor import ANONYMOUS
from marketplace.core.db import db
from marketplace.core.errors import DomainError
from marketplace.enquiries import services
from marketplace.interests.models import Interest
from tests.enquiries.conftest import wish


def test_two_officials_tying_at_once_make_one_interest(fresh):
    app, world = fresh
    for round_ in range(1, 4):
        listing = world.published(title=f"Hàng {round_}")
        asked = wish(contact_phone=f"+8490000008{round_}")
        code = services.submit(ANONYMOUS, listing.public_id, asked, "192.0.2.1").public_id
        jobs = [
            (world.actor("official_1"), world.organisation("hotel").public_id),
            (world.actor("ward_official_1"), world.organisation("restaurant").public_id),
        ]
        db.session.rollback()
        start = threading.Barrier(2, timeout=20)

        def run(job):
            with app.app_context():
                start.wait()
                try:
                    return services.tie(job[0], code, job[1]).public_id
                except DomainError as refusal:
                    return refusal
                finally:
                    db.session.remove()

        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(run, jobs))
        assert sorted(type(one).__name__ for one in done) == ["WrongState", "str"], done
        db.session.rollback()
        assert db.session.scalar(sa.select(sa.func.count(Interest.id))) == round_
