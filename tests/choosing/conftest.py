"""An opportunity that three want, told as far as a test needs it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketplace.catalogue.kinds.opportunity.model import CriterionValues, PermitValues
from marketplace.catalogue.kinds.opportunity.terms import Choosing
from marketplace.catalogue.models import Listing
from marketplace.choosing import queries, services
from marketplace.choosing.models import Selection
from marketplace.choosing.services import NOBODY, Result
from marketplace.core import clock
from marketplace.interests import services as interests
from marketplace.interests.models import Interest
from marketplace.interests.services import InterestValues
from tests.world import World

CLOSES, RESULT = date(2026, 11, 27), date(2026, 12, 10)
DECIDERS = ("official_2", "leader", "ward_official_1")
"""official_1 wrote the call and opens the selection; the first proposes, the others turn keys."""


class Story:
    def __init__(self, world: World) -> None:
        self.world = world

    def call(self, **changes: object) -> Listing:
        """An opportunity that is chosen by comparison, 60 to 40."""
        values: dict[str, object] = {
            "choosing": Choosing.COMPARISON,
            "is_open_ended": False,
            "closes_on": CLOSES,
            "criteria": (
                CriterionValues("Cam kết bao tiêu", 60),
                CriterionValues("Việc làm cho người trong xã", 40),
            ),
            "permits": (
                PermitValues("Sở Tài chính", "Chấp thuận chủ trương", 35, "Luật Đầu tư"),
                PermitValues("Cơ quan đất đai", "Thuê đất"),
                PermitValues("Sở Xây dựng", "Giấy phép xây dựng", 15),
            ),
        }
        return self.world.opportunity(**(values | changes))

    def wants(self, listing: Listing, who: str, capital: int = 10**9) -> Interest:
        """An interest the commune acknowledged."""
        interest = interests.register(
            self.world.actor(who),
            listing.public_id,
            InterestValues(f"Người {who}", "+84900000000", f"Lời kín {who}.", capital=capital),
        )
        return interests.answer(self.world.actor("official_1"), interest.public_id, "acknowledge")

    def opened(self, *who: str, listing: Listing | None = None) -> Selection:
        listing = listing or self.call()
        for number, name in enumerate(who or ("hotel", "investor"), start=1):
            self.wants(listing, name, number * 10**9)
        return services.open_selection(
            self.world.actor("official_1"), listing.public_id, closes_on=None, decides_on=RESULT
        )

    def begun(self, *who: str) -> Selection:
        selection = self.opened(*who)
        with clock.at(clock.now() + timedelta(days=10)):
            return services.begin(self.world.actor("official_1"), selection.public_id)

    def scored(self, *who: str, deciders: tuple[str, ...] = DECIDERS) -> Selection:
        """Every decider has declared and gave the later applicants more."""
        selection = self.begun(*who)
        for name in deciders:
            self.scores(selection, name)
        return selection

    def scores(self, selection: Selection, name: str, step: int = 2) -> None:
        someone, code = self.world.actor(name), selection.public_id
        services.declare(someone, code, has_conflict=False, words="")
        for applicant in queries.get(code, someone).compared:
            rows = {c.id: (applicant.number * step, "Rõ ràng.") for c in selection.criteria}
            services.score(someone, code, applicant.public_id, rows)

    def proposed(self, *who: str, chosen: int | None = 2) -> Selection:
        """The first decider proposes the second applicant, or nobody."""
        selection = self.scored(*who)
        self.proposes(selection, DECIDERS[0], chosen)
        return selection

    def proposes(self, selection: Selection, name: str, chosen: int | None = 2) -> Selection:
        someone = self.world.actor(name)
        applicants = queries.get(selection.public_id, someone).applicants
        code = next((a.public_id for a in applicants if a.number == chosen), NOBODY)
        reasons = {a.public_id: f"Lý do riêng {a.number}." for a in applicants}
        return services.propose_result(
            someone, selection.public_id, Result(code, "Theo tiêu chí đã công bố.", reasons)
        )

    def decided(self, *who: str, chosen: int | None = 2) -> Selection:
        selection = self.proposed(*who, chosen=chosen)
        return self.keyed(selection)

    def keyed(self, selection: Selection, *who: str) -> Selection:
        """Both keys, of those who did not propose."""
        for name in who or DECIDERS[1:]:
            selection = services.turn_key(self.world.actor(name), selection.public_id)
        return selection


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)
