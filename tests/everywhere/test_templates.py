"""Rules that hold for every template, read as text and as Jinja reads it."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask
from jinja2 import nodes

import marketplace
from marketplace.catalogue.kinds import MODELS

FOLDER = Path(marketplace.__file__).parent / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.*") if path.is_file())
OF_A_KIND = "catalogue/kinds/"
PARTS_OF_A_KIND = {"body.html", "card.html", "fields.html", "first.html", "words.html"}
"""What every kind of listing has for the catalogue's own pages, beside its index and show."""
PAGES = [
    name
    for name in TEMPLATES
    if name.endswith(".html")
    and not Path(name).name.startswith("_")
    and not (name.startswith(OF_A_KIND) and Path(name).name in PARTS_OF_A_KIND)
    and Path(name).parent.name != "parts"
    and name.partition("/")[0] not in {"layouts", "components", "themes", "emails"}
]
LAYOUTS = {
    "layouts/base.html",
    "layouts/print.html",
    "layouts/light.html",
    "layouts/a4.html",
}
"""The frames of pages: the site's, for print, the short pages behind a code, and sheets of paper."""
COMMON = {
    "a handler": r"\son[a-z]+\s*=\s*[\"']",
    "an inline script": r"<script(?![^>]*\bsrc=)(?! type=\"application/ld\+json\">)",
    "a script address": "javascript:",
    "|safe": r"\|\s*safe\b",
    "no escaping": "autoescape false",
    "something from elsewhere": r"(src|href)=\"?(https?:)?//",
}
INLINE = {"an inline style": r"\sstyle\s*=", "a style element": "<style"}


def source(name: str) -> str:
    return (FOLDER / name).read_text()


def html(name: str) -> str:
    """The template without its comments."""
    return re.sub(r"\{#.*?#\}", "", source(name), flags=re.DOTALL)


def test_all_are_templates(app: Flask) -> None:
    for name in TEMPLATES:
        app.jinja_env.get_template(name)
    assert len(TEMPLATES) > 100


def test_nothing_is_inline_nothing_is_trusted_and_nothing_comes_from_elsewhere() -> None:
    faults = []
    for name in [name for name in TEMPLATES if name.endswith(".html")]:
        text = html(name)
        is_mail = name.startswith("emails/") or name == "layouts/email.html"
        banned = COMMON if is_mail else COMMON | INLINE  # mail programs know no style sheet
        faults += [f"{name}: {why}" for why, found in banned.items() if re.search(found, text)]
    assert not faults, "\n".join(faults)


def constant(node: nodes.Node) -> list[str]:
    """The templates an import or include names, where it names them in so many words."""
    template = getattr(node, "template", None)
    return [template.value] if isinstance(template, nodes.Const) else []


def names_used(tree: nodes.Template) -> set[str]:
    return {one.name for one in tree.find_all(nodes.Name) if one.ctx == "load"}


def test_every_macro_that_is_imported_is_used(app: Flask) -> None:
    faults = []
    for name in TEMPLATES:
        tree = app.jinja_env.parse(source(name))
        imported = {whole.target for whole in tree.find_all(nodes.Import)}
        for found in tree.find_all(nodes.FromImport):
            imported |= {one[1] if isinstance(one, tuple) else one for one in found.names}
        used = names_used(tree)
        for part in tree.find_all(nodes.Include):  # it sees what its page imported
            for inner in constant(part):
                used |= names_used(app.jinja_env.parse(source(inner)))
        faults += [f"{name}: {unused} is not used" for unused in sorted(imported - used)]
    assert not faults, "\n".join(faults)


def test_every_template_that_is_named_is_there(app: Flask) -> None:
    named = {
        (name, target)
        for name in TEMPLATES
        for kind in (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
        for found in app.jinja_env.parse(source(name)).find_all(kind)
        for target in constant(found)
    }
    assert {pair for pair in named if pair[1] not in TEMPLATES} == set()


def test_every_page_has_a_layout_and_a_title(app: Flask) -> None:
    faults = []
    for name in PAGES:
        at, blocks = name, set()
        while True:
            tree = app.jinja_env.parse(source(at))
            if not at.startswith("layouts/"):
                blocks |= {block.name for block in tree.find_all(nodes.Block)}
            parents = [parent for e in tree.find_all(nodes.Extends) for parent in constant(e)]
            if not parents:
                break
            at = parents[0]
        if at not in LAYOUTS:
            faults.append(f"{name} has no layout")
        if "title" not in blocks:
            faults.append(f"{name} has no title")
    assert not faults, "\n".join(faults)


def test_every_page_is_shown_by_some_view() -> None:
    """A page nobody renders is a leftover."""
    code = "".join(path.read_text() for path in FOLDER.parent.rglob("*.py"))
    named = {f"{OF_A_KIND}{kind}/{page}.html" for kind in MODELS for page in ("index", "show")}
    assert named <= set(PAGES)
    pages = [name for name in PAGES if not name.startswith("errors/") and name not in named]
    assert [name for name in pages if name not in code] == []


def test_few_places_mark_text_as_safe() -> None:
    """``Markup`` is for what escapes its parts; each place is known."""
    found = {
        str(path.relative_to(FOLDER.parent))
        for path in FOLDER.parent.rglob("*.py")
        if re.search(r"\bMarkup\(", path.read_text())
    }
    assert found == {"desk/views.py", "notifications/writing.py", "sharing/linked.py"}
