"""Use cases of imports: taking a file in, checking on, saving all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from marketplace.accounts import queries as accounts
from marketplace.accounts.acting import Acting
from marketplace.accounts.models import StoredFile
from marketplace.catalogue import drafting
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.drafting import Values
from marketplace.catalogue.kinds.produce.model import OfferValues
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Conflict, DomainError, NotAllowed
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import record
from marketplace.core.use_case import use_case
from marketplace.programme.models import Pair
from marketplace.spreadsheets import queries
from marketplace.spreadsheets.models import ColumnMapping, Import
from marketplace.spreadsheets.rules import IMPORT

MOST_FAULTS = 300
"""Faults that are kept; nobody reads more before mending these."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What one row writes: a new listing, a draft's new values, or a published one's offer."""

    kind: str
    organisation_id: int
    public_id: str | None
    version: int | None
    values: Values
    row: int
    sheet: str
    offer: bool = False


@use_case
def start(
    actor: Actor, pair: Pair, file: StoredFile, rows: int, *, is_clear: bool, acting: Acting | None
) -> Import:
    """Take a file in, to be checked; or to be mapped first when its headings are not all known."""
    if actor.user_id is None or actor.organisation_id is None:
        raise NotAllowed(N_("Only someone who acts for an organisation can import listings."))
    db.session.add(file)
    if acting is not None and acting.evidence is not None:
        db.session.add(acting.evidence)
    db.session.flush()  # the import refers to both files
    upload = Import(
        user_id=actor.user_id,
        organisation_id=actor.organisation_id,
        pair_id=pair.id,
        file_id=file.id,
        acting_how=acting.how if acting else None,
        acting_said_on=acting.said_on if acting else None,
        acting_note=acting.note if acting else "",
        evidence_id=acting.evidence.id if acting and acting.evidence else None,
        rows_total=rows,
        faults={},
        created_at=clock.now(),
    )
    db.session.add(upload)
    record("import.uploaded", upload, actor, data={"rows": rows})
    if not is_clear:
        IMPORT.fire(upload, "ask", SYSTEM)
    return upload


@use_case
def map_columns(
    actor: Actor, public_id: str, meanings: Mapping[tuple[str, str], str], rows: int
) -> Import:
    """Remember what headings mean: (kind, folded heading) → field; empty leaves a column out."""
    upload = queries.get(public_id, actor, lock=True)
    known = {
        (row.kind, row.heading_key): row
        for row in db.session.scalars(
            sa.select(ColumnMapping).where(ColumnMapping.organisation_id == upload.organisation_id)
        )
    }
    for (kind, heading), field in meanings.items():
        row = known.get((kind, heading))
        if row is None:
            row = ColumnMapping(
                organisation_id=upload.organisation_id, kind=kind, heading_key=heading, field=field
            )
            db.session.add(row)
        row.field = field
    upload.rows_total = rows
    IMPORT.fire(upload, "map", actor, data={"headings": len(meanings)})
    return upload


@use_case
def note_checked(
    actor: Actor,
    public_id: str,
    done: int,
    faults: Sequence[Sequence[Any]],
    *,
    begun: int,
    changed: int,
    unchanged: int,
) -> Import:
    """Write down how far the check has come; at the end the file is ready, or has faults.

    A step that another request took in the meantime is left as it is.
    """
    upload = queries.get(public_id, actor, lock=True)
    IMPORT.require(upload, "drop", actor)  # still under way
    if upload.state is not IMPORT.initial or done <= upload.rows_done:
        return upload
    kept = upload.fault_rows
    upload.faults = {
        "count": upload.fault_count + len(faults),
        "rows": [*kept, *map(list, faults)][:MOST_FAULTS],
    }
    upload.rows_done = done
    upload.begun += begun
    upload.changed += changed
    upload.unchanged += unchanged
    record("import.checked", upload, actor, data={"done": done})
    if done >= upload.rows_total:
        IMPORT.fire(upload, "fail" if upload.fault_count else "pass", SYSTEM)
    return upload


@use_case
def save(actor: Actor, public_id: str, plans: Sequence[Planned]) -> Import:
    """Write every row of a file that is in order, or none: one transaction.

    Raises what the first row that cannot be written raises, naming the row.
    """
    upload = queries.get(public_id, actor, lock=True)
    IMPORT.fire(upload, "save", actor, data={"rows": len(plans)})
    acting = (
        Acting(upload.acting_how, upload.acting_said_on, upload.acting_note, upload.evidence)
        if upload.acting_how
        else None
    )
    upload.begun = upload.changed = 0
    for planned in plans:
        try:
            _write(actor, upload.pair, planned, acting)
        except DomainError as error:
            raise Conflict(
                Text(
                    N_("Row %(row)s of “%(sheet)s”: %(why)s Nothing was saved."),
                    row=planned.row,
                    sheet=planned.sheet,
                    why=error.text,
                )
            ) from error
        if planned.public_id is None:
            upload.begun += 1
        else:
            upload.changed += 1
    return upload


def _write(actor: Actor, pair: Pair, planned: Planned, acting: Acting | None) -> None:
    if planned.public_id is None:
        owner = accounts.organisation_by_id(planned.organisation_id)
        drafting.begin(actor, planned.kind, pair, owner, planned.values, acting)
        return
    listing = catalogue.get(planned.public_id, actor, lock=True, whole=False)
    if planned.version != listing.version:
        raise Conflict
    if planned.offer:
        drafting.change_offer(actor, listing, cast("OfferValues", planned.values), acting)
    else:
        drafting.rewrite(actor, listing, planned.values, acting)


@use_case
def drop(actor: Actor, public_id: str) -> Import:
    """Leave a file aside; nothing of it is saved."""
    upload = queries.get(public_id, actor, lock=True)
    IMPORT.fire(upload, "drop", actor)
    return upload
