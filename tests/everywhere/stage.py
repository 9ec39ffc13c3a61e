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
from marketplace.catalogue.kinds.opportunity.services import DocumentValues, MeetingValues
from marketplace.catalogue.kinds.opportunity.terms import Audience as Readers
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.kinds.produce.model import Grade, GradeValues
from marketplace.catalogue.kinds.tourism.model import Offering
from marketplace.catalogue.lists import Wished
from marketplace.catalogue.models import Listing, Photo
from marketplace.catalogue.rules import Audience
from marketplace.catalogue.taxonomy import Origin
from marketplace.catalogue.wild import queries as wild_queries
from marketplace.catalogue.wild import services as wild
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
from marketplace.deals.rules import FigureState
from marketplace.deals.services import InstalmentValues, Terms
from marketplace.discovery import services as discovery
from marketplace.discovery.services import SynonymValues
from marketplace.helping import services as helping
from marketplace.interests import services as interests
from marketplace.interests.services import InterestValues
from marketplace.matching import services as matching
from marketplace.matching.rules import Answer
from marketplace.matching.services import MatchValues
from marketplace.moderation import services as moderation
from marketplace.moderation.rules import About
from marketplace.moderation.services import ReportValues
from marketplace.notifications.models import Channel, Delivery
from marketplace.papers import services as papers
from marketplace.papers.models import PaperClaim
from marketplace.papers.rules import Coverage
from marketplace.papers.services import PaperValues
from marketplace.papers.types import PaperType
from marketplace.programme.models import Pair
from marketplace.programme.services import load_pair
from marketplace.questions import services as questions
from marketplace.revisions import services as revisions
from marketplace.roads import services as roads
from marketplace.roads.rules import Cause, Condition, Signal, Vehicle, Way
from marketplace.roads.services import AccessValues, NoticeValues
from marketplace.spreadsheets import services as spreadsheets
from marketplace.tracing import services as tracing
from marketplace.tracing.rules import StepKind
from marketplace.tracing.services import LotValues, StepValues
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
    "Giao tại kho case_active": PAIR | {"coop", "hotel"},
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
    "Tìm của hotel": {"hotel"},
    "Tìm của coop": {"coop"},
    "coop@demo.example": COMMUNE | {"coop", "other_coop"},
    "third-business@demo.example": {"third_official", "third_business"},
}
"""Words of the stage and who may meet them on any page. Whoever owns a listing reads the message
of an interest at once, but its contacts only after accepting."""


# ---------------------------------------------------------------- what stands in addresses

LISTINGS = ("draft", "other_draft", "submitted", "published", "closed", "household_draft")
PROPOSED, DONE = "case_proposed", "case_done"


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
        "public_id", PROPOSED, "case_negotiating", "case_active", "case_other", DONE, "case_capital"
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
        ),
    ),
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
    "deals.sign": _one("public_id", "case_capital", "case_active"),
    "deals.terms": _one("public_id", "case_negotiating", "case_active"),
    "deals.verify_figures": _one("public_id", DONE, "case_active"),
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
        ),
    ),
    "interests.show": _one(
        "public_id", "interest", "interest_accepted", "interest_other", "interest_capital", "offer"
    ),
    "matching.from_interest": _one("public_id", "interest_accepted", "interest", "offer"),
    "notifications.call": _one("public_id", "call"),
    "notifications.mail": [("kept", {"name": "mail"}), ("no mail", {"name": "=12345678"})],
    "notifications.read": _one("public_id", "notice_coop", "notice_ward"),
    "catalogue.approve": _one("public_id", "submitted", "gathered", "opportunity_submitted"),
    "proof.goods": _one("public_id", "paper_waiting", "paper_verified", "paper_of_household"),
    "wild.edit": _one("public_id", "wild", "wild_ward"),
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
        _matches(stage)
    with _on(12):
        deals.let_matches_take_effect()
        _agreements(stage, store)
    with _on(16):
        deals.start_due()
        _deliveries(stage)
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
            world.opportunity_values(**{"title": f"Vườn ươm {steps + 1}"} if steps < 2 else {}),
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


def _matches(stage: Stage) -> None:
    world = stage.world
    _matched(stage, PROPOSED, "hotel", decided=False)
    for name in ("case_negotiating", "case_active", DONE):
        _matched(stage, name, "hotel")
    _matched(stage, "case_other", "restaurant", "other_coop")
    asked = _ask(stage, "interest_matched", "investor", "opportunity", capital=10**9)
    for step in ("acknowledge", "accept"):
        interests.answer(world.actor("official_1"), asked, step)
    match = matching.propose_from_interest(
        world.actor("ward_official_1"), asked, MatchValues(value=2 * 10**9)
    )
    for party in ("official_1", "investor"):
        deals.answer_match(world.actor(party), match.public_id, Answer.YES)
    for key in ("official_2", "ward_leader"):
        deals.turn_match_key(world.actor(key), match.public_id)
    stage.ids["case_capital"] = match.public_id


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
    ):
        code = _deal(stage, case)
        deals.set_terms(
            world.actor(buyer),
            code,
            Terms(40_000, 120_000, None, date(2026, 11, 13), None, f"Giao tại kho {case}"),
        )
        for party in (seller, buyer):
            deals.accept_terms(world.actor(party), code)
    code = _deal(stage, "case_capital")
    deals.set_terms(
        world.actor("investor"), code, Terms(None, None, 2 * 10**9, date(2026, 12, 1), None)
    )
    for party in ("investor", "official_1"):
        deals.accept_terms(world.actor(party), code)
    content = b"%PDF-1.4\n%%EOF\n"
    paper = StoredFile(
        digest=store.put(content),
        media_type="application/pdf",
        size=len(content),
        label="hop-dong.pdf",
        uploaded_by_id=world.users["official_2"],
        created_at=clock.now(),
    )
    deals.sign(world.actor("official_2"), code, signed_on=date(2026, 11, 11), paper=paper)
    stage.ids["paper"] = paper.public_id


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
