"""The forms with which a listing is answered: an interest, or an offer where it seeks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marketplace.accounts.models import Organisation
from marketplace.catalogue.models import Listing
from marketplace.core.i18n import N_
from marketplace.interests.asking import AnswerForm, InterestForm, OfferForm
from marketplace.interests.models import Interest
from marketplace.web.fields import LongTextField, Required


class _Informing(AnswerForm):
    """The answer to what was asked for, above what was sent and may be changed."""

    note = LongTextField(
        N_("Your answer"),
        [Required(N_("Write one sentence that the other side will read."))],
        longest=1000,
    )


class InformingInterest(_Informing, InterestForm):
    """More about an interest."""


class InformingOffer(_Informing, OfferForm):
    """More about an offer."""


def answer_form(
    listing: Listing,
    organisation: Organisation,
    name: str,
    stock: list[Listing],
    begun: Interest | None = None,
) -> AnswerForm:
    """The form that belongs to a listing, begun with what is known of who answers.

    ``begun``: what they saved or sent before, to go on from.
    """
    known = {"contact_name": name, "contact_phone": organisation.phone}
    known["period"] = getattr(listing, "period", None)
    known["cooperation"] = getattr(listing, "cooperation", None)
    if begun is not None:
        known = typed_before(begun)
    form = offer_or_interest(listing, stock, known)
    form.speak_for(organisation if listing.seeks else None)
    return form


def informing_form(interest: Interest, stock: list[Listing]) -> AnswerForm:
    """The form in which someone gives what they were asked for."""
    listing, known = interest.listing, typed_before(interest)
    form: AnswerForm = (
        InformingOffer(data=known).about(listing, stock)
        if listing.seeks
        else InformingInterest(data=known).about(listing)
    )
    del form["consent"]  # given when it was sent
    form.speak_for(interest.organisation)
    return form


def offer_or_interest(
    listing: Listing, stock: list[Listing], known: dict[str, Any] | None = None
) -> AnswerForm:
    """The form of what a listing seeks or gives."""
    if listing.seeks:
        return OfferForm(data=known).about(listing, stock)
    return InterestForm(data=known).about(listing)


def typed_before(interest: Interest) -> dict[str, Any]:
    """What stands in the fields of someone who goes on with an interest."""
    held = asdict(interest.asked())
    held["people"] = held["quantity"]
    held["offered"] = interest.offered.public_id if interest.offered else None
    return held
