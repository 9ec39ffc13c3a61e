"""Forms of lots and of the steps of their way."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField

from marketplace.accounts.moves import ActingForm
from marketplace.accounts.papers import keep_photo
from marketplace.core import gtin
from marketplace.core.i18n import N_
from marketplace.core.quantity import SOLD_BY, UNITS, Unit
from marketplace.tracing.rules import HAVE_PARTNER, STEP_LABELS, StepKind
from marketplace.tracing.services import LotValues, StepValues
from marketplace.web.fields import (
    ChoiceField,
    DateField,
    LongTextField,
    Optional,
    QuantityField,
    ReadField,
    Required,
    TextField,
    VersionField,
)
from marketplace.web.rows import RowForm, RowsField

MOST_STEPS = 12
DAY_FIRST = N_("Day/month/year, for example 31/12/2026.")


class GtinField(ReadField):
    """The number under a bar code, checked by its check digit."""

    parse = staticmethod(gtin.parse)
    show = staticmethod(gtin.display)


class _StepFields:
    """What is asked about a step, in a row and on a page of its own."""

    kind = ChoiceField(
        N_("What was done"),
        [Required(N_("Choose what was done."))],
        options=list(STEP_LABELS.items()),
        coerce=StepKind,
        blank=N_("Choose a step"),
    )
    happened_on = DateField(
        N_("Day of the step"),
        [Required(N_("Enter the day of this step, for example 20/11/2026."))],
        description=DAY_FIRST,
    )
    place = TextField(
        N_("Place of this step"),
        [Required(N_("Enter where it was, for example the village."))],
        longest=160,
    )
    who = TextField(N_("Who did it"), [Optional()], longest=120)
    partner = TextField(N_("From whom, or to whom"), [Optional()], longest=160)
    location_code = TextField(N_("Code of the place, if it has one"), [Optional()], longest=40)
    note = TextField(N_("Note for the reader"), [Optional()], longest=300)

    def validate(self, extra_validators: Any = None) -> bool:
        """Receiving and handing on name the other side."""
        is_valid: bool = super().validate(extra_validators)  # type: ignore[misc]
        if self.kind.data in HAVE_PARTNER and not self.partner.data:
            self.partner.errors = [N_("Enter from whom it came or to whom it went.")]
            return False
        return is_valid


class StepRow(_StepFields, RowForm):
    """A step as a row of the form of a new lot."""


class StepForm(_StepFields, ActingForm):
    """The next step of a lot's way."""

    Values = StepValues


class CorrectionForm(StepForm):
    """The right step in place of a wrong one."""

    why = TextField(
        N_("What was wrong?"), [Required(N_("Write one sentence: what was wrong."))], longest=300
    )


class LotForm(ActingForm):
    """Goods that were made together: the items asked for by the circular on traceability."""

    Values = LotValues

    name = TextField(
        N_("Name of the goods"), [Required(N_("Enter the name of the goods."))], longest=160
    )
    quantity = QuantityField(N_("How much is in the lot"), [Optional()])
    unit = ChoiceField(
        N_("Counted in"),
        [Optional()],
        options=[(unit, UNITS[unit].label) for unit in SOLD_BY],
        coerce=Unit,
        default=Unit.KG,
    )
    produced_from = DateField(N_("Produced from"), [Optional()], description=DAY_FIRST)
    produced_until = DateField(N_("Produced until"), [Optional()], description=DAY_FIRST)
    packed_on = DateField(N_("Packed on"), [Optional()], description=DAY_FIRST)
    expires_on = DateField(N_("Use by"), [Optional()], description=DAY_FIRST)
    shelf_life = TextField(N_("How long and how it keeps"), [Optional()], longest=160)
    standards = LongTextField(N_("Standards applied"), [Optional()], longest=600)
    brand = TextField(N_("Brand or label"), [Optional()], longest=120)
    serial = TextField(N_("Serial number"), [Optional()], longest=60)
    own_code = TextField(N_("Own code of the lot"), [Optional()], longest=60)
    gtin = GtinField(N_("Number under the bar code"), [Optional()])
    photo = FileField(N_("Photo of these goods"), [Optional()])
    version = VersionField()

    def kept_photo(self) -> str | None:
        """The photo, cleaned and kept in card size. Raises Invalid."""
        upload = self.photo.data
        if not upload or not getattr(upload, "filename", ""):
            return None
        return keep_photo(upload).card


class NewLotForm(LotForm):
    """A new lot, with the steps known so far."""

    steps = RowsField(StepRow, StepValues, N_("Steps of its way"), most=MOST_STEPS)
