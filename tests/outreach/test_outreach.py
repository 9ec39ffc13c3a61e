"""The list of invited firms: its spreadsheet, invitations, and the chain that is counted."""

from __future__ import annotations

import io
from datetime import date

import pytest
import sqlalchemy as sa
from openpyxl import Workbook, load_workbook

from marketplace.accounts import services as accounts
from marketplace.accounts.models import Organisation
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotFound
from marketplace.deals import services as deals
from marketplace.interests import services as interests
from marketplace.interests.services import InterestValues
from marketplace.matching import services as matching
from marketplace.matching.rules import Answer as Yes
from marketplace.matching.services import MatchValues
from marketplace.outreach import queries
from marketplace.outreach import services as outreach
from marketplace.outreach.models import Invitee
from marketplace.outreach.rules import Answer, Step
from marketplace.outreach.services import InviteeValues

LIST = "/lam-viec/moi-doanh-nghiep"
ASKED = InterestValues("Người mới", "+84905123456", "Hỏi mua.")
HEADS = "Name of the firm;Field of business;Phone;Last contact;Their answer\n"


def firm(world, name="Khách sạn Biển", **more):
    return outreach.enter(world.actor("ward_official_1"), InviteeValues(name, **more))


def names():
    return set(db.session.scalars(sa.select(Invitee.name)))


def upload(browser, content, status, name="ds.csv"):
    browser.get(f"{LIST}/nhap")
    form = browser._form("/nhap")
    fields = {k: v for k, v in form["fields"].items() if v}
    browser._take(
        browser.client.post(
            f"{LIST}/nhap",
            data=fields | {"firms_file": (io.BytesIO(content), name)},
            content_type="multipart/form-data",
        ),
        status,
    )
    return browser.text


def test_both_localities_keep_one_list_and_nobody_else_sees_it(world, browse):
    one = firm(world, contact="Phòng mua hàng", phone="+842363000000")
    page = browse("official_1")
    page.get(LIST)
    assert "Khách sạn Biển" in page.text
    assert "Phòng mua hàng" in page.text
    for who in ("hotel", "coop"):
        for path in (LIST, f"{LIST}/{one.public_id}", f"{LIST}/chuoi.csv", f"{LIST}/mau.xlsx"):
            browse(who).get(path, 403)
    with pytest.raises(Invalid):
        firm(world, "KHÁCH SẠN  biển")
    with pytest.raises(NotFound):
        outreach.enter(world.actor("hotel"), InviteeValues("Ai đó"))


def test_an_entry_is_changed_once(world, browse):
    one = firm(world)
    official = browse("official_1")
    official.get(f"{LIST}/{one.public_id}")
    official.submit({"answer": "interested", "last_contact_on": "19/11/2026"})
    kept = db.session.scalars(sa.select(Invitee)).one()
    assert (kept.answer, kept.last_contact_on) == (Answer.INTERESTED, date(2026, 11, 19))
    with pytest.raises(Conflict):
        outreach.change(world.actor("official_1"), one.public_id, InviteeValues("Khác"), 1)


def test_one_wrong_row_leaves_all(world, browse):
    firm(world)
    rows = HEADS + "Nhà hàng A;Nhà hàng;0236 3000 000;19/11/2026;Interested\n"
    wrong = "Nhà hàng B;;12;32/11/2026;Maybe\n;Không tên;;;\n"
    page = browse("official_1", "en")
    text = upload(page, (rows + wrong).encode(), 422)
    assert names() == {"Khách sạn Biển"}
    for word in ("C Phone", "D Last contact", "E Their answer", "A Name of the firm"):
        assert word in text, word
    assert " 3 " in text
    assert " 4 " in text
    twice = HEADS + "Nhà hàng A;;;;\nnhà hàng a;;;;\n"
    assert "stands in row 2" in upload(page, twice.encode(), 422)
    ahead = HEADS + "Nhà hàng A;;;19/11/2026;\nNhà hàng B;;;31/12/2030;\n"
    text = upload(page, ahead.encode(), 422)
    assert "D Last contact This day is still to come." in text
    assert " 3 " in text
    assert "template" in upload(page, b"A;B\n1;2\n", 422)
    assert names() == {"Khách sạn Biển"}
    upload(page, rows.encode(), 303)
    assert names() == {"Khách sạn Biển", "Nhà hàng A"}


def test_the_list_goes_out_and_comes_back_by_its_codes(world, browse):
    firm(world)
    official = browse("official_1", "en")
    official.client.get(f"{LIST}/mau.xlsx")
    book = load_workbook(io.BytesIO(official.client.get(f"{LIST}/mau.xlsx").data))
    sheet = book.worksheets[0]
    sheet["B2"] = "Khách sạn Biển Xanh"
    sheet["I2"] = "Not now"
    sheet["B3"] = "Xưởng đá"
    out = io.BytesIO()
    book.save(out)
    upload(official, out.getvalue(), 303, "ds.xlsx")
    assert names() == {"Khách sạn Biển Xanh", "Xưởng đá"}
    changed = db.session.scalars(sa.select(Invitee).order_by(Invitee.id)).first()
    assert changed.answer is Answer.NOT_NOW
    sheet["A3"] = "2222222222"
    out = io.BytesIO()
    book.save(out)
    assert "No entry has this code" in upload(official, out.getvalue(), 422, "ds.xlsx")


def test_from_the_invitation_to_the_first_deal(world, browse, monkeypatch):
    one = firm(world, "Khách sạn Sóng", last_contact_on=date(2026, 11, 18), email="a@b.example")
    firm(world, "Chưa mời")
    printed = browse("ward_official_2", "en")
    printed.get(f"{LIST}/{one.public_id}/thu-moi")
    assert f"http://localhost{one.path}" in printed.text
    printed.client.get(f"{LIST}/{one.public_id}/ma.svg")
    visitor = browse()
    visitor.get(one.path)
    link = next(a["href"] for t, a in visitor.page.tags if "moi=" in (a.get("href") or ""))
    visitor.get(link)
    visitor.post(
        link,
        {
            "kind": "enterprise",
            "organisation_name": "Khách sạn Sóng",
            "locality_id": str(world.pair.market_id),
            "tax_code": "0409990606",
            "name": "Người mới",
            "contact": "song@demo.example",
            "password": "bốn từ không liên quan nhau",
            "consent": "y",
        },
    )
    came = db.session.scalars(
        sa.select(Organisation).where(Organisation.invitation == one.public_id)
    ).one()
    counted = lambda: tuple(queries.counts(queries.rows(world.pair_id)).values())  # noqa: E731
    assert counted() == (2, 1, 1, 0, 0)
    accounts.move_organisation(world.actor("ward_official_1"), came.public_id, "verify")
    monkeypatch.setitem(world.organisations, "song", came.id)
    (member,) = came.memberships
    monkeypatch.setitem(world.users, "song", member.user_id)
    listing = world.published()
    interests.save_draft(world.actor("song"), listing.public_id, ASKED)
    assert counted() == (2, 1, 1, 0, 0)  # nobody else knows of a draft
    interest = world.accepted(listing, "song")
    assert counted() == (2, 1, 1, 1, 0)
    match = matching.propose_from_interest(
        world.actor("official_1"),
        interest.public_id,
        MatchValues(quantity=40_000, unit_price=2_000_000),
    )
    for who in ("coop", "song"):
        deals.answer_match(world.actor(who), match.public_id, Yes.YES)
    for who in ("official_2", "ward_official_1"):
        deals.turn_match_key(world.actor(who), match.public_id)
    assert counted() == (2, 1, 1, 1, 1)
    row = next(r for r in queries.rows(world.pair_id) if r.invitee.id == one.id)
    assert row.steps == set(Step)
    lines = printed.client.get(f"{LIST}/chuoi.csv").get_data(as_text=True).splitlines()
    assert len(lines) == 3
    assert sum("20/11/2026" in line for line in lines) == 1


def test_a_code_nobody_gave_ties_to_nothing(world, browse):
    visitor = browse()
    visitor.get("/moi/2222222222", 404)
    visitor.get("/dang-ky?moi=khong-co")


def test_a_spreadsheet_says_nothing_of_what_it_has_no_column_for(world, browse):
    known = {"field": "Lưu trú", "contact": "Chị A", "email": "a@b.example", "notes": "Đã gặp."}
    answered = {"last_contact_on": date(2026, 11, 18), "answer": Answer.INTERESTED}
    firm(world, source="Hội", phone="+84905123456", **known, **answered)
    rows = "Name of the firm;Phone;Where we know it from\nKhách sạn Biển;0905 999 888;\n"
    upload(browse("official_1", "en"), rows.encode(), 303)
    kept = db.session.scalars(sa.select(Invitee)).one()
    assert (kept.phone, kept.source) == ("+84905999888", "")  # a column left empty clears
    assert {name: getattr(kept, name) for name in known} == known
    assert {name: getattr(kept, name) for name in answered} == answered


def test_a_phone_that_excel_took_for_a_number_is_read_with_its_zero(world, browse):
    book = Workbook()
    book.active.append(["Name of the firm", "Phone"])
    book.active.append(["Khách sạn Biển", 905123456])
    out = io.BytesIO()
    book.save(out)
    upload(browse("official_1", "en"), out.getvalue(), 303, "ds.xlsx")
    assert db.session.scalars(sa.select(Invitee)).one().phone == "+84905123456"


def test_a_deal_without_an_interest_of_ones_own_counts_as_interest_too(world):
    row = queries.Row(Invitee(name="Khách sạn Biển"), Organisation(), None, clock.now())
    assert row.steps == set(Step)
