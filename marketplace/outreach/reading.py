"""The list as a spreadsheet: the template, and every row judged before any is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from marketplace.core.dates import to_input
from marketplace.core.i18n import N_, Text
from marketplace.core.ids import is_public_id
from marketplace.core.parsing import Unreadable
from marketplace.core.text import fold, name_key
from marketplace.outreach.forms import InviteeForm
from marketplace.outreach.models import Invitee
from marketplace.outreach.rules import ANSWER_LABELS, TO_COME, is_to_come
from marketplace.outreach.services import InviteeValues, Planned
from marketplace.spreadsheets.columns import all_names, written
from marketplace.spreadsheets.workbook import Column, Sheet, letter_of, read, write
from marketplace.web.locale import say

CODE = "code"
CODE_LABEL = N_("Code (do not change)")
FIELDS = (
    "name",
    "field",
    "contact",
    "phone",
    "email",
    "source",
    "last_contact_on",
    "answer",
    "notes",
)
HEADINGS_WITHIN = 10
"""The headings stand in one of the first rows."""
_LOST_ZERO = re.compile(r"[35789][0-9]{8}", re.ASCII)
"""A mobile number as Excel leaves it where it was typed as a number: without its 0."""
SHEET = N_("Firms invited")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a cell: its row, the column as Excel names it, the heading, the cure."""

    row: int
    column: str
    heading: Text | str
    sentence: Text | str


def labels() -> dict[str, str]:
    """The heading of each column, by field."""
    form = _form(MultiDict())
    return {CODE: CODE_LABEL} | {name: form[name].label.text for name in FIELDS}


def template(rows: Iterable[Invitee]) -> bytes:
    """The list as it stands, as a spreadsheet to be filled on and sent back."""
    choices = tuple(say(label) for label in ANSWER_LABELS.values())
    columns = [
        Column(say(label), choices if name == "answer" else (), width=14 if name == CODE else 24)
        for name, label in labels().items()
    ]
    notes = [
        say(N_("How to fill this in")),
        say(N_("One firm a row. Only the name must be there.")),
        say(N_("A row with a code changes that entry; without one, the entry of the same name.")),
        say(N_("Days as 31/12/2026. The answer is one of the list.")),
        say(N_("If one row has a fault, none is saved; the page says which cell and what to do.")),
    ]
    return write([(say(SHEET), columns, map(_cells, rows))], notes)


def _cells(one: Invitee) -> Sequence[Any]:
    told = {name: getattr(one, name) for name in FIELDS}
    told["answer"] = say(ANSWER_LABELS[one.answer])
    told["last_contact_on"] = to_input(one.last_contact_on) if one.last_contact_on else ""
    return [one.public_id, *told.values()]


def check(content: bytes, known: Mapping[str, Invitee]) -> tuple[list[Planned], list[Fault]]:
    """The rows that would be written, and everything that is wrong.

    ``known`` are the entries of the list by code and by the key of their name. Raises Unreadable
    for a file that is no such table.
    """
    sheet, at, fields = _table(read(content))
    plans: list[Planned] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for number, row in sheet.rows[at + 1 :]:
        told = {name: _written(row, n) for n, name in fields.items()}
        values, wrong = _judge(told)
        entry = _entry(told, known, wrong)
        key = entry.public_id if entry else name_key(told.get("name", ""))
        if not wrong and key in seen:
            wrong["name"] = Text(
                N_("The same firm stands in row %(row)s. Keep one of the two."), row=seen[key]
            )
        seen.setdefault(key, number)
        faults += [_fault(number, name, sentence, fields) for name, sentence in wrong.items()]
        if values is not None and not wrong:
            given = frozenset(fields.values()) - {CODE}
            plans.append(Planned(values, entry.public_id if entry else None, given))
    if not plans and not faults:
        raise Unreadable(N_("The file is empty. Fill in at least one row below the headings."))
    return plans, faults


def _written(row: Sequence[Any], at: int) -> str:
    """A cell as typed; what is empty or not there is empty."""
    return written(row[at]).strip() if at < len(row) and row[at] is not None else ""


def _table(sheets: Sequence[Sheet]) -> tuple[Sheet, int, dict[int, str]]:
    """The sheet with the list, the place of its headings, and which column is which field."""
    names = {name: all_names(label) for name, label in labels().items()}
    for sheet in sheets:
        for at, (_number, row) in enumerate(sheet.rows[:HEADINGS_WITHIN]):
            found: dict[int, str] = {}
            for n in range(len(row)):
                word = fold(_written(row, n))
                for name, known in names.items():
                    if word in known and name not in found.values():
                        found[n] = name
            if "name" in found.values():
                return sheet, at, found
    raise Unreadable(
        N_("No column is called “Name of the firm”. Download the template and fill that in.")
    )


def _form(told: MultiDict[str, str]) -> InviteeForm:
    return InviteeForm(formdata=told, meta={"csrf": False})


def _judge(told: Mapping[str, str]) -> tuple[InviteeValues | None, dict[str, Text | str]]:
    """A row read by the form of the page: its values, or what is wrong in which field."""
    sent = {name: told.get(name, "") for name in FIELDS}
    answers = {key: code for code, label in ANSWER_LABELS.items() for key in all_names(label)}
    if sent["answer"]:
        sent["answer"] = answers.get(fold(sent["answer"]), sent["answer"])
    if _LOST_ZERO.fullmatch(sent["phone"]):
        sent["phone"] = f"0{sent['phone']}"
    form = _form(MultiDict(sent))
    if form.validate():
        values = form.values()
        if is_to_come(values.last_contact_on):
            return None, {"last_contact_on": TO_COME}
        return values, {}
    return None, {name: form[name].errors[0] for name in FIELDS if form[name].errors}


def _entry(
    told: Mapping[str, str], known: Mapping[str, Invitee], wrong: dict[str, Text | str]
) -> Invitee | None:
    """The entry a row changes: by its code, else by its name; a strange code is a fault."""
    code = told.get(CODE, "")
    by_name = known.get(name_key(told.get("name", "")))
    if not code:
        return by_name
    entry = known.get(code) if is_public_id(code) else None
    if entry is None:
        wrong[CODE] = N_("No entry has this code. Clear the cell to enter a new firm.")
    elif by_name is not None and by_name is not entry:
        wrong["name"] = N_("Another entry has this name. Correct the name or the code.")
    return entry


def _fault(number: int, name: str, sentence: Text | str, fields: Mapping[int, str]) -> Fault:
    at = next((n for n, field in fields.items() if field == name), None)
    return Fault(number, letter_of(at) if at is not None else "", labels()[name], sentence)
