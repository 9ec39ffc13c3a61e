"""The fields of a kind's form as columns: what stands in a cell, and what a cell says to a field.

A cell is turned into what a person would have typed into the field, so that the field's own parser
judges it and says what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, FieldList, FileField, FormField, MultipleFileField

from marketplace.core import dates, seasons
from marketplace.core.i18n import N_, Text
from marketplace.core.parsing import Unreadable
from marketplace.core.quantity import SCALE
from marketplace.core.text import fold
from marketplace.web.fields import (
    ChoiceField,
    DateField,
    MoneyField,
    MonthsField,
    PositiveMoneyField,
    QuantityField,
)
from marketplace.web.locale import LANGUAGES, in_language, say

CODE, OWNER = "ma", "owner"
"""The two columns that are no field: the listing's code, and whose it is."""
_NEVER = ("csrf_token", "form_key", "version")
YES = frozenset({"x", "co", "yes", "1", "true", "dung", "y"})
NO = frozenset({"", "khong", "no", "0", "false", "sai", "n"})
PARTS, LINES = " | ", "\n"
"""How a repeated row stands in one cell: its parts, and one row after the other. Of fields that
belong together every filled one has a line: its name and what it says."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A column: the field it belongs to and its heading."""

    field: str
    label: Any


def shapes(form: Any) -> list[Shape]:
    """The columns of a form, its name first; files and what travels with a form have none."""
    found = [Shape(field.name, field.label.text) for field in _fields(form)]
    return sorted(found, key=lambda shape: shape.field != "title")


def _fields(form: Any) -> Iterator[Field]:
    for field in form:
        hidden = field.name in _NEVER or field.name.startswith("acting_")
        if not hidden and not isinstance(field, (FileField, MultipleFileField)):
            yield field


def all_names(label: Any) -> set[str]:
    """A heading in every language, folded."""
    found = set()
    for code in LANGUAGES:
        with in_language(code):
            found.add(fold(say(label)))
    return found


# ------------------------------------------------------------ from a field to a cell


def cells(form: Any) -> dict[str, Any]:
    """What the cells of a listing hold, by field."""
    return {field.name: _cell(field) for field in _fields(form)}


def _cell(field: Field) -> Any:  # noqa: PLR0911  one answer per kind of field
    if isinstance(field, (FieldList, FormField)):
        return _together(field)
    if isinstance(field, MonthsField):
        return ", ".join(str(month) for month in seasons.to_months(field.data or 0))
    if isinstance(field, BooleanField):
        return "x" if field.data else None
    if _is_several(field):
        return ", ".join(say(label) for _, label, chosen, *_ in field.iter_choices() if chosen)
    if isinstance(field, ChoiceField):
        return next(
            (say(label) for code, label, chosen, _ in field.iter_choices() if chosen and code), None
        )
    if field.data is None:
        return None
    if isinstance(field, (MoneyField, PositiveMoneyField)):
        return field.data
    if isinstance(field, QuantityField):
        return field.data // SCALE if field.data % SCALE == 0 else field.data / SCALE
    if isinstance(field, DateField):
        return field.data
    return field._value()  # noqa: SLF001  WTForms' name for what the input shows


def _together(field: FieldList | FormField) -> str:
    """Repeated rows, or fields that belong together, in one cell."""
    if isinstance(field, FormField):
        return LINES.join(
            f"{say(inner.label.text)}{PARTS}{inner._value()}"  # noqa: SLF001  as above
            for inner in field.form
            if inner.data
        )
    rows = [[_cell(inner) for inner in entry.form] for entry in field.entries]
    return LINES.join(
        PARTS.join("" if part is None else str(part) for part in row)
        for row in rows
        if any(part not in (None, "") for part in row)
    )


def _is_several(field: Field) -> bool:
    """Whether several values can be chosen at once."""
    return not isinstance(field, ChoiceField) and hasattr(field, "iter_choices")


def _field(form: Any, name: str) -> Field | None:
    return form[name] if name in form else None  # noqa: SIM401  a form has no get


def look(form: Any, name: str) -> str:
    """How Excel shows the numbers of a column."""
    field = _field(form, name)
    if isinstance(field, (MoneyField, PositiveMoneyField)):
        return "#,##0"
    return "#,##0.###" if isinstance(field, QuantityField) else ""


def choices(form: Any, name: str) -> tuple[str, ...]:
    """The words that can be chosen in a column."""
    field = _field(form, name)
    if not isinstance(field, ChoiceField):
        return ("x",) if isinstance(field, BooleanField) else ()
    return tuple(say(label) for code, label, *_ in field.iter_choices() if code)


# ------------------------------------------------------------ from a cell to a field


def sent(form: Any) -> MultiDict[str, str]:
    """What a browser would send for this form if nothing were changed on it."""
    return MultiDict([(name, value) for field in _fields(form) for name, value in _sent(field)])


def _sent(field: Field) -> Iterator[tuple[str, str]]:
    if isinstance(field, (FieldList, FormField)):
        for one in field.entries if isinstance(field, FieldList) else [field]:
            for inner in one.form:
                yield from _sent(inner)
    elif isinstance(field, BooleanField):
        if field.data:
            yield field.name, "y"
    elif hasattr(field, "iter_choices"):
        for code, _, chosen, *_ in field.iter_choices():
            if chosen and code:
                yield field.name, str(code)
    else:
        yield field.name, field._value()  # noqa: SLF001


def fill(into: MultiDict[str, str], form: Any, name: str, value: Any) -> None:
    """Put a cell in the place of a field of ``into``. Raises Unreadable: what can stand there."""
    field = form[name]
    if isinstance(field, (FieldList, FormField)):
        for key in [key for key in into if key.startswith(f"{name}-")]:
            into.poplist(key)
    if isinstance(field, FormField):
        for line in _lines(value):
            _fill_named(into, field, line)
        return
    if isinstance(field, FieldList):
        for at, line in enumerate(_lines(value)):
            _fill_row(into, field, at, line)
        return
    into.setlist(name, _typed(field, value))


def _lines(value: Any) -> list[str]:
    return [line for line in re.split(r"[\n;]", str(value or "")) if line.strip()]


def _fill_row(into: MultiDict[str, str], field: FieldList, at: int, line: str) -> None:
    """One repeated row, written as its parts in their order."""
    blank = field.unbound_field.bind(form=None, name=f"{field.name}-{at}", _meta=field.meta)
    blank.process(None)
    parts = [part.strip() for part in line.split("|")]
    inner_fields = list(blank.form)
    if len(parts) > len(inner_fields):
        raise Unreadable(
            Text(
                N_("Write at most %(count)s parts with bars between, for example 50 | 115.000."),
                count=len(inner_fields),
            )
        )
    for inner, part in zip(inner_fields, parts, strict=False):
        into.setlist(inner.name, _typed(inner, part))


def _fill_named(into: MultiDict[str, str], field: FormField, line: str) -> None:
    """One of several fields that belong together, written as its name and what it says."""
    word, _, value = line.partition("|")
    wanted = fold(word)
    for inner in field.form:
        if wanted in all_names(inner.label.text):
            into.setlist(inner.name, _typed(inner, value.strip()))
            return
    names = [say(inner.label.text) for inner in field.form]
    raise Unreadable(
        Text(
            N_("“%(word)s” is not in the list. Write one of: %(choices)s."),
            word=word.strip()[:60],
            choices=", ".join(names[:12]),
        )
    )


def _typed(field: Field, value: Any) -> list[str]:
    """A cell as the values a browser would send for the field."""
    if value is None or not str(value).strip():
        return []
    if isinstance(field, MonthsField):
        return _months(value)
    if isinstance(field, BooleanField):
        return _ticked(value)
    if _is_several(field):
        return [_code(field, part) for part in re.split(r"[,;\n]", str(value)) if part.strip()]
    if isinstance(field, ChoiceField):
        return [_code(field, str(value))]
    return [written(value)]


def written(value: Any) -> str:
    """A cell as a person would type it: ``1234,5`` and ``23/11/2026``."""
    if isinstance(value, datetime):
        return dates.to_input(value.date())
    if isinstance(value, date):
        return dates.to_input(value)
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, (int, float)):
        number = Decimal(str(value))
        whole = number == number.to_integral()
        plain = format(number.quantize(Decimal(1)) if whole else number, "f")
        return plain.replace(".", ",")
    return str(value)


def _ticked(value: Any) -> list[str]:
    word = fold(written(value))
    if word in YES:
        return ["y"]
    if word in NO:
        return []
    raise Unreadable(N_("Write “x” for yes, or leave the cell empty."))


def _code(field: Field, word: str) -> str:
    """The code of a choice named by its words in any language, or by its code."""
    wanted = fold(word)
    options = [(str(code), label) for code, label, *_ in field.iter_choices() if code]
    for code, label in options:
        if word.strip() == code or wanted in all_names(label):
            return code
    raise Unreadable(
        Text(
            N_("“%(word)s” is not in the list. Write one of: %(choices)s."),
            word=word.strip()[:60],
            choices=", ".join(say(label) for _, label in options[:12]),
        )
    )


ALL_YEAR = frozenset({"ca nam", "quanh nam", "all year"})
"""What people write instead of 1-12, folded."""


def _months(value: Any) -> list[str]:
    """``1, 2, 11`` or ``9-12`` or ``11–2`` (over the turn of the year), with or without words."""
    if fold(written(value)) in ALL_YEAR:
        return [str(month) for month in seasons.MONTHS]
    example = N_("Write the months as numbers, for example 9-12 or 1, 2, 11.")
    text = re.sub(r"[^\W\d]+", " ", written(value)).replace("–", "-").replace("—", "-")
    if re.search(r"[^\d\s,;.\-]", text) or not re.search(r"\d", text):
        raise Unreadable(example)
    found: set[int] = set()
    for first, last in re.findall(r"(\d+)(?:\s*-\s*(\d+))?", text):
        start, end = int(first), int(last or first)
        if start not in seasons.MONTHS or end not in seasons.MONTHS:
            raise Unreadable(example)
        found |= set(_span(start, end))
    return [str(month) for month in sorted(found)]


def _span(start: int, end: int) -> Iterable[int]:
    return range(start, end + 1) if start <= end else (*range(start, 13), *range(1, end + 1))


# ------------------------------------------------------------ headings


def match(
    headings: Sequence[Any], shapes_: Sequence[Shape], remembered: dict[str, str]
) -> dict[int, str]:
    """Which column each heading is: by its name in any language, its code, or as remembered.

    A heading remembered as meaning nothing gives an empty field; unknown ones are left out.
    """
    names = {
        name: shape.field
        for shape in shapes_
        for name in (*all_names(shape.label), fold(shape.field))
    }
    found: dict[int, str] = {}
    for at, heading in enumerate(headings):
        key = fold(written(heading)) if heading is not None else ""
        if not key:
            continue
        if key in remembered:
            found[at] = remembered[key]
        elif key in names and names[key] not in found.values():
            found[at] = names[key]
    return found
