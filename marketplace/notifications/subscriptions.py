"""Who is told of what. Every event of every workflow stands here, even where nobody is told.

A subscription's audience is computed when the entry is dispatched; who may decide is asked with
the very rule that will be asked again when they do (architecture page B6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation, User
from marketplace.accounts.rules import CONSENT, ORGANISATION, OrganisationState, may_verify
from marketplace.alerts import queries as alerts
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.rules import AVAILABILITY, LISTING, VISIBILITY, may_approve
from marketplace.choosing import queries as choosing
from marketplace.choosing.rules import SELECTION, may_declare, may_run
from marketplace.choosing.rules import may_key as may_key_selection
from marketplace.core.actor import Actor
from marketplace.core.journal import Entry
from marketplace.core.workflow import Workflow
from marketplace.deals.models import Agreement
from marketplace.deals.rules import (
    AGREEMENT,
    DEAL,
    FIGURE,
    INSTALMENT,
    OUTCOME,
    RULING,
    is_officer_in,
    other_side,
)
from marketplace.deliveries import rules as deliveries
from marketplace.enquiries import queries as enquiries
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.rules import ENQUIRY
from marketplace.enquiries.rules import may_handle as may_call_back
from marketplace.interests.models import Interest
from marketplace.interests.rules import INTEREST, may_convert
from marketplace.introducing.rules import INTRODUCTION
from marketplace.matching.rules import MATCH, may_key, may_object
from marketplace.moderation.rules import REPORT, may_handle
from marketplace.papers.rules import PAPER, may_judge
from marketplace.promises.rules import PROMISE
from marketplace.questions.rules import QUESTION
from marketplace.revisions.rules import REVISION
from marketplace.revisions.rules import may_approve as may_approve_change
from marketplace.roads.rules import ROAD_NOTICE
from marketplace.spreadsheets.rules import IMPORT
from marketplace.talking import queries as talking
from marketplace.tasks import queries as tasks
from marketplace.tasks.models import Task
from marketplace.tasks.rules import TASK
from marketplace.tracing.rules import LOT, may_recall
from marketplace.trips.rules import (
    ON_BOARD,
    TRIP,
    TRIP_PERSON,
    TRIP_REPORT,
    TRIP_STOP,
    PersonState,
    may_sign,
)
from marketplace.trips.rules import may_key as may_key_trip

WORKFLOWS: tuple[Workflow, ...] = (
    ORGANISATION,
    LISTING,
    AVAILABILITY,
    IMPORT,
    VISIBILITY,
    REVISION,
    REPORT,
    INTEREST,
    SELECTION,
    ENQUIRY,
    INTRODUCTION,
    MATCH,
    DEAL,
    INSTALMENT,
    TASK,
    OUTCOME,
    FIGURE,
    AGREEMENT,
    RULING,
    QUESTION,
    ROAD_NOTICE,
    PAPER,
    CONSENT,
    LOT,
    *deliveries.WORKFLOWS,
    PROMISE,
    TRIP,
    TRIP_PERSON,
    TRIP_STOP,
    TRIP_REPORT,
)


@dataclass
class Audience:
    """People, and organisations all of whose people are told (or called when they have none).

    ``watchers`` are told after all others, as those who watch the listing.
    """

    people: list[User] = field(default_factory=list)
    organisations: list[Organisation] = field(default_factory=list)
    watchers: list[User] = field(default_factory=list)

    def __add__(self, other: Audience) -> Audience:
        return Audience(
            [*self.people, *other.people],
            [*self.organisations, *other.organisations],
            [*self.watchers, *other.watchers],
        )


Finder = Callable[[Any, Entry], Audience]


Visitor = Callable[[Any], Enquiry | None]


def no_visitor(_record: Any) -> Enquiry | None:
    """Nobody without an account has to do with it."""
    return None


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who is told of an event. ``by_mail_only`` keeps a secret link out of the inbox.

    ``visitor``: whose enquiry it concerns; told by mail in words of their own.
    """

    audience: Finder
    by_mail_only: bool = False
    visitor: Visitor = no_visitor

    @property
    def tells_nobody(self) -> bool:
        """Whether the event is history only."""
        return self.audience is nobody and self.visitor is no_visitor


def nobody(_record: Any, _entry: Entry) -> Audience:
    """The event is history only."""
    return Audience()


def the_person(record: User, _entry: Entry) -> Audience:
    """The person the event is about."""
    return Audience([record])


def officers_who(
    rule: Callable[[Actor, Any], bool], localities: Callable[[Any], Iterable[int]]
) -> Finder:
    """The officials of these localities whom the rule allows to act."""

    def find(record: Any, _entry: Entry) -> Audience:
        officers = accounts.officers_of(*localities(record))
        return Audience([user for user, actor in officers if rule(actor, record)])

    return find


def organisations(*names: str) -> Finder:
    """The organisations standing in these attributes of the record."""

    def find(record: Any, _entry: Entry) -> Audience:
        found = []
        for name in names:
            target = record
            for part in name.split("."):
                target = getattr(target, part)
            found.append(target)
        return Audience(organisations=found)

    return find


def the_organisation(record: Organisation, _entry: Entry) -> Audience:
    """The organisation the event is about."""
    return Audience(organisations=[record])


def parties(record: Any, entry: Entry) -> Audience:
    """The parties of a deal, except the one that acted."""
    acted = entry.data.get("organisation", entry.organisation_id)
    return Audience(
        organisations=[p.organisation for p in record.parties if p.organisation_id != acted]
    )


def _signers(agreement: Agreement, entry: Entry) -> Audience:
    """The parties of the deal a paper is of, except the one that acted."""
    return parties(agreement.deal, entry)


def confirming_side(record: Any, _entry: Entry) -> Audience:
    """Those who must confirm what an instalment says."""
    return Audience(organisations=[party.organisation for party in other_side(record)])


def stating_side(record: Any, _entry: Entry) -> Audience:
    """The side whose figures stand in an instalment."""
    return Audience(organisations=[record.stated_for])


def sellers(record: Any, _entry: Entry) -> Audience:
    """The side of a deal that delivers."""
    return Audience(organisations=[p.organisation for p in deliveries.sellers(record.deal)])


def buyers(record: Any, _entry: Entry) -> Audience:
    """The side of a deal that receives."""
    return Audience(organisations=[p.organisation for p in deliveries.buyers(record.deal)])


def the_other_principals(record: Any, entry: Entry) -> Audience:
    """The principals of a deal, except the one that acted."""
    return Audience(
        organisations=[
            p.organisation
            for p in record.deal.principals
            if p.organisation_id != entry.organisation_id
        ]
    )


def the_enterer(record: Any, _entry: Entry) -> Audience:
    """Whoever entered a figure."""
    return Audience([record.entered_by] if record.entered_by else [])


def along_the_road(record: Any, _entry: Entry) -> Audience:
    """The owners of published listings where a road leads, and the cooperatives there."""
    villages = None if record.is_everywhere else [village.id for village in record.villages]
    owners = catalogue.owners_at(record.locality_id, villages)
    there = [
        cooperative
        for cooperative in accounts.cooperatives(record.locality_id)
        if villages is None or cooperative.village_id in villages
    ]
    once = {organisation.id: organisation for organisation in (*owners, *there)}
    return Audience(organisations=list(once.values()))


def travellers(record: Any, _entry: Entry) -> Audience:
    """The host, and the organisations of those invited who did not say no, each once."""
    told = [p.organisation for p in record.people if p.state in ON_BOARD]
    told += [record.host] if record.host else []
    return Audience(organisations=list({one.id: one for one in told}.values()))


def those_who_wait_for_a_seat(record: Any, _entry: Entry) -> Audience:
    """The organisations that asked for a seat on a trip and have no answer yet."""
    return Audience(
        organisations=[p.organisation for p in record.people if p.state is PersonState.ASKED]
    )


def those_who_were_there(record: Any, _entry: Entry) -> Audience:
    """The organisations of those who were on a trip, each once."""
    there = [p.organisation for p in record.people if p.state is PersonState.ATTENDED]
    return Audience(organisations=list({one.id: one for one in there}.values()))


def the_introducer(record: Any, _entry: Entry) -> Audience:
    """The official who introduced two organisations."""
    return Audience([record.proposed_by])


def the_side_not_acting(record: Any, entry: Entry) -> Audience:
    """The side of an introduction that did not say this."""
    said = entry.data.get("organisation")
    return Audience(organisations=[side for side in record.sides if side.id != said])


def those_who_talk(record: Any, _entry: Entry) -> Audience:
    """The other sides of a conversation and its officials, unless they still have one to read."""
    return Audience(*talking.to_tell(record))


def the_searcher(record: Any, _entry: Entry) -> Audience:
    """Whose saved searches found something."""
    return Audience([record.user])


def watchers(record: Any, entry: Entry) -> Audience:
    """Who watches the listing and may see it now; of a reminder, who watched before it was due."""
    listing = alerts.watched_listing(record)
    if entry.name == "listing.closing_soon":
        until, days = date.fromisoformat(entry.data["until"]), int(entry.data["days"])
        return Audience(watchers=alerts.watchers(listing, closes_on=until, days=days))
    return Audience(watchers=alerts.watchers(listing))


def the_sender(record: Enquiry) -> Enquiry | None:
    """Whoever sent the enquiry."""
    return record


def who_asked_first(record: Interest) -> Enquiry | None:
    """Whoever sent the enquiry that became this interest."""
    return enquiries.of_interest(record)


def the_applicants(record: Any, _entry: Entry) -> Audience:
    """Those whom a selection concerns."""
    return Audience(organisations=choosing.concerned(record))


def the_responsible(record: Any, _entry: Entry) -> Audience:
    """Who does a task: an organisation, or the officials of a locality."""
    return _responsible_for([record])


def those_it_held_up(record: Any, _entry: Entry) -> Audience:
    """Who does the tasks that waited for this one."""
    return _responsible_for(tasks.waiting_for(record))


def _responsible_for(found: Iterable[Task]) -> Audience:
    found = list(found)
    organisations_ = {one.organisation.id: one.organisation for one in found if one.organisation}
    localities = {one.locality_id for one in found if one.locality_id is not None}
    officers = accounts.officers_of(*localities) if localities else []
    return Audience([user for user, _actor in officers], list(organisations_.values()))


def the_reporter(record: Any, _entry: Entry) -> Audience:
    """Whoever reported a listing, if they have an account."""
    return Audience([record.reporter] if record.reporter else [])


def the_named(_record: Any, entry: Entry) -> Audience:
    """The person an entry names: put in charge, or named as a deputy."""
    return Audience([accounts.user(entry.data["user"])])


def the_waited_for(_record: Any, entry: Entry) -> Audience:
    """Those a reminder is for: organisations, or the officials of localities."""
    told = [accounts.organisation_by_id(key) for key in entry.data["organisations"]]
    officers = accounts.officers_of(*entry.data["localities"])
    return Audience([user for user, _ in officers], told)


def both(*finders: Finder) -> Finder:
    """All these audiences together."""

    def find(record: Any, entry: Entry) -> Audience:
        return sum((finder(record, entry) for finder in finders), Audience())

    return find


def _own(record: Any) -> Iterable[int]:
    return (record.locality_id,)


def _of_owner(record: Any) -> Iterable[int]:
    return (record.organisation.locality_id,)


def _pair(record: Any) -> Iterable[int]:
    return tuple(record.pair.locality_ids)


def _of_deal(record: Any) -> Iterable[int]:
    return tuple(record.deal.pair.locality_ids)


def _deciding(record: Any) -> Iterable[int]:
    return tuple(record.deciding_localities)


def _may_key_or_object(actor: Actor, record: Any) -> bool:
    return may_key(actor, record) or may_object(actor, record)


def _may_verify_now(actor: Actor, organisation: Any) -> bool:
    """An entered organisation may have been verified in the same step."""
    return organisation.state is OrganisationState.PENDING and may_verify(actor, organisation)


_verifiers = officers_who(_may_verify_now, _own)
_approvers = officers_who(may_approve, _deciding)
_change_approvers = officers_who(may_approve_change, _deciding)
_owner = organisations("organisation")
_judges = officers_who(may_judge, _of_owner)
_owners_officers = officers_who(
    lambda actor, r: actor.is_officer_of(r.organisation.locality_id), _of_owner
)
_matched = organisations("seller", "buyer")
_introduced = organisations("one", "other")
_pair_officers = officers_who(lambda actor, r: actor.is_officer_of(*r.pair.locality_ids), _pair)
_deal_officers = officers_who(is_officer_in, _pair)
_paper_officers = officers_who(
    lambda actor, agreement: is_officer_in(actor, agreement.deal),
    lambda agreement: agreement.deal.pair.locality_ids,
)
_ruling_officers = officers_who(
    lambda actor, ruling: is_officer_in(actor, ruling.deal),
    lambda ruling: ruling.deal.pair.locality_ids,
)

_helpers = officers_who(
    lambda actor, consent: actor.is_officer_of(consent.organisation.locality_id),
    lambda consent: (consent.organisation.locality_id,),
)
_trip_officers = officers_who(
    lambda actor, r: actor.is_officer_of(*r.trip.pair.locality_ids),
    lambda r: tuple(r.trip.pair.locality_ids),
)
_both_sides = organisations("promisor", "promisee")
_lot_officers = officers_who(may_recall, lambda lot: tuple(lot.listing.deciding_localities))

SUBSCRIPTIONS: dict[str, Subscription] = {
    "user.reset_requested": Subscription(the_person, by_mail_only=True),
    "user.registered_again": Subscription(the_person, by_mail_only=True),
    "user.made_officer": Subscription(the_person, by_mail_only=True),
    "organisation.registered": Subscription(_verifiers),
    "organisation.entered": Subscription(_verifiers),
    "organisation.verify": Subscription(the_organisation),
    "organisation.return": Subscription(the_organisation),
    "organisation.resubmit": Subscription(_verifiers),
    "organisation.suspend": Subscription(the_organisation),
    "organisation.restore": Subscription(the_organisation),
    "organisation.recheck": Subscription(_verifiers),
    "listing.submit": Subscription(_approvers),
    "listing.turn_key": Subscription(_approvers),
    "listing.publish": Subscription(_owner),
    "listing.return": Subscription(_owner),
    "listing.withdraw": Subscription(nobody),
    "listing.close": Subscription(both(_owner, watchers)),
    "listing.archive": Subscription(nobody),
    "import.ask": Subscription(nobody),
    "import.map": Subscription(nobody),
    "import.fail": Subscription(nobody),
    "import.pass": Subscription(nobody),
    "import.save": Subscription(nobody),
    "import.drop": Subscription(nobody),
    "listing_availability.pause": Subscription(both(_owner, watchers)),
    "listing_availability.resume": Subscription(watchers),
    "listing_availability.hold": Subscription(watchers),
    "consent.withdraw": Subscription(both(organisations("organisation"), _helpers)),
    "consent.replace": Subscription(nobody),
    "lot.publish": Subscription(nobody),
    "lot.recall": Subscription(both(organisations("listing.organisation"), _lot_officers)),
    "lot.close": Subscription(nobody),
    "listing.revised": Subscription(watchers),
    "listing.offer_changed": Subscription(watchers),
    "listing.closing_soon": Subscription(watchers),
    "search_digest.made": Subscription(the_searcher),
    "listing_visibility.hide": Subscription(_owner),
    "listing_visibility.show": Subscription(_owner),
    "revision.submit": Subscription(_change_approvers),
    "revision.turn_key": Subscription(_change_approvers),
    "revision.approve": Subscription(_owner),
    "revision.return": Subscription(_owner),
    "revision.withdraw": Subscription(nobody),
    "report.made": Subscription(officers_who(may_handle, _deciding)),
    "report.dismiss": Subscription(the_reporter),
    "report.uphold": Subscription(the_reporter),
    "interest.sent": Subscription(both(organisations("listing.organisation"), _pair_officers)),
    "interest.acknowledge": Subscription(_owner),
    "interest.ask": Subscription(_owner),
    "interest.inform": Subscription(both(organisations("listing.organisation"), _pair_officers)),
    "interest.accept": Subscription(
        both(_owner, officers_who(may_convert, _pair)), visitor=who_asked_first
    ),
    "interest.decline": Subscription(_owner, visitor=who_asked_first),
    "interest.ask_again_yes": Subscription(nobody),
    "interest.ask_again_no": Subscription(nobody),
    "interest.withdraw": Subscription(
        organisations("listing.organisation"), visitor=who_asked_first
    ),
    "interest.take_back": Subscription(organisations("listing.organisation", "organisation")),
    "interest.lapse": Subscription(_owner, visitor=who_asked_first),
    "interest.convert": Subscription(nobody),
    "interest.choose": Subscription(_owner, visitor=who_asked_first),
    "interest.pass_over": Subscription(_owner, visitor=who_asked_first),
    "selection.opened": Subscription(both(the_applicants, _pair_officers)),
    "selection.begin": Subscription(officers_who(may_declare, _pair)),
    "selection.void": Subscription(both(the_applicants, _pair_officers)),
    "selection.declare": Subscription(nobody),
    "selection.score": Subscription(nobody),
    "selection.propose": Subscription(officers_who(may_key_selection, _pair)),
    "selection.turn_key": Subscription(nobody),
    "selection.send_back": Subscription(_pair_officers),
    "selection.decide": Subscription(_pair_officers),
    "selection.find_nobody": Subscription(_pair_officers),
    "applicant.asked": Subscription(
        officers_who(lambda actor, r: may_run(actor, r.selection), lambda r: _pair(r.selection))
    ),
    "applicant.answered": Subscription(organisations("interest.organisation")),
    "enquiry.sent": Subscription(officers_who(may_call_back, _pair), visitor=the_sender),
    "enquiry.tie": Subscription(organisations("interest.organisation"), visitor=the_sender),
    "enquiry.decline": Subscription(nobody, visitor=the_sender),
    "enquiry.take_back": Subscription(officers_who(may_call_back, _pair)),
    "enquiry.revoke": Subscription(nobody),
    "enquiry.lapse": Subscription(nobody, visitor=the_sender),
    "interest.assigned": Subscription(the_named),
    "interest.reminded": Subscription(the_waited_for),
    "match.assigned": Subscription(the_named),
    "match.reminded": Subscription(the_waited_for),
    "user.deputy_named": Subscription(the_named),
    "introduction.proposed": Subscription(_introduced),
    "introduction.consent": Subscription(nobody),
    "introduction.agree": Subscription(both(_introduced, the_introducer)),
    "introduction.refuse": Subscription(both(the_side_not_acting, the_introducer)),
    "introduction.withdraw": Subscription(both(_introduced, the_introducer)),
    "introduction.lapse": Subscription(both(_introduced, the_introducer)),
    "message.written": Subscription(those_who_talk),
    "match.proposed": Subscription(both(_matched, officers_who(may_key, _pair))),
    "match.consent": Subscription(nobody),
    "match.refuse": Subscription(nobody),
    "match.turn_key": Subscription(officers_who(_may_key_or_object, _pair)),
    "match.object": Subscription(_pair_officers),
    "match.approve": Subscription(both(_matched, _pair_officers)),
    "match.reject": Subscription(both(_matched, _pair_officers)),
    "match.cancel": Subscription(both(_matched, _pair_officers)),
    "deal.set_terms": Subscription(parties),
    "deal.accept_terms": Subscription(parties),
    "deal.agree": Subscription(both(parties, _deal_officers)),
    "deal.sign": Subscription(parties),
    "deal.start": Subscription(parties),
    "deal.complete": Subscription(both(parties, _deal_officers)),
    "deal.complete_partly": Subscription(both(parties, _deal_officers)),
    "deal.cancel": Subscription(both(parties, _deal_officers)),
    "deal.suspend": Subscription(both(parties, _deal_officers)),
    "deal.resume_agreed": Subscription(both(parties, _deal_officers)),
    "deal.resume_signed": Subscription(both(parties, _deal_officers)),
    "deal.resume_active": Subscription(both(parties, _deal_officers)),
    "deal.dispute": Subscription(both(parties, _deal_officers)),
    "deal.propose_settlement": Subscription(_deal_officers),
    "deal.propose_end": Subscription(_deal_officers),
    "deal.settle": Subscription(both(parties, _deal_officers)),
    "deal.terminate": Subscription(both(parties, _deal_officers)),
    "agreement.drawn_up": Subscription(_signers),
    "agreement.redraw": Subscription(nobody),
    "agreement.hand_in": Subscription(both(_signers, _paper_officers)),
    "agreement.hold": Subscription(_signers),
    "agreement.release": Subscription(_signers),
    "agreement.countersign": Subscription(nobody),
    "ruling.turn_key": Subscription(nobody),
    "ruling.decide": Subscription(nobody),
    "ruling.drop": Subscription(_ruling_officers),
    "deal.tasks_listed": Subscription(both(parties, _deal_officers)),
    "task.added": Subscription(the_responsible),
    "task.begin": Subscription(nobody),
    "task.finish": Subscription(those_it_held_up),
    "task.drop": Subscription(the_responsible),
    "task.reopen": Subscription(the_responsible),
    "task.late": Subscription(
        both(the_responsible, officers_who(lambda a, r: is_officer_in(a, r.deal), _of_deal))
    ),
    "instalment.entered": Subscription(confirming_side),
    "instalment.correct": Subscription(confirming_side),
    "instalment.confirm": Subscription(stating_side),
    "instalment.withdraw": Subscription(nobody),
    "scheduled_delivery.meet": Subscription(nobody),
    "scheduled_delivery.drop": Subscription(the_other_principals),
    "call_off.asked": Subscription(sellers),
    "call_off.promise": Subscription(organisations("organisation")),
    "call_off.refuse": Subscription(organisations("organisation")),
    "call_off.withdraw": Subscription(sellers),
    "dispatch.sent": Subscription(buyers),
    "dispatch.receive": Subscription(nobody),
    "dispatch.reopen": Subscription(nobody),
    "dispatch.lose": Subscription(the_other_principals),
    "payment.strike": Subscription(nobody),
    "second_chance.offer": Subscription(organisations("interest.organisation")),
    "second_chance.take": Subscription(nobody),
    "second_chance.decline": Subscription(nobody),
    "second_chance.lapse": Subscription(nobody),
    "second_chance.drop": Subscription(nobody),
    "outcome.begin": Subscription(nobody),
    "outcome.achieve": Subscription(nobody),
    "outcome.achieve_partly": Subscription(nobody),
    "outcome.not_achieve": Subscription(nobody),
    "outcome.cancel": Subscription(nobody),
    "figure.submit": Subscription(nobody),
    "figure.verify": Subscription(nobody),
    "figure.return": Subscription(the_enterer),
    "question.asked": Subscription(organisations("listing.organisation")),
    "question.answered": Subscription(both(_owner, watchers)),
    "question.declined": Subscription(_owner),
    "question.removed": Subscription(organisations("organisation", "listing.organisation")),
    "road_notice.posted": Subscription(along_the_road),
    "road_notice.confirm": Subscription(nobody),
    "road_notice.replace": Subscription(nobody),
    "road_notice.end": Subscription(along_the_road),
    "paper.added": Subscription(_judges),
    "paper.resubmit": Subscription(_judges),
    "paper.verify": Subscription(_owner),
    "paper.return": Subscription(_owner),
    "paper.suspend": Subscription(_owner),
    "paper.restore": Subscription(_owner),
    "paper.revoke": Subscription(_owner),
    "paper.prolonged": Subscription(_owner),
    "paper.expiring": Subscription(both(_owner, _owners_officers)),
    "paper.ended": Subscription(both(_owner, _owners_officers)),
    "paper.claimed": Subscription(_owners_officers),
    "promise.made": Subscription(_both_sides),
    "promise.say_done": Subscription(both(organisations("promisee"), _pair_officers)),
    "promise.keep": Subscription(_both_sides),
    "promise.break": Subscription(_both_sides),
    "promise.withdraw": Subscription(_both_sides),
    "promise.due_soon": Subscription(organisations("promisor")),
    "promise.late": Subscription(both(_both_sides, _pair_officers)),
    "trip.plan": Subscription(officers_who(may_key_trip, _pair)),
    "trip.turn_key": Subscription(officers_who(may_key_trip, _pair)),
    "trip.confirm": Subscription(both(travellers, _pair_officers)),
    "trip.start": Subscription(nobody),
    "trip.report": Subscription(_pair_officers),
    "trip.close": Subscription(both(those_who_were_there, _pair_officers)),
    "trip.postpone": Subscription(both(travellers, those_who_wait_for_a_seat, _pair_officers)),
    "trip.replan": Subscription(officers_who(may_key_trip, _pair)),
    "trip.cancel": Subscription(both(travellers, those_who_wait_for_a_seat, _pair_officers)),
    "trip.road_closed": Subscription(_pair_officers),
    "trip_person.asked": Subscription(_trip_officers),
    "trip_person.invite": Subscription(_owner),
    "trip_person.give_seat": Subscription(_owner),
    "trip_person.refuse": Subscription(_owner),
    "trip_person.accept": Subscription(nobody),
    "trip_person.decline": Subscription(_trip_officers),
    "trip_person.attend": Subscription(nobody),
    "trip_person.miss": Subscription(nobody),
    "trip_stop.check_in": Subscription(nobody),
    "trip_stop.skip": Subscription(nobody),
    "trip_report.turn_key": Subscription(
        officers_who(may_sign, lambda r: tuple(r.trip.pair.locality_ids))
    ),
    "trip_report.sign": Subscription(nobody),
}

TOLD = {name for name, s in SUBSCRIPTIONS.items() if s.audience is not nobody}
"""Events with a mail of their own words: each has a folder in ``templates/emails``."""
