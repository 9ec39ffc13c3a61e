"""The words of a notice: one folder of templates per event, said in the reader's language.

The templates get loaded records and ask the database nothing. Where they stand for an inbox line,
a mail or words to say on the telephone, they are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from flask import current_app
from markupsafe import Markup

from marketplace.accounts.links import reset_token
from marketplace.accounts.models import Organisation, User
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.i18n import N_
from marketplace.core.journal import Entry
from marketplace.notifications import subjects
from marketplace.notifications.models import Delivery
from marketplace.notifications.subjects import About
from marketplace.notifications.subscriptions import WORKFLOWS
from marketplace.web.locale import in_language, language

LINKS_TO_SET_PASSWORD = {"user.reset_requested", "user.made_officer"}
SITE = N_("Matchmaking portal")
_REASONS = {
    w.event(t.name): t.reasons for w in WORKFLOWS for t in w.transitions.values() if t.reasons
}


@dataclass(frozen=True, slots=True)
class Notice:
    """A delivery in words: its one line, and the path of the page it is about."""

    delivery: Delivery
    line: str
    path: str


def context(
    entry: Entry,
    about: About,
    reader: User | None = None,
    organisation: Organisation | None = None,
) -> dict[str, Any]:
    """What the templates of an event may use.

    ``organisation`` is the one in whose name the reader is told; None for officials and for
    people told for themselves.
    """
    base: str = current_app.config["PUBLIC_URL"]
    path = about.path
    if entry.name in LINKS_TO_SET_PASSWORD and isinstance(about.record, User):
        path = f"/dat-mat-khau/{reset_token(about.record)}"
    return {
        "entry": entry,
        "record": about.record,
        "title": about.title,
        "pair": about.pair,
        "site_name": about.pair.name if about.pair else SITE,
        "path": path,
        "base": base,
        "link": f"{base}{path}",
        "reason": _REASONS.get(entry.name, {}).get(entry.reason or "", ""),
        "note": entry.note.text if entry.note else "",
        "reader": reader,
        "organisation": organisation,
        "is_official": organisation is None,
        "is_spoken": False,
        "is_demonstration": not current_app.config["SETTINGS"].production,
        "lang": language(),
    }


def _render(template: str, words: Mapping[str, Any]) -> str:
    """Without the frame of a page: a mail knows no request."""
    return current_app.jinja_env.get_template(template).render(words)


def subject_line(words: Mapping[str, Any]) -> str:
    """The one line of a notice, for the inbox and the mail's subject."""
    text = _render(f"emails/{words['entry'].name}/subject.txt", words)
    return re.sub(r"\s+", " ", text).strip()


def body(words: Mapping[str, Any]) -> str:
    """The notice in full, as plain text."""
    text = _render(f"emails/{words['entry'].name}/body.txt", words)
    return re.sub(r"\n[ \t]*(?:\n[ \t]*)+", "\n\n", text).strip() + "\n"


def notices(deliveries: Iterable[Delivery]) -> Sequence[Notice]:
    """Deliveries as lines, in the present language; those about nothing are left out."""
    deliveries = list(deliveries)
    found = subjects.about_all(delivery.entry for delivery in deliveries)
    return [
        Notice(
            delivery,
            subject_line(
                context(
                    delivery.entry,
                    found[delivery.entry_id],
                    delivery.user,
                    delivery.organisation,
                )
            ),
            found[delivery.entry_id].path,
        )
        for delivery in deliveries
        if delivery.entry_id in found
    ]


def spoken(delivery: Delivery) -> Sequence[str]:
    """What an official says on the telephone, in paragraphs."""
    about = subjects.about(delivery.entry)
    words = context(delivery.entry, about, delivery.user, delivery.organisation)
    return body(words | {"is_spoken": True}).strip().split("\n\n")


def mail(delivery_id: int) -> EmailMessage | None:
    """The mail of a delivery, or None when its reader has no address any more."""
    delivery = db.session.get_one(Delivery, delivery_id)
    reader = delivery.user
    if reader is None or not reader.email or reader.is_disabled:
        return None
    config = current_app.config
    with in_language(reader.language):
        about = subjects.about(delivery.entry)
        words = context(delivery.entry, about, reader, delivery.organisation)
        text, subject = body(words), subject_line(words)
        message = EmailMessage()
        message["Subject"] = subject
        message["From"] = config["MAIL_FROM"]
        message["To"] = reader.email
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = f"<{delivery.public_id}@{config['MAIL_DOMAIN']}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        html = _render(
            "emails/layout.html", words | {"subject": subject, "paragraphs": paragraphs(text)}
        )
        message.add_alternative(html, subtype="html")
    return message


def paragraphs(text: str) -> list[Markup]:
    """Plain text as paragraphs, escaped, with its addresses as links."""
    escaped = str(Markup.escape(text))
    linked = re.sub(r"(https?://[^\s<]+)", r'<a href="\1">\1</a>', escaped)
    return [Markup(part.replace("\n", "<br>")) for part in linked.split("\n\n") if part.strip()]  # noqa: S704  escaped above
