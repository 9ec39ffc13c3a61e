"""Repeated rows in a form without scripts: the rows there are, and two blank ones for more.

    prices = RowsField(PriceRow, PriceStep)

``PriceRow`` is a plain WTForms form of the row's fields, ``PriceStep`` the frozen dataclass it
hands over; ``data`` is a tuple of those. A row in which nothing was typed is left out, so that
clearing a row deletes it. The template is ``components/rows.html``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from wtforms import FieldList, Form, FormField

from marketplace.core.i18n import Text

SPARE = 2
"""Blank rows offered below those filled."""
MOST = 24
"""Rows that are read; more is no form of ours."""


class RowForm(Form):
    """Base of a row: no CSRF token of its own, no messages of WTForms' own."""

    class Meta:
        """As ``web.forms.Form``."""

        csrf = False
        locales = False

        def get_translations(self, form: object) -> None:
            """Ours are said by the template."""


class RowsField(FieldList):
    """Rows of one shape. ``data`` is a tuple of ``values``."""

    def __init__(
        self,
        row: type[RowForm],
        values: type[Any],
        label: Text | str = "",
        *,
        most: int = MOST,
        **kwargs: Any,
    ) -> None:
        super().__init__(FormField(row), label, min_entries=0, max_entries=most, **kwargs)
        self.values = values
        self.names = [field.name for field in fields(values)]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Rows from the form where one was sent, else those there are; then blank ones."""
        rows = [] if data is None or not isinstance(data, Iterable) else list(data)
        super().process(formdata, [self._as_dict(row) for row in rows], extra_filters)
        if formdata is None or not formdata:
            for _ in range(min(SPARE, self.max_entries - len(self.entries))):
                self.append_entry()

    def _as_dict(self, row: Any) -> dict[str, Any]:
        return {name: getattr(row, name) for name in self.names}

    def _is_blank(self, entry: Any) -> bool:
        """Nothing typed and nothing chosen that the row did not start with."""
        return not any(
            field.raw_data and any(str(raw).strip() for raw in field.raw_data)
            for field in entry.form
            if field.type not in {"CheckField", "BooleanField"}
        )

    def filled(self) -> list[Any]:
        """The entries in which something was typed; all of those set by the program."""
        return [
            entry
            for entry in self.entries
            if not self._is_blank(entry) or (entry.object_data and any(entry.object_data.values()))
        ]

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:  # noqa: ARG002
        """Each filled row by itself; blank rows ask for nothing."""
        self.errors = []
        for entry in self.entries:
            if self._is_blank(entry):
                continue
            if not entry.form.validate():
                self.errors.append(entry.errors)
        return not self.errors

    @property
    def data(self) -> tuple[Any, ...]:
        """The filled rows, as frozen dataclasses."""
        return tuple(
            self.values(**{name: entry.form[name].data for name in self.names})
            for entry in self.entries
            if not self._is_blank(entry)
        )
