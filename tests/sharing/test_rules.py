"""What may be named, what is left out of free text, ids that never change."""

from __future__ import annotations

import pytest

from marketplace.accounts.rules import OrganisationKind as Kind
from marketplace.sharing.rules import may_name, shortened, urn


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


def test_a_summary_ends_at_a_word() -> None:
    assert shortened("một hai ba bốn", 100) == "một hai ba bốn"
    assert shortened("một hai ba bốn", 11) == "một hai…"
    assert len(shortened("x" * 300, 200)) == 200


def test_ids_are_the_same_for_ever() -> None:
    assert urn("listing", "abc") == "urn:uuid:5442f627-29bb-5085-a507-0f4989714348"
    assert urn("listing", "abd") != urn("listing", "abc")
