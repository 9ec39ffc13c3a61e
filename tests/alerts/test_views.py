"""The pages of being told, in both languages, as a person meets them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from marketplace.accounts.models import Membership
from marketplace.alerts import queries, services
from marketplace.alerts.models import SavedSearch, Watch
from marketplace.alerts.rules import Rhythm
from marketplace.catalogue.rules import Audience
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.moderation import services as moderation
from marketplace.notifications import queries as notices
from marketplace.notifications.rules import Topic
from tests.alerts.days import save, tell
from tests.page import Browser
from tests.world import PASSWORD

ASKED = "/toi/tim-da-luu/moi?muc=nong-san&nhom=herbs&thang=3&q=s%C3%A2m"
LANGUAGES = ["vi", "en"]


def searches() -> list[SavedSearch]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(SavedSearch).order_by(SavedSearch.id)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ["/nong-san?nhom=herbs", "/nong-san?q=khongco", "/du-lich"])
def test_every_list_leads_to_being_told_with_its_filters(world, browse, language, address):
    world.published()
    someone = browse("hotel", language)
    page = someone.get(address)
    (link,) = {a["href"] for t, a in page.tags if t == "a" and "tim-da-luu/moi" in a["href"]}
    query = address.partition("?")[2]
    assert link.endswith(query)
    someone.get(link)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_visitor_signs_in_and_comes_back_with_everything(world, app, language):
    someone = Browser(app.test_client(), language)
    answer = someone.client.get(ASKED)
    assert answer.status_code == 302
    someone.get(answer.headers["Location"])
    someone.submit({"identifier": "hotel@demo.example", "password": PASSWORD})
    assert someone.path == "/toi/tim-da-luu/moi"
    someone.submit({"name": "Sâm tháng ba", "rhythm": "weekly"})
    (search,) = searches()
    assert (search.name, search.rhythm, search.kind) == ("Sâm tháng ba", Rhythm.WEEKLY, "produce")
    assert queries.wished_of(search).pairs() == [
        ("q", "sâm"),
        ("nhom", "herbs"),
        ("thang", "3"),
    ]
    assert "Sâm tháng ba" in someone.text


def test_saved_once_however_often_it_is_sent(world, browse):
    someone = browse("hotel")
    page = someone.get(ASKED)
    (form,) = [
        f for f in page.forms if f["attrs"].get("method") == "post" and "name" in f["fields"]
    ]
    data = form["fields"] | {"rhythm": "daily"}
    for _ in range(2):
        assert someone.client.post(ASKED, data=data).status_code == 303
    (search,) = searches()
    someone.post(ASKED, {"name": "Nữa", "rhythm": "daily"}, status=409)
    assert len(searches()) == 1
    answer = someone.client.get(ASKED)  # what is saved is opened, not saved again
    assert answer.headers["Location"] == f"/toi/tim-da-luu/{search.public_id}"


@pytest.mark.parametrize("data", [{"name": ""}, {"rhythm": ""}, {"rhythm": "hourly"}])
def test_what_is_missing_is_said(world, browse, data):
    someone = browse("hotel")
    someone.post(ASKED, {"name": "Sâm", "rhythm": "daily"} | data, status=422)
    assert searches() == []


def test_an_unknown_list_is_not_found(world, browse):
    browse("hotel").get("/toi/tim-da-luu/moi?muc=khong-co", 404)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_searches_shows_and_changes_them(world, browse, language):
    search = save(world, name="Mọi hàng")
    world.published(title="Sâm")
    tell()
    someone = browse("hotel", language)
    someone.get("/toi/tim-da-luu")
    assert "Mọi hàng" in someone.text
    code = search.public_id
    someone.get(f"/toi/tim-da-luu/{code}")
    someone.submit({"name": "Tên khác", "rhythm": "daily"})
    assert (searches()[0].name, searches()[0].rhythm) == ("Tên khác", Rhythm.DAILY)
    someone.submit(action=f"/{code}/stop")
    assert searches()[0].stopped_at is not None
    someone.submit(action=f"/{code}/resume")
    assert searches()[0].stopped_at is None
    someone.submit(action=f"/{code}/remove")
    assert searches() == []


def test_other_people_s_searches_and_messages_do_not_exist(world, browse):
    search = save(world)
    world.published(title="Sâm")
    tell()
    digest = db.session.scalars(sa.select(queries.Digest)).one().public_id
    someone = browse("restaurant")
    someone.get(f"/toi/tim-da-luu/{search.public_id}", 404)
    someone.get(f"/toi/tim-da-luu/tin/{digest}", 404)
    for move in ("stop", "resume", "remove"):
        someone.post(f"/toi/tim-da-luu/{search.public_id}/{move}", status=404)
    assert len(searches()) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_on_the_site_shows_what_can_still_be_had(world, browse, language):
    save(world, name="Mọi hàng")
    listing = world.published(title="Sâm núi")
    tell()
    digest = db.session.scalars(sa.select(queries.Digest)).one().public_id
    someone = browse("hotel", language)
    someone.get("/thong-bao")
    someone.submit(action=_notice(world))
    assert someone.path == f"/toi/tim-da-luu/tin/{digest}"
    assert "Sâm núi" in someone.text
    moderation.hide(world.actor("official_1"), listing.public_id, reason="wrong", note="Sai.")
    someone.get(someone.path)
    assert "Sâm núi" not in someone.text


def _notice(world) -> str:
    (notice,) = [
        n
        for n in notices.inbox(world.actor("hotel"), offset=0, limit=9)[0]
        if n.entry.name == "search_digest.made"
    ]
    return f"/thong-bao/{notice.public_id}"


def test_a_message_shows_nothing_its_reader_may_no_longer_see(world, browse):
    save(world, "coop", kind="need", name="Nhu cầu")
    world.need(title="Riêng nhà sản xuất", audience=Audience.PRODUCERS)
    tell()
    digest = db.session.scalars(sa.select(queries.Digest)).one().public_id
    someone = browse("coop")
    someone.get(f"/toi/tim-da-luu/tin/{digest}")
    assert "Riêng nhà sản xuất" in someone.text
    db.session.execute(
        sa.update(Membership)
        .where(Membership.user_id == world.users["coop"])
        .values(ended_at=clock.now())
    )
    db.session.commit()
    someone.get(f"/toi/tim-da-luu/tin/{digest}")
    assert "Riêng nhà sản xuất" not in someone.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_watching_from_the_page_of_a_listing(world, browse, language):
    listing = world.published(title="Sâm núi")
    visitor = browse(None, language)
    page = visitor.get(listing.path)
    assert [a for t, a in page.tags if t == "a" and "/dang-nhap?next=" in (a["href"] or "")]
    someone = browse("hotel", language)
    someone.get(listing.path)
    someone.submit(action=f"/theo-doi/{listing.public_id}")
    assert someone.path == listing.path
    someone.get("/toi/theo-doi")
    assert "Sâm núi" in someone.text
    someone.get(listing.path)
    someone.submit(action=f"/theo-doi/{listing.public_id}/thoi")
    assert someone.path == listing.path
    assert db.session.scalar(sa.select(sa.func.count(Watch.id))) == 0


def test_the_owner_reads_how_many_and_not_who(world, browse):
    listing = world.published(title="Sâm núi")
    for who in ("hotel", "restaurant"):
        services.watch(world.actor(who), listing.public_id)
    owner = browse("coop")
    page = owner.get(f"/ban-hang/{listing.public_id}")
    assert any(a.get("id") == "theo-doi" for _, a in page.tags)
    assert "Khách sạn minh họa" not in owner.text
    assert "Người hotel" not in owner.text
    page = owner.get(listing.path)
    assert not any(a.get("id") == "theo-doi" for _, a in page.tags)  # nothing to watch of one's own


def test_a_watched_listing_that_was_hidden_is_named_no_longer(world, browse):
    listing = world.published(title="Sâm núi")
    services.watch(world.actor("hotel"), listing.public_id)
    moderation.hide(world.actor("official_1"), listing.public_id, reason="wrong", note="Sai.")
    someone = browse("hotel")
    someone.get("/toi/theo-doi")
    assert "Sâm núi" not in someone.text
    assert listing.public_id in someone.text
    someone.submit(action=f"/theo-doi/{listing.public_id}/thoi")
    assert someone.path == "/toi/theo-doi"
    assert queries.count_watched(world.users["hotel"]) == 0


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "javascript:alert(1)"])
def test_nothing_leads_to_another_site(world, browse, path):
    listing = world.published()
    someone = browse("hotel")
    someone.post(f"/theo-doi/{listing.public_id}/thoi", {"next": path})
    assert someone.response.headers["Location"] == "/toi/theo-doi"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_behind_the_link_of_a_mail(world, app, language):
    save(world)
    world.published(title="Sâm")
    ((_, message),) = tell()
    path = str(message["List-Unsubscribe"])[1:-1].removeprefix("http://localhost")
    someone = Browser(app.test_client(), language)
    page = someone.get(path)
    (form,) = [f for f in page.forms if f["attrs"].get("method") == "post"]
    assert not form["attrs"].get("action")
    someone.submit(status=200, follow=False)
    assert searches()[0].stopped_at is not None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", ["hotel", "official_1"])
def test_choosing_mails(world, browse, language, who):
    someone = browse(who, language)
    someone.get("/toi/nhan-tin")
    kept = [topic.value for topic in Topic if topic is not Topic.ROADS]
    someone.post("/toi/nhan-tin", {"mail": kept})
    assert notices.refused_by(world.users[who]) == {Topic.ROADS}
    someone.post("/toi/nhan-tin", {})
    assert notices.refused_by(world.users[who]) == set(Topic)
    someone.post("/toi/nhan-tin", {"mail": ["user"]}, status=422)
    page = someone.get("/toi/nhan-tin")
    boxes = [a for t, a in page.tags if t == "input" and a.get("name") == "mail"]
    assert len(boxes) == len(Topic)
    assert not any("checked" in a for a in boxes)
