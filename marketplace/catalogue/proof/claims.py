"""Words a listing should not carry: claims to cure, and for alcohol the words of price promotion.

Food and medicinal plants may not be said to cure (advertising law, NĐ 15/2018), alcohol may not be
promoted by price (law 44/2019 on harm from alcohol) [OK]. The lists are data: edit them here. They
are compared folded, without accents, as whole words; so they find more than they should and only
warn, the writer and the reviewer alike. For alcohol the second list blocks.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from marketplace.core.text import fold

CURES = (
    "chữa bệnh",
    "chữa khỏi",
    "chữa lành",
    "chữa ung thư",
    "chữa tiểu đường",
    "chữa dứt điểm",
    "trị bệnh",
    "trị dứt điểm",
    "trị tận gốc",
    "trị ung thư",
    "trị tiểu đường",
    "trị yếu sinh lý",
    "trị vô sinh",
    "đặc trị",
    "điều trị",
    "khỏi hẳn",
    "khỏi bệnh",
    "hết bệnh",
    "dứt bệnh",
    "thần dược",
    "thuốc tiên",
    "bài thuốc gia truyền",
    "thay thế thuốc",
    "không cần dùng thuốc",
    "diệt tế bào ung thư",
    "ngừa ung thư",
    "phòng ung thư",
    "hạ huyết áp",
    "tan sỏi",
    "giải độc gan",
    "tăng cường sinh lực",
    "cam kết khỏi",
    "cures",
    "cure for",
    "heals disease",
    "treats cancer",
    "prevents cancer",
)

PROMOTIONS = (
    "giảm giá",
    "hạ giá",
    "khuyến mãi",
    "khuyến mại",
    "ưu đãi giá",
    "giá sốc",
    "giá rẻ nhất",
    "xả hàng",
    "mua một tặng một",
    "mua 1 tặng 1",
    "mua 2 tặng 1",
    "tặng kèm",
    "quà tặng kèm",
    "chiết khấu",
    "đồng giá",
    "flash sale",
    "sale off",
    "discount",
    "special offer",
)


@lru_cache(maxsize=8)
def _folded(phrases: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((phrase, f" {fold(phrase)} ") for phrase in phrases)


def found(phrases: tuple[str, ...], texts: Iterable[str]) -> list[str]:
    """Which of these phrases stand in the texts as whole words, in the order of the list.

    Each text is looked at by itself: no phrase begins in one and ends in the next.
    """
    folded = [f" {fold(text)} " for text in texts]
    return [phrase for phrase, key in _folded(phrases) if any(key in text for text in folded)]


def cures(texts: Iterable[str]) -> list[str]:
    """Claims to cure that stand in these texts."""
    return found(CURES, texts)


def promotions(texts: Iterable[str]) -> list[str]:
    """Words of price promotion that stand in these texts."""
    return found(PROMOTIONS, texts)
