"""Parts of addresses that mean something."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import BaseConverter

from marketplace.core.ids import ALPHABET, LENGTH


class Slugged(BaseConverter):
    """``<slug>-<public_id>``: the view gets the id alone; the words before it are for people.

    ``url_for`` takes either the id or the whole. A view that cares about stale words compares
    ``request.path`` with the address it would give itself.
    """

    regex = f"(?:[a-z0-9-]{{0,200}}-)?[{ALPHABET}]{{{LENGTH}}}"

    def to_python(self, value: str) -> str:
        """The public id."""
        return value[-LENGTH:]


class PublicId(BaseConverter):
    """A record's public id; anything else is no address of ours."""

    regex = f"[{ALPHABET}]{{{LENGTH}}}"


def init_app(app: Flask) -> None:
    """Make the converters known; call before any route is added."""
    app.url_map.converters["slugged"] = Slugged
    app.url_map.converters["public"] = PublicId
