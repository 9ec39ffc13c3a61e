"""A matchmaking marketplace for twinned localities. ``create_app`` joins its parts."""

from __future__ import annotations

import logging
from pathlib import Path

from flask import Flask
from flask_compress import Compress
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from config import BadSettingError, Settings
from marketplace import cli
from marketplace.accounts import views as accounts
from marketplace.alerts import views as alerts
from marketplace.api import views as api
from marketplace.catalogue import views as catalogue
from marketplace.catalogue.kinds.need import views as need
from marketplace.catalogue.kinds.opportunity import views as opportunity
from marketplace.catalogue.kinds.produce import views as produce
from marketplace.catalogue.proof import views as proof
from marketplace.catalogue.wild import views as wild
from marketplace.choosing import views as choosing
from marketplace.core.db import (
    OLDEST_SAFE_SQLITE,
    SQLITE,
    db,
    engine_options,
    sqlite_is_safe,
)
from marketplace.core.files import open_store
from marketplace.deals import views as deals
from marketplace.deliveries import views as deliveries
from marketplace.desk import views as desk
from marketplace.discovery import views as discovery
from marketplace.enquiries import views as enquiries
from marketplace.helping import views as helping
from marketplace.interests import views as interests
from marketplace.introducing import views as introducing
from marketplace.matching import views as matching
from marketplace.meetings import views as meetings
from marketplace.moderation import views as moderation
from marketplace.notifications import views as notifications
from marketplace.outreach import views as outreach
from marketplace.pages import views as pages
from marketplace.papers import views as papers
from marketplace.programme import views as programme
from marketplace.promises import views as promises
from marketplace.questions import views as questions
from marketplace.reports import views as reports
from marketplace.revisions import views as revisions
from marketplace.roads import views as roads
from marketplace.sharing import views as sharing
from marketplace.shortlist import views as shortlist
from marketplace.spreadsheets import views as spreadsheets
from marketplace.talking import views as talking
from marketplace.tasks import views as tasks
from marketplace.tracing import views as tracing
from marketplace.trips import views as trips
from marketplace.web import (
    access,
    converters,
    errors,
    forms,
    locale,
    navigation,
    security,
    templating,
    whole_pages,
)

FEATURES = (
    pages,
    accounts,
    programme,
    roads,
    papers,
    catalogue,
    need,
    produce,
    opportunity,
    proof,
    wild,
    discovery,
    shortlist,
    tracing,
    questions,
    moderation,
    revisions,
    helping,
    spreadsheets,
    interests,
    enquiries,
    alerts,
    matching,
    choosing,
    deals,
    tasks,
    deliveries,
    promises,
    trips,
    introducing,
    talking,
    outreach,
    reports,
    sharing,
    api,
    notifications,
    desk,
    meetings,
)
MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"


def create_app(settings: Settings) -> Flask:
    """The program for these settings. Raises when a view does not say who may reach it."""
    app = Flask(__name__, instance_path=str(settings.instance))
    app.config.update(
        SETTINGS=settings,
        PUBLIC_URL=settings.public_url,
        MAIL_FROM=settings.mail_from,
        MAIL_DOMAIN=settings.mail_from.rpartition("@")[2],
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=dict(engine_options(settings.database_url)),
        COMPRESS_ALGORITHM=["gzip"],
        COMPRESS_LEVEL=5,
        COMPRESS_MIN_SIZE=400,
        COMPRESS_STREAMS=False,
    )
    settings.instance.mkdir(parents=True, exist_ok=True)
    _check_sqlite(settings)
    app.extensions["files"] = open_store(settings)
    whole_pages.init_app(app)  # before the proxies' headers are read, so behind that
    security.init_app(app, settings)
    locale.init_app(app)
    converters.init_app(app)
    templating.init_app(app)
    errors.init_app(app)
    db.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS))
    CSRFProtect(app)
    Compress(app)
    for feature in FEATURES:
        feature.init_app(app)
        navigation.add(*feature.ENTRIES)
    app.before_request(access.guard)
    app.before_request(forms.answer_again)
    cli.init_app(app)
    access.check_all(app)
    return app


def _check_sqlite(settings: Settings) -> None:
    """An old SQLite can lose data: production refuses it, development is told."""
    if not settings.database_url.startswith("sqlite") or sqlite_is_safe():
        return
    oldest = ".".join(map(str, OLDEST_SAFE_SQLITE))
    message = f"SQLite {SQLITE.sqlite_version} is older than {oldest} and can lose data."
    if settings.production:
        raise BadSettingError(message + " Install pysqlite3, or use PostgreSQL.")
    logging.getLogger(__name__).warning(message)
