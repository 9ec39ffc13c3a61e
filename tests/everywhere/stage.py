"""The stage on which the tests that walk everything play: a record of every kind, in many states.

It is built once for each process of a run through the use cases, on top of ``tests.world``, and
covers three localities: the two of the pair shown, and a third ward in a second pair with the same
commune. ``ARGUMENTS`` says what stands in the address of each route: a route that is not named
there fails the tests, so a new page is walked from its first day.
"""

from __future__ import annotations

import contextlib
import io
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from flask import Flask, url_for
from PIL import Image

from marketplace.accounts import links
from marketplace.accounts import queries as accounts_queries
from marketplace.accounts import services as accounts
from marketplace.accounts.acting import Acting
from marketplace.accounts.models import Membership, Organisation, StoredFile, User
from marketplace.accounts.rules import ActingHow, ConsentHow, OrganisationKind, OrganisationState
from marketplace.accounts.services import HouseholdValues
from marketplace.alerts import services as alerts
from marketplace.alerts.links import What, stop_address
from marketplace.alerts.models import Digest
from marketplace.alerts.rules import Rhythm
from marketplace.alerts.services import SearchValues
from marketplace.catalogue import services as catalogue
from marketplace.catalogue import snapshots
from marketplace.catalogue.kinds import SECTIONS
from marketplace.catalogue.kinds.opportunity import services as dossiers
from marketplace.catalogue.kinds.opportunity.dossier import WITH_FORM
from marketplace.catalogue.kinds.opportunity.model import CriterionValues, PermitValues
from marketplace.catalogue.kinds.opportunity.services import DocumentValues, MeetingValues
from marketplace.catalogue.kinds.opportunity.terms import Audience as Readers
from marketplace.catalogue.kinds.opportunity.terms import Choosing
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.kinds.produce.model import Grade, GradeValues
from marketplace.catalogue.kinds.tourism.model import Offering
from marketplace.catalogue.lists import Wished
from marketplace.catalogue.models import Listing, Photo
from marketplace.catalogue.rules import Audience
from marketplace.catalogue.taxonomy import Origin
from marketplace.catalogue.wild import queries as wild_queries
from marketplace.catalogue.wild import services as wild
from marketplace.choosing import services as choosing
from marketplace.cli import work_once
from marketplace.core import clock
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.core.files import Store
from marketplace.core.ids import ALPHABET, LENGTH
from marketplace.core.photos import Picture, clean_photo
from marketplace.core.quantity import Unit
from marketplace.core.roles import Role
from marketplace.deals import queries as deal_queries
from marketplace.deals import services as deals
from marketplace.deals.models import Figure
from marketplace.deals.rules import FigureState, PaperKind, RulingKind
from marketplace.deals.services import InstalmentValues, Signed, Terms
from marketplace.deliveries import services as deliveries
from marketplace.deliveries.models import SecondChance
from marketplace.deliveries.rules import ChanceState, PaidHow
from marketplace.deliveries.services import CallValues, DispatchValues, PaymentValues, PlanValues
from marketplace.desk import services as desk
from marketplace.discovery import services as discovery
from marketplace.discovery.services import SynonymValues
from marketplace.enquiries import services as enquiries
from marketplace.enquiries.services import EnquiryValues
from marketplace.helping import services as helping
from marketplace.interests import services as interests
from marketplace.interests.services import InterestValues
from marketplace.introducing import services as introducing
from marketplace.matching import services as matching
from marketplace.matching.rules import Answer
from marketplace.matching.services import MatchValues
from marketplace.meetings import services as meetings
from marketplace.meetings.services import MeetingValues as JointMeeting
from marketplace.moderation import services as moderation
from marketplace.moderation.rules import About
from marketplace.moderation.services import ReportValues
from marketplace.notifications.models import Channel, Delivery
from marketplace.outreach import services as outreach
from marketplace.outreach.services import InviteeValues
from marketplace.papers import services as papers
from marketplace.papers.models import PaperClaim
from marketplace.papers.rules import Coverage
from marketplace.papers.services import PaperValues
from marketplace.papers.types import PaperType
from marketplace.programme.keys import on_paper
from marketplace.programme.models import Pair
from marketplace.programme.services import load_pair
from marketplace.promises import services as promises
from marketplace.promises.rules import MadeIn
from marketplace.promises.services import PromiseValues
from marketplace.questions import services as questions
from marketplace.revisions import services as revisions
from marketplace.roads import services as roads
from marketplace.roads.rules import Cause, Condition, Signal, Vehicle, Way
from marketplace.roads.services import AccessValues, NoticeValues
from marketplace.spreadsheets import services as spreadsheets
from marketplace.talking import services as talking
from marketplace.talking.rules import About as TalkedAbout
from marketplace.tasks import services as tasks
from marketplace.tracing import services as tracing
from marketplace.tracing.rules import StepKind
from marketplace.tracing.services import LotValues, StepValues
from marketplace.trips import kit
from marketplace.trips import services as trips
from marketplace.trips.links import answer_address
from marketplace.trips.models import Trip, TripPerson
from marketplace.trips.services import PersonValues, StopValues, TripValues
from tests import world as worlds
from tests.world import PAIR_FILE, World

NOWHERE = "222222bbbb"
"""A well-formed public id that no record has."""

ACTORS = (
    "anonymous",
    "nobody",
    "newcomer",
    "coop",
    "other_coop",
    "hotel",
    "restaurant",
    "investor",
    "third_business",
    "official_1",
    "official_2",
    "leader",
    "ward_official_1",
    "ward_official_2",
    "ward_leader",
    "third_official",
)
"""Everyone who tries every door. ``nobody`` has an account and no organisation; ``newcomer``'s
organisation waits for verification; the third ward is twinned with the commune, not with the
ward of the pair shown."""

Arguments = dict[str, str]


@dataclass
class Stage:
    """The world, and the public ids of what stands on the stage."""

    world: World
    ids: dict[str, str] = field(default_factory=dict)
    mail: str = ""
    token: str = ""

    def fill(self, wanted: Arguments) -> Arguments:
        """Names of objects replaced by their ids; ``=word`` stands for the word itself."""
        return {
            name: value[1:] if value.startswith("=") else self.ids[value]
            for name, value in wanted.items()
        }

    def url(self, endpoint: str, label: str = "") -> str:
        """The address of an endpoint with the objects of a case."""
        return url_for(endpoint, **self.fill(dict(CASES[endpoint])[label]))


COMMUNE = {"official_1", "official_2", "leader"}
PAIR = COMMUNE | {"ward_official_1", "ward_official_2", "ward_leader"}
SECRETS: dict[str, set[str]] = {
    "Mật ong bản nháp": COMMUNE | {"coop"},
    "Gừng gió": COMMUNE | {"other_coop"},
    "Nếp than của hộ": COMMUNE | {"coop"},
    "Ba kích tím": PAIR | {"coop"},
    "Vườn ươm 1": COMMUNE,
    "Vườn ươm 2": PAIR,
    "Tài liệu officials": PAIR,
    "Lời nhắn nháp.": {"restaurant"},
    "Lời nhắn interest_asked.": PAIR | {"other_coop", "restaurant"},
    "Khách hỏi enquiry.": PAIR,
    "Lời nhắn enquiry.": PAIR,
    "Khách hỏi enquiry_tied.": PAIR,
    "Lời nhắn enquiry_tied.": PAIR | {"coop", "investor"},
    "Lời nhắn interest.": PAIR | {"coop", "hotel"},
    "Lời nhắn interest_accepted.": PAIR | {"coop", "restaurant"},
    "Lời nhắn interest_other.": PAIR | {"other_coop", "hotel"},
    "Lời nhắn interest_capital.": PAIR | {"hotel"},
    "Lời nhắn offer.": PAIR | {"coop", "hotel"},
    "Người hỏi offer": PAIR | {"coop"},
    "Nhu cầu chưa gửi": PAIR - COMMUNE | {"hotel"},
    "Cần riêng cho nhà sản xuất": PAIR | {"hotel", "coop", "other_coop"},
    "Cần riêng cho cán bộ": PAIR | {"hotel"},
    "Người hỏi interest_accepted": PAIR | {"coop", "restaurant"},
    "Người hỏi interest_other": PAIR | {"hotel"},
    "Người hỏi interest_capital": PAIR | {"hotel"},
    "Lời nhắn rival_done_hotel.": PAIR | {"hotel"},
    "Lời nhắn rival_done_investor.": PAIR | {"investor"},
    "Lời nhắn rival_hotel.": PAIR | {"hotel"},
    "Lý do rival 1": PAIR | {"hotel"},
    "Lý do rival 2": PAIR | {"investor"},
    "Câu hỏi rival": PAIR | {"restaurant"},
    "Việc của case_active": PAIR | {"coop", "hotel"},
    "Giao tại kho case_active": PAIR | {"coop", "hotel"},
    "Ghi chú gọi hàng": PAIR | {"coop", "hotel"},
    "Giao tại kho case_other": PAIR | {"other_coop", "restaurant"},
    "Lời sửa kín.": COMMUNE | {"coop"},
    "Lời sửa đã gửi.": PAIR | {"coop"},
    "Lời sửa cơ hội.": PAIR,
    "Hàng bị ẩn": PAIR | {"coop"},
    "Lời báo report": COMMUNE,
    "Người báo tin": COMMUNE,
    "Chủ hộ minh họa": COMMUNE | {"coop"},
    "Tổ chức pending": PAIR - COMMUNE | {"newcomer"},
    "Chuối của hộ": COMMUNE | {"coop"},
    "Lô lot_draft": COMMUNE | {"coop"},
    "Lô lot_other": COMMUNE | {"other_coop"},
    "Trưởng thôn": COMMUNE | {"coop"},
    "hotel@demo.example": PAIR - COMMUNE | {"hotel"},
    "restaurant@demo.example": PAIR - COMMUNE | {"restaurant"},
    "Câu hỏi kín question.": PAIR | {"coop", "hotel"},
    "Câu hỏi kín question_declined.": PAIR | {"coop", "restaurant"},
    "Câu hỏi kín question_capital.": PAIR | {"investor"},
    "Lời trao đổi interest_accepted.": PAIR | {"coop", "restaurant"},
    "Lời trao đổi case_active.": PAIR | {"coop", "hotel"},
    "Lời trao đổi introduction_agreed.": PAIR | {"other_coop", "investor"},
    "Ghi chú của cán bộ": PAIR,
    "Người nhận thư mời": PAIR,
    "Câu giới thiệu kín.": PAIR | {"coop", "investor"},
    "Tìm của hotel": {"hotel"},
    "Tìm của coop": {"coop"},
    "Lời hứa promise.": PAIR | {"coop", "hotel"},
    "Lời hứa promise_other.": PAIR | {"other_coop", "restaurant"},
    "Thấy gì trip_on_way.": PAIR | {"coop", "hotel", "restaurant"},  # the coop is the host
    "Phụ trách trip_on_way": PAIR | {"hotel", "restaurant"},
    "coop@demo.example": COMMUNE | {"coop", "other_coop"},
    "third-business@demo.example": {"third_official", "third_business"},
}
"""Words of the stage and who may meet them on any page. Whoever owns a listing reads the message
of an interest at once, but its contacts only after accepting."""


# ---------------------------------------------------------------- what stands in addresses

LISTINGS = ("draft", "other_draft", "submitted", "published", "closed", "household_draft")
PROPOSED, DONE = "case_proposed", "case_done"
TALKED = (
    ("quan-tam", "interest_accepted"),
    ("quan-tam", "interest"),
    ("quan-tam", "interest_matched"),
    ("ket-noi", "case_active"),
    ("ket-noi", PROPOSED),
    ("gioi-thieu", "introduction_agreed"),
    ("gioi-thieu", "introduction"),
)
"""What is talked about: open, not open yet, and an interest whose talk goes on in its case."""


def _one(name: str, *values: str, **fixed: str) -> list[tuple[str, Arguments]]:
    return [(value, {name: value, **fixed}) for value in values]


def _moves(
    argument: str, pairs: tuple[tuple[str, str], ...], name: str = "public_id"
) -> list[tuple[str, Arguments]]:
    return [(f"{move} {on}", {name: on, argument: f"={move}"}) for move, on in pairs]


def _in_case(argument: str, *pairs: tuple[str, str], **fixed: str) -> list[tuple[str, Arguments]]:
    return [
        (f"{thing} in {on}", {"public_id": on, argument: thing, **fixed}) for on, thing in pairs
    ]


_in_trip = _in_case

# arguments that the route does not know stand in the query string
ARGUMENTS: dict[str, list[tuple[str, Arguments]]] = {
    "alerts.digest": _one("public_id", "digest", "digest_coop"),
    "alerts.edit": _one("public_id", "search", "search_coop"),
    "alerts.move": _moves(
        "move",
        (
            ("stop", "search"),
            ("resume", "search"),
            ("remove", "search"),
            ("stop", "search_coop"),
        ),
    ),
    "alerts.save": [
        (section, {"muc": f"={section}", "q": "=gung", "thang": "=3"}) for section in SECTIONS
    ]
    + [("no list", {}), ("unknown", {"muc": "=x"})],
    "alerts.stop": [
        ("all", {"token": "stop_all"}),
        ("search", {"token": "stop_search"}),
        ("watch", {"token": "stop_watch"}),
        ("no link", {"token": "=x"}),
    ],
    "alerts.unwatch": _one("public_id", "opportunity", "published", "draft"),
    "alerts.watch": _one(
        "public_id", "published", "opportunity", "need_producers", "draft", "hidden"
    ),
    "choosing.answer": [
        ("asked", {"public_id": "selection_done", "applicant_id": "applicant_asked"}),
        ("elsewhere", {"public_id": "selection", "applicant_id": "applicant_asked"}),
    ],
    "choosing.ask": _one("public_id", "selection_done", "selection"),
    "choosing.declare": _one("public_id", "selection", "selection_done"),
    "choosing.move": _moves(
        "move",
        (
            ("begin", "selection_open"),
            ("void", "selection_open"),
            ("turn_key", "selection_proposed"),
            ("send_back", "selection_proposed"),
        ),
    ),
    "choosing.open_": _one("public_id", "call_of_call", "opportunity", "published"),
    "choosing.propose": _one("public_id", "selection", "selection_done"),
    "choosing.record": _one("public_id", "selection_done", "selection"),
    "choosing.record_word": _one("public_id", "selection_done", "selection"),
    "choosing.score": [
        ("own", {"public_id": "selection", "applicant_id": "applicant"}),
        ("elsewhere", {"public_id": "selection_done", "applicant_id": "applicant"}),
    ],
    "choosing.show": _one(
        "public_id", "selection_open", "selection", "selection_proposed", "selection_done"
    ),
    "tasks.add": _one("public_id", "case_active", "case_capital", "case_other"),
    "tasks.edit": _one("public_id", "task", "task_office"),
    "tasks.finish": _one("public_id", "task", "task_office"),
    "tasks.list_permits": _one("public_id", "case_capital", "case_active"),
    "tasks.move": _moves("move", (("begin", "task"), ("drop", "task"), ("reopen", "task_done"))),
    "tasks.paper": _one("public_id", "task_done", "task"),
    "accounts.edit_organisation": _one("public_id", "coop", "pending", "household", "third"),
    "accounts.issue_code": [
        ("household", {"public_id": "household", "person_id": "household_person"}),
        ("has mail", {"public_id": "hotel", "person_id": "hotel_person"}),
        ("official", {"public_id": "commune", "person_id": "official_person"}),
        ("third", {"public_id": "third", "person_id": "third_person"}),
    ],
    "accounts.move_organisation": _moves(
        "move",
        (
            ("verify", "pending"),
            ("return", "pending"),
            ("suspend", "coop"),
            ("suspend", "third"),
            ("restore", "suspended"),
            ("resubmit", "returned_org"),
        ),
    ),
    "accounts.organisation": _one(
        "public_id", "coop", "hotel", "pending", "household", "third", "commune"
    ),
    "accounts.set_password": [("live link", {"token": "token"}), ("no link", {"token": "=x"})],
    "catalogue.add_photos": _one("public_id", "draft", "other_draft", "published"),
    "catalogue.arrange_photos": _one("public_id", "draft", "other_draft", "published"),
    "catalogue.edit": _one("public_id", *LISTINGS),
    "catalogue.move": _moves(
        "move_name",
        (
            ("submit", "draft"),
            ("submit", "other_draft"),
            ("submit", "household_draft"),
            ("withdraw", "submitted"),
            ("turn_key", "submitted"),
            ("turn_key", "opportunity_submitted"),
            ("return", "submitted"),
            ("return", "opportunity_submitted"),
            ("pause", "published"),
            ("pause", "opportunity"),
            ("resume", "paused"),
        ),
    ),
    "catalogue.offer": _one("public_id", "published", "other_published", "draft", "opportunity"),
    "catalogue.own": _one("public_id", *LISTINGS, "opportunity"),
    "catalogue.photo": _one("public_id", "photo", "photo_public", size="=card"),
    "catalogue.index": [(section, {"section": f"={section}"}) for section in SECTIONS],
    "catalogue.mine": [("", {"kind": "=need"})],
    "catalogue.post": [
        ("", {"kind": "=produce"}),
        *[
            (f"for {name}", {"kind": "=produce", "cho": name})
            for name in ("household", "other_coop", "hotel")
        ],
        ("need", {"kind": "=need"}),
        ("need for hotel", {"kind": "=need", "cho": "hotel"}),
        ("tourism", {"kind": "=tourism"}),
    ],
    "catalogue.remove_photo": [
        ("draft", {"public_id": "draft", "photo_id": "photo"}),
        ("published", {"public_id": "published", "photo_id": "photo_public"}),
        ("of another", {"public_id": "other_draft", "photo_id": "photo"}),
    ],
    "catalogue.review": _one("public_id", "submitted", "opportunity_submitted", "published"),
    "catalogue.show": [
        *_one(
            "public_id",
            "opportunity_path",
            "opportunity_submitted_path",
            "opportunity_draft_path",
            section="=co-hoi",
        ),
        *_one(
            "public_id",
            "published_path",
            "draft_path",
            "other_draft_path",
            "submitted_path",
            section="=nong-san",
        ),
        ("wrong section", {"section": "=co-hoi", "public_id": "published_path"}),
        *_one(
            "public_id",
            "need_path",
            "need_producers_path",
            "need_officials_path",
            "need_draft_path",
            section="=doanh-nghiep",
        ),
        *_one("public_id", "tourism_path", "tourism_submitted_path", section="=du-lich"),
    ],
    "desk.assign": [
        *_one("public_id", PROPOSED, "case_active", "case_other", kind="=match"),
        *_one("public_id", "interest", "interest_capital", kind="=interest"),
    ],
    "desk.board": [
        ("", {}),
        ("list", {"kieu": "=danh-sach", "can-bo": "=toi"}),
        ("month", {"kieu": "=lich", "thang": "=2026-11"}),
    ],
    "desk.end_deputy": _one("public_id", "deputy"),
    "desk.remind": [
        *_one("public_id", PROPOSED, "case_active", kind="=match"),
        *_one("public_id", "interest", kind="=interest"),
    ],
    "desk.sheet_scan": _one("file_id", "sheet_scan", "paper"),
    "meetings.close": _one("public_id", "joint_meeting"),
    "meetings.gather": _one("public_id", "joint_meeting"),
    "meetings.minutes": _one("public_id", "joint_meeting"),
    "meetings.note": _one("item_id", "meeting_item", public_id="joint_meeting"),
    "meetings.show": _one("public_id", "joint_meeting"),
    "discovery.edit_synonyms": _one("public_id", "synonyms", "synonyms_ward"),
    "discovery.remove_synonyms": _one("public_id", "synonyms", "synonyms_ward"),
    "sharing.preview": _one(
        "public_id", "published", "draft", "opportunity", "hidden", "need_officials"
    ),
    "sharing.feed": [(section, {"section": f"={section}"}) for section in SECTIONS],
    "sharing.calendar": [
        (section, {"section": f"={section}"}) for section in ("nong-san", "doanh-nghiep", "du-lich")
    ],
    "sharing.season": [
        *_one("public_id", "published_path", "draft_path", section="=nong-san"),
        *_one("public_id", "need_path", "need_officials_path", section="=doanh-nghiep"),
        *_one("public_id", "tourism_path", section="=du-lich"),
        *_one("public_id", "opportunity_path", section="=co-hoi"),
    ],
    "sharing.sitemap_of": [
        (f"{section} {number}", {"section": f"={section}", "number": f"={number}"})
        for section in SECTIONS
        for number in (1, 2)
    ],
    "sharing.download": [
        (f"{code} {form}", {"code": f"={code}", "form": f"={form}"})
        for code in (*SECTIONS, "ket-qua")
        for form in ("csv", "json")
    ],
    "api.listing": _one("public_id", "published", "draft", "opportunity", "need_officials"),
    "deals.accept": _one("public_id", "case_negotiating", "case_other", PROPOSED),
    "deals.add_party": _one("public_id", "case_negotiating", DONE),
    "deals.case": _one(
        "public_id",
        *(PROPOSED, "case_negotiating", "case_active", "case_other", DONE, "case_capital"),
        *("case_paper", "case_stopped"),
    ),
    "deals.correct": _in_case(
        "instalment_id",
        ("case_active", "instalment"),
        ("case_other", "other_instalment"),
        ("case_active", "other_instalment"),
    ),
    "deals.correct_figure": _in_case(
        "figure_id", (DONE, "figure_returned"), (DONE, "figure_submitted")
    ),
    "deals.deal_move": _moves(
        "move",
        (
            ("start", "case_capital"),
            ("cancel", "case_negotiating"),
            ("cancel", "case_other"),
            ("complete", "case_active"),
            ("complete_partly", "case_active"),
            ("propose_end", "case_active"),
            ("propose_settlement", "case_other"),
        ),
    ),
    "deals.draw_up": _one("public_id", "case_paper", "case_active", "case_negotiating"),
    "deals.agreement_file": _one("public_id", "case_paper", "case_active"),
    "deals.hand_in": _one("public_id", "case_paper", "case_active"),
    "deals.paper_move": _moves("move", (("hold", "case_paper"), ("release", "case_paper"))),
    "deals.stop": _moves("move", (("suspend", "case_active"), ("dispute", "case_active"))),
    "deals.resume": _moves(
        "move", (("resume_active", "case_stopped"), ("resume_agreed", "case_active"))
    ),
    "deals.ruling_move": [
        (move, {"public_id": "case_stopped", "ruling_id": "ruling", "move": f"={move}"})
        for move in ("turn_key", "drop")
    ],
    "deals.enter": _one("public_id", "case_active", "case_other", "case_negotiating"),
    "deals.figure_move": [
        ("verify", {"public_id": DONE, "figure_id": "figure_submitted", "move": "=verify"}),
        ("return", {"public_id": DONE, "figure_id": "figure_submitted", "move": "=return"}),
        ("wrong case", {"public_id": PROPOSED, "figure_id": "figure_submitted", "move": "=verify"}),
    ],
    "deals.instalment_move": [
        *_in_case("instalment_id", ("case_active", "instalment"), move="=confirm"),
        *[
            (f"withdraw {thing}", {"public_id": on, "instalment_id": thing, "move": "=withdraw"})
            for on, thing in (("case_active", "instalment"), ("case_other", "other_instalment"))
        ],
    ],
    "deals.match_move": _moves(
        "move",
        tuple(
            (move, PROPOSED)
            for move in ("consent", "refuse", "turn_key", "object", "reject", "cancel")
        ),
    ),
    "deals.paper": _in_case("file_id", ("case_capital", "paper"), (PROPOSED, "paper")),
    "deals.sign": _one("public_id", "case_capital", "case_active", "case_paper"),
    "deals.terms": _one("public_id", "case_negotiating", "case_active"),
    "deals.verify_figures": _one("public_id", DONE, "case_active"),
    "deliveries.plan": _one("public_id", "case_running", "case_negotiating", "case_other"),
    "deliveries.plan_move": _moves("move", (("meet", "milestone"), ("drop", "planned"))),
    "deliveries.call_off": _one("public_id", "case_running", "case_negotiating", "case_other"),
    "deliveries.repeat": _one("public_id", "case_running", "case_other"),
    "deliveries.call": _one("public_id", "call_off"),
    "deliveries.less": _one("public_id", "call_off"),
    "deliveries.call_move": _moves(
        "move", tuple((move, "call_off") for move in ("promise", "refuse", "withdraw"))
    ),
    "deliveries.send_goods": _one("public_id", "case_running", "case_negotiating", "case_other"),
    "deliveries.parcel": _one("public_id", "parcel"),
    "deliveries.receive": _one("public_id", "parcel"),
    "deliveries.parcel_move": _moves("move", (("lose", "parcel"),)),
    "deliveries.label": _one("public_id", "parcel"),
    "deliveries.code": _one("public_id", "parcel"),
    "deliveries.pay": _in_case(
        "instalment_id", ("case_active", "instalment_confirmed"), ("case_active", "instalment")
    ),
    "deliveries.payment_move": _moves("move", (("strike", "payment"),)),
    "deliveries.book": _one("public_id", "coop", "hotel", "household"),
    "deliveries.print_book": _one("public_id", "coop", "household"),
    "deliveries.book_file": _one("public_id", "coop", "household"),
    "deliveries.chance": _one("public_id", "chance"),
    "deliveries.chance_move": _moves("move", (("take", "chance"), ("decline", "chance"))),
    "helping.consent": _one("public_id", "household", "coop", "third"),
    "helping.enter": _one("public_id", "form_blank", "form_filled", "form_entered", "form_office"),
    "helping.form_qr": _one("public_id", "form_blank", "form_office"),
    "helping.give_consent": _one("public_id", "household", "coop", "third"),
    "helping.print_sheets": [("", {}), *_one("ma", "form_blank", "form_office")],
    "helping.proof": [
        ("household", {"public_id": "household", "file_id": "proof"}),
        ("of another", {"public_id": "coop", "file_id": "proof"}),
        ("not a proof", {"public_id": "household", "file_id": "paper"}),
    ],
    "helping.sheet": _one("public_id", "form_blank", "form_filled", "form_entered", "form_office"),
    "helping.sheet_photo": _one("public_id", "form_filled", "form_blank"),
    "helping.withdraw_consent": _one("public_id", "household", "coop", "third"),
    "enquiries.create": [
        ("published", {"section": "=nong-san", "public_id": "published_path"}),
        ("opportunity", {"section": "=co-hoi", "public_id": "opportunity_path"}),
        ("need", {"section": "=doanh-nghiep", "public_id": "need_path"}),
        ("tourism", {"section": "=du-lich", "public_id": "tourism_path"}),
        ("draft", {"section": "=nong-san", "public_id": "draft_path"}),
    ],
    "enquiries.decline": _one("public_id", "enquiry", "enquiry_tied"),
    "enquiries.show": _one("public_id", "enquiry", "enquiry_tied"),
    "enquiries.take_back": _one("public_id", "enquiry", "enquiry_tied"),
    "interests.discard": _one("public_id", "interest_draft", "interest"),
    "interests.inform": _one("public_id", "interest_asked", "interest"),
    "interests.close_listing": _one("public_id", "published", "other_published", "opportunity"),
    "interests.create": [
        ("published", {"section": "=nong-san", "public_id": "published_path"}),
        ("opportunity", {"section": "=co-hoi", "public_id": "opportunity_path"}),
        ("draft", {"section": "=nong-san", "public_id": "draft_path"}),
        ("need", {"section": "=doanh-nghiep", "public_id": "need_path"}),
        (
            "need for household",
            {"section": "=doanh-nghiep", "public_id": "need_producers_path", "cho": "household"},
        ),
        ("tourism", {"section": "=du-lich", "public_id": "tourism_path"}),
    ],
    "interests.move": _moves(
        "move",
        (
            ("acknowledge", "interest"),
            ("accept", "interest_known"),
            ("decline", "interest"),
            ("withdraw", "interest"),
            ("acknowledge", "interest_capital"),
            ("ask", "interest"),
            ("ask_again_yes", "interest_declined"),
            ("ask_again_no", "interest_declined"),
        ),
    ),
    "interests.show": _one(
        "public_id",
        "interest",
        "interest_accepted",
        "interest_other",
        "interest_capital",
        "interest_draft",
        "interest_asked",
        "interest_declined",
        "enquiry",
        "enquiry_tied",
        "offer",
    ),
    "introducing.move": _moves(
        "move",
        (
            ("consent", "introduction"),
            ("refuse", "introduction"),
            ("withdraw", "introduction"),
            ("consent", "introduction_agreed"),
        ),
    ),
    "introducing.show": _one("public_id", "introduction", "introduction_agreed"),
    "matching.from_interest": _one("public_id", "interest_accepted", "interest", "offer"),
    "notifications.call": _one("public_id", "call"),
    "notifications.mail": [("kept", {"name": "mail"}), ("no mail", {"name": "=12345678"})],
    "notifications.read": _one("public_id", "notice_coop", "notice_ward"),
    "catalogue.approve": _one("public_id", "submitted", "gathered", "opportunity_submitted"),
    "proof.goods": _one("public_id", "paper_waiting", "paper_verified", "paper_of_household"),
    "wild.edit": _one("public_id", "wild", "wild_ward"),
    "outreach.code": _one("public_id", "invitee"),
    "outreach.edit": _one("public_id", "invitee"),
    "outreach.invitation": _one("public_id", "invitee"),
    "outreach.landing": [("code", {"public_id": "invitee"}), ("no code", {"public_id": "draft"})],
    "talking.file": _one("public_id", "message_file", "paper"),
    "talking.notes": [
        (f"{word} {on}", {"word": f"={word}", "public_id": on}) for word, on in TALKED
    ],
    "talking.take_back": _one("public_id", "message", "message_case"),
    "talking.thread": [
        *((f"{word} {on}", {"word": f"={word}", "public_id": on}) for word, on in TALKED),
        (
            "for the cooperative",
            {"word": "=quan-tam", "public_id": "interest_accepted", "cho": "coop"},
        ),
    ],
    "papers.add": [
        ("", {}),
        *[(kind, {"loai": f"={kind}"}) for kind in ("commitment", "ocop", "vietgap")],
        *[
            (f"for {name}", {"loai": "=commitment", "cho": name})
            for name in ("household", "other_coop", "hotel")
        ],
    ],
    "papers.choose_organisation": [("", {}), ("nobody", {"q": "=khong co ai"})],
    "papers.desk": [
        ("", {}),
        *[(tray, {"xem": f"={tray}"}) for tray in ("sap-het-han", "het-han", "tam-dung", "tat-ca")],
    ],
    "papers.edit": _one("public_id", "paper_waiting", "paper_verified", "paper_of_household"),
    "papers.judge": _moves(
        "move",
        (
            ("verify", "paper_waiting"),
            ("verify", "paper_of_household"),
            ("return", "paper_waiting"),
            ("suspend", "paper_verified"),
            ("restore", "paper_suspended"),
            ("revoke", "paper_verified"),
        ),
    ),
    "papers.prolong": _one("public_id", "paper_verified", "paper_waiting"),
    "papers.renew": _one("public_id", "paper_verified", "paper_waiting"),
    "papers.scan": _one("public_id", "paper_verified", "paper_waiting", "paper_no_scan"),
    "papers.settle": _one("public_id", "paper_claim"),
    "papers.show": _one(
        "public_id",
        "paper_waiting",
        "paper_verified",
        "paper_suspended",
        "paper_of_household",
        "paper_hotel",
    ),
    "moderation.decide": _moves(
        "move", (("dismiss", "report"), ("uphold", "report"), ("uphold", "report_done"))
    ),
    "moderation.move": _moves(
        "move_name",
        (
            ("hide", "published"),
            ("hide", "opportunity"),
            ("hide", "draft"),
            ("show", "hidden"),
            ("show", "published"),
        ),
    ),
    "moderation.report": _one("public_id", "published", "hidden", "draft"),
    "revisions.add_photos": _one("public_id", "revised", "published", "draft"),
    "revisions.copy": _one("public_id", "published", "closed", "draft"),
    "revisions.drop_photo": [
        ("published", {"public_id": "published", "photo_id": "photo_public"}),
        ("of another", {"public_id": "revised", "photo_id": "photo_public"}),
    ],
    "revisions.edit": _one("public_id", "published", "revised", "revised_sent", "draft"),
    "revisions.move": _moves(
        "move_name",
        (
            ("submit", "revision"),
            ("withdraw", "revision"),
            ("turn_key", "revision_sent"),
            ("return", "revision_sent"),
            ("turn_key", "revision_of_opportunity"),
        ),
    ),
    "revisions.approve": _one("public_id", "revision_sent", "revision"),
    "revisions.show": _one("public_id", "revision", "revision_sent", "revision_of_opportunity"),
    "revisions.versions": _one("public_id", "published", "revised", "opportunity", "draft"),
    "opportunity.add_document": _one(
        "public_id", "opportunity_draft", "opportunity_submitted", "opportunity", "published"
    ),
    "opportunity.add_meeting": _one("public_id", "opportunity_draft", "opportunity"),
    "opportunity.document": [
        (name, {"public_id": "opportunity", "document_id": f"document_{name}"})
        for name in ("public", "verified", "officials")
    ],
    "opportunity.dossier": _one(
        "public_id", "opportunity_draft", "opportunity_submitted", "opportunity", "published"
    ),
    "opportunity.edit_meeting": [
        ("draft", {"public_id": "opportunity_draft", "meeting_id": "meeting"}),
        ("of another", {"public_id": "opportunity_submitted", "meeting_id": "meeting"}),
    ],
    "opportunity.mark": _one("public_id", "opportunity_submitted", "opportunity", code="=von"),
    "opportunity.minutes": [
        ("public", {"public_id": "opportunity", "meeting_id": "meeting_public"}),
        ("draft", {"public_id": "opportunity_draft", "meeting_id": "meeting"}),
    ],
    "opportunity.part": [
        *[(code, {"public_id": "opportunity_draft", "code": f"={code}"}) for code in WITH_FORM],
        ("published", {"public_id": "opportunity", "code": "=von"}),
    ],
    "opportunity.remove_document": [
        ("draft", {"public_id": "opportunity_draft", "document_id": "document_draft"}),
        ("published", {"public_id": "opportunity", "document_id": "document_public"}),
    ],
    "opportunity.remove_meeting": [
        ("draft", {"public_id": "opportunity_draft", "meeting_id": "meeting"}),
        ("published", {"public_id": "opportunity", "meeting_id": "meeting_public"}),
    ],
    "pages.language": [("en", {"code": "=en"}), ("unknown", {"code": "=xx"})],
    "questions.answer": _one("public_id", "question", "question_answered", "question_capital"),
    "questions.answer_officially": _one("public_id", "question", "question_capital"),
    "questions.ask": _one("public_id", "published_path", "opportunity_path", "draft_path"),
    "questions.index": _one("public_id", "published_path", "closed_path", "draft_path"),
    "questions.move": _moves(
        "move",
        (
            ("declined", "question"),
            ("removed", "question"),
            ("removed", "question_answered"),
            ("declined", "question_capital"),
        ),
    ),
    "questions.set_date": _one("public_id", "published", "other_published", "draft"),
    "questions.show": _one(
        "public_id", "question", "question_answered", "question_declined", "question_capital"
    ),
    "produce.confirm": _one("public_id", "published", "other_published", "household_published"),
    "produce.grade_photo": _one("public_id", "grade", "grade_draft", size="=card"),
    "produce.grades": _one("public_id", *LISTINGS),
    "produce.remove_grade": [
        ("draft", {"public_id": "draft", "grade_id": "grade_draft"}),
        ("published", {"public_id": "published", "grade_id": "grade"}),
        ("of another", {"public_id": "other_draft", "grade_id": "grade_draft"}),
    ],
    "shortlist.keep": _one("public_id", "published", "opportunity", "closed", "hidden", "draft"),
    "shortlist.compare": [
        ("none", {}),
        ("one", {"id": "published"}),
        ("a draft", {"id": "draft"}),
    ],
    "reports.csv": [("", {}), ("deals", {"bang": "=ket-noi"}), ("unknown", {"bang": "=x"})],
    "reports.figures": [
        ("", {}),
        *[(code, {"chi-tieu": f"={code}"}) for code in ("thuc-hien", "khoi-luong")],
    ],
    "spreadsheets.drop": _one("public_id", "import_ready", "import_mapping"),
    "spreadsheets.map_columns": _one("public_id", "import_mapping", "import_ready"),
    "spreadsheets.show": _one("public_id", "import_ready", "import_mapping", "import_faulty"),
    "roads.confirm_access": [("aur", {"code": "=aur"}), ("unknown", {"code": "=khong-co"})],
    "roads.describe": [("aur", {"code": "=aur"}), ("unknown", {"code": "=khong-co"})],
    "roads.move": _moves(
        "move", (("confirm", "road"), ("end", "road"), ("end", "road_ended"), ("end", "road_ward"))
    ),
    "roads.notice": _one("public_id", "road", "road_ended", "road_ward"),
    "roads.post": [
        ("", {}),
        *[(f"instead of {name}", {"thay": name}) for name in ("road", "road_ended", "road_ward")],
    ],
    "promises.create": [
        ("", {}),
        ("on a trip", {"chuyen": "trip_on_way"}),
        ("nonsense", {"chuyen": "=x"}),
    ],
    "promises.move": _moves(
        "move", (("keep", "promise"), ("break", "promise_other"), ("withdraw", "promise"))
    ),
    "promises.say_done": _one("public_id", "promise", "promise_other"),
    "promises.show": _one("public_id", "promise", "promise_other"),
    "trips.add_stop": [
        *_one("public_id", "trip_planned", "trip_on_way"),
        ("suggested", {"public_id": "trip_planned", "tin": "published"}),
    ],
    "trips.ask": _one("public_id", "trip_planned", "trip_on_way"),
    "trips.attach": _one("public_id", "trip_planned", "trip_confirmed", "trip_on_way"),
    "trips.by_link": [("live", {"token": "trip_token"}), ("no link", {"token": "=x"})],
    "trips.calendar": _one("public_id", "trip_planned", "trip_on_way"),
    "trips.check_in": _in_trip(
        "stop_id", ("trip_confirmed", "stop_confirmed"), ("trip_on_way", "stop_seen")
    ),
    "trips.edit": _one("public_id", "trip_planned", "trip_confirmed"),
    "trips.edit_stop": _in_trip(
        "stop_id", ("trip_planned", "stop_planned"), ("trip_on_way", "stop_seen")
    ),
    "trips.invite": _one("public_id", "trip_planned", "trip_on_way"),
    "trips.kit_page": _one("public_id", "trip_planned", "trip_confirmed"),
    "trips.kit_pdf": _one("public_id", "trip_planned", "trip_confirmed"),
    "trips.move": _moves(
        "move",
        (
            ("turn_key", "trip_planned"),
            ("postpone", "trip_confirmed"),
            ("cancel", "trip_planned"),
            ("report", "trip_on_way"),
        ),
    ),
    "trips.move_person": [
        (f"{move} on {on}", {"public_id": on, "person_id": person, "move": f"={move}"})
        for move, on, person in (
            ("accept", "trip_planned", "person_planned"),
            ("decline", "trip_confirmed", "person_confirmed"),
            ("give_seat", "trip_planned", "person_asking"),
            ("refuse", "trip_planned", "person_asking"),
            ("attend", "trip_on_way", "person_on_way"),
        )
    ],
    "trips.next_step": _in_trip(
        "link_id", ("trip_on_way", "trip_link"), ("trip_reporting", "trip_link_2")
    ),
    "trips.photo": _in_trip(
        "photo_id", ("trip_on_way", "trip_photo"), ("trip_planned", "trip_photo")
    ),
    "trips.remove_stop": _in_trip(
        "stop_id", ("trip_planned", "stop_planned"), ("trip_on_way", "stop_seen")
    ),
    "trips.report": _one("public_id", "trip_reporting", "trip_planned"),
    "trips.report_word": _one("public_id", "trip_reporting", "trip_planned"),
    "trips.show": _one(
        "public_id", "trip_planned", "trip_confirmed", "trip_on_way", "trip_reporting"
    ),
    "trips.sign": _one("public_id", "trip_reporting", "trip_planned"),
    "trips.skip": _in_trip(
        "stop_id", ("trip_on_way", "stop_to_see"), ("trip_planned", "stop_planned")
    ),
    "trips.write_report": _one("public_id", "trip_reporting", "trip_planned"),
    "tracing.add_step": _one("public_id", "lot", "lot_draft", "lot_recalled", "lot_other"),
    "tracing.correct_step": [
        ("lot", {"public_id": "lot", "step_id": "step"}),
        ("struck", {"public_id": "lot", "step_id": "step_struck"}),
        ("of another", {"public_id": "lot_other", "step_id": "step"}),
    ],
    "tracing.create_lot": _one(
        "public_id", "published", "other_published", "household_published", "opportunity"
    ),
    "tracing.edit_lot": _one("public_id", "lot", "lot_draft", "lot_other"),
    "tracing.label_sheet": [
        ("", {}),
        *_one("lo", "lot", "lot_draft", "lot_other"),
        *_one("m", "published", "other_published"),
    ],
    "tracing.listing_photo": _one("public_id", "published", "draft", "other_published"),
    "tracing.listing_qr": _one("public_id", "published", "draft", form="=svg"),
    "tracing.lot": _one("public_id", "lot", "lot_draft", "lot_recalled", "lot_other"),
    "tracing.lot_photo": _one("public_id", "lot", "lot_draft", "lot_other"),
    "tracing.lot_qr": [
        *_one("public_id", "lot", "lot_draft", form="=svg"),
        ("as a picture", {"public_id": "lot", "form": "=png"}),
    ],
    "tracing.move_lot": _moves(
        "move",
        (
            ("publish", "lot_draft"),
            ("publish", "lot"),
            ("recall", "lot"),
            ("recall", "lot_other"),
            ("close", "lot"),
        ),
    ),
    "tracing.own_lot": _one("public_id", "lot", "lot_draft", "lot_recalled", "lot_other"),
    "need.buyer": _one("public_id", "coop", "hotel"),
    "tracing.poster": _one("public_id", "coop", "household", "hotel"),
    "tracing.seller": _one("public_id", "coop", "household", "hotel"),
    "tracing.seller_qr": _one("public_id", "coop", "hotel", form="=svg"),
    "tracing.short": _one("public_id", "published", "draft", "closed", "opportunity"),
    "static": [
        ("a file", {"filename": "=css/site.css"}),
        ("no file", {"filename": "=css/none.css"}),
    ],
}
"""What each route with arguments is tried on: a label, and the object for each argument."""


class Cases(dict[str, list[tuple[str, Arguments]]]):
    """``ARGUMENTS``, and one nameless case for routes without arguments."""

    def __missing__(self, endpoint: str) -> list[tuple[str, Arguments]]:
        return [("", {})]


CASES = Cases(ARGUMENTS)


def routes(app: Flask) -> Iterator[tuple[str, str, str, Arguments]]:
    """Every (endpoint, method, label, arguments) of the program, in a settled order."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        if rule.arguments and rule.endpoint not in ARGUMENTS:
            raise AssertionError(f"say in tests/everywhere/stage.py what {rule} is tried on")
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            for label, wanted in CASES[rule.endpoint]:
                yield rule.endpoint, method, label, wanted


# ---------------------------------------------------------------- building


@contextmanager
def _on(day: int, hour: int = 3) -> Iterator[None]:
    """A day of November 2026."""
    with clock.at(datetime(2026, 11, day, hour, tzinfo=UTC)):
        yield


def build(app: Flask, now: datetime) -> Stage:
    """Put everything on the stage; call inside an application context on an empty database."""
    stage = Stage(worlds.build())
    store: Store = app.extensions["files"]
    with _on(9):
        _people(stage)
        _papers(stage, store)
        _wild(stage)
        _synonyms(stage)
        _listings(stage, store)
        _imports(stage, store)
        _other_kinds(stage)
        _lots(stage)
        _forms_on_paper(stage, store)
        _interests(stage)
        _questions(stage)
        _roads(stage)
        _changes(stage)
        _alerts(stage)
        _matches(stage, store)
        _selections(stage)
    with _on(12):
        _compare(stage)
        deals.let_matches_take_effect()
        _agreements(stage, store)
    with _on(16):
        deals.start_due()
        _deliveries(stage)
        _papers_and_stops(stage, store)
        _tasks(stage, store)
        _desk(stage)
        _around_deliveries(stage)
        _trips(stage, store)
        _talk(stage, store)
    with clock.at(now - timedelta(hours=1)):
        for _ in range(4):
            work_once()
        _notices(stage)
    with clock.at(now):
        person = db.session.get_one(User, stage.world.users["hotel"])
        with app.test_request_context():
            stage.token = stage.ids["token"] = links.reset_token(person)
            for name, what, on in (
                ("stop_all", What.ALL, ""),
                ("stop_search", What.SEARCH, "search"),
                ("stop_watch", What.WATCH, "opportunity"),
            ):
                address = stop_address(person, what, stage.ids.get(on, ""))
                stage.ids[name] = address.rpartition("/")[2]
            invited = db.session.scalars(
                sa.select(TripPerson).where(TripPerson.public_id == stage.ids["person_planned"])
            ).one()
            stage.ids["trip_token"] = answer_address(invited, person).rpartition("/")[2]
    kept = sorted(app.config["SETTINGS"].mails.glob("*.eml"))
    stage.ids["mail"] = kept[0].stem if kept else "12345678"
    db.session.commit()
    return stage


def _people(stage: Stage) -> None:
    world, ids = stage.world, stage.ids
    data = tomllib.loads(PAIR_FILE.read_text())
    third = {
        "code": "thu-ba",
        "name": "Cặp kết nghĩa thứ hai",
        "theme": "neutral",
        "market": {
            "code": "99999",
            "kind": "ward",
            "name": "Phường Minh Họa",
            "province": "Thành phố Minh Họa",
            "office": "Ủy ban nhân dân phường Minh Họa",
        },
    }
    pair: Pair = load_pair(data | third)
    kinds = OrganisationKind
    for short, kind, locality, state, code in (
        ("third_office", kinds.AUTHORITY, pair.market_id, OrganisationState.VERIFIED, None),
        ("third", kinds.ENTERPRISE, pair.market_id, OrganisationState.VERIFIED, "0409999045"),
        (
            "pending",
            kinds.ENTERPRISE,
            world.pair.market_id,
            OrganisationState.PENDING,
            "0409999052",
        ),
        ("suspended", kinds.ENTERPRISE, world.pair.market_id, OrganisationState.SUSPENDED, None),
        ("returned_org", kinds.COOPERATIVE, world.pair.source_id, OrganisationState.RETURNED, None),
    ):
        world.organisations[short] = worlds._organisation(f"Tổ chức {short}", kind, locality, code)
        organisation = db.session.get_one(Organisation, world.organisations[short])
        if state in {OrganisationState.PENDING, OrganisationState.RETURNED}:
            organisation.verified_at = None
        organisation.state = state
    for person, office, role in (
        ("third_official", "third_office", Role.OFFICIAL),
        ("third_business", "third", Role.MANAGER),
        ("newcomer", "pending", Role.MANAGER),
        ("returned", "returned_org", Role.MANAGER),
        ("nobody", "hotel", Role.MEMBER),
    ):
        world.users[person] = worlds._person(person, world.organisations[office], role)
    db.session.execute(
        sa.update(Membership)
        .where(Membership.user_id == world.users["nobody"])
        .values(ended_at=clock.now())
    )
    db.session.commit()
    household = accounts.enter_household(
        world.actor("coop"),
        HouseholdValues(
            kinds.PRODUCER_HOUSEHOLD,
            "Hộ minh họa Aur",
            phone="+84900000009",
            person_name="Chủ hộ minh họa",
        ),
        worlds.spoken(),
    )
    accounts.move_organisation(world.actor("official_2"), household.public_id, "verify")
    world.organisations["household"] = household.id
    for short, key in world.organisations.items():
        ids[short] = db.session.get_one(Organisation, key).public_id
    for short, person in (
        ("hotel_person", "hotel"),
        ("official_person", "official_2"),
        ("third_person", "third_business"),
    ):
        ids[short] = db.session.get_one(User, world.users[person]).public_id
    (member,) = accounts_queries.people_of(household.id)
    ids["household_person"] = member.public_id


def _papers(stage: Stage, store: Store) -> None:
    """Papers in several states, one of a household, one of the ward, and a number given twice."""
    world = stage.world
    content = b"%PDF-1.4\n%%EOF\n"

    def enter(
        name: str,
        who: str,
        kind: PaperType,
        number: str,
        owner: str | None = None,
        *,
        has_scan: bool = True,
    ) -> str:
        scan = StoredFile(
            digest=store.put(content),
            media_type="application/pdf",
            size=len(content),
            label="giay-to.pdf",
            created_at=clock.now(),
        )
        values = PaperValues(
            number=number,
            issuer="Chi cục minh họa",
            scope=f"Hàng của {name}",
            issued_on=date(2026, 1, 15),
            coverage=Coverage.CHOSEN,
            scan=scan if has_scan else None,
        )
        told = Acting(ActingHow.CALL, clock.today(), "Đã đọc lại.", None) if owner else None
        paper = papers.add(world.actor(who), world.organisations[owner or who], kind, values, told)
        stage.ids[name] = paper.public_id
        return paper.public_id

    official = world.actor("official_1")
    enter("paper_waiting", "coop", PaperType.HACCP, "HC-01/2026")
    enter("paper_no_scan", "coop", PaperType.ISO_22000, "ISO-01/2026", has_scan=False)
    enter("paper_of_household", "official_1", PaperType.COMMITMENT, "12/CK-ATTP", "household")
    verified = enter("paper_verified", "coop", PaperType.VIETGAP, "VG-01/2026")
    papers.judge(official, verified, "verify")
    suspended = enter("paper_suspended", "other_coop", PaperType.VIETGAP, "VG-02/2026")
    papers.judge(official, suspended, "verify")
    papers.judge(official, suspended, "suspend", reason="check", note="Đang kiểm tra.")
    hotel = enter("paper_hotel", "hotel", PaperType.HACCP, "HC-09/2026")
    papers.judge(world.actor("ward_official_1"), hotel, "verify")
    with contextlib.suppress(Invalid):
        enter("paper_twice", "other_coop", PaperType.VIETGAP, "VG 01 2026")
    stage.ids["paper_claim"] = db.session.scalars(sa.select(PaperClaim)).one().public_id


def _wild(stage: Stage) -> None:
    """The starting list of the commune, and of the ward."""
    pair = stage.world.pair
    wild.start_for(pair.id)
    for name, locality_id in (("wild", pair.source_id), ("wild_ward", pair.market_id)):
        stage.ids[name] = wild_queries.of_locality(locality_id)[0].public_id


def _synonyms(stage: Stage) -> None:
    """Names that mean the same, of both localities."""
    for name, who, names in (
        ("synonyms", "official_1", "đẳng sâm\nsâm dây"),
        ("synonyms_ward", "ward_official_1", "bún\nbánh canh"),
    ):
        values = SynonymValues(names)
        stage.ids[name] = discovery.add_synonyms(stage.world.actor(who), values).public_id


def _listings(stage: Stage, store: Store) -> None:
    world = stage.world
    picture = clean_photo(store, _photo())

    def own(name: str, who: str, *, steps: int = 0, **values: object) -> Listing:
        """A listing of ``who``; steps: 0 draft, 1 sent in, 2 published."""
        listing = catalogue.create(
            world.actor(who),
            "produce",
            world.pair_id,
            world.organisations[who],
            world.produce_values(**values),
        )
        return _further(stage, name, listing, who, steps, picture)

    coop = world.actor("coop")
    own("draft", "coop", title="Mật ong bản nháp")
    own("submitted", "coop", steps=1, title="Ba kích tím")
    own("gathered", "coop", steps=1, title="Tiêu rừng hái tay", origin=Origin.GATHERED)
    own("published", "coop", steps=2, title="Đẳng sâm tươi", quantity=900_000)
    own("other_draft", "other_coop", title="Gừng gió")
    own("other_published", "other_coop", steps=2, title="Ớt A Riêu", quantity=300_000)
    paused = own("paused", "coop", steps=2, title="Măng khô")
    catalogue.pause(coop, paused.public_id, "pause", reason="stock", note="Chưa có hàng.")
    closed = own("closed", "coop", steps=2, title="Chuối mốc")
    interests.close_listing(coop, closed.public_id, reason="season_over", note="Hết mùa.")
    returned = own("returned", "coop", steps=1, title="Chè dây")
    catalogue.return_(
        world.actor("official_1"), returned.public_id, reason="photo", note="Xin thêm ảnh."
    )
    told = Acting(ActingHow.CALL, clock.today(), "Đã đọc lại.", None)
    recorded = catalogue.create(
        coop,
        "produce",
        world.pair_id,
        world.organisations["household"],
        world.produce_values(title="Nếp than của hộ"),
        told,
    )
    _further(stage, "household_draft", recorded, "coop", 0, picture)
    recorded = catalogue.create(
        coop,
        "produce",
        world.pair_id,
        world.organisations["household"],
        world.produce_values(title="Tiêu rừng của hộ"),
        told,
    )
    catalogue.submit(coop, recorded.public_id, told)
    catalogue.turn_key(world.actor("official_2"), recorded.public_id)
    _name(stage, "household_published", recorded)
    for name, steps in (("opportunity", 2), ("opportunity_draft", 0), ("opportunity_submitted", 1)):
        begun = catalogue.create(
            world.actor("official_1"),
            "opportunity",
            world.pair_id,
            world.organisations["commune"],
            world.opportunity_values(
                permits=(PermitValues("Sở Xây dựng", "Giấy phép xây dựng", 15),) * (steps == 2),
                **{"title": f"Vườn ươm {steps + 1}"} if steps < 2 else {},
            ),
        )
        if name != "opportunity_submitted":
            _dossier(stage, store, begun, name)
        if steps:
            catalogue.submit(world.actor("official_1"), begun.public_id)
            catalogue.turn_key(world.actor("official_2"), begun.public_id)
        if steps == 2:
            catalogue.turn_key(world.actor("ward_official_1"), begun.public_id)
        _name(stage, name, begun)


def _other_kinds(stage: Stage) -> None:
    world = stage.world
    _name(stage, "need", world.need(title="Gừng cho bếp"))
    for name, audience in (
        ("producers", "Cần riêng cho nhà sản xuất"),
        ("officials", "Cần riêng cho cán bộ"),
    ):
        _name(stage, f"need_{name}", world.need(title=audience, audience=Audience(name)))
    draft = catalogue.create(
        world.actor("hotel"),
        "need",
        world.pair_id,
        world.organisations["hotel"],
        world.need_values(title="Nhu cầu chưa gửi"),
    )
    _name(stage, "need_draft", draft)
    _name(stage, "tourism", world.tourism())
    submitted = catalogue.create(
        world.actor("coop"),
        "tourism",
        world.pair_id,
        world.organisations["coop"],
        world.tourism_values(title="Dệt thổ cẩm", offering=Offering.CRAFT),
    )
    catalogue.submit(world.actor("coop"), submitted.public_id)
    _name(stage, "tourism_submitted", submitted)


def _alerts(stage: Stage) -> None:
    """Saved searches of the hotel's and the cooperative's with what they told, and a watch."""
    world, ids = stage.world, stage.ids
    for short, who, kind in (("search", "hotel", "produce"), ("search_coop", "coop", "need")):
        wished = Wished.read(PAGES[kind].spec, {})
        values = SearchValues(f"Tìm của {who}", Rhythm.AT_ONCE)
        ids[short] = alerts.save(world.actor(who), world.pair_id, wished, values).public_id
    world.published(title="Ngô nếp mới")
    world.need(title="Cần ngô nếp")
    alerts.tell()
    for message in db.session.scalars(sa.select(Digest)):
        is_hotel = message.user_id == world.users["hotel"]
        ids["digest" if is_hotel else "digest_coop"] = message.public_id
    alerts.watch(world.actor("hotel"), ids["opportunity"])


def _changes(stage: Stage) -> None:
    """Revisions in several states, a hidden listing, reports."""
    world = stage.world
    coop, official = world.actor("coop"), world.actor("official_1")

    def published(name: str, title: str) -> Listing:
        listing = world.published(title=title)
        _name(stage, name, listing)
        return listing

    def write(name: str, listing: Listing, who: Actor, **changes: str) -> str:
        values = replace(snapshots.read(listing, listing.written_as), **changes)
        revision = revisions.write(who, listing.public_id, None, values)
        stage.ids[name] = revision.public_id
        return revision.public_id

    write("revision", published("revised", "Rau dớn"), coop, description="Lời sửa kín.")
    sent = published("revised_sent", "Nấm rừng")
    revisions.submit(coop, write("revision_sent", sent, coop, description="Lời sửa đã gửi."))
    called_for = db.session.scalars(
        sa.select(Listing).where(Listing.public_id == stage.ids["opportunity"])
    ).one()
    code = write("revision_of_opportunity", called_for, official, goal="Lời sửa cơ hội.")
    revisions.submit(official, code)
    hidden = published("hidden", "Hàng bị ẩn")
    for name in ("report", "report_done"):
        listing = sent if name == "report" else hidden
        says = ReportValues(About.WRONG, f"Lời báo {name}.", "Người báo tin")
        made = moderation.report(ANONYMOUS, listing.public_id, says, "192.0.2.9")
        stage.ids[name] = made.public_id
    moderation.decide(
        official, stage.ids["report_done"], "uphold", reason="wrong", note="Đang xem lại."
    )


def _dossier(stage: Stage, store: Store, listing: Listing, name: str) -> None:
    """Minutes and documents of an opportunity: one of each audience for the published one."""
    world = stage.world
    me = world.actor("official_1")

    def scan() -> StoredFile:
        content = b"%PDF-1.4\n%%EOF\n"
        return StoredFile(
            digest=store.put(content),
            media_type="application/pdf",
            size=len(content),
            label="bien-ban.pdf",
            uploaded_by_id=me.user_id,
            created_at=clock.now(),
        )

    day, village = date(2026, 11, 5), world.village_id("Azứt")
    values = MeetingValues(day, village, 20, 17, 2, "Ngày công", "Thôn đồng ý.", scan())
    found = dossiers.record_meeting(me, listing.public_id, values)
    audiences = list(Readers) if name == "opportunity" else [Readers.PUBLIC]
    for audience in audiences:
        title = f"Tài liệu {audience}" if name == "opportunity" else "Bản đồ"
        found = dossiers.add_document(
            me, listing.public_id, DocumentValues(title, audience, scan())
        )
    (meeting,) = found.meetings
    stage.ids["meeting_public" if name == "opportunity" else "meeting"] = meeting.public_id
    for document in found.documents:
        known = document.audience.value if name == "opportunity" else "draft"
        stage.ids[f"document_{known}"] = document.public_id


def _further(
    stage: Stage, name: str, listing: Listing, who: str, steps: int, picture: Picture
) -> Listing:
    world = stage.world
    if name in {"draft", "published"}:
        catalogue.add_photos(world.actor(who), listing.public_id, [picture], "Ảnh minh họa")
        photo = db.session.scalars(sa.select(Photo).where(Photo.listing_id == listing.id)).one()
        stage.ids["photo" if name == "draft" else "photo_public"] = photo.public_id
        catalogue.add_grade(world.actor(who), listing.public_id, GradeValues("Loại 1"), picture)
        grade = db.session.scalars(sa.select(Grade).where(Grade.listing_id == listing.id)).one()
        stage.ids["grade_draft" if name == "draft" else "grade"] = grade.public_id
    if steps >= 1:
        catalogue.submit(world.actor(who), listing.public_id)
    if steps >= 2:
        catalogue.turn_key(world.actor("official_1"), listing.public_id)
    _name(stage, name, listing)
    return listing


def _name(stage: Stage, name: str, listing: Listing) -> None:
    stage.ids[name] = listing.public_id
    stage.ids[f"{name}_path"] = f"{listing.slug}-{listing.public_id}"


def _lots(stage: Stage) -> None:
    coop, ids = stage.world.actor("coop"), stage.ids
    day = clock.today()
    step = StepValues(StepKind.HARVEST, day, "Thôn Azứt", "Tổ đào")

    def own(name: str, who: str, listing: str, *, publish: bool = True) -> str:
        values = LotValues(
            f"Lô {name}", 60_000, Unit.KG, day, None, day, None, "12 tháng", "TCVN 11041"
        )
        lot = tracing.create(stage.world.actor(who), ids[listing], values, [step])
        if publish:
            tracing.move(stage.world.actor(who), lot.public_id, "publish")
        ids[name] = lot.public_id
        return lot.public_id

    lot = own("lot", "coop", "published")
    wrong = tracing.add_step(coop, lot, StepValues(StepKind.DRY, day, "Thôn Aur")).valid_steps[-1]
    ids["step_struck"] = wrong.public_id
    right = StepValues(StepKind.DRY, day, "Thôn Azứt", note="Sấy ở xưởng.")
    kept = tracing.correct_step(coop, lot, wrong.public_id, right, why="Ghi nhầm thôn.")
    ids["step"] = kept.valid_steps[-1].public_id
    own("lot_draft", "coop", "published", publish=False)
    own("lot_other", "other_coop", "other_published", publish=False)
    recalled = own("lot_recalled", "coop", "published")
    tracing.move(
        stage.world.actor("official_1"), recalled, "recall", reason="label", note="Nhãn ghi sai."
    )


def _forms_on_paper(stage: Stage, store: Store) -> None:
    world, ids = stage.world, stage.ids
    coop, household = world.actor("coop"), world.organisations["household"]

    def kept() -> StoredFile:
        content = _photo()
        return StoredFile(
            digest=store.put(content),
            media_type="image/jpeg",
            size=len(content),
            label="phieu.jpg",
            uploaded_by_id=coop.user_id,
            created_at=clock.now(),
        )

    forms = helping.print_forms(coop, "produce", 3, household)
    names = ("form_blank", "form_filled", "form_entered")
    for name, form in zip(names, forms, strict=True):
        ids[name] = form.public_id
    for name in names[1:]:
        helping.keep_sheet(coop, ids[name], household, kept())
    helping.enter(
        coop,
        ids["form_entered"],
        world.pair_id,
        world.produce_values(title="Chuối của hộ"),
        Acting(said_on=clock.today()),
    )
    office = helping.print_forms(world.actor("official_1"), "produce", 1)
    ids["form_office"] = office[0].public_id
    signed = helping.give_consent(
        coop, ids["household"], worlds.spoken(how=ConsentHow.PAPER, evidence=kept())
    )
    assert signed.evidence is not None
    ids["proof"] = signed.evidence.public_id


def _photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (120, 90, 40)).save(out, "JPEG")
    return out.getvalue()


def _ask(stage: Stage, name: str, who: str, listing: str, **amounts: int) -> str:
    number = f"+8490000{1000 + len(stage.ids):04}"
    interest = interests.register(
        stage.world.actor(who),
        stage.ids[listing],
        InterestValues(f"Người hỏi {name}", number, f"Lời nhắn {name}.", **amounts),
    )
    stage.ids[name] = interest.public_id
    return interest.public_id


def _imports(stage: Stage, store: Store) -> None:
    """Three files of the cooperative's: to be mapped, with faults, and ready to be saved."""
    coop = stage.world.actor("coop")
    for name, heading, faults in (
        ("import_mapping", "Mặt hàng", []),
        ("import_faulty", "title", [["", 2, "A", "title", "Điền tên hàng."]]),
        ("import_ready", "title", []),
    ):
        content = f"{heading};price_low\nHàng của {name};1.000\n".encode()
        paper = StoredFile(
            digest=store.put(content),
            media_type="text/csv",
            size=len(content),
            label=f"{name}.csv",
            uploaded_by_id=coop.user_id,
            created_at=clock.now(),
        )
        is_clear = heading == "title"
        upload = spreadsheets.start(
            coop, stage.world.pair, paper, 1, is_clear=is_clear, acting=None
        )
        stage.ids[name] = upload.public_id
        if is_clear:
            spreadsheets.note_checked(
                coop, upload.public_id, 1, faults, begun=1, changed=0, unchanged=0
            )


def _interests(stage: Stage) -> None:
    world = stage.world
    _ask(stage, "interest", "hotel", "published", quantity=40_000)
    known = _ask(stage, "interest_known", "third_business", "household_published", quantity=5_000)
    interests.answer(world.actor("official_1"), known, "acknowledge")
    accepted = _ask(stage, "interest_accepted", "restaurant", "published", quantity=20_000)
    for step in ("acknowledge", "accept"):
        interests.answer(world.actor("coop"), accepted, step)
    declined = _ask(stage, "interest_declined", "investor", "published", quantity=10_000)
    interests.answer(world.actor("coop"), declined, "decline", reason="season", note="Hết mùa.")
    _ask(stage, "interest_other", "hotel", "other_published", quantity=15_000)
    _ask(stage, "interest_capital", "hotel", "opportunity", capital=10**9)
    _ask(stage, "offer", "coop", "need", quantity=20_000, unit_price=50_000)
    asked = _ask(stage, "interest_asked", "restaurant", "other_published", quantity=5_000)
    said = {"reason": "amount", "note": "Mỗi tuần hay một lần?"}
    interests.answer(world.actor("other_coop"), asked, "ask", **said)
    half = InterestValues("Người hỏi nháp", "", "Lời nhắn nháp.", capital=10**9)
    draft = interests.save_draft(world.actor("restaurant"), stage.ids["opportunity"], half)
    stage.ids["interest_draft"] = draft.public_id
    for name, on in (("enquiry", "published"), ("enquiry_tied", "tourism")):
        number = "+84905123456"  # the one values.WELCOME gives, who takes it back is asked for it
        wish = InterestValues(f"Khách hỏi {name}.", number, f"Lời nhắn {name}.", 5_000)
        sent = enquiries.submit(
            ANONYMOUS, stage.ids[on], EnquiryValues("Đơn vị của khách", wish), "192.0.2.8"
        )
        stage.ids[name] = sent.public_id
    investor = world.organisation("investor").public_id
    enquiries.tie(world.actor("official_2"), stage.ids["enquiry_tied"], investor)


def _questions(stage: Stage) -> None:
    world, ids = stage.world, stage.ids
    for name, who, listing in (
        ("question", "hotel", "published"),
        ("question_answered", "restaurant", "published"),
        ("question_declined", "restaurant", "published"),
        ("question_capital", "investor", "opportunity"),
    ):
        words = f"Câu hỏi {'chung' if name == 'question_answered' else 'kín'} {name}."
        ids[name] = questions.ask(world.actor(who), ids[listing], words).public_id
    questions.answer(world.actor("coop"), ids["question_answered"], "Được, đóng túi 5 kg.")
    questions.decline(
        world.actor("coop"), ids["question_declined"], reason="secret", note="Xin hỏi riêng."
    )
    questions.set_date(world.actor("coop"), ids["published"], date(2026, 12, 15))


def _roads(stage: Stage) -> None:
    world, ids = stage.world, stage.ids
    roads.describe_access(
        world.actor("official_1"),
        "aur",
        AccessValues(Way.FOOT, Vehicle.MOTORBIKE, Signal.NO, 25_000, 5_000, "Đoạn cuối đi bộ."),
    )
    for name, who, villages in (
        ("road", "official_1", (world.village_id(), world.village_id("Aur"))),
        ("road_ended", "official_2", (world.village_id("Axoo"),)),
        ("road_ward", "ward_official_1", ()),
    ):
        said = NoticeValues(
            Condition.CLOSED, Cause.LANDSLIDE, clock.today(), f"Sạt {name}.", not villages, villages
        )
        ids[name] = roads.post_notice(world.actor(who), said).public_id
    roads.end_notice(
        world.actor("official_1"), ids["road_ended"], reason="passable", note="Đã dọn xong."
    )


def _matched(
    stage: Stage, name: str, buyer: str, seller: str = "coop", *, decided: bool = True
) -> None:
    """A small match of fresh produce, decided under one key unless told otherwise."""
    world = stage.world
    listing = catalogue.create(
        world.actor(seller),
        "produce",
        world.pair_id,
        world.organisations[seller],
        world.produce_values(title=f"Hàng của {name}"),
    )
    catalogue.submit(world.actor(seller), listing.public_id)
    catalogue.turn_key(world.actor("official_1"), listing.public_id)
    match = matching.propose_by_hand(
        world.actor("official_1"),
        listing.public_id,
        stage.ids[buyer],
        MatchValues(quantity=40_000, unit_price=120_000),
    )
    stage.ids[name] = match.public_id
    if decided:
        for party in (seller, buyer):
            deals.answer_match(world.actor(party), match.public_id, Answer.YES)
        deals.turn_match_key(world.actor("ward_official_1"), match.public_id)


def _desk(stage: Stage) -> None:
    """Somebody in charge, a deputy to come, and a joint meeting with what waits."""
    world, ids = stage.world, stage.ids
    official = world.actor("official_1")
    person = {
        name: db.session.get_one(User, world.users[name]).public_id
        for name in ("official_1", "official_2")
    }
    for kind, on in (("match", "case_active"), ("interest", "interest")):
        desk.assign(official, kind, ids[on], person["official_1"])
    deputy = desk.name_deputy(
        official, person["official_1"], person["official_2"], date(2027, 3, 1), date(2027, 3, 5)
    )
    ids["deputy"] = deputy.public_id
    meeting = meetings.open_meeting(
        official,
        world.pair.code,
        JointMeeting(
            date(2026, 11, 16), "Hội trường xã", "Phó Chủ tịch xã", "Cán bộ phường", "Lãnh đạo xã"
        ),
    )
    ids["joint_meeting"] = meeting.public_id
    ids["meeting_item"] = meeting.items[0].public_id


def _matches(stage: Stage, store: Store) -> None:
    world = stage.world
    _matched(stage, PROPOSED, "hotel", decided=False)
    for name in ("case_negotiating", "case_active", "case_paper", "case_stopped", DONE):
        _matched(stage, name, "hotel")
    _matched(stage, "case_other", "restaurant", "other_coop")
    _matched(stage, "case_running", "hotel")
    _matched(stage, "case_freed", "hotel")
    asked = _ask(stage, "interest_matched", "investor", "opportunity", capital=10**9)
    for step in ("acknowledge", "accept"):
        interests.answer(world.actor("official_1"), asked, step)
    match = matching.propose_from_interest(
        world.actor("ward_official_1"), asked, MatchValues(value=2 * 10**9)
    )
    for party in ("official_1", "investor"):
        deals.answer_match(world.actor(party), match.public_id, Answer.YES)
    content = b"%PDF-1.4\n%%EOF\n"
    scan = StoredFile(
        digest=store.put(content),
        media_type="application/pdf",
        size=len(content),
        label="phieu-trinh.pdf",
        uploaded_by_id=world.users["official_2"],
        created_at=clock.now(),
    )
    leader = on_paper(world.actor("leader"), world.actor("official_2"), scan)
    deals.turn_match_key(leader, match.public_id)
    deals.turn_match_key(world.actor("ward_leader"), match.public_id)
    stage.ids["case_capital"] = match.public_id
    stage.ids["sheet_scan"] = scan.public_id


def _selections(stage: Stage) -> None:
    """Opportunities that several want: one to open a selection for, four with one."""
    world = stage.world
    for name in ("call", "selection_open", "selection", "selection_proposed", "selection_done"):
        call = world.opportunity(
            title=f"Cơ hội của {name}",
            choosing=Choosing.COMPARISON,
            criteria=(CriterionValues("Cam kết bao tiêu", 60), CriterionValues("Việc làm", 40)),
        )
        stage.ids[f"call_of_{name}"] = call.public_id
        short = name.partition("_")[2]
        for who in ("hotel", "investor", "restaurant"):
            rival = "_".join(part for part in ("rival", short, who) if part)
            rival = f"call_{who}" if name == "call" else rival
            asked = _ask(stage, rival, who, f"call_of_{name}", capital=10**9)
            interests.answer(world.actor("official_1"), asked, "acknowledge")
        if name == "call":
            continue
        last = date(2026, 11, 30 if name == "selection_open" else 10)
        stage.ids[name] = choosing.open_selection(
            world.actor("official_1"),
            call.public_id,
            closes_on=last,
            decides_on=date(2026, 12, 10),
        ).public_id


def _compare(stage: Stage) -> None:
    """One selection with its points, one with a result proposed, one decided and asked about."""
    world, ids = stage.world, stage.ids
    for name in ("selection", "selection_proposed", "selection_done"):
        code = ids[name]
        found = choosing.begin(world.actor("official_1"), code)
        applicants = {a.number: a.public_id for a in found.applicants}
        criteria = [criterion.id for criterion in found.criteria]
        for who in ("official_2", "leader", "ward_official_1"):
            choosing.declare(world.actor(who), code, has_conflict=False, words="")
            for number, applicant in applicants.items():
                rows = dict.fromkeys(criteria, (number * 2, "Rõ ràng."))
                choosing.score(world.actor(who), code, applicant, rows)
        if name == "selection":
            ids["applicant"] = applicants[1]
            continue
        reasons = {code: f"Lý do rival {number}" for number, code in applicants.items()}
        result = choosing.Result(applicants[2], "Theo tiêu chí.", reasons)
        choosing.propose_result(world.actor("official_2"), code, result)
    # the walk meets it on the day of the demonstration, within the days for asking
    done = ids["selection_done"]
    with _on(19):
        for who in ("leader", "ward_official_1"):
            choosing.turn_key(world.actor(who), done)
        choosing.ask(world.actor("restaurant"), done, applicants[3], "Câu hỏi rival")
    ids["applicant_asked"] = applicants[3]


def _tasks(stage: Stage, store: Store) -> None:
    """A party's task, an office's, and one that is done with its paper."""
    world, ids = stage.world, stage.ids
    content = b"%PDF-1.4\n%%EOF\n"
    code = _deal(stage, "case_active")
    for name, who in (
        ("task", world.organisation("hotel").public_id),
        ("task_office", f"{tasks.LOCALITY}{world.pair.source_id}"),
        ("task_done", world.organisation("coop").public_id),
    ):
        said = tasks.TaskValues("Việc của case_active", who, days=3)
        ids[name] = tasks.add_task(world.actor("hotel"), code, said).public_id
    paper = StoredFile(
        digest=store.put(content),
        media_type="application/pdf",
        size=len(content),
        label="bien-nhan.pdf",
        uploaded_by_id=world.users["coop"],
        created_at=clock.now(),
    )
    tasks.finish(world.actor("coop"), ids["task_done"], paper=paper)


def _deal(stage: Stage, case: str) -> str:
    deal = deal_queries.case(stage.ids[case], stage.world.actor("official_1"))[1]
    assert deal is not None, f"{case} has no deal"
    return deal.public_id


def _agreements(stage: Stage, store: Store) -> None:
    world = stage.world
    for case, seller, buyer in (
        ("case_active", "coop", "hotel"),
        (DONE, "coop", "hotel"),
        ("case_other", "other_coop", "restaurant"),
        ("case_running", "coop", "hotel"),
        ("case_freed", "coop", "hotel"),
    ):
        code = _deal(stage, case)
        deals.set_terms(
            world.actor(buyer),
            code,
            Terms(
                40_000,
                120_000,
                None,
                date(2026, 12, 13) if case == "case_freed" else date(2026, 11, 13),
                None,
                f"Giao tại kho {case}",
            ),
        )
        for party in (seller, buyer):
            deals.accept_terms(world.actor(party), code)
    code = _deal(stage, "case_capital")
    deals.set_terms(
        world.actor("investor"), code, Terms(None, None, 2 * 10**9, date(2026, 12, 1), None)
    )
    for party in ("investor", "official_1"):
        deals.accept_terms(world.actor(party), code)
    paper = _signed_paper(store, world.users["official_2"])
    deals.sign(world.actor("official_2"), code, signed_on=date(2026, 11, 11), paper=paper)
    stage.ids["paper"] = paper.public_id


def _papers_and_stops(stage: Stage, store: Store) -> None:
    """One deal waits for its second signed copy; one stands still, an end of it is proposed."""
    world = stage.world
    for case, starts_on in (("case_paper", date(2026, 12, 20)), ("case_stopped", clock.today())):
        code = _deal(stage, case)
        terms = Terms(5_000, 120_000, None, starts_on, None, f"Giao tại kho {case}")
        deals.set_terms(world.actor("hotel"), code, terms)
        for party in ("coop", "hotel"):
            deals.accept_terms(world.actor(party), code)
    code = _deal(stage, "case_paper")
    deals.draw_up(world.actor("coop"), code, PaperKind.FRAME)
    signed = Signed(clock.today(), _signed_paper(store, world.users["hotel"]))
    deals.hand_in(world.actor("hotel"), code, signed)
    code = _deal(stage, "case_stopped")
    deals.start(world.actor("official_1"), code)
    deals.suspend(world.actor("coop"), code, reason="landslide", note="Sạt lở.")
    stage.ids["ruling"] = deals.propose_ruling(
        world.actor("official_1"), code, RulingKind.TERMINATE, reason="disaster", note="Mất mùa."
    ).public_id


def _signed_paper(store: Store, user_id: int) -> StoredFile:
    content = b"%PDF-1.4\n%%EOF\n"
    return StoredFile(
        digest=store.put(content),
        media_type="application/pdf",
        size=len(content),
        label="hop-dong.pdf",
        uploaded_by_id=user_id,
        created_at=clock.now(),
    )


def _deliveries(stage: Stage) -> None:
    world, ids = stage.world, stage.ids
    day = date(2026, 11, 14)

    def deliver_(case: str, seller: str, buyer: str | None, quantity: int) -> str:
        entered = deals.enter_instalment(
            world.actor(seller), _deal(stage, case), InstalmentValues(day, quantity, None)
        )
        if buyer:
            deals.confirm_instalment(world.actor(buyer), entered.public_id)
        return entered.public_id

    ids["instalment_confirmed"] = deliver_("case_active", "coop", "hotel", 25_000)
    ids["instalment"] = deliver_("case_active", "coop", None, 15_000)
    ids["other_instalment"] = deliver_("case_other", "other_coop", None, 40_000)
    deliver_(DONE, "coop", "hotel", 40_000)
    deals.complete(world.actor("official_2"), _deal(stage, DONE), "complete")
    figures = db.session.scalars(sa.select(Figure).order_by(Figure.id)).all()
    codes = [figure.public_id for figure in figures]
    verifier = world.actor("ward_official_2")
    deals.move_figure(verifier, codes[0], "verify")
    deals.move_figure(verifier, codes[1], "return", reason="other", note="Xem lại giấy.")
    ids["figure_verified"], ids["figure_returned"], ids["figure_submitted"] = codes[:3]
    assert figures[2].state is FigureState.SUBMITTED


def _around_deliveries(stage: Stage) -> None:
    """A plan, an order, a parcel and a payment; goods freed for someone turned away before."""
    world, ids = stage.world, stage.ids
    coop, hotel = world.actor("coop"), world.actor("hotel")
    code = _deal(stage, "case_running")
    planned = deliveries.plan(coop, code, PlanValues(date(2026, 11, 18), 2_000))
    milestone = deliveries.plan(coop, code, PlanValues(date(2026, 11, 18), None, "Đóng gói xong"))
    order = deliveries.call_off(
        hotel, code, CallValues(date(2026, 12, 1), 8_000, "Ghi chú gọi hàng")
    )
    day = date(2026, 11, 17)
    parcel = deliveries.send(coop, code, DispatchValues(10_000, 2, "Xe khách minh họa", day, day))
    payment = deliveries.note_payment(
        coop, ids["instalment_confirmed"], PaymentValues(date(2026, 11, 15), 500_000, PaidHow.CASH)
    )
    ids |= {
        "planned": planned.public_id,
        "milestone": milestone.public_id,
        "call_off": order.public_id,
        "parcel": parcel.public_id,
        "payment": payment.public_id,
    }
    freed = deal_queries.get(_deal(stage, "case_freed"), coop)
    asked = interests.register(
        world.actor("restaurant"),
        freed.listing.public_id,
        InterestValues("Bếp", "+84900000003", "Cần hàng.", 5_000),
    )
    why = {"reason": "promised", "note": "Đã hứa hết."}
    interests.answer(coop, asked.public_id, "decline", **why)
    deals.cancel(hotel, freed.public_id, reason="changed", note="Đổi kế hoạch.")
    deliveries.offer_freed()
    chance = db.session.scalars(sa.select(SecondChance)).one()
    assert chance.state is ChanceState.OFFERED
    ids["chance"] = chance.public_id


def _trips(stage: Stage, store: Store) -> None:
    """Trips in four states, and promises made on one of them and in a case."""
    world, ids = stage.world, stage.ids
    official, today = world.actor("official_1"), clock.today()
    picture = clean_photo(store, _photo())

    def trip(name: str, first: date, *, confirm: bool = True) -> Trip:
        made = trips.create(
            official,
            world.pair_id,
            TripValues(
                f"Chuyến {name}",
                8,
                "Xem rẫy.",
                first,
                first,
                ids["coop"],
                "Trụ sở phường",
                390,
                is_open=True,
            ),
        )
        code = ids[name] = made.public_id
        for at in (540, 660):
            trips.add_stop(
                official, code, StopValues(first, at, listing=ids["published"], ask="Bao nhiêu?")
            )
        trips.attach(official, code, [ids["interest_accepted"]])
        for who in ("hotel", "restaurant"):
            trips.invite(official, code, PersonValues(ids[who], f"Phụ trách {name}", "", True))
        trips.move(official, code, "plan")
        for key in ("official_2", "ward_official_1") if confirm else ():
            trips.turn_key(world.actor(key), code, kit.freeze)
        return made

    planned = trip("trip_planned", today + timedelta(days=20), confirm=False)
    ids["stop_planned"] = planned.stops[0].public_id
    ids["person_planned"] = planned.people[0].public_id
    ids["person_asking"] = trips.ask_for_seat(
        world.actor("investor"), planned.public_id, "Giám đốc", "+84900000077"
    ).public_id
    confirmed = trip("trip_confirmed", today + timedelta(days=9))
    ids["stop_confirmed"] = confirmed.stops[0].public_id
    ids["person_confirmed"] = confirmed.people[0].public_id
    for name in ("trip_on_way", "trip_reporting"):
        gone = trip(name, today)
        first, second = gone.stops
        trips.check_in(
            world.actor("hotel"),
            gone.public_id,
            first.public_id,
            findings=f"Thấy gì {name}.",
            pictures=[picture],
        )
        if name == "trip_on_way":
            ids["stop_seen"], ids["stop_to_see"] = first.public_id, second.public_id
            ids["person_on_way"] = gone.people[0].public_id
            ids["trip_link"] = gone.interests[0].public_id
            ids["trip_photo"] = first.photos[0].public_id
        else:
            trips.skip(official, gone.public_id, second.public_id, reason="rain", note="Mưa.")
            trips.move(official, gone.public_id, "report")
            ids["trip_link_2"] = gone.interests[0].public_id
    for name, who, to_whom, place, code in (
        ("promise", "coop", "hotel", MadeIn.TRIP, ids["trip_on_way"]),
        ("promise_other", "other_coop", "restaurant", MadeIn.MEETING, None),
    ):
        said = PromiseValues(
            ids[who], ids[to_whom], f"Lời hứa {name}.", today + timedelta(days=9), today
        )
        ids[name] = promises.make(official, world.pair_id, said, place, code).public_id


def _talk(stage: Stage, store: Store) -> None:
    """Conversations of an interest and a case, officials' notes, introductions, a firm invited."""
    world, ids = stage.world, stage.ids
    official = world.actor("official_1")
    content = b"%PDF-1.4\n%%EOF\n"
    file = StoredFile(
        digest=store.put(content),
        media_type="application/pdf",
        size=len(content),
        label="bao-gia.pdf",
        uploaded_by_id=world.users["restaurant"],
        created_at=clock.now(),
    )
    for name, words, side, other in (
        ("introduction", "Câu giới thiệu kín.", "coop", "investor"),
        ("introduction_agreed", "Câu giới thiệu đã nhận.", "other_coop", "investor"),
    ):
        made = introducing.propose(official, ids[side], ids[other], words)
        ids[name] = made.public_id
        if name == "introduction_agreed":
            for who in (side, other):
                introducing.consent(world.actor(who), made.public_id)
    for name, about, on, who, files in (
        ("message", TalkedAbout.INTEREST, "interest_accepted", "restaurant", [file]),
        ("message_case", TalkedAbout.CASE, "case_active", "hotel", []),
        ("message_introduced", TalkedAbout.INTRODUCTION, "introduction_agreed", "investor", []),
    ):
        said = talking.write(world.actor(who), about, ids[on], f"Lời trao đổi {on}.", files)
        ids[name] = said.public_id
    ids["message_file"] = file.public_id
    talking.note(official, TalkedAbout.INTEREST, ids["interest_accepted"], "Ghi chú của cán bộ")
    talking.note(official, TalkedAbout.CASE, ids["case_active"], "Ghi chú của cán bộ")
    firm = InviteeValues("Khách sạn được mời", "Khách sạn", contact="Người nhận thư mời")
    ids["invitee"] = outreach.enter(official, firm).public_id


def _notices(stage: Stage) -> None:
    def one(*where: sa.ColumnElement[bool]) -> str:
        found = db.session.scalars(sa.select(Delivery).where(*where).order_by(Delivery.id)).first()
        assert found is not None, "no such notice"
        return found.public_id

    users = stage.world.users
    inbox = Delivery.channel == Channel.INBOX
    stage.ids["notice_coop"] = one(inbox, Delivery.user_id == users["coop"])
    stage.ids["notice_ward"] = one(inbox, Delivery.user_id == users["ward_official_2"])
    stage.ids["call"] = one(Delivery.channel == Channel.CALL)


def is_id(value: str) -> bool:
    """Whether an argument's value ends in a public id."""
    return len(value) >= LENGTH and set(value[-LENGTH:]) <= set(ALPHABET)


__all__ = ["ACTORS", "CASES", "NOWHERE", "Stage", "build", "is_id", "routes"]
