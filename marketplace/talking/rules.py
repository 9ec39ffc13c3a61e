"""Who reads a conversation, who writes in whose name, and until when a message may be taken back.

Officials' notes have no states: who may read and write them is one rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.accounts.rules import may_act_for, may_manage
from marketplace.core.actor import Actor

if TYPE_CHECKING:
    from marketplace.accounts.models import Organisation
    from marketplace.programme.models import Pair
    from marketplace.talking.models import Message


class About(StrEnum):
    """What a conversation is about. An interest's goes on in the case that became of it."""

    INTEREST = "interest"
    CASE = "case"
    INTRODUCTION = "introduction"


TAKEN_BACK_WITHIN = timedelta(minutes=15)
"""How long a message may be taken back: its text goes, its line stays."""
MOST_FILES = 5
"""Files one message may carry."""
TOLD_AGAIN_AFTER = timedelta(hours=24)
"""Someone who has not read yet is told of further messages only after this time."""


def is_officer_in(actor: Actor, pair: Pair) -> bool:
    """An official of one of the two localities."""
    return actor.is_officer_of(*pair.locality_ids)


def may_write_as(actor: Actor, organisation: Organisation, *, is_party: bool) -> bool:
    """A party's people, or officials in the name of their authority."""
    return may_manage(actor, organisation) and (is_party or actor.is_officer)


def to_be_recorded(actor: Actor, parties: Sequence[Organisation]) -> list[Organisation]:
    """The parties whose words this actor may record: they are not online themselves."""
    return [party for party in parties if may_act_for(actor, party)]


def may_take_back(actor: Actor, message: Message, now: datetime) -> bool:
    """Whoever wrote it, for a quarter of an hour."""
    return (
        message.erased_at is None
        and actor.user_id == message.author_id
        and now - message.written_at <= TAKEN_BACK_WITHIN
    )
