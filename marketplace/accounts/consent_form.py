"""The form by which someone writes down a household's consent; other forms carry it along."""

from __future__ import annotations

from flask_wtf.file import FileField

from marketplace.accounts.consents import ConsentValues
from marketplace.accounts.papers import keep
from marketplace.accounts.rules import (
    CONSENT_HOW_LABELS,
    PURPOSE_LABELS,
    TAKEN_DOWN,
    ConsentHow,
    Purpose,
)
from marketplace.core.i18n import N_
from marketplace.web.fields import CheckField, ChoiceField, DateField, Optional, TextField
from marketplace.web.forms import Form

TOLD = ("consent_person", "consent_how", "consent_witness", "consent_given_on", "consent_paper")
"""What is asked only of someone who takes another's consent down."""


class ConsentForm(Form):
    """Who agreed, how, when, and to what. No box is ticked beforehand."""

    consent_person = TextField(N_("Who agreed?"), [Optional()], longest=120)
    consent_how = ChoiceField(
        N_("How did they agree?"),
        [Optional()],
        options=[(how, CONSENT_HOW_LABELS[how]) for how in TAKEN_DOWN],
        coerce=ConsentHow,
        blank=N_("Choose how they agreed"),
    )
    consent_witness = TextField(N_("Who heard it (witness)"), [Optional()], longest=120)
    consent_given_on = DateField(N_("On which day did they agree?"), [Optional()])
    consent_paper = FileField(N_("Photo of the signed form"), [Optional()])
    consent_for_posting = CheckField(PURPOSE_LABELS[Purpose.POST])
    consent_for_contacts = CheckField(PURPOSE_LABELS[Purpose.CONTACTS])
    consent_for_photos = CheckField(PURPOSE_LABELS[Purpose.PHOTOS])

    def for_oneself(self) -> ConsentForm:
        """Ask only what people say about themselves."""
        for name in TOLD:
            del self[name]
        return self

    def consent(self) -> ConsentValues:
        """What the use case takes. Raises Invalid for a paper that cannot be kept."""
        return ConsentValues(
            person=self.typed("consent_person") or "",
            how=self.typed("consent_how"),
            witness=self.typed("consent_witness") or "",
            given_on=self.typed("consent_given_on"),
            for_posting=self.consent_for_posting.data,
            for_contacts=self.consent_for_contacts.data,
            for_photos=self.consent_for_photos.data,
            evidence=keep(self.typed("consent_paper"), "consent_paper"),
        )
