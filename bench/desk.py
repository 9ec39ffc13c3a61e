"""A desk with ten thousand deals and two hundred thousand figures, and what its pages cost.

Rows are written in bulk, plausible and always the same: two thousand deals under way, three hundred
matches to decide, six hundred figures to verify; the rest ended and verified.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bench import data
from bench.load import Result, get, measure, sign_in
from bench.servers import Web
from config import Settings
from marketplace import create_app
from marketplace.accounts import passwords
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.accounts.rules import OrganisationKind, OrganisationState
from marketplace.core import clock, emails, text
from marketplace.core.db import db
from marketplace.core.ids import public_id
from marketplace.core.journal import Entry
from marketplace.core.quantity import Unit
from marketplace.core.roles import Role
from marketplace.core.use_case import use_case
from marketplace.deals.models import Deal, DealParty, Figure, Instalment, Offer, Outcome
from marketplace.deals.rules import (
    DealState,
    FigureState,
    Indicator,
    InstalmentState,
    OutcomeState,
    PartyRole,
)
from marketplace.matching.models import Match, MatchConsent
from marketplace.matching.rules import Answer, MatchState
from marketplace.programme.models import Article, Pair

DEALS, FIGURES_EACH, PROPOSED, LISTINGS = 10_000, 20, 300, 1_000
OFFICIAL = "can-bo@bench.example"
OWN = "own hello"
PAGES = {
    OWN: "/song",
    "my work": "/lam-viec",
    "board": "/lam-viec/ket-noi",
    "board, as a list": "/lam-viec/ket-noi?kieu=danh-sach",
    "board, as a month": "/lam-viec/ket-noi?kieu=lich",
    "results": "/ket-qua",
}
Costs = dict[str, Result]
WRITTEN = ", right after a write (which is included)"
MISSED = {
    False: "reading what is kept and drawing the page for its reader cost more than that",
    True: "both processes read that case and all tasks again; the write is included",
}
"""Why a page misses its target, by whether it was measured right after a write."""
WAY = (
    (0.06, DealState.NEGOTIATING),
    (0.10, DealState.AGREED),
    (0.20, DealState.ACTIVE),
    (0.95, DealState.COMPLETED),
    (1.00, DealState.CANCELLED),
)


TABLES = (Match, MatchConsent, Deal, DealParty, Offer, Instalment, Outcome, Figure, Entry)


@use_case
def fill() -> None:
    """Matches, deals and figures on top of the listings of ``bench.data``."""
    chance = random.Random(DEALS)
    pair = db.session.scalars(sa.select(Pair)).first()
    if pair is None:
        raise LookupError
    _official(pair)
    goods = db.session.execute(sa.text("SELECT id, organisation_id FROM listing")).all()
    buyers = db.session.scalars(
        sa.select(Organisation.id).where(Organisation.kind == OrganisationKind.ENTERPRISE)
    ).all()
    article = db.session.scalars(sa.select(Article.id).where(Article.pair_id == pair.id)).first()
    now, rows = clock.now(), Rows()
    for key in range(1, DEALS + PROPOSED + 1):
        listing, seller = chance.choice(goods)
        buyer, at = chance.choice(buyers), now - timedelta(hours=chance.randrange(9_000))
        is_proposed = key > DEALS
        rows.match(key, pair.id, listing, seller, buyer, at, is_proposed=is_proposed)
        if not is_proposed:
            state = next(state for share, state in WAY if key / DEALS <= share)
            rows.deal(key, pair.id, listing, (seller, buyer), at, state, article or 1, chance)
    rows.write()


class Rows:
    """Rows by table."""

    def __init__(self) -> None:
        self.by_model: dict[Any, list[dict[str, Any]]] = {model: [] for model in TABLES}

    def match(
        self,
        key: int,
        pair: int,
        listing: int,
        seller: int,
        buyer: int,
        at: Any,
        *,
        is_proposed: bool,
    ) -> None:
        """A match, approved unless it is still proposed with both yeses."""
        self.by_model[Match].append(
            {
                "id": key,
                "public_id": public_id(),
                "pair_id": pair,
                "listing_id": listing,
                "seller_id": seller,
                "buyer_id": buyer,
                "quantity": 50_000,
                "unit": Unit.KG,
                "unit_price": 100_000,
                "value": 5_000_000,
                "keys_needed": 1,
                "proposed_at": at,
                "version": 1,
                "note": "",
                "currency": "VND",
                "state": MatchState.PROPOSED if is_proposed else MatchState.APPROVED,
                "decided_at": None if is_proposed else at,
            }
        )
        if is_proposed:
            self.by_model[MatchConsent] += [
                {
                    "match_id": key,
                    "organisation_id": one,
                    "answer": Answer.YES,
                    "said_on": at.date(),
                    "at": at,
                }
                for one in (seller, buyer)
            ]

    def deal(
        self,
        key: int,
        pair: int,
        listing: int,
        parties: tuple[int, int],
        at: Any,
        state: DealState,
        article: int,
        chance: random.Random,
    ) -> None:
        """A deal with its parties, a delivery, an outcome and its figures."""
        ended = state in {DealState.COMPLETED, DealState.CANCELLED}
        first = at.date()
        self.by_model[Deal].append(
            {
                "id": key,
                "public_id": public_id(),
                "pair_id": pair,
                "match_id": key,
                "listing_id": listing,
                "is_small": True,
                "state": state,
                "committed_quantity": 50_000,
                "unit": Unit.KG,
                "unit_price": 100_000,
                "committed_value": 5_000_000,
                "currency": "VND",
                "starts_on": first,
                "ends_on": first + timedelta(days=chance.randrange(5, 400)),
                "delivery": "",
                "terms_number": 1,
                "paper_number": "",
                "opened_at": at,
                "moved_at": at,
                "ended_at": at if ended else None,
                "version": 1,
            }
        )
        self.by_model[DealParty] += [
            {"deal_id": key, "organisation_id": one, "role": role}
            for one, role in zip(parties, (PartyRole.SELLER, PartyRole.BUYER), strict=True)
        ]
        self.by_model[Offer].append(
            {
                "deal_id": key,
                "number": 1,
                "organisation_id": parties[0],
                "said_on": first,
                "made_at": at,
                "quantity": 50_000,
                "unit_price": 100_000,
                "value": 5_000_000,
                "starts_on": first,
                "ends_on": first + timedelta(days=60),
            }
        )
        self.by_model[Instalment].append(
            {
                "public_id": public_id(),
                "deal_id": key,
                "number": 1,
                "happened_on": first,
                "quantity": chance.choice((25_000, 50_000)),
                "value": 2_500_000,
                "note": "",
                "state": InstalmentState.CONFIRMED,
                "stated_for_id": parties[0],
                "entered_at": at,
                "figure_batch": 1 if ended else None,
                "version": 1,
            }
        )
        self.by_model[Outcome].append(
            {
                "id": key,
                "public_id": public_id(),
                "deal_id": key,
                "article_id": article,
                "target_value": 5_000_000,
                "state": OutcomeState.ONGOING,
                "created_at": at,
                "version": 1,
            }
        )
        waits = state is DealState.COMPLETED and key % 300 == 0
        self.by_model[Figure] += [
            {
                "public_id": public_id(),
                "pair_id": pair,
                "outcome_id": key,
                "indicator": Indicator.DELIVERED_VALUE,
                "period_start": first.replace(day=1),
                "amount": 100_000,
                "batch": batch,
                "entered_at": at,
                "version": 1,
                "state": FigureState.SUBMITTED if waits else FigureState.VERIFIED,
                "verified_by_id": None if waits else 1,
                "verified_at": None if waits else at,
            }
            for batch in range(1, FIGURES_EACH + 1)
        ]
        for name, before, after, hours in (
            ("deal.opened", None, None, 0),
            ("deal.set_terms", "negotiating", "negotiating", 20),
            ("deal.agree", "negotiating", "agreed", 40),
            ("deal.start", "agreed", "active", 60),
        ):
            self.by_model[Entry].append(
                {
                    "at": at + timedelta(hours=hours),
                    "name": name,
                    "subject_type": "deal",
                    "subject_id": key,
                    "from_state": before,
                    "to_state": after,
                    "actor_id": 1,
                    "data": {},
                }
            )

    def write(self) -> None:
        """Insert everything, table by table."""
        for model, rows in self.by_model.items():
            for start in range(0, len(rows), 5_000):
                db.session.execute(sa.insert(model.__table__), rows[start : start + 5_000])


def _official(pair: Pair) -> None:
    office = Organisation(
        kind=OrganisationKind.AUTHORITY,
        name="Ủy ban nhân dân",
        name_key=text.name_key("Ủy ban nhân dân"),
        locality_id=pair.source_id,
        state=OrganisationState.VERIFIED,
        verified_at=clock.now(),
        created_at=clock.now(),
    )
    person = User(
        name="Cán bộ kinh tế",
        email=OFFICIAL,
        email_key=emails.key(OFFICIAL),
        password_hash=passwords.hashed(data.PASSWORD),
        created_at=clock.now(),
    )
    db.session.add_all([office, person])
    db.session.flush()
    db.session.add(
        Membership(
            user_id=person.id,
            organisation_id=office.id,
            role=Role.OFFICIAL,
            created_at=clock.now(),
        )
    )


def costs(target: str, environment: dict[str, str], seconds: float, *also: int) -> Costs:
    """What each page costs; the database is filled by then."""
    found: Costs = {}
    with Web(target, environment, *also) as web:
        session = sign_in(web, OFFICIAL, data.PASSWORD, "/toi/mat-khau")
        for what, path in PAGES.items():
            request = get(path, cookie="" if what == OWN else session.cookie)
            found[what] = measure(web, lambda _n, request=request: request, seconds)
            print(
                f"  {what:24} {found[what].cost / found[OWN].cost:6.1f} × own hello, "
                f"{found[what].cost * 1000:6.2f} ms  {dict(found[what].statuses)}",
                flush=True,
            )
    return found


def ratios(url: str, scratch: str, seconds: float, *also: int) -> dict[str, float]:
    """The pages of the desk against the program's own hello, as they run and right after a write.

    Own hello is the one as it runs: where each request writes, the write is counted too.
    """
    environment = {"DATABASE_URL": url, "INSTANCE_PATH": scratch}
    app = create_app(Settings.from_env(environment))
    data.fill(app, LISTINGS)
    with app.app_context():
        fill()
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").execute(
                    sa.text("ANALYZE")
                )
        db.session.remove()
        db.engine.dispose()
    print(f"desk with {DEALS} deals, {DEALS * FIGURES_EACH} figures, {db_name(url)}:", flush=True)
    plain = costs("wsgi:app", environment, seconds, *also)
    written = costs("bench.written:app", environment | {"BENCH_WRITES": "deal"}, seconds, *also)
    hello = plain[OWN].cost
    return {what: one.cost / hello for what, one in plain.items() if what != OWN} | {
        f"{what}{WRITTEN}": one.cost / hello for what, one in written.items() if what != OWN
    }


def db_name(url: str) -> str:
    """The database's name for a reader."""
    return "SQLite" if url.startswith("sqlite") else "PostgreSQL"
