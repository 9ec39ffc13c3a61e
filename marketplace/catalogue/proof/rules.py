"""Who says which goods a paper covers, and which papers a listing shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from marketplace.core.actor import Actor
from marketplace.papers.rules import OPEN, SEEN, PaperState, is_struck, may_enter, may_judge

if TYPE_CHECKING:
    from marketplace.catalogue.models import Listing
    from marketplace.papers.models import Paper


def may_cover(actor: Actor, paper: Paper) -> bool:
    """The owner's people, whoever records their word, and the officials who judge the paper.

    What is revoked covers nothing any more.
    """
    return (
        paper.is_chosen
        and paper.state is not PaperState.REVOKED
        and (may_enter(actor, paper) or may_judge(actor, paper))
    )


def may_widen(actor: Actor, paper: Paper) -> bool:
    """Whether goods may be added that nobody will look at again.

    Until the paper is verified its official sees what is chosen; afterwards only officials add
    what is public already.
    """
    return paper.state in OPEN or may_judge(actor, paper)


def shown(listing: Listing, *, to_everyone: bool = True) -> Sequence[Paper]:
    """The papers a listing shows, the newest of each line, those that hold first.

    Everyone reads of those that were verified once, also when they hold no more; the owner and
    officials of those that wait as well.
    """
    found = [
        paper
        for paper in listing.papers
        if not paper.is_replaced and (paper.state in SEEN or not to_everyone)
    ]
    return sorted(found, key=is_struck)
