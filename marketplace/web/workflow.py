"""Workflows as pages see them: which buttons there are, and whether something may be done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from marketplace.core.i18n import N_, Text
from marketplace.core.workflow import Transition, Workflow
from marketplace.web.access import actor
from marketplace.web.forms import new_key


@dataclass(frozen=True, slots=True)
class MoveButton:
    """A move as ``components/actions.html`` shows it.

    ``is_page`` leads to a page of its own instead of posting at once: the move asks for more than
    a click.
    """

    name: str
    label: str | Text
    url: str
    blockers: Sequence[Text]
    tone: str
    reasons: Sequence[tuple[str, str]]
    confirm: str | None
    form_key: str
    is_page: bool = False
    version: int | None = None
    hint: str = ""

    @property
    def needs_reason(self) -> bool:
        """Whether a reason must come with it."""
        return bool(self.reasons)


def moves(
    subject: Any,
    url: Callable[[str], str],
    *,
    workflow: Workflow | None = None,
    leave_out: Iterable[str] = (),
    as_page: Iterable[str] = (),
    words_of: Mapping[str, str] = MappingProxyType({}),
) -> list[MoveButton]:
    """The moves the present actor may make on ``subject``; ``url`` gives each its address.

    ``words_of`` names whose word a move records; it needs a page, and comes after one's own moves.
    """
    chosen = workflow or subject.workflow
    left_out, paged = set(leave_out), {*as_page, *words_of}
    buttons = [
        _button(move.transition, move.blockers, url(move.transition.name), paged)
        for move in chosen.available(subject, actor())
        if move.transition.name not in left_out
    ]
    own = [button for button in buttons if button.name not in words_of]
    recorded = [button for button in buttons if button.name in words_of]
    return [*own, *(_recorded(button, words_of[button.name]) for button in recorded)]


def _recorded(button: MoveButton, whose: str) -> MoveButton:
    """What an official would say for someone must not look like the official's own answer."""
    label = Text(
        N_("Record the word of %(name)s: %(move)s"), name=whose, move=Text(str(button.label))
    )
    return replace(button, label=label, tone="quiet" if button.tone == "primary" else button.tone)


def _button(
    transition: Transition, blockers: Sequence[Text], url: str, paged: set[str]
) -> MoveButton:
    return MoveButton(
        name=transition.name,
        label=transition.label,
        url=url,
        blockers=blockers,
        tone=transition.tone,
        reasons=list(transition.reasons.items()),
        confirm=transition.confirm,
        form_key=new_key(),
        is_page=transition.name in paged,
        hint=hint_of(transition.name),
    )


RETURNING = frozenset({"ask", "hold", "return", "send_back"})
ENDING = frozenset({"cancel", "close", "drop", "pause", "take_back", "void", "withdraw"})
REFUSING = frozenset({"decline", "dismiss", "object", "refuse", "reject"})


def hint_of(move: str) -> str:
    """What the explanation of a move should say, and who reads it."""
    if move in RETURNING:
        return N_("The other side reads this. Say what is missing and what to do next.")
    if move in ENDING:
        return N_("The other side reads this. Say in a sentence or two why it ends here.")
    if move in REFUSING:
        return N_("The other side reads this. Say why not, and whether anything would change it.")
    return N_("The other side reads this. Say why in a sentence or two.")


def can(verb: str, subject: Any) -> bool:
    """Whether the present actor may do ``verb`` to ``subject``: the very rule use cases ask."""
    rule: Callable[..., bool] = subject.permissions[verb]
    return rule(actor(), subject)
