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
    fitting, found = [], [Counter[str]() for _ in READ]
    for place, values in enumerate(rows):
        codes = [read(value) for read, value in zip(READ, values, strict=True)]  # type: ignore[operator]
        fits = [
            not wanted or bool(set(wanted) & set(of))
            for wanted, of in zip(chosen, codes, strict=True)
        ]
        if all(fits):
            fitting.append(place)
        for at, of in enumerate(codes):
            if all(fit for other, fit in enumerate(fits) if other != at):
                for code in of:
                    found[at][code] += 1
    tally = Tally.read([(7 + place, *values) for place, values in enumerate(rows)], READ)
    fits = tally.fitting(chosen, tally.everything)
    assert fits == sum(1 << place for place in fitting)
    backwards = [7 + place for place in reversed(range(len(rows) + 3))]
    for skip, size in ((0, 3), (2, 4), (0, 99), (50, 5)):
        expected = [7 + place for place in reversed(fitting)][skip : skip + size]
        assert tally.page(backwards, fits, skip, size) == expected
    for counter, codes_of in zip(found, tally.counts(chosen, tally.everything), strict=True):
        assert {code: n for code, n in codes_of.items() if n} == dict(counter)


def test_nothing_at_all_is_counted_as_nothing() -> None:
    tally = Tally.read([], READ)
    assert tally.fitting(([], ["1"], []), tally.everything) == 0
    assert tally.counts(([], ["1"], []), tally.everything) == [{}, {}, {}]
    assert tally.page([1, 2], 0, 0, 24) == []
