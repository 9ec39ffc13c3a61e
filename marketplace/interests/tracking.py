"""Codes of the tracking page that are not an interest's, or not for this reader to see as one.

A feature above declares who knows them, as it declares its panels; interests do not know it.
"""

from __future__ import annotations

from collections.abc import Callable

from flask.typing import ResponseReturnValue

from marketplace.core.actor import Actor

Tracker = Callable[[str, Actor], ResponseReturnValue | None]
"""The page of a code for someone; None when it is not theirs to see."""

_TRACKERS: dict[str, Tracker] = {}


def add(name: str, tracker: Tracker) -> None:
    """Declare one; called by a feature's ``init_app``."""
    _TRACKERS[name] = tracker


def page_of(code: str, reader: Actor) -> ResponseReturnValue | None:
    """The page of a code, from the first that knows it."""
    pages = (tracker(code, reader) for tracker in _TRACKERS.values())
    return next((page for page in pages if page is not None), None)
