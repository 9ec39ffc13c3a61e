"""Papers through the pages: entering, verifying, renewing, who may open what."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from marketplace.cli import work_once
from marketplace.core.db import db
from marketplace.papers import services
from marketplace.papers.models import Paper
from marketplace.papers.rules import PaperState
from marketplace.papers.types import PaperType
from tests.page import Browser
from tests.papers.conftest import PDF, day

Browse = Callable[..., Browser]
T = PaperType


def scan(name: str = "giấy.pdf", content: bytes = PDF) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def the_paper() -> Paper:
    return db.session.scalars(sa.select(Paper).order_by(Paper.id.desc())).first()


TYPED = {
    "number": "12/CK-ATTP",
    "issuer": "UBND xã Avương",
    "issued_on": "15/01/2026",
    "scope": "Rau rừng, mật ong",
    "coverage": "all",
}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_from_the_empty_list_to_a_verified_paper(browse: Browse, language: str) -> None:
    coop = browse("coop", language)
    coop.get("/ban-hang/chung-nhan")
    coop.get("/ban-hang/chung-nhan/them")
    coop.get("/ban-hang/chung-nhan/them?loai=commitment")
    coop.submit(
        TYPED | {"scan": scan()}, action="loai=commitment", content_type="multipart/form-data"
    )
    assert coop.path == f"/giay-to/{the_paper().public_id}"
    official = browse("official_2", language)
    official.get("/lam-viec/giay-to")
    assert "12/CK-ATTP" in official.text
    official.get(f"/giay-to/{the_paper().public_id}/tep")
    assert official.response.headers["Content-Disposition"].startswith("attachment")
    official.get(f"/giay-to/{the_paper().public_id}")
    official.submit(action="/verify")
    assert the_paper().state is PaperState.VERIFIED
    assert the_paper().valid_until == date(2029, 1, 15)
    coop.get("/ban-hang/chung-nhan")
    assert ("15/01/2029" if language == "vi" else "15 Jan 2029") in coop.text


def test_the_empty_list_says_what_helps(browse: Browse) -> None:
    coop = browse("coop", "en")
    coop.get("/ban-hang/chung-nhan")
    assert "No papers yet. None is demanded, but a food-safety commitment helps." in coop.text


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("vietgap", {"number": ""}, "number"),
        ("vietgap", {"number": "x" * 61}, "number"),
        ("vietgap", {"issuer": ""}, "issuer"),
        ("vietgap", {"issued_on": "31/02/2026"}, "issued_on"),
        ("vietgap", {"issued_on": "21/11/2026"}, "issued_on"),
        ("vietgap", {"valid_until": "16/01/2028"}, "valid_until"),
        ("vietgap", {"scope": ""}, "scope"),
        ("vietgap", {"coverage": "most"}, "coverage"),
        ("ocop", {"stars": "", "decision_number": "1/QĐ", "decision_on": "15/01/2026"}, "stars"),
        ("ocop", {"stars": "2", "decision_number": "1/QĐ", "decision_on": "15/01/2026"}, "stars"),
        ("ocop", {"stars": "4", "decision_on": "15/01/2026"}, "decision_number"),
        ("ocop", {"stars": "4", "decision_number": "1/QĐ"}, "decision_on"),
        ("organic", {"standard": ""}, "standard"),
    ],
)
def test_a_refused_field_says_why_and_keeps_what_was_typed(
    browse: Browse, kind: str, changes: dict[str, str], field: str
) -> None:
    coop = browse("coop", "en")
    coop.get(f"/ban-hang/chung-nhan/them?loai={kind}")
    page = coop.submit(
        TYPED | changes | {"scan": scan()},
        action=f"loai={kind}",
        status=422,
        content_type="multipart/form-data",
    )
    wrong = [a.get("id") for t, a in page.tags if a.get("aria-invalid") == "true"]
    fieldsets = [
        a["id"] for t, a in page.tags if t == "fieldset" and "err" in (a.get("class") or "")
    ]
    assert wrong + fieldsets == [field]
    if field != "scope":
        assert "Rau rừng, mật ong" in page.text
    assert the_paper() is None


def test_a_scan_that_is_none_is_refused_by_its_content(browse: Browse) -> None:
    coop = browse("coop", "en")
    coop.get("/ban-hang/chung-nhan/them?loai=vietgap")
    page = coop.submit(
        TYPED | {"scan": scan("giay.pdf", b"<svg onload=x>")},
        action="loai=vietgap",
        status=422,
        content_type="multipart/form-data",
    )
    assert "Attach the paper as a PDF file or a photo" in page.text


def test_no_field_for_the_label_exists(browse: Browse) -> None:
    """Trust is computed: neither papers nor listings have an input for it."""
    coop = browse("coop")
    names = set()
    for path in ("/ban-hang/chung-nhan/them?loai=vietgap", "/ban-hang/dang"):
        page = coop.get(path)
        names |= {name for form in page.forms for name in form["fields"]}
    assert not names & {"safety", "is_safe", "label", "verified", "state", "level"}


def test_a_number_of_another_through_the_pages(browse: Browse, story) -> None:
    story.verified(T.COMMITMENT, number="12/CK-ATTP", issuer="UBND xã Avương")
    other = browse("other_coop", "en")
    other.get("/ban-hang/chung-nhan/them?loai=commitment")
    page = other.submit(
        TYPED | {"number": "12 ck attp", "scan": scan()},
        action="loai=commitment",
        status=422,
        content_type="multipart/form-data",
    )
    assert "The officials have been told" in page.text
    official = browse("official_2", "en")
    official.get("/lam-viec/giay-to")
    assert "HTX Bhalêê minh họa gave this number" in official.text
    official.get("/lam-viec")
    assert "HTX Bhalêê minh họa gave the same number" in official.text
    official.get("/lam-viec/giay-to")
    official.submit(action=official.page.forms[-1]["attrs"]["action"])
    assert "gave this number" not in official.text


def test_a_growing_area_code_with_a_district_is_kept_with_a_warning(browse: Browse, story) -> None:
    paper = story.paper(T.GROWING_AREA, number="VN-49-504-20458-01-24")
    for who in ("coop", "official_1"):
        browser = browse(who, "en")
        browser.get(f"/giay-to/{paper.public_id}")
        assert "The code still names a district (504)" in browser.text
    assert paper.valid_until is None


def test_for_a_household_by_its_cooperative(browse: Browse, story) -> None:
    household = story.household()
    coop = browse("coop", "en")
    coop.get("/ban-hang/chung-nhan/cho-ai?q=minh+hoa")
    assert household.name in coop.text
    coop.get(f"/ban-hang/chung-nhan/them?loai=commitment&cho={household.public_id}")
    data = TYPED | {
        "acting_how": "call",
        "acting_said_on": "19/11/2026",
        "acting_note": "Đã đọc lại.",
    }
    coop.submit(data, action=household.public_id)
    assert the_paper().organisation_id == household.id
    assert "Recorded by" in coop.text
    coop.get("/ban-hang/chung-nhan")
    assert household.name in coop.text


@pytest.mark.parametrize("move", ["return", "suspend", "revoke"])
def test_each_refusal_takes_a_reason_that_the_owner_reads(browse: Browse, story, move) -> None:
    paper = story.paper() if move == "return" else story.verified()
    official = browse("official_2", "en")
    official.get(f"/giay-to/{paper.public_id}")
    official.submit({"reason": "", "note": ""}, action=f"/{move}", status=422)
    official.submit({"reason": "other", "note": "Số trên ảnh khác."}, action=f"/{move}")
    coop = browse("coop", "en")
    coop.get(f"/giay-to/{paper.public_id}")
    assert "Số trên ảnh khác." in coop.text


def test_renewed_from_its_page(browse: Browse, story) -> None:
    paper = story.verified(T.HACCP, number="HC-1")
    coop = browse("coop", "en")
    coop.get(f"/giay-to/{paper.public_id}/gia-han")
    assert "Đẳng sâm, thôn Azứt" in coop.text
    typed = {"number": "HC-2", "issued_on": "01/11/2026", "coverage": "all", "scope": "Sấy"}
    coop.submit(typed, action="/gia-han")
    assert the_paper().renews_id == paper.id
    coop.get(f"/giay-to/{paper.public_id}")
    assert "HC-2" in coop.text
    coop.get(f"/giay-to/{paper.public_id}/gia-han", 409)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_reminders_can_be_read(browse: Browse, story, app, language) -> None:
    """Every notice about a paper has its words, for owners and officials, in both languages."""
    paper = story.verified()
    with day(paper.until + timedelta(days=1)):
        services.remind()
        work_once()
        for who in ("coop", "official_1"):
            browser = browse(who, language)
            browser.get("/thong-bao")
            assert paper.number in browser.text
