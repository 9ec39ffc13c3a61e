"""Inbox, calls and kept mails through their pages."""

from __future__ import annotations

import re

import pytest

from marketplace.catalogue import services as catalogue
from marketplace.notifications import queries
from marketplace.notifications.channels import Files
from marketplace.notifications.deliver import deliver
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.writing import mail
from tests.notifications import story

LANGUAGES = ("vi", "en")


def tell() -> None:
    while dispatch():
        pass


@pytest.mark.parametrize("language", LANGUAGES)
def test_opening_a_notice_marks_it_read_and_leads_on(world, browse, language):
    listing = world.draft()
    catalogue.submit(world.actor("coop"), listing.public_id)
    tell()
    someone = browse("official_1", language)
    assert queries.unread(world.actor("official_1")) == 1
    someone.get("/thong-bao")
    assert listing.title in someone.text
    notice = queries.inbox(world.actor("official_1"), offset=0, limit=9)[0][0]
    someone.submit(action=f"/thong-bao/{notice.public_id}", follow=False)
    assert someone.response.headers["Location"] == f"/lam-viec/duyet/{listing.public_id}"
    assert queries.unread(world.actor("official_1")) == 0


def test_reading_the_page_writes_nothing(world, browse):
    catalogue.submit(world.actor("coop"), world.draft().public_id)
    tell()
    someone = browse("official_1")
    someone.get("/thong-bao")
    someone.get("/thong-bao")
    assert queries.unread(world.actor("official_1")) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_can_be_marked_at_once(world, browse, language):
    for title in ("Một", "Hai"):
        catalogue.submit(world.actor("coop"), world.draft(title=title).public_id)
    tell()
    someone = browse("official_1", language)
    page = someone.get("/thong-bao")
    bell = [
        a
        for t, a in page.tags
        if t == "a" and a.get("href") == "/thong-bao" and "2" in (a.get("aria-label") or "")
    ]
    assert bell, "the frame does not say how many are new"
    someone.submit(action="/thong-bao/da-doc")
    assert queries.unread(world.actor("official_1")) == 0


def test_nobody_opens_someone_else_s_notice(world, browse):
    catalogue.submit(world.actor("coop"), world.draft().public_id)
    tell()
    notice = queries.inbox(world.actor("official_1"), offset=0, limit=9)[0][0]
    other = browse("official_2")
    other.get("/thong-bao")
    other.post(f"/thong-bao/{notice.public_id}", status=404)
    other.post("/thong-bao/khong-co", status=404)
    browse().get("/thong-bao", status=302)


def test_unread_ones_stand_first_and_pages_are_numbered(world, browse):
    for n in range(30):
        catalogue.submit(world.actor("coop"), world.draft(title=f"Hàng {n}").public_id)
    tell()
    someone = browse("official_1")
    newest = queries.inbox(world.actor("official_1"), offset=0, limit=1)[0][0]
    someone.get("/thong-bao")
    someone.submit(action=f"/thong-bao/{newest.public_id}", follow=False)
    first = queries.inbox(world.actor("official_1"), offset=0, limit=24)[0]
    assert newest.id not in {d.id for d in first}
    page = someone.get("/thong-bao?trang=2")
    assert "Hàng 29" in page.text
    someone.get("/thong-bao?trang=999")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_inbox_has_a_page(browse, language):
    browse("hotel", language).get("/thong-bao")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_call_is_read_out_and_logged(world, browse, language):
    household = story.household(world, phone="+84912345678")
    story.published_for(world, household)
    tell()
    official = browse("official_2", language)
    page = official.get("/lam-viec/cuoc-goi")
    links = [
        a["href"]
        for t, a in page.tags
        if t == "a" and "/lam-viec/cuoc-goi/" in (a.get("href") or "")
        if not a["href"].endswith("/in")  # the call round on paper
    ]
    assert len(set(links)) == len(queries.calls(world.actor("official_2")))
    link = links[-1]
    page = official.get(link)
    assert "0912 345 678" in page.text
    assert "Chuối mốc" in page.text
    official.submit({"note": ""}, action=link.rsplit("/", 1)[1], status=422)
    official.submit({"note": "Đã báo, gọi lúc 9 giờ."}, action=link.rsplit("/", 1)[1])
    assert link.rsplit("/", 1)[1] not in {
        c.public_id for c in queries.calls(world.actor("official_2"))
    }
    official.get(link)
    browse("ward_official_1", language).get(link, status=404)
    browse("hotel", language).get(link, status=403)


def test_mails_can_be_read_while_there_is_no_mail_server(world, app, browse, tmp_path, monkeypatch):
    import dataclasses

    settings = dataclasses.replace(app.config["SETTINGS"], instance=tmp_path)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    catalogue.submit(world.actor("coop"), world.draft().public_id)
    tell()
    assert deliver(Files(settings.mails), mail) == 3
    assert deliver(Files(settings.mails), mail) == 0
    someone = browse()
    page = someone.get("/thu")
    links = [
        a["href"]
        for t, a in page.tags
        if t == "a" and re.fullmatch(r"/thu/\d+", a.get("href") or "")
    ]
    assert len(links) == 3
    page = someone.get(links[0])
    assert "Đẳng sâm tươi" in page.text
    for odd in ("/thu/00000000", "/thu/..%2fsecret-key", "/thu/1", "/thu/x" * 3):
        assert someone.client.get(odd).status_code == 404
    for changes in ({"production": True}, {"smtp_url": "smtp://127.0.0.1:2525"}):
        monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(settings, **changes))
        someone.get("/thu", status=404)
        someone.get(links[0], status=404)
