"""The Word files of agreements: layout, words, and nothing that was typed is read as a tag."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import pytest
from docx import Document
from docx.shared import Pt

from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.deals import services as deals
from marketplace.deals import wording
from marketplace.deals.models import Agreement
from marketplace.deals.paper_forms import make
from marketplace.deals.rules import LINKAGE_FORMS, PaperKind, PartyRole
from marketplace.deals.services import Terms

NAME = "Bếp <Biển & Núi> {{ 7*7 }} {% if x %}"


@pytest.fixture
def drawn(app, world, story):
    """Give the file of an agreed deal of three principals as docx and as text."""
    world.organisation("hotel").name = NAME
    db.session.commit()
    deal = story.opened(unit_price=2_000_000)
    code = deal.public_id
    deals.add_party(
        world.actor("official_1"),
        code,
        world.organisation("other_coop").public_id,
        PartyRole.SELLER,
    )
    terms = Terms(
        *(40_000, 2_000_000, None, date(2026, 12, 5), date(2027, 2, 3)),
        "Giao tại bếp & kho\nHai đợt",
        payment="Chuyển khoản sau 7 ngày",
    )
    deals.set_terms(world.actor("hotel"), code, terms)
    for who in ("hotel", "coop", "other_coop"):
        deals.accept_terms(world.actor(who), code)

    def draw(kind: PaperKind, form: int | None = None) -> bytes:
        agreement = deals.draw_up(world.actor("coop"), code, kind, form)
        with app.test_request_context():
            return wording.written(agreement)

    return draw


def text_of(content: bytes) -> str:
    paper = Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([p.text for p in paper.paragraphs] + cells)


@pytest.mark.parametrize("kind", list(PaperKind))
def test_every_kind_says_the_deal_and_leaves_no_tag(drawn, kind):
    content = drawn(kind, 4 if kind is PaperKind.LINKAGE else None)
    text = text_of(content)
    for said in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "BẢN NHÁP",
        "Số: …………/…………",
        NAME,
        "BÊN C (bên bán)",
        "40 kg",
        "2.000.000 đồng",
        "80.000.000 đồng",
        "05 tháng 12 năm 2026",
        "03 tháng 02 năm 2027",
        "Giao tại bếp & kho",
        "Chuyển khoản sau 7 ngày",
        "./.",
    ):
        assert said in text, said
    assert text.count("ĐẠI DIỆN BÊN") == 3
    tags = text.replace("{{ 7*7 }}", "").replace("{% if x %}", "")
    assert not re.search(r"\{\{|\{%|\}\}|%\}", tags)
    clauses = [int(n) for n in re.findall(r"^Điều (\d+)\. ", text, re.MULTILINE)]
    assert clauses == list(range(1, len(clauses) + 1))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert parts.testzip() is None


def test_the_sheet_is_laid_out_as_decree_30_asks(drawn):
    paper = Document(io.BytesIO(drawn(PaperKind.FRAME)))
    (section,) = paper.sections
    assert [round(side.mm) for side in (section.page_width, section.page_height)] == [210, 297]
    assert [round(side.mm) for side in (section.left_margin, section.right_margin)] == [30, 15]
    assert [round(side.mm) for side in (section.top_margin, section.bottom_margin)] == [20, 20]
    assert section.different_first_page_header_footer  # no number on the first page
    assert "PAGE" in section.header._element.xml
    assert not section.first_page_header.paragraphs[0].text
    normal = paper.styles["Normal"].font
    assert (normal.name, normal.size) == ("Times New Roman", Pt(14))


@pytest.mark.parametrize("form", LINKAGE_FORMS)
def test_a_linkage_contract_names_its_form(drawn, form):
    text = text_of(drawn(PaperKind.LINKAGE, form))
    assert f"khoản {form} Điều 4 Nghị định số 98/2018/NĐ-CP" in text
    assert ("Cung ứng vật tư" in text) == (form in {1, 2, 4, 6})
    assert ("Sơ chế hoặc chế biến: bên" in text) == (form in {1, 5, 6, 7})


@pytest.mark.parametrize("form", [None, 0, 8])
def test_a_linkage_contract_has_one_of_the_seven_forms(drawn, form):
    with pytest.raises(Invalid) as refusal:
        drawn(PaperKind.LINKAGE, form)
    assert refusal.value.field == "linkage_form"
    db.session.rollback()
    assert db.session.query(Agreement).count() == 0


def test_control_characters_stay_out():
    assert wording._said("Mật\x00 ong\x07\n rừng\u202e") == "Mật ong rừng"


def test_the_forms_in_the_tree_are_those_the_module_writes():
    for name, (title, bases, clauses) in make.FORMS.items():
        kept = Document(str(make.FOLDER / f"{name}.docx"))
        made = make.form(title, bases, clauses)
        assert kept.element.xml == made.element.xml, (
            "run python -m marketplace.deals.paper_forms.make"
        )
