"""What the pages of the catalogue show: facets, chips, next steps, keys, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any
from urllib.parse import urlencode

from flask import current_app, url_for

from marketplace.accounts import history
from marketplace.accounts.history import Line
from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import (
    CONSENTING,
    PRODUCERS,
    OrganisationState,
    may_act_for,
    may_be_named,
    may_manage,
)
from marketplace.catalogue import applications, gates, queries
from marketplace.catalogue.browse import Counts, Lists
from marketplace.catalogue.kinds import MODELS
from marketplace.catalogue.kinds.base import STALL
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.lists import Places, Wished
from marketplace.catalogue.models import Listing, photo_address
from marketplace.catalogue.panels import CardTools
from marketplace.catalogue.proof import held, safety
from marketplace.catalogue.rules import (
    VISIBILITY,
    Audience,
    Availability,
    ListingState,
    may_approve,
    missing_keys,
    state_label,
)
from marketplace.catalogue.search import is_cut, is_unreadable
from marketplace.core import clock, journal
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.papers.types import TYPES
from marketplace.programme.rules import key_lines
from marketplace.web import qr
from marketplace.web.forms import is_htmx, new_key
from marketplace.web.pagination import Page
from marketplace.web.templating import STATIC
from marketplace.web.workflow import MoveButton

PHOTO_SECONDS = 30 * 86400
"""How long a browser may keep a photo of a public listing; a photo never changes."""
MOST_CHOICES = 50
"""Organisations shown to choose from; more are found by name."""


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a facet, and how many listings it leaves; one that leaves none is disabled."""

    value: str
    label: Text | str
    count: int
    selected: bool

    @property
    def disabled(self) -> bool:
        """Whether choosing it would leave nothing. What is chosen can always be taken back."""
        return not self.count and not self.selected


@dataclass(frozen=True, slots=True)
class FacetView:
    """A filter of a list as components/filters.html shows it."""

    name: str
    label: str
    options: tuple[Option, ...]
    kind: str
    input: str = "checkbox"
    is_folded: bool = False
    """Whether it stays shut until one opens it; what has a choice in it stands open."""


Chip = tuple[str, str, Text | str]
"""A filter in use: its name and value in the address, and its words."""


# ------------------------------------------------------------ lists


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a list: a filter taken back, an order, a view, a way out of an empty result."""

    label: Text | str
    url: str
    current: bool = False
    count: int = 0
    icon: str = ""


@dataclass(frozen=True, slots=True)
class AtPlace:
    """The listings of a page that lie in one village, and how many there are on all pages.

    ``code`` is empty for those that name no village.
    """

    code: str
    name: str
    total: int
    url: str
    items: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class ListView:
    """All that the filters, cards and pages of a list show; equal views are drawn alike.

    ``is_filtering``: asked for with ``?loc=1``, the filters are a page of their own on phones.
    ``shapes`` is the static file the villages are drawn from, empty where there is none.
    """

    kind: str
    path: str
    wished: Wished
    page: Page[Any]
    facets: tuple[FacetView, ...]
    chips: tuple[Link, ...]
    clear_url: str | None
    sorts: tuple[Link, ...]
    ways_out: tuple[Link, ...]
    also: tuple[str, ...] = ()
    closest: Link | None = None
    fewer: tuple[Link, ...] = ()
    by_papers: tuple[Link, ...] = ()
    views: tuple[Link, ...] = ()
    places: tuple[AtPlace, ...] = ()
    shapes: str = ""
    tools: tuple[CardTools, ...] = ()
    is_filtering: bool = False

    @property
    def is_unreadable(self) -> bool:
        """Whether there is no word in what was typed."""
        return is_unreadable(self.wished.q)

    @property
    def is_cut(self) -> bool:
        """Whether there may have been more words than are looked for."""
        return is_cut(self.wished.q)

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """What travels along with the filters: the order and the view chosen."""
        return tuple(pair for pair in self.wished.pairs() if pair[0] in {"sap", "xem"})

    @property
    def url(self) -> str:
        """The address of its first page."""
        return _url(self.wished)

    def url_of_page(self, number: int) -> str:
        """The address of another page."""
        return _url(self.wished, number)


VIEWS = {
    "": (N_("Cards"), "grid"),
    "danh-sach": (N_("List"), "list"),
    "lich": (N_("Calendar"), "calendar"),
    "ban-do": (N_("Map"), "map"),
}
"""The ways to look at a list: words and icons."""


def list_view(
    lists: Lists,
    wished: Wished,
    page: Page[Any],
    *,
    tools: tuple[CardTools, ...] = (),
    is_filtering: bool = False,
) -> ListView:
    """Facets, chips and links of a list."""
    spec, places = wished.spec, lists.places()
    counts = lists.counts(wished)
    facets = tuple(
        FacetView(
            facet.name,
            facet.label,
            tuple(
                Option(code, label, counts.by_facet[facet.name].get(code, 0), code in chosen)
                for code, label in facet.options(places)
            ),
            facet.shape,
            is_folded=facet.name in spec.folded and not chosen,
        )
        for facet in spec.facets
        for chosen in [wished.of(facet.name)]
    )
    chips = _chips(wished, places)
    papers = () if page.total else tuple(by_papers(lists, wished))
    closest, fewer = (None, ()) if page.total or papers else _other_words(lists, wished)
    return ListView(
        spec.kind,
        spec.path,
        wished,
        page,
        facets,
        tuple(Link(label, _url(wished.without(name, code))) for name, code, label in chips),
        _url(wished.cleared) if chips or wished.q else None,
        tuple(
            Link(sort.label, _url(other), current=other == wished)
            for code, sort in spec.sorts.items()
            for other in [wished.sorted_by(code)]
        ),
        tuple(_ways_out(lists, wished, places)) if not page.total else (),
        lists.search(wished.q).also,
        closest,
        fewer,
        papers,
        tuple(
            Link(VIEWS[view][0], _url(other), other == wished, icon=VIEWS[view][1])
            for view in ("", *spec.views)
            for other in [wished.seen_as(view)]
        ),
        tuple(_at_places(wished, page, counts, places)) if wished.view == "ban-do" else (),
        shapes_of(lists.pair.theme) if wished.view == "ban-do" else "",
        tools,
        is_filtering,
    )


def _other_words(lists: Lists, wished: Wished) -> tuple[Link | None, tuple[Link, ...]]:
    """The nearest spelling of words that nothing fits, and what fewer of them find.

    With the filters as long as they leave any. Where the words find something without the
    filters, these are what is in the way.
    """
    alone = replace(wished.cleared, q=wished.q)
    if not wished.q or lists.counts(alone).total:
        return None, ()

    def asking(words: str) -> Link:
        filtered = replace(wished, q=words)
        fits = lists.total(filtered)
        other = filtered if fits else replace(alone, q=words)
        return Link(words, _url(other), count=fits or lists.total(other))

    kinds = [wished.spec.kind]
    closest = lists.closest(wished.q, kinds)
    fewer = tuple(map(asking, lists.fewer(wished.q, kinds)))
    return asking(closest) if closest else None, fewer


def by_papers(lists: Lists, wished: Wished) -> Iterator[Link]:
    """What fits when the certificates named among the words are taken for a filter.

    Papers come and go without their listings being written anew, so their kinds are no words of a
    listing: the filter knows at every moment what holds.
    """
    if all(facet.name != held.PAPERS for facet in wished.spec.facets):
        return
    for kind, words in held.named_in(wished.q):
        other = replace(wished, q=words).only(held.PAPERS, held.code_of(kind))
        if total := lists.total(other):
            paper = Text(TYPES[kind].short)
            label = (
                Text(N_("“%(words)s” with a paper valid now: %(paper)s"), words=words, paper=paper)
                if words
                else Text(N_("Papers valid now: %(paper)s"), paper=paper)
            )
            yield Link(label, _url(other), count=total)


def _at_places(
    wished: Wished, page: Page[Any], counts: Counts, places: Places
) -> Iterator[AtPlace]:
    """The page's listings by village, in the order of the villages; those without one last."""
    found: dict[str, list[Any]] = {}
    for item in page.items:
        found.setdefault(item.village or "", []).append(item)
    chosen = wished.of(VILLAGE)
    left = page.total
    for place in places:
        total = counts.by_facet[VILLAGE].get(place.code, 0)
        if not total or (chosen and place.code not in chosen):
            continue
        left -= total
        url = _url(wished.only(VILLAGE, place.code))
        yield AtPlace(place.code, place.name, total, url, tuple(found.get(place.name, ())))
    if left > 0:
        yield AtPlace("", "", left, "", tuple(found.get("", ())))


VILLAGE = "thon"
"""The facet of villages, which the map counts by."""


def shapes_of(theme: str) -> str:
    """The static file with the outline and the villages of a theme's pair; empty without one."""
    path = f"themes/{theme}/villages.geojson"
    return path if (STATIC / path).is_file() else ""


def _chips(wished: Wished, places: Places) -> list[Chip]:
    return [
        (facet.name, code, label)
        for facet in wished.spec.facets
        for code in wished.of(facet.name)
        for label in [facet.chip(code, places)]
        if label is not None
    ]


def _url(wished: Wished, page: int = 1) -> str:
    pairs = wished.pairs() + ([("trang", str(page))] if page > 1 else [])
    return f"{wished.spec.path}?{urlencode(pairs)}" if pairs else wished.spec.path


def asks_for_nothing(args: Mapping[str, Sequence[str]]) -> bool:
    """Whether an address names a field without a value, as forms without scripts send.

    Such a list is shown under its one address. A part that htmx asked for is answered as it is.
    """
    return not is_htmx() and any(not value for values in args.values() for value in values)


def address(wished: Wished, page: int = 1) -> str:
    """The one address of a page of a list, on this host."""
    return _url(wished, page)


def canonical(wished: Wished, page: Page[Any]) -> str:
    """The one address of a page of a list, whatever host it was asked by."""
    return qr.address(_url(wished, page.number))


def _ways_out(lists: Lists, wished: Wished, places: Places) -> Iterator[Link]:
    """Which filter to drop, and how many there are without it; none for those that do not help.

    All values of a filter go together: fewer of them never find more. Where no single filter
    helps, two that do when both go; where no two help, all filters at once.
    """
    filters = _filters(wished, places)
    for size in (1, 2):
        found = [
            Link(_both(*chosen), _url(other), count=total)
            for chosen in combinations(filters, size)
            for other in [wished.without_facets([name for name, _ in chosen])]
            for total in [lists.total(other)]
            if total
        ]
        if found:
            yield from found
            return
    words_alone = wished.without_facets([name for name, _ in filters if name != "q"])
    if len(filters) > 2 and (total := lists.total(words_alone)):  # noqa: PLR2004
        yield Link(N_("all filters"), _url(words_alone), count=total)


def _filters(wished: Wished, places: Places) -> list[tuple[str, Text | str]]:
    """Each filter in use and its words: those of its value, or its title where it has several."""
    found: list[tuple[str, Text | str]] = []
    for facet in wished.spec.facets:
        codes = wished.of(facet.name)
        label = facet.chip(codes[0], places) if len(codes) == 1 else facet.label
        if codes and label is not None:
            found.append((facet.name, label))
    return [*found, ("q", wished.q)] if wished.q else found


def _both(first: tuple[str, Text | str], *more: tuple[str, Text | str]) -> Text | str:
    """The words of one filter, or of two."""
    if not more:
        return first[1]
    one, other = (
        Text(label) if isinstance(label, str) and name != "q" else label
        for name, label in (first, *more)
    )
    return Text(N_("%(one)s” and “%(other)s"), one=one, other=other)


# ------------------------------------------------------------ one listing


@dataclass(frozen=True, slots=True)
class Seller:
    """For whom one posts; plain values, because a refused use case lets go of all rows."""

    name: str
    is_verified: bool


def interest_url(listing: Listing) -> str | None:
    """Where interest is registered, while it can be."""
    if not listing.is_open or "interests.create" not in current_app.view_functions:
        return None
    if applications.why_closed(listing) is not None:
        return None
    return url_for(
        "interests.create",
        section=listing.section,
        public_id=listing.slugged,
    )


def labels(listing: Listing) -> dict[str, Any]:
    """The words and codes the pages of a listing need beside its own values."""
    page = PAGES[listing.kind]
    return {
        "safety": safety.of(listing, clock.today()),
        "state": state_label(listing),
        "tone": tone(listing),
        "next": next_step(listing, queries.unanswered([listing]).get(listing.id, 0)),
        "drawing": page.drawing(listing),
        "ask": page.ask,
        "list_name": page.name,
        "list_path": page.spec.path,
        "home_url": home_url(listing.kind),
        "owner": listing.public_owner,
        "owner_url": owner_url(listing),
        **page.labels(listing),
    }


def owner_url(listing: Listing) -> str | None:
    """The page of who sells something, where there is one and it may be passed on."""
    owner = listing.organisation
    is_there = listing.is_for_everyone and listing.is_open and listing.kind == "produce"
    if not is_there or owner.state is not OrganisationState.VERIFIED:
        return None
    if not may_be_named(owner.kind, agreed=owner.is_named_in_public):
        return None
    if owner.kind not in PRODUCERS or "tracing.seller" not in current_app.view_functions:
        return None
    return url_for("tracing.seller", public_id=owner.public_id)


def home_url(kind: str) -> str:
    """The list its owners work from."""
    page = PAGES[kind]
    return url_for("catalogue.mine", kind=kind) if page.mine_at else url_for(page.home)


def begins(actor: Actor) -> list[tuple[str, str]]:
    """What someone may begin from the stall: words and address."""
    return [
        (page.one, url_for("catalogue.post", kind=kind))
        for kind, page in PAGES.items()
        if page.home == STALL and actor.organisation_kind in MODELS[kind].posters
    ]


def drawing(listing: Listing) -> str:
    """The static file that stands in for a photo."""
    kind, code = PAGES[listing.kind].drawing(listing)
    return f"themes/neutral/{'o' if kind == 'opportunity' else 'p'}-{code}.svg"


def gaps(listing: Listing) -> list[dict[str, Any]]:
    """Everything missing, each with the address of the field where it is put right."""
    return [
        {
            "text": gap.text,
            "url": ELSEWHERE[gap.field]
            if gap.field in ELSEWHERE
            else writing_url(listing, gap.field),
        }
        for gap in listing.gaps()
    ]


ELSEWHERE: dict[str, str | None] = {"organisation": None, "papers": "/ban-hang/chung-nhan"}
"""Gaps that no field of the listing's form closes, and the page that does."""


def writing_url(listing: Listing, field: str = "") -> str:
    """Where a field of a draft is written; without a field, where one begins."""
    page = PAGES[listing.kind]
    if page.writing is not None:
        return page.writing(listing, field)
    edit = url_for("catalogue.edit", public_id=listing.public_id)
    return f"{edit}#{field}" if field else edit


def keys(listing: Listing, actor: Actor) -> list[dict[str, Any]]:
    """Whose key has been turned and whose is missing."""
    may_turn = listing.state is ListingState.SUBMITTED and may_approve(actor, listing)
    turns = actor.locality_id if may_turn else None
    return key_lines(listing.pair, listing.keys, listing.deciding_localities, turns)


def last_return(listing: Listing, lines: Sequence[Line]) -> Line | None:
    """Why it was returned, while it is."""
    if listing.state is not ListingState.RETURNED:
        return None
    return next((line for line in lines if line.name == "listing.return"), None)


def hidden_because(listing: Listing) -> Line | None:
    """Why officials hid it, while they do: for everyone who still sees it."""
    if not listing.is_hidden:
        return None
    entries = [e for e in journal.of([listing]) if e.name == VISIBILITY.event("hide")]
    return next(iter(history.lines(entries[:1], (VISIBILITY,))), None)


# ------------------------------------------------------------ queues and stalls

TONES = {
    ListingState.DRAFT: "plain",
    ListingState.SUBMITTED: "act",
    ListingState.RETURNED: "warn",
    ListingState.PUBLISHED: "ok",
}


def tone(listing: Listing) -> str:
    """The colour of its state."""
    if listing.is_hidden:
        return "bad"
    if listing.availability is Availability.PAUSED and listing.state is ListingState.PUBLISHED:
        return "warn"
    return TONES.get(listing.state, "plain")


NEXT_STEPS = {
    ListingState.SUBMITTED: N_("An official looks at it within 2 working days."),
    ListingState.RETURNED: N_("Read the reason, correct it and send it again."),
}


def next_step(listing: Listing, unanswered: int) -> Text:
    """What its owner can do next, or who is to act; ``unanswered``: how many wait for a word."""
    if listing.state is ListingState.DRAFT:
        missing = len(listing.gaps())
        if missing:
            return Text(N_("Still missing: %(count)s. Fill in the rest."), count=missing)
        return Text(N_("Complete. Send it for approval."))
    if listing.state is ListingState.PUBLISHED:
        return _while_published(listing, unanswered)
    return Text(NEXT_STEPS.get(listing.state, N_("Nothing left to do.")))


def _while_published(listing: Listing, unanswered: int) -> Text:
    if listing.is_hidden:
        return Text(N_("Officials are checking it. Correct the text, or call the office."))
    if ended := gates.ended(listing):
        return Text(N_("The paper %(number)s has ended. Renew it."), number=ended[0].number)
    if listing.availability is Availability.PAUSED:
        return Text(N_("Takes no new interest. Open it again when you can deliver."))
    if getattr(listing, "is_stale", False):
        return Text(N_("Confirm how much there is: the figure is more than 14 days old."))
    return _interest_in(listing, unanswered)


def _interest_in(listing: Listing, unanswered: int) -> Text:
    """Who waits for the owner, or that nobody does."""
    if unanswered:
        return Text(
            N_("%(open)s waiting for your answer. Each says until which day."), open=unanswered
        )
    if listing.interest_count:
        return Text(N_("All answered. Interested so far: %(count)s."), count=listing.interest_count)
    if listing.audience is Audience.PUBLIC:
        return Text(N_("Everyone can see it. Nobody has registered interest yet."))
    return Text(N_("Shown to those you chose. Nobody has registered interest yet."))


def consent_of(organisation: Organisation) -> tuple[str, str] | None:
    """Whether one may act for a household, in a word and a tone; None where none is needed."""
    if organisation.kind not in CONSENTING:
        return None
    if organisation.consent is not None:
        return N_("Consent given"), "ok"
    return (N_("Consent taken back"), "bad") if organisation.has_withdrawn else (NO_CONSENT, "warn")


NO_CONSENT = N_("No consent yet")


def stall_items(listings: Iterable[Listing], actor: Actor) -> list[dict[str, Any]]:
    """Listings as their owner sees them: state, next step, for whom."""
    listings = list(listings)
    waiting = queries.unanswered(listings)
    return [
        {
            "title": listing.title,
            "url": url_for("catalogue.own", public_id=listing.public_id),
            "note": next_step(listing, waiting.get(listing.id, 0)),
            "owner": ""
            if listing.organisation_id == actor.organisation_id
            else listing.organisation.name,
            "tags": [(state_label(listing), tone(listing))],
            "act": confirmation(listing, actor),
            **_picture(listing),
        }
        for listing in listings
    ]


def confirmation(listing: Listing, actor: Actor) -> MoveButton | None:
    """One tap that says the quantity still stands; a page where someone's word is recorded."""
    if listing.state is not ListingState.PUBLISHED or listing.left is None:
        return None
    is_own = may_manage(actor, listing.organisation)
    if not is_own and not may_act_for(actor, listing.organisation):
        return None
    return MoveButton(
        name="confirm",
        label=N_("Still this much") if is_own else N_("Record what they say"),
        url=url_for("produce.confirm", public_id=listing.public_id),
        blockers=(),
        tone="primary" if getattr(listing, "is_stale", False) else "quiet",
        reasons=(),
        confirm=None,
        form_key=new_key(),
        is_page=not is_own,
        version=listing.version,
    )


def waiting(listing: Listing, why_not: Text | None = None) -> dict[str, Any]:
    """A listing in the officials' queue; ``why_not`` says why it is somebody else's to approve."""
    tags: list[tuple[Text | str, str]] = []
    if why_not is not None:
        tags.append((why_not, "plain"))
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
        "drawing": PAGES[listing.kind].drawing(listing),
    }
