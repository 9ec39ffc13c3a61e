"""Which notices someone may do without by e-mail, and which are duties. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

from marketplace.alerts.rules import OF_WATCHED
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_


class Topic(StrEnum):
    """What notices are about, as people choose among them."""

    LISTINGS = "listings"
    QUESTIONS = "questions"
    INTERESTS = "interests"
    DEALS = "deals"
    PAPERS = "papers"
    ROADS = "roads"
    SEARCHES = "searches"
    WATCHED = "watched"
    TRIPS = "trips"


TOPIC_LABELS = {
    Topic.LISTINGS: N_("My listings and their lots"),
    Topic.QUESTIONS: N_("Questions and answers"),
    Topic.INTERESTS: N_("Interests, offers and conversations"),
    Topic.DEALS: N_("Matches, deals and deliveries"),
    Topic.PAPERS: N_("Certificates and papers"),
    Topic.ROADS: N_("Roads"),
    Topic.SEARCHES: N_("Saved searches"),
    Topic.WATCHED: N_("Listings I watch"),
    Topic.TRIPS: N_("Survey trips and promises"),
}

_BY_RECORD = {
    "listing": Topic.LISTINGS,
    "listing_availability": Topic.LISTINGS,
    "listing_visibility": Topic.LISTINGS,
    "revision": Topic.LISTINGS,
    "report": Topic.LISTINGS,
    "consent": Topic.LISTINGS,
    "lot": Topic.LISTINGS,
    "question": Topic.QUESTIONS,
    "interest": Topic.INTERESTS,
    "selection": Topic.INTERESTS,
    "applicant": Topic.INTERESTS,
    "enquiry": Topic.INTERESTS,
    "introduction": Topic.INTERESTS,
    "message": Topic.INTERESTS,
    "match": Topic.DEALS,
    "deal": Topic.DEALS,
    "agreement": Topic.DEALS,
    "ruling": Topic.DEALS,
    "instalment": Topic.DEALS,
    "task": Topic.DEALS,
    "figure": Topic.DEALS,
    "scheduled_delivery": Topic.DEALS,
    "call_off": Topic.DEALS,
    "dispatch": Topic.DEALS,
    "payment": Topic.DEALS,
    "second_chance": Topic.INTERESTS,
    "paper": Topic.PAPERS,
    "road_notice": Topic.ROADS,
    "search_digest": Topic.SEARCHES,
    "promise": Topic.TRIPS,
    "trip": Topic.TRIPS,
    "trip_person": Topic.TRIPS,
    "trip_report": Topic.TRIPS,
}
"""By the first part of an event's name. ``user`` and ``organisation`` are missing on purpose: what
concerns signing in, security and one's standing always comes."""

DECISIONS = frozenset(
    {
        "listing.submit",
        "listing.turn_key",
        "revision.submit",
        "revision.turn_key",
        "report.made",
        "interest.accept",
        "selection.begin",
        "selection.propose",
        "selection.send_back",
        "applicant.asked",
        "match.proposed",
        "match.turn_key",
        "match.object",
        "match.assigned",
        "match.reminded",
        "interest.assigned",
        "interest.reminded",
        "enquiry.sent",
        "deal.dispute",
        "deal.propose_settlement",
        "deal.propose_end",
        "paper.added",
        "paper.resubmit",
        "paper.claimed",
        "lot.recall",
        "consent.withdraw",
        "trip.plan",
        "trip.turn_key",
        "trip.replan",
        "trip.road_closed",
        "trip_report.turn_key",
    }
)
"""Events after which an official has something to decide or to see to."""

_ONE_S_OWN = (Topic.SEARCHES, Topic.WATCHED)


def is_for_watcher(event: str, *, for_organisation: bool) -> bool:
    """Whether a notice reaches someone because they watch the listing it is about.

    Those concerned are told of these events in the name of their organisation only.
    """
    return event in OF_WATCHED and not for_organisation


def topic_of(event: str, *, for_organisation: bool) -> Topic | None:
    """What a notice is about, for whoever may do without its mail; None for a duty.

    ``for_organisation``: it is told in the name of the reader's organisation, not to an official
    or to the person alone.
    """
    if is_for_watcher(event, for_organisation=for_organisation):
        return Topic.WATCHED
    if event in DECISIONS and not for_organisation:
        return None
    return _BY_RECORD.get(event.partition(".")[0])


def topics_for(actor: Actor) -> Sequence[Topic]:
    """The topics someone can be told of: without an organisation only one's own wishes."""
    return tuple(Topic) if actor.organisation_id is not None else _ONE_S_OWN


def refused(wanted: Collection[Topic], asked: Collection[Topic]) -> set[Topic]:
    """Of the topics someone was asked about, those they want no mail of."""
    return set(asked) - set(wanted)
