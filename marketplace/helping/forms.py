"""Forms of those who help: printing, the photo of a filled sheet, what stands on it."""

from __future__ import annotations

from flask_wtf.file import FileField

from marketplace.accounts.acting import Acting
from marketplace.accounts.consent_form import ConsentForm
from marketplace.accounts.models import StoredFile
from marketplace.accounts.moves import ActingForm
from marketplace.accounts.papers import keep
from marketplace.catalogue.kinds.produce.form import NeededFields, PriceFields
from marketplace.catalogue.kinds.produce.model import ProduceValues
from marketplace.core import numerals
from marketplace.core.i18n import N_
from marketplace.core.parsing import Unreadable
from marketplace.helping.rules import MOST_COPIES
from marketplace.web.fields import ChoiceField, Optional, ReadField, Required
from marketplace.web.forms import Form


def _copies(raw: str) -> int:
    try:
        return numerals.read(raw, example="5", lowest=1, highest=MOST_COPIES)
    except Unreadable as error:
        raise Unreadable(N_("Enter how many forms, from 1 to 20, for example 5.")) from error


class CopiesField(ReadField):
    """How many sheets."""

    parse = staticmethod(_copies)


class GiveForm(ConsentForm):
    """A household's consent, by itself or taken down."""


class WithdrawForm(ActingForm):
    """Taking consent back; how one knows, where it is taken down."""


class PrintForm(Form):
    """For whom, and how many."""

    organisation_id = ChoiceField(
        N_("For whom"), [Optional()], coerce=int, blank=N_("Whoever I meet")
    )
    copies = CopiesField(
        N_("How many forms"), [Required(N_("Enter how many forms, from 1 to 20, for example 5."))]
    )


class SheetForm(Form):
    """The photo of a filled form, and whose it is."""

    organisation_id = ChoiceField(
        N_("Whose form is this?"),
        [Required(N_("Choose whose form this is."))],
        coerce=int,
        blank=N_("Choose a producer"),
    )
    sheet = FileField(N_("Photo of the filled form"), [Optional()])

    def kept(self) -> StoredFile | None:
        """The photo, kept. Raises Invalid for what cannot be read."""
        return keep(self.sheet.data, "sheet")


class EntryForm(ConsentForm, PriceFields, NeededFields):
    """What stands on a filled form: the goods, when it was said, and the consent signed on it.

    The photo is the evidence, so neither the way nor a further paper is asked for.
    """

    Values = ProduceValues

    def fit(self, *, signs_consent: bool) -> EntryForm:
        """Leave what the sheet says by itself; the consent only where there is none yet."""
        gone = ["acting_how", "acting_paper", "consent_how", "consent_paper", "consent_witness"]
        gone.append("consent_given_on")
        if not signs_consent:
            gone += ["consent_person", "consent_for_posting"]
            gone += ["consent_for_contacts", "consent_for_photos"]
        for name in gone:
            del self[name]
        self.signs_consent = signs_consent
        return self

    signs_consent: bool = False

    def said(self) -> Acting:
        """When the household said it, and what was read back."""
        return Acting(said_on=self.acting_said_on.data, note=self.acting_note.data)
