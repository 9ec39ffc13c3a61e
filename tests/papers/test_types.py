"""The table of types, held against the domain page line by line."""

from __future__ import annotations

import pytest

from marketplace.papers.types import TYPES, Counts, Extra, PaperType, of_count

T, C, E = PaperType, Counts, Extra

TABLE = {
    # type: longest term in months, prolongation, counts for, what it cannot do without
    T.COMMITMENT: (36, 0, C.COMMITMENT, set()),
    T.FOOD_SAFETY: (36, 0, C.CERTIFICATE, set()),
    T.OCOP: (36, 0, C.CERTIFICATE, {E.STARS, E.DECISION_NUMBER, E.DECISION_ON}),
    T.VIETGAP: (24, 3, C.CERTIFICATE, set()),
    T.ORGANIC: (24, 0, C.CERTIFICATE, {E.STANDARD}),
    T.PGS: (12, 0, C.NOTHING, set()),
    T.GLOBALGAP: (12, 0, C.CERTIFICATE, set()),
    T.HACCP: (36, 0, C.CERTIFICATE, set()),
    T.ISO_22000: (36, 0, C.CERTIFICATE, set()),
    T.SAFE_CHAIN: (12, 0, C.CERTIFICATE, set()),
    T.GROWING_AREA: (None, 0, C.NOTHING, set()),
    T.SELF_DECLARATION: (None, 0, C.NOTHING, set()),
    T.LIQUOR: (60, 0, C.CERTIFICATE, set()),
    T.HARVEST: (12, 0, C.NOTHING, set()),
}


@pytest.mark.parametrize("kind", PaperType)
def test_the_table_is_the_one_that_was_read(kind):
    facts = TYPES[kind]
    assert (facts.months, facts.prolonged_months, facts.counts, set(facts.needs)) == TABLE[kind]


def test_only_ocop_has_stars_and_needs_its_scan_at_once():
    assert [k for k, f in TYPES.items() if E.STARS in f.asks | f.needs] == [T.OCOP]
    assert [k for k, f in TYPES.items() if f.scan_first] == [T.OCOP]


def test_the_licence_for_liquor_says_nothing_about_other_goods():
    assert [k for k, f in TYPES.items() if f.alcohol_only] == [T.LIQUOR]


def test_every_type_counts_for_one_thing():
    counted = [kind for counts in Counts for kind in of_count(counts)]
    assert sorted(counted) == sorted(PaperType)
    assert of_count(C.COMMITMENT) == (T.COMMITMENT,)
