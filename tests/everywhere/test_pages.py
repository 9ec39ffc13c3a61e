"""Every page of the stage, as everyone it is for sees it, in both languages, and what it weighs."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from tests.everywhere.stage import ACTORS, Stage, routes
from tests.everywhere.test_matrix import known
from tests.page import Browser, check

KB = 1024
LIGHT = {
    "catalogue.index",
    "catalogue.show",
    "reports.index",
    "reports.figures",
    "pages.home",
}
"""Public lists and details: 8 KB; everything else 12 KB (decisions page, 17)."""

Someone = Callable[..., Browser]


def budget(endpoint: str) -> int:
    """Bytes a page may take on the line."""
    return 8 * KB if endpoint in LIGHT else 12 * KB


def seen_by(app: Flask, stage: Stage, who: str) -> list[tuple[str, str]]:
    """(endpoint, address) of every page someone is shown."""
    golden = known()
    with app.test_request_context():
        return [
            (endpoint, url_for(endpoint, **stage.fill(wanted)))
            for endpoint, method, label, wanted in routes(app)
            if method == "GET" and golden.get((endpoint, method, label), {}).get(who) == "200"
        ]


@pytest.mark.parametrize(
    ("who", "language"),
    [
        *((who, "vi") for who in ACTORS if who not in {"restaurant", "leader", "ward_official_2"}),
        *((who, "en") for who in ("anonymous", "coop", "hotel", "official_1", "ward_leader")),
    ],
)
def test_every_page_is_in_order(
    who: str, language: str, app: Flask, stage: Stage, someone: Someone
) -> None:
    browser = someone(who, language)
    faults = []
    for endpoint, path in seen_by(app, stage, who):
        response = browser.client.get(path, buffered=True)
        if response.mimetype != "text/html":
            continue
        html = response.get_data(as_text=True)
        try:
            page = check(html, language)
        except AssertionError as error:
            faults.append(f"{path}: {error}")
            continue
        heading = re.sub(r"\s+", " ", page.h1[0]).strip()
        title = re.sub(r"\s+", " ", page.title).strip()
        if not heading or not title.startswith((heading, heading.removesuffix("…"))):
            faults.append(f"{path}: the title «{title}» does not begin with «{heading}»")
        weight = len(gzip.compress(html.encode(), 5))
        if weight > budget(endpoint):
            faults.append(f"{path}: {weight} bytes on the line")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("path", ["/khong-co", "/nong-san/khong-co-2222222222", "/thu/99999999"])
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("who", ["anonymous", "coop", "official_1"])
def test_pages_that_are_not_there(path: str, language: str, who: str, someone: Someone) -> None:
    someone(who, language).get(path, 404)


def test_what_is_stored_is_shown_as_text(app: Flask, stage: Stage, someone: Someone) -> None:
    """A name made of markup and of template code reaches every page as it was typed."""
    import sqlalchemy as sa

    from marketplace.accounts.models import Organisation, User
    from marketplace.catalogue.models import Listing
    from marketplace.core.db import db
    from marketplace.core.journal import Note
    from marketplace.deals.models import Instalment
    from marketplace.interests.models import Interest

    evil = "<script>alert(1)</script>{{7*7}}\"'><img src=x onerror=alert(1)>"
    for model, column in (
        (Organisation, "name"),
        (Organisation, "about"),
        (User, "name"),
        (Listing, "title"),
        (Listing, "description"),
        (Interest, "message"),
        (Interest, "contact_name"),
        (Instalment, "note"),
        (Note, "text"),
    ):
        db.session.execute(sa.update(model).values({column: evil}))
    db.session.commit()
    found = 0
    for who in ("anonymous", "coop", "hotel", "official_1"):
        browser = someone(who)
        for _endpoint, path in seen_by(app, stage, who):
            response = browser.client.get(path, buffered=True)
            if response.mimetype != "text/html":
                continue
            html = response.get_data(as_text=True)
            assert "<script>alert" not in html, path
            assert "<img src=x" not in html, path
            assert "<script>alert(1)</script>49" not in html, path
            check(html, "vi")
            found += "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in html
    assert found > 20


def test_lists_with_many_rows_keep_their_weight(
    app: Flask, stage: Stage, client: FlaskClient
) -> None:
    """A full page of 24 cards is what visitors really get."""
    from marketplace.catalogue.taxonomy import Group

    groups = [group for group in Group if group is not Group.ALCOHOL]  # that needs a licence
    for number in range(26):
        stage.world.published(
            title=f"Nông sản minh họa số {number} của thôn", group=groups[number % len(groups)]
        )
    for path in ("/nong-san", "/nong-san?trang=2", "/nong-san?q=nong+san&thang=11", "/"):
        html = client.get(path, headers={"Accept-Encoding": "gzip"}).data
        assert len(html) <= 8 * KB, f"{path}: {len(html)}"
