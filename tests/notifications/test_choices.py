"""Which notices one may do without by e-mail, and that dispatch keeps to it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from marketplace.catalogue import services as catalogue
from marketplace.core.db import db
from marketplace.core.journal import Entry
from marketplace.notifications import queries, services
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery
from marketplace.notifications.rules import DECISIONS, Topic, topic_of, topics_for
from marketplace.notifications.subscriptions import TOLD


def told(event: str, user_id: int) -> set[Channel]:
    while dispatch():
        pass
    return set(
        db.session.scalars(
            sa.select(Delivery.channel)
            .join(Entry)
            .where(Entry.name == event, Delivery.user_id == user_id)
        )
    )


@pytest.mark.parametrize(
    ("event", "for_organisation", "topic"),
    [
        ("user.reset_requested", False, None),
        ("organisation.suspend", True, None),
        ("organisation.registered", False, None),
        ("listing.submit", False, None),
        ("listing.publish", True, Topic.LISTINGS),
        ("listing_availability.pause", True, Topic.LISTINGS),
        ("listing_availability.pause", False, Topic.WATCHED),
        ("listing.closing_soon", False, Topic.WATCHED),
        ("question.answered", True, Topic.QUESTIONS),
        ("question.answered", False, Topic.WATCHED),
        ("match.proposed", True, Topic.DEALS),
        ("match.proposed", False, None),
        ("deal.complete", False, Topic.DEALS),
        ("enquiry.sent", False, None),
        ("enquiry.tie", True, Topic.INTERESTS),
        ("deal.dispute", True, Topic.DEALS),
        ("deal.dispute", False, None),
        ("agreement.hand_in", True, Topic.DEALS),
        ("ruling.drop", False, Topic.DEALS),
        ("search_digest.made", False, Topic.SEARCHES),
        ("road_notice.posted", True, Topic.ROADS),
        ("report.made", False, None),
        ("report.dismiss", False, Topic.LISTINGS),
    ],
)
def test_duties_have_no_topic(event, for_organisation, topic):
    assert topic_of(event, for_organisation=for_organisation) == topic


def test_every_event_told_is_a_duty_or_has_a_topic():
    without = {
        name
        for name in TOLD
        if topic_of(name, for_organisation=True) is None
        and name.partition(".")[0] not in {"user", "organisation"}
    }
    assert without == set()
    assert DECISIONS <= TOLD


def test_dispatch_keeps_to_the_choice_and_the_inbox_stays(world):
    coop = world.actor("coop")
    services.choose_mails(coop, set(Topic) - {Topic.LISTINGS})
    world.published()
    assert told("listing.publish", coop.user_id) == {Channel.INBOX}
    services.choose_mails(coop, set(Topic))
    world.published()
    assert told("listing.publish", coop.user_id) == {Channel.INBOX, Channel.EMAIL}


def test_a_decision_that_waits_comes_whatever_was_chosen(world):
    official = world.actor("official_1")
    services.choose_mails(official, set())
    catalogue.submit(world.actor("coop"), world.draft().public_id)
    assert told("listing.submit", official.user_id) == {Channel.INBOX, Channel.EMAIL}


def test_who_acts_for_nobody_chooses_about_their_own_wishes_and_the_rest_stays(world):
    import dataclasses

    hotel = world.actor("hotel")
    services.choose_mails(hotel, set(Topic) - {Topic.ROADS})
    alone = dataclasses.replace(hotel, organisation_id=None)
    assert topics_for(alone) == (Topic.SEARCHES, Topic.WATCHED)
    services.choose_mails(alone, {Topic.SEARCHES})
    assert queries.refused_by(hotel.user_id) == {Topic.ROADS, Topic.WATCHED}
