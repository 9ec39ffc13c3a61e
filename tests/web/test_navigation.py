"""Every page a menu entry leads to can be found from some menu by whoever it is for."""

from __future__ import annotations

import pytest

from marketplace.core.actor import ANONYMOUS
from marketplace.web import navigation

LINKED_ON_PAGES = {
    "/ban-hang/nhan",
    "/ban-hang/mua-vu",
}
"""Reached from the page they belong to: the labels from a lot, the season from the stall."""


PEOPLE = ("official_1", "ward_leader", "coop", "hotel", "investor")


def _who(world, name: str):
    return world.actor(name) if name else ANONYMOUS


@pytest.mark.parametrize("name", ["", *PEOPLE])
def test_no_entry_is_without_a_place(app, world, name: str) -> None:
    someone = _who(world, name)
    with app.test_request_context("/"):
        shown = {
            link.url
            for links in (
                navigation.top(someone),
                navigation.tabs(someone),
                navigation.account(someone),
                *(group.links for group in navigation.office(someone)),
                *(group.links for group in navigation.footer(someone)),
            )
            for link in links
        }
        meant = {
            navigation._links([entry])[0].url
            for entry in navigation.ENTRIES
            if entry.who(someone) and (entry.tab_for is None or not entry.icon)
        }
    lost = meant - shown
    assert lost <= LINKED_ON_PAGES, lost


def test_the_tools_of_officials_stand_together(world, browse) -> None:
    browser = browse("official_1")
    browser.get("/lam-viec")
    for address in (
        "/lam-viec/gioi-thieu",
        "/lam-viec/moi-doanh-nghiep",
        "/lam-viec/hop",
        "/lam-viec/lua-chon",
        "/lam-viec/ghep",
        "/lam-viec/hoi-khach",
    ):
        assert f'href="{address}"' in browser.response.get_data(as_text=True), address


def test_nobody_else_sees_them(world, browse) -> None:
    browser = browse("hotel")
    browser.get("/")
    assert "/lam-viec/hop" not in browser.response.get_data(as_text=True)
