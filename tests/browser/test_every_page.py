"""Every page each role can reach by links: axe in light and dark, no sideways scroll, no fault."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import DESKTOP, NARROW, Visitor

pytestmark = [pytest.mark.browser]

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
PER_PATTERN = 2
"""How many pages of one shape (the same address but for codes) are looked at."""
MOST = 120

ROLES = [
    ("", ""),
    ("enterprise", "Khách sạn"),
    ("cooperative", "Dược liệu"),
    ("official", "Avương"),
    ("leader", "Ngũ Hành Sơn"),
]


def pattern(path: str) -> str:
    """An address without its codes, slugs and query values."""
    parts = urlsplit(path)
    shape = re.sub(r"[^/]*[a-z0-9]{10}(?=/|$)", "*", parts.path)
    keys = sorted({pair.split("=")[0] for pair in parts.query.split("&") if pair})
    return shape + ("?" + "&".join(keys) if keys else "")


def links(visitor: Visitor) -> list[str]:
    found = visitor.page.eval_on_selector_all(
        "a[href]", "links => links.map(link => link.getAttribute('href'))"
    )
    return [
        link
        for link in found
        if link.startswith("/")
        and not link.startswith(("/static/", "/ngon-ngu/", "/anh/"))
        and not re.search(r"\.(csv|pdf|ics|webp|eml)\b|/giay/", link)
    ]


def walk(visitor: Visitor, start: list[str]) -> list[str]:
    """The pages someone reaches by following links, a few of each shape."""
    waiting, seen, shapes = list(start), [], {}
    while waiting and len(seen) < MOST:
        path = waiting.pop(0).split("#")[0] or "/"
        shape = pattern(path)
        if path in seen or shapes.get(shape, 0) >= PER_PATTERN:
            continue
        visitor.go(path)
        seen.append(path)
        shapes[shape] = shapes.get(shape, 0) + 1
        waiting += links(visitor)
    return seen


def axe(visitor: Visitor) -> list[str]:
    visitor.page.evaluate(AXE)
    result = visitor.page.evaluate("rules => axe.run(document, rules)", RULES)
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in result["violations"]
        for node in violation["nodes"][:3]
    ]


@pytest.mark.parametrize(("role", "place"), ROLES, ids=[f"{r or 'visitor'}-{p}" for r, p in ROLES])
def test_every_page_of(visitor: Callable[..., Visitor], role: str, place: str) -> None:
    light = visitor(DESKTOP)
    if role:
        light.sign_in(role, place)
    pages = walk(light, ["/"])
    assert len(pages) > 8, pages
    state = light.context.cookies()
    dark, narrow = visitor(DESKTOP, dark=True), visitor(NARROW)
    for other in (dark, narrow):
        other.context.add_cookies(state)
    faults = []
    for path in pages:
        for name, who in (("light", light), ("dark", dark)):
            who.go(path)
            faults += [f"{path} {name}: {fault}" for fault in axe(who)]
        narrow.go(path)
        wide = narrow.page.evaluate("document.documentElement.scrollWidth")
        if wide > NARROW[0]:
            faults.append(f"{path} scrolls sideways: {wide} px")
    assert not faults, "\n".join(faults[:40])
