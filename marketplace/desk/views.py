"""Pages of desk."""

from __future__ import annotations

from flask import Blueprint, Flask

from marketplace.web.navigation import Entry

bp = Blueprint("desk", __name__)
ENTRIES: tuple[Entry, ...] = ()


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
