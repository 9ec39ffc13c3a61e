"""Moderation in a browser: reporting without an account, deciding, the log, the public rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from marketplace.core import clock
from marketplace.moderation import services, showing
from marketplace.moderation.showing import Act
from tests.page import Browser
from tests.world import World

Browse = Callable[..., Browser]


def html(browser: Browser) -> str:
    assert browser.response is not None
    return browser.response.get_data(as_text=True)


def test_a_visitor_reports_and_an_official_hides(world: World, browse: Browse) -> None:
    listing = world.published()
    path, code = listing.path, listing.public_id
    visitor = browse()
    visitor.get(path)
    assert f'href="/bao-vi-pham/{code}"' in html(visitor)
    visitor.get(f"/bao-vi-pham/{code}")
    visitor.submit({"about": "", "message": ""}, status=422)
    visitor.submit({"about": "fraud", "message": "Không giao hàng như đã nói."})
    assert visitor.path == path
    official = browse("official_1")
    official.get("/lam-viec/bao-cao-vi-pham")
    assert "Không giao hàng như đã nói." in official.text
    official.submit({"reason": "fraud", "note": "Đang xác minh."}, action="/uphold")
    visitor.get(path, status=404)
    visitor.get(f"/bao-vi-pham/{code}", status=404)
    visitor.get("/nong-san")
    assert code not in html(visitor)
    visitor.get("/")
    assert code not in html(visitor)
    owner = browse("coop")
    for page in (f"/ban-hang/{code}", path):
        owner.get(page)
        assert "Đang xác minh." in owner.text
    official.get(path)
    assert f"/lam-viec/kiem-duyet/{code}/show" not in html(official)
    other = browse("official_2")
    other.get(path)
    other.submit({"reason": "unfounded", "note": "Đã giao đủ."}, action="/show")
    visitor.get(path)


def test_a_hidden_page_is_the_same_as_no_page(world: World, browse: Browse) -> None:
    listing = world.published()
    services.hide(world.actor("official_1"), listing.public_id, reason="other", note="Xem lại.")
    visitor = browse()
    visitor.get(listing.path, status=404)
    hidden = visitor.text.replace(listing.public_id, "222222bbbb")
    visitor.get("/nong-san/dang-sam-tuoi-222222bbbb", status=404)
    assert visitor.text == hidden


def test_the_log_is_filtered_and_exported(world: World, browse: Browse) -> None:
    listing = world.published(title="=1+1 sâm")
    services.hide(world.actor("official_1"), listing.public_id, reason="other", note="@Xem lại.")
    leader = browse("ward_leader")
    leader.get("/lam-viec/kiem-duyet?viec=hidden&thang=2026-11")
    assert "@Xem lại." in leader.text
    leader.get("/lam-viec/kiem-duyet?viec=dismissed&thang=nonsense")
    assert "@Xem lại." not in leader.text
    leader.get("/lam-viec/kiem-duyet.csv?viec=hidden")
    text = html(leader)
    assert text.startswith("\ufeff")
    assert '"\'=1+1 sâm"' in text
    assert '"\'@Xem lại."' in text
    browse("hotel").get("/lam-viec/kiem-duyet", status=403)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_everyone_reads_the_rules_and_how_often_they_were_applied(
    world: World, browse: Browse, language: str
) -> None:
    visitor = browse(None, language)
    visitor.get("/quy-che")
    assert "122/2025/QH15" in visitor.text
    assert "<table" not in html(visitor)
    world.published()
    visitor.get("/quy-che")
    assert "11/2026" in visitor.text
    visitor.get("/")
    assert 'href="/quy-che"' in html(visitor)


def test_a_line_of_the_file_never_runs(world: World, app: object) -> None:
    line = Act(clock.now(), "Approved", "\t=cmd()", None, "+84", "x", "-1", "＝1")
    assert b'"\'\t=cmd()"' in showing.as_csv([line])
    assert '"\'＝1"'.encode() in showing.as_csv([line])
