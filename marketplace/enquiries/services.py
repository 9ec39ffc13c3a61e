"""Use cases of enquiries: sending without an account, tying, declining, and what the clock does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from marketplace.accounts import throttle
from marketplace.catalogue.rules import ListingState
from marketplace.core import clock, emails
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import record
from marketplace.core.use_case import one_by_one, use_case
from marketplace.enquiries import queries
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.rules import CONSENT_TEXT, ENQUIRY, NAMES_KEPT_DAYS, EnquiryState
from marketplace.interests import queries as interests
from marketplace.interests.models import Interest, InterestValues
from marketplace.interests.rules import INTEREST, LIVE
from marketplace.interests.sending import check, end, send

BY_ADDRESS = throttle.Limit("enquiry-address", 10, timedelta(hours=1))
ABOUT_ONE = throttle.Limit("enquiry-listing", 3, timedelta(hours=24))
BY_PHONE = throttle.Limit("enquiry-phone", 5, timedelta(hours=24))
BY_EMAIL = throttle.Limit("enquiry-email", 5, timedelta(hours=24))
"""How often one address may send, in all and about one listing; how often one number is given, and
one e-mail address, which may be a stranger's."""


@dataclass(frozen=True, slots=True)
class EnquiryValues:
    """Who asks, from where, and what for; where to write how it goes on, and in which language."""

    organisation_name: str
    asked: InterestValues
    contact_email: str = ""
    language: str = "vi"


def submit(actor: Actor, listing_id: str, values: EnquiryValues, address: str) -> Enquiry:
    """Send an enquiry without an account. Raises TooManyTries when too many come."""
    tries = [
        (BY_ADDRESS, address),
        (ABOUT_ONE, f"{address}|{listing_id}"),
        (BY_PHONE, values.asked.contact_phone),
    ]
    if values.contact_email:
        tries.append((BY_EMAIL, emails.key(values.contact_email)))
    throttle.count(*tries)
    return _submit(actor, listing_id, values)


@use_case
def _submit(actor: Actor, listing_id: str, values: EnquiryValues) -> Enquiry:
    listing = queries.open_listing(listing_id, lock=True)
    enquiry = Enquiry(
        pair=listing.pair,
        listing=listing,
        organisation_name=values.organisation_name,
        contact_email=values.contact_email,
        language=values.language,
        consent_text=CONSENT_TEXT,
        sent_at=clock.now(),
    )
    enquiry.take(values.asked)
    check(listing, values.asked)
    db.session.add(enquiry)
    record(
        "enquiry.sent", enquiry, actor, data={"listing": listing.id, "consent_text": CONSENT_TEXT}
    )
    return enquiry


@use_case
def tie(actor: Actor, code: str, organisation_id: str) -> Enquiry:
    """Let a verified organisation stand behind an enquiry: it becomes its interest, same code.

    What was asked for was judged when it was sent: a day or a quantity that has gone since is for
    the owner to ask back about. Raises Invalid for an organisation that may not ask, or has asked
    already.
    """
    enquiry = queries.get(code, actor, lock=True)
    ENQUIRY.require(enquiry, "tie", actor)
    organisation = queries.candidate(enquiry, organisation_id)
    if organisation is None:
        raise Invalid("organisation", N_("Choose one of the verified organisations."))
    if interests.live_of(organisation.id, enquiry.listing_id) is not None:
        raise Conflict(
            Text(
                N_("%(organisation)s has registered its interest already."),
                organisation=organisation.name,
            )
        )
    pair = interests.pair_for(enquiry.listing, organisation)
    interest = Interest(
        public_id=enquiry.public_id,
        state=INTEREST.initial,
        pair=pair,
        listing=enquiry.listing,
        organisation=organisation,
    )
    interest.take(enquiry.asked())
    send(interest, SYSTEM, enquiry_id=enquiry.id, by=actor)
    ENQUIRY.fire(
        enquiry,
        "tie",
        actor,
        facts={"interest": interest, "ended_at": clock.now()},
        data={"organisation": organisation.id},
    )
    return enquiry


@use_case
def decline(actor: Actor, code: str, *, reason: str | None, note: str) -> Enquiry:
    """Decline an enquiry; its sender reads why on the tracking page."""
    enquiry = queries.get(code, actor, lock=True)
    _end(enquiry, "decline", actor, reason=reason, note=note)
    return enquiry


@use_case
def take_back(actor: Actor, code: str) -> Enquiry:
    """Take an enquiry back with its code; what names the sender is erased at once."""
    enquiry = queries.by_code(code, lock=True)
    _end(enquiry, "take_back", actor)
    enquiry.erase(clock.now())
    return enquiry


OF_SENDER = throttle.Limit("enquiry-revoke", 5, timedelta(hours=24))
"""How often someone may try to show that a tied enquiry is theirs."""


def revoke(actor: Actor, code: str, contact_phone: str) -> Enquiry:
    """Take a tied enquiry back: its interest ends where it is open, and what names is erased.

    Both sides have the code by now, so its sender gives the phone number of the enquiry. Raises
    TooManyTries when numbers are being tried out, Invalid for another number.
    """
    throttle.count((OF_SENDER, code))
    return _revoke(actor, code, contact_phone)


@use_case
def _revoke(actor: Actor, code: str, contact_phone: str) -> Enquiry:
    enquiry = queries.by_code(code, lock=True)
    ENQUIRY.require(enquiry, "revoke", actor)
    if contact_phone != enquiry.contact_phone:
        raise Invalid("contact_phone", N_("This is not the number given with the enquiry."))
    interest = enquiry.interest
    if interest is not None:
        if interest.state in LIVE:
            end(interest, "take_back", SYSTEM)
        interest.erase()
    ENQUIRY.fire(enquiry, "revoke", actor)
    enquiry.erase(clock.now())
    return enquiry


def _end(
    enquiry: Enquiry, move: str, actor: Actor, *, reason: str | None = None, note: str = ""
) -> None:
    ended = {"ended_at": clock.now()}
    ENQUIRY.fire(enquiry, move, actor, reason=reason, note=note, facts=ended)


def lapse_left_behind() -> int:
    """End the enquiries whose listing is over; may run twice. Returns how many."""
    return one_by_one(_lapse, queries.left_behind())


@use_case
def _lapse(code: str) -> bool:
    enquiry = queries.by_code(code, lock=True)
    if enquiry.state is not EnquiryState.SENT or enquiry.listing.state is ListingState.PUBLISHED:
        return False  # someone was faster
    has_passed = interests.has_passed(enquiry.listing)
    _end(enquiry, "lapse", SYSTEM, reason="expired" if has_passed else "closed")
    return True


def forget_visitors() -> int:
    """Erase who sent the enquiries that ended long ago; may run twice. Returns how many."""
    before = clock.now() - timedelta(days=NAMES_KEPT_DAYS)
    return one_by_one(_forget, queries.to_erase(before))


@use_case
def _forget(code: str) -> bool:
    enquiry = queries.by_code(code, lock=True)
    if enquiry.erased_at is not None:
        return False
    enquiry.erase(clock.now())
    record("enquiry.erased", enquiry, SYSTEM)
    return True
