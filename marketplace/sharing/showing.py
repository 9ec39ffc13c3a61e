"""A public listing in words: for previews, shared texts, feeds and calendars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import g, request, url_for

from marketplace.catalogue.browse import Lists
from marketplace.catalogue.kinds import SECTIONS
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.kinds.tourism.model import OFFERING_LABELS
from marketplace.catalogue.lists import Wished
from marketplace.catalogue.models import Listing
from marketplace.catalogue.taxonomy import GROUP_LABELS, SECTOR_LABELS, Period, PriceKind
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.clock import VIETNAM
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_
from marketplace.core.quantity import Unit
from marketplace.core.text import fold
from marketplace.programme.models import Pair
from marketplace.questions import queries as questions
from marketplace.reports import queries as reports
from marketplace.roads.rules import Condition
from marketplace.sharing import exports, linked, queries
from marketplace.sharing.feeds import Feed, Item
from marketplace.sharing.fields import SHAPE_WORDS
from marketplace.sharing.ical import Day, Season
from marketplace.sharing.picture import Card
from marketplace.sharing.queries import SEASONAL, Face
from marketplace.sharing.rules import shortened, urn
from marketplace.web import formats, qr
from marketplace.web.locale import DEFAULT, gettext, language, say
from marketplace.web.templating import theme_pack

SUMMARY = 200
"""Characters of a summary: what previews of other programs show."""

PREVIEWED = frozenset(
    {
        *("pages.home", "catalogue.index", "reports.index", "sharing.data"),
        *("tracing.seller", "need.buyer"),
    }
)
"""Pages that show the picture of the whole portal when someone passes them on."""


# ------------------------------------------------------------ words


def price(face: Face) -> str:
    """What it costs, or what is sought, with its unit; empty where nothing is said."""
    if face.is_investment:
        return _capital(face)
    if face.price_kind is PriceKind.MARKET:
        return gettext("Market price")
    if face.price_high is None and face.price_low is None:
        return ""
    if face.kind == "need":
        return gettext("at most %(price)s", price=_each(formats.money(face.price_high), face.unit))
    low, high = formats.money(face.price_low), formats.money(face.price_high)
    return _each(low if face.price_high in {None, face.price_low} else f"{low} – {high}", face.unit)


def _each(amount: str, unit: Unit | None) -> str:
    return f"{amount}/{formats.unit_name(unit)}" if unit else amount


def _capital(face: Face) -> str:
    if face.usd_low is not None:
        low, high = _millions(face.usd_low), _millions(face.usd_high)
        text = gettext("%(amount)s million USD", amount=_span(low, high))
    else:
        text = _span(formats.money_short(face.capital_low), formats.money_short(face.capital_high))
    return gettext("%(amount)s for each ha", amount=text) if text and face.is_rate else text


def _millions(dollars: int | None) -> str:
    return "" if dollars is None else formats.quantity(dollars // 1000)


def _span(low: str, high: str) -> str:
    return low if not high or low == high else f"{low} – {high}"


def quantity(face: Face) -> str:
    """How much there is, or how much is sought, with its period; empty where none is stated."""
    if face.kind == "tourism":
        return formats.number(face.capacity)
    if not face.quantity:
        return ""
    amount = formats.quantity(face.quantity, face.unit)
    if face.period is Period.WEEK:
        return gettext("%(quantity)s a week", quantity=amount)
    if face.period is Period.MONTH:
        return gettext("%(quantity)s a month", quantity=amount)
    return amount


def where(face: Face) -> str:
    """Village and locality, or the place its writer named, which may name the locality itself."""
    named = face.village or face.place
    if named and _holds(named, face.locality):
        return named
    if named and _holds(face.locality, named):
        return face.locality
    locality = formats.inside(face.locality) if named else face.locality
    return ", ".join(part for part in (named, locality) if part)


def _holds(place: str, other: str) -> bool:
    """Whether the words of a place hold those of another."""
    return f" {fold(other)} " in f" {fold(place)} "


def what(face: Face) -> str:
    """Its group, what is offered, or its sector."""
    if face.group is not None:
        return say(GROUP_LABELS[face.group])
    if face.offering is not None:
        return say(OFFERING_LABELS[face.offering])
    return ", ".join(say(SECTOR_LABELS[sector]) for sector in face.sectors)


ROAD_WORDS = {Condition.CLOSED: N_("Road closed"), Condition.NARROW: N_("Passage restricted")}

PRICE_LINES = {
    "produce": N_("Price: %(words)s"),
    "tourism": N_("Price: %(words)s"),
    "need": N_("Pays %(words)s"),
    "opportunity": N_("Capital sought: %(words)s"),
}
QUANTITY_LINES = {
    "produce": N_("Left: %(words)s"),
    "tourism": N_("Room for: %(words)s"),
    "need": N_("Needs: %(words)s"),
    "opportunity": N_("Needs: %(words)s"),
}
OWNER_LINES = {
    "produce": N_("Seller: %(words)s"),
    "tourism": N_("Host: %(words)s"),
    "need": N_("Who seeks: %(words)s"),
    "opportunity": N_("Who calls: %(words)s"),
}


def lines(face: Face) -> list[str]:
    """The facts of a listing, one a line, without its title: only what is known."""
    said = [
        (N_("Wants to invest %(words)s") if _is_brief(face) else PRICE_LINES[face.kind],
         price(face)),
        (QUANTITY_LINES[face.kind], quantity(face)),
        (N_("Months: %(words)s"), formats.months_text(face.months) if face.months else ""),
        (OWNER_LINES[face.kind], say(face.owner)),
        (N_("Place: %(words)s"), where(face)),
        (N_("Until: %(words)s"), formats.day(face.closes_on) if face.is_taking else ""),
    ]  # fmt: skip
    found = [gettext(label, words=words) for label, words in said if words]
    return [*found, *(say(words) for words in warnings(face))]


def _is_brief(face: Face) -> bool:
    return face.kind == "need" and face.is_investment


def warnings(face: Face) -> list[str]:
    """What one should know first: closed, no application taken, paused, no licence, road."""
    found = []
    if face.state == "closed":
        found.append(N_("Closed"))
    elif not face.is_taking:
        found.append(N_("Applications closed"))
    elif face.is_shut:
        found.append(N_("No licence now"))
    elif face.is_paused:
        found.append(N_("Paused"))
    if face.road is not None:
        found.append(ROAD_WORDS[face.road])
    return found


def summary(face: Face) -> str:
    """One or two lines for previews: price, season, place, then the beginning of its text."""
    months = formats.months_text(face.months) if face.months else ""
    facts = [part for part in (price(face), months, where(face)) if part]
    text = face.goal or face.description
    return shortened(f"{' · '.join(facts)}. {text}" if facts else text, SUMMARY)


def message(face: Face) -> str:
    """A ready text to paste into a chat; the short address stands last, where chats preview it."""
    return "\n".join([face.title, *lines(face), qr.address(face.short_path)])


def facebook(address: str) -> str:
    """Where Facebook asks what to say about one of our pages; nothing is sent before that."""
    return f"https://www.facebook.com/sharer/sharer.php?{urlencode({'u': address})}"


# ------------------------------------------------------------ the picture


def card(face: Face) -> Card:
    """What the preview picture of a listing shows, in the present language."""
    tags = [say(words) for words in warnings(face)]
    return Card(
        look=theme_pack(),
        kind=say(PAGES[face.kind].name),
        title=face.title,
        price=price(face),
        quantity=gettext(QUANTITY_LINES[face.kind], words=quantity(face)) if quantity(face) else "",
        owner=say(face.owner),
        where=where(face),
        months=face.months,
        month=clock.today().month,
        season=formats.months_text(face.months) if face.months else "",
        tags=tuple(tags),
        is_demonstration=face.is_demonstration,
        site=site_name(),
        photo=face.photo.digest if face.photo else None,
    )


def general_card() -> Card:
    """The picture of the portal as a whole."""
    pair = g.get("pair")
    return Card(
        look=theme_pack(),
        kind=gettext("Twinned since %(day)s", day=formats.day(pair.signed_on)) if pair else "",
        title=gettext("The mountains bring the harvest, the sea opens the market"),
        owner=f"{pair.source.name} – {pair.market.name}" if pair else "",
        where=gettext("Produce, investment opportunities, needs and tourism"),
        site=site_name(),
    )


def site_name() -> str:
    """The name of the portal."""
    pair = g.get("pair")
    return say(pair.name if pair else N_("Matchmaking portal"))


def picture_address(face: Face | None = None) -> str:
    """The full address of a preview picture; it changes when what is drawn changes."""
    drawn = general_card() if face is None else card(face)
    given: dict[str, Any] = {"v": drawn.digest[:10]}
    if language() != DEFAULT:
        given["lang"] = language()
    if face is None:
        return qr.address(url_for("sharing.general", **given))
    return qr.address(url_for("sharing.preview", public_id=face.public_id, **given))


# ------------------------------------------------------------ parts of pages


def head(listing: Listing, _reader: Actor) -> Mapping[str, Any] | None:
    """What stands in the head of a public listing's page; None for what is not for everyone."""
    face = _face_of(listing)
    if face is None:
        return None
    return {
        "title": face.title,
        "description": summary(face),
        "url": qr.address(face.path),
        "image": picture_address(face),
        "data": linked.as_script(linked.page(face)),
    }


def side(listing: Listing, _reader: Actor) -> Mapping[str, Any]:
    """The box beside a listing: what can be passed on, printed, copied."""
    known = {"public_id": listing.public_id, "published_at": listing.published_at}
    face = _face_of(listing)
    if face is None:
        return {**known, "message": None, "calendar_url": None}
    return {
        **known,
        "title": face.title,
        "url": qr.address(face.path),
        "code": url_for("tracing.listing_qr", public_id=face.public_id, form="svg"),
        "message": message(face),
        "facebook": facebook(qr.address(face.path)),
        "calendar_url": f"{face.path}.ics" if face.months or face.closes_on else None,
        "has_months": bool(face.months),
    }


def _face_of(listing: Listing) -> Face | None:
    """The face of a listing one is looking at, read once a request."""
    if not listing.is_for_everyone:
        return None
    kept: dict[int, Face | None] = g.setdefault("faces", {})
    if listing.id not in kept:
        try:
            kept[listing.id] = queries.face(listing.public_id)
        except NotFound:  # hidden or closed to the public a moment ago
            kept[listing.id] = None
    return kept[listing.id]


def frame(_actor: Actor) -> dict[str, Any]:
    """What the frame of some pages says to other programs: picture and feeds."""
    if request.endpoint not in PREVIEWED:
        return {}
    return {
        "preview_image": picture_address(),
        "preview_url": qr.address(request.path),  # never the host someone asked by
        "feeds": _feeds(),
    }


def _feeds() -> list[tuple[str, str, str]]:
    """The feed and the calendar of the list shown: media type, title, address."""
    kind = SECTIONS.get((request.view_args or {}).get("section", ""))
    if kind is None:
        return []
    wished = Wished.read(PAGES[kind].spec, request.args.to_dict(flat=False))
    pair: Pair | None = g.get("pair")
    if pair is not None and wished.chosen:  # the list itself has read the villages already
        wished = wished.among(Lists(pair).places())
    found = [("application/atom+xml", gettext("New in this list"), address(wished, "atom"))]
    if kind in SEASONAL:
        calendar = address(wished, "ics")
        found.append(("text/calendar", gettext("Months of this list as a calendar"), calendar))
    return found


def address(wished: Wished, form: str, page: int = 1) -> str:
    """The full address of a list in another form, its filters as on the page."""
    given = [(name, value) for name, value in wished.pairs() if name != "sap"]
    if page > 1:
        given.append(("trang", str(page)))
    if language() != DEFAULT:
        given.append(("lang", language()))
    path = f"{wished.spec.path}.{form}" if form else wished.spec.path
    return qr.address(f"{path}?{urlencode(given)}" if given else path)


# ------------------------------------------------------------ feeds, calendars, open data


def list_name(wished: Wished) -> str:
    """The name of a list, and what is asked of it."""
    spec = wished.spec
    said = [wished.q] if wished.q else []
    said += [
        say(label)
        for facet in spec.facets
        for code in wished.of(facet.name)
        for label in [facet.chip(code, ())]
        if label is not None
    ]
    name = say(PAGES[spec.kind].name)
    return f"{name}: {', '.join(said)}" if said else name


def feed(pair: Pair, wished: Wished, found: Sequence[Face], number: int, last: int) -> Feed:
    """One page of a list as a feed. The order of its entries is that of their publication."""
    items = sorted(found, key=lambda face: (face.published_at, face.id), reverse=True)
    begun = datetime.combine(pair.signed_on, time(), VIETNAM)
    pages = {"first": 1, "previous": number - 1, "next": number + 1, "last": last}
    return Feed(
        key=urn(pair.code, address_key(wished)),
        title=f"{list_name(wished)} – {site_name()}",
        author=site_name(),
        language=language(),
        updated_at=max((face.updated_at for face in items), default=begun),
        links=[
            ("self", address(wished, "atom", number)),
            ("alternate", address(wished, "")),
            *((rel, address(wished, "atom", n)) for rel, n in pages.items() if 1 <= n <= last),
        ],
        items=[_item(face) for face in items],
    )


def address_key(wished: Wished) -> str:
    """What a feed is known by: its list and filters, in whatever order they were given."""
    return urlencode([("", wished.spec.section), *sorted(wished.pairs())])


def _item(face: Face) -> Item:
    return Item(
        key=urn("listing", face.public_id),
        title=face.title,
        url=qr.address(face.path),
        text="\n".join([*lines(face), shortened(face.goal or face.description, SUMMARY)]),
        author=say(face.owner),
        category=what(face),
        published_at=face.published_at,
        updated_at=face.updated_at,
    )


def season(face: Face) -> Season:
    """The months of a listing for a calendar."""
    return Season(
        key=UUID(urn("season", face.public_id)).hex,
        title=face.title,
        text="\n".join(lines(face)),
        place=where(face),
        url=qr.address(face.path),
        group=what(face),
        months=face.months,
        since=clock.local(face.published_at).year,
        changed_at=face.updated_at,
    )


def key_days(face: Face) -> list[Day]:
    """The last day for questions and the day it closes, as far as it has them."""
    until = questions.last_day(face.id, face.published_at, face.closes_on)
    said = [
        ("hoi", N_("Last day for questions: %(title)s"), until),
        ("dong", N_("Closes: %(title)s"), face.closes_on),
    ]
    return [
        Day(
            key=UUID(urn("days", face.public_id)).hex,
            code=code,
            title=gettext(words, title=face.title),
            text="\n".join(lines(face)),
            place=where(face),
            url=qr.address(face.path),
            on=on,
            changed_at=face.updated_at,
        )
        for code, words, on in said
        if on is not None
    ]


@dataclass(frozen=True, slots=True)
class DatasetView:
    """A set of open data on its page: files, number of records, fields."""

    name: str
    count: int
    changed_at: datetime | None
    csv_url: str
    json_url: str
    fields: Sequence[tuple[str, str, str, str]]


def datasets(pair: Pair) -> list[DatasetView]:
    """All sets, with their fields in the present language."""
    counts = dict(queries.counts(pair))
    changed = queries.last_changes(pair)
    results = sum(reports.counts(pair.id, reports.widest(pair)).values())
    given: dict[str, Any] = {} if language() == DEFAULT else {"lang": language()}
    return [
        DatasetView(
            name=one.name,
            count=results if one.kind is None else counts[one.kind],
            changed_at=changed.get(one.kind or ""),
            csv_url=url_for("sharing.download", code=one.code, form="csv", **given),
            json_url=url_for("sharing.download", code=one.code, form="json", **given),
            fields=[
                (field.name, SHAPE_WORDS[field.shape], field.meaning, ", ".join(field.codes))
                for field in one.fields
            ],
        )
        for one in exports.DATASETS.values()
    ]
