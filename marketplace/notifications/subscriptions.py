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
from marketplace.core.actor import Actor
from marketplace.core.journal import Entry
from marketplace.core.workflow import Workflow
from marketplace.deals.rules import DEAL, FIGURE, INSTALMENT, OUTCOME, is_officer_in, other_side
from marketplace.interests.rules import INTEREST, may_convert
from marketplace.matching.rules import MATCH, may_key, may_object
from marketplace.moderation.rules import REPORT, may_handle
from marketplace.papers.rules import PAPER, may_judge
from marketplace.questions.rules import QUESTION
from marketplace.revisions.rules import REVISION
from marketplace.revisions.rules import may_approve as may_approve_change
from marketplace.roads.rules import ROAD_NOTICE
from marketplace.spreadsheets.rules import IMPORT
from marketplace.tracing.rules import LOT, may_recall

WORKFLOWS: tuple[Workflow, ...] = (
    ORGANISATION,
    LISTING,
    AVAILABILITY,
    IMPORT,
    VISIBILITY,
    REVISION,
    REPORT,
    INTEREST,
    MATCH,
    DEAL,
    INSTALMENT,
    OUTCOME,
    FIGURE,
    QUESTION,
    ROAD_NOTICE,
    PAPER,
    CONSENT,
    LOT,
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


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who is told of an event. ``by_mail_only`` keeps a secret link out of the inbox."""

    audience: Finder
    by_mail_only: bool = False


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


def confirming_side(record: Any, _entry: Entry) -> Audience:
    """Those who must confirm what an instalment says."""
    return Audience(organisations=[party.organisation for party in other_side(record)])


def stating_side(record: Any, _entry: Entry) -> Audience:
    """The side whose figures stand in an instalment."""
    return Audience(organisations=[record.stated_for])


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


def the_reporter(record: Any, _entry: Entry) -> Audience:
    """Whoever reported a listing, if they have an account."""
    return Audience([record.reporter] if record.reporter else [])


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
_pair_officers = officers_who(lambda actor, r: actor.is_officer_of(*r.pair.locality_ids), _pair)
_deal_officers = officers_who(is_officer_in, _pair)

_helpers = officers_who(
    lambda actor, consent: actor.is_officer_of(consent.organisation.locality_id),
    lambda consent: (consent.organisation.locality_id,),
)
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
    "interest.accept": Subscription(both(_owner, officers_who(may_convert, _pair))),
    "interest.decline": Subscription(_owner),
    "interest.withdraw": Subscription(organisations("listing.organisation")),
    "interest.lapse": Subscription(_owner),
    "interest.convert": Subscription(nobody),
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
    "instalment.entered": Subscription(confirming_side),
    "instalment.correct": Subscription(confirming_side),
    "instalment.confirm": Subscription(stating_side),
    "instalment.withdraw": Subscription(nobody),
    "outcome.begin": Subscription(nobody),
    "outcome.achieve": Subscription(nobody),
    "outcome.achieve_partly": Subscription(nobody),
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
}

TOLD = {name for name, s in SUBSCRIPTIONS.items() if s.audience is not nobody}
"""Events with a mail: each has a folder in ``templates/emails``."""
