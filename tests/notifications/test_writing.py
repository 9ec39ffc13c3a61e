"""Every event has words, in both languages, for real entries; no folder stands idle."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Throttle, User
from marketplace.core.db import db
from marketplace.core.journal import Entry
from marketplace.core.workflow import events
from marketplace.notifications import subjects, writing
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery
from marketplace.notifications.subscriptions import SUBSCRIPTIONS, TOLD, WORKFLOWS
from marketplace.web.locale import in_language
from tests.notifications import story

FOLDER = Path(writing.__file__).parents[1] / "templates" / "emails"


def test_every_event_has_a_folder_and_every_folder_an_event():
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir()}
    assert folders == TOLD
    for name in TOLD:
        assert {path.name for path in (FOLDER / name).iterdir()} == {"subject.txt", "body.txt"}


def test_every_move_of_every_workflow_says_who_is_told():
    assert events(WORKFLOWS) <= set(SUBSCRIPTIONS)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_event_has_words_for_real_entries(world, app, language):
    story.everything(world)
    deliveries = db.session.scalars(sa.select(Delivery).order_by(Delivery.id)).all()
    told = {d.entry.name for d in deliveries}
    assert told == TOLD, f"nobody was told of {TOLD - told}"
    about = subjects.about_all(d.entry for d in deliveries)
    seen: dict[tuple[str, bool], str] = {}
    with in_language(language):
        for d in deliveries:
            if d.channel is Channel.INBOX:
                continue
            words = writing.context(d.entry, about[d.entry_id], d.user, d.organisation)
            subject, body = writing.subject_line(words), writing.body(words)
            faults = _faults(subject, body, words)
            assert not faults, f"{d.entry.name}: {faults}\n{subject}\n{body}"
            seen[d.entry.name, words["is_official"]] = subject
    assert len(seen) > len(TOLD)  # some events are told to officials in other words


def _faults(subject: str, body: str, words) -> list[str]:
    faults = []
    if not subject or "\n" in subject or len(subject) > 200:
        faults.append("subject")
    if "%(" in subject + body or "{{" in body or "&#39;" in body or "&amp;" in body:
        faults.append("raw text")
    lines = body.splitlines()
    if words["link"] not in lines:
        faults.append("the link has no line of its own")
    if words["reason"] and words["note"] not in body:
        faults.append("the note is missing")
    kind, record = words["entry"].name.split(".")[0], words["record"]
    about = [side.name for side in record.sides] if kind == "introduction" else [words["title"]]
    if kind != "user" and not any(title in subject for title in about):
        faults.append("the subject does not say what it is about")
    if "\n\n\n" in body:
        faults.append("gaps")
    return faults


def test_the_link_leads_to_a_page_the_reader_may_open(world, app, browse):
    story.everything(world)
    mails = db.session.scalars(
        sa.select(Delivery)
        .join(Entry)
        .where(Delivery.channel == Channel.EMAIL, Entry.name.not_like("user.%"))
    ).all()
    names = {v: k for k, v in world.users.items()}
    about = subjects.about_all(d.entry for d in mails)
    routes = {
        (names[d.user_id], subjects.path_for(about[d.entry_id], d.entry, d.organisation))
        for d in mails
        if d.user_id in names
    }
    browsers = {}
    for who, path in sorted(routes):
        if who not in browsers:
            db.session.execute(sa.delete(Throttle))  # eleven people at one desk
            browsers[who] = browse(who)
        browser = browsers[who]
        response = browser.client.get(path, follow_redirects=True)  # an enquiry leads officials on
        assert response.status_code == 200, f"{who} {path} {response.status_code}"
        assert response.request.path != "/dang-nhap", f"{who} {path}"


def test_the_inbox_asks_the_database_a_constant_number_of_times(world, app):
    story.everything(world)
    rows = db.session.scalars(sa.select(Delivery).where(Delivery.channel == Channel.INBOX)).all()

    def queries_for(deliveries) -> int:
        ids = [d.id for d in deliveries]
        db.session.expunge_all()
        chosen = db.session.scalars(
            sa.select(Delivery)
            .where(Delivery.id.in_(ids))
            .options(
                sa.orm.joinedload(Delivery.entry),
                sa.orm.joinedload(Delivery.user),
                sa.orm.joinedload(Delivery.organisation),
            )
        ).all()
        seen = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731
        sa.event.listen(db.engine, "before_cursor_execute", listen)
        try:
            assert len(writing.notices(chosen)) == len(chosen)
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", listen)
        return len(seen)

    by_kind = {}
    for row in rows:
        by_kind.setdefault(row.entry.subject_type, []).append(row)
    one_of_each = [group[0] for group in by_kind.values()]
    assert (
        queries_for(rows) <= queries_for(one_of_each) + 4
    )  # kinds of listings, policies: once each


def test_words_are_escaped_in_the_html_part_only(world, app):
    listing = world.draft(title="Mật ong <script> & “Aur”")
    from marketplace.catalogue import services as catalogue

    catalogue.submit(world.actor("coop"), listing.public_id)
    while dispatch():
        pass
    delivery = db.session.scalars(
        sa.select(Delivery).where(Delivery.channel == Channel.EMAIL)
    ).first()
    message = writing.mail(delivery.id)
    plain = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert "Mật ong <script> & “Aur”" in plain
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "Mật ong <script> & “Aur”" in str(message["Subject"])


def test_a_mail_speaks_its_reader_s_language(world, app):
    db.session.get_one(User, world.users["official_1"]).language = "en"
    db.session.commit()
    story.listings(world)
    story.tell()
    subjects_of = {}
    for d in db.session.scalars(
        sa.select(Delivery)
        .join(Entry)
        .where(Entry.name == "listing.submit", Delivery.channel == Channel.EMAIL)
    ):
        subjects_of[d.user_id] = str(writing.mail(d.id)["Subject"])
    assert subjects_of[world.users["official_1"]].startswith("To approve: ")
    assert "To approve" not in subjects_of[world.users["official_2"]] or not _translated()


def _translated() -> bool:
    with in_language("vi"):
        from marketplace.web.locale import gettext

        return gettext("To approve: %(title)s", title="x") != "To approve: x"


def test_a_disabled_reader_gets_no_mail(world, app):
    story.listings(world)
    story.tell()
    delivery = db.session.scalars(
        sa.select(Delivery).where(Delivery.channel == Channel.EMAIL)
    ).first()
    accounts.user(delivery.user_id).is_disabled = True
    db.session.flush()
    assert writing.mail(delivery.id) is None


def test_words_to_say_have_no_address_and_no_greeting(world, app):
    story.published_for(world, story.household(world))
    while dispatch():
        pass
    call = db.session.scalars(sa.select(Delivery).where(Delivery.channel == Channel.CALL)).first()
    text = " ".join(writing.spoken(call))
    assert not re.search(r"https?://", text)
    assert text


def test_a_long_subject_keeps_every_space() -> None:
    """Wherever it is cut, and whichever words need encoding."""
    title = "Thư mời: chuyến khảo sát “Khảo sát Sâm 2026 vi Tha Bing Aur rượu ba kích” 12"
    for cut in range(len(title)):
        message = EmailMessage(policy=writing.POLICY)
        message["Subject"] = title[cut:].strip()
        read = message_from_bytes(message.as_bytes(), policy=policy.default)
        assert read["Subject"] == title[cut:].strip()
