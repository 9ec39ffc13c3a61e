"""Use cases: recording and taking back consent, printing forms, entering what they say."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from marketplace.accounts import consents
from marketplace.accounts import queries as accounts
from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.consents import ConsentValues
from marketplace.accounts.models import Consent, Organisation, StoredFile
from marketplace.accounts.rules import (
    CONSENT,
    CONSENTING,
    ActingHow,
    ConsentHow,
    may_act_for,
)
from marketplace.catalogue import drafting
from marketplace.catalogue.drafting import Values
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import AVAILABILITY, Availability, ListingState
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.use_case import use_case
from marketplace.helping import queries
from marketplace.helping.models import PaperForm
from marketplace.helping.rules import MOST_COPIES, may_print_forms
from marketplace.programme.models import Pair


@use_case
def give_consent(actor: Actor, public_id: str, values: ConsentValues) -> Consent:
    """Write down a household's consent: by itself, or by whoever took it down."""
    organisation = _household(actor, public_id)
    return consents.give(actor, organisation, values)


def _household(actor: Actor, public_id: str) -> Organisation:
    organisation = accounts.organisation(public_id, actor)
    if organisation.kind not in CONSENTING:
        raise NotFound
    return organisation


@use_case
def withdraw_consent(actor: Actor, public_id: str, acting: Acting | None = None) -> Consent:
    """Take a household's consent back, by itself or through any official of its locality.

    Its listings are paused, its contacts are no longer passed on, nobody acts for it any more.
    Deals already made go on, by the law of contract. Raises WrongState when there is none.
    """
    organisation = _household(actor, public_id)
    consent = organisation.consent
    if consent is None:
        raise WrongState(N_("There is no consent to take back."))
    CONSENT.require(consent, "withdraw", actor)
    acted = speak_for(actor, organisation, consent, acting, purpose=None)
    said_on = acted.said_on if acted else clock.today()
    paused = _hold_listings(organisation)
    CONSENT.fire(
        consent,
        "withdraw",
        actor,
        facts={"withdrawn_at": clock.now(), "withdrawn_on": said_on},
        data={"organisation": organisation.id, "paused": paused},
        happened_on=said_on,
        acting_id=acted.id if acted else None,
    )
    return consent


def _hold_listings(organisation: Organisation) -> int:
    """Pause what the household offers; returns how many listings that were."""
    open_ones = db.session.scalars(
        sa.select(Listing)
        .where(
            Listing.organisation_id == organisation.id,
            Listing.state == ListingState.PUBLISHED,
            Listing.availability == Availability.OPEN,
        )
        .order_by(Listing.id)
        .with_for_update(of=Listing.__table__)
    ).all()
    for listing in open_ones:
        AVAILABILITY.fire(listing, "hold", SYSTEM, reason="consent")
        listing.updated_at = clock.now()
    return len(open_ones)


# ---------------------------------------------------------------- forms on paper


@use_case
def print_forms(
    actor: Actor, kind: str, copies: int, organisation_id: int | None = None
) -> list[PaperForm]:
    """Number blank forms, for a household or for whoever is met. Raises Invalid, NotAllowed."""
    if not may_print_forms(actor) or actor.locality_id is None or actor.user_id is None:
        raise NotAllowed(N_("Only an official or a verified cooperative prints these forms."))
    if not 1 <= copies <= MOST_COPIES:
        raise Invalid("copies", N_("Print 1 to 20 forms at once."))
    if organisation_id is not None:
        _speakable(actor, organisation_id)
    forms = [
        PaperForm(
            kind=kind,
            locality_id=actor.locality_id,
            organisation_id=organisation_id,
            by_organisation_id=actor.organisation_id,
            printed_by_id=actor.user_id,
            printed_at=clock.now(),
        )
        for _ in range(copies)
    ]
    for form in forms:
        db.session.add(form)
        record("paper_form.printed", form, actor)
    return forms


def _speakable(actor: Actor, organisation_id: int | None) -> Organisation:
    organisation = accounts.organisation_by_id(organisation_id)
    if not may_act_for(actor, organisation):
        raise Invalid("organisation_id", N_("Choose someone from the list."))
    return organisation


@use_case
def keep_sheet(
    actor: Actor, public_id: str, organisation_id: int | None, sheet: StoredFile | None
) -> PaperForm:
    """Keep the photo of a filled form, and say whose it is. Raises Invalid."""
    form = queries.paper_form(public_id, actor, lock=True)
    _not_entered(form)
    if sheet is None:
        raise Invalid("sheet", N_("Attach the photo of the filled form."))
    if organisation_id is None:
        raise Invalid("organisation_id", N_("Choose whose form this is."))
    form.organisation_id = _speakable(actor, organisation_id).id
    db.session.add(sheet)
    form.sheet = sheet
    record("paper_form.sheet_kept", form, actor, data={"organisation": organisation_id})
    return form


def _not_entered(form: PaperForm) -> None:
    if form.listing_id is not None:
        raise WrongState(N_("This form was entered already. Print a new one for further goods."))


@use_case
def enter(
    actor: Actor,
    public_id: str,
    pair_id: int,
    values: Values,
    acting: Acting,
    consent: ConsentValues | None = None,
) -> Listing:
    """Make a draft of a filled form, with its photo as the evidence of the household's word.

    ``consent`` is what they signed on the same sheet, where there was none before.
    """
    form = queries.paper_form(public_id, actor, lock=True)
    _not_entered(form)
    if form.sheet is None or form.organisation is None:
        raise WrongState(N_("Attach the photo of the filled form first."))
    pair = db.session.get(Pair, pair_id)
    if pair is None:
        raise NotFound
    if consent is not None:
        signed = replace(
            consent,
            how=ConsentHow.PAPER,
            evidence=form.sheet,
            given_on=consent.given_on or acting.said_on,
        )
        consents.give(actor, form.organisation, signed)
    said = replace(acting, how=ActingHow.SLIP, evidence=form.sheet)
    listing = drafting.begin(actor, form.kind, pair, form.organisation, values, said)
    form.listing_id = listing.id
    form.entered_at = clock.now()
    record("paper_form.entered", form, actor, data={"listing": listing.id})
    return listing
