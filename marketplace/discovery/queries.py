"""Reading: the names of a locality, and what one box finds beside listings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

import sqlalchemy as sa

from marketplace.accounts.models import Locality, Organisation
from marketplace.accounts.rules import PRODUCERS, OrganisationKind, OrganisationState
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import Availability
from marketplace.catalogue.search import Query, Synonyms, Term
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.discovery.models import SynonymGroup
from marketplace.programme.models import Pair

_L = cast("sa.Table", Listing.__table__)
_ORG = cast("sa.Table", Organisation.__table__)
_PLACE = cast("sa.Table", Locality.__table__)


def names_of(locality_ids: Sequence[int]) -> list[Synonyms]:
    """The groups of names of these localities, for the catalogue's search."""
    rows = db.session.execute(
        sa.select(SynonymGroup.names)
        .where(SynonymGroup.locality_id.in_(locality_ids))
        .order_by(SynonymGroup.sort_key, SynonymGroup.id)
    ).scalars()
    return [Synonyms(tuple(names.split("\n"))) for names in rows]


def of_locality(locality_id: int | None) -> Sequence[SynonymGroup]:
    """The groups of a locality in Vietnamese order."""
    return db.session.scalars(
        sa.select(SynonymGroup)
        .where(SynonymGroup.locality_id == locality_id)
        .order_by(SynonymGroup.sort_key, SynonymGroup.id)
    ).all()


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> SynonymGroup:
    """A group of the viewer's locality. Raises NotFound."""
    if lock:
        hold(SynonymGroup, public_id=public_id)
    found = db.session.scalars(
        sa.select(SynonymGroup)
        .where(SynonymGroup.public_id == public_id, SynonymGroup.locality_id == viewer.locality_id)
        .execution_options(populate_existing=lock)
    ).first()
    if found is None or not viewer.is_officer:
        raise NotFound
    return found


class Found(NamedTuple):
    """An organisation that was found. ``sells``: it has goods on offer, and so a page."""

    public_id: str
    name: str
    kind: OrganisationKind
    place: str
    sells: bool


def organisations(pair: Pair, asked: Query, size: int) -> tuple[Sequence[Found], int]:
    """The organisations of a pair by name, as far as everyone may know of them; and how many.

    Verified producers with goods on offer, and others that agreed to be named and have a need on
    offer for everyone. A household is a person: it is found only if it agreed to be named. One
    statement; names are met as listings are: by begun spellings and by other names as well.
    """
    offers = sa.and_(
        _L.c.organisation_id == _ORG.c.id,
        catalogue.on_offer(_L.c),
        catalogue.offered_in(pair, _L.c),
        catalogue.addressed_to(catalogue.EVERYONE, _L.c),
    )
    sells = sa.and_(
        _ORG.c.kind.in_(list(PRODUCERS)),
        sa.exists().where(offers, _L.c.kind == "produce", _L.c.availability == Availability.OPEN),
    )
    seeks = sa.exists().where(offers, _L.c.kind == "need")
    is_no_person = _ORG.c.kind != OrganisationKind.PRODUCER_HOUSEHOLD
    name = sa.literal(" ", sa.Text) + _ORG.c.name_key + " "
    rows = db.session.execute(
        sa.select(
            _ORG.c.public_id,
            _ORG.c.name,
            _ORG.c.kind,
            _PLACE.c.name.label("place"),
            sells.label("sells"),
            sa.func.count().over().label("total"),
        )
        .join(_PLACE, _PLACE.c.id == _ORG.c.locality_id)
        .where(
            _ORG.c.locality_id.in_(pair.locality_ids),
            _ORG.c.state == OrganisationState.VERIFIED,
            sa.or_(
                sa.and_(sells, sa.or_(is_no_person, _ORG.c.is_named_in_public)),
                sa.and_(_ORG.c.is_named_in_public, seeks),
            ),
            *(
                sa.or_(*(sa.and_(*(_met(name, term) for term in way)) for way in part))
                for part in asked
            ),
        )
        .order_by(_ORG.c.name_key, _ORG.c.id)
        .limit(size)
    ).all()
    return [Found(*row[:5]) for row in rows], rows[0].total if rows else 0


def _met(name: sa.ColumnElement[str], term: Term) -> sa.ColumnElement[bool]:
    """Whether a name between spaces holds a word, whole or as it begins."""
    return name.like(f"% {term.word}%" if term.begins else f"% {term.word} %")
