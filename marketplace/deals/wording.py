"""The paper of a deal as an editable Word file, in Vietnamese whatever the reader's language.

The forms stand in ``paper_forms``. What people typed is escaped and cleaned of control characters,
and the tags of a form run in a sandbox: a name is never read as a tag.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from jinja2.sandbox import SandboxedEnvironment

from marketplace.accounts.models import Organisation
from marketplace.core.phone import display
from marketplace.deals.models import Agreement, Deal
from marketplace.deals.rules import PaperKind, PartyRole
from marketplace.web import formats
from marketplace.web.locale import in_language

FORMS = Path(__file__).parent / "paper_forms"
BLANK = "……………………"

PAPERS = {
    PaperKind.MEMORANDUM: "Bản ghi nhớ này",
    PaperKind.FRAME: "Hợp đồng này",
    PaperKind.OFFTAKE: "Hợp đồng này",
    PaperKind.LINKAGE: "Hợp đồng này",
}
ROLES = {
    PartyRole.SELLER: "bên bán",
    PartyRole.BUYER: "bên mua",
    PartyRole.HOST: "bên tiếp nhận đầu tư",
    PartyRole.INVESTOR: "bên đầu tư",
    PartyRole.SUPPORTER: "bên hỗ trợ",
    PartyRole.WITNESS: "bên chứng kiến",
}
LINKAGE = {
    1: "liên kết từ cung ứng vật tư, dịch vụ đầu vào, tổ chức sản xuất, thu hoạch, sơ chế hoặc "
    "chế biến gắn với tiêu thụ sản phẩm nông nghiệp",
    2: "liên kết cung ứng vật tư, dịch vụ đầu vào gắn với tiêu thụ sản phẩm nông nghiệp",
    3: "liên kết tổ chức sản xuất, thu hoạch gắn với tiêu thụ sản phẩm nông nghiệp",
    4: "liên kết cung ứng vật tư, dịch vụ đầu vào, tổ chức sản xuất, thu hoạch gắn với tiêu thụ "
    "sản phẩm nông nghiệp",
    5: "liên kết tổ chức sản xuất, thu hoạch, sơ chế hoặc chế biến gắn với tiêu thụ sản phẩm nông "
    "nghiệp",
    6: "liên kết cung ứng vật tư, dịch vụ đầu vào, sơ chế hoặc chế biến gắn với tiêu thụ sản phẩm "
    "nông nghiệp",
    7: "liên kết sơ chế hoặc chế biến gắn với tiêu thụ sản phẩm nông nghiệp",
}
"""The words of the contract for the seven forms of article 4 of Decree 98/2018/NĐ-CP."""
SUPPLIES, GROWING, PROCESSING = {1, 2, 4, 6}, {1, 3, 4, 5}, {1, 5, 6, 7}


def written(agreement: Agreement) -> bytes:
    """The Word file of an agreement, made from its deal as it stands now."""
    template = DocxTemplate(FORMS / f"{agreement.kind.value}.docx")
    with in_language("vi"):
        told = _told(agreement)
    # S701: docxtpl escapes by its own switch, for which it needs the environment's to be off.
    template.render(told, jinja_env=SandboxedEnvironment(), autoescape=True)
    content = io.BytesIO()
    template.save(content)
    return content.getvalue()


def _told(agreement: Agreement) -> dict[str, Any]:
    deal, offer = agreement.deal, agreement.deal.offer
    form = agreement.linkage_form
    parties = [
        _party(letter, party.organisation, ROLES[party.role])
        for letter, party in zip(_letters(), deal.parties, strict=False)
    ]
    return {
        "about": _said(f"Về việc {_about(deal)}"),
        "subject": _said(deal.listing.title),
        "source": formats.inside(_said(deal.pair.source.name)),
        "market": formats.inside(_said(deal.pair.market.name)),
        "parties": parties,
        "signing": _by_twos(parties),
        "quantity": formats.quantity(offer.quantity, deal.unit),
        "unit": formats.unit_name(deal.unit),
        "unit_price": _money(offer.unit_price),
        "value": _money(offer.value),
        "starts_on": _day(offer.starts_on),
        "ends_on": _day(offer.ends_on) if offer.ends_on else "",
        "delivery": _lines(offer.delivery),
        "payment": _lines(offer.payment),
        "quality": _lines(offer.quality),
        "other": _lines(offer.other),
        "Paper": PAPERS[agreement.kind],
        "form_number": form,
        "form_words": LINKAGE.get(form or 0, ""),
        "has_supplies": form in SUPPLIES,
        "has_growing": form in GROWING,
        "has_processing": form in PROCESSING,
    }


def _about(deal: Deal) -> str:
    verb = "mua bán" if deal.unit is not None else "hợp tác đầu tư"
    return f"{verb}: {deal.listing.title}"


def _letters() -> Iterable[str]:
    return (f"BÊN {letter}" for letter in "ABCDEFGHIKLMNOPQRSTUVXY")


def _party(letter: str, organisation: Organisation, role: str) -> dict[str, str]:
    return {
        "letter": letter,
        "role": role,
        "name": _said(organisation.name),
        "address": _said(organisation.address) or BLANK,
        "phone": display(organisation.phone) if organisation.phone else BLANK,
        "tax_code": _said(organisation.tax_code) or BLANK,
    }


def _by_twos(parties: Sequence[dict[str, str]]) -> list[list[dict[str, str]]]:
    """The places for signatures, two in a row; an odd last one stands alone."""
    places = [
        {
            "title": f"ĐẠI DIỆN {party['letter']}",
            "how": "(Ký, ghi rõ họ tên, đóng dấu nếu có)",
        }
        for party in parties
    ]
    if len(places) % 2:
        places.append({"title": "", "how": ""})
    return [places[at : at + 2] for at in range(0, len(places), 2)]


def _said(text: str | None) -> str:
    """Text on one line, without control characters."""
    kept = "".join(c for c in text or "" if c.isprintable() or c.isspace())
    return " ".join(kept.split())


def _lines(text: str) -> list[str]:
    return [_said(line) for line in text.splitlines() if line.strip()]


def _money(amount: int | None) -> str:
    return f"{formats.number(amount)} đồng" if amount is not None else BLANK


def _day(day: date | None) -> str:
    """``05 tháng 02 năm 2026``: noughts before days under 10 and months under 3."""
    if day is None:
        return BLANK
    month = f"{day.month:02}" if day.month < 3 else str(day.month)  # noqa: PLR2004
    return f"{day.day:02} tháng {month} năm {day.year}"
