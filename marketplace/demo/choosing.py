"""Two calls that several want: one decided, with its permits under way; one being compared.

The place and the idea are those of the wish list of the commune; criteria, weights, points and
permits are made up and say so. Which office gives a permit is to be checked by officers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from marketplace.catalogue import services as catalogue
from marketplace.catalogue.kinds.opportunity.model import (
    CriterionValues,
    OpportunityValues,
    PermitValues,
)
from marketplace.catalogue.kinds.opportunity.terms import Choosing
from marketplace.catalogue.taxonomy import Cooperation, Sector
from marketplace.choosing import queries, services
from marketplace.deals import queries as deal_queries
from marketplace.deals import services as deals
from marketplace.demo.cast import MASKED_PHONE
from marketplace.demo.stage import Stage, Story
from marketplace.interests import services as interests
from marketplace.interests.services import InterestValues
from marketplace.matching import queries as matching
from marketplace.matching.rules import Answer
from marketplace.tasks import queries as task_queries
from marketplace.tasks import services as tasks

BILLION = 1_000_000_000
CRITERIA = (
    CriterionValues("Cam kết bao tiêu và giá cho bà con", 40),
    CriterionValues("Việc làm cho người trong xã", 35),
    CriterionValues("Vốn và tiến độ", 25),
)
PERMITS = (
    PermitValues("Sở Tài chính", "Ý kiến về chủ trương đầu tư", 20, "Minh họa, cần kiểm tra lại."),
    PermitValues("Cơ quan quản lý đất đai", "Hồ sơ thuê đất", 30, "Minh họa, cần kiểm tra lại."),
    PermitValues("Ủy ban nhân dân xã", "Cam kết bảo vệ môi trường", 10, "Minh họa."),
)


@dataclass(frozen=True, slots=True)
class Contest:
    """A call and those who want it: organisation, capital in billions of đồng, words, points."""

    key: str
    title: str
    goal: str
    village: str
    sector: Sector
    day: int
    wanted_by: tuple[tuple[str, int, str, tuple[int, int, int]], ...]
    is_decided: bool


CONTESTS = (
    Contest(
        "nha_say",
        "Nhà sấy dùng chung cho ba thôn",
        "Sấy dược liệu và măng của ba thôn ngay trong vụ, để hàng không hỏng khi đường tắc.",
        "Azứt",
        Sector.FIRE,
        90,
        (
            ("investor", 2, "Góp dây chuyền sấy, bao tiêu trong năm năm.", (9, 8, 7)),
            ("fund", 1, "Góp vốn, giao hợp tác xã vận hành.", (6, 7, 6)),
            ("hotel", 1, "Góp một phần, mua hàng cho bếp.", (5, 4, 6)),
        ),
        is_decided=True,
    ),
    Contest(
        "tram_dung",
        "Trạm dừng bán hàng thổ cẩm và mật ong",
        "Một chỗ bán hàng có mái che cạnh đường, bà con tự quản.",
        "Axoo",
        Sector.EARTH,
        44,
        (
            ("fund", 1, "Dựng trạm và tập huấn bán hàng.", (7, 8, 6)),
            ("hotel", 1, "Dựng trạm, đưa khách ghé mỗi tuần.", (8, 6, 7)),
        ),
        is_decided=False,
    ),
)


def stories(stage: Stage) -> Iterator[Story]:
    """Both of them."""
    for contest in CONTESTS:
        yield _contest(stage, contest)


def _contest(stage: Stage, contest: Contest) -> Story:
    day = contest.day
    yield (day, "08:30")
    code = stage.listings[contest.key] = _called(stage, contest)
    yield (day - 1, "09:20")
    catalogue.turn_key(stage.actor("commune_2"), code)
    yield (day - 2, "10:40")
    catalogue.turn_key(stage.actor("ward_2"), code)
    for number, (who, billions, words, _points) in enumerate(contest.wanted_by):
        yield (day - 5 - number, "14:15")
        sent = interests.register(
            stage.actor(who),
            code,
            InterestValues(stage.actor(who).name, MASKED_PHONE, words, capital=billions * BILLION),
        )
        yield (day - 6 - number, "08:50")
        interests.answer(stage.actor("commune_1"), sent.public_id, "acknowledge")
    yield (day - 12, "09:10")
    selection = services.open_selection(
        stage.actor("commune_1"),
        code,
        closes_on=stage.day(day - 25),
        decides_on=stage.day(day - 50),
    ).public_id
    yield (day - 27, "08:20")  # the clock has begun it on the day after the last
    yield from _compared(stage, contest, selection)
    if contest.is_decided:
        yield from _decided(stage, contest, selection)


def _called(stage: Stage, contest: Contest) -> str:
    commune = stage.actor("commune_1")
    listing = catalogue.create(
        commune,
        "opportunity",
        stage.pair_id,
        stage.organisations["commune"],
        OpportunityValues(
            title=contest.title,
            sector=contest.sector,
            goal=contest.goal,
            description="Dữ liệu minh họa: ý tưởng, tiêu chí, thủ tục và số vốn đều là ví dụ.",
            village_id=stage.village_id(stage.pair.source_id, contest.village),
            cooperation=Cooperation.WITH_COOPERATIVE,
            contact_office=stage.pair.source.office,
            contact_name="Cán bộ kinh tế xã 1",
            contact_position="Chuyên viên",
            contact_email="canbo1@avuong.example",
            is_open_ended=True,
            choosing=Choosing.COMPARISON,
            choosing_how="Người không liên quan đến bên nào của hai địa phương chấm theo ba tiêu "
            "chí, rồi hai địa phương cùng quyết định. Bên không được chọn biết lý do.",
            criteria=CRITERIA,
            permits=PERMITS,
        ),
    )
    catalogue.submit(commune, listing.public_id)
    return listing.public_id


def _compared(stage: Stage, contest: Contest, selection: str) -> Story:
    """Two deciders of the commune and one of the ward: who proposes turns no key.

    In the second call the ward's has not given points yet.
    """
    for who in ("commune_2", "commune_leader", "ward_2"):
        decider = stage.actor(who)
        services.declare(decider, selection, has_conflict=False, words="")
        if who == "ward_2" and not contest.is_decided:
            return
        found = queries.get(selection, decider)
        criteria = [one.id for one in found.criteria]
        applicants = [one.public_id for one in found.applicants]
        for applicant, (_who, _capital, _words, points) in zip(
            applicants, contest.wanted_by, strict=True
        ):
            rows = {
                key: (given, "Theo hồ sơ đã gửi.")
                for key, given in zip(criteria, points, strict=True)
            }
            services.score(decider, selection, applicant, rows)
        yield (contest.day - 29, "15:30")


def _decided(stage: Stage, contest: Contest, selection: str) -> Story:
    day = contest.day
    found = queries.get(selection, stage.actor("commune_2"))
    applicants = [one.public_id for one in found.applicants]
    first, *others = applicants
    told = {first: "Bao tiêu dài nhất và tạo nhiều việc làm nhất."}
    told |= dict.fromkeys(others, "Hồ sơ tốt, phần bao tiêu cho bà con ngắn hơn yêu cầu.")
    result = services.Result(first, "Điểm cao nhất ở cả ba tiêu chí đã công bố.", told)
    yield (day - 32, "09:00")
    services.propose_result(stage.actor("commune_2"), selection, result)
    yield (day - 34, "08:15")
    services.turn_key(stage.actor("commune_leader"), selection)
    yield (day - 34, "10:15")
    services.turn_key(stage.actor("ward_2"), selection)
    yield (day - 35, "08:40")
    services.ask(stage.actor("fund"), selection, others[0], "Lần sau phần bao tiêu cần mấy năm?")
    yield (day - 37, "14:00")
    services.answer(
        stage.actor("commune_1"), selection, others[0], "Từ ba năm trở lên, có giá sàn từng vụ."
    )
    yield from _carried_out(stage, contest, selection)


def _carried_out(stage: Stage, contest: Contest, selection: str) -> Story:
    """The match is agreed; its permits are tasks: one done, one under way."""
    day = contest.day
    chosen = queries.get(selection, stage.actor("commune_2")).chosen
    match = matching.of_interest(chosen.interest_id if chosen else None)
    if match is None:
        raise LookupError(selection)
    code = match.public_id
    yield (day - 38, "09:00")
    for who in ("commune_1", contest.wanted_by[0][0]):
        deals.answer_match(stage.actor(who), code, Answer.YES)
    yield (day - 40, "09:30")
    for who in ("commune_2", "ward_2"):
        deals.turn_match_key(stage.actor(who), code)
    yield (day - 43, "10:00")  # the clock has listed the permits
    deal = deal_queries.deal_of(code, stage.actor("commune_2"))
    own, second, third = (one.public_id for one in task_queries.of_deal(deal.id))
    partner = stage.actor(contest.wanted_by[0][0])
    tasks.begin(partner, own)
    yield (day - 52, "16:00")
    tasks.finish(partner, third)
    yield (day - 60, "08:30")
    tasks.finish(partner, own)
    tasks.begin(partner, second)


__all__ = ["stories"]
