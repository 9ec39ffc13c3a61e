"""Who is told, on which channel, once."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace.accounts.models import User
from marketplace.catalogue import services as catalogue
from marketplace.core import journal
from marketplace.core.db import db
from marketplace.core.journal import Entry, Outbox
from marketplace.notifications import dispatch as dispatching
from marketplace.notifications import queries, services, subscriptions
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery, DeliveryState
from tests.notifications import story


def told(entry_name: str) -> set[tuple[str | None, str]]:
    rows = db.session.scalars(sa.select(Delivery).join(Entry).where(Entry.name == entry_name))
    return {(d.user.email if d.user else None, d.channel.value) for d in rows}


def everything() -> None:
    while dispatch():
        pass


def test_approvers_are_told_and_the_author_is_not(world):
    catalogue.submit(world.actor("coop"), world.draft().public_id)
    everything()
    people = {email for email, _ in told("listing.submit")}
    assert people == {"official-1@demo.example", "official-2@demo.example", "leader@demo.example"}


def test_entries_are_told_once_however_often_the_worker_runs(world):
    catalogue.submit(world.actor("coop"), world.draft().public_id)
    everything()
    before = db.session.scalar(sa.select(sa.func.count(Delivery.id)))
    assert dispatch() == 0
    assert db.session.scalar(sa.select(sa.func.count(Delivery.id))) == before
    assert journal.first_broken_seal() is None
    assert not db.session.scalars(sa.select(Outbox).where(Outbox.dispatched_at.is_(None))).all()


def test_someone_without_mail_gets_the_inbox_and_a_call(world):
    household = story.household(world, phone="+84912345678")
    story.published_for(world, household)
    everything()
    rows = db.session.scalars(
        sa.select(Delivery).where(Delivery.organisation_id == household.id)
    ).all()
    assert {(d.entry.name, d.channel) for d in rows} >= {
        ("listing.publish", Channel.INBOX),
        ("listing.publish", Channel.CALL),
    }
    assert Channel.EMAIL not in {d.channel for d in rows}
    calls = queries.calls(world.actor("official_1"))
    assert {c.organisation_id for c in calls} == {household.id}
    assert not queries.calls(world.actor("ward_official_1"))


def test_an_organisation_without_people_gets_a_call(world):
    household = story.household(world)
    story.published_for(world, household)
    everything()
    rows = db.session.scalars(
        sa.select(Delivery).where(Delivery.organisation_id == household.id)
    ).all()
    assert {d.channel for d in rows} == {Channel.CALL}
    assert {d.user_id for d in rows} == {None}


def test_a_call_is_made_once_and_logged(world):
    import pytest

    from marketplace.core.errors import Conflict, NotFound

    story.published_for(world, story.household(world))
    everything()
    call = queries.calls(world.actor("official_2"))[0]
    with pytest.raises(NotFound):
        services.made_call(world.actor("ward_official_1"), call.public_id, "x")
    with pytest.raises(NotFound):
        services.made_call(world.actor("coop"), call.public_id, "x")
    made = services.made_call(world.actor("official_2"), call.public_id, "Đã báo, bà con đồng ý.")
    assert (made.state, made.called_by_id) == (DeliveryState.SENT, world.users["official_2"])
    entry = db.session.scalars(sa.select(Entry).where(Entry.name == "delivery.called")).one()
    assert entry.note.text == "Đã báo, bà con đồng ý."
    with pytest.raises(Conflict):
        services.made_call(world.actor("official_1"), call.public_id, "Lần hai")


def test_a_secret_link_never_reaches_the_inbox(world):
    story.people(world)
    everything()
    channels = {
        channel
        for name in ("user.reset_requested", "user.made_officer", "user.registered_again")
        for _, channel in told(name)
    }
    assert channels == {"email"}


def test_one_faulty_entry_holds_up_no_other(world, monkeypatch, caplog):
    catalogue.submit(world.actor("coop"), world.draft().public_id)
    story.household(world)

    def broken(record, entry):
        raise RuntimeError

    monkeypatch.setitem(
        dispatching.SUBSCRIPTIONS, "listing.submit", subscriptions.Subscription(broken)
    )
    everything()
    left = db.session.scalars(
        sa.select(Entry.name)
        .join(Outbox, Outbox.entry_id == Entry.id)
        .where(Outbox.dispatched_at.is_(None))
    ).all()
    assert left == ["listing.submit"]
    assert "cannot be told" in caplog.text
    monkeypatch.undo()
    everything()
    assert told("listing.submit")


def test_failed_mails_are_for_the_officials_of_the_pair(world):
    from marketplace.notifications.deliver import stamp

    catalogue.submit(world.actor("coop"), world.draft().public_id)
    everything()
    mail = db.session.scalars(sa.select(Delivery).where(Delivery.channel == Channel.EMAIL)).first()
    stamp(mail.id, sent=False, error="no such mailbox", final=True)
    assert [d.id for d in queries.failed(world.actor("ward_leader"))] == [mail.id]
    assert not queries.failed(world.actor("coop"))


def test_a_mail_given_up_becomes_a_call(world):
    from marketplace.notifications.deliver import stamp

    world.published()
    everything()
    mail = db.session.scalars(
        sa.select(Delivery)
        .join(Entry)
        .where(Entry.name == "listing.publish", Delivery.channel == Channel.EMAIL)
    ).one()
    stamp(mail.id, sent=False, error="no such mailbox", final=True)
    stamp(mail.id, sent=False, error="no such mailbox", final=True)
    calls = queries.calls(world.actor("official_1"))
    assert [(c.user_id, c.entry_id) for c in calls] == [(mail.user_id, mail.entry_id)]
    assert db.session.get_one(User, mail.user_id).email
