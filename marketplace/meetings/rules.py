"""Who may open a meeting, write in it, close it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text

if TYPE_CHECKING:
    from marketplace.meetings.models import Meeting


def may_write(actor: Actor, meeting: Meeting) -> bool:
    """An official of either locality, while the meeting is open."""
    return meeting.closed_at is None and actor.is_officer_of(*meeting.pair.locality_ids)


PERMISSIONS = {"write": may_write}

CLOSED = Text(N_("This meeting is closed; its minutes stand."))
"""Why nothing can be written any more."""
