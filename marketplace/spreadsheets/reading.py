"""From a file to what would be written: every row judged by the form of its kind, none saved."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import FieldList

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import may_manage
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.kinds import MODELS
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState, may_edit
from marketplace.core.actor import Actor
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_, Text
from marketplace.core.ids import ALPHABET, LENGTH
from marketplace.core.parsing import Unreadable
from marketplace.core.text import fold
from marketplace.programme import queries as programme
from marketplace.programme.models import Pair
from marketplace.spreadsheets import columns, queries
from marketplace.spreadsheets.columns import CODE, OWNER, Shape
from marketplace.spreadsheets.services import Planned
from marketplace.spreadsheets.workbook import Sheet, letter_of
from marketplace.web.locale import say

HEADINGS_WITHIN = 10
"""An office's table begins with titles; its headings stand in one of the first rows."""
CODE_LABEL, OWNER_LABEL = N_("Code (do not change)"), N_("Organisation or household")
EXTRA = (Shape(CODE, CODE_LABEL), Shape(OWNER, OWNER_LABEL))
OFFER_ONLY = frozenset({ListingState.PUBLISHED})


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet understood: its kind, which column is which field, and its rows of data."""

    name: str
    kind: str
    fields: Mapping[int, str]
    headings: tuple[Any, ...]
    rows: tuple[tuple[int, tuple[Any, ...]], ...]
    unknown: tuple[tuple[int, str], ...] = ()

    @property
    def is_clear(self) -> bool:
        """Whether every heading is known and the name of the listing is among them."""
        return not self.unknown and "title" in self.fields.values()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a cell, as whoever uploaded the file reads it."""

    sheet: str
    row: int
    column: str
    heading: str
    sentence: str

    def as_row(self) -> list[Any]:
        """For keeping."""
        return [self.sheet, self.row, self.column, self.heading, self.sentence]


class Wrong(Exception):
    """A row cannot be taken; ``faults`` are (field, sentence)."""

    def __init__(self, *faults: tuple[str, Any]) -> None:
        super().__init__()
        self.faults = faults


def tables(sheets: Sequence[Sheet], kinds: Sequence[str], organisation_id: int) -> list[Table]:
    """The sheets that hold listings, each with its kind; notes and empty sheets are left out."""
    remembered = queries.mappings(organisation_id)
    found = []
    for sheet in sheets:
        best = max(
            (_as(sheet, kind, remembered.get(kind, {})) for kind in kinds),
            key=lambda table: (table.name_fits, len(set(table.table.fields.values()) - {""})),
            default=None,
        )
        if best is not None and best.table.rows and (best.table.fields or len(sheets) == 1):
            found.append(best.table)
    return found


@dataclass(frozen=True, slots=True)
class _Guess:
    table: Table
    name_fits: bool


def _as(sheet: Sheet, kind: str, remembered: dict[str, str]) -> _Guess:
    """The sheet read as a table of this kind."""
    shapes = [*EXTRA, *columns.shapes(blank(kind))]
    first = sheet.rows[:HEADINGS_WITHIN]
    tries = [(columns.match(row, shapes, remembered), at) for at, (_, row) in enumerate(first)]
    fields, at = max(tries, key=lambda t: (len(t[0]), -t[1]), default=({}, 0))
    if not fields:  # none is known: the first row with several words is taken for the headings
        at = next((n for n, (_, row) in enumerate(first) if _words(row) > 1), 0)
    headings = sheet.rows[at][1] if sheet.rows else ()
    unknown = tuple(
        (n, columns.written(heading)[:80])
        for n, heading in enumerate(headings)
        if heading is not None and str(heading).strip() and n not in fields
    )
    table = Table(sheet.name, kind, fields, tuple(headings), sheet.rows[at + 1 :], unknown)
    return _Guess(table, fold(sheet.name) in columns.all_names(PAGES[kind].name))


def _words(row: Sequence[Any]) -> int:
    return sum(1 for value in row if isinstance(value, str) and value.strip())


def blank(kind: str) -> Any:
    """The form of a kind, only to know its fields."""
    return PAGES[kind].form(formdata=None, meta={"csrf": False})


@dataclass
class Desk:
    """What is looked up once for a whole file: for whom may be written, villages, what there is."""

    actor: Actor
    pair: Pair
    acting_said: bool
    organisations: dict[str, Organisation] = field(default_factory=dict)
    villages: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    known: dict[tuple[str, int, str], str] = field(default_factory=dict)
    listings: dict[str, Listing] = field(default_factory=dict)
    seen: dict[tuple[str, int, str], int] = field(default_factory=dict)
    own: Organisation | None = None

    def __post_init__(self) -> None:
        own = accounts.organisation_by_id(self.actor.organisation_id)
        self.own = own
        for organisation in [own, *accounts.can_be_spoken_for(self.actor)]:
            self.organisations[fold(organisation.name)] = organisation
            self.organisations[organisation.public_id] = organisation
        ids = {organisation.id for organisation in self.organisations.values()}
        self.known = queries.live_titles(ids)

    def owner(self, value: Any, kind: str) -> Organisation:
        """Whose listing a row is. Raises Wrong."""
        name = columns.written(value).strip() if value is not None else ""
        found = (
            self.organisations.get(fold(name)) or self.organisations.get(name) if name else self.own
        )
        if found is None:
            raise Wrong(
                (
                    OWNER,
                    Text(
                        N_(
                            "“%(name)s” is not among those you enter for. Check how it is spelt."
                            " Or enter the household first."
                        ),
                        name=name[:80],
                    ),
                )
            )
        if found.kind not in MODELS[kind].posters:
            said = MODELS[kind].posters_said if name else N_("Write whose listing this is.")
            raise Wrong((OWNER, said))
        if not may_manage(self.actor, found) and not self.acting_said:
            raise Wrong(
                (
                    OWNER,
                    N_(
                        "Say beside the file how the organisation told you this."
                        " Then upload it again."
                    ),
                )
            )
        return found

    def places(self, locality_id: int) -> list[tuple[int, str]]:
        """The villages of a locality as choices."""
        if locality_id not in self.villages:
            self.villages[locality_id] = [(v.id, v.name) for v in programme.villages(locality_id)]
        return self.villages[locality_id]

    def listing(self, kind: str, code: Any, owner: Organisation, title: str) -> Listing | None:
        """The listing a row means: by its code, else by its owner and name. Raises Wrong."""
        raw = columns.written(code).strip() if code is not None else ""
        if raw:
            if len(raw) != LENGTH or set(raw) - set(ALPHABET):
                raise Wrong(
                    (
                        CODE,
                        N_(
                            "This code was changed. Copy it from the template again."
                            " Or clear the cell to begin a new listing."
                        ),
                    )
                )
            return self._by_code(kind, raw)
        found = self.known.get((kind, owner.id, fold(title)))
        return self._by_code(kind, found) if found else None

    def _by_code(self, kind: str, code: str) -> Listing:
        if code not in self.listings:
            try:
                self.listings[code] = catalogue.get(code, self.actor, kind=kind, whole=False)
            except NotFound as error:
                raise Wrong(
                    (
                        CODE,
                        N_(
                            "There is no listing with this code on this sheet."
                            " Clear the cell to begin a new one."
                        ),
                    )
                ) from error
        return self.listings[code]


def plan(table: Table, number: int, row: Sequence[Any], desk: Desk) -> Planned | None:
    """What a row would write; None when it changes nothing. Raises Wrong."""
    given = {name: row[at] if at < len(row) else None for at, name in table.fields.items() if name}
    title = columns.written(given.get("title")).strip() if given.get("title") is not None else ""
    owner = desk.owner(given.get(OWNER), table.kind)
    listing = desk.listing(table.kind, given.get(CODE), owner, title)
    if listing is not None:
        owner = listing.organisation
        if not may_edit(desk.actor, listing):
            raise Wrong((CODE, N_("This listing is not yours to change.")))
    key = (table.kind, owner.id, listing.public_id if listing else fold(title))
    if key in desk.seen and title:
        raise Wrong(
            (
                "title",
                Text(N_("The same as row %(row)s. Delete one of the two."), row=desk.seen[key]),
            )
        )
    desk.seen[key] = number
    form, before = _form(table.kind, listing, given, desk.places(owner.locality_id))
    if listing is None:
        return Planned(table.kind, owner.id, None, None, form.values(), number, table.name)
    changed = _changed(before, form.values())
    if not changed:
        return None
    if listing.state in {ListingState.DRAFT, ListingState.RETURNED}:
        return Planned(
            table.kind,
            owner.id,
            listing.public_id,
            listing.version,
            form.values(),
            number,
            table.name,
        )
    return _offer(table, number, listing, form, changed)


def _changed(before: Any, after: Any) -> set[str]:
    """The names of the values that differ."""
    names = (one.name for one in fields(before))
    return {name for name in names if getattr(before, name) != getattr(after, name)}


def _offer(table: Table, number: int, listing: Listing, form: Any, changed: set[str]) -> Planned:
    """A change of a published listing: price, quantity and months only. Raises Wrong."""
    if listing.state not in OFFER_ONLY or not listing.live:
        raise Wrong(
            (CODE, N_("This listing waits for approval or is closed, so it cannot be changed now."))
        )
    fixed = sorted(changed - listing.live)
    if fixed:
        sentence = N_(
            "It is published: only price, quantity and months change here."
            " Change the rest on its page."
        )
        raise Wrong(*((name, sentence) for name in fixed))
    return Planned(
        table.kind,
        listing.organisation_id,
        listing.public_id,
        listing.version,
        listing.live_values(form.values()),
        number,
        table.name,
        offer=True,
    )


def _form(
    kind: str, listing: Listing | None, given: Mapping[str, Any], villages: list[tuple[int, str]]
) -> tuple[Any, Any]:
    """The form of a row, filled and found in order, and the values it held before. Raises Wrong."""
    page = PAGES[kind]
    empty = page.form(formdata=None, obj=listing, meta={"csrf": False})
    empty.offer_villages(villages)
    held = columns.sent(empty)
    data = MultiDict(held)
    faults: list[tuple[str, Any]] = []
    for name, value in given.items():
        if name in (CODE, OWNER) or name not in empty:
            continue
        try:
            columns.fill(data, empty, name, value)
        except Unreadable as error:
            faults.append((name, error.text))
    form = page.form(formdata=data, obj=listing, meta={"csrf": False})
    form.speak_for(None)
    form.offer_villages(villages)
    if not form.validate():
        told = {name for name, _ in faults}
        faults += [(n, sentence) for n, sentence in _errors(form) if n not in told]
    if faults:
        raise Wrong(*faults)
    if listing is None:
        return form, None
    same = page.form(formdata=held, obj=listing, meta={"csrf": False})
    same.offer_villages(villages)
    return form, same.values()


def _errors(form: Any) -> Iterator[tuple[str, Any]]:
    for one in form:
        if isinstance(one, FieldList):
            for entry in one.entries:
                for inner in entry.form:
                    yield from ((one.name, sentence) for sentence in inner.errors)
        else:
            yield from ((one.name, sentence) for sentence in one.errors)
    yield from (("title", sentence) for sentence in form.form_errors)


@dataclass
class Found:
    """What a stretch of rows gave."""

    done: int = 0
    plans: list[Planned] = field(default_factory=list)
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)


def go_through(
    found: Sequence[Table], desk: Desk, *, start: int = 0, seconds: float | None = None
) -> Found:
    """Judge the rows from ``start`` on, for so many seconds at most; all of them without a limit.

    Rows before ``start`` were judged earlier; their names still count as seen.
    """
    until = None if seconds is None else time.monotonic() + seconds
    result = Found(done=start)
    at = 0
    for table in found:
        for number, row in table.rows:
            at += 1
            if at <= start:
                continue
            _judge(table, number, row, desk, result)
            result.done = at
            if until is not None and time.monotonic() > until:
                return result
    return result


def _judge(table: Table, number: int, row: Sequence[Any], desk: Desk, result: Found) -> None:
    try:
        planned = plan(table, number, row, desk)
    except Wrong as wrong:
        result.faults += [_fault(table, number, name, sentence) for name, sentence in wrong.faults]
        return
    if planned is None:
        result.unchanged += 1
    else:
        result.plans.append(planned)


def _fault(table: Table, number: int, name: str, sentence: Any) -> Fault:
    at = next((n for n, known in table.fields.items() if known == name), None)
    letter = letter_of(at) if at is not None else ""
    heading = (
        columns.written(table.headings[at])[:80]
        if at is not None and at < len(table.headings)
        else _label(table.kind, name)
    )
    return Fault(table.name, number, letter, heading, say(sentence))


def _label(kind: str, name: str) -> str:
    shapes = {shape.field: shape.label for shape in (*EXTRA, *columns.shapes(blank(kind)))}
    return say(shapes.get(name, name))
