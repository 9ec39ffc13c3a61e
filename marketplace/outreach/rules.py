"""What a firm answered to being invited, who keeps the list, and the steps that are counted."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_


class Answer(StrEnum):
    """What a firm said. That it has registered is seen, not stated."""

    NONE = "none"
    INTERESTED = "interested"
    NOT_NOW = "not_now"


ANSWER_LABELS = {
    Answer.NONE: N_("No answer yet"),
    Answer.INTERESTED: N_("Interested"),
    Answer.NOT_NOW: N_("Not now"),
}
REGISTERED = N_("Registered")


class Step(StrEnum):
    """How far an invited firm has come; each step includes the later ones."""

    LISTED = "listed"
    INVITED = "invited"
    REGISTERED = "registered"
    INTEREST = "interest"
    DEAL = "deal"


STEP_LABELS = {
    Step.LISTED: N_("On the list"),
    Step.INVITED: N_("Invited"),
    Step.REGISTERED: N_("Registered"),
    Step.INTEREST: N_("First interest"),
    Step.DEAL: N_("First deal"),
}


TO_COME = N_("This day is still to come.")


def is_to_come(day: date | None) -> bool:
    """Whether a day of contact lies ahead: it cannot have been."""
    return day is not None and day > clock.today()


def may_keep(actor: Actor, locality_ids: tuple[int, int]) -> bool:
    """Officials of the two localities keep one list together."""
    return actor.is_officer_of(*locality_ids)
