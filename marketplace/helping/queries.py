"""Reading consents and paper forms: only those who may help see them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts.models import Consent, Organisation, StoredFile
from marketplace.accounts.rules import CONSENTING
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.helping.models import PaperForm


def consents_of(organisation: Organisation) -> Sequence[Consent]:
    """All consents of a household, the newest first, with who took them down and the proof.

    Whoever asks must be allowed to see the household in full. Raises NotFound for organisations
    that need no consent.
    """
    if organisation.kind not in CONSENTING:
        raise NotFound
    return db.session.scalars(
        sa.select(Consent)
        .where(Consent.organisation_id == organisation.id)
        .options(
            joinedload(Consent.recorded_by),
            joinedload(Consent.by_organisation),
            joinedload(Consent.evidence),
        )
        .order_by(Consent.id.desc())
    ).all()


def proof(organisation: Organisation, file_id: str) -> StoredFile:
    """A photo of a signed consent of this household. Raises NotFound."""
    found = db.session.scalars(
        sa.select(StoredFile)
        .join(Consent, Consent.evidence_id == StoredFile.id)
        .where(Consent.organisation_id == organisation.id, StoredFile.public_id == file_id)
    ).first()
    if found is None:
        raise NotFound
    return found


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """Paper forms a viewer may open: those of their own office or cooperative.

    Officials also see those printed by the cooperatives of their locality.
    """
    if viewer.is_officer:
        return PaperForm.locality_id == viewer.locality_id
    if viewer.organisation_id is None:
        return sa.false()
    return PaperForm.by_organisation_id == viewer.organisation_id


_PARTS = (
    joinedload(PaperForm.organisation).joinedload(Organisation.village),
    joinedload(PaperForm.by_organisation),
    joinedload(PaperForm.sheet),
    selectinload(PaperForm.listing),
)


def paper_form(public_id: str, viewer: Actor, *, lock: bool = False) -> PaperForm:
    """A paper form. Raises NotFound."""
    if lock:
        hold(PaperForm, public_id=public_id)
    found = db.session.scalars(
        sa.select(PaperForm)
        .where(PaperForm.public_id == public_id, visible_to(viewer))
        .options(*_PARTS)
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def paper_forms(viewer: Actor, *, limit: int = 30) -> Sequence[PaperForm]:
    """The forms last printed, those not entered yet first."""
    return db.session.scalars(
        sa.select(PaperForm)
        .where(visible_to(viewer))
        .options(*_PARTS)
        .order_by(sa.case((PaperForm.listing_id.is_(None), 0), else_=1), PaperForm.id.desc())
        .limit(limit)
    ).all()


def chosen(public_ids: Collection[str], viewer: Actor) -> Sequence[PaperForm]:
    """These forms in the order they were printed. Raises NotFound when one is not theirs."""
    rows = db.session.scalars(
        sa.select(PaperForm)
        .where(PaperForm.public_id.in_(public_ids), visible_to(viewer))
        .options(*_PARTS)
        .order_by(PaperForm.id)
    ).all()
    if not rows or len(rows) != len(set(public_ids)):
        raise NotFound
    return rows
