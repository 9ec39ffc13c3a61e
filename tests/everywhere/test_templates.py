"""Rules that hold for every template, read as text and as Jinja reads it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

import marketplace

FOLDER = Path(marketplace.__file__).parent / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.*") if path.is_file())
PAGES = [
    name
    for name in TEMPLATES
    if name.endswith(".html")
    and not Path(name).name.startswith("_")
    and name.partition("/")[0] not in {"layouts", "components", "themes", "emails"}
]
EVENTS = re.compile(r"\son(click|change|submit|load|error|input|focus|blur|key\w+|mouse\w+)\s*=")


def source(name: str) -> str:
    return (FOLDER / name).read_text()


def html(name: str) -> str:
    """The template without its comments."""
    return re.sub(r"\{#.*?#\}", "", source(name), flags=re.DOTALL)


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_is_a_template(app: Flask, name: str) -> None:
    app.jinja_env.get_template(name)


@pytest.mark.parametrize("name", [n for n in TEMPLATES if n.endswith(".html")])
def test_nothing_is_inline_and_nothing_is_trusted(name: str) -> None:
    text = html(name)
    if not name.startswith("emails/") and name != "layouts/email.html":  # mail programs know no CSS file
        assert not re.search(r"\sstyle\s*=", text)
        assert "<style" not in text
    assert not EVENTS.search(text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert "javascript:" not in text
    assert not re.search(r"\|\s*safe\b", text)
    assert "autoescape false" not in text
    assert not re.search(r"https?://(?!www\.w3\.org)", text), "nothing is loaded from elsewhere"


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_macro_it_imports_is_used(app: Flask, name: str) -> None:
    tree = app.jinja_env.parse(source(name))
    imported: dict[str, str] = {}
    for found in tree.find_all(nodes.FromImport):
        for one in found.names:
            imported[one[1] if isinstance(one, tuple) else one] = found.template.as_const()
    for whole in tree.find_all(nodes.Import):
        imported[whole.target] = whole.template.as_const()
    used = {one.name for one in tree.find_all(nodes.Name) if one.ctx == "load"}
    # a part that is included sees what its page imported
    for part in tree.find_all(nodes.Include):
        if isinstance(part.template, nodes.Const):
            inner = app.jinja_env.parse(source(part.template.value))
            used |= {one.name for one in inner.find_all(nodes.Name) if one.ctx == "load"}
    assert not set(imported) - used


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_it_names_is_there(app: Flask, name: str) -> None:
    tree = app.jinja_env.parse(source(name))
    kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    for kind in kinds:
        for found in tree.find_all(kind):
            if isinstance(found.template, nodes.Const):
                assert found.template.value in TEMPLATES


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_a_layout_and_a_title(app: Flask, name: str) -> None:
    chain, blocks = [name], set()
    while True:
        tree = app.jinja_env.parse(source(chain[-1]))
        if not chain[-1].startswith("layouts/"):
            blocks |= {block.name for block in tree.find_all(nodes.Block)}
        parents = [e.template.as_const() for e in tree.find_all(nodes.Extends)]
        if not parents:
            break
        chain.append(parents[0])
    assert chain[-1] == "layouts/base.html"
    assert "title" in blocks


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_shown_by_some_view(name: str) -> None:
    """A page nobody renders is a leftover."""
    code = "".join(path.read_text() for path in FOLDER.parent.rglob("*.py"))
    named = name in code or name.removesuffix(".html").replace("/", ".") in code
    assert named or name.startswith("errors/")


def test_no_python_marks_text_as_safe() -> None:
    """``Markup`` is for what escapes its parts; each place is known."""
    found = {
        str(path.relative_to(FOLDER.parent))
        for path in FOLDER.parent.rglob("*.py")
        if re.search(r"\bMarkup\(", path.read_text())
    }
    assert found <= SAFE_BY_HAND, found - SAFE_BY_HAND


SAFE_BY_HAND: set[str] = {"notifications/writing.py"}
