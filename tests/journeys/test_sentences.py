"""Every name the journal can carry has a sentence, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import render_template_string

from marketplace.accounts import history
from marketplace.core import journal
from marketplace.core.workflow import events
from marketplace.deals import services as deals
from marketplace.matching.rules import MATCH
from marketplace.notifications.subscriptions import SUBSCRIPTIONS, WORKFLOWS
from marketplace.web.locale import in_language

PROGRAM = Path(journal.__file__).parents[1]
WRITTEN = {
    name
    for path in PROGRAM.rglob("*.py")
    for name in re.findall(r'record\(\s*"([a-z_]+\.[a-z_]+)"', path.read_text())
}
NAMES = sorted(WRITTEN | set(SUBSCRIPTIONS) | events(WORKFLOWS))
MACRO = '{% from "components/sentence.html" import sentence %}{{ sentence(line) }}'


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_every_event_has_its_sentence(app, name, language):
    with app.test_request_context(), in_language(language):
        said = render_template_string(MACRO, line={"name": name, "data": {}}).strip()
    assert len(said) > 5, name
    assert "%(" not in said


def test_the_list_of_names_is_not_empty():
    assert {"deal.opened", "interest.drafted", "match.proposed", "listing.drafted"} <= WRITTEN


def test_history_names_people_in_two_queries_however_long(app, world):
    from sqlalchemy import event

    from marketplace.accounts.acting import Acting
    from marketplace.accounts.rules import ActingHow
    from marketplace.core.db import db

    match = world.proposed()
    deals.answer_match(
        world.actor("official_2"), match.public_id, deals.Answer.YES, acting=Acting(ActingHow.CALL)
    )
    deals.answer_match(world.actor("hotel"), match.public_id, deals.Answer.YES)
    entries = journal.of([match])
    asked = []
    count = lambda *args: asked.append(args[2])  # noqa: E731
    event.listen(
        db.engine if hasattr(db.engine, "dispatch") else db.session.bind,
        "before_cursor_execute",
        count,
    )
    try:
        lines = history.lines(entries, [MATCH])
    finally:
        event.remove(
            db.engine if hasattr(db.engine, "dispatch") else db.session.bind,
            "before_cursor_execute",
            count,
        )
    assert len(asked) <= 2
    recorded = next(line for line in lines if line.recorded_for)
    assert (recorded.who, recorded.recorded_for) == (
        "Người official_2",
        world.organisation("coop").name,
    )
    assert recorded.named == world.organisation("coop").name
