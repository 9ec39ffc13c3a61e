"""The spine in the browser: from an interest to verified figures, every step on a page."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa

from marketplace.accounts.models import Organisation
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.deals import services as deals
from marketplace.deals.models import Deal, Figure
from marketplace.deals.rules import DealState, FigureState
from marketplace.interests.models import Interest
from marketplace.matching.models import Match
from marketplace.matching.rules import MatchState

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def pdf(name="giay.pdf"):
    return (io.BytesIO(PDF), name)


def address_of(listing):
    return f"/{'nong-san' if listing.kind == 'produce' else 'co-hoi'}/{listing.slug}-{listing.public_id}"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_small_sale_on_pages(world, browse, language):
    listing = world.published()
    hotel, coop = browse("hotel", language), browse("coop", language)
    official, ward = browse("official_1", language), browse("ward_official_1", language)

    hotel.get(f"{address_of(listing)}/quan-tam")
    hotel.submit(
        {
            "contact_name": "Bộ phận mua hàng",
            "contact_phone": "0905 123 456",
            "quantity": "40",
            "message": "Cần 40 kg cho bếp.",
            "consent": "y",
        }
    )
    interest = db.session.scalars(sa.select(Interest)).one()
    assert hotel.path == f"/quan-tam/{interest.public_id}"
    assert "0905 123 456" not in coop.get(f"/quan-tam/{interest.public_id}").text
    coop.submit(action="/acknowledge")
    coop.submit(action="/accept")
    assert "0905 123 456" in coop.text

    official.get("/lam-viec/ghep")
    official.get(f"/lam-viec/ghep/quan-tam/{interest.public_id}")
    official.submit({"quantity": "40", "unit_price": "120.000"})
    match = db.session.scalars(sa.select(Match)).one()
    case = f"/ket-noi/{match.public_id}"
    assert official.path == case

    for side in (coop, hotel):
        side.get(case)
        side.submit(action="/consent")
    ward.get(case)
    ward.submit(action="/turn_key")
    assert match.state is MatchState.PROPOSED
    with clock.at(clock.now().replace(day=26)):
        deals.let_matches_take_effect()
        hotel.get(f"{case}/thoa-thuan")
        hotel.submit({"quantity": "40", "unit_price": "120.000", "starts_on": "20/11/2026"})
        coop.get(f"{case}/dong-y")
        coop.submit()
        deal = db.session.scalars(sa.select(Deal)).one()
        assert deal.state is DealState.AGREED
        official.get(case)
        official.submit(action="/start")

        coop.get(f"{case}/dot")
        coop.submit(
            {"happened_on": "21/11/2026", "quantity": "25", "paper": pdf()},
            content_type="multipart/form-data",
        )
        first = deal.instalments[0]
        hotel.get(f"{case}/dot/{first.public_id}/sua")
        hotel.submit({"quantity": "24", "value": "", "happened_on": "21/11/2026"})
        coop.get(case)
        coop.submit(action=f"{first.public_id}/confirm")
        hotel.get(f"{case}/dot")
        hotel.submit({"happened_on": "22/11/2026", "quantity": "16"})
        second = deal.instalments[1]
        coop.get(case)
        coop.submit(action=f"{second.public_id}/confirm")
        official.get(case)
        official.submit(action="/complete")
        assert deal.state is DealState.COMPLETED

        hotel.client.get(f"{case}/giay/{first.paper.public_id}")
        ward.get(f"{case}/so-lieu/xac-minh")
        ward.submit()
        figures = db.session.scalars(sa.select(Figure)).all()
        assert {f.state for f in figures} == {FigureState.VERIFIED}
        assert figures
        for side in (hotel, coop, official, ward):
            page = side.get(case)
            assert "4.800.000" in page.text or "4,800,000" in page.text


def test_an_investment_on_pages(world, browse):
    listing = world.opportunity()
    investor, commune = browse("investor"), browse("official_1")
    second, ward, leader = browse("official_2"), browse("ward_official_1"), browse("ward_leader")
    investor.get(f"{address_of(listing)}/quan-tam")
    investor.submit(
        {
            "contact_name": "Bộ phận đầu tư",
            "contact_phone": "0905 123 456",
            "capital": "1.000.000.000",
            "message": "Muốn khảo sát.",
            "consent": "y",
        }
    )
    interest = db.session.scalars(sa.select(Interest)).one()
    commune.get(f"/quan-tam/{interest.public_id}")
    commune.submit(action="/acknowledge")
    commune.submit(action="/accept")
    ward.get(f"/lam-viec/ghep/quan-tam/{interest.public_id}")
    ward.submit({"value": "2.000.000.000"})
    match = db.session.scalars(sa.select(Match)).one()
    case = f"/ket-noi/{match.public_id}"
    for someone, step in ((commune, "consent"), (investor, "consent"), (second, "turn_key")):
        someone.get(case)
        someone.submit(action=f"/{step}")
    leader.get(case)
    leader.submit(action="/turn_key")
    assert match.state is MatchState.APPROVED
    investor.get(f"{case}/thoa-thuan")
    investor.submit({"value": "2.000.000.000", "starts_on": "20/11/2026"})
    commune.get(f"{case}/dong-y")
    commune.submit()
    second.get(f"{case}/ky")
    second.submit(
        {"signed_on": "18/11/2026", "paper_number": "12/HĐ", "paper": pdf()},
        content_type="multipart/form-data",
    )
    second.get(case)
    second.submit(action="/start")
    deal = db.session.scalars(sa.select(Deal)).one()
    assert deal.state is DealState.ACTIVE
    assert deal.paper_number == "12/HĐ"


def test_a_household_without_a_phone_is_spoken_for(world, browse):
    """Everything the seller says is recorded by an official, who then is kept from the keys."""
    listing = world.published()
    match = world.proposed(listing)
    case = f"/ket-noi/{match.public_id}"
    recorder, hotel = browse("official_2"), browse("hotel")
    recorder.get(f"{case}/consent")
    recorder.submit({"acting_how": "call"})
    hotel.get(case)
    hotel.submit(action="/consent")
    page = recorder.get(case)
    assert not [f for f in page.forms if (f["attrs"].get("action") or "").endswith("/turn_key")]
    recorder.post(f"{case}/turn_key", status=403)
    seller = db.session.get_one(Organisation, match.seller_id)
    assert f"{seller.name}" in page.text
    assert re.search("Người official_2", page.text)
