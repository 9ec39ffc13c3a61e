"""Journey 8, through the pages and the worker: a question before its day, answered for everyone."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.journal import Entry
from marketplace.notifications import subjects
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery
from marketplace.notifications.writing import body, context
from marketplace.web.locale import in_language

WORDS = "Có giao ra phường vào sáng thứ ba không?"
SAID = "Có, xe chạy thứ ba và thứ sáu."


def told(world, who):
    """What the worker wrote to a person: the names of events, and the words."""
    while dispatch():
        pass
    rows = db.session.scalars(
        sa.select(Delivery)
        .where(Delivery.user_id == world.users[who], Delivery.channel == Channel.EMAIL)
        .order_by(Delivery.id)
    ).all()
    about = subjects.about_all(d.entry for d in rows)
    with in_language("vi"):
        return {
            d.entry.name: body(context(d.entry, about[d.entry_id], d.user, d.organisation))
            for d in rows
        }


def test_asked_answered_read_and_closed(world, browse):
    listing = world.published()
    coop, hotel, visitor = browse("coop"), browse("hotel"), browse()
    coop.get(f"/ban-hang/{listing.public_id}/hoi-dap")
    coop.submit({"until": "27/11/2026"})

    hotel.get(listing.path)
    ask = next(
        a["href"] for t, a in hotel.page.tags if t == "a" and (a.get("href") or "").endswith("/hoi")
    )
    hotel.get(ask)
    hotel.submit({"words": WORDS})
    mail = told(world, "coop")["question.asked"]
    assert WORDS in mail
    assert "Khách sạn" not in mail
    assert "Người hotel" not in mail
    assert WORDS not in visitor.get(listing.path).text

    coop.get("/thong-bao")
    coop.get(f"/ban-hang/{listing.public_id}")
    assert WORDS in coop.text
    coop.submit({"answer": SAID}, action="/tra-loi")
    assert SAID in told(world, "hotel")["question.answered"]

    for reader in (visitor, browse("restaurant")):
        page = reader.get(listing.path)
        assert WORDS in page.text
        assert SAID in page.text
        assert "Khách sạn minh họa" not in reader.response.get_data(as_text=True)
    event = db.session.scalars(sa.select(Entry).where(Entry.name == "question.answered")).one()
    assert event.data["listing"] == listing.id  # watchers are told by it later

    with clock.at(clock.now() + timedelta(days=8)):  # the day after
        late = browse("restaurant")
        page = late.get(listing.path)
        assert "27/11/2026" in page.text
        assert ask not in {a.get("href") for _, a in page.tags}
        late.get(ask, status=409)
        assert "27/11/2026" in late.text
        late.post(ask, {"words": "Câu muộn?"}, status=409)
        assert "Câu muộn?" not in late.get(listing.path).text
