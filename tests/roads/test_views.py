"""Pages about roads: for everyone, and for officials."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.roads import queries, services
from marketplace.roads.rules import Cause, Condition, NoticeState, Signal, Vehicle, Way
from marketplace.roads.services import AccessValues, NoticeValues

NEW = "/lam-viec/duong-di/moi"
OFFICE = "/lam-viec/duong-di"
GOOD = {
    "condition": "closed",
    "cause": "landslide",
    "words": "Sạt taluy ở km 5 đường ĐH3.",
    "since": "20/11/2026",
    "until": "",
    "detour": "",
    "is_everywhere": "",
    "villages": "",
}
"""The browser of the tests ticks every box; these two are left alone unless said otherwise."""


def closed(world, *villages, **changes):
    return services.post_notice(
        world.actor("official_2"),
        NoticeValues(
            **{
                "condition": Condition.CLOSED,
                "cause": Cause.LANDSLIDE,
                "since": clock.today(),
                "words": "Sạt taluy ở km 5.",
                "is_everywhere": not villages,
                "villages": tuple(map(world.village_id, villages)),
            }
            | changes
        ),
    )


def described(world, code="aur"):
    return services.describe_access(
        world.actor("official_1"),
        code,
        AccessValues(Way.FOOT, Vehicle.MOTORBIKE, Signal.NO, 25_000, 5_500, "Đoạn cuối đi bộ."),
    )


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("who", [None, "coop", "official_1", "ward_official_1"])
def test_everyone_reads_how_the_roads_are(world, browse, who, language):
    browser = browse(who, language)
    page = browser.get("/duong-di")
    for name in ("Azứt", "Aur", "Cr'toonh", world.pair.market.name):
        assert name in page.text
    described(world)
    closed(world, "Aur", detour="Đi vòng qua Axoo.")
    closed(world, condition=Condition.CARE, words="Trơn trượt.")
    page = browser.get("/duong-di")
    for words in ("Sạt taluy ở km 5.", "Đi vòng qua Axoo.", "Trơn trượt.", "Đoạn cuối đi bộ."):
        assert words in page.text
    assert "Người official_2" not in page.text
    assert any(a.get("href") == OFFICE for _, a in page.tags) == bool(who and "official" in who)


def test_the_page_tells_the_day_and_what_is_over(world, browse):
    notice = closed(world, "Aur", until=clock.today())
    described(world)
    visitor = browse(None, "en")
    assert "As confirmed on 20 Nov 2026" in visitor.get("/duong-di").text
    assert "Road closed" in visitor.text
    assert "Earlier notices" not in visitor.text
    with clock.at(clock.now() + timedelta(days=1)):
        visitor.get("/duong-di")
        assert "Earlier notices" in visitor.text
        assert "Its last day has passed" in visitor.text
        assert "Its last day has passed" in visitor.get(f"/duong-di/{notice.public_id}").text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_notice_has_its_page_with_its_history_but_no_names(world, browse, language):
    notice = closed(world, "Aur")
    path = f"/duong-di/{notice.public_id}"
    services.end_notice(
        world.actor("official_2"), notice.public_id, reason="passable", note="Đã dọn xong."
    )
    text = browse(None, language).get(path).text
    assert "Đã dọn xong." in text
    assert "Người official" not in text
    assert "Người official_2" in browse("official_1", language).get(path).text
    assert "Người official" not in browse("ward_official_1", language).get(path).text
    browse().get("/duong-di/222222bbbb", status=404)


def test_an_official_posts_confirms_replaces_and_ends(world, browse):
    official = browse("official_1")
    official.get(NEW)
    page = official.submit(GOOD | {"villages": [str(world.village_id("Aur"))]})
    assert page.h1[0].startswith("Aur")
    (notice,) = queries.standing([world.pair.source_id], clock.today())
    assert (notice.condition, [v.name for v in notice.villages]) == ("closed", ["Aur"])
    path = f"/duong-di/{notice.public_id}"
    with clock.at(clock.now() + timedelta(days=8)):
        official = browse("official_2")
        official.get(path)
        official.submit(action="/confirm")
        assert notice.confirmed_on == clock.today()
        official.get(f"{NEW}?thay={notice.public_id}")
        fields = next(f for f in official.page.forms if "words" in f["fields"])["fields"]
        assert "cause" in fields
        official.submit(
            GOOD
            | {
                "condition": "narrow",
                "villages": [str(world.village_id("Aur"))],
                "since": "28/11/2026",
            }
        )
        assert notice.state is NoticeState.ENDED
        (newer,) = queries.standing([world.pair.source_id], clock.today())
        assert newer.replaces_id == notice.id
        official.get(f"{OFFICE}/{newer.public_id}/end")
        official.submit({"reason": "passable", "note": ""}, status=422)
        official.submit({"reason": "passable", "note": "Đã thông xe."})
        assert newer.state is NoticeState.ENDED
        assert "Đã thông xe." in browse().get(f"/duong-di/{newer.public_id}").text
    official.get(f"{NEW}?thay={notice.public_id}", status=409)
    official.get(f"{NEW}?thay=222222bbbb", status=404)
    official.get(f"{NEW}?thay=%00", status=404)


def test_a_ward_without_villages_speaks_of_the_whole(world, browse):
    ward = browse("ward_leader")
    ward.get(NEW)
    ward.submit(GOOD | {"cause": "works"})
    (notice,) = queries.standing([world.pair.market_id], clock.today())
    assert notice.is_everywhere
    assert notice.villages == []
    assert ward.get(OFFICE).h1


BAD = [
    ({}, "villages"),
    ({"villages": "x"}, "villages"),
    ({"villages": "999999999999999999999"}, "villages"),
    ({"condition": "", "is_everywhere": "y"}, "condition"),
    ({"condition": "broken", "is_everywhere": "y"}, "condition"),
    ({"cause": "", "is_everywhere": "y"}, "cause"),
    ({"words": "", "is_everywhere": "y"}, "words"),
    ({"words": "x" * 1001, "is_everywhere": "y"}, "words"),
    ({"since": "", "is_everywhere": "y"}, "since"),
    ({"since": "2026-20-11", "is_everywhere": "y"}, "since"),
    ({"since": "20/11/2027", "is_everywhere": "y"}, "since"),
    ({"until": "19/11/2026", "is_everywhere": "y"}, "until"),
]


@pytest.mark.parametrize(("bad", "field"), BAD, ids=[str(n) for n in range(len(BAD))])
def test_bad_notices_get_a_sentence_and_change_nothing(world, browse, bad, field):
    official = browse("official_1")
    official.get(NEW)
    page = official.submit(GOOD | bad, status=422)
    assert any(a.get("href") == f"#{field}" for t, a in page.tags if t == "a")
    assert not queries.standing([world.pair.source_id], clock.today())


def test_the_way_to_a_village_on_the_officials_page(world, browse):
    official = browse("official_1")
    official.get(f"{OFFICE}/thon/aur")
    good = {"way": "foot", "vehicle": "motorbike", "signal": "no", "distance": "25", "hours": "0,5"}
    for bad, field in (
        ({"way": ""}, "way"),
        ({"vehicle": "ship"}, "vehicle"),
        ({"signal": ""}, "signal"),
        ({"distance": "-1"}, "distance"),
        ({"distance": "301"}, "distance"),
        ({"hours": "0"}, "hours"),
        ({"hours": "73"}, "hours"),
    ):
        page = official.submit(good | bad, status=422)
        assert any(a.get("href") == f"#{field}" for t, a in page.tags if t == "a"), bad
    official.submit(good)
    assert official.path == OFFICE
    assert "30 " in official.text
    with clock.at(clock.now() + timedelta(days=200)):
        official = browse("official_1")
        official.get(OFFICE)
        official.submit(action="/thon/aur/con-dung")
        found = queries.access(world.village_id("Aur"))
        assert found.confirmed_on == clock.today()


def test_a_page_that_is_out_of_date_is_a_conflict(world, browse):
    found = described(world)
    official = browse("official_1")
    official.get(f"{OFFICE}/thon/aur")
    found.hours = 1_000
    db.session.commit()
    other = {"way": "track", "vehicle": "car", "signal": "part", "hours": "2"}
    official.submit(other, status=409)
    assert found.hours == 1_000


def test_doors(world, browse):
    notice = closed(world, "Aur")
    move = f"{OFFICE}/{notice.public_id}/end"
    why = {"reason": "other", "note": "Hết."}
    for path in (OFFICE, NEW, f"{OFFICE}/thon/aur", move):
        browse().get(path, status=302)
        browse("coop").get(path, status=403)
    ward = browse("ward_official_1")
    ward.get(move, status=403)
    ward.post(move, why, status=403)
    ward.get(f"{OFFICE}/thon/aur", status=404)
    ward.post(f"{OFFICE}/thon/aur/con-dung", status=404)
    ward.get(f"{NEW}?thay={notice.public_id}", status=403)
    browse("official_1").get(f"{OFFICE}/thon/khong-co", status=404)
    browse("official_1").get(f"{OFFICE}/{notice.public_id}/replace", status=404)
    assert notice.state is NoticeState.POSTED


def test_old_notices_have_pages(world, browse):
    for _ in range(26):
        closed(world, "Aur", since=clock.today() - timedelta(days=9), until=clock.today())
    with clock.at(clock.now() + timedelta(days=1)):
        official = browse("official_1")
        official.get(f"{OFFICE}?trang=2")
        official.get(f"{OFFICE}?trang=3", status=404)
