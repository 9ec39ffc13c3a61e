"""What is read of a cookie or an address, and what is brought along at sign-in."""

from __future__ import annotations

import pytest

from marketplace.shortlist.rules import known, merged

A, B, C = "222222bbbb", "333333cccc", "444444dddd"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([], []),
        ([A, B], [A, B]),
        ([A, A, B, A], [A, B]),
        (["", "x", A.upper(), A + "b", A[:-1], "2222222aaa", None, 7, B], [B]),
        ([C, B, A], [C, B]),
    ],
)
def test_only_well_formed_ids_are_read_each_once(given: list[object], found: list[str]) -> None:
    assert known(given, 2) == found


@pytest.mark.parametrize(
    ("kept", "brought", "new"),
    [
        ([], [A, B], [A, B]),
        ([A], [A, B], [B]),
        ([A], [B, B, C], [B]),
        ([A, B], [C], []),
        ([A, B, C], [], []),
    ],
)
def test_what_is_new_is_brought_as_far_as_there_is_room(
    kept: list[str], brought: list[str], new: list[str]
) -> None:
    assert merged(kept, brought, most=2) == new
