"""What the pages of the catalogue show: facets, chips, next steps, keys, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import current_app, request, url_for

from marketplace.accounts.history import Line
from marketplace.accounts.models import Organisation
from marketplace.catalogue.browse import (
    Counts,
    Lists,
    OpportunityFilter,
    OpportunitySort,
    ProduceFilter,
    ProduceSort,
    photo_address,
)
from marketplace.catalogue.kinds.opportunity.model import Opportunity
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import (
    Availability,
    ListingState,
    may_approve,
    missing_keys,
    state_label,
)
from marketplace.catalogue.taxonomy import (
    COOPERATION_LABELS,
    GROUP_LABELS,
    GROUP_TREE,
    ORIGIN_LABELS,
    SECTOR_LABELS,
    Sector,
)
from marketplace.core import clock, phone, seasons
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.web.formats import MONTHS
from marketplace.web.pagination import Page

PHOTO_SECONDS = 30 * 86400
"""How long a browser may keep a photo of a public listing; a photo never changes."""
MOST_CHOICES = 50
"""Organisations shown to choose from; more are found by name."""

Wished = ProduceFilter | OpportunityFilter


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a facet, and how many listings it leaves; one that leaves none is disabled."""

    value: str
    label: str
    count: int
    selected: bool

    @property
    def disabled(self) -> bool:
        """Whether choosing it would leave nothing. What is chosen can always be taken back."""
        return not self.count and not self.selected


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter of a list as components/filters.html shows it."""

    name: str
    label: str
    options: tuple[Option, ...]
    kind: str = "checkbox"
    input: str = "checkbox"


Chip = tuple[str, str, Text | str]
"""A filter in use: its name and value in the address, and its words."""


# ------------------------------------------------------------ lists

PRODUCE_SORTS = {
    ProduceSort.SEASON: N_("Nearest harvest"),
    ProduceSort.NEWEST: N_("Newest"),
    ProduceSort.PRICE: N_("Lowest price"),
    ProduceSort.QUANTITY: N_("Largest quantity"),
    ProduceSort.TITLE: N_("Name, A to Z"),
}
OPPORTUNITY_SORTS = {
    OpportunitySort.CLOSING: N_("Closing soonest"),
    OpportunitySort.NEWEST: N_("Newest"),
    OpportunitySort.CAPITAL: N_("Most capital"),
    OpportunitySort.TITLE: N_("Name, A to Z"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a list: a filter taken back, an order, a way out of an empty result."""

    label: Text | str
    url: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class ListView:
    """All that the filters, cards and pages of a list show; equal views are drawn alike."""

    kind: str
    path: str
    wished: Wished
    page: Page[Any]
    facets: tuple[Facet, ...]
    chips: tuple[Link, ...]
    clear_url: str | None
    sorts: tuple[Link, ...]
    ways_out: tuple[Link, ...]

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """What travels along with the filters: the order chosen."""
        return tuple(pair for pair in self.wished.pairs() if pair[0] == "sap")

    def url_of_page(self, number: int) -> str:
        """The address of another page."""
        return _url(self.path, self.wished, number)


def produce_list(lists: Lists, wished: ProduceFilter, page: Page[Any]) -> dict[str, Any]:
    """Facets, chips and links of the list of produce."""
    counts = lists.produce_counts(wished)
    groups = [
        Facet(
            "nhom",
            N_("Product group"),
            tuple(
                Option(group.value, GROUP_LABELS[group], counts.first.get(group, 0), chosen)
                for branch in GROUP_TREE
                for group in branch.groups
                for chosen in [group in wished.groups]
            ),
        ),
        Facet(
            "thang",
            N_("Months with goods"),
            tuple(
                Option(str(m), str(m), counts.months.get(m, 0), bool(wished.months >> (m - 1) & 1))
                for m in range(1, 13)
            ),
            kind="months",
        ),
        _village_facet(lists, wished, counts),
    ]
    chips: list[Chip] = [("nhom", g.value, GROUP_LABELS[g]) for g in wished.groups]
    chips += [
        ("thang", str(m), Text(N_("In %(month)s"), month=Text(MONTHS[m - 1])))
        for m in range(1, 13)
        if wished.months >> (m - 1) & 1
    ]
    return _list(
        lists,
        "produce",
        "/nong-san",
        wished,
        page,
        groups,
        chips,
        [
            _sort("/nong-san", replace(wished, sort=s), label, s is wished.sort)
            for s, label in PRODUCE_SORTS.items()
        ],
    )


def opportunity_list(lists: Lists, wished: OpportunityFilter, page: Page[Any]) -> dict[str, Any]:
    """Facets, chips and links of the list of opportunities."""
    counts = lists.opportunity_counts(wished)
    groups = [
        Facet(
            "linh-vuc",
            N_("Sector"),
            tuple(
                Option(s.value, SECTOR_LABELS[s], counts.first.get(s, 0), s in wished.sectors)
                for s in Sector
            ),
        ),
        _village_facet(lists, wished, counts),
    ]
    chips: list[Chip] = [("linh-vuc", s.value, SECTOR_LABELS[s]) for s in wished.sectors]
    return _list(
        lists,
        "opportunity",
        "/co-hoi",
        wished,
        page,
        groups,
        chips,
        [
            _sort("/co-hoi", replace(wished, sort=s), label, s is wished.sort)
            for s, label in OPPORTUNITY_SORTS.items()
        ],
    )


def _village_facet(lists: Lists, wished: Wished, counts: Counts) -> Facet:
    return Facet(
        "thon",
        N_("Village"),
        tuple(
            Option(
                place.code,
                place.name,
                counts.villages.get(place.id, 0),
                place.code in wished.villages,
            )
            for place in lists.places()
        ),
    )


def _sort(path: str, wished: Wished, label: str, current: bool) -> Link:  # noqa: FBT001
    return Link(label, _url(path, wished), current=current)


def _url(path: str, wished: Wished, page: int = 1) -> str:
    pairs = wished.pairs() + ([("trang", str(page))] if page > 1 else [])
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _list(
    lists: Lists,
    kind: str,
    path: str,
    wished: Wished,
    page: Page[Any],
    facets: list[Facet],
    chips: list[Chip],
    sorts: list[Link],
) -> dict[str, Any]:
    chips += [
        ("thon", place.code, place.name)
        for place in lists.places()
        if place.code in wished.villages
    ]
    view = ListView(
        kind,
        path,
        wished,
        page,
        tuple(facets),
        tuple(Link(label, _url(path, wished.without(name, value))) for name, value, label in chips),
        _url(path, wished.cleared) if chips or wished.q else None,
        tuple(sorts),
        tuple(_ways_out(lists, path, wished, chips)) if not page.total else (),
    )
    return {
        "wished": wished,
        "view": view,
        "canonical": request.host_url.rstrip("/") + _url(path, wished, page.number),
    }


def _ways_out(lists: Lists, path: str, wished: Wished, chips: Iterable[Chip]) -> list[Link]:
    """Which filter to drop, and how many there are without it; none for those that do not help."""
    tries = [*chips]
    if wished.q:
        tries.append(("q", wished.q, wished.q))
    found = []
    for name, value, label in tries:
        other = wished.without(name, value)
        counts = (
            lists.produce_counts(other)
            if isinstance(other, ProduceFilter)
            else lists.opportunity_counts(other)
        )
        if counts.total:
            found.append(Link(label, _url(path, other), count=counts.total))
    return found


# ------------------------------------------------------------ one listing


def interest_url(listing: Listing) -> str | None:
    """Where interest is registered, while it can be."""
    if not listing.is_open or "interests.create" not in current_app.view_functions:
        return None
    return url_for(
        "interests.create",
        section=listing.section,
        public_id=f"{listing.slug}-{listing.public_id}",
    )


def labels(listing: Listing) -> dict[str, Any]:
    """The words and codes the pages of a listing need beside its own values."""
    words: dict[str, Any] = {
        "state": state_label(listing),
        "tone": tone(listing),
        "next": next_step(listing),
        "code": illustration(listing),
        "group": None,
        "in_season": False,
    }
    if isinstance(listing, Produce):
        words["ask"] = N_("Ask to buy")
        words["group"] = GROUP_LABELS[listing.group] if listing.group else None
        words["origin"] = ORIGIN_LABELS[listing.origin] if listing.origin else None
        words["in_season"] = seasons.in_season(listing.months, clock.today().month)
    elif isinstance(listing, Opportunity):
        words["ask"] = N_("Register interest")
        form = listing.cooperation
        words["cooperation"] = COOPERATION_LABELS[form] if form else None
        words["phone"] = phone.display(listing.contact_phone) if listing.contact_phone else ""
        words["days_left"] = (listing.closes_on - clock.today()).days if listing.closes_on else None
    return words


def drawing(listing: Listing) -> str:
    """The static file that stands in for a photo."""
    if isinstance(listing, Produce) and listing.group:
        return f"themes/neutral/p-{listing.group.value}.svg"
    if isinstance(listing, Opportunity) and listing.sector:
        return f"themes/neutral/o-{listing.sector.value}.svg"
    return "themes/neutral/p-vegetables.svg"


def illustration(listing: Listing) -> str:
    """The code of the theme's drawing for a listing."""
    code = listing.group if isinstance(listing, Produce) else getattr(listing, "sector", None)
    return code.value if code else "vegetables"


def office_of(organisation: Organisation) -> Mapping[str, Any]:
    """The contact an authority's opportunity starts with."""
    return {
        "contact_office": organisation.name,
        "contact_email": organisation.email or organisation.locality.email,
        "contact_phone": organisation.phone,
    }


def gaps(listing: Listing) -> list[dict[str, Any]]:
    """Everything missing, each with the address of the field where it is put right."""
    edit = url_for("catalogue.edit", public_id=listing.public_id)
    return [
        {"text": gap.text, "url": None if gap.field == "organisation" else f"{edit}#{gap.field}"}
        for gap in listing.gaps()
    ]


def keys(listing: Listing, actor: Actor) -> list[dict[str, Any]]:
    """Whose key has been turned and whose is missing."""
    places = {place.id: place.name for place in (listing.pair.source, listing.pair.market)}
    turned = {key.locality_id: key for key in listing.keys}
    is_waiting = listing.state is ListingState.SUBMITTED
    return [
        {
            "locality": places[locality_id],
            "turned": locality_id in turned,
            "who": turned[locality_id].user.name if locality_id in turned else "",
            "at": turned[locality_id].at if locality_id in turned else None,
            "refused": False,
            "may_turn": is_waiting
            and actor.locality_id == locality_id
            and may_approve(actor, listing),
        }
        for locality_id in listing.deciding_localities
    ]


def last_return(listing: Listing, lines: Sequence[Line]) -> Line | None:
    """Why it was returned, while it is."""
    if listing.state is not ListingState.RETURNED:
        return None
    return next((line for line in lines if line.name == "listing.return"), None)


def thread(listing: Listing) -> list[dict[str, Any]]:
    """How far an opportunity is, as everyone may see it: approved, published, open, closed."""
    places = {place.id: place.name for place in (listing.pair.source, listing.pair.market)}
    steps: list[dict[str, Any]] = [
        {
            "label": Text(N_("Appraised by %(place)s"), place=places[key.locality_id]),
            "note": Text("%(day)s", day=clock.local(key.at).date()),
            "state": "done",
        }
        for key in listing.keys
    ]
    if listing.published_at is None:
        return steps
    steps.append(
        {
            "label": N_("Published"),
            "note": Text("%(day)s", day=clock.local(listing.published_at).date()),
            "state": "done",
        }
    )
    is_closed = listing.state is ListingState.CLOSED
    steps.append(
        {
            "label": N_("Calling for partners"),
            "note": Text(N_("Interested so far: %(count)s"), count=listing.interest_count),
            "state": "done" if is_closed else "now",
        }
    )
    steps.append({"label": N_("Closed"), "note": None, "state": "now" if is_closed else "todo"})
    return steps


# ------------------------------------------------------------ queues and stalls

TONES = {
    ListingState.DRAFT: "plain",
    ListingState.SUBMITTED: "act",
    ListingState.RETURNED: "warn",
    ListingState.PUBLISHED: "ok",
}


def tone(listing: Listing) -> str:
    """The colour of its state."""
    if listing.availability is Availability.PAUSED and listing.state is ListingState.PUBLISHED:
        return "warn"
    return TONES.get(listing.state, "plain")


NEXT_STEPS = {
    ListingState.SUBMITTED: N_("An official looks at it within 2 working days."),
    ListingState.RETURNED: N_("Read the reason, correct it and send it again."),
}


def next_step(listing: Listing) -> Text:
    """What its owner can do next, or who is to act."""
    if listing.state is ListingState.DRAFT:
        missing = len(listing.gaps())
        if missing:
            return Text(N_("Still missing: %(count)s. Fill in the rest."), count=missing)
        return Text(N_("Complete. Send it for approval."))
    if listing.state is ListingState.PUBLISHED:
        return _while_published(listing)
    return Text(NEXT_STEPS.get(listing.state, N_("Nothing left to do.")))


def _while_published(listing: Listing) -> Text:
    if listing.availability is Availability.PAUSED:
        return Text(N_("Takes no new interest. Open it again when you can deliver."))
    if isinstance(listing, Produce) and listing.is_stale:
        return Text(N_("Confirm how much there is: the figure is more than 14 days old."))
    if not listing.interest_count:
        return Text(N_("Everyone can see it. Nobody has registered interest yet."))
    return Text(
        N_("Interested so far: %(count)s. Answer within 3 working days."),
        count=listing.interest_count,
    )


def stall_items(listings: Iterable[Listing], actor: Actor) -> list[dict[str, Any]]:
    """Listings as their owner sees them: state, next step, for whom."""
    return [
        {
            "title": listing.title,
            "url": url_for("catalogue.own", public_id=listing.public_id),
            "note": next_step(listing),
            "owner": ""
            if listing.organisation_id == actor.organisation_id
            else listing.organisation.name,
            "tags": [(state_label(listing), tone(listing))],
            **_picture(listing),
        }
        for listing in listings
    ]


def waiting(listing: Listing) -> dict[str, Any]:
    """A listing in the officials' queue."""
    tags: list[tuple[Text | str, str]] = []
    if missing_keys(listing) < listing.keys_needed:
        tags.append((N_("The other locality has approved"), "ok"))
    if listing.acting:
        tags.append((N_("Recorded for someone"), "act"))
    return {
        "title": listing.title,
        "url": url_for("catalogue.review", public_id=listing.public_id),
        "owner": listing.organisation.name,
        "since": listing.updated_at,
        "tags": tags,
        **_picture(listing),
    }


def _picture(listing: Listing) -> dict[str, Any]:
    first = listing.photos[0] if listing.photos else None
    return {
        "photo_url": photo_address(first.public_id, "card") if first else None,
        "kind": listing.kind,
        "illustration": illustration(listing),
    }
