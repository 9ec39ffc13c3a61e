"""What keeps a listing back, what its writer and reviewer are told, and the reviewer's checklist."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue import queries as listings
from marketplace.catalogue import services as catalogue
from marketplace.catalogue.browse import list_page
from marketplace.catalogue.models import Listing
from marketplace.catalogue.proof import claims
from marketplace.catalogue.rules import ListingState
from marketplace.catalogue.taxonomy import Group, Origin
from marketplace.catalogue.wild import services as wild
from marketplace.catalogue.wild.rules import WildRule, keys_of, named
from marketplace.core.actor import ANONYMOUS
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Invalid, WrongState
from marketplace.core.journal import Entry
from marketplace.core.quantity import Unit
from marketplace.core.text import fold
from marketplace.interests import services as interests
from marketplace.interests.services import InterestValues
from marketplace.papers import services as papers
from marketplace.papers.types import PaperType
from tests.page import Browser
from tests.papers.conftest import day

Browse = Callable[..., Browser]
T = PaperType
DRINK = {
    "group": Group.ALCOHOL,
    "origin": Origin.PROCESSED,
    "unit": Unit.LIT,
    "title": "Rượu tr'đin",
}


def fields(listing: Listing) -> set[str]:
    return {gap.field for gap in listing.gaps()}


def codes(listing: Listing) -> list[str]:
    return [check.code for check in listing.checklist()]


def approve(world, listing: Listing, who: str = "official_1") -> Listing:
    """Turn the key with every point ticked."""
    listing = listings.get(listing.public_id, world.actor(who))
    return catalogue.turn_key(world.actor(who), listing.public_id, codes(listing))


# ---------------------------------------------------------------- alcohol


def test_who_looks_for_a_drink_needs_no_licence_and_no_food_has_a_label_of_its_buyer(world, browse):
    need = world.need(title="Rượu cần cho đêm hội", group=Group.ALCOHOL, product="Rượu cần")
    assert need.state is ListingState.PUBLISHED
    assert "No papers yet" in browse(None, "en").get(world.published().path).text
    for wanted in (need, world.need()):
        assert "No papers yet" not in browse(None, "en").get(wanted.path).text


def test_alcohol_only_with_a_licence_that_holds(world, story):
    draft = world.draft(**DRINK)
    assert fields(draft) == {"papers"}
    with pytest.raises(Blocked, match="licence"):
        catalogue.submit(world.actor("coop"), draft.public_id)
    licence = story.paper(T.LIQUOR)
    db.session.expire_all()
    assert fields(draft) == {"papers"}  # entered is not verified
    papers.judge(world.actor("official_1"), licence.public_id, "verify")
    db.session.expire_all()
    assert fields(draft) == set()
    catalogue.submit(world.actor("coop"), draft.public_id)
    assert approve(world, draft).state is ListingState.PUBLISHED


@pytest.mark.parametrize("kind", [T.HACCP, T.FOOD_SAFETY, T.OCOP, T.COMMITMENT])
def test_no_other_paper_is_a_licence(world, story, kind):
    story.verified(kind)
    assert fields(world.draft(**DRINK)) == {"papers"}


def test_a_licence_that_ends_while_it_waits_stops_the_key(world, story):
    story.verified(T.LIQUOR, valid_until=date(2026, 12, 1))
    draft = world.draft(**DRINK)
    catalogue.submit(world.actor("coop"), draft.public_id)
    with day(date(2026, 12, 2)), pytest.raises(Blocked, match="licence"):
        approve(world, draft)


def test_when_the_licence_ends_no_new_interest_is_taken(world, story, browse: Browse):
    last = date(2026, 12, 1)
    story.verified(T.LIQUOR, valid_until=last)
    draft = world.draft(**DRINK)
    catalogue.submit(world.actor("coop"), draft.public_id)
    listing = approve(world, draft)
    ask = InterestValues("Bộ phận mua hàng", "+84900000000", "Cần mỗi tháng.", 5_000)
    with day(last, 23):
        visitor = browse(None, "en")
        visitor.get(listing.path)
        assert "Only for people of 18 years and older" in visitor.text
        assert "No new interest" not in visitor.text
        assert listing.is_open
        assert not list_page(world.pair, "produce").items[0].is_shut
    with day(last + timedelta(days=1), 0):
        visitor = browse(None, "en")
        visitor.get(listing.path)
        assert "licence to make liquor does not hold now" in visitor.text
        assert "New interest cannot be registered just now." in visitor.text
        assert "certificate ended on 1 Dec 2026" in visitor.text
        visitor.get("/nong-san")
        assert "No licence now" in visitor.text
        assert list_page(world.pair, "produce").items[0].is_shut
        with pytest.raises(WrongState):
            interests.register(world.actor("hotel"), listing.public_id, ask)
        hotel = browse("hotel", "en")
        hotel.get(f"{listing.path}/quan-tam", 409)
    assert listing.state is ListingState.PUBLISHED  # nothing was written by the clock


@pytest.mark.parametrize(
    "words", ["Đang giảm giá mạnh", "KHUYẾN MÃI tháng này", "mua 2 tặng 1", "khuyen mai"]
)
def test_alcohol_is_not_promoted_by_price(world, story, words):
    story.verified(T.LIQUOR)
    assert fields(world.draft(**DRINK, description=f"Ủ từ nước cây. {words}.")) == {"description"}
    assert fields(world.draft(description=f"Đào tại rẫy. {words}.")) == set()


def test_the_reviewer_confirms_the_licence(world, story):
    story.verified(T.LIQUOR)
    draft = world.draft(**DRINK)
    catalogue.submit(world.actor("coop"), draft.public_id)
    assert "alcohol" in codes(draft)
    with pytest.raises(Invalid) as refused:
        catalogue.turn_key(world.actor("official_1"), draft.public_id)
    assert refused.value.field == "ticked"


# ---------------------------------------------------------------- the wild list


@pytest.fixture
def wild_list(world):
    """The starting rows, in both localities."""
    return wild.start_for(world.pair_id)


def test_the_starting_rows_are_entered_once(world, wild_list):
    assert wild_list > 10
    assert wild.start_for(world.pair_id) == 0
    with pytest.raises(WrongState):
        wild.start(world.actor("official_1"))


@pytest.mark.parametrize(
    ("title", "origin", "gaps"),
    [
        ("Bảy lá một hoa khô", Origin.GATHERED, {"title"}),
        ("bay la mot hoa", Origin.GATHERED, {"title"}),
        ("Bảy lá một hoa trồng", Origin.GROWN, set()),
        ("Thịt rừng gác bếp", Origin.PROCESSED, {"title"}),
        ("Thịt rừng gác bếp", Origin.GATHERED, {"title"}),
        ("Ba kích tím", Origin.GATHERED, {"papers"}),
        ("Ba kích tím", Origin.GROWN, set()),
        ("Tiêu rừng khô", Origin.GATHERED, set()),
        ("Hạt dổi", Origin.GATHERED, set()),
        ("Thịt heo bản gác bếp", Origin.PROCESSED, set()),
    ],
)
def test_the_list_holds_back_what_it_names(world, wild_list, title, origin, gaps):
    assert fields(world.draft(title=title, origin=origin)) == gaps


def test_without_a_list_nothing_is_held_back_but_the_reviewer_is_asked(world):
    draft = world.draft(title="Bảy lá một hoa", origin=Origin.GATHERED)
    assert fields(draft) == set()
    assert codes(draft) == ["wild"]


def test_a_permit_that_holds_opens_the_gate(world, wild_list, story):
    draft = world.draft(title="Ba kích", origin=Origin.GATHERED)
    with pytest.raises(Blocked, match="permit"):
        catalogue.submit(world.actor("coop"), draft.public_id)
    story.verified(T.HARVEST, valid_until=date(2026, 12, 1))
    db.session.expire_all()
    assert fields(draft) == set()
    catalogue.submit(world.actor("coop"), draft.public_id)
    with day(date(2026, 12, 2)), pytest.raises(Blocked, match="permit"):
        approve(world, draft)
    assert approve(world, draft).state is ListingState.PUBLISHED


def test_what_officials_forbid_today_blocks_today(world, wild_list):
    draft = world.draft(title="Tiêu rừng", origin=Origin.GATHERED)
    catalogue.submit(world.actor("coop"), draft.public_id)
    official = world.actor("official_2")
    from marketplace.catalogue.wild import queries

    row = queries.known(official.locality_id, "tiêu rừng")
    wild.edit(
        official,
        row.public_id,
        row.version,
        wild.WildValues(row.name, WildRule.FORBIDDEN, "Tạm dừng thu hái.", row.synonyms),
    )
    with pytest.raises(Blocked, match="Tạm dừng thu hái"):
        approve(world, draft)


def test_the_other_locality_has_a_list_of_its_own(world, wild_list):
    wild.add(
        world.actor("ward_official_1"),
        wild.WildValues("Hạt dổi", WildRule.FORBIDDEN, "Chỉ ở phường."),
    )
    assert fields(world.draft(title="Hạt dổi", origin=Origin.GATHERED)) == set()


WORDS = ("ba", "kích", "tím", "sâm", "ngọc", "linh", "dây", "rừng", "thịt", "heo")


@given(st.lists(st.sampled_from(WORDS), max_size=6))
def test_names_are_met_as_whole_words_and_the_longest_wins(words):
    class One:
        def __init__(self, *names: str) -> None:
            self.keys = keys_of(names)

    sam, ngoc_linh, day_ = One("sâm"), One("sâm ngọc linh"), One("sâm dây", "sâm dây rừng")
    text = " ".join(words)
    found = named([sam, ngoc_linh, day_], text)
    padded = f" {fold(text)} "
    assert (ngoc_linh in found) == (" sam ngoc linh " in padded)
    assert (day_ in found) == (" sam day " in padded)
    longer = ngoc_linh in found or day_ in found
    assert (sam in found) == (" sam " in padded and not longer)


# ---------------------------------------------------------------- claims


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Củ này chữa ung thư rất tốt", ["chữa ung thư"]),
        ("Đặc trị mất ngủ, KHỎI HẲN sau ba tháng", ["đặc trị", "khỏi hẳn"]),
        ("Uong vao la chua khoi benh gan", ["chữa khỏi", "khỏi bệnh"]),
        ("Tri\u0323 be\u0323\u0302nh da da\u0300y", ["trị bệnh"]),
        ("Rau sạch, ngọt, hợp nấu canh", []),
        ("Dân trí bền hơn; trị bệnhviện", []),
        ("Nguồn gốc đặc biệt, trị giá cao", []),
        ("This cures everything", ["cures"]),
    ],
)
def test_claims_are_met_as_whole_words_without_accents(text, words):
    assert claims.cures([text]) == words


def test_no_claim_is_made_of_two_fields():
    assert claims.cures(["Rễ dùng để trị", "bệnh viện đã mua"]) == []


@given(
    st.sampled_from(claims.CURES),
    st.sampled_from(["", "Uống thì ", "x, "]),
    st.sampled_from(["", " ngay", "."]),
)
def test_every_phrase_of_the_list_is_met(phrase, before, after):
    assert phrase in claims.cures([f"{before}{phrase.upper()}{after}"])


def test_a_claim_warns_writer_and_reviewer_and_blocks_nobody(world, browse: Browse):
    draft = world.draft()
    coop = browse("coop", "en")
    coop.get(f"/ban-hang/{draft.public_id}/sua")
    coop.submit(
        {
            "description": "Chữa ung thư, khỏi hẳn.",
            "title": draft.title,
            "group": "herbs",
            "months": "10",
        },
        action="/sua",
    )
    assert "These words promise a cure" in coop.text
    assert "chữa ung thư, khỏi hẳn" in coop.text
    db.session.expire_all()
    assert draft.description == "Chữa ung thư, khỏi hẳn."
    sent = world.draft(description="Chữa ung thư, khỏi hẳn.")
    catalogue.submit(world.actor("coop"), sent.public_id)
    official = browse("official_1", "en")
    official.get(f"/lam-viec/duyet/{sent.public_id}")
    assert official.text.count("chữa ung thư, khỏi hẳn") == 2  # the notice, and the point to tick
    assert codes(sent) == ["claims"]


# ---------------------------------------------------------------- the checklist


def test_ordinary_produce_has_none(world):
    assert codes(world.draft()) == []


def test_points_stand_in_the_journal_with_who_and_when(world):
    draft = world.draft(title="Hạt dổi", origin=Origin.GATHERED, description="Trị bệnh.")
    catalogue.submit(world.actor("coop"), draft.public_id)
    with pytest.raises(Invalid):
        catalogue.turn_key(world.actor("official_1"), draft.public_id, ["wild"])
    assert draft.state is ListingState.SUBMITTED
    catalogue.turn_key(world.actor("official_1"), draft.public_id, ["wild", "claims", "other"])
    entry = db.session.scalars(sa.select(Entry).where(Entry.name == "listing.turn_key")).one()
    assert entry.actor_id == world.users["official_1"]
    assert entry.data["ticked"] == ["claims", "wild"]


def test_it_is_ticked_on_the_page(world, browse: Browse):
    draft = world.draft(title="Hạt dổi", origin=Origin.GATHERED)
    catalogue.submit(world.actor("coop"), draft.public_id)
    official = browse("official_1", "en")
    official.get(f"/lam-viec/duyet/{draft.public_id}")
    page = official.submit({"ticked": ""}, action="/chap-thuan", status=422)
    assert "Look at every point of the checklist" in page.text
    page = official.submit({"ticked": "x"}, action="/chap-thuan", status=422)
    assert "Choose from the list." in page.text
    official.submit({"ticked": "wild"}, action="/chap-thuan")
    assert draft.state is ListingState.PUBLISHED
    official.get(f"/ban-hang/{draft.public_id}/turn_key", 302)


def test_the_bare_button_does_not_get_past_it(world, browse: Browse):
    draft = world.draft(title="Hạt dổi", origin=Origin.GATHERED)
    catalogue.submit(world.actor("coop"), draft.public_id)
    official = browse("official_1", "en")
    official.post(f"/ban-hang/{draft.public_id}/turn_key", status=422)
    assert draft.state is ListingState.SUBMITTED


def test_its_author_sees_the_points_and_no_boxes(world, browse: Browse):
    draft = world.draft(title="Hạt dổi", origin=Origin.GATHERED)
    catalogue.submit(world.actor("coop"), draft.public_id)
    ward = browse("ward_official_1", "en")
    ward.get(f"/lam-viec/duyet/{draft.public_id}", 403)


@pytest.mark.parametrize(
    ("changes", "kind", "expected"),
    [
        ({"origin": Origin.PROCESSED}, None, ["papers"]),
        ({"origin": Origin.PROCESSED}, T.HACCP, []),
        ({"origin": Origin.PROCESSED}, T.COMMITMENT, []),
        ({"origin": Origin.PROCESSED, "group": Group.TEXTILES}, None, []),
        ({}, None, []),
    ],
)
def test_processed_food_without_papers_is_asked_about(world, story, changes, kind, expected):
    if kind:
        story.verified(kind)
    assert codes(world.draft(**changes)) == expected


def test_a_paper_that_holds_no_more_is_asked_about(world, story):
    paper = story.verified()
    papers.judge(
        world.actor("official_1"), paper.public_id, "suspend", reason="check", note="Xem lại."
    )
    assert codes(world.draft()) == ["papers"]


def test_visitors_read_no_checklist(world):
    listing = world.published()
    assert listings.get(listing.public_id, ANONYMOUS).checklist() == []
