"""The states of deals, papers, rulings, instalments, outcomes, figures (workflows 4 and 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from marketplace.accounts.rules import may_manage, may_speak_for
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.dates import quarter_of
from marketplace.core.errors import NotAllowed, WrongState
from marketplace.core.i18n import N_, Text
from marketplace.core.money import Dong
from marketplace.core.quantity import UNITS, Amount, Dimension, Unit, to_grams
from marketplace.core.workflow import (
    Rule,
    Step,
    Transition,
    Workflow,
    nobody_but_the_program,
    states,
    way,
)
from marketplace.matching.rules import ANSWERED
from marketplace.programme.rules import may_turn_key, why_no_key

if TYPE_CHECKING:
    from marketplace.accounts.models import Locality, Organisation
    from marketplace.deals.models import (
        Agreement,
        Deal,
        DealParty,
        Figure,
        Instalment,
        Outcome,
        Ruling,
    )


class DealState(StrEnum):
    """Where a deal stands; a small sale shows only three of them (decisions page 33)."""

    NEGOTIATING = "negotiating"
    AGREED = "agreed"
    SIGNED = "signed"
    ACTIVE = "active"
    COMPLETED = "completed"
    PARTLY_COMPLETED = "partly_completed"
    CANCELLED = "cancelled"
    SUSPENDED = "suspended"
    DISPUTED = "disputed"
    TERMINATED = "terminated"


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

STOPPED = frozenset({DealState.SUSPENDED, DealState.DISPUTED})
"""Clocks stand still here: neither a slide on the road nor an open dispute counts as late."""

UNDER_WAY = STOPPED | {
    DealState.NEGOTIATING,
    DealState.AGREED,
    DealState.SIGNED,
    DealState.ACTIVE,
}


class AgreementState(StrEnum):
    """How far the paper has come: drawn up, in the hands of the signers, held back, complete."""

    DRAFT = "draft"
    SIGNED_ONE = "signed_one"
    ON_HOLD = "on_hold"
    COUNTERSIGNED = "countersigned"


class PaperKind(StrEnum):
    """What is signed (domain page 4.1)."""

    MEMORANDUM = "memorandum"
    FRAME = "frame"
    OFFTAKE = "offtake"
    LINKAGE = "linkage"


PAPER_LABELS = {
    PaperKind.MEMORANDUM: N_("Memorandum"),
    PaperKind.FRAME: N_("Frame contract"),
    PaperKind.OFFTAKE: N_("Offtake contract"),
    PaperKind.LINKAGE: N_("Linkage contract (Decree 98/2018)"),
}


def papers_of(deal: Deal) -> list[PaperKind]:
    """The kinds of paper that fit a deal: without goods there is nothing to deliver or to buy."""
    return list(PaperKind) if deal.unit is not None else [PaperKind.MEMORANDUM]


LINKAGE_FORMS = {
    1: N_("Supplies, growing, harvest, processing and sale"),
    2: N_("Supplies and sale"),
    3: N_("Growing, harvest and sale"),
    4: N_("Supplies, growing, harvest and sale"),
    5: N_("Growing, harvest, processing and sale"),
    6: N_("Supplies, processing and sale"),
    7: N_("Processing and sale"),
}
"""The seven forms of linking production and sale of article 4 of Decree 98/2018/NĐ-CP."""


class RulingState(StrEnum):
    """A ruling of both localities: waiting for keys, made, or put aside."""

    PROPOSED = "proposed"
    DECIDED = "decided"
    DROPPED = "dropped"


class RulingKind(StrEnum):
    """What both localities rule: a dispute is settled and the deal goes on, or the deal ends."""

    SETTLE = "settle"
    TERMINATE = "terminate"


RULING_LABELS = {
    RulingKind.SETTLE: N_("Settle the dispute; the deal goes on"),
    RulingKind.TERMINATE: N_("End the deal early"),
}


PROPOSING = {
    RulingKind.SETTLE: "propose_settlement",
    RulingKind.TERMINATE: "propose_end",
}
"""The move of a deal by which an official proposes each."""


class InstalmentState(StrEnum):
    """What one side entered counts when the other has confirmed it."""

    ENTERED = "entered"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


GOODS_REASONS = {
    "spoiled": N_("Spoiled or bruised on the way"),
    "size": N_("Smaller or older than agreed"),
    "dirty": N_("Not clean, or pests in it"),
    "wrong": N_("Other goods than agreed"),
    "late": N_("It came too late to be used"),
    "other": N_("Another reason"),
}
"""Why goods were taken at a lower price or sent back."""


class OutcomeState(StrEnum):
    """The end result of a deal under an article of the agreement.

    Not achieved: it had begun and nothing was delivered. Cancelled: it never began.
    """

    PLANNED = "planned"
    ONGOING = "ongoing"
    ACHIEVED = "achieved"
    PARTLY_ACHIEVED = "partly_achieved"
    NOT_ACHIEVED = "not_achieved"
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
    """The own people of a party; supporters and witnesses only stand by."""
    return any(may_manage(actor, party.organisation) for party in deal.principals)


def speaks_for_party(actor: Actor, deal: Deal) -> bool:
    """A party, or someone recorded as acting for one."""
    return any(may_speak_for(actor, party.organisation) for party in deal.principals)


def may_see(actor: Actor, deal: Deal) -> bool:
    """Parties and the officials of both localities."""
    return is_officer_in(actor, deal) or speaks_for_party(actor, deal)


def may_see_contacts(actor: Actor, deal: Deal) -> bool:
    """The officials of both localities, and the parties that take part of their own will."""
    return is_officer_in(actor, deal) or any(
        actor.organisation_id in {organisation.id, organisation.cooperative_id}
        for organisation in deal.joined
    )


def may_set_terms(actor: Actor, deal: Deal) -> bool:
    """A party, its word recorded by someone, or an official writing down what both say."""
    return is_officer_in(actor, deal) or speaks_for_party(actor, deal)


def may_take_out(actor: Actor, party: DealParty) -> bool:
    """An official, while a party brought in by mistake has said no yes and nothing is agreed."""
    deal = party.deal
    return (
        deal.state is DealState.NEGOTIATING and is_officer_in(actor, deal) and not party.has_joined
    )


def may_agree(actor: Actor, deal: Deal) -> bool:
    """Whoever may speak for a principal that has not agreed to these terms yet."""
    return any(
        party.agreed_at is None and may_speak_for(actor, party.organisation)
        for party in deal.principals
    )


def _why_no_yes(actor: Actor, deal: Deal) -> Text | None:
    """Two of one party may accept at once: the second reads that it is accepted."""
    return Text(ANSWERED) if speaks_for_party(actor, deal) else None


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


def may_suspend(actor: Actor, deal: Deal) -> bool:
    """A party, its word recorded by someone, or an official of the pair."""
    return is_officer_in(actor, deal) or speaks_for_party(actor, deal)


def _may_resume(state: DealState) -> Rule:
    def may_resume(actor: Actor, deal: Deal) -> bool:
        """A party or an official of the pair, back to where the deal was."""
        stop = deal.stop
        return stop is not None and stop.state_before is state and may_suspend(actor, deal)

    return may_resume


def may_dispute(actor: Actor, deal: Deal) -> bool:
    """Either party, or someone who records its word."""
    return speaks_for_party(actor, deal)


def may_cancel(actor: Actor, deal: Deal) -> bool:
    """A party, its word recorded by someone, or an official, before the deal is active."""
    return is_officer_in(actor, deal) or speaks_for_party(actor, deal)


PERMISSIONS = {
    "see": may_see,
    "enter_instalment": may_enter_instalment,
    "contacts": may_see_contacts,
}


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
    """Signing needs the paper and its day; a paper drawn up here, every side's signature."""
    if deal.agreement is not None and deal.agreement.state is not AgreementState.COUNTERSIGNED:
        return not_countersigned(deal.agreement)
    if deal.paper is None or deal.signed_on is None:
        return [Text(N_("The signed paper and its date are missing."))]
    return []


def is_half_signed(deal: Deal) -> bool:
    """Whether signed copies of a paper have come and it is not signed by all yet."""
    paper = deal.agreement
    return paper is not None and paper.state in {
        AgreementState.SIGNED_ONE,
        AgreementState.ON_HOLD,
    }


def not_ready_to_start(deal: Deal) -> Sequence[Text]:
    """A deal that must be signed starts only when it is; a paper begun is finished first."""
    missing = []
    if deal.is_small and is_half_signed(deal):
        missing.append(Text(N_("Its paper is being signed. It starts once all have signed.")))
    if not deal.is_small and deal.state is not DealState.SIGNED:
        missing.append(Text(N_("This deal must be signed before it starts.")))
    if deal.outcome is None:
        missing.append(Text(N_("The outcome with its target is missing.")))
    return missing


def not_countersigned(agreement: Agreement) -> Sequence[Text]:
    """Whose signed paper is missing, and whether the paper is held back."""
    if agreement.state is AgreementState.ON_HOLD:
        return [Text(N_("The paper is on hold. Release it first."))]
    return [
        Text(
            N_("“%(organisation)s” has not handed in the signed paper yet."),
            organisation=party.name,
        )
        for party in agreement.unsigned
    ]


def ruling_waits(deal: Deal) -> Sequence[Text]:
    """Both localities decide one proposal at a time."""
    if deal.ruling is not None:
        return [Text(N_("A proposal already waits for the keys of both localities."))]
    return []


def open_instalments(deal: Deal) -> Sequence[Text]:
    """Why a deal cannot end: nothing confirmed, or something waiting for the other side."""
    missing = []
    if not deal.confirmed:
        missing.append(Text(N_("No instalment has been confirmed by both sides yet.")))
    missing += [
        Text(
            N_("No. %(number)s waits for %(name)s to confirm it."),
            number=instalment.number,
            name=", ".join(party.organisation.name for party in other_side(instalment)),
        )
        for instalment in _unconfirmed(deal)
    ]
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

SUSPEND_REASONS = {
    "landslide": N_("Landslide"),
    "flood": N_("Storm or flood"),
    "road": N_("The road is closed"),
    "epidemic": N_("An epidemic among people, animals or crops"),
    "other": N_("Another event nobody could prevent"),
}
"""Force majeure: article 156 of the Civil Code 2015."""

DISPUTE_REASONS = {
    "quality": N_("The quality is not what was agreed"),
    "quantity": N_("The quantity is not what was agreed"),
    "payment": N_("Payment"),
    "time": N_("Delivery too late"),
    "other": N_("Another reason"),
}

SETTLE_REASONS = {
    "replaced": N_("The goods are replaced or delivered again"),
    "price": N_("The price is lowered, or money is given back"),
    "later": N_("More time for delivery or payment"),
    "kept": N_("It stays as agreed"),
    "other": N_("Another way"),
}

TERMINATE_REASONS = {
    "nothing": N_("Nothing was delivered"),
    "breach": N_("A party does not keep the terms"),
    "mutual": N_("The parties want to end it"),
    "disaster": N_("Natural disaster"),
    "other": N_("Another reason"),
}

_D = DealState
_BEFORE_ACTIVE = states(_D.NEGOTIATING, _D.AGREED, _D.SIGNED)

DEAL = Workflow(
    "deal",
    DealState,
    _D.NEGOTIATING,
    Transition("set_terms", states(_D.NEGOTIATING), None, may_set_terms, N_("Make another offer")),
    Transition(
        "accept_terms",
        states(_D.NEGOTIATING),
        None,
        may_agree,
        N_("Accept the offer"),
        blockers=terms_missing,
        tone="primary",
        why_not=_why_no_yes,
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
    Transition(
        "suspend",
        states(_D.AGREED, _D.SIGNED, _D.ACTIVE),
        _D.SUSPENDED,
        may_suspend,
        N_("Suspend: force majeure"),
        reasons=SUSPEND_REASONS,
    ),
    *(
        Transition(
            f"resume_{state.value}",
            states(_D.SUSPENDED),
            state,
            _may_resume(state),
            N_("Go on"),
            tone="primary",
        )
        for state in (_D.AGREED, _D.SIGNED, _D.ACTIVE)
    ),
    Transition(
        "dispute",
        states(_D.ACTIVE),
        _D.DISPUTED,
        may_dispute,
        N_("Report a dispute"),
        reasons=DISPUTE_REASONS,
    ),
    Transition(
        "propose_settlement",
        states(_D.DISPUTED),
        None,
        is_officer_in,
        N_("Propose a settlement"),
        reasons=SETTLE_REASONS,
        blockers=ruling_waits,
        tone="primary",
    ),
    Transition(
        "propose_end",
        states(_D.ACTIVE, _D.DISPUTED, _D.SUSPENDED),
        None,
        is_officer_in,
        N_("Propose to end it early"),
        reasons=TERMINATE_REASONS,
        blockers=ruling_waits,
        tone="danger",
    ),
    Transition(
        "settle",
        states(_D.DISPUTED),
        _D.ACTIVE,
        nobody_but_the_program,
        N_("Settle the dispute"),
        reasons=SETTLE_REASONS,
    ),
    Transition(
        "terminate",
        states(_D.ACTIVE, _D.DISPUTED, _D.SUSPENDED),
        _D.TERMINATED,
        nobody_but_the_program,
        N_("End early"),
        reasons=TERMINATE_REASONS,
    ),
    labels={
        _D.NEGOTIATING: N_("Negotiating"),
        _D.AGREED: N_("Agreed"),
        _D.SIGNED: N_("Signed"),
        _D.ACTIVE: N_("Delivering"),
        _D.COMPLETED: N_("Completed"),
        _D.PARTLY_COMPLETED: N_("Partly completed"),
        _D.CANCELLED: N_("Called off"),
        _D.SUSPENDED: N_("Suspended (force majeure)"),
        _D.DISPUTED: N_("In dispute"),
        _D.TERMINATED: N_("Ended early"),
    },
)

_A = AgreementState


def may_draw_up(actor: Actor, agreement: Agreement) -> bool:
    """A party or an official of the pair; a paper on hold is drawn up anew by an official."""
    deal = agreement.deal
    return deal.state is DealState.AGREED and (
        is_officer_in(actor, deal)
        or (agreement.state is not AgreementState.ON_HOLD and speaks_for_party(actor, deal))
    )


def may_draw_up_for(actor: Actor, deal: Deal) -> bool:
    """Whether a first paper of this deal may be drawn up."""
    return (
        deal.agreement is None
        and deal.state is DealState.AGREED
        and (is_officer_in(actor, deal) or speaks_for_party(actor, deal))
    )


def require_drawing_up(actor: Actor, deal: Deal) -> None:
    """Raise NotAllowed or WrongState unless ``actor`` may choose the paper of this deal now."""
    if deal.agreement is not None:
        AGREEMENT.require(deal.agreement, "redraw", actor)
    elif deal.state is not DealState.AGREED:
        raise WrongState(N_("A paper is drawn up once all sides have agreed."))
    elif not may_draw_up_for(actor, deal):
        raise NotAllowed(N_("Only the parties and the officials draw up the paper."))


def missing_from(actor: Actor, agreement: Agreement) -> list[Organisation]:
    """The organisations ``actor`` speaks for whose signed copy is missing."""
    return [one for one in agreement.unsigned if may_speak_for(actor, one)]


def handed_in_by(actor: Actor, agreement: Agreement) -> list[Organisation]:
    """Whose copy ``actor`` may hand in now: a missing one, or a better one in place of the first.

    A side replaces its own copy, and whoever records its word one that was recorded. On hold only
    such a better copy is taken: it answers the hold.
    """
    again = [
        signature.organisation
        for signature in agreement.signatures
        if may_manage(actor, signature.organisation)
        or (signature.acting_id is not None and may_speak_for(actor, signature.organisation))
    ]
    if agreement.state is AgreementState.ON_HOLD:
        return again
    return missing_from(actor, agreement) + again


def may_hand_in(actor: Actor, agreement: Agreement) -> bool:
    """A principal whose signed copy is missing or replaced, or someone who records that it came."""
    return agreement.deal.state is DealState.AGREED and bool(handed_in_by(actor, agreement))


def may_hold(actor: Actor, agreement: Agreement) -> bool:
    """An official of one of the two localities."""
    return agreement.deal.state is DealState.AGREED and is_officer_in(actor, agreement.deal)


def may_countersign(actor: Actor, agreement: Agreement) -> bool:
    """An official who handed in nobody's paper."""
    return may_hold(actor, agreement) and actor.user_id not in {
        signature.user_id for signature in agreement.signatures
    }


HOLD_REASONS = {
    "words": N_("The wording must be put right"),
    "signer": N_("Whoever signed was not entitled to"),
    "papers": N_("Papers are missing"),
    "other": N_("Another reason"),
}

AGREEMENT = Workflow(
    "agreement",
    AgreementState,
    _A.DRAFT,
    Transition(
        "redraw", states(_A.DRAFT, _A.ON_HOLD), _A.DRAFT, may_draw_up, N_("Choose another paper")
    ),
    Transition(
        "hand_in",
        states(_A.DRAFT, _A.SIGNED_ONE, _A.ON_HOLD),
        _A.SIGNED_ONE,
        may_hand_in,
        N_("Hand in the signed paper"),
        tone="primary",
    ),
    Transition(
        "hold",
        states(_A.SIGNED_ONE),
        _A.ON_HOLD,
        may_hold,
        N_("Put on hold"),
        reasons=HOLD_REASONS,
    ),
    Transition("release", states(_A.ON_HOLD), _A.SIGNED_ONE, may_hold, N_("Release")),
    Transition(
        "countersign",
        states(_A.SIGNED_ONE),
        _A.COUNTERSIGNED,
        may_countersign,
        N_("Countersign"),
        blockers=not_countersigned,
        tone="primary",
    ),
    labels={
        _A.DRAFT: N_("Drawn up"),
        _A.SIGNED_ONE: N_("Being signed"),
        _A.ON_HOLD: N_("On hold"),
        _A.COUNTERSIGNED: N_("Signed by all"),
    },
)

_R = RulingState


def may_key_ruling(actor: Actor, ruling: Ruling) -> bool:
    """An approver whose locality's key is missing, who neither wrote it nor recorded a word."""
    return may_turn_key(
        actor,
        ruling.deal.pair.locality_ids,
        [(key.locality_id, key.user_id) for key in ruling.keys],
        ruling.hand_ids,
    )


def may_drop_ruling(actor: Actor, ruling: Ruling) -> bool:
    """An official of either locality, or the program when the deal has moved on."""
    return actor.is_system or is_officer_in(actor, ruling.deal)


def keys_missing(ruling: Ruling) -> Sequence[Text]:
    """What is said of the localities whose key is missing."""
    return [
        Text(N_("The approval of %(locality)s is missing."), locality=locality.name)
        for locality in not_turned(ruling)
    ]


def not_turned(ruling: Ruling) -> list[Locality]:
    """The localities that have not turned their key."""
    turned = {key.locality_id for key in ruling.keys}
    pair = ruling.deal.pair
    return [place for place in (pair.source, pair.market) if place.id not in turned]


DROP_REASONS = {
    "disagree": N_("The localities do not agree"),
    "mended": N_("The parties have found a way themselves"),
    "overtaken": N_("The deal has moved on meanwhile"),
    "other": N_("Another reason"),
}

RULING = Workflow(
    "ruling",
    RulingState,
    _R.PROPOSED,
    Transition(
        "turn_key",
        states(_R.PROPOSED),
        None,
        may_key_ruling,
        N_("Turn the key"),
        tone="primary",
        why_not=lambda actor, ruling: why_no_key(actor, ruling.deal.pair, ruling.keys),
    ),
    Transition(
        "decide",
        states(_R.PROPOSED),
        _R.DECIDED,
        nobody_but_the_program,
        N_("Decide"),
        blockers=keys_missing,
    ),
    Transition(
        "drop",
        states(_R.PROPOSED),
        _R.DROPPED,
        may_drop_ruling,
        N_("Put aside"),
        reasons=DROP_REASONS,
    ),
    labels={
        _R.PROPOSED: N_("Waiting for the keys of both localities"),
        _R.DECIDED: N_("Decided by both localities"),
        _R.DROPPED: N_("Put aside"),
    },
)

SMALL_SALE_LABELS = {
    DealState.AGREED: N_("Agreed"),
    DealState.ACTIVE: N_("Delivering"),
    DealState.COMPLETED: N_("Done"),
}
"""The three words a reader sees of a small sale; everything else is told apart as «other»."""


def other_side(instalment: Instalment) -> list[DealParty]:
    """The parties that must confirm: those who buy what the stating side sells, or the reverse.

    Where several do, only the one that took part in it, as soon as that can be told.
    """
    principals = instalment.deal.principals
    gives = any(
        party.role in GIVING
        for party in principals
        if party.organisation_id == instalment.stated_for_id
    )
    involved = instalment.buyer if gives else instalment.seller
    others = [party for party in principals if (party.role in GIVING) is not gives]
    return others if involved is None else [involved]


def label_of(deal: Deal) -> str:
    """The word for a deal's state; a small sale has its own three."""
    own = SMALL_SALE_LABELS if deal.is_small else {}
    return own.get(deal.state) or DEAL.labels[deal.state]


WAY = (_D.NEGOTIATING, _D.AGREED, _D.SIGNED, _D.ACTIVE, _D.COMPLETED)
"""The way of a deal that nobody calls off."""


def full_way(deal: Deal) -> list[Step]:
    """Every step of a deal, also of a small one; no signing where it began without."""
    began_without = deal.signed_on is None and standing(deal) in {_D.ACTIVE, _D.COMPLETED}
    shown = [state for state in WAY if not (began_without and state is _D.SIGNED)]
    return _way(deal, shown, DEAL.labels)


def progress(deal: Deal) -> list[Step]:
    """How far a deal has come: agreed, delivering, done for a small sale, else every step."""
    if deal.is_small:
        return _way(deal, tuple(SMALL_SALE_LABELS), SMALL_SALE_LABELS)
    return full_way(deal)


def _way(deal: Deal, shown: Sequence[DealState], labels: Mapping[Any, str]) -> list[Step]:
    if deal.state in {_D.CANCELLED, _D.TERMINATED}:
        return way([DEAL.labels[deal.state]], 0, is_over=True)
    reached = standing(deal)
    passed = [state for state in shown if WAY.index(state) <= WAY.index(reached)]
    words = [labels[state] for state in shown]
    if deal.state is _D.PARTLY_COMPLETED:
        words[-1] = DEAL.labels[_D.PARTLY_COMPLETED]
    return way(words, len(passed) - 1, is_over=reached is _D.COMPLETED)


def standing(deal: Deal) -> DealState:
    """The step of the way a deal stands at: one that is stopped, where it was stopped."""
    if deal.state is _D.PARTLY_COMPLETED:
        return _D.COMPLETED
    if deal.state in STOPPED:
        return deal.stop.state_before if deal.stop is not None else _D.ACTIVE
    return deal.state


def what_is_missing(deal: Deal) -> Sequence[Text]:
    """Everything between a deal and its next state, each as a sentence."""
    if deal.state in STOPPED and deal.ruling is not None:
        return keys_missing(deal.ruling)
    if deal.state is _D.NEGOTIATING:
        return [*terms_missing(deal), *not_agreed(deal)]
    if deal.state is _D.ACTIVE:
        return open_instalments(deal)
    if deal.state in {_D.AGREED, _D.SIGNED}:
        return not_ready_to_start(deal)
    return []


class Awaited(NamedTuple):
    """Who has to act next: organisations or localities; nobody where only time passes."""

    organisations: Sequence[Organisation] = ()
    localities: Sequence[Locality] = ()

    @property
    def names(self) -> str:
        """Their names in one line."""
        names = [one.name for one in self.organisations] + [one.name for one in self.localities]
        return ", ".join(names)


def awaited(deal: Deal) -> Awaited:
    """Whom a deal waits for; goods on their way are nobody's turn."""
    both = (deal.pair.source, deal.pair.market)
    found = Awaited()
    if deal.state in STOPPED and deal.ruling is not None:
        found = Awaited(localities=not_turned(deal.ruling))
    elif deal.state is _D.NEGOTIATING:
        open_terms = bool(terms_missing(deal))
        found = Awaited([p.organisation for p in deal.principals if open_terms or not p.agreed_at])
    elif deal.state is _D.AGREED and (not deal.is_small or is_half_signed(deal)):
        unsigned = deal.agreement.unsigned if deal.agreement is not None else []
        found = Awaited(unsigned) if unsigned else Awaited(localities=both)
    elif deal.state is _D.ACTIVE and _unconfirmed(deal):
        parties = [party for i in _unconfirmed(deal) for party in other_side(i)]
        found = Awaited(list({party.id: party.organisation for party in parties}.values()))
    elif deal.state is _D.DISPUTED or (deal.state is _D.ACTIVE and not less_than_committed(deal)):
        found = Awaited(localities=both)
    return found


def _unconfirmed(deal: Deal) -> list[Instalment]:
    return [i for i in deal.instalments if i.state is InstalmentState.ENTERED]


def may_confirm(actor: Actor, instalment: Instalment) -> bool:
    """The other side than the one whose figures stand there, by another person.

    Whoever entered or recorded the figures of one side cannot give the other side's word on them.
    """
    return actor.user_id != instalment.entered_by_id and any(
        may_speak_for(actor, party.organisation) for party in other_side(instalment)
    )


def stands_still(instalment: Instalment) -> Sequence[Text]:
    """Figures of days on which the deal is stopped wait until it goes on."""
    return came_in_a_stop(instalment.deal, instalment.happened_on)


def came_in_a_stop(deal: Deal, day: date) -> Sequence[Text]:
    """Why what happened on ``day`` waits until the deal goes on; nothing for what came before."""
    stop = deal.stop
    if deal.state not in STOPPED or stop is None or day < stop.from_on:
        return []
    return [
        Text(
            N_(
                "The deal is stopped since %(day)s. Until it goes on, only what came before "
                "that day can be confirmed."
            ),
            day=stop.from_on,
        )
    ]


def may_withdraw(actor: Actor, instalment: Instalment) -> bool:
    """The side whose figures stand there, or the program when the deal ends early."""
    return actor.is_system or any(
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
        "confirm",
        states(_I.ENTERED),
        _I.CONFIRMED,
        may_confirm,
        N_("Confirm"),
        blockers=stands_still,
        tone="primary",
    ),
    Transition(
        "correct",
        states(_I.ENTERED),
        None,
        may_confirm,
        N_("Correct"),
        blockers=stands_still,
    ),
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
        reasons=PARTLY_REASONS | TERMINATE_REASONS,
    ),
    Transition(
        "not_achieve",
        states(_O.ONGOING),
        _O.NOT_ACHIEVED,
        nobody_but_the_program,
        N_("End without result"),
        reasons=PARTLY_REASONS | TERMINATE_REASONS,
    ),
    Transition(
        "cancel",
        states(_O.PLANNED),
        _O.CANCELLED,
        nobody_but_the_program,
        N_("Cancel"),
        reasons=CANCEL_REASONS | TERMINATE_REASONS,
    ),
    labels={
        _O.PLANNED: N_("Planned"),
        _O.ONGOING: N_("Under way"),
        _O.ACHIEVED: N_("Achieved"),
        _O.PARTLY_ACHIEVED: N_("Partly achieved"),
        _O.NOT_ACHIEVED: N_("Not achieved"),
        _O.CANCELLED: N_("Cancelled"),
    },
)


def has_delivered(deal: Deal) -> bool:
    """Whether anything was accepted: goods that all went back are no delivery."""
    return bool(deal.delivered_quantity or deal.delivered_value)


def early_end(outcome: Outcome) -> str:
    """The move an outcome makes when its deal ends before everything has come."""
    if outcome.state is _O.PLANNED:
        return "cancel"
    return "achieve_partly" if has_delivered(outcome.deal) else "not_achieve"


def counted(deal: Deal, instalments: Sequence[Instalment]) -> dict[tuple[Indicator, date], int]:
    """The figures an ended deal and these instalments of it bear out, by indicator and quarter.

    What was promised counts once the deal was signed or had begun, even if nothing came of it;
    a deal counts as carried out unless it ended early or nothing was accepted.
    """
    amounts: dict[tuple[Indicator, date], int] = {}

    def add(indicator: Indicator, day: date, amount: int) -> None:
        key = indicator, quarter_of(day).start
        amounts[key] = amounts.get(key, 0) + amount

    for instalment in instalments:
        add(Indicator.DELIVERED_VALUE, instalment.happened_on, instalment.value)
        if deal.unit is not None and UNITS[deal.unit].dimension is Dimension.MASS:
            grams = to_grams(instalment.quantity or 0, deal.unit)
            add(Indicator.DELIVERED_WEIGHT, instalment.happened_on, grams)
    begun = deal.outcome is not None and deal.outcome.state not in {_O.PLANNED, _O.CANCELLED}
    if begun or deal.signed_on is not None:
        first = deal.signed_on or deal.starts_on or clock.today()
        add(Indicator.COMMITTED_VALUE, first, deal.committed_value or 0)
    if has_delivered(deal) and deal.state is not _D.TERMINATED:
        taken = [i.happened_on for i in deal.confirmed if i.is_taken]
        add(Indicator.DEALS_DONE, max(taken), 1)
    return amounts


def why_not_amount(figure: Figure, evidence: Sequence[Instalment], amount: int) -> Text | None:
    """Why a figure cannot be corrected to ``amount``: its deliveries do not bear it out."""
    borne_out = counted(figure.outcome.deal, evidence)
    most = borne_out.get((figure.indicator, figure.period_start), 0)
    if amount <= most:
        return None
    told: Amount | Dong | int = Dong(most)
    if figure.indicator is Indicator.DELIVERED_WEIGHT:
        told = Amount(most, Unit.KG)
    elif figure.indicator is Indicator.DEALS_DONE:
        told = most
    return Text(
        N_("What both sides agreed and confirmed bears out %(most)s. Enter at most this much."),
        most=told,
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


Period = tuple[date, date | None]
"""Since when a clock stood still, and the day it went on; None while it still stands."""


def days_stopped(periods: Iterable[Period], since: date = date.min) -> int:
    """How many days, from ``since`` on, a clock stood still; a day of two stops counts once."""
    today, counted, reached = clock.today(), 0, since
    for first, last in sorted((first, last or today) for first, last in periods):
        counted += max(0, (last - max(first, reached)).days)
        reached = max(reached, last)
    return counted


def days_stopped_of(deal: Deal, since: date = date.min) -> int:
    """How many days, from ``since`` on, the clock of a deal stood still."""
    return days_stopped(((stop.from_on, stop.until_on) for stop in deal.stops), since)


def due_on(deal: Deal) -> date | None:
    """The last day of a deal, later by the days its clock stood still; None while it stands."""
    if deal.ends_on is None or deal.state in STOPPED:
        return None
    return deal.ends_on + timedelta(days=days_stopped_of(deal))


OVER_PERCENT = 20
"""How much of the agreed total more may be sent or stated than is still open of it.

Scales differ, weights are rounded, a box more fills the coach: that is no new agreement. What goes
beyond is a slip of the hand or a matter for both sides and their keys (docs/adr/0017).
"""
WORTH_AT_MOST = 2
"""How many times the agreed price goods may be stated to be worth: a better grade, never ten."""


def too_much(
    deal: Deal, amount: int, *, on_the_way: int = 0, besides: Instalment | None = None
) -> Text | None:
    """Why ``amount`` more cannot be sent or stated: thousandths of goods, else đồng of capital.

    What waits for the other side's word counts as stated, and what is ``on_the_way`` too;
    ``besides`` is the statement that is being written anew. None where there is room for it.
    """
    is_counted = deal.committed_quantity is not None
    agreed = (deal.committed_quantity if is_counted else deal.committed_value) or 0
    stated = sum(
        (i.quantity or 0) if is_counted else i.value
        for i in deal.instalments
        if i is not besides and i.state is not InstalmentState.WITHDRAWN
    )
    left = agreed - stated - on_the_way
    most = left + agreed * OVER_PERCENT // 100
    if amount <= most:
        return None

    def told(number: int) -> Amount | Dong:
        return Amount(max(0, number), deal.unit) if is_counted else Dong(max(0, number))

    return Text(
        N_(
            "%(agreed)s is agreed, %(left)s of it is still open; at most %(most)s can be entered. "
            "For more, both sides agree first: an official proposes a new connection for the rest."
        ),
        agreed=told(agreed),
        left=told(left),
        most=told(most),
    )


STARTED_AGO_MOST = timedelta(days=30)
"""How far back an offer may begin, unless the whole dealing is entered afterwards."""


def why_not_begun_on(deal: Deal, day: date) -> Text | None:
    """Why an offer cannot begin on ``day``; None where it can."""
    if (why_not := _before_the_twinning(deal, day)) is not None:
        return why_not
    if (happened_on := deal.match.happened_on) is not None:
        return _before(happened_on, day)
    earliest = clock.today() - STARTED_AGO_MOST
    if day >= earliest:
        return None
    return Text(
        N_(
            "The first day lies too far back. Choose %(day)s or later; a dealing from before is "
            "entered with its paper."
        ),
        day=earliest,
    )


def why_not_ended_on(deal: Deal, day: date) -> Text | None:
    """Why an offer cannot end on ``day``: only an earlier dealing lies behind us as a whole."""
    if deal.match.happened_on is not None or day >= clock.today():
        return None
    return Text(N_("The last day has passed already. Choose today or a later day."))


def _before_the_twinning(deal: Deal, day: date) -> Text | None:
    if day >= deal.pair.signed_on:
        return None
    return Text(
        N_("The twinning was signed on %(day)s. Dealings before it are not its result."),
        day=deal.pair.signed_on,
    )


def _before(first: date, day: date) -> Text | None:
    if day >= first:
        return None
    return Text(N_("The deal began on %(day)s. Choose that day or a later one."), day=first)


def why_not_signed_on(deal: Deal, day: date) -> Text | None:
    """Why the paper of a deal cannot have been signed on ``day``; None where it can."""
    if day > clock.today():
        return Text(N_("This day is still to come."))
    if (why_not := _before_the_twinning(deal, day)) is not None:
        return why_not
    if deal.agreement is None:
        earliest = opened_on(deal) - STARTED_AGO_MOST  # papers are often signed before the entry
        if day >= earliest:
            return None
        return Text(
            N_("The paper cannot be that old in this deal. Choose %(day)s or later."), day=earliest
        )
    made = clock.local(deal.agreement.made_at).date()
    if day >= made:
        return None
    return Text(N_("The paper was drawn up on %(day)s. It was signed then or later."), day=made)


def why_not_countersigned_on(deal: Deal, day: date) -> Text | None:
    """Why a paper cannot have been signed by all on ``day``; None where it can."""
    signatures = deal.agreement.signatures if deal.agreement is not None else []
    last = max((signature.signed_on for signature in signatures), default=day)
    if day < last:
        return Text(
            N_("The last side signed on %(day)s. Choose that day or a later one."), day=last
        )
    return why_not_signed_on(deal, day)


def why_not_delivered_on(deal: Deal, day: date) -> Text | None:
    """Why nothing of this deal can have been delivered on ``day``; None where it can."""
    if day > clock.today():
        return Text(N_("This day is still to come."))
    return _before(deal.starts_on or day, day)


STOPPED_AGO_MOST = timedelta(days=30)
"""How far back a stop may begin: a landslide is told days later, a cut road perhaps weeks."""


def opened_on(deal: Deal) -> date:
    """Since when the two sides deal with each other: its opening, or its first day if earlier.

    An earlier dealing began on the day its match names, also when its first offer names a later.
    """
    opened = clock.local(deal.opened_at).date()
    return min(opened, deal.starts_on or opened, deal.match.happened_on or opened)


def why_not_stopped_since(deal: Deal, day: date) -> Text | None:
    """Why the clock of a deal cannot stand still from ``day`` on; None where it can.

    Each day it stands moves the deal's last day, so that it cannot stand before the deal went, nor
    on days on which goods demonstrably came.
    """
    if day > clock.today():
        return Text(N_("This day is still to come."))
    if day < clock.today() - STOPPED_AGO_MOST:
        return Text(
            N_("A stop is entered within %(days)s days. Choose %(day)s or later."),
            days=STOPPED_AGO_MOST.days,
            day=clock.today() - STOPPED_AGO_MOST,
        )
    begun = deal.starts_on if deal.state is DealState.ACTIVE else opened_on(deal)
    if (why_not := _before(begun or day, day)) is not None:
        return why_not
    last = max((i.happened_on for i in deal.confirmed), default=None)
    if last is not None and day < last:
        return Text(
            N_("Both sides confirmed a delivery of %(day)s. Choose that day or a later one."),
            day=last,
        )
    return None


def is_late(deal: Deal) -> bool:
    """Whether a deal under way has passed its last day."""
    due = due_on(deal)
    return deal.state in UNDER_WAY and due is not None and clock.today() > due
