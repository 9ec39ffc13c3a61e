"""What features above may decide about changes of listings, each a use case of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marketplace.catalogue.gates import Check
from marketplace.core.actor import Actor
from marketplace.revisions import queries, services
from marketplace.revisions.services import return_, turn_key

__all__ = ["checklists", "return_", "turn_key"]


def checklists(viewer: Actor) -> Mapping[str, Sequence[Check]]:
    """What must be looked at in each change that waits for the viewer's locality, by public id."""
    return {one.public_id: services.checklist(one) for one in queries.waiting_for(viewer)}
