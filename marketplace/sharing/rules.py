"""What may be told of a public record, and names that never change. Pure."""

from __future__ import annotations

from uuid import UUID, uuid5

from marketplace.accounts.rules import OrganisationKind, may_be_named

FEED_SIZE = 50
"""Entries on one page of a feed."""
CALENDAR_SIZE = 240
"""Listings in one calendar file; a calendar program shows no more at once."""
SITEMAP_SIZE = 50_000
"""Addresses a sitemap may hold (sitemaps.org)."""
EXPORT_STEP = 500
"""Listings read at once for a file of open data."""

_NAMESPACE = UUID("5f0c5a3e-1f0e-5d1c-9a55-0a2f7a1f6c11")
"""Ours, chosen once: ids made from it must be the same for ever, wherever the site stands."""


def may_name(kind: OrganisationKind, *, names_owner: bool, agreed: bool) -> bool:
    """Whether files for machines may name the owner of a listing.

    A page shows whom one would deal with; what can be copied by the thousand names a household
    only by its own agreement (decisions page 32).
    """
    return agreed or (names_owner and may_be_named(kind, agreed=agreed))


def shortened(text: str, longest: int) -> str:
    """The beginning of ``text`` in one line, whole words, at most ``longest`` characters."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return (cut.rpartition(" ")[0] if " " in cut else cut).rstrip(" ,.;:–-") + "…"


def urn(*parts: str) -> str:
    """An id for feeds that stays when title, address and host change."""
    return uuid5(_NAMESPACE, "/".join(parts)).urn
