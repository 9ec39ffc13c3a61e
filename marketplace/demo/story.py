"""The stories of the demonstration, told through the use cases people would go through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from marketplace.accounts import queries as accounts
from marketplace.accounts import services as people
from marketplace.accounts.acting import Acting
from marketplace.accounts.consents import ConsentValues
from marketplace.accounts.models import Membership
from marketplace.accounts.rules import ConsentHow
from marketplace.accounts.services import HouseholdValues, OrganisationValues, Registration
from marketplace.catalogue import queries as listings
from marketplace.catalogue import services as catalogue
from marketplace.catalogue.kinds.opportunity.model import OpportunityValues
from marketplace.catalogue.kinds.opportunity.terms import Choosing
from marketplace.catalogue.kinds.produce.model import OfferValues, Produce, ProduceValues
from marketplace.catalogue.kinds.produce.terms import Delivery as Handover
from marketplace.catalogue.kinds.produce.terms import Freight
from marketplace.catalogue.taxonomy import PriceKind
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.quantity import SCALE
from marketplace.deals import queries as deal_queries
from marketplace.deals import services as deals
from marketplace.deals.entering import InstalmentValues
from marketplace.deals.models import Deal, Figure
from marketplace.deals.rules import DealState, PartyRole
from marketplace.deals.services import Terms
from marketplace.demo import (
    around,
    asking,
    choosing,
    depth,
    desk,
    outings,
    papers,
    returning,
    talks,
    troubles,
)
from marketplace.demo.cast import (
    HOUSEHOLDS,
    MASKED_PHONE,
    MEMBERS,
    OFFICERS,
    PASSWORD,
    SENT_BACK,
    SOURCE,
    WAITING,
    Household,
    Member,
)
from marketplace.demo.dealings import ALL, Dealing, Delivery, Until
from marketplace.demo.goods import CALLS, PRODUCE, Call, Fate, Goods, Turn
from marketplace.demo.stage import Stage, Story
from marketplace.interests import services as interests
from marketplace.interests.services import InterestValues
from marketplace.matching import services as matching
from marketplace.matching.models import Match
from marketplace.matching.rules import Answer, MatchState
from marketplace.matching.services import MatchValues
from marketplace.notifications.services import read_all

CALLED_OFF = frozenset({"gung"})
"""Contracts the buyer calls goods off by the week."""


def stories(stage: Stage) -> Iterator[Story]:
    """All stories of the demonstration."""
    for member in MEMBERS:
        yield _joins(stage, member)
    for household in HOUSEHOLDS:
        yield _is_entered(stage, household)
    for goods in PRODUCE:
        yield _is_offered(stage, goods)
    for call in CALLS:
        yield _is_called_for(stage, call)
    for number, dealing in enumerate((*ALL, *troubles.TROUBLED)):
        if dealing.earlier and stage.day(dealing.earlier.day) < stage.pair.signed_on:
            continue  # loaded within a year of the signing: then nothing came of it that early
        yield _Case(stage, dealing, number).story()
    yield from depth.stories(stage)
    yield from returning.stories(stage)
    yield from choosing.stories(stage)
    yield from asking.stories(stage)
    yield from outings.stories(stage)
    yield from talks.stories(stage)
    yield from desk.stories(stage)
    yield _inboxes_are_read(stage)


# ---------------------------------------------------------------- people


def enter_officers(stage: Stage) -> None:
    """The authorities of both localities and their people."""
    for officer in OFFICERS:
        locality = stage.pair.source if officer.side == SOURCE else stage.pair.market
        person = people.add_officer(
            locality.code, officer.name, officer.email, officer.role, locality.office
        )
        stage.people[officer.key] = person.id
        office = "commune" if officer.side == SOURCE else "ward"
        stage.organisations[office] = _organisation_of(person.id)


def _organisation_of(user_id: int) -> int:
    return db.session.scalars(
        sa.select(Membership.organisation_id).where(Membership.user_id == user_id)
    ).one()


def _joins(stage: Stage, member: Member) -> Story:
    is_source = member.side == SOURCE
    yield (member.day, "14:10")
    locality = stage.pair.source if is_source else stage.pair.market
    people.register(
        Registration(
            member.person,
            member.email,
            None,
            PASSWORD,
            member.kind,
            member.name,
            locality.id,
            member.tax_code,
            member.address,
        ),
        "demonstration",
    )
    person = accounts.by_identifier(member.email)
    if person is None:
        raise LookupError(member.email)
    stage.people[member.key] = person.id
    stage.organisations[member.key] = _organisation_of(person.id)
    if member.key == WAITING:
        return
    yield (member.day - 1, "08:05")
    public_id = stage.organisation(member.key).public_id
    official = stage.actor("commune_2" if is_source else "ward_2")
    if member.key == SENT_BACK:
        people.move_organisation(
            official,
            public_id,
            "return",
            reason="tax_code",
            note="Mã số thuế này ghi tên khác. Anh/chị gửi lại tên đúng như giấy đăng ký.",
        )
        return
    people.move_organisation(official, public_id, "verify")
    yield (member.day - 1, "15:30")
    people.edit_organisation(
        stage.actor(member.key),
        public_id,
        OrganisationValues(
            member.name,
            member.tax_code,
            member.address,
            None,
            member.email,
            f"{member.about} (Dữ liệu minh họa.)",
            member.is_named,
        ),
    )


def _is_entered(stage: Stage, household: Household) -> Story:
    yield (household.day, "09:15")
    cooperative = household.cooperative
    made = people.enter_household(
        stage.actor(household.entered_by),
        HouseholdValues(
            household.kind,
            household.name,
            stage.village_id(stage.pair.source_id, household.village),
            address=f"Thôn {household.village}, xã Avương",
            cooperative_id=stage.organisations[cooperative] if cooperative else None,
        ),
        ConsentValues(
            person="Chủ hộ (minh họa)",
            how=ConsentHow.WITNESS,
            witness=f"Trưởng thôn {household.village} (minh họa)",
            given_on=clock.today(),
            for_posting=True,
            for_contacts=True,
            for_photos=True,
        ),
    )
    stage.organisations[household.key] = made.id
    stage.words[household.key] = (household.word_by, household.word_how)
    if not made.is_verified:
        public_id = made.public_id
        yield (household.day - 1, "08:20")
        people.move_organisation(stage.actor("commune_1"), public_id, "verify")


def _inboxes_are_read(stage: Stage) -> Story:
    for ago in (300, 180, 90, 30, 5):
        yield (ago, "16:40")
        for key in stage.people:
            read_all(stage.actor(key))


# ---------------------------------------------------------------- listings


def _produce(stage: Stage, goods: Goods) -> ProduceValues:
    low, high = (*goods.prices, None, None)[:2]
    parts = (goods.text, f"Có thật: {goods.real}. Các mục khác là dữ liệu minh họa.")
    return ProduceValues(
        title=goods.title,
        group=goods.group,
        origin=goods.origin,
        description="\n".join(parts) if goods.text else "",
        village_id=stage.village_id(stage.pair.source_id, goods.village),
        unit=goods.unit,
        price_kind=goods.price_kind,
        price_low=low,
        price_high=high,
        quantity=goods.quantity * SCALE,
        months=sum(1 << (month - 1) for month in goods.months),
        deliveries=HANDED_OVER[goods.price_kind],
    )


HANDED_OVER = {
    PriceKind.FIXED: (Handover("Bếp của bên mua, phường Ngũ Hành Sơn", Freight.SELLER),),
    PriceKind.RANGE: (Handover("Trụ sở Ủy ban nhân dân xã Avương", Freight.BUYER),),
    PriceKind.MARKET: (
        Handover(
            "Điểm tập kết ven đường Hồ Chí Minh, xã Avương",
            Freight.SHARED,
            "Mỗi bên trả một nửa cước.",
        ),
    ),
}
"""Where goods change hands, by how their price is said."""


def _is_offered(stage: Stage, goods: Goods) -> Story:
    yield (goods.day, "08:30")
    actor, acting = stage.word_of(goods.owner, f"Muốn bán {goods.title.lower()}.")
    values = _produce(stage, goods)
    listing = catalogue.create(
        actor, "produce", stage.pair_id, stage.organisations[goods.owner], values, acting
    )
    public_id = stage.listings[goods.key] = listing.public_id
    if goods.fate is Fate.DRAFT:
        return
    yield (goods.day, "09:05")
    actor, acting = stage.word_of(goods.owner, f"Nhờ gửi bài {goods.title.lower()} để duyệt.")
    catalogue.submit(actor, public_id, acting)
    if goods.fate is Fate.WAITING:
        return
    if goods.fate is Fate.WITHDRAWN and goods.turn:
        yield (goods.turn.day, "10:20")
        catalogue.withdraw(stage.actor(goods.owner), public_id)
        return
    if goods.fate in {Fate.RETURNED, Fate.RETURNED_ONCE} and goods.turn:
        yield (goods.turn.day, "10:05")
        catalogue.return_(
            stage.actor("commune_2"), public_id, reason=goods.turn.reason, note=goods.turn.note
        )
        if goods.fate is Fate.RETURNED:
            return
        yield (goods.turn.day - 1, "13:40")
        catalogue.edit(stage.actor(goods.owner), public_id, None, values)
        catalogue.submit(stage.actor(goods.owner), public_id)
    yield (goods.day - 1, "10:15")
    ticked = [check.code for check in listings.get(public_id, stage.actor("commune_2")).checklist()]
    catalogue.turn_key(stage.actor("commune_2"), public_id, ticked)
    if goods.turn and goods.fate is not Fate.RETURNED_ONCE:
        yield from _turns(stage, goods.owner, public_id, goods.fate, goods.turn)
    if goods.confirmed is not None:
        yield (goods.confirmed, "07:50")
        _confirms_quantity(stage, goods)


def _confirms_quantity(stage: Stage, goods: Goods) -> None:
    listing = stage.listing(goods.key)
    if not isinstance(listing, Produce) or listing.quantity is None:
        return
    actor, acting = stage.word_of(goods.owner, f"Còn {goods.title.lower()}, giá như cũ.")
    offer = OfferValues(
        listing.price_kind or PriceKind.MARKET,
        listing.price_low,
        listing.price_high if listing.price_kind is PriceKind.RANGE else None,
        listing.quantity,
        listing.months,
    )
    catalogue.change_offer(actor, listing.public_id, listing.version, offer, acting)


def _turns(stage: Stage, owner: str, public_id: str, fate: Fate, turn: Turn) -> Story:
    """A published listing is closed or paused, and perhaps opened again."""
    yield (turn.day, "11:00")
    actor, acting = stage.word_of(owner, turn.note)
    if fate in {Fate.CLOSED, Fate.ARCHIVED}:
        interests.close_listing(actor, public_id, reason=turn.reason, note=turn.note, acting=acting)
        return
    catalogue.pause(actor, public_id, "pause", reason=turn.reason, note=turn.note)
    if fate is Fate.RESUMED:
        yield (turn.day - 14, "08:10")
        catalogue.pause(stage.actor(owner), public_id, "resume")


def _opportunity(stage: Stage, call: Call) -> OpportunityValues:
    is_source = call.owner == "commune"
    pair = stage.pair
    low, high = (*call.capital, None, None)[:2]
    area = [part * SCALE for part in call.area]
    smallest, largest = (*area, None, None)[:2]
    return OpportunityValues(
        title=call.title,
        sector=call.sector,
        goal=call.goal,
        description=f"{call.text}\nCó thật: {call.real}. Các mục khác là dữ liệu minh họa.",
        village_id=stage.village_id(pair.source_id, call.village),
        place=call.place,
        cooperation=call.cooperation,
        contact_office=(pair.source if is_source else pair.market).office,
        contact_name="Cán bộ kinh tế xã 1" if is_source else "Cán bộ kinh tế phường 1",
        contact_position="Chuyên viên",
        contact_email="canbo1@avuong.example" if is_source else "canbo1@nguhanhson.example",
        is_open_ended=call.closes_in is None,
        closes_on=None if call.closes_in is None else stage.day(call.day - call.closes_in),
        capital_low=low,
        capital_high=high,
        capital_source="Số minh họa" if low else "",
        choosing=Choosing.AGREEMENT,
        choosing_how="Cán bộ gặp từng bên theo thứ tự đăng ký và trả lời trong 10 ngày.",
        area_low=smallest,
        area_high=largest,
        is_border_zone=is_source,
        has_disaster_risk=is_source,
    )


def _is_called_for(stage: Stage, call: Call) -> Story:
    author = f"{call.owner}_1"
    yield (call.day, "14:00")
    listing = catalogue.create(
        stage.actor(author),
        "opportunity",
        stage.pair_id,
        stage.organisations[call.owner],
        _opportunity(stage, call),
    )
    public_id = stage.listings[call.key] = listing.public_id
    yield (call.day, "14:50")
    catalogue.submit(stage.actor(author), public_id)
    if call.fate is Fate.WAITING:
        return
    yield (call.day - 1, "09:30")
    catalogue.turn_key(stage.actor("commune_2"), public_id)
    if call.fate is Fate.HALF:
        return
    yield (call.day - 2, "15:10")
    catalogue.turn_key(stage.actor("ward_2"), public_id)
    if call.turn:
        yield (call.turn.day, "10:30")
        interests.close_listing(
            stage.actor(author), public_id, reason=call.turn.reason, note=call.turn.note
        )


# ---------------------------------------------------------------- from an interest to a result


@dataclass
class _Case:
    """One dealing while it is told. Offices take turns, so that every key has another person."""

    stage: Stage
    dealing: Dealing
    number: int
    ago: int = 0
    owner: str = ""
    match_id: str = ""
    deal_id: str = ""

    def story(self) -> Story:
        """From the first step to the last, and how it breaks off."""
        for until, chapter in (
            (Until.ACCEPTED, self._interest),
            (Until.PROPOSED, self._proposal),
            (Until.APPROVED, self._decision),
            (Until.SIGNED, self._terms),
            (Until.ENDED, self._deliveries),
            (Until.VERIFIED, self._figures),
        ):
            yield from chapter()
            if self.dealing.until <= until:
                break
        if self.dealing.turn:
            self.ago -= self.dealing.turn.after
            yield (self.ago, "10:45")
            self._break_off(self.dealing.turn.action)

    def _reaches(self, until: Until) -> bool:
        return self.dealing.until >= until

    def _later(self, at: str) -> tuple[int, str]:
        self.ago -= self.dealing.pace
        return (max(self.ago, 0), at)

    def _official(self, *, other: bool = False, second: bool = False) -> Actor:
        """The one who proposes (an official of either side in turn), or one who turns a key."""
        is_source = (self.number % 2 == 0) != other
        side = "commune" if is_source else "ward"
        return self.stage.actor(f"{side}_{2 if second else 1}")

    def _seller(self, what: str) -> tuple[Actor, Acting | None]:
        return self.stage.word_of(self.owner, what)

    def _buyer(self) -> Actor:
        return self.stage.actor(self.dealing.buyer)

    def _interest(self) -> Story:
        dealing, stage = self.dealing, self.stage
        self.ago = dealing.day
        self.owner = next(each.owner for each in (*PRODUCE, *CALLS) if each.key == dealing.listing)
        if dealing.earlier:
            return
        yield (self.ago, f"{8 + self.number % 9:02}:{(self.number * 7) % 60:02}")
        sent = interests.register(
            self._buyer(),
            stage.listings[dealing.listing],
            InterestValues(
                self._buyer().name,
                MASKED_PHONE,
                dealing.message,
                dealing.quantity * SCALE if dealing.quantity else None,
                None if dealing.quantity else dealing.price,
            ),
        )
        self.interest_id = sent.public_id
        if self._reaches(Until.ACKNOWLEDGED):
            yield self._later("08:40")
            answering = stage.actor("commune_2" if self.owner in stage.words else self._speaker())
            interests.answer(answering, self.interest_id, "acknowledge")
        if self._reaches(Until.ACCEPTED):
            yield self._later("14:20")
            actor, acting = self._seller("Đồng ý giới thiệu với bên mua.")
            interests.answer(actor, self.interest_id, "accept", acting=acting)

    def _speaker(self) -> str:
        return self.owner if self.owner in self.stage.people else f"{self.owner}_1"

    def _proposal(self) -> Story:
        dealing, stage = self.dealing, self.stage
        quantity = dealing.quantity * SCALE if dealing.quantity else None
        if dealing.earlier:
            yield (self.ago, "09:50")
            paper = papers.kept(
                stage.store,
                "giay-to-truoc-day",
                dealing.earlier.paper.upper(),
                [
                    f"Bên bán: {stage.organisation(self.owner).name}",
                    f"Bên mua: {stage.organisation(dealing.buyer).name}",
                    f"Hàng: {stage.listing(dealing.listing).title}",
                    papers.written(stage.day(dealing.earlier.day)),
                ],
            )
            match = matching.propose_by_hand(
                self._official(),
                stage.listings[dealing.listing],
                stage.organisation(dealing.buyer).public_id,
                MatchValues(
                    quantity=quantity,
                    unit_price=dealing.price,
                    note="Hai bên mua bán từ trước khi có cổng, nhập lại theo giấy tờ.",
                    happened_on=stage.day(dealing.earlier.day),
                    paper=paper,
                ),
            )
        else:
            yield self._later("09:20")
            match = matching.propose_from_interest(
                self._official(),
                self.interest_id,
                MatchValues(
                    quantity=quantity,
                    unit_price=dealing.price if quantity else None,
                    value=None if quantity else dealing.price,
                    note="Hai bên đã trao đổi qua điện thoại với cán bộ.",
                ),
            )
        self.match_id = match.public_id

    def _decision(self) -> Story:
        yield self._later("10:10")
        actor, acting = self._seller("Đồng ý kết nối với bên mua.")
        deals.answer_match(
            actor,
            self.match_id,
            Answer.YES,
            party_id=self.stage.organisations[self.owner],
            acting=acting,
        )
        if not self._reaches(Until.BOTH_YES):
            return
        yield self._later("15:00")
        deals.answer_match(self._buyer(), self.match_id, Answer.YES)
        if not self._reaches(Until.KEY):
            return
        is_single = self._match().keys_needed == 1
        stays = self.dealing.until is Until.KEY
        if stays and is_single and not self.dealing.objected:
            self.ago = 0  # while the other locality may still object
            yield (0, "08:00")
        else:
            yield self._later("08:45")
        deals.turn_match_key(self._official(other=True, second=True), self.match_id)
        if self.dealing.objected:
            yield (self.ago, "16:00")
            deals.object_to_match(
                self._official(second=True),
                self.match_id,
                reason="promised",
                note="Ba con này có thể đã hứa cho nhà hàng khác, cần hai địa phương cùng xem.",
            )
        if not self._reaches(Until.APPROVED):
            return
        if not is_single:
            yield self._later("09:40")
            deals.turn_match_key(self._official(second=True), self.match_id)
        yield from self._wait(lambda: self._match().state is MatchState.APPROVED)
        deal = deal_queries.of_match(self._match().id)
        if deal is None:
            raise LookupError(self.match_id)
        self.deal_id = deal.public_id

    def _wait(self, is_there: Callable[[], bool]) -> Story:
        """Let days pass until the program's clock has done its part."""
        while not is_there():
            self.ago -= 1
            yield (self.ago, "08:15")

    def _match(self) -> Match:
        return db.session.scalars(sa.select(Match).where(Match.public_id == self.match_id)).one()

    def _deal(self) -> Deal:
        return db.session.scalars(sa.select(Deal).where(Deal.public_id == self.deal_id)).one()

    def _terms(self) -> Story:
        dealing, stage = self.dealing, self.stage
        starts = dealing.starts or 0
        if dealing.supporter:
            yield self._later("08:50")
            supporter = stage.organisation(dealing.supporter).public_id
            deals.add_party(self._official(), self.deal_id, supporter, PartyRole.SUPPORTER)
        yield self._later("10:30")
        deals.set_terms(
            self._buyer(),
            self.deal_id,
            Terms(
                dealing.quantity * SCALE if dealing.quantity else None,
                dealing.price if dealing.quantity else None,
                None if dealing.quantity else dealing.price,
                stage.day(starts),
                stage.day(starts - dealing.lasts),
                dealing.terms,
            ),
        )
        if not self._reaches(Until.ONE_AGREED):
            return
        yield self._later("11:10")
        deals.accept_terms(self._buyer(), self.deal_id)
        if not self._reaches(Until.AGREED):
            return
        yield self._later("14:05")
        actor, acting = self._seller("Đồng ý điều khoản đã đọc.")
        deals.accept_terms(
            actor, self.deal_id, party_id=stage.organisations[self.owner], acting=acting
        )
        if not self._reaches(Until.SIGNED) or self._deal().is_small:
            return
        yield self._later("15:20")
        day = clock.today()
        paper = papers.kept(
            stage.store,
            "thoa-thuan-da-ky",
            "THỎA THUẬN HỢP TÁC",
            [
                f"Bên A: {stage.organisation(self.owner).name}",
                f"Bên B: {stage.organisation(dealing.buyer).name}",
                f"Nội dung: {stage.listing(dealing.listing).title}",
                papers.written(day),
            ],
        )
        deals.sign(
            self._official(second=True),
            self.deal_id,
            signed_on=day,
            paper=paper,
            paper_number=f"{self.number + 1:02}/TTHT-{day.year}",
        )

    def _deliveries(self) -> Story:
        dealing = self.dealing
        yield from self._wait(lambda: self._deal().state is DealState.ACTIVE)
        for number, delivery in enumerate(dealing.deliveries, start=1):
            self.ago = min(self.ago, delivery.day)
            yield from self._delivery(number, delivery)
        if dealing.quantity is not None and self._deal().confirmed:
            yield (self.ago, "17:30")
            around.note_money(self._seller("Đã nhận tiền các đợt trước."), self._deal())
        if dealing.listing in CALLED_OFF and not self._reaches(Until.ENDED):
            yield (self.ago - 1, "07:50")
            around.call_off(self._buyer(), self._seller("Giao được hai mươi ký."), self.deal_id)
        if not self._reaches(Until.ENDED):
            return
        self.ago -= 3
        yield (self.ago, "09:05")
        reason, note = dealing.partly or (None, "")
        deals.complete(
            self.stage.actor("ward_1"),
            self.deal_id,
            "complete_partly" if dealing.partly else "complete",
            reason=reason,
            note=note,
        )
        if dealing.returned:
            self.ago -= 2
            yield (self.ago, "14:30")
            figure = self._figures_of()[-1]
            reason, note = dealing.returned
            deals.move_figure(
                self.stage.actor("commune_leader"),
                figure.public_id,
                "return",
                reason=reason,
                note=note,
            )

    def _delivery(self, number: int, delivery: Delivery) -> Story:
        stage, dealing = self.stage, self.dealing
        yield (self.ago, "16:30")
        by_quantity = dealing.quantity is not None

        def amounts(amount: int, note: str, **more: object) -> InstalmentValues:
            return InstalmentValues(
                stage.day(delivery.day),
                amount * SCALE if by_quantity else None,
                None if by_quantity else amount,
                note,
                **more,  # type: ignore[arg-type]
            )

        actor, acting = self._seller(f"Đã giao đợt {number}.")
        party = stage.organisations[self.owner]
        if not by_quantity:  # the investor says what it put in
            actor, acting, party = self._buyer(), None, stage.organisations[dealing.buyer]
        paper = papers.kept(
            stage.store,
            f"phieu-giao-dot-{number}",
            "PHIẾU GIAO HÀNG" if by_quantity else "BIÊN BẢN GÓP VỐN",
            [
                f"Bên giao: {stage.organisation(self.owner).name}",
                f"Bên nhận: {stage.organisation(dealing.buyer).name}",
                f"{stage.listing(dealing.listing).title}, đợt {number}",
                papers.written(stage.day(delivery.day)),
            ],
        )
        entered = deals.enter_instalment(
            actor,
            self.deal_id,
            amounts(delivery.amount, delivery.note, paper=paper, party_id=party),
            acting,
        ).public_id
        if delivery.corrected:
            yield (self.ago, "18:10")
            corrected = amounts(delivery.corrected, delivery.note)
            deals.correct_instalment(self._buyer(), entered, corrected)
        if delivery.is_open:
            return
        self.ago -= 1
        yield (self.ago, "08:25")
        if delivery.corrected or not by_quantity:
            actor, acting = self._seller(f"Xác nhận số của đợt {number}.")
        else:
            actor, acting = self._buyer(), None
        deals.confirm_instalment(actor, entered, acting=acting)

    def _figures_of(self) -> list[Figure]:
        outcome = self._deal().outcome
        return list(outcome.figures) if outcome else []

    def _figures(self) -> Story:
        self.ago -= 4
        yield (self.ago, "10:50")
        verifier = self.stage.actor("ward_2" if self.number % 2 else "commune_leader")
        for figure_id in [figure.public_id for figure in self._figures_of()]:
            deals.move_figure(verifier, figure_id, "verify")

    def _break_off(self, action: str) -> None:
        turn = self.dealing.turn
        if turn is None:
            return
        said = {"reason": turn.reason, "note": turn.note}
        if action == "decline":
            actor, acting = self._seller(turn.note)
            interests.answer(actor, self.interest_id, "decline", acting=acting, **said)
        elif action == "withdraw":
            interests.withdraw(self._buyer(), self.interest_id, reason=turn.reason, note=turn.note)
        elif action == "refuse":
            actor, acting = self._seller(turn.note)
            deals.answer_match(
                actor,
                self.match_id,
                Answer.NO,
                party_id=self.stage.organisations[self.owner],
                acting=acting,
                **said,
            )
        elif action == "call_off":
            deals.cancel(self._buyer(), self.deal_id, reason=turn.reason, note=turn.note)
        elif not troubles.happens(self.stage, self.dealing, turn, self.deal_id, self._seller):
            deals.break_off(self._official(), self.match_id, action, **said)
