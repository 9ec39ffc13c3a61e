"""Reading the desk: one's tasks, the cases of the board, figures to verify, the journal.

Each list asks the database a number of times that does not grow with it. Whether a thing is this
person's to do is asked with the very rule that is asked again when they do it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from marketplace.accounts import deputies
from marketplace.accounts import queries as accounts
from marketplace.accounts.models import ActingRecord, Deputy, Organisation, StoredFile, User
from marketplace.accounts.rules import ORGANISATION, OrganisationState
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.kinds.produce import queries as produce
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import LISTING
from marketplace.catalogue.wild.models import WildSpecies
from marketplace.choosing import queries as choosing
from marketplace.choosing.models import Selection
from marketplace.choosing.rules import SELECTION, has_scored
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import Entry
from marketplace.core.quantity import Unit
from marketplace.core.roles import Role
from marketplace.core.shelf import Shelf
from marketplace.core.workflow import Transition, Workflow
from marketplace.deals import queries as deals
from marketplace.deals.models import Agreement, Deal, Figure, Instalment, Outcome, Ruling
from marketplace.deals.rules import (
    AGREEMENT,
    DEAL,
    FIGURE,
    INDICATOR_LABELS,
    PROPOSING,
    RULING,
    RULING_LABELS,
    AgreementState,
    DealState,
    FigureState,
    Indicator,
    InstalmentState,
    RulingState,
    missing_from,
)
from marketplace.deliveries import queries as arrivals
from marketplace.deliveries.rules import awaited_on
from marketplace.desk import calendar, case_rows, stalling
from marketplace.desk.board import Column
from marketplace.desk.cases import Case, Ordered
from marketplace.desk.changes import CASES
from marketplace.desk.models import Assignment, Reminder
from marketplace.desk.rules import (
    DECISIONS,
    ELSEWHERE,
    QUEUE_LABELS,
    Due,
    Queue,
    Waited,
    Waiting,
    due_after,
    due_when,
    why_no_reminder,
)
from marketplace.enquiries import queries as enquiries
from marketplace.interests import queries as interests
from marketplace.interests.models import Interest
from marketplace.interests.rules import INTEREST, InterestState, side_in_turn
from marketplace.matching import queries as matching
from marketplace.matching.models import Match
from marketplace.matching.rules import MATCH, MatchState
from marketplace.moderation import queries as moderation
from marketplace.moderation.rules import ABOUT_LABELS, REPORT
from marketplace.notifications import queries as notifications
from marketplace.notifications.models import Delivery
from marketplace.notifications.subjects import RECORDS
from marketplace.papers import queries as papers
from marketplace.papers.models import Paper
from marketplace.papers.rules import PAPER
from marketplace.papers.types import TYPES
from marketplace.programme import queries as programme
from marketplace.programme.models import Approval, Pair
from marketplace.programme.rules import BOTH, moved
from marketplace.questions import queries as questions
from marketplace.questions.rules import may_reply
from marketplace.revisions import queries as revisions
from marketplace.revisions.rules import REVISION
from marketplace.tasks import queries as case_tasks
from marketplace.tasks.rules import TASK
from marketplace.trips import queries as trips
from marketplace.trips.models import Trip, TripReport
from marketplace.trips.rules import TRIP, TRIP_REPORT, not_written

MOST_QUESTIONS = 1000
"""Unanswered questions looked at; more than these nobody works through in a day."""
CALLED_UPON = frozenset(
    {"user.code_issued", "user.made_officer", "user.deputy_named", "user.deputy_ended"}
)
"""What officials see of people's accounts; when somebody signs in is nobody's business."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What a decision weighs: a match's quantity (thousandths), value and keys, or a figure.

    ``words`` say what is proposed, ``quote`` is what somebody wrote about it.
    """

    quantity: int | None = None
    unit: Unit | None = None
    value: int | None = None
    keys_needed: int | None = None
    indicator: Indicator | None = None
    amount: int = 0
    period_start: date | None = None
    parties: str = ""
    words: Text | str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """Something this person may do now: what, where its page is, since when, until when.

    ``subject`` is the record it is about, by kind and public id; ``about`` the case or interest
    somebody may be in charge of, by kind and id. ``fact`` is what tells like tasks apart.
    ``moves`` are the yes and the no open to this person, where it is a decision; ``step`` is what
    it waits for where that is taken on its own page only. ``pair_id`` is the twinning it is of.
    """

    queue: Queue
    title: str
    note: Text | str
    endpoint: str
    values: dict[str, str]
    since: datetime
    due_on: date | None
    subject: tuple[str, str] = ("", "")
    about: tuple[tuple[str, int], ...] = ()
    fact: Fact | None = None
    moves: tuple[str, ...] = ()
    step: str = ""
    pair_id: int | None = None

    @property
    def is_decision(self) -> bool:
        """Whether one person settles it by a yes or a no, here or on its page."""
        return bool(self.moves or self.step)

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


def moves_open(queue: Queue, workflow: Workflow, subject: Any, viewer: Actor) -> tuple[str, ...]:
    """Of the moves that yes and no mean in this queue, those the viewer may make."""
    return tuple(
        name for name in DECISIONS[queue] if name and workflow.allows(subject, name, viewer)
    )


def tasks(viewer: Actor) -> Sequence[Task]:
    """Everything the viewer may do now, the latest first.

    Kept for the day under the version of the data, but for calls and mails: those come and go
    without a journal entry.
    """
    others = unrecorded(viewer)
    return _in_order([*_kept(viewer), *others]) if others else _kept(viewer)


def unrecorded(viewer: Actor) -> Sequence[Task]:
    """The tasks no journal entry tells of: calls to make and mails that do not arrive."""
    return [*_calls(viewer), *_mails(viewer)]


def _kept(viewer: Actor) -> Sequence[Task]:
    key = ("desk tasks", viewer, clock.today())
    return Shelf().keep(key, lambda: _in_order(_kept_tasks(viewer)))


def _in_order(found: Iterable[Task]) -> Sequence[Task]:
    return sorted(found, key=lambda t: (t.due_on or date.max, t.since))


def _kept_tasks(viewer: Actor) -> list[Task]:
    return [
        *_listings(viewer),
        *_revisions(viewer),
        *_reports(viewer),
        *_questions(viewer),
        *_organisations(viewer),
        *_papers(viewer),
        *_interests(viewer),
        *_enquiries(viewer),
        *_matches(viewer),
        *_selections(viewer),
        *_troubled(viewer),
        *_trips(viewer),
        *_deals(viewer),
        *_offices_tasks(viewer),
        *_late_deliveries(viewer),
        *_figures(viewer),
    ]


def decisions(viewer: Actor) -> Sequence[Task]:
    """The viewer's tasks that one person settles with a yes or a no, the latest first."""
    return [task for task in _kept(viewer) if task.is_decision]


def decided_on_paper(viewer: Actor) -> Sequence[Task]:
    """What waits for any leader of the viewer's locality, in twinnings that decide on paper.

    What is of no twinning, as an organisation to verify, follows any of the locality's.
    """
    deciding = {pair.id for pair in pairs(viewer) if pair.decides_on_paper}
    allowed = deciding | ({None} if deciding else set())
    found: dict[tuple[str, str], Task] = {}
    for leader in leaders(viewer).values():
        for task in decisions(leader):
            if task.moves and task.pair_id in allowed:
                known = found.get(task.subject, task)
                open_to_any = [m for m in DECISIONS[task.queue] if m in (*known.moves, *task.moves)]
                found[task.subject] = replace(known, moves=tuple(open_to_any))
    return _in_order(found.values())


def leaders(viewer: Actor) -> Mapping[str, Actor]:
    """The leaders of the viewer's locality as they would act, by public id."""
    return {
        person.public_id: acts
        for person, acts in accounts.officers_of(viewer.locality_id or 0)
        if acts.role is Role.LEADER
    }


def mine(viewer: Actor, found: Sequence[Task]) -> Sequence[Task]:
    """Those of these tasks the viewer is in charge of, or someone whose work they do today."""
    people = whose_work(viewer)
    charged = {
        (row[0], row[1])
        for row in db.session.execute(
            sa.select(Assignment.subject_type, Assignment.subject_id).where(
                Assignment.user_id.in_(people)
            )
        )
    }
    return [task for task in found if charged.intersection(task.about)]


def whose_work(viewer: Actor) -> frozenset[int]:
    """The viewer, and the colleagues whose deputy they are today."""
    absent = {deputy.user_id for deputy in deputies.absent_of(viewer.user_id)}
    return frozenset(absent | {viewer.user_id or 0})


def _revisions(viewer: Actor) -> Iterable[Task]:
    for revision in revisions.waiting_for(viewer):
        if may_make(REVISION, revision, viewer, "turn_key"):
            since = revision.updated_at
            yield Task(
                Queue.REVISION,
                revision.listing.title,
                revision.listing.organisation.name,
                "revisions.show",
                {"public_id": revision.public_id},
                since,
                due_after(Queue.REVISION, since),
                ("revision", revision.public_id),
                fact=Fact(keys_needed=revision.keys_needed),
                moves=moves_open(Queue.REVISION, REVISION, revision, viewer),
                pair_id=revision.listing.pair_id,
            )


def _reports(viewer: Actor) -> Iterable[Task]:
    for report in moderation.open_for(viewer):
        if may_make(REPORT, report, viewer, "dismiss", "uphold"):
            since = report.reported_at
            yield Task(
                Queue.REPORT,
                report.listing.title,
                report.listing.organisation.name,
                "moderation.reports",
                {},
                since,
                due_after(Queue.REPORT, since),
                ("report", report.public_id),
                fact=Fact(words=ABOUT_LABELS[report.about], quote=report.message),
                moves=moves_open(Queue.REPORT, REPORT, report, viewer),
                pair_id=report.listing.pair_id,
            )


def _questions(viewer: Actor) -> Iterable[Task]:
    for question in questions.waiting(viewer, limit=MOST_QUESTIONS)[0]:
        if question.is_late and may_reply(viewer, question):
            yield Task(
                Queue.QUESTION,
                question.listing.title,
                question.listing.organisation.name,
                "questions.show",
                {"public_id": question.public_id},
                question.asked_at,
                question.due_on,
            )


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
                ("listing", listing.public_id),
                fact=Fact(keys_needed=listing.keys_needed),
                moves=moves_open(Queue.APPROVE, LISTING, listing, viewer),
                pair_id=listing.pair_id,
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
                ("organisation", organisation.public_id),
                fact=Fact(words=_tax_code(organisation)),
                moves=moves_open(Queue.VERIFY, ORGANISATION, organisation, viewer),
            )


def _tax_code(organisation: Organisation) -> Text | str:
    if organisation.tax_code is None:
        return ""
    return Text(N_("Tax code: %(code)s"), code=organisation.tax_code)


def _papers(viewer: Actor) -> Iterable[Task]:
    """Papers to compare with their scan, numbers given twice, and papers that have ended."""
    for paper in papers.waiting_for(viewer):
        if may_make(PAPER, paper, viewer, "verify"):
            since = paper.updated_at
            task = _paper_task(paper, paper.organisation.name, since, due_after(Queue.PAPER, since))
            yield replace(
                task,
                subject=("paper", paper.public_id),
                fact=Fact(words=TYPES[paper.type].label),
                moves=moves_open(Queue.PAPER, PAPER, paper, viewer),
            )
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
                    interest.held_until or _match_by(interest, since),
                )
        elif may_make(INTEREST, interest, viewer, *_ANSWERING):
            yield _to_answer(interest)


_ANSWERING = ("acknowledge", "accept", "decline")
"""What an interest that waits is answered by; one whose sender gave nothing by a no only."""


def _to_answer(interest: Interest) -> Task:
    """An interest to answer: by its day, or since the day its sender let pass."""
    due_on = interest.due_on or interest.inform_by
    return _interest(Queue.INTEREST, interest, "interests.show", interest.sent_at, due_on)


def _match_by(interest: Interest, since: datetime) -> date:
    """The last working day to propose a match in, without those on which its clocks stood."""
    began = clock.local(since).date()
    return moved(due_after(Queue.MATCH, since), began, interest.stops, clock.today())


def _enquiries(viewer: Actor) -> Iterable[Task]:
    for enquiry in enquiries.waiting(viewer):
        yield Task(
            Queue.ENQUIRY,
            enquiry.listing.title,
            enquiry.organisation_name,
            "enquiries.show",
            {"public_id": enquiry.public_id},
            enquiry.sent_at,
            enquiry.due_on,
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
        ("interest", interest.public_id),
        (("interest", interest.id),),
    )


def late_elsewhere(viewer: Actor) -> Sequence[Task]:
    """Late interests of the viewer's pairs that only the other locality can move."""

    def load() -> Sequence[Task]:
        return [
            _to_answer(one)
            for one in interests.waiting(viewer)
            if (one.is_late or one.gave_nothing)
            and not may_make(INTEREST, one, viewer, *_ANSWERING)
        ]

    return Shelf().keep(("desk late elsewhere", viewer, clock.today()), load)


def _matches(viewer: Actor) -> Iterable[Task]:
    """Keys to turn and objections to weigh; asked of the rules again only where cases changed."""

    def asked(matches: Iterable[Match]) -> dict[int, Task]:
        known = {case.match_id: case for case in open_cases(viewer)}
        found = ((m.id, _match_task(m, known[m.id], viewer)) for m in matches if m.id in known)
        return {key: task for key, task in found if task}

    def renewed(held: Mapping[int, Task], ids: Collection[int]) -> dict[int, Task]:
        others = {key: task for key, task in held.items() if key not in ids}
        return others | asked(matching.by_ids(ids))

    return (
        Shelf()
        .follow(
            ("desk keys", viewer),
            CASES,
            lambda: asked(matching.visible(viewer, MatchState.PROPOSED)),
            renewed,
        )
        .values()
    )


def _match_task(match: Match, case: Case, viewer: Actor) -> Task | None:
    if may_make(MATCH, match, viewer, "object"):
        queue, due_on = Queue.OBJECTION, match.takes_effect_on
    elif may_make(MATCH, match, viewer, "turn_key"):
        queue, due_on = Queue.KEY, due_after(Waiting.KEY, case.since)
    else:
        return None
    moves = moves_open(queue, MATCH, match, viewer)
    return replace(_case(queue, case, due_on), moves=moves, pair_id=match.pair_id)


def _selections(viewer: Actor) -> Iterable[Task]:
    """Comparisons in which the viewer declares, gives points, proposes, or turns a key."""
    for selection in choosing.scoring(viewer):
        step = _step_of(selection, viewer)
        if step:
            yield Task(
                Queue.SELECTION,
                selection.listing.title,
                SELECTION.transitions[step].label,
                "choosing.show",
                {"public_id": selection.public_id},
                selection.proposed_at or selection.begun_at or selection.opened_at,
                selection.decides_on,
                ("selection", selection.public_id),
                fact=_result(selection) if step == "turn_key" else None,
                moves=moves_open(Queue.SELECTION, SELECTION, selection, viewer),
                step=step if step in ELSEWHERE else "",
                pair_id=selection.pair_id,
            )


def _result(selection: Selection) -> Fact:
    """What a proposed result says: whom it names, and the reasons."""
    if selection.chosen is None:
        return Fact(words=N_("Proposed: nobody is chosen"), quote=selection.summary)
    name = selection.chosen.interest.organisation.name
    return Fact(words=Text(N_("Proposed: %(name)s"), name=name), quote=selection.summary)


def _step_of(selection: Selection, viewer: Actor) -> str:
    """The next step of the viewer in a selection; points already given need not be given again."""
    is_done = {"score": has_scored(viewer.user_id, selection)}
    steps = ("turn_key", "declare", "score", "propose")
    return next(
        (s for s in steps if may_make(SELECTION, selection, viewer, s) and not is_done.get(s)), ""
    )


def _troubled(viewer: Actor) -> Iterable[Task]:
    """Rulings that wait for the viewer's key, and papers to hand in or to countersign."""
    of_pairs = Deal.pair_id.in_([pair.id for pair in pairs(viewer)])
    ruled = sa.select(Ruling.deal_id).where(Ruling.state == RulingState.PROPOSED)
    drawn = sa.select(Agreement.deal_id).where(Agreement.state.in_(UNSIGNED))
    waiting = sa.select(Deal.id).where(
        of_pairs,
        sa.or_(Deal.id.in_(ruled), sa.and_(Deal.state == DealState.AGREED, Deal.id.in_(drawn))),
    )
    for deal in sorted(deals.by_ids(db.session.scalars(waiting).all()), key=lambda one: one.id):
        for ruling in deal.rulings:
            if may_make(RULING, ruling, viewer, "turn_key"):
                since, note = ruling.proposed_at, RULING_LABELS[ruling.kind]
                reasons = DEAL.transitions[PROPOSING[ruling.kind]].reasons
                yield replace(
                    _of_deal(Queue.RULING, deal, note, since, due_after(Waiting.RULING, since)),
                    subject=("ruling", ruling.public_id),
                    fact=Fact(words=reasons.get(ruling.reason, ""), quote=ruling.text),
                    moves=moves_open(Queue.RULING, RULING, ruling, viewer),
                )
        yield from _papers_of(deal, viewer)


UNSIGNED = (AgreementState.DRAFT, AgreementState.SIGNED_ONE)


def _papers_of(deal: Deal, viewer: Actor) -> Iterable[Task]:
    agreement = deal.agreement
    if agreement is None:
        return
    for name in ("countersign", "hand_in"):
        move = AGREEMENT.transitions[name]
        is_missing = missing_from(viewer, agreement)
        is_ready = is_missing if name == "hand_in" else not agreement.unsigned
        if is_ready and may_make(AGREEMENT, agreement, viewer, name):
            since = max([agreement.made_at, *(one.at for one in agreement.signatures)])
            due_on = due_after(Waiting.SIGNING, since)
            yield replace(
                _of_deal(Queue.AGREEMENT, deal, move.label, since, due_on, "van-ban"),
                subject=("agreement", deal.public_id),
                moves=moves_open(Queue.AGREEMENT, AGREEMENT, agreement, viewer)
                if name in ELSEWHERE
                else (),
                step=name if name in ELSEWHERE else "",
            )
            return


def _of_deal(
    queue: Queue, deal: Deal, note: str, since: datetime, due_on: date | None, anchor: str = ""
) -> Task:
    values = {"public_id": deal.match.public_id} | ({"_anchor": anchor} if anchor else {})
    about = _about(deal.match_id, deal.match.interest_id)
    subject = ("match", deal.match.public_id)
    return Task(
        queue,
        deal.listing.title,
        note,
        "deals.case",
        values,
        since,
        due_on,
        subject,
        about,
        pair_id=deal.pair_id,
    )


def _trips(viewer: Actor) -> Iterable[Task]:
    """Planned trips, and reports that are written, that wait for the viewer's key."""
    for trip in trips.to_decide(viewer):
        report, values = trip.report, {"public_id": trip.public_id}
        if may_make(TRIP, trip, viewer, "turn_key"):
            yield Task(
                Queue.TRIP,
                trip.title,
                trip.host.name if trip.host else "",
                "trips.show",
                values,
                _since(trip.keys, trip.created_at),
                trip.starts_on,
                ("trip", trip.public_id),
                fact=Fact(words=_days(trip), quote=trip.purpose, keys_needed=trip.keys_needed),
                moves=moves_open(Queue.TRIP, TRIP, trip, viewer),
                pair_id=trip.pair_id,
            )
        elif report and may_make(TRIP_REPORT, report, viewer, "turn_key") and _is_written(report):
            yield Task(
                Queue.TRIP_REPORT,
                trip.title,
                _days(trip),
                "trips.report",
                values,
                _since(report.keys, trip.created_at),
                None,  # nobody is promised a report by a day
                ("trip_report", trip.public_id),
                fact=Fact(quote=report.summary, keys_needed=BOTH),
                moves=moves_open(Queue.TRIP_REPORT, TRIP_REPORT, report, viewer),
                pair_id=trip.pair_id,
            )


def _since(keys: Sequence[Approval], otherwise: datetime) -> datetime:
    """When the last key was turned: since then it waits for the next one."""
    return max((key.at for key in keys), default=otherwise)


def _is_written(report: TripReport) -> bool:
    """Whether nothing is missing in a report but keys."""
    return not not_written(report)


def _days(trip: Trip) -> Text | str:
    if trip.starts_on is None or trip.ends_on is None:
        return ""
    if trip.starts_on == trip.ends_on:
        return Text(N_("on %(day)s"), day=trip.starts_on)
    return Text(N_("%(first)s – %(last)s"), first=trip.starts_on, last=trip.ends_on)


def _offices_tasks(viewer: Actor) -> Iterable[Task]:
    """What the viewer's office has to do in the cases."""
    for task in case_tasks.of_office(viewer):
        if may_make(TASK, task, viewer, "finish"):
            note = task.deal.match.listing.title
            since, due_on = task.created_at, task.due_on
            found = _of_deal(Queue.TASK, task.deal, note, since, due_on, "viec")
            yield replace(found, title=task.title)


def _deals(viewer: Actor) -> Iterable[Task]:
    for case in open_cases(viewer):
        if case.for_office:
            yield _case(Queue.DEAL, case, case.hold.due_on)


def _late_deliveries(viewer: Actor) -> Iterable[Task]:
    """Planned deliveries whose day has passed: someone should call both sides."""
    for planned, _coming in arrivals.late(viewer):
        match = planned.deal.match
        yield Task(
            Queue.DELIVERY,
            match.listing.title,
            Text(N_("Planned for %(day)s"), day=awaited_on(planned)),
            "deals.case",
            {"public_id": match.public_id, "_anchor": "giao-hang"},
            planned.made_at,
            awaited_on(planned),
        )


def _case(queue: Queue, case: Case, due_on: date | None) -> Task:
    return Task(
        queue,
        case.title,
        f"{case.seller.name} – {case.buyer.name}",
        "deals.case",
        {"public_id": case.public_id},
        case.since,
        due_on,
        ("match", case.public_id),
        case.about,
    )


def _figures(viewer: Actor) -> Iterable[Task]:
    """Figures to verify or to put right, from columns.

    Whose figure is whose to verify is what ``deals.rules.may_verify_figure`` says; a test holds
    the two together.
    """
    of_pairs = [pair.id for pair in pairs(viewer)]
    rows = db.session.execute(FIGURES, {"pairs": of_pairs}).all()
    has_hand = _cases_with_a_hand(viewer, rows)
    absent = whose_work(viewer)
    for row in rows:
        waits = row.state is FigureState.SUBMITTED
        verifies = waits and row.entered_by_id != viewer.user_id and row.deal_id not in has_hand
        if verifies or (not waits and row.entered_by_id in absent):
            queue = Queue.FIGURE if waits else Queue.RETURNED
            yield Task(
                queue,
                row.title,
                INDICATOR_LABELS[row.indicator],
                "desk.figures",
                {"ho-so": row.case_id, "_anchor": row.public_id},
                row.entered_at,
                due_after(Waiting.VERIFICATION if waits else queue, row.entered_at),
                ("figure", row.public_id),
                _about(row.match_id, row.interest_id),
                Fact(
                    indicator=row.indicator,
                    amount=row.amount,
                    period_start=row.period_start,
                    parties=f"{row.seller} – {row.buyer}",
                ),
                moves=DECISIONS[Queue.FIGURE] if verifies else (),
                pair_id=row.pair_id,
            )


_SELLER, _BUYER = aliased(Organisation), aliased(Organisation)


FIGURES = (
    sa.select(
        Figure.public_id,
        Figure.pair_id,
        Figure.state,
        Figure.indicator,
        Figure.amount,
        Figure.period_start,
        _SELLER.name.label("seller"),
        _BUYER.name.label("buyer"),
        Figure.entered_at,
        Figure.entered_by_id,
        Deal.id.label("deal_id"),
        Listing.title,
        Match.id.label("match_id"),
        Match.public_id.label("case_id"),
        Match.interest_id,
        Match.listing_id,
        Match.stock_id,
    )
    .join(Outcome, Outcome.id == Figure.outcome_id)
    .join(Deal, Deal.id == Outcome.deal_id)
    .join(Match, Match.id == Deal.match_id)
    .join(Listing, Listing.id == Deal.listing_id)
    .join(_SELLER, _SELLER.id == Match.seller_id)
    .join(_BUYER, _BUYER.id == Match.buyer_id)
    .where(
        Figure.pair_id.in_(sa.bindparam("pairs", expanding=True)),
        Figure.state.in_([FigureState.SUBMITTED, FigureState.RETURNED]),
    )
    .order_by(Figure.entered_at, Figure.id)
)


def _cases_with_a_hand(viewer: Actor, rows: Sequence[Any]) -> set[int]:
    """Of the deals of these rows, those whose figures rest on the viewer's own word."""
    acted = {
        (row[0], row[1])
        for row in db.session.execute(
            sa.select(ActingRecord.subject_type, ActingRecord.subject_id).where(
                ActingRecord.user_id == viewer.user_id
            )
        )
    }
    wrote = set(
        db.session.scalars(
            sa.select(Instalment.deal_id).where(
                sa.or_(
                    Instalment.entered_by_id == viewer.user_id,
                    Instalment.confirmed_by_id == viewer.user_id,
                )
            )
        )
    )
    return wrote | {
        row.deal_id
        for row in rows
        if acted
        & {
            ("deal", row.deal_id),
            ("match", row.match_id),
            ("interest", row.interest_id),
            ("listing", row.listing_id),
            ("listing", row.stock_id),
        }
    }


def _about(match_id: int, interest_id: int | None) -> tuple[tuple[str, int], ...]:
    """The case by its match, and the interest it came from: who is in charge of either."""
    return (("match", match_id), *((("interest", interest_id),) if interest_id else ()))


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
            ("delivery", call.public_id),
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
    """Every case the viewer may see, late ones first, then by day; read again as they change."""
    shelf, own = Shelf(), pairs(viewer)
    key = ("desk cases", viewer.locality_id)
    ordered = shelf.follow(
        key,
        CASES,
        lambda: Ordered(case_rows.of_pairs(own)),
        lambda held, ids: held.renewed(ids, case_rows.of_matches(own, ids)),
    )
    return shelf.keep(key, ordered.all)


def fitting(viewer: Actor, key: Hashable, fits: Callable[[Case], bool]) -> Sequence[Case]:
    """The cases that fit; ``key`` says all that ``fits`` goes by, and keeps them."""
    kept = ("desk fitting", viewer.locality_id, key)
    return Shelf().keep(kept, lambda: [case for case in cases(viewer) if fits(case)])


def hanging(
    viewer: Actor, key: Hashable, fits: Callable[[Case], bool]
) -> Mapping[Column, Sequence[Case]]:
    """The cases that fit, by where they hang; kept as ``fitting`` keeps them."""

    def load() -> Mapping[Column, Sequence[Case]]:
        found: dict[Column, list[Case]] = {column: [] for column in Column}
        for case in fitting(viewer, key, fits):
            found[case.column].append(case)
        return found

    return Shelf().keep(("desk hanging", viewer.locality_id, key), load)


def month(
    viewer: Actor, key: Hashable, fits: Callable[[Case], bool], first: date
) -> Sequence[calendar.Day]:
    """A month of the cases that fit: days something is due, begins, ends, was delivered."""

    def load() -> Sequence[calendar.Day]:
        cases = fitting(viewer, key, fits)
        known = {case.public_id for case in cases}
        happened = [
            calendar.Event(on, calendar.Mark.DELIVERED, title, case_id)
            for on, title, case_id in _deliveries(viewer, first, calendar.last_day(first))
            if case_id in known
        ]
        return calendar.month(first, [*calendar.events_of(cases, first), *happened])

    return Shelf().keep(("desk month", viewer.locality_id, key, first), load)


def open_cases(viewer: Actor) -> Sequence[Case]:
    """Those that are still on their way."""
    return fitting(viewer, "open", lambda case: case.is_open)


def waited_for(viewer: Actor, kind: str, public_id: str) -> Waited:
    """Whom a case or an interest waits for."""
    if kind == "interest":
        side = side_in_turn(interests.get(public_id, viewer))
        return Waited(frozenset({side.id} if side else ()))
    case = case_rows.one(pairs(viewer), public_id)
    if case is None or not case.hold.holders:
        return Waited()
    if case.hold.is_office:
        return Waited(localities=case.hold.localities)
    return Waited(frozenset(holder.id for holder in case.hold.holders))


def reminded(viewer: Actor, kind: str, public_id: str) -> Sequence[str]:
    """The names of those a reminder would reach."""
    found = waited_for(viewer, kind, public_id)
    places = {p.id: p.name for pair in pairs(viewer) for p in (pair.source, pair.market)}
    organisations = db.session.scalars(
        sa.select(Organisation.name)
        .where(Organisation.id.in_(found.organisations))
        .order_by(Organisation.name_key)
    ).all()
    return [*organisations, *(name for key, name in places.items() if key in found.localities)]


def open_moves(viewer: Actor, shown: Sequence[Case]) -> Mapping[int, Sequence[Transition]]:
    """What the viewer may do now with each of these cases, by match: nothing stands in its way.

    A signing is always offered: its page takes the paper whose lack is all that is missing. Kept
    while nothing changes.
    """
    key = ("desk moves", viewer, tuple(case.match_id for case in shown))
    return Shelf().keep(key, lambda: _open_moves(viewer, shown))


def _open_moves(viewer: Actor, shown: Sequence[Case]) -> Mapping[int, Sequence[Transition]]:
    matches = matching.by_ids([c.match_id for c in shown if c.state is MatchState.PROPOSED])
    under_way = deals.by_ids([c.deal_id for c in shown if c.deal_id and c.is_open])
    found: dict[int, Sequence[Transition]] = {m.id: _open(MATCH, m, viewer) for m in matches}
    for deal in under_way:
        offered = _open(DEAL, deal, viewer)
        found[deal.match_id] = [t for t in offered if t.name != "sign" or not deal.is_small]
    return found


def _open(workflow: Workflow, subject: Any, viewer: Actor) -> Sequence[Transition]:
    return [
        move.transition
        for move in workflow.available(subject, viewer)
        if not move.blockers or move.transition.name == "sign"
    ]


# ---------------------------------------------------------------- standing still

LOOKED_BACK = 40_000
"""Journal entries the medians are made from, the newest."""


@dataclass(frozen=True, slots=True)
class Stalled:
    """A case that stands longer than usual: since when, the usual days, what mostly helped."""

    case: Case
    since: datetime
    days: int
    usual: int
    moved_on: int
    step: str


def stalled(viewer: Actor) -> Sequence[Stalled]:
    """Open cases that stand longer at their stage than the median of those that moved on."""

    def load() -> list[Stalled]:
        now, found = clock.now(), []
        steps = _steps(viewer)
        usual, entered = stalling.norms(steps)
        for case in open_cases(viewer):
            record = ("deal", case.deal_id) if case.deal_id else ("match", case.match_id)
            since = entered.get((record[0], record[1] or 0), case.since)
            norm = usual.get((_kind(record[0], is_small=case.is_small), case.state.value))
            if norm is not None and stalling.is_stalled(norm, since, now):
                days = stalling.whole_days(now - since)
                usually = stalling.whole_days(norm.median)
                found.append(Stalled(case, since, days, usually, norm.moved_on, norm.step))
        return sorted(found, key=lambda one: (one.since, one.case.match_id))

    return Shelf().keep(("desk stalled", viewer.locality_id), load)


def _kind(record: str, *, is_small: bool) -> str:
    return "small" if record == "deal" and is_small else record


def _steps(viewer: Actor) -> Sequence[stalling.Step]:
    """The journal of the viewer's cases, in order."""
    of_pairs = [pair.id for pair in pairs(viewer)]
    small = set(db.session.scalars(sa.select(Deal.id).where(Deal.is_small)))
    what = (Entry.name, Entry.actor_id, Entry.from_state, Entry.to_state, Entry.at)
    matches = sa.select(Match.id).where(Match.pair_id.in_(of_pairs))
    deals_ = sa.select(Deal.id).where(Deal.pair_id.in_(of_pairs))
    found = [
        sa.select(Entry.id, sa.literal(kind).label("kind"), Entry.subject_id, *what).where(
            Entry.subject_type == kind, Entry.subject_id.in_(ids)
        )
        for kind, ids in (("match", matches), ("deal", deals_))
    ]
    found.append(  # a delivery is a step of its deal; its own states are none of the deal's
        sa.select(
            Entry.id,
            sa.literal("deal"),
            Instalment.deal_id,
            Entry.name,
            Entry.actor_id,
            sa.null(),
            sa.null(),
            Entry.at,
        )
        .join(Instalment, Instalment.id == Entry.subject_id)
        .where(Entry.subject_type == "instalment", Instalment.deal_id.in_(deals_))
    )
    newest = [
        row
        for query in found
        for row in db.session.execute(query.order_by(Entry.id.desc()).limit(LOOKED_BACK))
    ]
    rows = sorted(newest, key=lambda row: row[0])
    return [
        stalling.Step(
            (kind, key),
            _kind(kind, is_small=key in small),
            name,
            by is not None,
            before,
            after,
            at,
        )
        for _id, kind, key, name, by, before, after, at in rows
    ]


# ---------------------------------------------------------------- who is in charge


@dataclass(frozen=True, slots=True)
class Charge:
    """Who is in charge of a case or an interest, in each locality; ``own`` is a public id."""

    title: str
    parties: str
    people: Sequence[tuple[str, str]]
    own: str
    waits: bool


def charge(viewer: Actor, kind: str, public_id: str) -> Charge:
    """Who is in charge of a case or an interest the viewer may see. Raises NotFound."""
    if kind == "match":
        match = matching.get(public_id, viewer)
        about, title, pair = about_of(kind, match), match.listing.title, match.pair
        parties = f"{match.seller.name} – {match.buyer.name}"
    else:
        interest = interests.get(public_id, viewer)
        about, title, pair = about_of(kind, interest), interest.listing.title, interest.pair
        parties = f"{interest.organisation.name} – {interest.listing.organisation.name}"
    people = {row.locality_id: row.user for row in reversed(assignments(about))}
    waited = waited_for(viewer, kind, public_id)
    return Charge(
        title,
        parties,
        [
            (place.name, people[place.id].name if place.id in people else "")
            for place in (pair.source, pair.market)
        ],
        people[viewer.locality_id].public_id if viewer.locality_id in people else "",
        why_no_reminder(waited, viewer.locality_id, was_reminded=False) is None,
    )


def assignments(about: Sequence[tuple[str, int]]) -> Sequence[Assignment]:
    """Who is in charge in either locality; in each the first is the one that counts.

    ``about``: a case, then the interest it came from, whose assignment it takes over.
    """
    rows = db.session.scalars(
        sa.select(Assignment)
        .where(
            sa.or_(
                *(
                    sa.and_(Assignment.subject_type == kind, Assignment.subject_id == key)
                    for kind, key in about
                )
            )
        )
        .options(joinedload(Assignment.user))
    ).all()
    return sorted(rows, key=lambda row: about.index((row.subject_type, row.subject_id)))


def about_of(kind: str, subject: Any) -> tuple[tuple[str, int], ...]:
    """A case with the interest it came from, or an interest, by kind and id."""
    if kind == "match":
        return _about(subject.id, subject.interest_id)
    return ((kind, subject.id),)


def own_public_id(viewer: Actor) -> str:
    """The viewer's own public id, as forms name people."""
    return accounts.user(viewer.user_id or 0).public_id


def has_deputy(user_id: int, deputy_id: int, from_on: date, until_on: date) -> bool:
    """Whether this very colleague does someone's work on one of these days already.

    Two different deputies may overlap: work seen twice is better than work nobody sees.
    """
    found = sa.select(Deputy.id).where(
        Deputy.user_id == user_id,
        Deputy.deputy_id == deputy_id,
        Deputy.ended_at.is_(None),
        Deputy.from_on <= until_on,
        Deputy.until_on >= from_on,
    )
    return db.session.scalars(found.limit(1)).first() is not None


def deputy(viewer: Actor, public_id: str) -> Deputy:
    """A deputy of the viewer's locality. Raises NotFound."""
    for found in deputies.of_locality(viewer.locality_id):
        if found.public_id == public_id:
            return found
    raise NotFound


def leader(viewer: Actor, public_id: str) -> Actor:
    """A leader of the viewer's locality, as they would act. Raises NotFound."""
    found = leaders(viewer).get(public_id)
    if found is None:
        raise NotFound
    return found


def sheet_scan(viewer: Actor, file_id: str) -> StoredFile:
    """The scan of a sheet on which the viewer's locality decided, or both about a case of theirs.

    Raises NotFound.
    """
    own = Entry.data["on_paper"].as_string() == StoredFile.public_id
    theirs = (
        sa.select(Approval.id)
        .join(Match, sa.and_(Approval.subject_type == "match", Match.id == Approval.subject_id))
        .where(Approval.on_paper_id == StoredFile.id, matching.visible_to(viewer))
    )
    found = db.session.scalars(
        sa.select(StoredFile).where(
            StoredFile.public_id == file_id,
            sa.or_(
                sa.exists().where(own, Entry.locality_id == viewer.locality_id), theirs.exists()
            ),
        )
    ).first()
    if found is None or not viewer.is_officer:
        raise NotFound
    return found


def why_not_acknowledge(viewer: Actor, public_id: str) -> Text | str | None:
    """Why the viewer cannot acknowledge an interest in the locality's own right."""
    interest = interests.get(public_id, viewer)
    if interest.state is not InterestState.SUBMITTED:
        return Text(
            N_("This step no longer fits: the record is now “%(state)s”."),
            state=Text(INTEREST.label_of(interest)),
        )
    if not viewer.is_officer_of(interest.listing.locality_id):
        return N_("The other locality acknowledges it.")
    return None


def was_reminded(viewer: Actor, kind: str, public_id: str, on_day: date) -> bool:
    """Whether those a case or an interest waits for were reminded on this day."""
    model, seen = (
        (Match, matching.visible_to(viewer))
        if kind == "match"
        else (Interest, interests.visible_to(viewer))
    )
    subject = sa.select(model.id).where(model.public_id == public_id, seen).scalar_subquery()
    found = db.session.scalar(
        sa.select(Reminder.id).where(
            Reminder.subject_type == kind,
            Reminder.subject_id == subject,
            Reminder.on_day == on_day,
        )
    )
    return found is not None


def facts_of(found: Sequence[Task]) -> Mapping[tuple[str, str], Fact]:
    """The weight of each decision, by kind and public id."""
    matches = facts_of_matches([t.subject[1] for t in found if t.subject[0] == "match"])
    return {
        **{("match", public_id): fact for public_id, fact in matches.items()},
        **{task.subject: task.fact for task in found if task.fact},
    }


def ids_of(kind: str, public_ids: Collection[str]) -> Mapping[str, int]:
    """The ids of records of a kind, by public id, as the journal names them."""
    if not public_ids:
        return {}
    if kind == "trip_report":  # it goes by the public id of its trip
        asked = sa.select(Trip.public_id, TripReport.id).join(TripReport.trip)
        return dict(db.session.execute(asked.where(Trip.public_id.in_(public_ids))).all())
    model = RECORDS[kind]
    asked = sa.select(model.public_id, model.id).where(model.public_id.in_(public_ids))
    return dict(db.session.execute(asked).all())


def facts_of_matches(public_ids: Collection[str]) -> Mapping[str, Fact]:
    """How much changes hands in these cases, and for how much, by public id."""
    rows = db.session.execute(
        sa.select(
            Match.public_id, Match.quantity, Match.unit, Match.value, Match.keys_needed
        ).where(Match.public_id.in_(public_ids))
    ).all()
    return {row[0]: Fact(*row[1:]) for row in rows}


CHOOSABLE = 200
"""Cases and interests offered to choose from at once."""


@dataclass(frozen=True, slots=True)
class Choosable:
    """Something several of which can be acted upon at once: ``code`` is kind and public id."""

    code: str
    title: str
    parties: str
    state: str
    due_on: date | None
    endpoint: str
    public_id: str


def choosable(viewer: Actor) -> Sequence[Choosable]:
    """Waiting interests and open cases, those that are late first."""
    asked = [
        Choosable(
            f"interest:{one.public_id}",
            one.listing.title,
            f"{one.organisation.name} – {one.listing.organisation.name}",
            INTEREST.label_of(one),
            one.due_on or one.inform_by,
            "interests.show",
            one.public_id,
        )
        for one in interests.waiting(viewer)
    ]
    found = [
        Choosable(
            f"match:{case.public_id}",
            case.title,
            f"{case.seller.name} – {case.buyer.name}",
            case.state_label,
            case.hold.due_on,
            "deals.case",
            case.public_id,
        )
        for case in open_cases(viewer)
    ]
    return sorted([*asked, *found], key=lambda one: one.due_on or date.max)[:CHOOSABLE]


# ---------------------------------------------------------------- the month


def _deliveries(viewer: Actor, first: date, last: date) -> Sequence[Any]:
    """What was delivered between two days: the day, the listing's title, the case."""
    return db.session.execute(
        sa.select(Instalment.happened_on, Listing.title, Match.public_id)
        .join(Deal, Deal.id == Instalment.deal_id)
        .join(Match, Match.id == Deal.match_id)
        .join(Listing, Listing.id == Deal.listing_id)
        .where(
            Deal.pair_id.in_([pair.id for pair in pairs(viewer)]),
            Instalment.happened_on.between(first, last),
            Instalment.state != InstalmentState.WITHDRAWN,
        )
        .order_by(Instalment.happened_on, Instalment.id)
    ).all()


def officials(viewer: Actor) -> Sequence[tuple[User, Actor]]:
    """The officials of the viewer's pairs, those of the own locality first."""
    places = {key for pair in pairs(viewer) for key in pair.locality_ids}
    found = accounts.officers_of(*sorted(places | {viewer.locality_id or 0}))
    return sorted(found, key=lambda one: one[1].locality_id != viewer.locality_id)


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


def may_correct(viewer: Actor, batch: Batch) -> bool:
    """Whether the viewer puts one of these figures right and sends it again."""
    return any(may_make(FIGURE, figure, viewer, "submit") for figure in batch.figures)


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
