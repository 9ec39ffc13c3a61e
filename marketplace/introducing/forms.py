"""The form with which an official introduces two organisations."""

from __future__ import annotations

from marketplace.accounts.models import Organisation
from marketplace.catalogue.models import Listing
from marketplace.core.i18n import N_
from marketplace.web.fields import ChoiceField, LongTextField, Optional, Required
from marketplace.web.forms import Form


class IntroduceForm(Form):
    """Who meets whom, about what, and the sentence both read."""

    one = ChoiceField(
        N_("First organisation"),
        [Required(N_("Choose an organisation. Search above when the list is long."))],
        blank=N_("Choose an organisation"),
    )
    other = ChoiceField(
        N_("Second organisation"),
        [Required(N_("Choose an organisation. Search above when the list is long."))],
        blank=N_("Choose an organisation"),
    )
    listing = ChoiceField(N_("About which listing?"), [Optional()], blank=N_("About none"))
    words = LongTextField(
        N_("Why you introduce them"),
        [Required(N_("Write in one or two sentences what brings the two together."))],
        longest=1000,
    )

    def offer(self, organisations: list[Organisation], listings: list[Listing]) -> IntroduceForm:
        """Set what can be chosen."""
        named = [(one.public_id, f"{one.name} · {one.locality.name}") for one in organisations]
        self.one.offer(named)
        self.other.offer(named)
        self.listing.offer(
            (one.public_id, f"{one.title} · {one.organisation.name}") for one in listings
        )
        return self
