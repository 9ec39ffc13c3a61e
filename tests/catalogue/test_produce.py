"""Produce in depth: what a listing says, and the use cases that keep it true."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from marketplace.accounts.models import ActingRecord
from marketplace.catalogue import services
from marketplace.catalogue.kinds.produce import queries
from marketplace.catalogue.kinds.produce.model import (
    GradeValues,
    OfferValues,
    Produce,
    StockValues,
)
from marketplace.catalogue.kinds.produce.terms import (
    Delivery,
    Freight,
    MonthQuantity,
    Pack,
    PriceStep,
    SalesPaper,
    Samples,
    SpecValue,
)
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState
from marketplace.catalogue.taxonomy import Group, PriceKind
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.journal import Entry
from marketplace.core.photos import Picture
from tests.catalogue.conftest import CALLED
from tests.page import Browser
from tests.world import World

Browse = Callable[..., Browser]
PICTURE = Picture("c" * 64, "d" * 64, 64, 48)
MONTHS = (MonthQuantity(10, 40_000), MonthQuantity(11, 60_000))
STEPS = (PriceStep(20_000, 110_000), PriceStep(50_000, 100_000))
WHOLE = {
    "variety": "Đẳng sâm bản địa",
    "grower": "12 hộ trong thôn",
    "area": 2_500,
    "harvest": "15–20 tạ một năm",
    "by_month": MONTHS,
    "months": 0b0110_0000_0000,
    "lunar": "tháng 9–10 âm lịch",
    "price_steps": STEPS,
    "minimum": 5_000,
    "packs": (Pack(500, "kg, túi"), Pack(5_000, "kg, thùng")),
    "storage_days": 14,
    "storage": "nơi khô mát",
    "deliveries": (Delivery("Chợ xã", Freight.SELLER, "sáng"), Delivery("Bến xe", Freight.BUYER)),
    "samples": Samples.PAID,
    "sample_price": 20_000,
    "sales_paper": SalesPaper.PURCHASE_LIST,
    "specs": (SpecValue("moisture", "12"), SpecValue("plant_age", "3 năm")),
}


def jpeg(colour: tuple[int, int, int] = (120, 90, 40)) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return io.BytesIO(out.getvalue())


def last() -> Produce:
    found = db.session.scalars(sa.select(Produce).order_by(Listing.id.desc())).first()
    assert found is not None
    return found


def names(listing: Listing) -> list[str]:
    rows = sa.select(Entry.name).where(
        Entry.subject_type == "listing", Entry.subject_id == listing.id
    )
    return list(db.session.scalars(rows.order_by(Entry.id)))


# ------------------------------------------------------------ fields


def test_everything_is_kept_and_handed_back(world: World) -> None:
    values = world.produce_values(**WHOLE)
    listing = world.draft(**WHOLE)
    db.session.expire_all()
    kept = listing.values()
    assert replace(kept, specs=()) == replace(values, specs=())
    assert set(kept.specs) == set(values.specs)


def test_editing_replaces_rows_and_leaves_no_old_one(world: World) -> None:
    listing = world.draft(**WHOLE)
    changed = world.produce_values(
        **WHOLE
        | {
            "by_month": (MonthQuantity(11, 10_000), MonthQuantity(12, 90_000)),
            "price_steps": (PriceStep(20_000, 90_000),),
            "packs": (),
            "deliveries": (Delivery("Bến xe", Freight.SHARED),),
            "specs": (SpecValue("breed", "heo"),),
            "samples": Samples.FREE,
        }
    )
    services.edit(world.actor("coop"), listing.public_id, None, changed)
    db.session.expire_all()
    assert listing.months == 0b1100_0000_0000
    assert listing.by_month_values == changed.by_month
    assert listing.step_values == changed.price_steps
    assert [d.place for d in listing.deliveries] == ["Bến xe"]
    assert (listing.packs, listing.specs, listing.sample_price) == ([], [], None)


def test_nothing_more_is_required_than_before(world: World) -> None:
    listing = world.draft()
    assert list(listing.gaps()) == []
    assert {gap.field for gap in listing.wishes()} == {
        "variety",
        "by_month",
        "packs",
        "minimum",
        "storage_days",
        "deliveries",
        "samples",
        "sales_paper",
        "specs",
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"by_month": (MonthQuantity(13, 1_000),)}, "by_month"),
        ({"by_month": (MonthQuantity(1, 0),)}, "by_month"),
        ({"by_month": (MonthQuantity(1, 1_000),)}, "quantity"),
        ({"price_steps": (PriceStep(5_000, 120_000),)}, "price_steps"),
        ({"price_kind": PriceKind.MARKET, "price_steps": STEPS}, "price_steps"),
    ],
)
def test_figures_that_do_not_fit_are_refused_without_a_form(
    world: World, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        world.draft(**changes)
    assert refusal.value.field == field
    assert db.session.scalar(sa.select(sa.func.count(Listing.id))) == 0


def test_the_whole_is_added_up_from_the_months(world: World) -> None:
    listing = world.draft(quantity=None, by_month=MONTHS, months=0)
    assert (listing.quantity, listing.months) == (100_000, 0b0110_0000_0000)


def test_only_a_household_of_the_cooperative_grows_for_it(village: World) -> None:
    household = village.organisations["household"]
    assert village.draft(grower_id=household).household is not None
    for other in ("other_coop", "hotel", "commune"):
        with pytest.raises(Invalid):
            village.draft(grower_id=village.organisations[other])
    with pytest.raises(Invalid):
        village.draft(grower_id=999_999)


# ------------------------------------------------------------ the offer


def test_the_offer_changes_live_with_months_and_steps(world: World) -> None:
    listing = world.published(**WHOLE)
    offer = OfferValues(
        PriceKind.FIXED,
        150_000,
        None,
        None,
        0,
        (MonthQuantity(12, 70_000),),
        (PriceStep(30_000, 140_000),),
    )
    services.change_offer(world.actor("coop"), listing.public_id, listing.version, offer)
    db.session.expire_all()
    assert (listing.price_low, listing.quantity, listing.months) == (150_000, 70_000, 1 << 11)
    entry = db.session.scalars(sa.select(Entry).where(Entry.name == "listing.offer_changed")).one()
    assert entry.data["before"]["by_month"] == [[10, 40_000], [11, 60_000]]
    assert entry.data["after"]["by_month"] == [[12, 70_000]]
    assert entry.data["before"]["price_steps"] == [[20_000, 110_000], [50_000, 100_000]]
    assert entry.data["after"]["price_steps"] == [[30_000, 140_000]]


def test_an_offer_that_says_nothing_of_months_and_steps_keeps_them(world: World) -> None:
    listing = world.published(**WHOLE)
    same = OfferValues(PriceKind.FIXED, 130_000, None, 90_000, listing.months)
    services.change_offer(world.actor("coop"), listing.public_id, None, same)
    assert listing.by_month_values == MONTHS
    assert listing.step_values == STEPS
    other = replace(same, months=0b111)
    services.change_offer(world.actor("coop"), listing.public_id, None, other)
    assert (listing.by_month_values, listing.months) == ((), 0b111)
    with pytest.raises(Invalid):  # a step would not lie below the price any more
        services.change_offer(
            world.actor("coop"), listing.public_id, None, replace(same, price_low=110_000)
        )


def test_months_cannot_take_back_what_is_promised(world: World) -> None:
    listing = world.published(**WHOLE)
    listing.promised = 60_000
    db.session.commit()
    offer = OfferValues(PriceKind.FIXED, 120_000, None, None, 0, (MonthQuantity(10, 50_000),), ())
    with pytest.raises(Invalid, match="promised already"):
        services.change_offer(world.actor("coop"), listing.public_id, None, offer)


# ------------------------------------------------------------ confirming


def test_one_tap_confirms_and_changes_nothing_else(world: World) -> None:
    listing = world.published(**WHOLE)
    before = listing.values()
    with clock.at(clock.now() + timedelta(days=20)):
        assert listing.is_stale
        services.confirm_stock(
            world.actor("coop"), listing.public_id, listing.version, StockValues()
        )
        assert not listing.is_stale
        assert listing.quantity_confirmed_on == clock.today()
    assert listing.values() == before
    assert names(listing)[-1] == "listing.confirmed"


@pytest.mark.parametrize(
    ("whole", "now", "quantity", "months", "figures"),
    [
        ({}, StockValues(70_000), 70_000, 0b1110_0000_0011, ()),
        ({}, StockValues(100_000, 0b11), 100_000, 0b11, ()),
        ({}, StockValues(None, 0b11), 100_000, 0b11, ()),
        (WHOLE, StockValues(70_000), 70_000, 0b0110_0000_0000, MONTHS),
        (
            WHOLE,
            StockValues(None, 0, (MonthQuantity(11, 30_000),)),
            30_000,
            1 << 10,
            (MonthQuantity(11, 30_000),),
        ),
        (WHOLE, StockValues(20_000, 0b1), 20_000, 0b1, ()),
    ],
)
def test_a_new_figure_is_an_offer_changed(
    world: World,
    whole: dict[str, object],
    now: StockValues,
    quantity: int,
    months: int,
    figures: tuple[MonthQuantity, ...],
) -> None:
    listing = world.published(**whole)
    services.confirm_stock(world.actor("coop"), listing.public_id, None, now)
    db.session.expire_all()
    assert (listing.quantity, listing.months, listing.by_month_values) == (
        quantity,
        months,
        figures,
    )
    assert names(listing)[-1] == "listing.offer_changed"
    assert listing.step_values == whole.get("price_steps", ())


def test_who_may_confirm_and_when(village: World, recorded: Listing) -> None:
    mine = village.published()
    draft = village.draft(title="Nháp")
    cases: list[tuple[str, Listing, object, type[DomainError] | None]] = [
        ("coop", mine, None, None),
        ("official_1", mine, CALLED, None),
        ("official_1", mine, None, Invalid),
        ("ward_official_1", mine, CALLED, NotAllowed),
        ("other_coop", mine, CALLED, NotAllowed),
        ("hotel", mine, None, NotAllowed),
        ("coop", draft, None, WrongState),
        ("hotel", draft, None, NotFound),
    ]
    for who, listing, acting, error in cases:
        act = lambda: services.confirm_stock(  # noqa: E731
            village.actor(who), listing.public_id, None, StockValues(), acting
        )
        if error is None:
            act()
        else:
            with pytest.raises(error):
                act()
    with pytest.raises(Conflict):
        services.confirm_stock(village.actor("coop"), mine.public_id, 1, StockValues())
    with pytest.raises(NotFound):
        services.confirm_stock(
            village.actor("official_1"), village.opportunity().public_id, None, StockValues()
        )


def test_the_word_of_a_household_is_recorded(village: World, recorded: Listing) -> None:
    services.submit(village.actor("official_1"), recorded.public_id, CALLED)
    services.turn_key(village.actor("official_2"), recorded.public_id)
    services.confirm_stock(
        village.actor("coop"), recorded.public_id, None, StockValues(60_000), CALLED
    )
    entry = db.session.scalars(sa.select(Entry).where(Entry.name == "listing.offer_changed")).one()
    acted = db.session.get_one(ActingRecord, entry.acting_id)
    assert acted.for_organisation_id == village.organisations["household"]


def test_on_sale_lists_what_is_in_ones_care_oldest_first(village: World, recorded: Listing) -> None:
    old = village.published(title="Cũ")
    village.draft(title="Nháp")
    old.quantity_confirmed_on = clock.today() - timedelta(days=30)
    db.session.commit()
    new = village.published(title="Mới")
    services.submit(village.actor("official_1"), recorded.public_id, CALLED)
    services.turn_key(village.actor("official_2"), recorded.public_id)
    rows, total = queries.on_sale(village.actor("coop"))
    assert (rows[0].id, total) == (old.id, 3)
    assert {row.id for row in rows} == {old.id, new.id, recorded.id}
    assert queries.on_sale(village.actor("hotel")) == ([], 0)
    asked = queries.call_round(village.actor("official_1"))
    assert [row.id for row in asked] == [old.id]
    assert len(queries.call_round(village.actor("official_1"), stale_only=False)) == 3
    assert not queries.call_round(village.actor("ward_official_1"), stale_only=False)


# ------------------------------------------------------------ grades


def test_grades_come_and_go_while_it_is_a_draft(world: World) -> None:
    coop, listing = world.actor("coop"), world.draft()
    for n in range(services.MOST_GRADES):
        services.add_grade(coop, listing.public_id, GradeValues(f"Loại {n}"), PICTURE)
    with pytest.raises(Invalid, match="at most 6"):
        services.add_grade(coop, listing.public_id, GradeValues("Loại 7"), None)
    first = listing.grades[0]
    services.remove_grade(coop, listing.public_id, first.public_id)
    assert [grade.name for grade in listing.grades] == [f"Loại {n}" for n in range(1, 6)]
    with pytest.raises(NotFound):
        services.remove_grade(coop, listing.public_id, first.public_id)
    with pytest.raises(NotAllowed):
        services.add_grade(
            world.actor("hotel"), world.published().public_id, GradeValues("x"), None
        )
    services.submit(coop, listing.public_id)
    with pytest.raises(WrongState):
        services.add_grade(coop, listing.public_id, GradeValues("x"), None)
    with pytest.raises(WrongState):
        services.remove_grade(coop, listing.public_id, listing.grades[0].public_id)
    assert coop.user_id in listing.author_ids


def test_whoever_describes_a_grade_is_an_author(world: World) -> None:
    listing = world.draft()
    services.add_grade(
        world.actor("official_1"), listing.public_id, GradeValues("Loại 1"), None, CALLED
    )
    services.submit(world.actor("coop"), listing.public_id)
    with pytest.raises(NotAllowed):
        services.turn_key(world.actor("official_1"), listing.public_id)


def test_grades_belong_to_produce(world: World) -> None:
    listing = world.opportunity()
    for act in (
        lambda: services.add_grade(
            world.actor("official_1"), listing.public_id, GradeValues("x"), None
        ),
        lambda: services.remove_grade(world.actor("official_1"), listing.public_id, "bbbbbbbbbb"),
    ):
        with pytest.raises(NotFound):
            act()


# ------------------------------------------------------------ pages

FIRST = {
    "title": "Đẳng sâm tươi",
    "price_kind": "fixed",
    "price_low": "120.000",
    "unit": "kg",
    "quantity": "300",
    "months": ["10", "11", "12"],
}


def hrefs(browser: Browser) -> set[str]:
    return {a.get("href") or "" for _, a in browser.page.tags}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_five_things_and_two_photos_make_a_draft(
    world: World, browse: Browse, language: str
) -> None:
    coop = browse("coop", language)
    coop.get("/ban-hang/dang")
    shown = list(coop.page.forms[-1]["fields"])
    order = ["title", "photo", "price_low", "unit", "quantity", "months", "group"]
    assert sorted(order, key=shown.index) == order
    photos = [(jpeg(), "một.jpg"), (jpeg((1, 2, 3)), "hai.jpg")]
    coop.submit(
        FIRST | {"photo": photos, "alt": "Củ vừa đào"},
        action="/dang",
        content_type="multipart/form-data",
    )
    listing = last()
    assert [photo.alt for photo in listing.photos] == ["Củ vừa đào"] * 2
    assert coop.path == f"/ban-hang/{listing.public_id}"
    edit = f"/ban-hang/{listing.public_id}/sua"
    assert {f"{edit}#{field}" for field in ("group", "origin", "village_id", "description")} <= (
        hrefs(coop)
    )
    assert f"{edit}#packs" in hrefs(coop)
    assert f"/ban-hang/{listing.public_id}/phan-loai" in hrefs(coop)


def test_a_refused_post_keeps_the_words_and_says_that_photos_are_gone(
    world: World, browse: Browse
) -> None:
    coop = browse("coop", "en")
    for photo, more, words in (
        ((jpeg(), "một.jpg"), {"quantity": "1.5"}, "three digits after each"),
        ((io.BytesIO(b"no photo"), "một.jpg"), {}, "not a photo we can read"),
        ((jpeg(), "một.jpg"), {"group": "wood", "description": "x" * 5001}, "from the list"),
    ):
        coop.get("/ban-hang/dang")
        coop.submit(
            FIRST | {"photo": [photo]} | more,
            action="/dang",
            status=422,
            content_type="multipart/form-data",
        )
        html = coop.response.get_data(as_text=True)
        assert words in coop.text
        assert "Choose the photos again" in coop.text
        assert "120.000" in html
        assert 'value="12" checked' in html
        assert ('<details class="disc" open>' in html) == ("group" in more)
    assert db.session.scalar(sa.select(sa.func.count(Listing.id))) == 0


def form(world: World, **changes: object) -> dict[str, object]:
    return (
        FIRST
        | {
            "group": "herbs",
            "origin": "grown",
            "description": "Đào tại rẫy.",
            "village_id": str(world.village_id()),
            "by_month-m10": "100",
            "by_month-m11": "150",
            "by_month-m12": "100",
            "price_steps-0-from_quantity": "100",
            "price_steps-0-price": "100.000",
            "price_steps-1-from_quantity": "50",
            "price_steps-1-price": "110.000",
            "packs-0-size": "0,5",
            "packs-0-word": "kg, túi",
            "minimum": "5",
            "storage_days": "14",
            "deliveries-0-place": "Chợ xã",
            "deliveries-0-freight": "seller",
            "samples": "paid",
            "sample_price": "20.000",
            "sales_paper": "invoice",
            "variety": "Bản địa",
            "area": "2,5",
            "specs-moisture": "12",
            "specs-breed": "không thuộc nhóm này",
        }
        | changes
    )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_whole_form_is_saved_and_shown(world: World, browse: Browse, language: str) -> None:
    listing, coop = world.draft(), browse("coop", language)
    edit = f"/ban-hang/{listing.public_id}/sua"
    coop.get(edit)
    coop.submit(form(world))
    db.session.expire_all()
    assert listing.step_values == (PriceStep(50_000, 110_000), PriceStep(100_000, 100_000))
    assert [spec.code for spec in listing.specs] == ["moisture"]
    assert listing.months == 0b1110_0000_0000
    coop.get(edit)
    typed = "110.000" if language == "vi" else "110,000"
    assert f'value="{typed}"' in coop.response.get_data(as_text=True)
    coop.submit(form(world, **{"packs-0-size": "", "packs-0-word": ""}))
    db.session.expire_all()
    assert listing.packs == []
    services.submit(world.actor("coop"), listing.public_id)
    services.turn_key(world.actor("official_1"), listing.public_id)
    visitor = browse(None, language)
    visitor.get(listing.path)
    for words in ("Chợ xã", "Bản địa", "12"):
        assert words in visitor.text
    for amount in ("110.000", "100.000", "20.000"):
        assert (amount if language == "vi" else amount.replace(".", ",")) in visitor.text
    assert "không thuộc nhóm này" not in visitor.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"by_month-m12": ""}, "ticked above"),
        ({"by_month-m10": "1.5"}, "three digits"),
        ({"quantity": "351"}, "The months give 350 kg together"),
        ({"price_steps-0-price": "120.000"}, "cannot cost more"),
        ({"price_steps-1-price": "130.000"}, "below the price above"),
        ({"price_steps-1-from_quantity": "100"}, "twice"),
        ({"price_steps-1-price": ""}, "Enter the price."),
        ({"packs-0-word": ""}, "Say the unit and the packing"),
        ({"deliveries-0-freight": ""}, "who pays the way"),
        ({"deliveries-0-freight": "nobody"}, "from the list"),
        ({"storage_days": "0"}, "at least 1"),
        ({"storage_days": "3651"}, "at most 3.650"),
        ({"sample_price": ""}, "price of a sample"),
        ({"specs-moisture": "x" * 121}, "120"),
        ({"samples": "many"}, "from the list"),
        ({"grower_id": "1"}, "from the list"),
    ],
)
def test_each_fault_is_named_and_everything_typed_is_kept(
    world: World, browse: Browse, changes: dict[str, str], words: str
) -> None:
    listing, coop = world.draft(), browse("coop", "en")
    coop.get(f"/ban-hang/{listing.public_id}/sua")
    coop.submit(form(world, **changes), status=422)
    assert words in coop.text
    html = coop.response.get_data(as_text=True)
    assert "Đào tại rẫy." in html
    assert 'value="Bản địa"' in html
    assert 'class="errsum"' in html
    db.session.expire_all()
    assert listing.values() == world.produce_values()


def test_a_household_is_named_to_those_concerned_only(village: World, browse: Browse) -> None:
    coop, listing = browse("coop", "en"), village.draft()
    coop.get(f"/ban-hang/{listing.public_id}/sua")
    coop.submit(form(village, grower_id=str(village.organisations["household"])))
    services.submit(village.actor("coop"), listing.public_id)
    services.turn_key(village.actor("official_1"), listing.public_id)
    name = village.organisation("household").name
    for who, sees in (("coop", True), ("official_1", True), ("hotel", False), (None, False)):
        reader = browse(who, "en")
        reader.get(listing.path)
        assert (name in reader.text) == sees, who


def test_the_offer_page_changes_months_and_steps(world: World, browse: Browse) -> None:
    listing, coop = world.published(**WHOLE), browse("coop", "en")
    coop.get(f"/ban-hang/{listing.public_id}/gia")
    data = {
        "price_kind": "fixed",
        "price_low": "150.000",
        "months": ["10", "11"],
        "by_month-m10": "40",
        "by_month-m11": "",
    }
    coop.submit(data, status=422)
    assert "ticked above" in coop.text
    coop.submit(data | {"months": ["10"], "quantity": "40"})
    db.session.expire_all()
    assert (listing.quantity, listing.months) == (40_000, 1 << 9)
    assert listing.step_values == STEPS


@pytest.mark.parametrize("path", ["/ban-hang", "/ban-hang/mua-vu", "/ban-hang/{}"])
def test_one_tap_on_every_page_of_mine(world: World, browse: Browse, path: str) -> None:
    listing, coop = world.published(), browse("coop", "en")
    listing.quantity_confirmed_on = clock.today() - timedelta(days=30)
    db.session.commit()
    coop.get(path.format(listing.public_id))
    coop.submit(action="/con-hang")
    assert "confirmed as of today" in coop.text
    db.session.expire_all()
    assert (listing.quantity_confirmed_on, listing.quantity) == (clock.today(), 100_000)


def test_quantity_and_months_change_on_the_season_page(world: World, browse: Browse) -> None:
    ticked, figured = world.published(), world.published(**WHOLE | {"title": "Có số"})
    coop = browse("coop", "en")
    coop.get("/ban-hang/mua-vu")
    address = f"/ban-hang/{ticked.public_id}/con-hang"
    coop.post(address, {"version": "", "quantity": "55", "months": ["1"]})
    coop.get("/ban-hang/mua-vu")
    coop.post(f"/ban-hang/{figured.public_id}/con-hang", {"by_month-m10": "30", "quantity": "30"})
    db.session.expire_all()
    assert (ticked.quantity, ticked.months) == (55_000, 1)
    assert (figured.quantity, figured.months) == (30_000, 1 << 9)
    coop.get("/ban-hang/mua-vu")
    coop.post(address, {"quantity": "1.5"}, status=422)
    assert "three digits" in coop.text
    coop.post(address, {"version": "1"}, status=409)
    coop.submit()  # the page now holds what stands there
    assert "confirmed as of today" in coop.text


def test_confirming_a_household_asks_how_one_knows(
    village: World, recorded: Listing, browse: Browse
) -> None:
    services.submit(village.actor("official_1"), recorded.public_id, CALLED)
    services.turn_key(village.actor("official_2"), recorded.public_id)
    address = f"/ban-hang/{recorded.public_id}/con-hang"
    coop = browse("coop", "en")
    for path in ("/ban-hang", "/ban-hang/mua-vu"):
        coop.get(path)
        assert address in hrefs(coop)
    coop.get(address)
    coop.submit({"quantity": "70", "acting_how": "", "acting_note": "x"}, status=422)
    assert "Say how the organisation told you" in coop.text
    coop.submit({"quantity": "70", "acting_how": "call", "acting_note": "Đã đọc lại"})
    db.session.expire_all()
    assert recorded.quantity == 70_000


def test_the_call_round_is_by_village_and_takes_the_answer(world: World, browse: Browse) -> None:
    listing = world.published()
    listing.quantity_confirmed_on = clock.today() - timedelta(days=30)
    world.organisation("coop").phone = "+84900000001"
    db.session.commit()
    official = browse("official_1", "en")
    official.get("/lam-viec/cuoc-goi")
    assert "/lam-viec/cuoc-goi/in" in hrefs(official)
    official.get("/lam-viec/cuoc-goi/in")
    for words in ("Cr'toonh", "0900 000 001", "Đẳng sâm tươi", "100 kg", "☐"):
        assert words in official.text
    (address,) = (href for href in hrefs(official) if "/con-hang" in href)
    official.get(address)
    months = ["1", "2", "10", "11", "12"]
    official.submit({"acting_how": "call", "acting_note": "Đã đọc lại", "months": months})
    assert official.path == "/lam-viec/cuoc-goi/in"
    assert "Every quantity was confirmed" in official.text
    official.get("/lam-viec/cuoc-goi/in?muc=tat-ca")
    assert "Đẳng sâm tươi" in official.text
    entry = db.session.scalars(sa.select(Entry).where(Entry.name == "listing.confirmed")).one()
    assert entry.acting_id is not None
    for stranger in ("ward_official_1",):
        other = browse(stranger, "en")
        other.get("/lam-viec/cuoc-goi/in?muc=tat-ca")
        assert "Đẳng sâm tươi" not in other.text
        other.get(address, 403)


def test_an_address_to_go_back_to_stays_on_this_site(world: World, browse: Browse) -> None:
    listing, official = world.published(), browse("official_1", "en")
    official.get(f"/ban-hang/{listing.public_id}/con-hang?ve=//evil.example")
    official.submit({"acting_how": "call", "acting_note": "x"}, follow=False)
    assert official.response.headers["Location"] == f"/ban-hang/{listing.public_id}"


def test_grades_are_added_shown_and_removed(world: World, browse: Browse) -> None:
    listing, coop = world.draft(), browse("coop", "en")
    page = f"/ban-hang/{listing.public_id}/phan-loai"
    coop.get(page)
    coop.submit({"name": ""}, status=422)
    two = {"name": "Loại 1", "photo": [(jpeg(), "a.jpg"), (jpeg(), "b.jpg")]}
    coop.submit(two, status=422, content_type="multipart/form-data")
    assert "one photo" in coop.text
    one = {"name": "Loại 1", "words": "Củ to", "photo": (jpeg(), "a.jpg")}
    coop.submit(one, content_type="multipart/form-data")
    coop.get(page)
    coop.submit({"name": "Loại 2"})
    db.session.expire_all()
    first, second = listing.grades
    assert (first.name, first.words, second.card) == ("Loại 1", "Củ to", None)
    photo = f"/anh/phan-loai/{first.public_id}/{{}}.webp"
    stranger = browse()
    assert stranger.client.get(photo.format("card")).status_code == 404
    coop.get(f"{page}/{second.public_id}/bo")
    coop.submit()
    coop.get(f"{page}/{second.public_id}/bo", 404)
    services.submit(world.actor("coop"), listing.public_id)
    services.turn_key(world.actor("official_1"), listing.public_id)
    coop.get(page, 409)
    stranger.get(listing.path)
    assert "Loại 1" in stranger.text
    for size in ("card", "page"):
        answer = stranger.client.get(photo.format(size))
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert "public" in answer.headers["Cache-Control"]


def test_a_grade_without_a_file_shows_the_drawing_or_nothing(world: World, browse: Browse) -> None:
    listing = world.draft()
    services.add_grade(world.actor("coop"), listing.public_id, GradeValues("a"), None)
    services.add_grade(world.actor("coop"), listing.public_id, GradeValues("b"), PICTURE)
    without, gone = listing.grades
    client = browse("coop").client
    assert client.get(f"/anh/phan-loai/{without.public_id}/card.webp").status_code == 404
    answer = client.get(f"/anh/phan-loai/{gone.public_id}/page.webp")
    assert (answer.status_code, "p-herbs" in answer.headers["Location"]) == (302, True)


def test_the_confirm_page_is_for_published_produce(world: World, browse: Browse) -> None:
    coop, draft, official = browse("coop"), world.draft(), browse("official_1")
    coop.get(f"/ban-hang/{draft.public_id}/con-hang", 409)
    official.get(f"/ban-hang/{world.opportunity().public_id}/con-hang", 404)
    assert draft.state is ListingState.DRAFT
    assert draft.group is Group.HERBS
