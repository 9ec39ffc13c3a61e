"""A field for any number of a list: boxes to tick (``field(f, kind="checks")``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from wtforms import SelectMultipleField

from marketplace.core.i18n import N_, Text


class ManyField(SelectMultipleField):
    """Any number of a list, as boxes to tick."""

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] = (),
        *,
        options: Iterable[tuple[Any, Text | str]] = (),
        coerce: Callable[[str], Any] = str,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, list(validators), **kwargs)
        self.read_as = coerce
        self.offer(options)

    def offer(self, options: Iterable[tuple[Any, Text | str]]) -> None:
        """Set what can be ticked: (value, label); what was sent is read anew against it."""
        self.choices = [(str(value), label) for value, label in options]
        if self.raw_data:
            self.process_errors = []
            try:
                self.process_formdata(self.raw_data)
            except ValueError as error:
                self.process_errors.append(error.args[0])

    def process_data(self, value: Any) -> None:
        """Set from the program."""
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Set from the form; an unknown code is refused with a sentence."""
        self.data = []
        known = {code for code, _ in self.choices or []}
        if any(raw not in known for raw in valuelist if raw):
            raise ValueError(N_("Choose from the list."))
        self.data = [self.read_as(raw) for raw in dict.fromkeys(valuelist) if raw]

    def iter_choices(self) -> Any:
        """The boxes."""
        ticked = {str(value) for value in self.data or ()}
        for code, label in self.choices or []:
            yield code, label, code in ticked, {}

    def pre_validate(self, form: object) -> None:
        """Checked while reading."""
