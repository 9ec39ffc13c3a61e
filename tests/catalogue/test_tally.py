"""Counts of filters, against counting one by one."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.tally import Tally

CODES = ("a", "b", "c")
rows = st.lists(
    st.tuples(
        st.sampled_from([None, *CODES]),  # one value
        st.integers(0, 15),  # several, as bits
        st.booleans(),
        st.integers(1, 9),  # how many listings
    ),
    max_size=30,
)
chosen = st.tuples(
    st.lists(st.sampled_from([*CODES, "no such"]), unique=True),
    st.lists(st.sampled_from(["0", "1", "2", "3"]), unique=True),
    st.lists(st.just("yes"), max_size=1),
)


def one(value: str | None) -> list[str]:
    return [] if value is None else [value]


def several(mask: int) -> list[str]:
    return [str(bit) for bit in range(4) if mask >> bit & 1]


def flag(value: bool) -> list[str]:
    return ["yes"] if value else []


READ = (one, several, flag)


@given(rows, chosen)
def test_counts_are_those_of_counting_one_by_one(
    rows: list[tuple[object, ...]], chosen: tuple[list[str], ...]
) -> None:
    total, found = 0, [Counter[str]() for _ in READ]
    for *values, n in rows:
        codes = [read(value) for read, value in zip(READ, values, strict=True)]  # type: ignore[operator]
        fits = [
            not wanted or bool(set(wanted) & set(of))
            for wanted, of in zip(chosen, codes, strict=True)
        ]
        total += n if all(fits) else 0  # type: ignore[operator]
        for at, of in enumerate(codes):
            if all(fit for other, fit in enumerate(fits) if other != at):
                for code in of:
                    found[at][code] += n  # type: ignore[operator]
    counted, by_facet = Tally(rows, READ).counts(chosen)
    assert counted == total
    for counter, codes_of in zip(found, by_facet, strict=True):
        assert {code: n for code, n in codes_of.items() if n} == dict(counter)


def test_nothing_at_all_is_counted_as_nothing() -> None:
    assert Tally([], READ).counts(([], ["1"], [])) == (0, [{}, {}, {}])
