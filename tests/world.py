"""A small world for tests, built through the use cases: one pair, its people and organisations."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from marketplace.accounts import consents, passwords, queries
from marketplace.accounts.consents import ConsentValues
from marketplace.accounts.models import Membership, Organisation, StoredFile, User
from marketplace.accounts.rules import ConsentHow, OrganisationKind, OrganisationState
from marketplace.catalogue import services as catalogue
from marketplace.catalogue.kinds.need.model import SECTORS, NeedValues, Paper, Seeking
from marketplace.catalogue.kinds.opportunity.model import OpportunityValues
from marketplace.catalogue.kinds.opportunity.terms import Choosing
from marketplace.catalogue.kinds.produce.model import ProduceValues
from marketplace.catalogue.kinds.tourism.model import Language, Offering, TourismValues
from marketplace.catalogue.models import Listing
from marketplace.catalogue.taxonomy import (
    Cooperation,
    Group,
    Origin,
    Period,
    PriceKind,
    Sector,
)
from marketplace.core import clock, emails, marks
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.quantity import Unit
from marketplace.core.roles import Role
from marketplace.core.text import name_key
from marketplace.deals import services as deals
from marketplace.interests import services as interests
from marketplace.interests.models import Interest
from marketplace.interests.services import InterestValues
from marketplace.matching import services as matching
from marketplace.matching.models import Match
from marketplace.matching.rules import Answer
from marketplace.matching.services import MatchValues
from marketplace.programme.models import Pair
from marketplace.programme.services import load_pair

PAIR_FILE = (
    Path(__file__).parents[1] / "marketplace" / "programme" / "pairs" / "avuong-nguhanhson.toml"
)
PASSWORD = "bốn từ không liên quan"

PEOPLE = {
    "official_1": ("source", Role.OFFICIAL),
    "official_2": ("source", Role.OFFICIAL),
    "leader": ("source", Role.LEADER),
    "ward_official_1": ("market", Role.OFFICIAL),
    "ward_official_2": ("market", Role.OFFICIAL),
    "ward_leader": ("market", Role.LEADER),
}
ORGANISATIONS = {
    "coop": ("source", OrganisationKind.COOPERATIVE, "HTX Dược liệu minh họa"),
    "other_coop": ("source", OrganisationKind.COOPERATIVE, "HTX Bhalêê minh họa"),
    "hotel": ("market", OrganisationKind.ENTERPRISE, "Khách sạn minh họa"),
    "restaurant": ("market", OrganisationKind.ENTERPRISE, "Nhà hàng minh họa"),
    "investor": ("market", OrganisationKind.INVESTOR, "Nhà đầu tư minh họa"),
}
TAX_CODES = {
    "hotel": "0409999013",
    "restaurant": "0409999020",
    "investor": "0409999038",
    "coop": "4009999016",
    "other_coop": "4009999023",
}


def spoken(**changes: object) -> ConsentValues:
    """A household's consent, spoken before a witness, to everything."""
    values = {
        "person": "Chủ hộ",
        "how": ConsentHow.WITNESS,
        "witness": "Trưởng thôn",
        "given_on": clock.today(),
        "for_posting": True,
        "for_contacts": True,
        "for_photos": True,
    }
    return ConsentValues(**(values | changes))  # type: ignore[arg-type]


AGREED = {
    "consent_person": "Chủ hộ",
    "consent_how": "witness",
    "consent_witness": "Trưởng thôn",
    "consent_given_on": "19/11/2026",
    "consent_for_posting": "y",
}
"""The same as typed into the form of a household."""


@lru_cache(maxsize=1)
def password_hash() -> str:
    """The hash of ``PASSWORD``, computed once a run."""
    return passwords.hashed(PASSWORD)


@dataclass
class World:
    """Ids of what stands in the database, and short ways to act in it."""

    pair_id: int
    organisations: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)

    @property
    def pair(self) -> Pair:
        """The pair."""
        return db.session.get_one(Pair, self.pair_id)

    def organisation(self, name: str) -> Organisation:
        """An organisation by its short name."""
        return db.session.get_one(Organisation, self.organisations[name])

    def actor(self, name: str) -> Actor:
        """Who acts, by short name."""
        user_id = self.users[name]
        memberships = queries.memberships(user_id)
        user = db.session.get_one(User, user_id)
        return queries.actor_of(user, memberships[0] if memberships else None)

    def village_id(self, name: str = "Cr'toonh") -> int:
        """A village by name."""
        from marketplace.programme.queries import villages

        return next(v.id for v in villages(self.pair.source_id) if v.name == name)

    def consent(self, name: str, who: str = "official_1", **changes: object) -> None:
        """Let a household agree to be helped, as the fixtures of households need."""
        consents.give(self.actor(who), self.organisation(name), spoken(**changes))
        db.session.commit()

    # ------------------------------------------------------------ stories

    def produce_values(self, **changes: object) -> ProduceValues:
        """A complete produce listing."""
        values = {
            "title": "Đẳng sâm tươi",
            "group": Group.HERBS,
            "origin": Origin.GROWN,
            "description": "Đào tại rẫy, rửa sạch, giao trong hai ngày.",
            "village_id": self.village_id(),
            "unit": Unit.KG,
            "price_kind": PriceKind.FIXED,
            "price_low": 120_000,
            "quantity": 100_000,
            "months": 0b1110_0000_0011,
        }
        return ProduceValues(**(values | changes))  # type: ignore[arg-type]

    def opportunity_values(self, **changes: object) -> OpportunityValues:
        """A complete investment opportunity."""
        values = {
            "title": "Xưởng sơ chế dược liệu",
            "sector": Sector.WOOD,
            "goal": "Sơ chế và sấy dược liệu của các thôn.",
            "description": "Xưởng nhỏ cạnh đường Hồ Chí Minh.",
            "village_id": self.village_id("Azứt"),
            "cooperation": Cooperation.LINKAGE,
            "contact_office": "Phòng Kinh tế xã",
            "contact_name": "Cán bộ kinh tế xã 1",
            "contact_position": "Chuyên viên",
            "contact_email": "kinhte@avuong.example",
            "is_open_ended": True,
            "capital_source": "Ước tính của xã",
            "choosing": Choosing.AGREEMENT,
            "choosing_how": "Xã gặp từng bên theo thứ tự đăng ký và trả lời trong 10 ngày.",
        }
        return OpportunityValues(**(values | changes))  # type: ignore[arg-type]

    def need_values(self, **changes: object) -> NeedValues:
        """A complete purchase of a hotel's."""
        values = {
            "title": "Rau rừng cho bếp khách sạn",
            "group": Group.VEGETABLES,
            "product": "Rau dớn, đọt mây",
            "description": "Rau tươi cho bếp buffet, rửa sạch, bó nhỏ.",
            "quantity": 30_000,
            "unit": Unit.KG,
            "period": Period.WEEK,
            "months": 0b1110_0000_0011,
            "papers_asked": marks.from_members(tuple(Paper), [Paper.COMMITMENT, Paper.INVOICE]),
            "price_limit": 60_000,
            "place": "Bếp khách sạn, phường Ngũ Hành Sơn",
            "delivery": "Thứ hai và thứ năm, trước 9 giờ.",
            "payment_days": 7,
        }
        return NeedValues(**(values | changes))  # type: ignore[arg-type]

    def brief_values(self, **changes: object) -> NeedValues:
        """A complete brief of an investor's."""
        values = {
            "title": "Tìm nơi lập xưởng sấy dược liệu",
            "seeking": Seeking.INVESTMENT,
            "description": "Vốn vừa phải, cùng làm với hợp tác xã.",
            "sectors": marks.from_members(SECTORS, [Sector.WOOD]),
            "capital_low": 1_000_000_000,
            "capital_high": 3_000_000_000,
            "cooperation": Cooperation.WITH_COOPERATIVE,
            "years": 5,
            "place": "Xã Avương",
        }
        return NeedValues(**(values | changes))  # type: ignore[arg-type]

    def tourism_values(self, **changes: object) -> TourismValues:
        """A complete homestay."""
        values = {
            "title": "Homestay Ta Lang",
            "offering": Offering.HOMESTAY,
            "description": "Ngủ nhà sàn, ăn cùng gia đình.",
            "village_id": self.village_id("Ta Lang"),
            "price": 100_000,
            "unit": Unit.NGUOI_DEM,
            "capacity": 20,
            "group_low": 2,
            "group_high": 15,
            "months": 0b0000_1111_1111,
            "languages": marks.from_members(tuple(Language), [Language.VI, Language.CO_TU]),
            "included": "Bữa tối và bữa sáng.",
        }
        return TourismValues(**(values | changes))  # type: ignore[arg-type]

    def need(
        self, who: str = "hotel", values: NeedValues | None = None, **changes: object
    ) -> Listing:
        """A need of a business of the ward, published by its ward."""
        listing = catalogue.create(
            self.actor(who),
            "need",
            self.pair_id,
            self.organisations[who],
            values or self.need_values(**changes),
        )
        catalogue.submit(self.actor(who), listing.public_id)
        return catalogue.turn_key(self.actor("ward_official_1"), listing.public_id)

    def tourism(self, **changes: object) -> Listing:
        """A homestay of the cooperative's, published by its commune."""
        listing = catalogue.create(
            self.actor("coop"),
            "tourism",
            self.pair_id,
            self.organisations["coop"],
            self.tourism_values(**changes),
        )
        catalogue.submit(self.actor("coop"), listing.public_id)
        return catalogue.turn_key(self.actor("official_1"), listing.public_id)

    def offer(
        self, need: Listing, who: str = "coop", goods: Listing | None = None, **changes: object
    ) -> Interest:
        """An offer of the cooperative's to a need, just sent."""
        values: dict[str, object] = {
            "quantity": 25_000,
            "period": Period.WEEK,
            "unit_price": 55_000,
            "months": 0b1110_0000_0000,
            "offered": goods.public_id if goods else None,
        }
        return interests.register(
            self.actor(who),
            need.public_id,
            InterestValues(
                "Người bán hàng",
                "+84900000009",
                "Hái sáng sớm, giao trong ngày.",
                **(values | changes),  # type: ignore[arg-type]
            ),
        )

    def taken_up(self, need: Listing, goods: Listing | None = None) -> Interest:
        """An offer of the cooperative's that the hotel accepted."""
        offer = self.offer(need, goods=goods)
        interests.answer(self.actor("hotel"), offer.public_id, "acknowledge")
        return interests.answer(self.actor("hotel"), offer.public_id, "accept")

    def draft(self, **changes: object) -> Listing:
        """A complete draft of the cooperative's."""
        return catalogue.create(
            self.actor("coop"),
            "produce",
            self.pair_id,
            self.organisations["coop"],
            self.produce_values(**changes),
        )

    def published(self, **changes: object) -> Listing:
        """Produce of the cooperative, published."""
        listing = self.draft(**changes)
        catalogue.submit(self.actor("coop"), listing.public_id)
        return catalogue.turn_key(self.actor("official_1"), listing.public_id)

    def opportunity(self, **changes: object) -> Listing:
        """An opportunity of the commune, published under both keys."""
        listing = catalogue.create(
            self.actor("official_1"),
            "opportunity",
            self.pair_id,
            self.organisations["commune"],
            self.opportunity_values(**changes),
        )
        catalogue.submit(self.actor("official_1"), listing.public_id)
        catalogue.turn_key(self.actor("official_2"), listing.public_id)
        return catalogue.turn_key(self.actor("ward_official_1"), listing.public_id)

    def interest(
        self, listing: Listing, who: str = "hotel", quantity: int | None = 40_000
    ) -> Interest:
        """An interest, just sent."""
        return interests.register(
            self.actor(who),
            listing.public_id,
            InterestValues("Bộ phận mua hàng", "+84900000000", "Cần đều mỗi tuần.", quantity),
        )

    def accepted(self, listing: Listing, who: str = "hotel", quantity: int = 40_000) -> Interest:
        """An interest the cooperative accepted."""
        interest = self.interest(listing, who, quantity)
        interests.answer(self.actor("coop"), interest.public_id, "acknowledge")
        return interests.answer(self.actor("coop"), interest.public_id, "accept")

    def proposed(
        self, listing: Listing | None = None, *, quantity: int = 40_000, unit_price: int = 120_000
    ) -> Match:
        """A match proposed by the commune's first official."""
        listing = listing or self.published()
        interest = self.accepted(listing, quantity=quantity)
        return matching.propose_from_interest(
            self.actor("official_1"),
            interest.public_id,
            MatchValues(quantity=quantity, unit_price=unit_price),
        )

    def consented(self, match: Match) -> Match:
        """Both parties have said yes."""
        deals.answer_match(self.actor("coop"), match.public_id, Answer.YES)
        return deals.answer_match(self.actor("hotel"), match.public_id, Answer.YES)


def build() -> World:
    """Put the world into an empty, migrated database."""
    pair = load_pair(tomllib.loads(PAIR_FILE.read_text()))
    world = World(pair.id)
    localities = {"source": pair.source_id, "market": pair.market_id}
    for short, side in (("commune", "source"), ("ward", "market")):
        name = f"Ủy ban nhân dân {side}"
        world.organisations[short] = _organisation(
            name, OrganisationKind.AUTHORITY, localities[side], None
        )
    for short, (side, kind, name) in ORGANISATIONS.items():
        world.organisations[short] = _organisation(
            name, kind, localities[side], TAX_CODES.get(short)
        )
    for person, (side, role) in PEOPLE.items():
        office = world.organisations["commune" if side == "source" else "ward"]
        world.users[person] = _person(person, office, role)
    for short in ORGANISATIONS:
        world.users[short] = _person(short, world.organisations[short], Role.MANAGER)
    db.session.commit()
    return world


def paper(label: str) -> StoredFile:
    """The row of an uploaded paper, not yet added; no test reads its content."""
    return StoredFile(
        digest=hashlib.sha256(label.encode()).hexdigest(),
        media_type="application/pdf",
        size=41_000,
        label=label,
        created_at=clock.now(),
    )


def _organisation(name: str, kind: OrganisationKind, locality_id: int, tax_code: str | None) -> int:
    organisation = Organisation(
        kind=kind,
        name=name,
        name_key=name_key(name),
        tax_code=tax_code,
        locality_id=locality_id,
        state=OrganisationState.VERIFIED,
        verified_at=clock.now(),
        created_at=clock.now(),
    )
    db.session.add(organisation)
    db.session.flush()
    return organisation.id


def _person(short: str, organisation_id: int, role: Role) -> int:
    email = f"{short.replace('_', '-')}@demo.example"
    user = User(
        name=f"Người {short}",
        email=email,
        email_key=emails.key(email),
        password_hash=password_hash(),
        created_at=clock.now(),
    )
    db.session.add(user)
    db.session.flush()
    db.session.add(
        Membership(
            user_id=user.id, organisation_id=organisation_id, role=role, created_at=clock.now()
        )
    )
    return user.id
