"""Nothing twice, nothing lost, nothing to those who may not be told; links that stop."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa

from marketplace.accounts import services as accounts
from marketplace.accounts.models import Membership, User
from marketplace.alerts import services
from marketplace.alerts.models import Digest, DigestItem, News, SavedSearch
from marketplace.alerts.rules import MOST_SEARCHES, Rhythm
from marketplace.alerts.services import SearchValues
from marketplace.catalogue import services as catalogue
from marketplace.catalogue.rules import Audience
from marketplace.catalogue.taxonomy import Group
from marketplace.cli import CLOCKS
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotFound
from marketplace.interests import services as interests
from marketplace.moderation import services as moderation
from marketplace.notifications.models import Channel, Delivery
from tests.alerts.days import about, inbox, on, save, send, tell, titles, words


def count(model) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_the_clock_knows_both_jobs():
    assert {services.tell, services.remind} <= set(CLOCKS)


def test_one_mail_for_all_searches_each_listing_once_the_newest_first(world):
    with on("20", "08:00"):
        save(world, name="Thảo dược", nhom=[Group.HERBS.value])
        save(world, name="Mọi hàng")
    made = {}
    for hour, title, group in (
        ("09:00", "Sâm cũ", Group.HERBS),
        ("09:10", "Rau", Group.VEGETABLES),
        ("09:20", "Sâm mới", Group.HERBS),
    ):
        with on("20", hour):
            made[title] = world.published(title=title, group=group)
    with on("20", "09:30"):
        ((who, message),) = tell()
        assert (who, titles(message, made)) == ("hotel", ["Sâm mới", "Sâm cũ", "Rau"])
        text = words(message)
        assert text.index("== Thảo dược ==") < text.index("== Mọi hàng ==")
        for said in ("120.000", "100 kg", "HTX Dược liệu minh họa", "Cr'toonh", made["Rau"].path):
            assert said in text
        assert inbox(world, "hotel") == 1
        first, second = db.session.scalars(sa.select(SavedSearch).order_by(SavedSearch.id)).all()
        assert (first.last_told, second.last_told, first.told_in_all) == (2, 1, 2)


def test_killed_before_it_commits_it_tells_the_next_time(world, monkeypatch, caplog):
    save(world)
    world.published(title="Sâm")

    def killed(*_args: object, **_more: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(services, "record", killed)
        assert services.tell() == 0
    assert "failed for" in caplog.text
    assert (count(Digest), count(DigestItem)) == (0, 0)
    ((who, message),) = tell()
    assert (who, titles(message, {"Sâm": ""})) == ("hotel", ["Sâm"])
    assert tell() == []


def test_two_clocks_at_once_tell_once(fresh):
    app, world = fresh
    for name in ("hotel", "restaurant", "investor"):
        save(world, name)
    for n in range(3):
        world.published(title=f"Sâm {n}")
    db.session.remove()

    def run(_n: int) -> None:
        with app.app_context():
            try:
                services.tell()
            except Conflict:
                pass
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(8)))
    services.tell()
    assert count(News) == 3
    assert count(Digest) == 3
    assert count(DigestItem) == 9


def test_what_was_published_before_is_not_told_even_when_nobody_noted_it(world):
    world.published(title="Có từ trước")  # no clock ran in between
    save(world)
    assert tell() == []
    stopped = save(world, "restaurant")
    services.stop(world.actor("restaurant"), stopped.public_id)
    world.published(title="Lúc đang dừng")
    assert {who for who, _ in tell()} == {"hotel"}
    services.resume(world.actor("restaurant"), stopped.public_id)
    assert tell() == []
    world.published(title="Sau khi bật lại")
    assert {who for who, _ in tell()} == {"hotel", "restaurant"}


@pytest.mark.parametrize("rhythm", [Rhythm.AT_ONCE, Rhythm.DAILY, Rhythm.WEEKLY])
@pytest.mark.parametrize("by", ["owner", "officials"])
def test_what_was_not_on_offer_when_it_was_new_is_told_once_when_it_is_again(world, rhythm, by):
    coop, official, other = map(world.actor, ("coop", "official_1", "official_2"))

    def away(code: str) -> None:
        if by == "owner":
            catalogue.pause(coop, code, "pause", reason="stock", note="Hết.")
        else:
            moderation.hide(official, code, reason="wrong", note="Sai.")

    def back(code: str) -> None:
        if by == "owner":
            catalogue.pause(coop, code, "resume")
        else:
            moderation.show(other, code, reason="corrected", note="Đã sửa.")

    with on("02", "09:00"):  # a Monday
        world.published(title="Trước khi lưu")
        save(world, rhythm=rhythm)
    with on("02", "10:00"):
        code = world.published(title="Sâm").public_id
        away(code)
        assert tell() == []
    with on("09", "08:00"):
        assert tell() == []  # every rhythm has gone by
    with on("10", "09:00"):
        back(code)
        is_due = rhythm is not Rhythm.WEEKLY
        assert [titles(m, {"Sâm": ""}) for _, m in tell()] == [["Sâm"]] * is_due
        assert about("search_digest.made", send()) == []
    with on("16", "08:00"):
        assert len(tell()) == (not is_due)
        assert tell() == []
    with on("17", "09:00"):
        away(code)
        back(code)
        assert tell() == []  # told already
    with on("24", "08:00"):
        assert tell() == []


def test_published_paused_and_resumed_between_two_ticks_is_told_once(world):
    save(world)
    coop = world.actor("coop")
    code = world.published(title="Sâm").public_id
    catalogue.pause(coop, code, "pause", reason="stock", note="Hết.")
    catalogue.pause(coop, code, "resume")
    assert len(tell()) == 1
    catalogue.pause(coop, code, "pause", reason="stock", note="Hết.")
    assert tell() == []
    catalogue.pause(coop, code, "resume")
    assert tell() == []


def test_what_was_there_before_the_search_is_no_news_when_it_comes_back(world):
    with on("20", "08:00"):
        code = world.published(title="Sâm").public_id
    with on("20", "09:00"):
        save(world)
        catalogue.pause(world.actor("coop"), code, "pause", reason="stock", note="Hết.")
    with on("20", "10:00"):
        catalogue.pause(world.actor("coop"), code, "resume")
        assert tell() == []


def test_what_is_gone_before_the_mail_is_sent_is_left_out_and_an_empty_mail_is_not_sent(world):
    coop = world.actor("coop")
    save(world)
    made = {title: world.published(title=title) for title in ("Một", "Hai", "Ba")}
    services.tell()
    interests.close_listing(coop, made["Một"].public_id, reason="season_over", note="Hết mùa.")
    catalogue.pause(coop, made["Hai"].public_id, "pause", reason="stock", note="Hết.")
    ((_, message),) = about("search_digest.made", send())
    assert titles(message, made) == ["Ba"]
    other = world.published(title="Bốn")
    services.tell()
    moderation.hide(world.actor("official_1"), other.public_id, reason="wrong", note="Sai.")
    assert about("search_digest.made", send()) == []
    waiting = db.session.scalars(
        sa.select(Delivery.state).where(
            Delivery.channel == Channel.EMAIL, Delivery.user_id == world.users["hotel"]
        )
    ).all()
    assert {state.value for state in waiting} == {"sent"}  # neither waiting nor failed


def test_an_audience_counts_at_the_moment_of_sending(world):
    save(world, "coop", kind="need")
    world.need(title="Riêng nhà sản xuất", audience=Audience.PRODUCERS)
    services.tell()
    membership = db.session.scalars(
        sa.select(Membership).where(Membership.user_id == world.users["coop"])
    ).one()
    membership.ended_at = clock.now()
    db.session.commit()
    assert about("search_digest.made", send()) == []


def test_a_suspended_person_or_organisation_is_told_nothing(world):
    for who in ("hotel", "restaurant"):
        save(world, who)
    db.session.get_one(User, world.users["restaurant"]).is_disabled = True
    db.session.commit()
    hotel = world.organisation("hotel").public_id
    why = {"reason": "other", "note": "Xem lại."}
    accounts.move_organisation(world.actor("ward_official_1"), hotel, "suspend", **why)
    world.published(title="Sâm")
    assert tell() == []
    assert count(Digest) == 0
    accounts.move_organisation(world.actor("ward_official_2"), hotel, "restore", **why)
    ((who, message),) = tell()  # it catches up
    assert (who, titles(message, {"Sâm": ""})) == ("hotel", ["Sâm"])


def test_suspended_between_telling_and_sending(world):
    save(world)
    world.published(title="Sâm")
    services.tell()
    hotel = world.organisation("hotel").public_id
    accounts.move_organisation(
        world.actor("ward_official_1"), hotel, "suspend", reason="other", note="Xem lại."
    )
    assert about("search_digest.made", send()) == []


def test_one_s_own_goods_are_no_news(world):
    save(world, "coop")
    world.published(title="Sâm")
    assert tell() == []


def test_the_headers_stop_all_with_one_post_and_opening_the_link_stops_nothing(world, app):
    search = save(world, name="Rau & măng “rừng”")
    world.published(title="Sâm")
    ((_, message),) = tell()
    sent = message_from_bytes(bytes(message), policy=policy.compat32)  # as it goes on the wire
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = sent["List-Unsubscribe"]
    assert address.startswith("<http://localhost/dung/")
    assert address.endswith(">")
    path = address[1:-1].removeprefix("http://localhost")
    client = app.test_client()  # a mail program: no cookie, no token
    assert client.get(path).status_code == 200
    assert db.session.get_one(SavedSearch, search.id).stopped_at is None
    for _ in range(2):
        answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    db.session.expire_all()
    assert db.session.get_one(SavedSearch, search.id).stopped_at is not None
    world.published(title="Nữa")
    assert tell() == []


def test_the_link_of_one_search_stops_only_this_one(world, app):
    one = save(world, name="Thảo dược", nhom=[Group.HERBS.value])
    other = save(world, name="Mọi hàng")
    world.published(title="Sâm")
    ((_, message),) = tell()
    links = [line.rpartition(" ")[2] for line in words(message).splitlines() if "/dung/" in line]
    assert len(links) == 2  # of the one search it tells of, and of all
    assert app.test_client().post(links[0].removeprefix("http://localhost")).status_code == 200
    db.session.expire_all()
    assert db.session.get_one(SavedSearch, one.id).stopped_at is not None
    assert db.session.get_one(SavedSearch, other.id).stopped_at is None


def test_other_mails_carry_no_such_headers(world):
    world.published(title="Sâm")
    mails = send()
    assert mails
    assert not any(m["List-Unsubscribe"] or m["List-Unsubscribe-Post"] for m in mails)


@pytest.mark.parametrize("token", ["x", "WyJhbGwiLCJ4IiwiIl0.x", "%00"])
def test_a_link_that_is_not_ours_says_so(world, browse, token):
    browse().get(f"/dung/{token}", 404)


def test_a_link_for_another_purpose_stops_nothing(world, app):
    from marketplace.accounts.links import reset_token

    token = reset_token(db.session.get_one(User, world.users["hotel"]))
    assert app.test_client().post(f"/dung/{token}").status_code == 404


def test_deleting_a_search_forgets_nothing_that_was_told(world):
    search = save(world)
    world.published(title="Sâm")
    tell()
    services.remove(world.actor("hotel"), search.public_id)
    save(world)
    assert tell() == []


def test_limits_doubles_and_other_people_s_searches(world):
    search = save(world)
    with pytest.raises(Conflict):
        save(world)
    with pytest.raises(Conflict):
        save(world, sap=["gia"])  # another order is no other search
    for n in range(MOST_SEARCHES - 1):
        save(world, q=[f"chữ {n}"])
    with pytest.raises(Invalid):
        save(world, q=["một nữa"])
    for act in (services.stop, services.resume, services.remove):
        with pytest.raises(NotFound):
            act(world.actor("restaurant"), search.public_id)
    with pytest.raises(NotFound):
        services.change(
            world.actor("restaurant"), search.public_id, SearchValues("x", Rhythm.DAILY)
        )
