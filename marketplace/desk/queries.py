"""Reading the desk: one's tasks, the cases of the board, figures to verify, the journal.

Each list asks the database a number of times that does not grow with it. Whether a thing is this
person's to do is asked with the very rule that is asked again when they do it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import ORGANISATION, OrganisationState
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.kinds.produce import queries as produce
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import LISTING
from marketplace.catalogue.wild.models import WildSpecies
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import Entry
from marketplace.core.workflow import Workflow
from marketplace.deals import queries as deals
from marketplace.deals.models import Deal, Figure, Instalment, Outcome
from marketplace.deals.rules import (
    DEAL,
    FIGURE,
    INDICATOR_LABELS,
    UNDER_WAY,
    DealState,
    FigureState,
    InstalmentState,
    is_late,
)
from marketplace.desk.cases import Case, of_deal, of_match
from marketplace.desk.rules import QUEUE_LABELS, Due, Queue, Waiting, due_after, due_when
from marketplace.interests import queries as interests
from marketplace.interests.models import Interest
from marketplace.interests.rules import INTEREST, InterestState
from marketplace.matching import queries as matching
from marketplace.matching.models import Match
from marketplace.matching.rules import MATCH, MatchState
from marketplace.notifications import queries as notifications
from marketplace.notifications.models import Delivery
from marketplace.notifications.subjects import RECORDS
from marketplace.papers import queries as papers
from marketplace.papers.models import Paper
from marketplace.papers.rules import PAPER
from marketplace.programme import queries as programme
from marketplace.programme.models import Pair

ENDED_AT_MOST = 200
"""Ended cases the board looks back on."""
CALLED_UPON = frozenset({"user.code_issued", "user.made_officer"})
"""What officials see of people's accounts; when somebody signs in is nobody's business."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something this person may do now: what, where its page is, since when, until when."""

    queue: Queue
    title: str
    note: Text | str
    endpoint: str
    values: dict[str, str]
    since: datetime
    due_on: date | None

    @property
    def when(self) -> Due:
        """How it stands to today."""
        return due_when(self.due_on)

    @property
    def is_late(self) -> bool:
        """Whether its day has passed."""
        return self.when is Due.LATE

    @property
    def label(self) -> str:
        """What kind of work it is."""
        return QUEUE_LABELS[self.queue]


def may_make(workflow: Workflow, subject: Any, viewer: Actor, *names: str) -> bool:
    """Whether the viewer may make one of these moves, whatever is still missing."""
    return any(workflow.allows(subject, name, viewer) for name in names)


def tasks(viewer: Actor) -> Sequence[Task]:
    """Everything the viewer may do now, the latest first."""
    found = [
        *_listings(viewer),
        *_organisations(viewer),
        *_papers(viewer),
        *_interests(viewer),
        *_matches(viewer),
        *_deals(viewer),
        *_figures(viewer),
        *_calls(viewer),
        *_mails(viewer),
    ]
    return sorted(found, key=lambda t: (t.due_on or date.max, t.since))


def _listings(viewer: Actor) -> Iterable[Task]:
    for listing in catalogue.waiting_for(viewer):
        if may_make(LISTING, listing, viewer, "turn_key"):
            yield Task(
                Queue.APPROVE,
                listing.title,
                listing.organisation.name,
                "catalogue.review",
                {"public_id": listing.public_id},
                listing.updated_at,
                due_after(Queue.APPROVE, listing.updated_at),
            )


def _organisations(viewer: Actor) -> Iterable[Task]:
    for organisation in accounts.organisations(viewer, OrganisationState.PENDING):
        if may_make(ORGANISATION, organisation, viewer, "verify"):
            yield Task(
                Queue.VERIFY,
                organisation.name,
                Text(N_("Registered on %(day)s"), day=clock.local(organisation.created_at).date()),
                "accounts.organisation",
                {"public_id": organisation.public_id},
                organisation.created_at,
                due_after(Queue.VERIFY, organisation.created_at),
            )


def _papers(viewer: Actor) -> Iterable[Task]:
    """Papers to compare with their scan, numbers given twice, and papers that have ended."""
    for paper in papers.waiting_for(viewer):
        if may_make(PAPER, paper, viewer, "verify"):
            since = paper.updated_at
            yield _paper_task(paper, paper.organisation.name, since, due_after(Queue.PAPER, since))
    for claim in papers.claims(viewer):
        note = Text(N_("%(other)s gave the same number"), other=claim.organisation.name)
        yield _paper_task(claim.paper, note, claim.at, due_after(Queue.PAPER, claim.at))
    for paper in papers.ended(viewer):
        note = Text(N_("ended on %(day)s: ask for a renewal"), day=paper.until)
        yield _paper_task(paper, note, paper.updated_at, None)


def _paper_task(paper: Paper, note: Text | str, since: datetime, due_on: date | None) -> Task:
    values = {"public_id": paper.public_id}
    return Task(Queue.PAPER, paper.number, note, "papers.show", values, since, due_on)


def _interests(viewer: Actor) -> Iterable[Task]:
    for interest in interests.waiting(viewer):
        if interest.state is InterestState.ACCEPTED:
            if may_make(INTEREST, interest, viewer, "convert"):
                since = interest.answered_at or interest.sent_at
                yield _interest(
                    Queue.MATCH,
                    interest,
                    "matching.from_interest",
                    since,
                    due_after(Queue.MATCH, since),
                )
        elif may_make(INTEREST, interest, viewer, "acknowledge", "accept"):
            yield _interest(
                Queue.INTEREST, interest, "interests.show", interest.sent_at, interest.due_on
            )


def _interest(
    queue: Queue, interest: Interest, endpoint: str, since: datetime, due_on: date | None
) -> Task:
    return Task(
        queue,
        interest.listing.title,
        Text(
            N_("%(asker)s asks %(owner)s"),
            asker=interest.organisation.name,
            owner=interest.listing.organisation.name,
        ),
        endpoint,
        {"public_id": interest.public_id},
        since,
        due_on,
    )


def late_elsewhere(viewer: Actor) -> Sequence[Interest]:
    """Late interests of the viewer's pairs that only the other locality can move."""
    return [
        interest
        for interest in interests.waiting(viewer)
        if interest.is_late and not may_make(INTEREST, interest, viewer, "acknowledge", "accept")
    ]


def _matches(viewer: Actor) -> Iterable[Task]:
    for match in matching.visible(viewer, MatchState.PROPOSED):
        case = of_match(match)
        if may_make(MATCH, match, viewer, "object"):
            yield _case(Queue.OBJECTION, case, match.takes_effect_on)
        elif may_make(MATCH, match, viewer, "turn_key"):
            yield _case(Queue.KEY, case, due_after(Waiting.KEY, case.since))


def _deals(viewer: Actor) -> Iterable[Task]:
    for deal in deals.visible(viewer, *UNDER_WAY):
        if _is_for_the_office(deal, viewer):
            case = of_deal(deal)
            yield _case(Queue.DEAL, case, case.hold.due_on)


def _is_for_the_office(deal: Deal, viewer: Actor) -> bool:
    """Whether an official is the one who can move it on now."""
    open_moves = {m.transition.name for m in DEAL.available(deal, viewer) if not m.blockers}
    if deal.state is DealState.AGREED and not deal.is_small:
        return may_make(DEAL, deal, viewer, "sign")
    return bool(open_moves & {"start", "complete"}) or (
        is_late(deal) and "complete_partly" in open_moves
    )


def _case(queue: Queue, case: Case, due_on: date | None) -> Task:
    return Task(
        queue,
        case.title,
        f"{case.match.seller.name} – {case.match.buyer.name}",
        "deals.case",
        {"public_id": case.match.public_id},
        case.since,
        due_on,
    )


def _figures(viewer: Actor) -> Iterable[Task]:
    for figure in deals.figures(viewer, FigureState.SUBMITTED, FigureState.RETURNED):
        waits = figure.state is FigureState.SUBMITTED
        if may_make(FIGURE, figure, viewer, "verify" if waits else "submit"):
            queue = Queue.FIGURE if waits else Queue.RETURNED
            yield Task(
                queue,
                figure.outcome.deal.listing.title,
                INDICATOR_LABELS[figure.indicator],
                "desk.figures",
                {"ho-so": figure.outcome.deal.match.public_id, "_anchor": figure.public_id},
                figure.entered_at,
                due_after(Waiting.VERIFICATION if waits else queue, figure.entered_at),
            )


def _calls(viewer: Actor) -> Iterable[Task]:
    for call in notifications.calls(viewer):
        yield Task(
            Queue.CALL,
            _who(call),
            call.organisation.name if call.user and call.organisation else "",
            "notifications.call",
            {"public_id": call.public_id},
            call.due_at,
            due_after(Queue.CALL, call.due_at),
        )


def _mails(viewer: Actor) -> Iterable[Task]:
    for mail in notifications.failed(viewer):
        yield Task(
            Queue.MAIL,
            _who(mail),
            mail.organisation.name if mail.organisation else "",
            "desk.calls",
            {"_anchor": "thu-loi"},
            mail.due_at,
            due_after(Queue.MAIL, mail.due_at),
        )


def _who(delivery: Delivery) -> str:
    if delivery.user is not None:
        return delivery.user.name
    return delivery.organisation.name if delivery.organisation else ""


# ---------------------------------------------------------------- the board


def cases(viewer: Actor) -> Sequence[Case]:
    """Every case the viewer may see: open ones, and the latest ended ones; late ones first."""
    over = (MatchState.REJECTED, MatchState.CANCELLED)
    ended = [state for state in DealState if state not in UNDER_WAY]
    found = [
        *map(of_match, matching.visible(viewer, MatchState.PROPOSED)),
        *map(of_match, matching.visible(viewer, *over, limit=ENDED_AT_MOST)),
        *map(of_deal, deals.visible(viewer, *UNDER_WAY)),
        *map(of_deal, deals.visible(viewer, *ended, limit=ENDED_AT_MOST)),
    ]
    return sorted(found, key=lambda c: (not c.is_late, c.hold.due_on or date.max, c.since))


def pairs(viewer: Actor) -> Sequence[Pair]:
    """The twinnings of the viewer's locality."""
    return programme.of_locality(viewer.locality_id) if viewer.locality_id else []


# ---------------------------------------------------------------- figures


@dataclass(frozen=True, slots=True)
class Batch:
    """The figures of one deal that wait, with the deliveries they stand on."""

    deal: Deal
    figures: Sequence[Figure]
    evidence: Sequence[Instalment]


def batches(viewer: Actor, state: FigureState, case: str | None = None) -> Sequence[Batch]:
    """Figures in this state by deal, those that wait longest first; only of ``case`` if given."""
    by_deal: dict[int, list[Figure]] = {}
    for figure in deals.figures(viewer, state):
        if case in {None, "", figure.outcome.deal.match.public_id}:
            by_deal.setdefault(figure.outcome.deal_id, []).append(figure)
    return [
        Batch(
            figures[0].outcome.deal,
            figures,
            [
                i
                for i in figures[0].outcome.deal.instalments
                if i.state is InstalmentState.CONFIRMED
                and i.figure_batch in {figure.batch for figure in figures}
            ],
        )
        for figures in by_deal.values()
    ]


# ---------------------------------------------------------------- calls


def stale(viewer: Actor) -> Sequence[Produce]:
    """Published produce of the viewer's locality whose quantity nobody confirmed for too long."""
    rows = produce.call_round(viewer)
    return sorted(rows, key=lambda row: (row.quantity_confirmed_on or date.min, row.id))


@dataclass(frozen=True, slots=True)
class Asked:
    """An owner to call, the number on record, and the goods to ask about."""

    organisation: Organisation
    phone: str | None
    goods: Sequence[Produce]


@dataclass(frozen=True, slots=True)
class RoundOfVillage:
    """The calls of one village; no village where the goods name none."""

    name: str | None
    sort_key: str
    asked: Sequence[Asked]


def call_round(viewer: Actor, *, stale_only: bool = True) -> Sequence[RoundOfVillage]:
    """Whom to ask about quantities, village by village in Vietnamese order."""
    rows = produce.call_round(viewer, stale_only=stale_only)
    phones = accounts.phones_of({row.organisation_id for row in rows})
    villages: dict[int | None, dict[int, list[Produce]]] = {}
    for row in rows:
        villages.setdefault(row.village_id, {}).setdefault(row.organisation_id, []).append(row)
    found = [_village(owners, phones) for owners in villages.values()]
    return sorted(found, key=lambda village: (village.name is None, village.sort_key))


def _village(owners: Mapping[int, Sequence[Produce]], phones: Mapping[int, str]) -> RoundOfVillage:
    village = next(iter(owners.values()))[0].village
    asked = [Asked(goods[0].organisation, phones.get(key), goods) for key, goods in owners.items()]
    return RoundOfVillage(
        village.name if village else None,
        village.sort_key if village else "",
        sorted(asked, key=lambda one: (one.organisation.name_key, one.organisation.id)),
    )


# ---------------------------------------------------------------- the journal


def _in_journal(viewer: Actor) -> sa.ColumnElement[bool]:
    """Entries about records the viewer may see, in the viewer's pairs."""
    of_pairs = [pair.id for pair in pairs(viewer)]
    listings = sa.select(Listing.id).where(
        sa.or_(Listing.pair_id.in_(of_pairs), Listing.locality_id == viewer.locality_id),
        catalogue.visible_to(viewer),
    )
    seen = {
        "listing": listings,
        "organisation": sa.select(Organisation.id).where(accounts.visible_to(viewer)),
        "interest": sa.select(Interest.id).where(interests.visible_to(viewer)),
        "match": sa.select(Match.id).where(matching.visible_to(viewer)),
        "deal": sa.select(Deal.id).where(deals.visible_to(viewer)),
        "instalment": sa.select(Instalment.id)
        .join(Deal, Deal.id == Instalment.deal_id)
        .where(deals.visible_to(viewer)),
        "outcome": sa.select(Outcome.id)
        .join(Deal, Deal.id == Outcome.deal_id)
        .where(deals.visible_to(viewer)),
        "figure": sa.select(Figure.id).where(Figure.pair_id.in_(of_pairs)),
        "paper": sa.select(Paper.id).where(papers.visible_to(viewer)),
        "wild_species": sa.select(WildSpecies.id).where(
            WildSpecies.locality_id == viewer.locality_id
        ),
        "delivery": sa.select(Delivery.id).where(Delivery.locality_id == viewer.locality_id),
    }
    about = [
        sa.and_(Entry.subject_type == name, Entry.subject_id.in_(ids)) for name, ids in seen.items()
    ]
    return sa.or_(
        *about,
        sa.and_(Entry.name.in_(CALLED_UPON), Entry.locality_id == viewer.locality_id),
    )


def journal(
    viewer: Actor, kind: str | None, public_id: str | None, *, offset: int, limit: int
) -> tuple[Sequence[Entry], int]:
    """A page of the journal, newest first, and how many entries there are.

    ``kind`` keeps to one kind of record, ``public_id`` with it to one record; an unknown record
    gives an empty page.
    """
    chosen = [_in_journal(viewer)]
    if kind in RECORDS:
        chosen.append(Entry.subject_type == kind)
        if public_id:
            model = RECORDS[kind]
            one = sa.select(model.id).where(model.public_id == public_id)
            chosen.append(Entry.subject_id.in_(one))
    total = db.session.scalar(sa.select(sa.func.count(Entry.id)).where(*chosen))
    rows = db.session.scalars(
        sa.select(Entry).where(*chosen).order_by(Entry.id.desc()).offset(offset).limit(limit)
    ).all()
    return rows, int(total or 0)
