"""Pages of notices: the inbox, the calls officials make, and in development the mails kept."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config import Settings
from marketplace.accounts import queries as accounts
from marketplace.catalogue.changes import LISTINGS
from marketplace.core import marks
from marketplace.core.actor import Actor
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_
from marketplace.notifications import mailbox, queries, services, subjects
from marketplace.notifications.forms import CallForm, MailsForm
from marketplace.notifications.models import Delivery
from marketplace.notifications.rules import TOPIC_LABELS, Topic, topics_for
from marketplace.notifications.writing import notices, paragraphs, spoken
from marketplace.web import templating
from marketplace.web.access import OFFICIALS, PUBLIC, SIGNED_IN, access, actor
from marketplace.web.forms import Form, handle
from marketplace.web.navigation import Entry, producer, signed_in, visitor
from marketplace.web.pagination import PER_PAGE, Page, page_number
from marketplace.web.security import safe_next

bp = Blueprint("notifications", __name__)
ENTRIES: tuple[Entry, ...] = (
    Entry(
        "notifications.inbox",
        N_("Notifications"),
        80,
        lambda someone: someone.is_signed_in,
        "bell",
        in_top=False,
        tab_for=lambda someone: someone.is_signed_in and (producer(someone) or visitor(someone)),
    ),
    Entry("notifications.choices", N_("Notices by e-mail"), 90, signed_in, in_account=True),
)


@bp.get("/thong-bao")
@access(SIGNED_IN)
def inbox() -> str:
    """One's notices, unread ones first."""
    number = page_number(request.args.get("trang"))
    rows, total = queries.inbox(actor(), offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    return render_template(
        "notifications/inbox.html",
        page=Page(notices(rows), number, total),
        new=queries.unread(actor()),
        url_for_page=lambda n: url_for("notifications.inbox", trang=n),
    )


@bp.post("/thong-bao/da-doc")
@access(SIGNED_IN)
def read_all() -> ResponseReturnValue:
    """Mark all of one's notices as read."""
    return handle(
        Form(),
        inbox,
        lambda: services.read_all(actor()),
        lambda _nothing: url_for("notifications.inbox"),
        said=N_("All notices are marked as read."),
    )


@bp.post("/thong-bao/<public:public_id>")
@access(SIGNED_IN)
def read(public_id: str) -> ResponseReturnValue:
    """Mark a notice as read and go on to what it is about."""
    return handle(Form(), inbox, lambda: services.read(actor(), public_id), _page_of)


def _page_of(delivery: Delivery) -> str:
    entry, inbox_url = delivery.entry, url_for("notifications.inbox")
    found = subjects.about_all([entry]).get(entry.id)
    path = subjects.path_for(found, entry, delivery.organisation) if found else None
    return safe_next(path, inbox_url)


@bp.route("/toi/nhan-tin", methods=["GET", "POST"])
@access(SIGNED_IN)
def choices() -> ResponseReturnValue:
    """Choose about which topics one gets e-mails; the inbox keeps everything."""
    refused = queries.refused_by(actor().user_id)
    wanted = marks.from_members(list(Topic), [topic for topic in Topic if topic not in refused])
    form = MailsForm(data={"mail": wanted})
    return handle(
        form,
        lambda: _choices_page(form),
        lambda: services.choose_mails(actor(), form.wanted()),
        lambda _nothing: url_for("notifications.choices"),
        N_("Saved."),
    )


def _choices_page(form: MailsForm) -> str:
    wanted = set(form.wanted())
    return render_template(
        "notifications/choices.html",
        form=form,
        rows=[(topic, TOPIC_LABELS[topic], topic in wanted) for topic in topics_for(actor())],
        email=accounts.user(actor().user_id or 0).email,
    )


@bp.route("/lam-viec/cuoc-goi/<public:public_id>", methods=["GET", "POST"])
@access(OFFICIALS)
def call(public_id: str) -> ResponseReturnValue:
    """A call to make: whom, what to say, and what was said."""
    delivery = queries.call(public_id, actor())
    form = CallForm()
    return handle(
        form,
        lambda: render_template(
            "notifications/call.html",
            form=form,
            delivery=delivery,
            notice=next(iter(notices([delivery])), None),
            words=spoken(delivery),
        ),
        lambda: services.made_call(actor(), public_id, form.values().note),
        lambda _call: url_for("desk.calls"),
        said=N_("The call is logged."),
    )


def _mails_are_kept() -> Settings:
    """The settings, where mails are kept as files for the browser; NotFound everywhere else."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.production or settings.smtp_url:
        raise NotFound
    return settings


@bp.get("/thu")
@access(PUBLIC)
def mails() -> ResponseReturnValue:
    """In development without a mail server: the mails that would have been sent."""
    return render_template("notifications/mails.html", mails=mailbox.kept(_mails_are_kept().mails))


@bp.get("/thu/<name>")
@access(PUBLIC)
def mail(name: str) -> ResponseReturnValue:
    """One of these mails."""
    found = mailbox.one(_mails_are_kept().mails, name)
    return render_template("notifications/mail.html", mail=found, body=paragraphs(found.text))


def unread(someone: Actor) -> dict[str, Any]:
    """For the frame of every page: how many notices are new."""
    return {"unread": queries.unread(someone)} if someone.is_signed_in else {}


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
    LISTINGS.declare_harmless("delivery")
    if unread not in templating.FRAME_HOOKS:
        templating.FRAME_HOOKS.append(unread)
