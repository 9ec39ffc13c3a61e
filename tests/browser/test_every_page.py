"""Every page each role can reach by links: axe in light and dark, no sideways scroll, no fault."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import DESKTOP, NARROW, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""What another theme can change."""
MOST = 60
"""Pages one role opens at most."""

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
        and not link.startswith(("/static/", "/ngon-ngu/", "/anh/", "/api/"))
        and not re.search(r"\.(csv|xlsx|pdf|ics|atom|xml|json|webp|png|svg|eml)\b|/giay/", link)
    ]


def walk(visitor: Visitor, shapes: set[str]) -> list[str]:
    """One page of each shape someone reaches by links and no earlier role has shown."""
    waiting, fresh, opened = ["/"], [], set()
    while waiting and len(opened) < MOST:
        path = waiting.pop(0).split("#")[0] or "/"
        shape = pattern(path)
        if shape in opened:
            continue
        opened.add(shape)
        visitor.go(path)
        waiting += links(visitor)
        if shape not in shapes:
            shapes.add(shape)
            fresh.append(path)
    return fresh


def axe(visitor: Visitor, rules: dict[str, object]) -> list[str]:
    visitor.page.evaluate(AXE)
    result = visitor.page.evaluate("rules => axe.run(document, rules)", rules)
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in result["violations"]
        for node in violation["nodes"][:3]
    ]


def test_every_page(visitor: Callable[..., Visitor]) -> None:
    """Axe in full in light, its colour rules in dark, and no sideways scroll at 320 pixels."""
    shapes: set[str] = set()
    faults = []
    for role, place in ROLES:
        light, dark, narrow = visitor(DESKTOP), visitor(DESKTOP, dark=True), visitor(NARROW)
        if role:
            light.sign_in(role, place)
            for other in (dark, narrow):
                other.context.add_cookies(light.context.cookies())
        pages = walk(light, shapes)
        # an official's menus lead to every sort of page a leader has
        assert pages or role == "leader", f"{role} sees nothing of their own"
        for path in pages:
            light.go(path)
            faults += [f"{path}: {fault}" for fault in axe(light, RULES)]
            dark.go(path)
            faults += [f"{path} dark: {fault}" for fault in axe(dark, CONTRAST)]
            narrow.go(path)
            wide = narrow.page.evaluate("document.documentElement.scrollWidth")
            if wide > NARROW[0]:
                faults.append(f"{path} scrolls sideways: {wide} px")
    assert len(shapes) > 40, sorted(shapes)
    assert not faults, "\n".join(faults[:40])
