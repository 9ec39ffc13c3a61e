"""The certificates by which produce is chosen: their codes in addresses, and what people call them.

Pure. Which of them holds for a listing on a day is worked out by ``covering``.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from types import MappingProxyType

from marketplace.core.text import fold
from marketplace.papers.types import Counts, PaperType, of_count

CERTIFICATES = of_count(Counts.CERTIFICATE)
"""In the order of the bits of a mask of them."""

ENOUGH_LETTERS = 4
"""Letters from which on the beginning of a name means it."""

NAMES: Mapping[PaperType, tuple[str, ...]] = MappingProxyType(
    {
        PaperType.FOOD_SAFETY: ("ATTP", "VSATTP", "an toàn thực phẩm", "food safety"),
        PaperType.OCOP: ("OCOP",),
        PaperType.VIETGAP: ("VietGAP", "Viet GAP"),
        PaperType.ORGANIC: ("hữu cơ", "organic", "TCVN 11041"),
        PaperType.GLOBALGAP: ("GlobalGAP", "Global GAP", "GlobalG.A.P."),
        PaperType.HACCP: ("HACCP",),
        PaperType.ISO_22000: ("ISO 22000", "ISO"),
        PaperType.SAFE_CHAIN: ("chuỗi cung ứng an toàn", "chuỗi an toàn", "safe supply chain"),
        PaperType.LIQUOR: ("giấy phép rượu", "liquor licence"),
    }
)

CERTIFICATE_WORDS = frozenset(
    word for names in NAMES.values() for word in map(fold, names) if " " not in word
)
"""Names that are one word, folded: whoever types one of them means it."""


def code_of(kind: PaperType) -> str:
    """Its code in addresses."""
    return kind.value.replace("_", "-")


MOST_WORDS = max(len(name.split()) for names in NAMES.values() for name in names)
"""Words of the longest name."""

PAPERS = "giay-to"
"""The filter of lists that asks for a certificate valid now."""


def named_in(q: str) -> list[tuple[PaperType, str]]:
    """The certificates someone names, each with the words beside its name.

    One that stands alone may be only begun: “vietg”, but “mật ong vietgap”.
    """
    if alone := _named(q):
        return [(kind, "") for kind in alone]
    words = q.split()
    return [
        (kind, " ".join(words[:start] + words[end:]))
        for start, end in combinations(range(len(words) + 1), 2)
        if end - start <= MOST_WORDS
        for kind in _named(" ".join(words[start:end]), is_whole=True)
    ]


def _named(q: str, *, is_whole: bool = False) -> list[PaperType]:
    asked = fold(q).replace(" ", "")
    may_begin = not is_whole and len(asked) >= ENOUGH_LETTERS
    return [
        kind
        for kind, names in NAMES.items()
        for whole in [[fold(name).replace(" ", "") for name in names]]
        if asked in whole or (may_begin and any(name.startswith(asked) for name in whole))
    ]
