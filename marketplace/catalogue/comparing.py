"""Two texts of a listing side by side, field by field, in the words of the kind's form."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from flask import request

from marketplace.catalogue import snapshots
from marketplace.catalogue.kinds import MODELS
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.models import Listing
from marketplace.core import money, quantity
from marketplace.core.i18n import N_, Text
from marketplace.programme import queries as programme
from marketplace.web.fields import (
    CheckField,
    ChoiceField,
    MoneyField,
    MonthsField,
    PositiveMoneyField,
    QuantityField,
    ReadField,
    TextField,
)
from marketplace.web.formats import months_text
from marketplace.web.locale import language, say

Part = tuple[str, str]
"""A stretch of text: "=" in both, "-" only in the old, "+" only in the new."""
_WORDS = re.compile(r"\S+\s*|\s+")
MOST_WORDS = 4000
"""Longer texts are shown whole, old and new: comparing them word by word takes too long."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. ``parts`` is empty where a value is simply replaced."""

    label: Text | str
    before: str
    after: str
    parts: tuple[Part, ...] = ()


def label_of(kind: str, name: str) -> str:
    """The words for a value of a kind, as its form asks for it."""
    unbound = getattr(PAGES[kind].form, name, None)
    if name == "photos":
        return N_("Photos")
    return str(unbound.args[0]) if unbound is not None and unbound.args else name


def changes(
    listing: Listing,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    leave_out: Collection[str] = (),
) -> list[Change]:
    """What differs between two kept texts of this listing, in the order of its form."""
    old, new = _Words(listing, before), _Words(listing, after)
    differing = [name for name in snapshots.changed(before, after) if name not in leave_out]
    order = list(old.form._fields)  # the order in which people are asked
    differing.sort(key=lambda name: order.index(name) if name in order else len(order))
    return [
        Change(
            label_of(listing.kind, name),
            old.of(name),
            new.of(name),
            tuple(marked(old.of(name), new.of(name))) if old.is_prose(name) else (),
        )
        for name in differing
    ]


def marked(before: str, after: str) -> Iterator[Part]:
    """The two texts as one, word by word."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > MOST_WORDS:
        yield from (("-", before), ("+", after))
        return
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield "=", "".join(old[a:b])
            continue
        if b > a:
            yield "-", "".join(old[a:b])
        if d > c:
            yield "+", "".join(new[c:d])


class _Words:
    """The values of one text in words; choices are read from the form that offers them."""

    def __init__(self, listing: Listing, kept: Mapping[str, Any]) -> None:
        self.values = snapshots.decode(MODELS[listing.kind].written_as, {"title": ""} | dict(kept))
        self.form = PAGES[listing.kind].form(formdata=None, data=vars_of(self.values))
        villages = programme.villages(listing.locality_id)
        self.form.offer_villages((village.id, village.name) for village in villages)

    def is_prose(self, name: str) -> bool:
        return isinstance(self.form._fields.get(name), TextField)

    def of(self, name: str) -> str:
        value = getattr(self.values, name, None)
        field = self.form._fields.get(name)
        if field is None:
            return "" if value is None else str(value)
        if isinstance(value, tuple):
            return "\n".join(_row(entry, one) for entry, one in zip(field, value, strict=False))
        return _said(field, value)


def vars_of(values: Any) -> dict[str, Any]:
    """A dataclass's values by name, rows left as they are."""
    return {name: getattr(values, name) for name in snapshots.names(type(values))}


def _row(entry: Any, row: Any) -> str:
    """A row of a form in one line."""
    inner = getattr(entry, "form", None)
    said = [
        _said(inner[name], value) if inner is not None and name in inner else str(value)
        for name, value in vars_of(row).items()
        if value not in (None, "")
    ]
    return ", ".join(word for word in said if word)


def _said(field: Any, value: Any) -> str:
    if isinstance(field, CheckField):
        return say(N_("Yes") if value else N_("No"))
    if value is None or value == "":
        return ""
    for kind, words in _SAID:
        if isinstance(field, kind):
            return words(field, value)
    return str(value)


def _chosen(field: Any, value: Any) -> str:
    field.process_data(value)
    return next((say(label) for _, label, chosen, *_ in field.iter_choices() if chosen), str(value))


_SAID: Sequence[tuple[Any, Callable[[Any, Any], str]]] = (
    (MonthsField, lambda _field, value: months_text(value)),
    (ChoiceField, _chosen),
    (
        (MoneyField, PositiveMoneyField),
        lambda _field, value: money.format_money(value, language()),
    ),
    (QuantityField, lambda _field, value: quantity.to_input(value)),
    (ReadField, lambda field, value: type(field).show(value)),
)


def meanwhile(
    form: Any,
    listing: Listing,
    version: int,
    text: Mapping[str, Any],
    *,
    leave_out: Collection[str] = (),
) -> list[Change] | None:
    """What someone else saved while this form was open, against what was typed.

    None when nobody did. The form takes over the present version, so that saving once more is a
    decision made with both texts on the page (quality page F19).
    """
    if request.method != "POST" or form.version.data in {None, version}:
        return None
    form.version.data = version
    return changes(listing, text, dict(text) | snapshots.encode(form.values()), leave_out=leave_out)
