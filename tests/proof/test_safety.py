"""The safety label: its order, what it counts, and that SQL says the same as the pure function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.catalogue.browse import Lists
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.lists import Wished
from marketplace.catalogue.models import Listing
from marketplace.catalogue.proof import covering, safety
from marketplace.catalogue.proof.held import CERTIFICATES
from marketplace.catalogue.proof.models import ListingPaper, PaperGroup
from marketplace.catalogue.proof.safety import Goods, Safety
from marketplace.catalogue.taxonomy import Group
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.papers import services as papers
from marketplace.papers.models import Paper
from marketplace.papers.rules import Coverage, PaperState
from marketplace.papers.types import TYPES, Counts, PaperType
from marketplace.sharing import queries as sharing

TODAY = date(2026, 11, 20)
T = PaperType


@dataclass
class Held:
    """A paper as far as the label looks at it."""

    type: PaperType
    holds: bool = True

    def holds_on(self, _day: date) -> bool:
        return self.holds


@pytest.mark.parametrize(
    ("held", "label"),
    [
        ([], Safety.NONE),
        ([Held(T.COMMITMENT)], Safety.COMMITMENT),
        ([Held(T.COMMITMENT, holds=False)], Safety.NONE),
        ([Held(T.VIETGAP)], Safety.PAPERS),
        ([Held(T.COMMITMENT), Held(T.OCOP)], Safety.PAPERS),
        ([Held(T.COMMITMENT), Held(T.OCOP, holds=False)], Safety.COMMITMENT),
        ([Held(T.PGS), Held(T.GROWING_AREA), Held(T.SELF_DECLARATION)], Safety.NONE),
        ([Held(T.HARVEST)], Safety.NONE),
    ],
)
def test_the_order_of_the_label(held, label):
    assert safety.level(held, TODAY) is label
    assert safety.level(reversed(held), TODAY) is label


@given(
    st.lists(st.builds(Held, st.sampled_from(PaperType), st.booleans())),
    st.builds(Held, st.sampled_from(PaperType)),
)
def test_another_paper_never_weakens_it(held, more):
    order = list(Safety)
    assert order.index(safety.level([*held, more], TODAY)) <= order.index(safety.level(held, TODAY))


@pytest.mark.parametrize("kind", PaperType)
def test_every_type_gives_what_it_counts_for(kind):
    expected = {
        Counts.CERTIFICATE: Safety.PAPERS,
        Counts.COMMITMENT: Safety.COMMITMENT,
        Counts.NOTHING: Safety.NONE,
    }
    assert safety.level([Held(kind)], TODAY) is expected[TYPES[kind].counts]


def test_no_column_holds_it():
    names = {c.name for table in db.metadata.tables.values() for c in table.columns}
    assert not names & {"safety", "safety_label", "is_safe", "is_valid", "is_expired"}


PAPER = st.fixed_dictionaries(
    {
        "owner": st.sampled_from(["coop", "other_coop", "household"]),
        "type": st.sampled_from([T.VIETGAP, T.COMMITMENT, T.PGS, T.LIQUOR, T.HACCP]),
        "state": st.sampled_from([*PaperState, PaperState.VERIFIED, PaperState.VERIFIED]),
        "coverage": st.sampled_from(Coverage),
        "covers_members": st.booleans(),
        "until": st.none() | st.integers(-2, 2),
        "more": st.sampled_from([0, 0, 1, 3]),
        "groups": st.sets(st.sampled_from([Group.HERBS, Group.ALCOHOL, Group.TEA]), max_size=2),
        "listings": st.sets(st.integers(0, 4), max_size=2),
        "renews": st.booleans(),
    }
)


def test_sql_says_what_the_pure_functions_say(world, story):
    """Random papers of three owners, five listings, days around their ends: both agree on all."""
    owners = {name: world.organisations[name] for name in ("coop", "other_coop")}
    household = story.household()
    owners["household"] = household.id
    cooperative = {household.id: owners["coop"]}
    spots = [
        ("coop", Group.HERBS),
        ("coop", Group.ALCOHOL),
        ("coop", None),
        ("household", Group.HERBS),
        ("other_coop", Group.TEA),
    ]
    listings = [world.draft(group=group, title=f"Hàng {n}") for n, (_, group) in enumerate(spots)]
    base = story.paper(T.ISO_22000, coverage=Coverage.CHOSEN)
    keep = {
        name: getattr(base, name)
        for name in (
            "number",
            "issuer",
            "issuer_key",
            "scope",
            "created_at",
            "updated_at",
            "scan_id",
        )
    }
    for listing, (who, _) in zip(listings, spots, strict=True):
        listing.organisation_id = owners[who]
    db.session.flush()
    ids = [listing.id for listing in listings]
    goods = [
        Goods(
            key,
            owners[who],
            cooperative.get(owners[who]),
            group and group.value,
            group is Group.ALCOHOL,
        )
        for key, (who, group) in zip(ids, spots, strict=True)
    ]

    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(PAPER, min_size=1, max_size=5))
    def check(wanted):
        point = db.session.begin_nested()
        try:
            made, chosen = [], {}
            for n, one in enumerate(wanted):
                verified = one["state"] in {
                    PaperState.VERIFIED,
                    PaperState.SUSPENDED,
                    PaperState.REVOKED,
                }
                until = None if one["until"] is None else TODAY + timedelta(days=one["until"])
                former = made[-1] if made and one["renews"] and made[-1].renews_id is None else None
                paper = Paper(
                    **keep,
                    organisation_id=owners[one["owner"]],
                    type=one["type"],
                    number_key=f"x{n}",
                    coverage=one["coverage"],
                    covers_members=one["covers_members"],
                    issued_on=TODAY - timedelta(days=9),
                    state=one["state"],
                    valid_until=until,
                    prolonged_until=until + timedelta(days=one["more"])
                    if until and one["more"]
                    else None,
                    verified_at=base.created_at if verified else None,
                    verified_by_id=world.users["official_1"] if verified else None,
                    renews_id=former.id if former else None,
                    root_id=former.line if former else None,
                )
                db.session.add(paper)
                db.session.flush()
                made.append(paper)
                if former is None:
                    chosen[paper.id] = (
                        {ids[i] for i in one["listings"]},
                        {g.value for g in one["groups"]},
                    )
                    for i in one["listings"]:
                        db.session.add(
                            ListingPaper(listing_id=ids[i], paper_id=paper.id, at=clock.now())
                        )
                    for group in one["groups"]:
                        db.session.add(PaperGroup(paper_id=paper.id, group=group, at=clock.now()))
            db.session.flush()
            db.session.expire_all()
            for shift in range(-3, 5):
                one_day = TODAY + timedelta(days=shift)
                rows = db.session.execute(
                    sa.select(
                        Listing.id,
                        covering.safety(
                            Listing.__table__, Produce.__table__.c.product_group, one_day
                        ),
                        covering.certificates(
                            Listing.__table__, Produce.__table__.c.product_group, one_day
                        ),
                        covering.is_shut(
                            Listing.__table__, Produce.__table__.c.product_group, one_day
                        ),
                    )
                    .select_from(sa.join(Listing.__table__, Produce.__table__))
                    .where(Listing.id.in_(ids))
                ).all()
                in_sql = {row[0]: tuple(row[1:]) for row in rows}
                for one_goods, listing in zip(goods, listings, strict=True):
                    covered = [
                        paper
                        for paper in made
                        if safety.covers(
                            paper,
                            one_goods,
                            listings=chosen[paper.line][0],
                            groups=chosen[paper.line][1],
                        )
                    ]
                    assert {p.id for p in listing.papers} - {base.id} == {p.id for p in covered}
                    licensed = safety.has(covered, T.LIQUOR, one_day)
                    shut = one_goods.is_alcohol and not licensed
                    label = Safety.NONE if shut else safety.level(covered, one_day)
                    said = safety.of(listing, one_day)
                    assert said is (label if one_goods.group else None)
                    held = {paper.type for paper in covered if paper.holds_on(one_day)}
                    mask = sum(1 << at for at, kind in enumerate(CERTIFICATES) if kind in held)
                    shown = mask if said and not shut else 0
                    assert bool(shown) is (said is Safety.PAPERS)
                    expected = (said and said.value, shown, int(shut))
                    assert in_sql[one_goods.listing_id] == expected
        finally:
            point.rollback()
            db.session.expire_all()

    check()


def test_what_is_not_eaten_has_no_label_and_counts_in_no_filter(world, story):
    """The card, the filter and the copies of programs follow one rule."""
    story.verified(T.ISO_22000)
    world.published(group=Group.TEXTILES, title="Tút")
    world.published(group=Group.WICKERWORK, title="Gùi")
    world.published(group=Group.VEGETABLES, title="Rau")
    lists = Lists(world.pair)
    spec = PAGES["produce"].spec
    for code in ("con-han", "iso-22000"):
        found = lists.page(Wished.read(spec, {"giay-to": [code]})).items
        assert [card.title for card in found] == ["Rau"]
        assert lists.counts(Wished(spec)).by_facet["giay-to"][code] == 1
    labels = {card.title: card.safety for card in lists.page(Wished(spec)).items}
    assert labels == {"Tút": None, "Gùi": None, "Rau": Safety.PAPERS}
    ids = [card.id for card in lists.page(Wished(spec)).items]
    assert {face.title: face.safety for face in sharing.faces(ids)} == labels


def test_a_licence_for_liquor_says_nothing_about_vegetables(world, story):
    story.verified(T.LIQUOR)
    listing = world.published(group=Group.VEGETABLES)
    assert listing.papers == []
    assert safety.of(listing, TODAY) is Safety.NONE


def test_a_renewal_covers_what_its_predecessor_covered(world, story):
    from marketplace.catalogue.proof import services
    from marketplace.catalogue.proof.services import GoodsValues

    listing = world.published()
    old = story.paper(coverage=Coverage.CHOSEN)
    services.choose_goods(
        world.actor("coop"), old.public_id, GoodsValues(listings=[listing.public_id])
    )
    papers.judge(world.actor("official_1"), old.public_id, "verify")
    new = papers.renew(
        world.actor("coop"), old.public_id, story.values(issued_on=TODAY, coverage=Coverage.CHOSEN)
    )
    papers.judge(world.actor("official_1"), new.public_id, "verify")
    db.session.expire_all()
    assert [paper.id for paper in listing.papers] == [old.id, new.id]
    assert safety.level(listing.papers, date(2028, 6, 1)) is Safety.PAPERS


def test_brocade_needs_no_word_about_food(world, story):
    assert safety.of(world.published(group=Group.TEXTILES), TODAY) is None
