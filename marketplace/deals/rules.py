"""The states of deals, instalments, outcomes and figures (workflows pages 4 and 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from marketplace.accounts.rules import may_manage, may_speak_for
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.errors import NotAllowed, WrongState
from marketplace.core.i18n import N_, Text
from marketplace.core.workflow import (
    Step,
    Transition,
    Workflow,
    nobody_but_the_program,
    states,
    way,
)

if TYPE_CHECKING:
    from marketplace.deals.models import Deal, DealParty, Figure, Instalment


class DealState(StrEnum):
    """Where a deal stands; a small sale shows only three of them (decisions page 33)."""

    NEGOTIATING = "negotiating"
    AGREED = "agreed"
    SIGNED = "signed"
    ACTIVE = "active"
    COMPLETED = "completed"
    PARTLY_COMPLETED = "partly_completed"
    CANCELLED = "cancelled"


class PartyRole(StrEnum):
    """What an organisation does in a deal."""

    SELLER = "seller"
    BUYER = "buyer"
    HOST = "host"
    INVESTOR = "investor"
    SUPPORTER = "supporter"
    WITNESS = "witness"


PARTY_LABELS = {
    PartyRole.SELLER: N_("Seller"),
    PartyRole.BUYER: N_("Buyer"),
    PartyRole.HOST: N_("Host"),
    PartyRole.INVESTOR: N_("Investor"),
    PartyRole.SUPPORTER: N_("Supporter"),
    PartyRole.WITNESS: N_("Witness"),
}

PRINCIPALS = frozenset({PartyRole.SELLER, PartyRole.BUYER, PartyRole.HOST, PartyRole.INVESTOR})
"""Those whose agreement the deal needs; supporters and witnesses only stand by."""

GIVING = frozenset({PartyRole.SELLER, PartyRole.HOST})
"""The side that sells or gives land to an investment; the other principals buy or invest."""

SALE_ROLES = (PartyRole.SELLER, PartyRole.BUYER, PartyRole.SUPPORTER, PartyRole.WITNESS)
INVESTMENT_ROLES = (PartyRole.HOST, PartyRole.INVESTOR, PartyRole.SUPPORTER, PartyRole.WITNESS)
"""What a further party can be in a deal of this kind."""

UNDER_WAY = frozenset({DealState.NEGOTIATING, DealState.AGREED, DealState.SIGNED, DealState.ACTIVE})


class InstalmentState(StrEnum):
    """What one side entered counts when the other has confirmed it."""

    ENTERED = "entered"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class OutcomeState(StrEnum):
    """The end result of a deal under an article of the agreement."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    ACHIEVED = "achieved"
    PARTLY_ACHIEVED = "partly_achieved"
    CANCELLED = "cancelled"


class FigureState(StrEnum):
    """A figure counts in public only when verified."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    RETURNED = "returned"


class Indicator(StrEnum):
    """What is counted. The unit of ``amount`` stands beside each."""

    COMMITTED_VALUE = "committed_value"  # đồng
    DELIVERED_VALUE = "delivered_value"  # đồng
    DELIVERED_WEIGHT = "delivered_weight"  # grams
    DEALS_DONE = "deals_done"  # deals


INDICATOR_LABELS = {
    Indicator.COMMITTED_VALUE: N_("Committed value"),
    Indicator.DELIVERED_VALUE: N_("Realised value"),
    Indicator.DELIVERED_WEIGHT: N_("Goods delivered"),
    Indicator.DEALS_DONE: N_("Deals carried out"),
}


def is_officer_in(actor: Actor, deal: Deal) -> bool:
    """An official of one of the two localities."""
    return actor.is_officer_of(*deal.pair.locality_ids)


def is_party(actor: Actor, deal: Deal) -> bool:
    """One of the parties' own people."""
    return any(may_manage(actor, party.organisation) for party in deal.parties)


def speaks_for_party(actor: Actor, deal: Deal) -> bool:
    """A party, or someone recorded as acting for one."""
    return any(may_speak_for(actor, party.organisation) for party in deal.principals)


def may_see(actor: Actor, deal: Deal) -> bool:
    """Parties and the officials of both localities."""
    return is_officer_in(actor, deal) or speaks_for_party(actor, deal)


def may_set_terms(actor: Actor, deal: Deal) -> bool:
    """A party, or an official of the pair writing down what the parties say."""
    return is_officer_in(actor, deal) or is_party(actor, deal)


def may_agree(actor: Actor, deal: Deal) -> bool:
    """Whoever may speak for a principal that has not agreed to these terms yet."""
    return any(
        party.agreed_at is None and may_speak_for(actor, party.organisation)
        for party in deal.principals
    )


def may_start(actor: Actor, deal: Deal) -> bool:
    """An official, or the clock on the first day."""
    return actor.is_system or is_officer_in(actor, deal)


def may_enter_instalment(actor: Actor, deal: Deal) -> bool:
    """One side, or someone recorded as acting for it."""
    return speaks_for_party(actor, deal)


def may_enter_now(actor: Actor, deal: Deal) -> bool:
    """Whether deliveries can be entered just now."""
    return deal.state is DealState.ACTIVE and may_enter_instalment(actor, deal)


def require_entry(actor: Actor, deal: Deal) -> None:
    """Raise NotAllowed or WrongState unless ``actor`` may enter a delivery now."""
    if not may_enter_instalment(actor, deal):
        raise NotAllowed(N_("Only the parties, or who may record their word, can do this."))
    if deal.state is not DealState.ACTIVE:
        raise WrongState(N_("Deliveries are entered while the deal is under way."))


def may_cancel(actor: Actor, deal: Deal) -> bool:
    """A party or an official, before the deal is active."""
    return is_officer_in(actor, deal) or is_party(actor, deal)


PERMISSIONS = {"see": may_see, "enter_instalment": may_enter_instalment}


def terms_missing(deal: Deal) -> Sequence[Text]:
    """What the terms must say before anyone can agree to them."""
    missing = []
    if not deal.committed_value:
        missing.append(Text(N_("The agreed value is missing.")))
    if deal.starts_on is None:
        missing.append(Text(N_("The first day is missing.")))
    return missing


def not_agreed(deal: Deal) -> Sequence[Text]:
    """The principals that have not agreed to the present terms."""
    return [
        Text(
            N_("%(organisation)s has not agreed to the terms yet."),
            organisation=party.organisation.name,
        )
        for party in deal.principals
        if party.agreed_at is None
    ]


def not_signed(deal: Deal) -> Sequence[Text]:
    """Signing needs the paper and its day."""
    if deal.paper is None or deal.signed_on is None:
        return [Text(N_("The signed paper and its date are missing."))]
    return []


def not_ready_to_start(deal: Deal) -> Sequence[Text]:
    """A deal that must be signed starts only when it is."""
    missing = []
    if not deal.is_small and deal.state is not DealState.SIGNED:
        missing.append(Text(N_("This deal must be signed before it starts.")))
    if deal.outcome is None:
        missing.append(Text(N_("The outcome with its target is missing.")))
    return missing


def open_instalments(deal: Deal) -> Sequence[Text]:
    """Why a deal cannot end: nothing confirmed, or something waiting for the other side."""
    missing = []
    if not deal.confirmed:
        missing.append(Text(N_("No instalment has been confirmed by both sides yet.")))
    waiting = [i for i in deal.instalments if i.state is InstalmentState.ENTERED]
    if waiting:
        missing.append(
            Text(N_("Instalments still waiting for the other side: %(n)s."), n=len(waiting))
        )
    return missing


def less_than_committed(deal: Deal) -> Sequence[Text]:
    """A deal is complete only when everything committed has arrived."""
    missing = list(open_instalments(deal))
    if not missing and deal.is_short:
        missing.append(
            Text(
                N_("Less was delivered than committed. End it as partly completed, with a reason.")
            )
        )
    return missing


CANCEL_REASONS = {
    "terms": N_("No agreement on the terms"),
    "changed": N_("Plans have changed"),
    "disaster": N_("Natural disaster"),
    "other": N_("Another reason"),
}

PARTLY_REASONS = {
    "harvest": N_("The harvest was smaller"),
    "quality": N_("The quality did not suffice"),
    "demand": N_("The buyer needed less"),
    "disaster": N_("Natural disaster"),
    "other": N_("Another reason"),
}

_D = DealState
_BEFORE_ACTIVE = states(_D.NEGOTIATING, _D.AGREED, _D.SIGNED)

DEAL = Workflow(
    "deal",
    DealState,
    _D.NEGOTIATING,
    Transition(
        "set_terms", states(_D.NEGOTIATING), None, may_set_terms, N_("Write down the terms")
    ),
    Transition(
        "accept_terms",
        states(_D.NEGOTIATING),
        None,
        may_agree,
        N_("Agree to the terms"),
        blockers=terms_missing,
        tone="primary",
    ),
    Transition(
        "agree",
        states(_D.NEGOTIATING),
        _D.AGREED,
        nobody_but_the_program,
        N_("Agree"),
        blockers=not_agreed,
    ),
    Transition(
        "sign",
        states(_D.AGREED),
        _D.SIGNED,
        is_officer_in,
        N_("Record the signing"),
        blockers=not_signed,
        tone="primary",
    ),
    Transition(
        "start",
        states(_D.AGREED, _D.SIGNED),
        _D.ACTIVE,
        may_start,
        N_("Start delivery"),
        blockers=not_ready_to_start,
        tone="primary",
    ),
    Transition(
        "complete",
        states(_D.ACTIVE),
        _D.COMPLETED,
        is_officer_in,
        N_("Complete"),
        blockers=less_than_committed,
        tone="primary",
    ),
    Transition(
        "complete_partly",
        states(_D.ACTIVE),
        _D.PARTLY_COMPLETED,
        is_officer_in,
        N_("End as partly completed"),
        reasons=PARTLY_REASONS,
        blockers=open_instalments,
    ),
    Transition(
        "cancel",
        _BEFORE_ACTIVE,
        _D.CANCELLED,
        may_cancel,
        N_("Call off"),
        reasons=CANCEL_REASONS,
        tone="danger",
    ),
    labels={
        _D.NEGOTIATING: N_("Negotiating"),
        _D.AGREED: N_("Agreed"),
        _D.SIGNED: N_("Signed"),
        _D.ACTIVE: N_("Delivering"),
        _D.COMPLETED: N_("Completed"),
        _D.PARTLY_COMPLETED: N_("Partly completed"),
        _D.CANCELLED: N_("Called off"),
    },
)

SMALL_SALE_LABELS = {
    DealState.AGREED: N_("Agreed"),
    DealState.ACTIVE: N_("Delivering"),
    DealState.COMPLETED: N_("Done"),
}
"""The three words a reader sees of a small sale; everything else is told apart as «other»."""


def other_side(instalment: Instalment) -> list[DealParty]:
    """The parties that must confirm: those who buy what the stating side sells, or the reverse."""
    principals = instalment.deal.principals
    gives = any(
        party.role in GIVING
        for party in principals
        if party.organisation_id == instalment.stated_for_id
    )
    return [party for party in principals if (party.role in GIVING) is not gives]


def label_of(deal: Deal) -> str:
    """The word for a deal's state; a small sale has its own three."""
    own = SMALL_SALE_LABELS if deal.is_small else {}
    return own.get(deal.state) or DEAL.labels[deal.state]


WAY = (_D.NEGOTIATING, _D.AGREED, _D.SIGNED, _D.ACTIVE, _D.COMPLETED)
"""The way of a deal that nobody calls off."""


def full_way(deal: Deal) -> list[Step]:
    """Every step of a deal, also of a small one."""
    return _way(deal, WAY, DEAL.labels)


def progress(deal: Deal) -> list[Step]:
    """How far a deal has come: agreed, delivering, done for a small sale, else every step."""
    if deal.is_small:
        return _way(deal, tuple(SMALL_SALE_LABELS), SMALL_SALE_LABELS)
    return full_way(deal)


def _way(deal: Deal, shown: Sequence[DealState], labels: Mapping[Any, str]) -> list[Step]:
    if deal.state is _D.CANCELLED:
        return [Step(DEAL.labels[_D.CANCELLED], "now")]
    reached = _D.COMPLETED if deal.state is _D.PARTLY_COMPLETED else deal.state
    passed = [state for state in shown if WAY.index(state) <= WAY.index(reached)]
    words = [labels[state] for state in shown]
    if deal.state is _D.PARTLY_COMPLETED:
        words[-1] = DEAL.labels[_D.PARTLY_COMPLETED]
    return way(words, len(passed) - 1, is_over=reached is _D.COMPLETED)


def what_is_missing(deal: Deal) -> Sequence[Text]:
    """Everything between a deal and its next state, each as a sentence."""
    if deal.state is _D.NEGOTIATING:
        return [*terms_missing(deal), *not_agreed(deal)]
    if deal.state is _D.ACTIVE:
        return open_instalments(deal)
    if deal.state in {_D.AGREED, _D.SIGNED}:
        return not_ready_to_start(deal)
    return []


def may_confirm(actor: Actor, instalment: Instalment) -> bool:
    """The other side than the one whose figures stand there, by another person.

    Whoever entered or recorded the figures of one side cannot give the other side's word on them.
    """
    return actor.user_id != instalment.entered_by_id and any(
        may_speak_for(actor, party.organisation) for party in other_side(instalment)
    )


def may_withdraw(actor: Actor, instalment: Instalment) -> bool:
    """The side whose figures stand there."""
    return any(
        party.organisation_id == instalment.stated_for_id
        and may_speak_for(actor, party.organisation)
        for party in instalment.deal.principals
    )


_I = InstalmentState

INSTALMENT = Workflow(
    "instalment",
    InstalmentState,
    _I.ENTERED,
    Transition(
        "confirm", states(_I.ENTERED), _I.CONFIRMED, may_confirm, N_("Confirm"), tone="primary"
    ),
    Transition("correct", states(_I.ENTERED), None, may_confirm, N_("Correct")),
    Transition(
        "withdraw",
        states(_I.ENTERED),
        _I.WITHDRAWN,
        may_withdraw,
        N_("Take back"),
        tone="danger",
        confirm=N_("The instalment will not count. Take it back?"),
    ),
    labels={
        _I.ENTERED: N_("Waiting for the other side"),
        _I.CONFIRMED: N_("Confirmed by both sides"),
        _I.WITHDRAWN: N_("Taken back"),
    },
)

_O = OutcomeState

OUTCOME = Workflow(
    "outcome",
    OutcomeState,
    _O.PLANNED,
    Transition("begin", states(_O.PLANNED), _O.ONGOING, nobody_but_the_program, N_("Begin")),
    Transition("achieve", states(_O.ONGOING), _O.ACHIEVED, nobody_but_the_program, N_("Achieve")),
    Transition(
        "achieve_partly",
        states(_O.ONGOING),
        _O.PARTLY_ACHIEVED,
        nobody_but_the_program,
        N_("Achieve in part"),
        reasons=PARTLY_REASONS,
    ),
    Transition(
        "cancel",
        states(_O.PLANNED),
        _O.CANCELLED,
        nobody_but_the_program,
        N_("Cancel"),
        reasons=CANCEL_REASONS,
    ),
    labels={
        _O.PLANNED: N_("Planned"),
        _O.ONGOING: N_("Under way"),
        _O.ACHIEVED: N_("Achieved"),
        _O.PARTLY_ACHIEVED: N_("Partly achieved"),
        _O.CANCELLED: N_("Cancelled"),
    },
)


def may_submit_figure(actor: Actor, figure: Figure) -> bool:
    """The person who entered it."""
    return actor.user_id is not None and actor.user_id == figure.entered_by_id


def may_verify_figure(actor: Actor, figure: Figure) -> bool:
    """An official of either locality who neither entered nor recorded it, nor what it rests on."""
    return actor.is_officer_of(*figure.pair.locality_ids) and actor.user_id not in {
        figure.entered_by_id,
        *figure.outcome.deal.hand_ids,
    }


def waiting_figures(deal: Deal) -> list[Figure]:
    """The figures of a deal that wait for verification."""
    figures = deal.outcome.figures if deal.outcome is not None else []
    return [figure for figure in figures if figure.state is FigureState.SUBMITTED]


FIGURE_REASONS = {
    "evidence": N_("The delivery note does not show it"),
    "amount": N_("The amount is not right"),
    "period": N_("It belongs to another period"),
    "other": N_("Another reason"),
}

_F = FigureState

FIGURE = Workflow(
    "figure",
    FigureState,
    _F.DRAFT,
    Transition(
        "submit",
        states(_F.DRAFT, _F.RETURNED),
        _F.SUBMITTED,
        may_submit_figure,
        N_("Send for verification"),
        tone="primary",
    ),
    Transition(
        "verify",
        states(_F.SUBMITTED),
        _F.VERIFIED,
        may_verify_figure,
        N_("Verify the figure"),
        tone="primary",
    ),
    Transition(
        "return",
        states(_F.SUBMITTED, _F.VERIFIED),
        _F.RETURNED,
        may_verify_figure,
        N_("Return"),
        reasons=FIGURE_REASONS,
    ),
    labels={
        _F.DRAFT: N_("Draft"),
        _F.SUBMITTED: N_("Waiting for verification"),
        _F.VERIFIED: N_("Verified"),
        _F.RETURNED: N_("Returned"),
    },
)


def is_late(deal: Deal) -> bool:
    """Whether a deal under way has passed its last day."""
    return deal.state in UNDER_WAY and deal.ends_on is not None and clock.today() > deal.ends_on
