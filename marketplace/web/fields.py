"""Form fields that read what people type through the kernel's parsers.

WTForms has no Vietnamese catalogue, so every message is ours: labels and errors are message ids
or ``Text``, said by the template in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import HiddenInput, TextArea

from marketplace.core import (
    dates,
    emails,
    hours,
    marks,
    money,
    numerals,
    phone,
    quantity,
    seasons,
    tax_code,
)
from marketplace.core.i18n import N_, Text
from marketplace.core.parsing import Unreadable
from marketplace.core.text import clean
from marketplace.web.locale import language


class Required:
    """Refuse an empty field with the field's own sentence."""

    field_flags = {"required": True}  # noqa: RUF012  WTForms' protocol

    def __init__(self, message: Text | str) -> None:
        self.message = message

    def __call__(self, _form: object, field: Field) -> None:
        """Stop when nothing was typed; keep an error that stands there already."""
        if field.errors:
            raise StopValidation
        if field.data in (None, "", [], 0, False):
            raise StopValidation(self.message)


class Optional:
    """Mark a field as one that may stay empty."""

    field_flags = {"optional": True}  # noqa: RUF012

    def __call__(self, _form: object, field: Field) -> None:
        """Keep an error of reading; nothing else to check."""
        if field.errors:
            raise StopValidation


class ReadField(StringField):
    """A text input whose value goes through a parser; what was typed is kept for the page."""

    parse: Callable[[str], Any]
    show: Callable[[Any], str] = staticmethod(str)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the typed text; an unreadable one leaves its sentence in the errors."""
        self.data = None
        if not valuelist:
            return
        raw = valuelist[0]
        if not isinstance(raw, str) or not raw.strip():
            return
        try:
            self.data = self.parse(raw)
        except Unreadable as error:
            raise ValueError(error.text) from error

    def _value(self) -> str:
        if self.raw_data:
            raw = self.raw_data[0]
            return raw if isinstance(raw, str) else ""
        return "" if self.data is None else type(self).show(self.data)


class TextField(StringField):
    """One line of clean text."""

    multiline = False

    def __init__(self, *args: Any, longest: int = 200, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.longest = longest

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Clean at the boundary; missing is empty."""
        self.data = ""
        if not valuelist:
            return
        try:
            self.data = clean(valuelist[0], multiline=self.multiline, longest=self.longest)
        except Unreadable as error:
            raise ValueError(error.text) from error

    def _value(self) -> str:
        if self.raw_data:
            raw = self.raw_data[0]
            return raw if isinstance(raw, str) else ""
        return self.data or ""


class LongTextField(TextField):
    """Several lines of clean text."""

    multiline = True
    widget = TextArea()

    def __init__(self, *args: Any, longest: int = 5000, **kwargs: Any) -> None:
        super().__init__(*args, longest=longest, **kwargs)


class SecretField(PasswordField):
    """A password: never shown again, never cleaned."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the text as it is."""
        self.data = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""


class MoneyField(ReadField):
    """Whole đồng."""

    parse = staticmethod(money.parse)
    show = staticmethod(lambda amount: money.to_input(amount, language()))


class PositiveMoneyField(ReadField):
    """Whole đồng, more than none."""

    parse = staticmethod(lambda raw: money.parse(raw, lowest=1))
    show = staticmethod(lambda amount: money.to_input(amount, language()))


class QuantityField(ReadField):
    """A quantity in thousandths."""

    parse = staticmethod(quantity.parse)
    show = staticmethod(quantity.to_input)


class PeopleField(ReadField):
    """A number of people or of other whole things, in thousandths as quantities are."""

    parse = staticmethod(lambda raw: quantity.parse(raw, decimals=0))
    show = staticmethod(quantity.to_input)


class WholeField(ReadField):
    """A whole number between two others; ``example`` is shown to whoever typed something else."""

    def __init__(
        self, *args: Any, example: str, highest: int, lowest: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.parse = lambda raw: numerals.read(raw, example=example, lowest=lowest, highest=highest)


class DateField(ReadField):
    """A day, typed dd/mm/yyyy or picked."""

    parse = staticmethod(dates.parse)
    show = staticmethod(dates.to_input)
    data: date | None


class TimeField(ReadField):
    """A time of day, in minutes after midnight."""

    parse = staticmethod(hours.parse)
    show = staticmethod(hours.show)


class PhoneField(ReadField):
    """A Vietnamese mobile number, kept as E.164."""

    parse = staticmethod(phone.parse)
    show = staticmethod(phone.display)


class OfficePhoneField(ReadField):
    """A mobile or fixed number, kept as E.164."""

    parse = staticmethod(lambda raw: phone.parse(raw, landline=True))
    show = staticmethod(phone.display)


class EmailField(ReadField):
    """An e-mail address."""

    parse = staticmethod(emails.parse)


class TaxCodeField(ReadField):
    """A tax code, checked by its check digit."""

    parse = staticmethod(tax_code.parse)
    show = staticmethod(tax_code.display)


class ChoiceField(SelectField):
    """One of a list. ``kind`` turns the code into an enumeration member."""

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] = (),
        *,
        options: Iterable[tuple[Any, str]] = (),
        coerce: Callable[[str], Any] = str,
        blank: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, list(validators), coerce=self._read, **kwargs)
        self.read_as = coerce
        self.blank = blank
        self.offer(options)

    def offer(self, options: Iterable[tuple[Any, str]]) -> None:
        """Set what can be chosen: (value, label); what was sent is read anew against it."""
        self.choices = [(_code(value), label) for value, label in options]
        if self.blank is not None:
            self.choices.insert(0, ("", self.blank))
        if self.raw_data:
            self.process_errors = []
            try:
                self.process_formdata(self.raw_data)
            except ValueError as error:
                self.process_errors.append(error.args[0])

    def _read(self, value: Any) -> Any:
        return value

    def process_data(self, value: Any) -> None:
        """Set from the program."""
        self.data = value

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Set from the form; an unknown code is refused with a sentence."""
        self.data = None
        raw = valuelist[0] if valuelist else ""
        if raw == "":
            return
        if raw not in {code for code, _ in self.choices or []}:
            raise ValueError(N_("Choose one from the list."))
        self.data = self.read_as(raw)

    def iter_choices(self) -> Any:
        """What the select shows."""
        chosen = _code(self.data)
        for code, label in self.choices or []:
            yield code, label, code == chosen, {}

    def pre_validate(self, form: object) -> None:
        """Checked while reading."""


def _code(value: Any) -> str:
    if value is None:
        return ""
    return value.value if isinstance(value, StrEnum) else str(value)


class MonthsField(SelectMultipleField):
    """Twelve beads: a bit mask of months."""

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, list(validators), **kwargs)
        self.choices = [(str(n), str(n)) for n in range(1, 13)]

    def process_data(self, value: Any) -> None:
        """Set from a bit mask."""
        self.data = value or 0

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Set from the form."""
        try:
            self.data = seasons.parse(valuelist)
        except Unreadable as error:
            self.data = 0
            raise ValueError(error.text) from error

    def iter_choices(self) -> Any:
        """The twelve months."""
        mask = self.data if isinstance(self.data, int) else 0
        for code, label in self.choices or []:
            yield code, label, bool(mask >> (int(code) - 1) & 1), {}

    def pre_validate(self, form: object) -> None:
        """Checked while reading."""


class TickedField(SelectMultipleField):
    """Any number of the choices offered; what was not offered is refused with a sentence."""

    def pre_validate(self, form: object) -> None:  # noqa: ARG002  the library's own signature
        """Take what was offered only."""
        known = {code for code, *_ in self.choices or []}
        if not all(value in known for value in self.data or []):
            raise ValidationError(N_("Choose one from the list."))


class SeveralField(SelectMultipleField):
    """Any number of an enumeration's members, as a bit mask in the order of ``options``."""

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] = (),
        *,
        options: Iterable[tuple[StrEnum, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(label, list(validators), **kwargs)
        told = list(options)
        self.order = [member for member, _ in told]
        self.choices = [(member.value, words) for member, words in told]

    def process_data(self, value: Any) -> None:
        """Set from a bit mask."""
        self.data = value or 0

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Set from the boxes ticked; an unknown code is refused with a sentence."""
        known = {member.value: member for member in self.order}
        self.data = 0
        if not all(isinstance(raw, str) and raw in known for raw in valuelist):
            raise ValueError(N_("Choose one from the list."))
        self.data = marks.from_members(self.order, [known[raw] for raw in valuelist])

    def iter_choices(self) -> Any:
        """The boxes."""
        mask = self.data if isinstance(self.data, int) else 0
        for at, (code, words) in enumerate(self.choices or []):
            yield code, words, bool(mask >> at & 1), {}

    def pre_validate(self, form: object) -> None:
        """Checked while reading."""


class CheckField(BooleanField):
    """A box to tick."""

    false_values = (False, "false", "", "0")


class PathField(StringField):
    """Hidden: where to go on to afterwards. ``web.security.safe_next`` judges it."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take text; a file or nothing leads nowhere."""
        self.data = valuelist[0] if valuelist and isinstance(valuelist[0], str) else None

    def _value(self) -> str:
        return self.data or ""


class VersionField(StringField):
    """Hidden: the version of the record the page was made from."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A number, or nothing."""
        raw = valuelist[0] if valuelist else ""
        ok = isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < 10  # noqa: PLR2004
        self.data = int(raw) if ok else None

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)
