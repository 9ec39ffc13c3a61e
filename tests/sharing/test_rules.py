"""What may be named, what is left out of free text, ids that never change."""

from __future__ import annotations

import pytest

from marketplace.accounts.rules import OrganisationKind as Kind
from marketplace.sharing.rules import may_name, shortened, urn, without_contacts


@pytest.mark.parametrize(
    ("kind", "names_owner", "agreed", "named"),
    [
        (Kind.COOPERATIVE, True, False, True),
        (Kind.COOPERATIVE, False, False, False),
        (Kind.ENTERPRISE, False, True, True),
        (Kind.PRODUCER_HOUSEHOLD, True, False, False),
        (Kind.PRODUCER_HOUSEHOLD, True, True, True),
        (Kind.HOUSEHOLD_BUSINESS, True, False, False),
        (Kind.AUTHORITY, True, False, True),
    ],
)
def test_a_household_is_named_only_by_its_agreement(kind, names_owner, agreed, named) -> None:
    assert may_name(kind, names_owner=names_owner, agreed=agreed) is named


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Gọi 0905 123 456 nhé", "Gọi … nhé"),
        ("Gọi 0905.123.456", "Gọi …"),
        ("Gọi +84905123456", "Gọi …"),
        ("Gọi 02363-123-456", "Gọi …"),
        ("Thư cho a.b@chợ.example!", "Thư cho …!"),
        ("Giá 120.000.000 đồng", "Giá 120.000.000 đồng"),
        ("Vốn 20 000 000 000", "Vốn 20 000 000 000"),
        ("Độ cao 1.050 m, ngày 01/02/2026", "Độ cao 1.050 m, ngày 01/02/2026"),
    ],
)
def test_contacts_go_and_figures_stay(text: str, left: str) -> None:
    assert without_contacts(text).rstrip("!") == left.rstrip("!")


def test_a_summary_ends_at_a_word() -> None:
    assert shortened("một hai ba bốn", 100) == "một hai ba bốn"
    assert shortened("một hai ba bốn", 11) == "một hai…"
    assert len(shortened("x" * 300, 200)) == 200


def test_ids_are_the_same_for_ever() -> None:
    assert urn("listing", "abc") == "urn:uuid:5442f627-29bb-5085-a507-0f4989714348"
    assert urn("listing", "abd") != urn("listing", "abc")
