"""The words of a notice: one folder of templates per event, said in the reader's language."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from flask import current_app, render_template
from itsdangerous import URLSafeTimedSerializer
from markupsafe import Markup

from marketplace.accounts.models import User
from marketplace.accounts.passwords import fingerprint
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.journal import Entry
from marketplace.notifications import subjects
from marketplace.notifications.models import Delivery
from marketplace.notifications.subscriptions import WORKFLOWS
from marketplace.web.locale import in_language

RESET_SALT = "set-password"
LINKS_TO_SET_PASSWORD = {"user.reset_requested", "user.made_officer"}
_REASONS = {
    w.event(t.name): t.reasons for w in WORKFLOWS for t in w.transitions.values() if t.reasons
}


def reset_token(person: User) -> str:
    """A signed token for one purpose, one person and the password it replaces."""
    signer = URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=RESET_SALT)
    return signer.dumps([person.public_id, fingerprint(person.public_id, person.password_hash)])


def context(entry: Entry, reader: User | None = None) -> dict[str, Any]:
    """What the templates of an event may use."""
    about = subjects.about(entry)
    base: str = current_app.config["PUBLIC_URL"]
    path = about.path
    if entry.name in LINKS_TO_SET_PASSWORD and isinstance(about.record, User):
        path = f"/dat-mat-khau/{reset_token(about.record)}"
    return {
        "entry": entry,
        "record": about.record,
        "title": about.title,
        "path": path,
        "link": f"{base}{path}",
        "reason": _REASONS.get(entry.name, {}).get(entry.reason or ""),
        "note": entry.note.text if entry.note else "",
        "reader": reader,
    }


def subject_line(entry: Entry, reader: User | None = None) -> str:
    """The one line of a notice, for the inbox and the mail's subject."""
    text = render_template(f"emails/{entry.name}/subject.txt", **context(entry, reader))
    return re.sub(r"\s+", " ", text).strip()


def body(entry: Entry, reader: User | None = None) -> str:
    """The notice in full, as plain text."""
    text = render_template(f"emails/{entry.name}/body.txt", **context(entry, reader))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def mail(delivery_id: int) -> EmailMessage | None:
    """The mail of a delivery, or None when its reader has no address any more."""
    delivery = db.session.get_one(Delivery, delivery_id)
    reader = delivery.user
    if reader is None or not reader.email or reader.is_disabled:
        return None
    config = current_app.config
    with in_language(reader.language):
        told = context(delivery.entry, reader)
        text = body(delivery.entry, reader)
        message = EmailMessage()
        message["Subject"] = subject_line(delivery.entry, reader)
        message["From"] = config["MAIL_FROM"]
        message["To"] = reader.email
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = f"<{delivery.public_id}@{config['MAIL_DOMAIN']}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        message.add_alternative(
            render_template("emails/layout.html", paragraphs=_paragraphs(text), **told),
            subtype="html",
        )
    return message


def _paragraphs(text: str) -> list[Markup]:
    """The plain text as paragraphs, escaped, with its addresses as links."""
    escaped = str(Markup.escape(text))
    linked = re.sub(r"(https?://[^\s<]+)", r'<a href="\1">\1</a>', escaped)
    return [Markup(part.replace("\n", "<br>")) for part in linked.split("\n\n") if part.strip()]  # noqa: S704  escaped above
