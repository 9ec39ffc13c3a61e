"""The forms of enquiries: sending one without an account, and tying it to an organisation."""

from __future__ import annotations

from marketplace.accounts.models import Organisation
from marketplace.catalogue.models import Listing
from marketplace.core.i18n import N_
from marketplace.enquiries.rules import CONSENT
from marketplace.enquiries.services import EnquiryValues
from marketplace.interests.asking import AnswerForm, InterestForm, OfferForm
from marketplace.web.fields import (
    CheckField,
    ChoiceField,
    EmailField,
    LongTextField,
    OfficePhoneField,
    Optional,
    Required,
    TextField,
)
from marketplace.web.forms import Form
from marketplace.web.locale import language


class _Visitor(AnswerForm):
    """Who asks, and their consent; no box is ticked beforehand."""

    contact_name = TextField(N_("Your name"), [Required(N_("Enter your name."))], longest=120)
    organisation_name = TextField(
        N_("Your business, cooperative or office"),
        [Required(N_("Enter for whom you ask, for example the name of a hotel."))],
        longest=200,
    )
    contact_phone = OfficePhoneField(
        N_("Phone"), [Required(N_("Enter a phone number, for example 0905 123 456."))]
    )
    contact_email = EmailField(N_("E-mail"), [Optional()])
    message = LongTextField(
        N_("What for, and when?"),
        [Required(N_("Write in one or two sentences what you need and when."))],
        longest=2000,
    )
    consent = CheckField(
        CONSENT, [Required(N_("Without your agreement we cannot pass this on. Tick the box."))]
    )

    def enquiry(self) -> EnquiryValues:
        """What was typed."""
        return EnquiryValues(
            self.organisation_name.data,
            self.values(),
            self.contact_email.data or "",
            language(),
        )


class EnquiryForm(_Visitor, InterestForm):
    """Asking for what a listing gives."""


class VisitorsOfferForm(_Visitor, OfferForm):
    """Offering what a listing seeks."""


def enquiry_form(listing: Listing) -> EnquiryForm | VisitorsOfferForm:
    """The form that belongs to a listing."""
    form: EnquiryForm | VisitorsOfferForm
    if listing.seeks:
        form = VisitorsOfferForm(data={"period": getattr(listing, "period", None)})
        form.about(listing, [])
        if "offered" in form:
            del form["offered"]  # a visitor has no listings
    else:
        form = EnquiryForm(data={"cooperation": getattr(listing, "cooperation", None)})
        form.about(listing)
    form.speak_for(None)
    return form


class RevokeForm(Form):
    """By which number the sender of a tied enquiry is known."""

    contact_phone = OfficePhoneField(
        N_("The phone number you gave with the enquiry"),
        [Required(N_("Enter a phone number, for example 0905 123 456."))],
    )


class TieForm(Form):
    """Which verified organisation stands behind an enquiry."""

    organisation = ChoiceField(
        N_("Which organisation asks?"),
        [Required(N_("Choose one of the verified organisations."))],
        blank=N_("Choose an organisation"),
    )

    def among(self, organisations: list[Organisation]) -> TieForm:
        """Offer these."""
        self.organisation.offer((one.public_id, one.name) for one in organisations)
        return self
