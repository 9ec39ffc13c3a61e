"""Three days of a simulated clock: what happens by the hour, and exactly the mails that go out.

At 7 o'clock the daily mail; at once means the next run of the clock; Monday the weekly one.
"""

from __future__ import annotations

from marketplace.alerts.rules import Rhythm
from marketplace.catalogue import services as catalogue
from marketplace.catalogue.kinds.produce.model import OfferValues
from marketplace.catalogue.rules import Audience
from marketplace.catalogue.taxonomy import Group, PriceKind
from marketplace.interests import services as interests
from marketplace.moderation import services as moderation
from tests.alerts.days import on, save, tell, titles

HERBS = Group.HERBS.value
OFFER = OfferValues(PriceKind.FIXED, 99_000, None, 80_000, 0b1110_0000_0011)


def test_three_days_send_exactly_what_they_should(world):
    made = {}

    def publish(title: str, **changes: object) -> None:
        made[title] = world.published(title=title, **changes)

    def code(title: str) -> str:
        return made[title].public_id

    coop, official = world.actor("coop"), world.actor("official_1")
    with on("20", "08:00"):
        publish("Có từ trước")
        save(world, "hotel", Rhythm.AT_ONCE, name="Thảo dược", nhom=[HERBS])
        save(world, "hotel", Rhythm.DAILY, name="Mọi hàng")
        save(world, "restaurant", Rhythm.DAILY, name="Thảo dược", nhom=[HERBS])
        save(world, "investor", Rhythm.WEEKLY, name="Mọi hàng")
    story = [
        ("20", "08:05", lambda: None),
        ("20", "09:00", lambda: publish("Sâm một")),
        ("20", "09:30", lambda: publish("Rau một", group=Group.VEGETABLES)),
        ("20", "10:00", lambda: catalogue.pause(coop, code("Sâm một"), "pause", reason="stock", note="Hết.")),
        ("20", "11:00", lambda: catalogue.pause(coop, code("Sâm một"), "resume")),
        ("20", "12:00", lambda: catalogue.change_offer(coop, code("Sâm một"), None, OFFER)),
        ("21", "06:59", lambda: None),
        ("21", "07:00", lambda: None),
        ("21", "07:01", lambda: None),
        ("21", "10:00", lambda: publish("Sâm hai")),
        ("21", "10:10", lambda: publish("Sâm ba")),
        ("21", "15:00", lambda: interests.close_listing(coop, code("Sâm hai"), reason="season_over", note="Hết mùa.")),
        ("22", "06:30", lambda: moderation.hide(official, code("Sâm ba"), reason="wrong", note="Xem lại.")),
        ("22", "07:00", lambda: None),
        ("22", "08:00", lambda: moderation.show(world.actor("official_2"), code("Sâm ba"), reason="unfounded", note="Đúng.")),
        ("23", "06:59", lambda: None),
        ("23", "07:00", lambda: None),
    ]  # fmt: skip
    sent: list[tuple[str, str, str, list[str]]] = []
    for day, hour, happens in story:
        with on(day, hour):
            happens()
            for _ in range(2):  # the clock runs twice, as it may
                sent += [(day, hour, who, titles(m, made)) for who, m in tell()]
    assert sent == [
        ("20", "09:00", "hotel", ["Sâm một"]),
        ("21", "07:00", "hotel", ["Rau một"]),
        ("21", "07:00", "restaurant", ["Sâm một"]),
        ("21", "10:00", "hotel", ["Sâm hai"]),
        ("21", "10:10", "hotel", ["Sâm ba"]),
        ("23", "07:00", "restaurant", ["Sâm ba"]),  # hidden when it was new, shown again since
        ("23", "07:00", "investor", ["Sâm ba", "Rau một", "Sâm một"]),
    ]


def test_a_clock_that_slept_three_days_sends_one_mail(world):
    with on("17", "08:00"):
        save(world, "hotel", Rhythm.DAILY, name="Mọi hàng")
    made = {}
    for day in ("17", "18", "19"):
        with on(day, "10:00"):
            made[f"Hàng ngày {day}"] = world.published(title=f"Hàng ngày {day}")
    with on("20", "15:00"):
        ((who, message),) = tell()
        assert (who, titles(message, made)) == (
            "hotel",
            ["Hàng ngày 19", "Hàng ngày 18", "Hàng ngày 17"],
        )
        assert tell() == []
    with on("21", "07:00"):
        assert tell() == []  # never empty


def test_a_need_for_producers_reaches_only_who_may_see_it_when_it_is_sent(world):
    with on("20", "08:00"):
        for who in ("coop", "restaurant", "official_1", "ward_official_1"):
            save(world, who, Rhythm.AT_ONCE, kind="need", name="Nhu cầu")
        world.need(title="Riêng nhà sản xuất", audience=Audience.PRODUCERS)
        assert {who for who, _ in tell()} == {"coop", "official-1", "ward-official-1"}
        world.need(title="Riêng cán bộ", audience=Audience.OFFICIALS)
        assert {who for who, _ in tell()} == {"official-1", "ward-official-1"}
        world.need(title="Cho mọi người")
        assert {who for who, _ in tell()} == {"coop", "restaurant", "official-1", "ward-official-1"}
