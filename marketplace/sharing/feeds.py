"""Lists as Atom feeds (RFC 4287), paged as RFC 5005 says, and sitemaps (sitemaps.org)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True, slots=True)
class Item:
    """An entry. ``key`` is an id that never changes."""

    key: str
    title: str
    url: str
    text: str
    author: str
    category: str
    published_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed. ``links`` are relation and address: itself, the page it stands for, other pages."""

    key: str
    title: str
    author: str
    language: str
    updated_at: datetime
    links: Sequence[tuple[str, str]]
    items: Sequence[Item]


def written(moment: datetime) -> str:
    """A moment as RFC 3339 writes it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def atom(feed: Feed) -> bytes:
    """The feed as a file."""
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": feed.language})
    _texts(root, ("id", feed.key), ("title", feed.title), ("updated", written(feed.updated_at)))
    _author(root, feed.author)
    for relation, address in feed.links:
        kind = "text/html" if relation == "alternate" else "application/atom+xml"
        ET.SubElement(root, "link", {"rel": relation, "type": kind, "href": address})
    for item in feed.items:
        entry = ET.SubElement(root, "entry")
        _texts(
            entry,
            ("id", item.key),
            ("title", item.title),
            ("published", written(item.published_at)),
            ("updated", written(item.updated_at)),
        )
        _author(entry, item.author)
        ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": item.url})
        if item.category:
            ET.SubElement(entry, "category", {"term": item.category})
        _texts(entry, ("summary", item.text))
    return _file(root)


def _author(parent: ET.Element, name: str) -> None:
    _texts(ET.SubElement(parent, "author"), ("name", name))


def _texts(parent: ET.Element, *pairs: tuple[str, str]) -> None:
    for name, text in pairs:
        ET.SubElement(parent, name).text = text


def sitemap(addresses: Iterable[tuple[str, datetime | None]]) -> bytes:
    """A map of pages: address, and when it last changed."""
    return _map("urlset", "url", addresses)


def sitemap_index(addresses: Iterable[tuple[str, datetime | None]]) -> bytes:
    """The map of the maps."""
    return _map("sitemapindex", "sitemap", addresses)


def _map(outer: str, inner: str, addresses: Iterable[tuple[str, datetime | None]]) -> bytes:
    root = ET.Element(outer, {"xmlns": SITEMAP})
    for address, changed_at in addresses:
        one = ET.SubElement(root, inner)
        _texts(one, ("loc", address))
        if changed_at is not None:
            _texts(one, ("lastmod", written(changed_at)))
    return _file(root)


def _file(root: ET.Element) -> bytes:
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body
