"""The officials' list of wild species."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from marketplace.catalogue.wild import queries, services
from marketplace.catalogue.wild.rules import WildRule
from marketplace.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.page import Browser

Browse = Callable[..., Browser]
TYPED = {
    "name": "Lan gấm",
    "synonyms": "kim tuyến\nlan kim tuyến",
    "rule": "forbidden",
    "note": "Không hái.",
}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_from_the_empty_list_to_a_changed_row(browse: Browse, world, language):
    official = browse("official_1", language)
    official.get("/lam-viec/thu-hai")
    official.submit(action="/bat-dau")
    assert "Bảy lá một hoa" in official.text
    official.get("/lam-viec/thu-hai/them")
    official.submit(TYPED | {"name": "Cây mới"}, action="/them")
    assert "Cây mới" in official.text
    row = queries.known(world.pair.source_id, "cay moi")
    assert (row.rule, row.keys) == (WildRule.FORBIDDEN, "|cay moi|kim tuyen|lan kim tuyen|")
    official.get(f"/lam-viec/thu-hai/{row.public_id}")
    official.submit(TYPED | {"name": "Cây mới", "rule": "allowed"}, action=row.public_id)
    assert queries.known(world.pair.source_id, "cây mới").rule is WildRule.ALLOWED
    official.get("/lam-viec/nhat-ky?loai=wild_species")
    assert "Cây mới" in official.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "!!!"}, "name"),
        ({"rule": ""}, "rule"),
        ({"note": ""}, "note"),
    ],
)
def test_a_row_says_what_is_wrong(browse: Browse, changes, field):
    official = browse("official_1", "en")
    official.get("/lam-viec/thu-hai/them")
    page = official.submit(TYPED | changes, action="/them", status=422)
    assert [a.get("id") for _t, a in page.tags if a.get("aria-invalid") == "true"] == [field]


def test_a_name_stands_once_however_it_is_typed(world):
    official = world.actor("official_1")
    values = services.WildValues("Lan gấm", WildRule.FORBIDDEN, "Không hái.")
    row = services.add(official, values)
    with pytest.raises(Invalid, match="already"):
        services.add(official, services.WildValues("LAN GAM", WildRule.ALLOWED, "x"))
    with pytest.raises(Conflict):
        services.edit(official, row.public_id, row.version + 1, values)


@pytest.mark.parametrize("who", ["coop", "hotel"])
def test_only_officials_keep_it(world, browse: Browse, who):
    with pytest.raises(NotAllowed):
        services.add(world.actor(who), services.WildValues("x", WildRule.ALLOWED, "x"))
    browse(who).get("/lam-viec/thu-hai", 403)


def test_a_row_of_the_other_locality_is_not_there(world):
    values = services.WildValues("Lan gấm", WildRule.FORBIDDEN, "Không hái.")
    row = services.add(world.actor("official_1"), values)
    with pytest.raises(NotFound):
        services.edit(world.actor("ward_official_1"), row.public_id, None, values)
