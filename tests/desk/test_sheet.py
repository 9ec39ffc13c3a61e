"""The sheet of decisions, on a screen and on paper."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts.models import StoredFile, Throttle
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import DomainError
from marketplace.core.journal import Entry
from marketplace.core.roles import Role
from marketplace.deals import services as deals
from marketplace.desk import sheets
from marketplace.desk.rules import Queue
from marketplace.desk.sheets import Answer, Sent
from marketplace.matching import services as matching
from marketplace.matching.models import Match
from marketplace.matching.rules import MatchState
from marketplace.matching.services import MatchValues
from marketplace.programme.keys import on_paper
from marketplace.programme.models import Approval, Pair
from tests import world as worlds
from tests.deals.test_races import at_once, good
from tests.desk.waiting import KEPT, KINDS, everything
from tests.reports import story
from tests.tables import OFFICERS
from tests.world import PASSWORD


def test_a_leader_settles_several_lines_with_one_password(world, browse):
    yes = world.consented(world.proposed(world.published(title="Gừng núi")))
    no = world.consented(world.proposed(world.published(title="Mật ong rừng")))
    story.ended(world, title="Chè dây")
    leader = browse("ward_leader")
    page = leader.get("/lam-viec/phieu-trinh")
    figures = [
        a["name"]
        for t, a in page.tags
        if t == "input" and a.get("name", "").startswith("chon-figure")
    ]
    answers = {
        f"chon-match-{yes.public_id}": "yes",
        f"chon-match-{no.public_id}": "no",
        **dict.fromkeys(figures, ""),
        figures[0]: "yes",
    }
    leader.submit({**answers, "password": PASSWORD}, status=422)  # the no lacks its reason
    assert "Mật ong rừng" in leader.text
    why = {f"ly-do-match-{no.public_id}": "papers", f"loi-match-{no.public_id}": "Thiếu giấy."}
    leader.submit({**answers, **why, "password": "sai mật khẩu rồi"}, status=422)
    leader.submit({**answers, **why, "password": PASSWORD}, status=200)
    db.session.expire_all()
    assert db.session.get_one(Match, no.id).state is MatchState.REJECTED
    keys = db.session.scalars(keys_of(yes))
    assert [key.user_id for key in keys] == [world.users["ward_leader"]]
    names = db.session.scalars(sa.select(Entry.name)).all()
    assert names.count("figure.verify") == 1
    db.session.execute(sa.delete(Throttle))


def test_a_line_that_is_not_yours_is_refused_with_a_sentence(world):
    match = world.consented(world.proposed())
    (line,) = sheets.lines(world.actor("ward_leader"))
    deals.turn_match_key(world.actor("ward_official_1"), match.public_id)  # a moment earlier
    sent = Sent({line.code: Answer(line, "yes")})
    (done,) = sheets.settle(world.actor("ward_leader"), sent, "k" * 20)
    assert done.is_refused
    mine = sheets.lines(world.actor("official_1"))
    assert not [one for one in mine if one.queue is Queue.KEY]  # who proposed it turns none


def options_of(page):
    """What one may choose from; the leaders stand in the first list."""
    return [a["value"] for t, a in page.tags if t == "option" and a.get("value")]


def keys_of(match):
    return sa.select(Approval).where(
        Approval.subject_type == "match", Approval.subject_id == match.id
    )


def scan() -> StoredFile:
    return worlds.paper("phieu-trinh.pdf")


@pytest.mark.parametrize(
    ("recorder", "leader", "works"),
    [
        ("official_2", "leader", True),
        ("ward_official_1", "ward_leader", True),
        ("official_1", "leader", False),  # proposed it
        ("ward_official_1", "leader", False),  # of the other locality
        ("leader", "leader", False),  # oneself
        ("official_2", "official_1", False),  # no leader, and the author
        ("hotel", "ward_leader", False),
    ],
)
def test_who_may_bring_in_a_key_turned_on_paper(world, recorder, leader, works):
    match = world.consented(world.proposed())
    try:
        someone = on_paper(world.actor(leader), world.actor(recorder), scan())
        deals.turn_match_key(someone, match.public_id)
    except DomainError:
        assert not works
        return
    assert works
    key = db.session.scalars(keys_of(match)).one()
    assert (key.user_id, key.entered_by_id) == (world.users[leader], world.users[recorder])
    assert key.on_paper_id is not None
    turned = db.session.scalars(sa.select(Entry).where(Entry.name == "match.turn_key")).one()
    assert turned.actor_id == world.users[leader]
    assert turned.data["entered_by"] == world.users[recorder]
    assert turned.data["on_paper"] == db.session.get_one(StoredFile, key.on_paper_id).public_id


def test_a_pair_that_does_not_decide_on_paper_has_no_such_page(world, browse):
    db.session.execute(sa.update(Pair).values(decides_on_paper=False))
    db.session.commit()
    world.consented(world.proposed())
    assert sheets.lines(world.actor("leader"))
    assert not sheets.on_paper(world.actor("official_2"))
    for path in ("in", "tren-giay"):
        browse("official_2").get(f"/lam-viec/phieu-trinh/{path}", status=404)


def test_a_signed_sheet_is_entered_with_its_scan(world, browse):
    match = world.consented(world.proposed(world.published(title="Gừng núi")))
    official = browse("official_2")
    assert "Gừng núi" in official.get("/lam-viec/phieu-trinh/in").text
    page = official.get("/lam-viec/phieu-trinh/tren-giay")
    leaders = options_of(page)
    data = {"leader": leaders[0], f"chon-match-{match.public_id}": "yes"}
    official.submit(data, status=422)
    official.submit(
        {**data, "scan": (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "phieu.pdf")},
        status=200,
        content_type="multipart/form-data",
    )
    key = db.session.scalars(keys_of(match)).one()
    paper = db.session.get_one(StoredFile, key.on_paper_id)
    official.get(f"/lam-viec/phieu-trinh/giay/{paper.public_id}")
    assert "giấy" in browse("ward_leader").get(f"/ket-noi/{match.public_id}").text
    assert "Người official_2 nhập" in official.get(f"/ket-noi/{match.public_id}").text


def test_two_leaders_at_once_settle_each_line_once(fresh):
    app, world = fresh
    matches = [
        world.consented(world.proposed(world.published(title=f"Hàng {n}"), unit_price=2_000_000))
        for n in range(3)
    ]
    codes = {m.public_id for m in matches}
    people = [world.actor("leader"), world.actor("ward_leader"), world.actor("leader")]
    sheets_of = [
        Sent({line.code: Answer(line, "yes") for line in sheets.lines(person) if line.choices})
        for person in people
    ]
    results = at_once(
        app,
        [
            lambda a=person, s=sheet, n=n: sheets.settle(a, s, f"key-{n}" + "x" * 20)
            for n, (person, sheet) in enumerate(zip(people, sheets_of, strict=True))
        ],
    )
    assert len(good(results)) == 3
    db.session.rollback()
    states = db.session.scalars(sa.select(Match.state).where(Match.public_id.in_(codes))).all()
    assert set(states) == {MatchState.APPROVED}
    assert (
        db.session.scalar(
            sa.select(sa.func.count(Approval.id)).where(Approval.subject_type == "match")
        )
        == 6
    )


# ---------------------------------------------------------------- every kind of decision

NO_NO = {"trip_report"}
"""Kinds without another no than having it changed."""
WHY = "Cần làm rõ thêm trước khi quyết định."


def answers(page, found, choice):
    """The form's fields that answer these lines alike and leave the others open."""
    names = [a.get("name") or "" for t, a in page.tags if t == "input"]
    fields = {name: "" for name in names if name.startswith("chon-")}
    for kind, code in found.items():
        line = f"{kind}-{code}"
        offered = {
            a["value"] for t, a in page.tags if t == "input" and a.get("name") == f"chon-{line}"
        }
        if choice not in offered:
            continue
        fields[f"chon-{line}"] = choice
        ticks = [
            a["value"] for t, a in page.tags if t == "input" and a.get("name") == f"xem-{line}"
        ]
        fields |= {f"xem-{line}": ticks} if ticks else {}
    return fields


def whys(viewer, found, choice):
    """A reason of each line's own for this choice, and a sentence."""
    fields = {}
    for line in sheets.lines(viewer):
        for one in line.reasoned:
            if one.code == choice and line.public_id in found.values():
                fields[f"ly-do-{line.code}"] = line.reason_value(one, next(iter(one.reasons)))
                fields[f"loi-{line.code}"] = WHY
    return fields


def outcomes():
    """The journal: what was done, by whom, with what."""
    rows = db.session.execute(sa.select(Entry.name, Entry.actor_id, Entry.data)).all()
    return [(name, who, data) for name, who, data in rows]


YES_MOVES = {
    *("match.turn_key", "listing.turn_key", "revision.turn_key", "selection.turn_key"),
    *("ruling.turn_key", "trip.turn_key", "trip_report.turn_key", "report.uphold"),
    *("organisation.verify", "paper.verify", "figure.verify"),
}
NO_MOVES = {
    *("match.reject", "listing.return", "revision.return", "selection.send_back"),
    *("ruling.drop", "trip.cancel", "report.dismiss", "organisation.return", "paper.return"),
    *("agreement.hold", "figure.return"),
}


@pytest.mark.parametrize(("choice", "moves"), [("yes", YES_MOVES), ("no", NO_MOVES)])
def test_every_kind_is_settled_on_the_sheet(world, browse, choice, moves):
    found = everything(world)
    leader = browse("leader")
    page = leader.get("/lam-viec/phieu-trinh")
    viewer = world.actor("leader")
    assert {line.code for line in sheets.lines(viewer)} >= {f"{k}-{c}" for k, c in found.items()}
    given = answers(page, found, choice)
    answered = [name for name, value in given.items() if value == choice]
    offered = {name.removeprefix("chon-").partition("-")[0] for name in answered}
    assert offered == set(KINDS) - ({"agreement"} if choice == "yes" else NO_NO)
    leader.submit({**given, "password": PASSWORD}, status=422)  # reasons are missing
    why = whys(viewer, found, choice)
    leader.submit({**given, **why, "password": "sai mật khẩu rồi"}, status=422)
    assert leader.text.count(WHY) == len(why) / 2  # nothing typed is lost
    leader.submit({**given, **why, "password": PASSWORD}, status=200)
    assert "Chưa làm" not in leader.text
    made = {name for name, who, _ in outcomes() if who == world.users["leader"]}
    assert moves <= made
    left = [x for x in sheets.lines(viewer) if f"chon-{x.code}" in answered]
    assert not any(line.choices for line in left)  # a result sent back is to be proposed anew
    db.session.execute(sa.delete(Throttle))


@pytest.mark.parametrize(("choice", "moves"), [("yes", YES_MOVES), ("no", NO_MOVES)])
def test_every_kind_is_entered_from_a_signed_sheet(world, browse, choice, moves):
    found = everything(world)
    official = browse("official_2")
    printed = official.get("/lam-viec/phieu-trinh/in").text
    assert all(code in printed for code in found.values())
    page = official.get("/lam-viec/phieu-trinh/tren-giay")
    given = answers(page, found, choice) | whys(world.actor("leader"), found, choice)
    given["leader"] = options_of(page)[0]
    official.submit(
        {**given, "scan": (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "phieu.pdf")},
        status=200,
        content_type="multipart/form-data",
    )
    made = {
        name: data
        for name, who, data in outcomes()
        if who == world.users["leader"] and "on_paper" in data
    }
    assert moves <= set(made)
    assert {data["entered_by"] for data in made.values()} == {world.users["official_2"]}
    assert len({data["on_paper"] for data in made.values()}) == 1
    marked = db.session.scalars(
        sa.select(Approval.subject_type).where(
            Approval.on_paper_id.is_not(None), Approval.entered_by_id == world.users["official_2"]
        )
    ).all()
    assert {one.replace("listing_revision", "revision") for one in marked} == (
        set(KEPT) if choice == "yes" else set()
    )
    paper = db.session.scalars(sa.select(StoredFile).where(StoredFile.label == "phieu.pdf")).one()
    official.get(f"/lam-viec/phieu-trinh/giay/{paper.public_id}")


def test_the_other_locality_and_those_with_a_hand_settle_nothing_of_it(world):
    found = everything(world)
    every = {line.code: line for line in sheets.lines(world.actor("leader"))}
    mine = {f"{kind}-{code}" for kind, code in found.items()}
    for who in sorted(OFFICERS):
        actor = world.actor(who)
        own = {line.code: line for line in sheets.lines(actor)}
        given = {c: Answer(every[c], "yes") for c in mine if c not in own}
        forged = Sent({c: answer for c, answer in given.items() if answer.move})
        done = sheets.settle(actor, forged, f"forged-{who}")
        assert all(one.is_refused and one.said for one in done), (who, done)
    at_home = {"listing", "revision", "report", "organisation", "paper"}
    ward = {line.code.partition("-")[0] for line in sheets.lines(world.actor("ward_leader"))}
    assert not ward & at_home


def test_what_one_leader_may_not_decide_another_decides_on_the_sheet(world, monkeypatch):
    second = worlds._person("second", world.organisations["commune"], Role.LEADER)
    monkeypatch.setitem(world.users, "second", second)
    db.session.commit()
    interest = world.accepted(world.published())
    match = matching.propose_from_interest(
        world.actor("leader"), interest.public_id, MatchValues(quantity=40_000, unit_price=120_000)
    )
    world.consented(match)
    code, recorder = f"match-{match.public_id}", world.actor("official_2")
    assert code not in {line.code for line in sheets.lines(world.actor("leader"))}
    (line,) = [one for one in sheets.on_paper(recorder) if one.code == code]
    assert line.choices
    for who, is_refused in (("leader", True), ("second", False)):
        acts = on_paper(world.actor(who), recorder, scan())
        (done,) = sheets.settle(acts, Sent({code: Answer(line, "yes")}), f"{who:x<20}")
        assert done.is_refused is is_refused, who
    (key,) = db.session.scalars(keys_of(match)).all()
    assert key.user_id == world.users["second"]


def test_a_sheet_keeps_what_waited_longest_and_says_that_more_waits(world, browse, monkeypatch):
    monkeypatch.setattr(sheets, "MOST", 1)
    world.consented(world.proposed(world.published(title="Gừng núi")))
    with clock.at(clock.now() + timedelta(hours=1)):
        world.consented(world.proposed(world.published(title="Nghệ vàng")))
        (line,) = sheets.on_paper(world.actor("official_2"))
        assert line.title == "Gừng núi"
        official = browse("official_2")
        for page in ("in", "tren-giay"):
            official.get(f"/lam-viec/phieu-trinh/{page}")
            assert "Còn 1 việc nữa đang chờ." in official.text, page


def test_a_line_that_slid_off_the_sheet_is_settled_as_it_waits_still(world, browse, monkeypatch):
    monkeypatch.setattr(sheets, "MOST", 1)
    slid = world.consented(world.proposed(world.published(title="Gừng núi"), unit_price=2_000_000))
    code = f"chon-match-{slid.public_id}"
    leader, official = browse("ward_leader"), browse("official_2")
    leader.get("/lam-viec/phieu-trinh")
    page = official.get("/lam-viec/phieu-trinh/tren-giay")
    with clock.at(clock.now() - timedelta(days=30)):  # more urgent, and waiting for longer
        world.consented(world.proposed(world.published(title="Nghệ vàng")))
    leader.submit({code: "yes", "password": "sai mật khẩu rồi"}, status=422)
    assert "Gừng núi" in leader.text  # with its answer, to be sent again
    leader.submit({code: "yes", "password": PASSWORD}, status=200)
    assert [key.user_id for key in db.session.scalars(keys_of(slid))] == [
        world.users["ward_leader"]
    ]
    data = {"leader": options_of(page)[0], code: "yes"}
    official.submit(
        {**data, "scan": (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "phieu.pdf")},
        status=200,
        content_type="multipart/form-data",
    )
    assert len(db.session.scalars(keys_of(slid)).all()) == 2
    db.session.execute(sa.delete(Throttle))


def test_a_recorder_with_a_hand_enters_nothing_and_loses_nothing_else(world):
    match = world.consented(world.proposed())  # proposed by official_1
    story.ended(world, title="Chè dây")
    leader = on_paper(world.actor("leader"), world.actor("official_1"), scan())
    lines = [line for line in sheets.on_paper(world.actor("official_1")) if line.choices]
    report = next(line for line in lines if line.code == f"match-{match.public_id}")
    done = sheets.settle(leader, Sent({report.code: Answer(report, "yes")}), "k" * 20)
    assert [one.is_refused for one in done] == [True]
    other = on_paper(world.actor("leader"), world.actor("official_2"), scan())
    given = {line.code: Answer(line, "yes") for line in lines}
    assert not any(one.is_refused for one in sheets.settle(other, Sent(given), "m" * 20))


def test_a_form_sent_twice_says_that_it_was_done(world, browse):
    match = world.consented(world.proposed(world.published(title="Gừng núi")))
    leader = browse("ward_leader")
    leader.get("/lam-viec/phieu-trinh")
    form = leader._form(None)["fields"]
    sent = {k: v for k, v in form.items() if v}
    sent |= {f"chon-match-{match.public_id}": "yes", "password": PASSWORD}
    first = leader.client.post("/lam-viec/phieu-trinh", data=sent)
    second = leader.client.post("/lam-viec/phieu-trinh", data=sent)
    assert (first.status_code, second.status_code) == (200, 200)
    assert "Gừng núi" in second.get_data(as_text=True)
    assert len(db.session.scalars(keys_of(match)).all()) == 1
    late = leader.client.post(
        "/lam-viec/phieu-trinh", data=sent | {"form_key": "another-key-of-20-chars"}
    )
    assert late.status_code == 200  # said, not lost: it waits no longer
    names = db.session.scalars(sa.select(Entry.name)).all()
    assert names.count("match.turn_key") == 1


def test_what_a_sheet_cannot_ask_for_is_a_link_with_the_reason(world, browse):
    found = everything(world)
    leader = browse("leader", "en")
    leader.get("/lam-viec/phieu-trinh")
    assert "On its page you enter the day of the signing and the paper's number." in leader.text
    assert "Open to decide" in leader.text
    (line,) = [x for x in sheets.lines(world.actor("leader")) if x.queue is Queue.AGREEMENT]
    assert [choice.code for choice in line.choices] == ["no"]
    assert line.public_id == found["agreement"]


def test_a_refused_line_keeps_the_words_and_the_others_are_done(world, browse):
    first = world.consented(world.proposed(world.published(title="Gừng núi")))
    second = world.consented(world.proposed(world.published(title="Mật ong rừng")))
    leader = browse("ward_leader")
    leader.get("/lam-viec/phieu-trinh")
    deals.break_off(
        world.actor("ward_official_1"), first.public_id, "reject", reason="papers", note="Thiếu."
    )
    gone, kept = f"match-{first.public_id}", f"match-{second.public_id}"
    sent = {
        f"chon-{gone}": "no",
        f"ly-do-{gone}": "papers",
        f"loi-{gone}": WHY,
        f"chon-{kept}": "yes",
    }
    leader.submit({**sent, "password": "sai mật khẩu rồi"}, status=422)
    assert "Gừng núi" in leader.text
    leader.get("/lam-viec/phieu-trinh")
    leader.submit({**sent, f"ten-{gone}": "Gừng núi", "password": PASSWORD}, status=200)
    assert WHY in leader.text
    assert len(db.session.scalars(keys_of(second)).all()) == 1
    db.session.execute(sa.delete(Throttle))


def test_a_scan_is_asked_for_once_more_where_a_line_was_wrong(world, browse):
    match = world.consented(world.proposed(world.published(title="Gừng núi")))
    official = browse("official_2", "en")
    page = official.get("/lam-viec/phieu-trinh/tren-giay")
    line = f"match-{match.public_id}"
    official.submit(
        {
            "leader": options_of(page)[0],
            f"chon-{line}": "no",
            f"loi-{line}": WHY,
            "scan": (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "phieu.pdf"),
        },
        status=422,
        content_type="multipart/form-data",
    )
    assert "choose a reason" in official.text
    assert "Attach the scan once more" in official.text
    assert WHY in official.text
