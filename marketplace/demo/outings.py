"""Survey trips and promises in the demonstration: one that is over, one to come, one being planned.

Villages and the distances between them are real; what was found, promised and by whom is made up.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from marketplace.accounts.models import Village
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.demo.cast import MASKED_PHONE
from marketplace.demo.stage import Stage, Story
from marketplace.promises import services as promises
from marketplace.promises.rules import MadeIn
from marketplace.promises.services import PromiseValues
from marketplace.trips import kit, queries, services
from marketplace.trips.models import Trip
from marketplace.trips.rules import NextStep, not_planned
from marketplace.trips.services import PersonValues, StopValues, TripValues

MADE_UP = "Dữ liệu minh họa."


def stories(stage: Stage) -> Iterator[Story]:
    """All of them."""
    yield _over(stage)
    yield _to_come(stage)
    yield _planned(stage)


def _village(stage: Stage, name: str) -> int:
    return db.session.scalars(
        sa.select(Village.id).where(
            Village.locality_id == stage.pair.source_id, Village.name == name
        )
    ).one()


def _propose(stage: Stage, title: str, purpose: str, first: int, last: int, seats: int) -> str:
    """A trip from ``first`` to ``last`` (days ago) that the commune's first official draws up."""
    values = TripValues(
        title,
        seats,
        f"{purpose} {MADE_UP}",
        stage.day(first),
        stage.day(last),
        stage.organisation("herbs").public_id,
        "Trụ sở Ủy ban nhân dân phường Ngũ Hành Sơn",
        6 * 60 + 30,
        is_open=True,
    )
    return services.create(stage.actor("commune_1"), stage.pair_id, values).public_id


def _stop(stage: Stage, code: str, ago: int, at: int, village: str, listing: str = "") -> None:
    found = stage.listing(listing) if listing in stage.listings else None
    if found is not None and found not in queries.listings_to_see(_trip(stage, code)):
        found = None  # sold out or closed by then
    services.add_stop(
        stage.actor("commune_1"),
        code,
        StopValues(
            stage.day(ago),
            at,
            "" if found else f"Nhà gươl thôn {village}",
            _village(stage, village),
            found.public_id if found else None,
            "Lượng thật có bao nhiêu, cất giữ ra sao?\nĐường xe tải vào đến đâu?",
        ),
    )


def _trip(stage: Stage, code: str) -> Trip:
    return queries.get(code, stage.actor("commune_1"))


def _invite(stage: Stage, code: str, *guests: tuple[str, str, bool]) -> list[str]:
    return [
        services.invite(
            stage.actor("commune_1"),
            code,
            PersonValues(stage.organisation(who).public_id, function, MASKED_PHONE, leads),
        ).public_id
        for who, function, leads in guests
    ]


def _serve(stage: Stage, code: str, most: int) -> None:
    """The latest interests of the pair that are live then."""
    found = queries.interests_to_serve(_trip(stage, code))[:most]
    if found:
        services.attach(stage.actor("commune_1"), code, [one.public_id for one in found])


def _confirm(stage: Stage, code: str) -> None:
    for key in ("commune_2", "ward_1"):
        services.turn_key(stage.actor(key), code, kit.freeze)


def _over(stage: Stage) -> Story:
    official = stage.actor
    yield (88, "09:10")
    code = _propose(
        stage, "Khảo sát vùng dược liệu Azứt", "Xem rẫy, nhà sấy và cách đóng gói.", 74, 73, 8
    )
    _stop(stage, code, 74, 9 * 60 + 30, "Azứt", "dang_sam")
    _stop(stage, code, 73, 8 * 60, "Ta Lang")
    _serve(stage, code, 2)
    people = _invite(
        stage,
        code,
        ("hotel", "Bộ phận mua hàng", True),
        ("resort", "Bếp trưởng", False),
        ("herbs", "Quản lý hợp tác xã", False),
    )
    services.move(official("commune_1"), code, "plan")
    yield (84, "10:00")
    for who, person in zip(("hotel", "resort", "herbs"), people, strict=True):
        services.move_person(official(who), code, person, "accept")
    yield (82, "15:20")
    _confirm(stage, code)
    yield (74, "09:40")
    stops = [stop.public_id for stop in _trip(stage, code).stops]
    services.check_in(
        official("hotel"),
        code,
        stops[0],
        findings=f"Rẫy đẳng sâm ba năm, nhà sấy chạy được 200 kg một mẻ. {MADE_UP}",
    )
    yield (73, "10:15")
    services.skip(
        official("commune_1"), code, stops[1], reason="rain", note=f"Mưa lớn từ sáng. {MADE_UP}"
    )
    yield (72, "08:30")
    for who, person in zip(("hotel", "resort", "herbs"), people, strict=True):
        services.move_person(
            official("commune_1"), code, person, "miss" if who == "resort" else "attend"
        )
    services.move(official("commune_1"), code, "report")
    promise = promises.make(
        official("commune_1"),
        stage.pair_id,
        PromiseValues(
            stage.organisation("herbs").public_id,
            stage.organisation("hotel").public_id,
            f"Gửi hai ký mẫu đẳng sâm sấy để bếp thử. {MADE_UP}",
            stage.day(60),
            stage.day(74),
        ),
        MadeIn.TRIP,
        code,
    ).public_id
    yield (71, "14:00")
    for link in [one.public_id for one in _trip(stage, code).interests]:
        services.set_next_step(official("commune_1"), code, link, NextStep.GO_ON)
    services.write_report(
        official("commune_1"),
        code,
        None,
        f"Hai bên xem được vùng trồng và nhà sấy; trạm Ta Lang hoãn vì mưa. {MADE_UP}",
        no_promises=False,
    )
    yield (69, "09:00")
    for key in ("commune_2", "ward_2"):
        services.sign_report(official(key), code)
    yield (62, "16:30")
    promises.say_done(official("herbs"), promise, f"Đã gửi mẫu theo xe khách sáng nay. {MADE_UP}")
    yield (61, "11:00")
    promises.judge(official("hotel"), promise, "keep")


def _to_come(stage: Stage) -> Story:
    yield (13, "09:00")
    code = _propose(
        stage, "Lên Avương xem thổ cẩm và chè dây", "Gặp tổ dệt và vườn chè dây.", -12, -13, 12
    )
    _stop(stage, code, -12, 9 * 60, "Ta Lang", "tho_cam")
    _stop(stage, code, -13, 8 * 60 + 30, "Atêếp")
    _serve(stage, code, 3)
    people = _invite(
        stage,
        code,
        ("gifts", "Chủ cửa hàng", False),
        ("hotel", "Bộ phận mua hàng", True),
        ("weaving", "Tổ trưởng tổ dệt", False),
    )
    services.move(stage.actor("commune_1"), code, "plan")
    yield (11, "08:20")
    services.move_person(stage.actor("hotel"), code, people[1], "accept")
    services.move_person(stage.actor("weaving"), code, people[2], "accept")
    yield (9, "10:10")
    _confirm(stage, code)
    yield (5, "14:40")
    services.ask_for_seat(stage.actor("restaurant"), code, "Quản lý nhà hàng", MASKED_PHONE)
    yield (4, "09:30")
    for promisor, promisee, what, due in (
        ("weaving", "gifts", "Gửi ảnh ba mẫu hoa văn để chọn trước chuyến đi.", -3),
        ("farm", "grocer", "Báo lượng măng khô còn trong kho.", 1),
    ):
        promises.make(
            stage.actor("commune_1"),
            stage.pair_id,
            PromiseValues(
                stage.organisation(promisor).public_id,
                stage.organisation(promisee).public_id,
                f"{what} {MADE_UP}",
                stage.day(due),
                clock.today(),
            ),
        )


def _planned(stage: Stage) -> Story:
    yield (3, "15:00")
    code = _propose(
        stage,
        "Khảo sát mặt bằng xưởng sơ chế",
        "Nhà đầu tư xem mặt bằng và đường vào.",
        -20,
        -20,
        6,
    )
    _stop(stage, code, -20, 9 * 60, "Azứt", "xuong_so_che")
    _serve(stage, code, 1)
    yield (2, "08:50")
    if not not_planned(_trip(stage, code)):
        services.move(stage.actor("commune_1"), code, "plan")
