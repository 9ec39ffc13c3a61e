"""What may be told apart: nobody's share can be read or worked out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.reports.charts import LINES, NARROW, WIDE, plot, step
from marketplace.reports.disclosure import FIRMS, Share, disclosed, together


def share(code: str, delivered: int, firms: set[int]) -> Share:
    return Share(code, delivered, delivered, frozenset(firms), frozenset(firms))


def test_three_firms_are_enough_and_two_are_not():
    rows = [share("wood", 50, {1, 2, 3}), share("earth", 40, {1, 2, 3}), share("fire", 10, {4, 5})]
    assert [r.code for r in disclosed(rows)] == ["wood", ""]
    assert disclosed(rows)[-1].codes == ("earth", "fire")


def test_several_small_ones_are_told_together_when_that_is_enough():
    rows = [share("wood", 50, {1, 2, 3}), share("earth", 9, {1, 2}), share("fire", 8, {4, 5})]
    shown = disclosed(rows)
    assert [(r.code, r.delivered) for r in shown] == [("wood", 50), ("", 17)]


def test_everything_small_leaves_only_the_total():
    assert disclosed([share("wood", 50, {1, 2}), share("fire", 5, {1})]) == []
    assert disclosed([]) == []


shares = st.lists(
    st.builds(
        share,
        st.sampled_from(["wood", "earth", "water", "fire", "metal"]),
        st.integers(1, 10**12),
        st.sets(st.integers(1, 9), min_size=1, max_size=5),
    ),
    unique_by=lambda s: s.code,
    max_size=5,
)


@given(shares)
def test_no_row_has_too_few_firms_and_nothing_is_lost(rows):
    shown = disclosed(rows)
    assert all(len(row.delivered_by) >= FIRMS for row in shown)
    if shown:
        assert together(shown).delivered == together(rows).delivered
    assert sum(1 for row in shown if not row.code) <= 1


@given(shares, st.randoms())
def test_the_order_of_input_does_not_matter(rows, random):
    mixed = list(rows)
    random.shuffle(mixed)
    assert disclosed(rows) == disclosed(mixed)


@given(
    st.lists(st.tuples(st.just("Q"), st.integers(0, 10**13), st.integers(0, 10**13)), max_size=8)
)
def test_bars_stay_on_the_paper_and_keep_their_proportion(quarters):
    for size in (WIDE, NARROW):
        drawn = plot(size, quarters, str)
        tops = [line.y for line in drawn.grid]
        assert tops == sorted(tops, reverse=True)
        for group in drawn.groups:
            for bar in group.bars:
                assert 0 <= bar.y <= drawn.base
                assert bar.y + bar.height == drawn.base
                assert drawn.left <= bar.x <= bar.x + bar.width <= drawn.right
        if quarters:
            assert len(drawn.grid) <= LINES + 1


def test_grid_steps_are_round():
    assert [step(n) for n in (1, 4, 5, 9, 100, 450, 11_400_000_000)] == [
        1,
        1,
        2,
        5,
        50,
        200,
        5_000_000_000,
    ]
