"""The public lists: what someone asked for, the cards that fit, and how many each filter leaves.

Statements are built once per shape and select columns, never entities (quality page, section 1).
All listings of a list are read once for each state of the data, their orders when first asked
for; filters, counts and pages come from memory (``tally``). A page then costs the same few queries
whatever is asked: what the database held last, the words searched, the cards and their photos.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from marketplace.accounts.models import Locality, Organisation, Village
from marketplace.catalogue import fewer, finding, spelling
from marketplace.catalogue.changes import LISTINGS
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.lists import Args, Facet, ListSpec, Place, Wished
from marketplace.catalogue.models import Listing, Photo
from marketplace.catalogue.proof.held import CERTIFICATE_WORDS
from marketplace.catalogue.queries import EVERYONE, Reader, addressed_to, on_offer
from marketplace.catalogue.ranking import Ranking, keys_of
from marketplace.catalogue.rules import STALE_AFTER, Availability
from marketplace.catalogue.search import (
    MAX_QUERY,
    Query,
    Search,
    Synonyms,
    Term,
    holds,
    neighbours,
    parse,
    tokens,
    whole,
    written_as,
)
from marketplace.catalogue.tally import Codes, Order, Tally
from marketplace.catalogue.vocabulary import look_up
from marketplace.core import clock, text
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.db import db
from marketplace.core.shelf import Shelf
from marketplace.programme.models import Pair
from marketplace.roads import queries as roads
from marketplace.roads.rules import Condition
from marketplace.web.pagination import Page, page_number

T = TypeVar("T")

SIMILAR = 4
"""Similar listings shown below one."""

_L = cast("sa.Table", Listing.__table__)
_V = cast("sa.Table", Village.__table__)
_ORG = cast("sa.Table", Organisation.__table__)
_PLACE = cast("sa.Table", Locality.__table__)
_PHOTO = cast("sa.Table", Photo.__table__)


def asked_page(args: Args) -> int:
    """The number of the page asked for."""
    return page_number(next(iter(args.get("trang", ())), None))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many listings fit in all, and how many each value of each facet leaves."""

    total: int
    by_facet: Mapping[str, Mapping[str, int]]


class Lists:
    """The lists of a pair as they stand at this moment."""

    def __init__(self, pair: Pair, viewer: Actor = ANONYMOUS) -> None:
        self.pair = pair
        self._reader = Reader.of(viewer)
        self._shelf = Shelf()

    def page(self, wished: Wished, number: int = 1) -> Page[Any]:
        """One page of cards; a number beyond the last gives the last page."""

        def load() -> Page[Any]:
            fitting = self._fitting(wished)
            total, size = fitting.bit_count(), wished.per_page
            shown = min(number, max(1, -(-total // size)))
            tally, order = self._tally(wished.spec), self._order(wished.spec, wished.q, wished.sort)
            ids = tally.page(order, fitting, (shown - 1) * size, size)
            return Page(tuple(_cards(wished.spec, ids)), shown, total, size)

        return self._kept((wished, number, self._reads(wished.spec)), load)

    def counts(self, wished: Wished) -> Counts:
        """Counts for the filters, whatever the order."""
        key = ("counts", wished.spec, wished.q, wished.chosen, self._reads(wished.spec))
        return self._kept(key, lambda: self._counts(wished))

    def total(self, wished: Wished) -> int:
        """How many fit, without the counts for the filters; not kept."""
        return self._fitting(wished).bit_count()

    def _counts(self, wished: Wished) -> Counts:
        spec = wished.spec
        among = self._searched(wished)
        found = self._tally(spec).counts([wished.of(facet.name) for facet in spec.facets], among)
        by_facet = {f.name: by_code for f, by_code in zip(spec.facets, found, strict=True)}
        return Counts(self.total(wished), by_facet)

    def _fitting(self, wished: Wished) -> int:
        """The listings that fit what is searched and chosen, as bits."""
        spec = wished.spec
        return self._tally(spec).fitting(
            [wished.of(facet.name) for facet in spec.facets], self._searched(wished)
        )

    def _searched(self, wished: Wished) -> int:
        """The listings that hold the words searched, as bits; all, if there are none."""
        spec, tally = wished.spec, self._tally(wished.spec)
        search = self.search(wished.q)
        if search.is_unreadable:
            return 0
        if not search.words:
            return tally.everything

        def load() -> int:  # whichever order was asked for holds the same
            return tally.bits(self._order(spec, wished.q, wished.sort))

        return self._kept(("searched", spec, wished.q, self._reads(spec)), load)

    def places(self) -> Sequence[Place]:
        """The villages of both localities in Vietnamese order."""

        def load() -> list[Place]:
            rows = db.session.execute(
                sa.select(_V.c.id, _V.c.name)
                .where(_V.c.locality_id.in_(self.pair.locality_ids))
                .order_by(_V.c.sort_key, _V.c.id)
            )
            return [Place(row.id, text.slug(row.name), row.name) for row in rows]

        return self._kept("villages", load)

    def wished(self, spec: ListSpec, args: Args) -> Wished:
        """What an address asks of a list here; values that are none are left aside."""
        return Wished.read(spec, args).among(self.places())

    def everywhere(self, q: str, skip: int, size: int) -> tuple[list[int], int]:
        """Listings of all kinds that hold these words in one order, and how many there are.

        As in a list: what is written exactly so first, then titles, then the newest.
        """
        search = self.search(q)
        if not search.words:
            return [], 0
        asked = {"size": size, "skip": skip}
        total = db.session.scalar(_HOW_MANY, self._given(_HOW_MANY, search)) or 0
        found = db.session.scalars(_EVERYWHERE, self._given(_EVERYWHERE, search, asked))
        return list(found), total

    def search(self, q: str) -> Search:
        """How the words of a query are read here: the localities' own names count.

        “thôn Aur” asks for Aur, whose listings do not all say that it is a village.
        """

        def load() -> Search:
            if not tokens(q):
                return parse(q)
            names = [text.fold(place.name).split() for place in self.places()]
            return parse(_without_titles_before(names, q), self._names())

        return self._kept(("search", q), load)

    def closest(self, q: str, kinds: Sequence[str], *, places: bool = False) -> str | None:
        """The nearest spelling that finds something of these kinds for this reader, as written.

        For a query that finds nothing. With ``places``, one that names a village counts as well.
        Where no reading of what looks wrong finds anything, a word that is right by itself may be a
        slip all the same: one of them, if the words then stand together in a title. A few
        statements: what the vocabulary knows, and once or twice how much each reading finds and
        how rows that the likeliest finds write the words.
        """
        typed = tokens(q)
        if not typed:
            return None

        def load() -> str | None:
            names = self._run_together()
            known = _with_names(look_up(asked := spelling.looked_up(typed)), names, asked)
            stay, doubtful = _settled(q, known)
            readings = spelling.readings(typed, known, names, stay)
            if readings and (found := self._best(q, readings, kinds, doubtful, places=places)):
                return found
            every = spelling.readings(typed, known, names, _meant(q, typed))
            once = [reading for reading in every if reading[0] <= spelling.ONE_SLIP]
            return self._best(q, once, kinds, in_title=True) if once else None

        return self._kept(("closest", q, tuple(kinds), places, self._reader), load)

    def fewer(self, q: str, kinds: Sequence[str]) -> Sequence[str]:
        """The longest parts of a query that stand in a title of these kinds for this reader.

        For a query that finds nothing; at most ``MOST_PARTS``. Where no title has any, what is
        found with one word less. A mark that was typed was meant: a word that nobody writes with
        its marks is in no part. One statement.
        """
        tried = fewer.parts(q)
        if not tried:
            return ()

        def load() -> Sequence[str]:
            typed = {form: text.plain(form) for form in text.marked(q[:MAX_QUERY])}
            named = _names_in(tuple(typed.values()))
            marked = [form for form, word in typed.items() if form != word and word not in named]
            searched = [self.search(part).words for part in tried]
            rows, written = self._try(searched, list(map(whole, searched)), marked, kinds)
            strange = {*marked} - written
            held = {
                part: bool(rows[at].titled)
                for at, part in enumerate(tried)
                if at in rows and strange.isdisjoint(text.marked(part))
            }
            return fewer.longest(q, held)[:MOST_PARTS]

        return self._kept(("fewer", q, tuple(kinds), self._reader), load)

    def _run_together(self) -> dict[str, Sequence[str]]:
        """Known spellings and the names of places in one word, and how they are kept."""
        places = [text.fold(place.name).split() for place in self.places()] + self._localities()
        return {**text.SPELT_AS_ONE, **{"".join(words): words for words in places}}

    def _best(
        self,
        q: str,
        readings: Sequence[tuple[int, tuple[str, ...]]],
        kinds: Sequence[str],
        doubtful: Mapping[str, str] = MappingProxyType({}),
        *,
        places: bool = False,
        in_title: bool = False,
    ) -> str | None:
        """The likeliest reading that finds something, as the first row found writes it.

        ``doubtful`` are typed words that are known without their marks: where someone writes them
        with these marks, they were meant. ``in_title``: all its words must stand in one title. A
        reading that drops a mark somebody typed is none.
        """
        searched = [whole(parse(" ".join(words), self._names()).words) for _, words in readings]
        rows, written = self._try(searched, searched, list(doubtful.values()), kinds)
        meant = {word for word, form in doubtful.items() if form in written}
        named = {
            at
            for at, (_, words) in enumerate(readings)
            if places and self.named_by(" ".join(words))
        }
        typed, localities = tokens(q), self._localities()
        off_the_keys = tuple(map(spelling.keys, typed))
        spelt = {
            at
            for at, (_, words) in enumerate(readings)
            if any(s for _, s in text.spelt(words))
            or any(_hold(words, name) for name in localities)
        }
        titled = {at for at in rows if rows[at].titled}
        certain = {at for at, (_, words) in enumerate(readings) if words == off_the_keys}
        certain |= named | spelt
        anywhere = titled | (spelt & rows.keys()) if in_title else {*rows, *named}
        if len(typed) > PAIR:  # where several are set right, they must belong together
            several = {at for at, (_, words) in enumerate(readings) if len({*typed} - {*words}) > 1}
            anywhere -= several - titled - certain
        if len(typed) == 1:  # one word alone comes near too many others, except what is none
            is_several = not spelling.is_syllable(typed[0])
            cheap = {at for at, (cost, _) in enumerate(readings) if cost <= spelling.ONE_SLIP}
            certain |= {at for at in cheap if is_several and "".join(readings[at][1]) == typed[0]}
            anywhere &= titled | certain | (cheap if is_several else set())

        def unlikely(at: int) -> tuple[int, int, int]:
            strange = 0 if at in certain | titled else spelling.NO_TITLE
            known = spelling.NAMED if at in named | spelt else 0
            return (readings[at][0] + strange - known, -rows[at].found if at in rows else 0, at)

        found = [at for at in anywhere if meant <= set(readings[at][1])]
        for at in sorted(found, key=unlikely)[:MOST_WRITTEN]:
            if at not in rows:
                return self.named_by(" ".join(readings[at][1]))[0].name
            said = self._as_written(q, readings[at][1], kinds)
            if text.keeps_marks(q[:MAX_QUERY], said):
                return said
        return None

    def _try(
        self,
        texts: Sequence[Query],
        titles: Sequence[Query],
        marked: Sequence[str],
        kinds: Sequence[str],
    ) -> tuple[dict[int, Any], set[str]]:
        """The readings that find something, by their place, and the marked words that are written.

        A row says how much is found (up to ``ENOUGH``), and whether one title has it all. One
        statement.
        """
        statement = _tried(len(texts), len(marked))
        asked: dict[str, Any] = {"kinds": list(kinds)}
        asked |= {f"words_{at}": words for at, words in enumerate(texts)}
        asked |= {f"title_{at}": words for at, words in enumerate(titles)}
        asked |= {f"marks_{at}": ((_one(form),),) for at, form in enumerate(marked)}
        given = self._given(statement, None, asked)
        held = {row.at: row for row in db.session.execute(statement, given) if row.found}
        written = {form for at, form in enumerate(marked) if -1 - at in held}
        return {at: row for at, row in held.items() if at >= 0}, written

    def _as_written(self, q: str, words: Sequence[str], kinds: Sequence[str]) -> str:
        """A reading of a query as the first row writes it in which most words stand together."""
        typed = {text.plain(form): form for form in text.marked(q[:MAX_QUERY])}
        search = parse(" ".join(typed.get(word, word) for word in words), self._names())
        given = self._given(_AS_WRITTEN, search, {"kinds": list(kinds)})
        rows = db.session.scalars(_AS_WRITTEN, given).all()
        best = max(rows, key=lambda marks: neighbours(words, marks), default="")
        return self._with_names_as_written(written_as(words, best, q, self._names()))

    def _localities(self) -> list[list[str]]:
        """The folded names of both localities, without what they are."""
        both = (self.pair.source, self.pair.market)
        return [_without_titles(text.fold(place.name).split()) for place in both]

    def _with_names_as_written(self, said: str) -> str:
        """The same with the villages and both localities as they are written: “Ngũ Hành Sơn”."""
        words = said.split()
        localities = (self.pair.source.name, self.pair.market.name)
        for name in (*(place.name for place in self.places()), *localities):
            written = _without_titles(name.split())
            marked = text.marked(" ".join(written))
            for at in range(len(words) - len(marked) + 1):
                here = slice(at, at + len(marked))
                if words[here] == marked and not spelling.is_common(" ".join(marked)):
                    words[here] = written
        return " ".join(words)

    def named_by(self, q: str) -> Sequence[Place]:
        """The villages whose name a query means: typed, begun, or another name for them.

        What they are may stand before the name: “thôn Aur”.
        """
        words = text.words(q)
        asked = {" ".join(words), " ".join(_without_titles(words))}
        searched = [query for said in asked if (query := parse(said, self._names()).words)]
        return [
            place
            for place in self.places()
            for name in [text.fold(place.name).split()]
            if any(holds(query, name) for query in searched)
        ]

    def first(self, wished: Wished, size: int) -> tuple[Sequence[Any], int]:
        """The first rows of a list in few columns, and how many there are: one statement."""
        if not self.search(wished.q).words:
            return (), 0
        statement = _first(wished.spec, wished.sort or wished.spec.default_sort)

        def load() -> tuple[Sequence[Any], int]:
            given = self._given(statement, self.search(wished.q), {"size": size})
            rows = db.session.execute(statement, given).all()
            return rows, rows[0].total if rows else 0

        return self._kept(("first", wished, size, self._reads(wished.spec)), load)

    def _names(self) -> Sequence[Synonyms]:
        return self._kept("names", lambda: finding.names_of(self.pair.locality_ids))

    def _tally(self, spec: ListSpec) -> Tally:
        """All listings of a list, by the values of its facets."""

        def counted(facet: Facet) -> Codes:
            places = self.places()
            return lambda value: facet.counted(value, places)

        def load() -> Tally:
            rows = self._rows(_values(spec))
            return Tally.read(rows, [counted(facet) for facet in spec.facets])

        def renew(tally: Tally, changed: Collection[int]) -> Tally:
            return tally.renewed(changed, self._rows(_values(spec, only_some=True), changed))

        return self._followed(("tally", spec, self._reads(spec)), load, renew)

    def _rows(self, statement: sa.Select[Any], ids: Collection[int] = ()) -> Sequence[sa.Row[Any]]:
        """All rows of a statement, or those of these listings."""
        given = self._given(statement, None, {"ids": list(ids)})
        return db.session.execute(statement, given).all()

    def _order(self, spec: ListSpec, q: str, sort: str) -> Order:
        """All listings that hold the words searched, in an order."""
        search, named = self.search(q), sort or spec.default_sort
        if not search.words:  # what is unreadable finds none of them
            return self._ranking(spec, named)

        def load() -> Order:
            ranking = self._ranking(spec, named)
            ranks = list(db.session.scalars(_HELD, self._given(_HELD, search)))
            if not spec.ranks(named):
                ranks = [" ".join(ranks)]
            return array("q", chain.from_iterable(map(ranking.of, map(_numbers, ranks))))

        return self._kept(("order", spec, q, sort, self._reads(spec)), load)

    def _ranking(self, spec: ListSpec, sort: str) -> Ranking:
        """All listings of a list in an order."""

        def load() -> Ranking:
            statement, falling = _ranked(spec, sort)
            return Ranking.read(self._rows(statement), falling)

        def renew(ranking: Ranking, changed: Collection[int]) -> Ranking | None:
            statement, _ = _ranked(spec, sort, only_some=True)
            return ranking.renewed(changed, self._rows(statement, changed))

        return self._followed(("ranking", spec, sort, self._reads(spec)), load, renew)

    def similar(self, listing: Listing, limit: int = SIMILAR) -> Sequence[Any]:
        """Cards of other open listings like this one: its group and months, then its village."""
        spec, places = PAGES[listing.kind].spec, self.places()
        values = spec.akin(listing)
        alike = [
            (facet, facet.given(codes, places))
            for name, value in values.items()
            if value
            for facet in [next(f for f in spec.facets if f.name == name)]
            for codes in [tuple(facet.counted(value, places))]
            if codes
        ]
        if all(facet.shape == "months" for facet, _ in alike):
            return ()

        def load() -> Sequence[Any]:
            statement = _similar(spec, tuple(facet.name for facet, _ in alike))
            more = {facet.name: given for facet, given in alike}
            asked = self._given(statement, None, more | {"itself": listing.id, "size": limit})
            return tuple(_cards(spec, list(db.session.execute(statement, asked).scalars())))

        return self._kept(("similar", listing.id, limit, self._reads(spec)), load)

    def among(self, wished: Wished, chosen: sa.Select[Any]) -> list[int]:
        """Those of the listings ``chosen`` selects by id that stand in this list, newest first.

        The very conditions of the list decide, so that whoever is told later of what is new and
        whoever looks read the same.
        """
        shape = tuple(name for name, _ in wished.chosen)
        search = self.search(wished.q)
        if search.is_unreadable:
            return []
        fitting = _fitting(wished.spec, bool(search.words), shape)
        given = {
            facet.name: facet.given(wished.of(facet.name), self.places())
            for facet in wished.spec.facets
            if facet.name in shape
        }
        statement = fitting.where(_L.c.id.in_(chosen)).order_by(
            _L.c.published_at.desc(), _L.c.id.desc()
        )
        return list(db.session.execute(statement, self._given(fitting, search, given)).scalars())

    def _reads(self, spec: ListSpec) -> Reader:
        """As whom the list is read: what is for everyone is the same for all, and kept once."""
        return self._reader if spec.has_audiences else EVERYONE

    def _given(
        self,
        statement: sa.Select[Any] | sa.CompoundSelect[Any],
        search: Search | None,
        more: Mapping[str, Any] = {},
    ) -> dict[str, Any]:
        """What a statement asks for of everything that is known."""
        known = {
            "pair": self.pair.id,
            "source": self.pair.source_id,
            "market": self.pair.market_id,
            "reader": self._reader.organisation,
            "sells_in": self._reader.sells_in,
            "decides_in": self._reader.decides_in,
            **(finding.given(search) if search else {}),
            **moment(),
            **more,
        }
        return {name: known[name] for name in _names(statement)}

    def _kept(self, key: Hashable, load: Callable[[], T]) -> T:
        return self._shelf.keep((self.pair.id, key), load)

    def _followed(
        self, key: Hashable, load: Callable[[], T], renew: Callable[[T, Collection[int]], T | None]
    ) -> T:
        return self._shelf.follow((self.pair.id, key), LISTINGS, load, renew)


_TITLES = frozenset({"thôn", "làng", "xã", "phường", "bản"})
TITLES_OF_PLACES = frozenset(map(text.fold, _TITLES))
"""What stands before the name of a place, folded."""


def _without_titles(words: Sequence[str]) -> list[str]:
    """The words of a name without what it is: “thôn Aur” is Aur. “Ta Lang” keeps its last word."""
    words = list(words)
    while len(words) > 1 and text.fold(words[0]) in TITLES_OF_PLACES:
        words.pop(0)
    return words


def _without_titles_before(names: Iterable[Sequence[str]], q: str) -> str:
    """A query without what stands in it before one of these folded names, the last also begun.

    With its marks it is another word: “bán đẳng sâm” is for sale, not in a “bản”. That of “hợp tác
    xã” is none either.
    """
    typed = q.split()
    folded = [text.fold(word) for word in typed]
    others = text.in_spellings(folded)
    rests = ["".join(folded[at:]) for at in range(1, len(typed) + 1)]
    joined = ["".join(name) for name in names]
    return " ".join(
        word
        for word, title, rest in zip(typed, folded, rests, strict=True)
        if title not in TITLES_OF_PLACES - others
        or not {*text.marked(word)} <= _TITLES | TITLES_OF_PLACES
        or len(rest) < 2  # noqa: PLR2004  one letter begins no name yet
        or not any(rest.startswith(name) or name.startswith(rest) for name in joined)
    )


def _one(word: str) -> tuple[Term, ...]:
    return (Term(word),)


def _with_names(
    known: Mapping[str, Sequence[str]], names: Mapping[str, Sequence[str]], asked: Collection[str]
) -> dict[str, Sequence[str]]:
    """The vocabulary, and the names in one word, as far as they were asked for."""
    by_rest = spelling.with_names(tuple(names))
    found = dict(known)
    for rest in by_rest.keys() & asked:
        found[rest] = list(dict.fromkeys((*found.get(rest, ()), *by_rest[rest])))
    return found


def _settled(q: str, known: Mapping[str, Sequence[str]]) -> tuple[set[str], dict[str, str]]:
    """Typed words that need no correction, and those of which their marks have to be seen first.

    A word of every day, or one somebody here has written, was meant. The vocabulary knows no
    marks: of a word typed with marks that it knows without, someone has to write it with these.
    """
    stay = _names_in(tokens(q))
    doubtful: dict[str, str] = {}
    for form in text.marked(q[:MAX_QUERY]):
        word = text.plain(form)
        if word in stay:
            continue
        if spelling.is_common(form):
            stay.add(word)
        elif word in known.get(word, ()):
            if form == word:
                stay.add(word)
            elif form.isalnum():
                doubtful[word] = form
    return stay, doubtful


def _meant(q: str, typed: Sequence[str]) -> set[str]:
    """Typed words that are right however little is found: names, and words of every day.

    Of these only where marks are typed: “mat” may be any word, the “rừng” of “mật ong rừng” is one.
    """
    forms = text.marked(q[:MAX_QUERY])
    has_marks = any(text.plain(form) != form for form in forms)
    said = {text.plain(form) for form in forms if has_marks and form in spelling.COMMON}
    return _names_in(typed) | said


def _names_in(typed: Sequence[str]) -> set[str]:
    """Typed words of known spellings, and those that name a certificate: “ATTP” is no “Atêếp”."""
    return text.in_spellings(typed) | (CERTIFICATE_WORDS & set(typed))


def _hold(words: Sequence[str], name: Sequence[str]) -> bool:
    """Whether the words hold all of a name, one after the other."""
    size = len(name)
    return any([*words[at : at + size]] == [*name] for at in range(len(words) - size + 1))


def moment() -> dict[str, Any]:
    """What orders and cards may ask of the calendar: today, freshness, the turned year.

    Shifted right by ``past`` and left by ``ahead``, a mask of months begins with this month.
    """
    today = clock.today()
    return {
        "today": today,
        "fresh_since": today - STALE_AFTER,
        "past": today.month - 1,
        "ahead": 13 - today.month,
    }


def cards(kind: str, ids: Sequence[int]) -> Sequence[Any]:
    """The cards of these listings of a kind, in this order. Whoever asks knows who may see them."""
    return tuple(_cards(PAGES[kind].spec, list(ids))) if ids else ()


def list_page(
    pair: Pair,
    kind: str,
    args: Args | None = None,
    number: int = 1,
    viewer: Actor = ANONYMOUS,
) -> Page[Any]:
    """One page of a pair's list, asked for as an address would."""
    lists = Lists(pair, viewer)
    return lists.page(lists.wished(PAGES[kind].spec, args or {}), number)


def in_season(pair: Pair, limit: int) -> Sequence[Any]:
    """Produce that can be delivered this month, for the home page."""
    return list_page(pair, "produce", {"thang": [str(clock.today().month)]}).items[:limit]


def latest_opportunities(pair: Pair, limit: int) -> Sequence[Any]:
    """The opportunities published last, for the home page."""
    return list_page(pair, "opportunity", {"sap": ["moi"]}).items[:limit]


def latest(pair: Pair, kind: str, limit: int) -> Sequence[Any]:
    """The listings of a kind that were published last, for the home page."""
    return list_page(pair, kind, {"sap": ["moi"]}).items[:limit]


# ------------------------------------------------------------ statements, built once per shape


_READER = Reader(*(sa.bindparam(n, type_=sa.Integer) for n in ("reader", "sells_in", "decides_in")))


def _shown(spec: ListSpec) -> list[sa.ColumnElement[bool]]:
    """What a list shows of its kind."""
    return [
        _L.c.kind == spec.kind,
        *_on_offer(_READER if spec.has_audiences else EVERYONE),
    ]


def _on_offer(reader: Reader) -> list[sa.ColumnElement[bool]]:
    """Published, not hidden, for this reader, offered in the pair: its own, or its stock."""
    return [
        on_offer(_L.c),
        addressed_to(reader, _L.c),
        sa.or_(
            _L.c.pair_id == sa.bindparam("pair"),
            sa.and_(
                _L.c.is_offered_to_all,
                _L.c.locality_id.in_([sa.bindparam("source"), sa.bindparam("market")]),
            ),
        ),
    ]


def _found(is_searched: bool) -> Sequence[sa.ColumnElement[bool]]:  # noqa: FBT001  a shape
    return finding.FOUND if is_searched else ()


def _numbers(written: str) -> Iterable[int]:
    return map(int, written.split())


_IDS = sa.bindparam("ids", expanding=True, type_=sa.Integer)
_HELD = (
    sa.select(sa.func.string_agg(sa.cast(_L.c.id, sa.Text), sa.literal_column("' '")))
    .where(*finding.FOUND, on_offer(_L.c))
    .group_by(*finding.RANK)
    .order_by(*finding.RANK)
)
"""The ids of what holds the words searched, a text for each rank: a row for each id takes longer to
fetch than to find. What of them a list shows, and in what order, its ranking knows."""


@lru_cache(maxsize=256)
def _fitting(
    spec: ListSpec,
    is_searched: bool = False,  # noqa: FBT001, FBT002  a shape
    facets: tuple[str, ...] = (),
) -> sa.Select[Any]:
    where = [*_shown(spec), *_found(is_searched)]
    where += [facet.condition() for facet in spec.facets if facet.name in facets]
    return (
        sa.select(_L.c.id)
        .select_from(_L.join(spec.table, spec.table.c.id == _L.c.id))
        .where(*where)
    )


@lru_cache(maxsize=64)
def _ranked(
    spec: ListSpec, sort: str, *, only_some: bool = False
) -> tuple[sa.Select[Any], Sequence[bool]]:
    """All listings in an order with what they are ordered by; whether each of these falls."""
    order = [*spec.order(sort), _L.c.id.desc()]
    keys = keys_of(order)
    columns = [key.label(f"k{at}") for at, (key, _) in enumerate(keys)]
    statement = _fitting(spec).with_only_columns(*columns, maintain_column_froms=True)
    if only_some:
        return statement.where(_L.c.id.in_(_IDS)), ()
    return statement.order_by(*order), [falls for _, falls in keys]


@lru_cache(maxsize=32)
def _values(spec: ListSpec, *, only_some: bool = False) -> sa.Select[Any]:
    """What every listing, or some, holds of each facet."""
    columns = [facet.column.label(f"f{at}") for at, facet in enumerate(spec.facets)]
    statement = _fitting(spec).add_columns(*columns)
    return statement.where(_L.c.id.in_(_IDS)) if only_some else statement


COMPARED = 400
"""Listings, the newest, among which similar ones are looked for: the index walks them, so that the
page of a listing costs the same in a table of any size."""


@lru_cache(maxsize=64)
def _similar(spec: ListSpec, names: tuple[str, ...]) -> sa.Select[Any]:
    """Ids of listings that share values of these facets, the first weighing more than the rest."""
    facets = [next(f for f in spec.facets if f.name == name) for name in names]
    shares = [facet.condition() for facet in facets]
    one, none = (sa.literal_column(text, sa.Integer) for text in ("1", "0"))
    near: sa.ColumnElement[int] = none
    for share in shares:
        near = near * sa.literal_column("2", sa.Integer) + sa.case((share, one), else_=none)
    alike = [share for facet, share in zip(facets, shares, strict=True) if facet.shape != "months"]
    newest = (
        sa.select(_L.c.id)
        .where(
            *_shown(spec),
            _L.c.id != sa.bindparam("itself", type_=sa.Integer),
            _L.c.availability == Availability.OPEN,
        )
        .order_by(_L.c.published_at.desc(), _L.c.id.desc())
        .limit(sa.literal_column(str(COMPARED), sa.Integer))
        .subquery()
    )
    return (
        sa.select(_L.c.id)
        .select_from(
            newest.join(_L, _L.c.id == newest.c.id).join(spec.table, spec.table.c.id == newest.c.id)
        )
        .where(sa.or_(*alike))
        .order_by(near.desc(), *spec.sinks(), _L.c.published_at.desc(), _L.c.id.desc())
        .limit(sa.bindparam("size", type_=sa.Integer))
    )


_WHOSE = (
    _ORG.c.name.label("seller"),
    _ORG.c.kind.label("seller_kind"),
    _ORG.c.is_named_in_public.label("seller_is_named"),
    _PLACE.c.name.label("seller_place"),
    _V.c.name.label("village"),
)
"""Who offers a listing, and where."""


def _with_owner(spec: ListSpec) -> sa.FromClause:
    return (
        _L.join(spec.table, spec.table.c.id == _L.c.id)
        .join(_ORG, _ORG.c.id == _L.c.organisation_id)
        .join(_PLACE, _PLACE.c.id == _ORG.c.locality_id)
        .outerjoin(_V, _V.c.id == _L.c.village_id)
    )


@lru_cache(maxsize=32)
def _first(spec: ListSpec, sort: str) -> sa.Select[Any]:
    """The first rows of what is searched, each with how many there are."""
    order = [*finding.RANK, *spec.order(sort), _L.c.id.desc()]
    return (
        sa.select(
            _L.c.public_id,
            _L.c.slug,
            _L.c.title,
            *_WHOSE,
            sa.func.count().over().label("total"),
        )
        .select_from(_with_owner(spec))
        .where(*_shown(spec), *finding.FOUND)
        .order_by(*order)
        .limit(sa.bindparam("size", type_=sa.Integer))
    )


_KINDS = _L.c.kind.in_(sa.bindparam("kinds", expanding=True, type_=sa.Text))
ENOUGH = 20
"""Rows of one reading that are counted: more say nothing more about what was meant."""


@lru_cache(maxsize=64)
def _tried(readings: int, doubtful: int = 0) -> sa.CompoundSelect[Any]:
    """How many rows each of so many readings finds for this reader, up to ``ENOUGH``.

    And whether any has all its words in the title. Behind them, numbered from -1 down, whether
    each of so many words is written anywhere with just these marks.
    """
    none = sa.literal_column("0", sa.Integer)
    tried = [
        sa.select(
            sa.literal_column(str(at), sa.Integer).label("at"),
            sa.select(sa.func.count())
            .select_from(
                sa.select(_L.c.id)
                .where(_KINDS, *_on_offer(_READER), finding.InText(f"words_{at}"))
                .limit(sa.literal_column(str(ENOUGH), sa.Integer))
                .subquery()
            )
            .scalar_subquery()
            .label("found"),
            sa.case((_any(finding.InTitle(f"title_{at}")), 1), else_=none).label("titled"),
        )
        for at in range(readings)
    ]
    written = [
        sa.select(
            sa.literal_column(str(-1 - at), sa.Integer).label("at"),
            sa.case((_any(finding.InMarks(f"marks_{at}")), 1), else_=none).label("found"),
            none.label("titled"),
        )
        for at in range(doubtful)
    ]
    return sa.union_all(*tried, *written)


def _any(holds: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether this reader finds anything that fulfils this."""
    return sa.exists().where(_KINDS, *_on_offer(_READER), holds)


_AS_WRITTEN = (
    sa.select(_L.c.search_marked)
    .where(_KINDS, *_on_offer(_READER), *finding.FOUND)
    .order_by(*finding.RANK, _L.c.published_at.desc(), _L.c.id.desc())
    .limit(sa.literal_column(str(ENOUGH), sa.Integer))
)
MOST_PARTS = 2
"""Parts of a query that are proposed where all of it finds nothing."""
PAIR = 2
"""Words that may both be slips wherever the right ones stand; of more, all in one title."""
MOST_WRITTEN = 3
"""Readings, the likeliest, of which it is asked how they are written, until one keeps the marks."""


_HOLDING = sa.select(_L.c.id).where(*_on_offer(_READER), *finding.FOUND)
_HOW_MANY = sa.select(sa.func.count()).select_from(_HOLDING.subquery())
_EVERYWHERE = (
    _HOLDING.select_from(_L.outerjoin(PAGES["produce"].spec.table))
    .order_by(
        *finding.RANK, *PAGES["produce"].spec.sinks(), _L.c.published_at.desc(), _L.c.id.desc()
    )
    .limit(sa.bindparam("size", type_=sa.Integer))
    .offset(sa.bindparam("skip", type_=sa.Integer))
)
"""Listings of every kind that hold what is searched, in one order."""


@lru_cache(maxsize=1024)
def _names(statement: sa.Select[Any] | sa.CompoundSelect[Any]) -> frozenset[str]:
    """The parameters that only the moment knows; those with a value of their own are left out."""
    binds = statement.compile().binds
    return frozenset(name for name, bind in binds.items() if bind.required)


@lru_cache(maxsize=16)
def _card_statement(spec: ListSpec) -> sa.Select[Any]:
    return (
        sa.select(
            _L.c.id,
            _L.c.public_id,
            _L.c.slug,
            _L.c.title,
            _L.c.availability,
            _L.c.closes_on,
            _L.c.interest_count,
            _L.c.village_id,
            *_WHOSE,
            *spec.columns,
            *spec.declared(),
        )
        .select_from(_with_owner(spec))
        .where(_L.c.id.in_(_IDS))
    )


_PHOTOS = (
    sa.select(_PHOTO.c.listing_id, _PHOTO.c.public_id, _PHOTO.c.alt)
    .where(_PHOTO.c.listing_id.in_(_IDS), _PHOTO.c.is_shown)
    .order_by(_PHOTO.c.position.desc(), _PHOTO.c.id.desc())
)
"""Backwards, so that the first photo is the one that stays."""


def _first_photos(ids: list[int]) -> dict[int, tuple[str | None, str]]:
    rows = db.session.execute(_PHOTOS, {"ids": ids})
    return {row.listing_id: (row.public_id, row.alt) for row in rows}


def _cards(spec: ListSpec, ids: list[int]) -> Iterable[Any]:
    statement = _card_statement(spec)
    now = moment()
    photos = _first_photos(ids)
    given = {name: now[name] for name in _names(statement) if name != "ids"}
    rows = db.session.execute(statement, {"ids": ids, **given}).all()
    bad = roads.restrictions((row.village_id for row in rows), now["today"])
    cards = {
        row.id: _with_road(
            spec.card(row, photos.get(row.id, (None, "")), now), bad.get(row.village_id)
        )
        for row in rows
    }
    return [cards[key] for key in ids if key in cards]


def _with_road(card: Any, condition: Condition | None) -> Any:
    """The card, saying that the road of its village is closed or narrow, if its kind says so."""
    return (
        card if condition is None or "road" not in card._fields else card._replace(road=condition)
    )


__all__ = [
    "Counts",
    "Facet",
    "Lists",
    "asked_page",
    "cards",
    "in_season",
    "latest",
    "latest_opportunities",
    "list_page",
]
