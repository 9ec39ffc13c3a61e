"""Forms about roads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import SelectMultipleField

from marketplace.core import quantity
from marketplace.core.i18n import N_
from marketplace.roads.rules import (
    CAUSE_LABELS,
    CONDITION_LABELS,
    SIGNAL_LABELS,
    VEHICLE_LABELS,
    WAY_LABELS,
    Cause,
    Condition,
    Signal,
    Vehicle,
    Way,
)
from marketplace.roads.services import AccessValues, NoticeValues
from marketplace.web.fields import (
    CheckField,
    ChoiceField,
    DateField,
    LongTextField,
    Optional,
    ReadField,
    Required,
    VersionField,
)
from marketplace.web.forms import Form

LONGEST_WAY = 300 * quantity.SCALE
"""Kilometres from the centre of a locality, in thousandths: none in the country is longer."""
LONGEST_WALK = 72 * quantity.SCALE
"""Three days, in thousandths of an hour."""


class KilometresField(ReadField):
    """A distance, in thousandths of a kilometre; the centre itself is 0 away."""

    parse = staticmethod(lambda raw: quantity.parse(raw, decimals=1, lowest=0, highest=LONGEST_WAY))
    show = staticmethod(quantity.to_input)


class HoursField(ReadField):
    """How long a way takes, in thousandths of an hour."""

    parse = staticmethod(
        lambda raw: quantity.parse(raw, decimals=1, lowest=100, highest=LONGEST_WALK)
    )
    show = staticmethod(quantity.to_input)


class VillagesField(SelectMultipleField):
    """Some of the villages of a locality, as a tuple of ids."""

    data: tuple[int, ...]

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, list(validators), **kwargs)
        self.choices: list[tuple[str, str]] = []

    def offer(self, villages: Iterable[tuple[int, str]]) -> None:
        """Set what can be ticked; what was sent is read anew against it."""
        self.choices = [(str(key), name) for key, name in villages]
        if self.raw_data:
            self.process_formdata(self.raw_data)

    def process_data(self, value: Any) -> None:
        """Set from the program."""
        self.data = tuple(value or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Set from the form; what is no village here is left out."""
        ticked = {raw for raw in valuelist if isinstance(raw, str)}
        self.data = tuple(int(code) for code, _ in self.choices or () if code in ticked)

    def iter_choices(self) -> Any:
        """The villages, with those that are ticked."""
        for code, name in self.choices or ():
            yield code, name, int(code) in self.data, {}

    def pre_validate(self, form: object) -> None:
        """Checked while reading."""


class AccessForm(Form):
    """How one gets to a village in usual weather."""

    Values = AccessValues

    way = ChoiceField(
        N_("The way there is"),
        [Required(N_("Choose what the way is in usual weather, for example “Motorbike track”."))],
        options=list(WAY_LABELS.items()),
        coerce=Way,
        blank=N_("Choose the kind of way"),
    )
    vehicle = ChoiceField(
        N_("Largest vehicle that gets there"),
        [Required(N_("Choose a vehicle, for example “Small truck”."))],
        options=list(VEHICLE_LABELS.items()),
        coerce=Vehicle,
        blank=N_("Choose a vehicle"),
    )
    distance = KilometresField(N_("Distance from the centre"), [Optional()])
    hours = HoursField(N_("How long it usually takes"), [Optional()])
    signal = ChoiceField(
        N_("Phone signal in the village"),
        [Required(N_("Choose whether phones work there."))],
        options=list(SIGNAL_LABELS.items()),
        coerce=Signal,
        blank=N_("Choose how it is"),
    )
    note = LongTextField(N_("What else one should know"), [Optional()], longest=1000)
    version = VersionField()


class NoticeForm(Form):
    """How a road is just now, for whom, since when."""

    Values = NoticeValues

    condition = ChoiceField(
        N_("How is the road?"),
        [Required(N_("Choose how the road is now."))],
        options=[(c, CONDITION_LABELS[c]) for c in reversed(Condition)],
        coerce=Condition,
    )
    cause = ChoiceField(
        N_("What happened?"),
        [Required(N_("Choose what happened, for example “Landslide”."))],
        options=list(CAUSE_LABELS.items()),
        coerce=Cause,
        blank=N_("Choose what happened"),
    )
    is_everywhere = CheckField(N_("The whole locality"))
    villages = VillagesField(N_("Villages whose road it is"), [Optional()])
    words = LongTextField(
        N_("Where exactly, and what can still pass"),
        [
            Required(
                N_("Say where it is, for example “Landslide at km 5 of road ĐH3, motorbikes pass”.")
            )
        ],
        longest=1000,
    )
    since = DateField(
        N_("Since which day"), [Required(N_("Enter the first day, for example 20/11/2026."))]
    )
    until = DateField(N_("Expected until"), [Optional()])
    detour = LongTextField(N_("Another way round"), [Optional()], longest=1000)
