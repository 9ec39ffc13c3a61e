"""The same act on many cases and interests: what can be done is said first, then done one by one.

Each is a use case and a transaction of its own; a form that is sent twice does each once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, NotFound, Repeated
from marketplace.core.i18n import N_, Text
from marketplace.core.use_case import Once, earlier_answer, once
from marketplace.desk import queries, services
from marketplace.desk.rules import why_no_reminder
from marketplace.interests import acts as interest_acts

MOST = 200
_CODE = re.compile(r"(match|interest):([a-z0-9]{10})", re.ASCII)


class Act(StrEnum):
    """What can be done to many at once; the value stands in forms."""

    ASSIGN = "assign"
    ACKNOWLEDGE = "acknowledge"
    REMIND = "remind"


ACT_LABELS = {
    Act.ASSIGN: N_("Put somebody in charge"),
    Act.ACKNOWLEDGE: N_("Acknowledge the interests"),
    Act.REMIND: N_("Remind those they wait for"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One of those chosen, and why nothing can be done with it; None where it can."""

    kind: str
    public_id: str
    title: str
    parties: str
    why_not: Text | str | None = None

    @property
    def code(self) -> str:
        """How forms name it."""
        return f"{self.kind}:{self.public_id}"


def chosen(codes: Iterable[str]) -> list[str]:
    """The well-formed codes, each once."""
    return [code for code in dict.fromkeys(codes) if _CODE.fullmatch(code)][:MOST]


def plan(actor: Actor, act: Act, codes: Sequence[str]) -> list[Line]:
    """What would be done; what the actor may not see is left out as if it were not there."""
    found = []
    for code in codes:
        kind, _, public_id = code.partition(":")
        try:
            charge = queries.charge(actor, kind, public_id)
        except NotFound:
            continue
        why_not = _why_not(actor, act, kind, public_id)
        found.append(Line(kind, public_id, charge.title, charge.parties, why_not))
    return found


def _why_not(actor: Actor, act: Act, kind: str, public_id: str) -> Text | str | None:
    if act is Act.ACKNOWLEDGE:
        if kind != "interest":
            return N_("Only interests are acknowledged.")
        return queries.why_not_acknowledge(actor, public_id)
    if act is Act.REMIND:
        waited = queries.waited_for(actor, kind, public_id)
        was_reminded = queries.was_reminded(actor, kind, public_id, services.working_day())
        return why_no_reminder(waited, actor.locality_id, was_reminded=was_reminded)
    return None


def carry_out(
    actor: Actor, act: Act, lines: Sequence[Line], person_id: str, key: str
) -> list[Line]:
    """Do it, one by one; gives the lines again, with the refusal of each that was refused."""
    acts: dict[Act, Callable[[Line], None]] = {
        Act.ASSIGN: lambda line: services.assign(actor, line.kind, line.public_id, person_id),
        Act.ACKNOWLEDGE: lambda line: interest_acts.acknowledge(actor, line.public_id),
        Act.REMIND: lambda line: services.remind(actor, line.kind, line.public_id),
    }
    done = []
    for line in lines:
        why_not = line.why_not or settled(
            actor, f"{key}.{line.code}", act, partial(acts[act], line)
        )
        done.append(Line(line.kind, line.public_id, line.title, line.parties, why_not))
    return done


def was_settled(actor: Actor, key: str, what: str) -> bool:
    """Whether this very form carried ``what`` out before."""
    return earlier_answer(_ticket(actor, key, what)) is not None


def _ticket(actor: Actor, key: str, what: str) -> Once:
    return Once(key, actor.user_id, what, lambda _result: "")


def settled(actor: Actor, key: str, what: str, act: Callable[[], object]) -> Text | str | None:
    """Carry out one of many at most once for ``key``; the sentence of its refusal, if any."""
    try:
        with once(_ticket(actor, key, what)):
            act()
    except Repeated:
        return None  # the same form, sent a moment earlier
    except DomainError as refusal:
        blockers = getattr(refusal, "blockers", ())
        return blockers[0] if blockers else refusal.text
    return None
