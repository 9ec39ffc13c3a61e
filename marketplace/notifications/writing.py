"""The words of a notice: one folder of templates per event, said in the reader's language.

The templates get loaded records and ask the database nothing. Where they stand for an inbox line,
a mail or words to say on the telephone, they are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from flask import current_app
from markupsafe import Markup

from marketplace.accounts.links import reset_token
from marketplace.accounts.models import Organisation, User
from marketplace.alerts import queries as alerts
from marketplace.alerts.links import What, stop_address
from marketplace.alerts.models import Digest
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.i18n import N_
from marketplace.core.journal import Entry
from marketplace.enquiries.models import Enquiry
from marketplace.notifications import subjects
from marketplace.notifications.channels import NothingToTellError
from marketplace.notifications.models import Delivery
from marketplace.notifications.rules import is_for_watcher
from marketplace.notifications.subjects import About
from marketplace.notifications.subscriptions import WORKFLOWS
from marketplace.trips.links import answer_address
from marketplace.trips.models import TripPerson
from marketplace.web.locale import in_language, language

LINKS_TO_SET_PASSWORD = {"user.reset_requested", "user.made_officer"}
SITE = N_("Matchmaking portal")
_REASONS = {
    w.event(t.name): t.reasons for w in WORKFLOWS for t in w.transitions.values() if t.reasons
}


class MailPolicy(EmailPolicy):
    """The usual way to write headers, but for two.

    The address to stop mails stays on its line: folded, it would be cut into encoded words, which
    no mail program reads as an address. A subject is encoded as a whole: the usual way leaves a
    space between two encoded words now and then, and mail programs rightly drop it (RFC 2047, 6.2).
    """

    WHOLE = frozenset({"list-unsubscribe"})
    ENCODED = frozenset({"subject"})

    def fold(self, name: str, value: Any) -> str:
        """A header as text."""
        if name.lower() in self.WHOLE:
            return f"{name}: {value}{self.linesep}"
        if name.lower() in self.ENCODED and not str(value).isascii():
            header = Header(str(value), "utf-8", header_name=name)
            return f"{name}: {header.encode(linesep=self.linesep)}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """A header as it is sent."""
        if name.lower() in self.WHOLE | self.ENCODED:
            return self.fold(name, value).encode("ascii")
        return bytes(super().fold_binary(name, value))


POLICY = MailPolicy()


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
    people told for themselves. Why something was done was written for those concerned, so whoever
    only watches does not read it.
    """
    base: str = current_app.config["PUBLIC_URL"]
    is_watcher = is_for_watcher(entry.name, for_organisation=organisation is not None)
    path = subjects.path_for(about, entry, organisation)
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
        "answer_link": answer_address(about.record, reader)
        if isinstance(about.record, TripPerson) and reader is not None
        else "",
        "reason": "" if is_watcher else _REASONS.get(entry.name, {}).get(entry.reason or "", ""),
        "note": entry.note.text if entry.note and not is_watcher else "",
        "reader": reader,
        "organisation": organisation,
        "is_official": organisation is None,
        "is_watcher": is_watcher,
        "is_visitor": False,
        "is_spoken": False,
        "is_demonstration": not current_app.config["SETTINGS"].production,
        "lang": language(),
    }


def _to_visitor(entry: Entry, about: About, enquiry: Enquiry) -> dict[str, Any]:
    """The same for whoever sent an enquiry: where it stands, and nothing that was typed.

    What was written in an answer was written to the organisation, unless it answers the enquiry.
    """
    words = context(entry, about)
    at = enquiry.interest or enquiry
    return words | {
        "is_visitor": True,
        "is_official": False,
        "standing": at.workflow.label_of(at),
        "due_on": enquiry.due_on,
        "note": words["note"] if about.record is enquiry else "",
    }


def _render(template: str, words: Mapping[str, Any]) -> str:
    """Without the frame of a page: a mail knows no request."""
    return current_app.jinja_env.get_template(template).render(words)


def subject_line(words: Mapping[str, Any]) -> str:
    """The one line of a notice, for the inbox and the mail's subject."""
    own = f"emails/{words['entry'].name}/subject.txt"
    text = _render("emails/_visitor_subject.txt" if words["is_visitor"] else own, words)
    return re.sub(r"\s+", " ", text).strip()


def body(words: Mapping[str, Any]) -> str:
    """The notice in full, as plain text."""
    words = words if "groups" in words else {**words, **_content(words)}
    own = f"emails/{words['entry'].name}/body.txt"
    text = _render("emails/_visitor.txt" if words["is_visitor"] else own, words)
    return re.sub(r"\n[ \t]*(?:\n[ \t]*)+", "\n\n", text).strip() + "\n"


def _content(words: Mapping[str, Any]) -> dict[str, Any]:
    """What a message about saved searches can still show at this moment; nothing for others."""
    record = words["record"]
    groups = alerts.groups(record) if isinstance(record, Digest) else []
    return {"groups": groups, "found": sum(len(group.cards) + group.more for group in groups)}


def _stop(words: Mapping[str, Any]) -> dict[str, Any]:
    """Where the reader of a mail stops what it is about, without signing in; empty for others.

    ``stops`` holds the same for each search by itself.
    """
    reader, record = words["reader"], words["record"]
    if isinstance(record, Digest):
        codes = [group.search.public_id for group in words["groups"]]
        stops = {code: stop_address(reader, What.SEARCH, code) for code in codes}
        return {"stop_link": stop_address(reader, What.ALL), "stops": stops}
    if words["is_watcher"]:
        code = alerts.watched_listing(record).public_id
        return {"stop_link": stop_address(reader, What.WATCH, code), "stops": {}}
    return {}


def _still_worth_telling(words: Mapping[str, Any]) -> bool:
    """Whether a mail somebody wished for still says something they may read."""
    if isinstance(words["record"], Digest):
        return bool(words["groups"])
    if words["is_watcher"]:
        return alerts.is_worth_telling(words["reader"], words["record"])
    return True


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
            subjects.path_for(found[delivery.entry_id], delivery.entry, delivery.organisation),
        )
        for delivery in deliveries
        if delivery.entry_id in found
    ]


def spoken(delivery: Delivery) -> Sequence[str]:
    """What an official says on the telephone, in paragraphs."""
    about = subjects.about(delivery.entry)
    words = context(delivery.entry, about, delivery.user, delivery.organisation)
    return body(words | {"is_spoken": True}).strip().split("\n\n")


@dataclass(frozen=True, slots=True)
class _Addressee:
    """Where a mail goes, and in which language it is written."""

    address: str
    language: str | None


def _addressee(delivery: Delivery) -> _Addressee | None:
    """To whom the mail of a delivery goes; None when there is no address any more.

    Raises NothingToTellError where it was erased on purpose.
    """
    visitor, reader = delivery.enquiry, delivery.user
    if visitor is not None:
        if not visitor.contact_email:
            raise NothingToTellError
        return _Addressee(visitor.contact_email, visitor.language)
    if reader is None or not reader.email or reader.is_disabled:
        return None
    return _Addressee(reader.email, reader.language)


def _words(delivery: Delivery) -> dict[str, Any]:
    about = subjects.about(delivery.entry)
    if delivery.enquiry is not None:
        return _to_visitor(delivery.entry, about, delivery.enquiry)
    return context(delivery.entry, about, delivery.user, delivery.organisation)


def mail(delivery_id: int) -> EmailMessage | None:
    """The mail of a delivery, or None when its reader has no address any more.

    Raises NothingToTellError when nothing is left of what its reader wished to be told.
    """
    delivery = db.session.get_one(Delivery, delivery_id)
    to = _addressee(delivery)
    if to is None:
        return None
    config = current_app.config
    with in_language(to.language):
        words = _words(delivery)
        words |= _content(words)
        if not _still_worth_telling(words):
            raise NothingToTellError
        words |= (stop := _stop(words))
        text, subject = body(words), subject_line(words)
        message = EmailMessage(POLICY)
        message["Subject"] = subject
        message["From"] = config["MAIL_FROM"]
        message["To"] = to.address
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = f"<{delivery.public_id}@{config['MAIL_DOMAIN']}>"
        message["Auto-Submitted"] = "auto-generated"
        if stop:
            message["List-Unsubscribe"] = f"<{stop['stop_link']}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
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
