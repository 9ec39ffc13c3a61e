"""Quantities in words."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.core.i18n import Inside, Text
from marketplace.core.quantity import Unit
from marketplace.web.formats import months_text, quantity
from marketplace.web.locale import in_language, say


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        (1_000, Unit.HOP, "1 box"),
        (300_000, Unit.HOP, "300 boxes"),
        (1_500, Unit.LIT, "1.5 litres"),
        (14_000, Unit.CON, "14 head"),
        (2_000, Unit.KG, "2 kg"),
    ],
)
def test_english_says_how_many(app: Flask, amount: int, unit: Unit, words: str) -> None:
    with app.test_request_context("/", headers={"Cookie": "lang=en"}):
        assert quantity(amount, unit) == words


def test_a_month_inside_a_sentence_begins_small_in_vietnamese(app: Flask) -> None:
    with app.test_request_context("/"), in_language("vi"):
        assert say(Text("In %(month)s", month=Inside("November"))) == "Có hàng tháng 11"
        assert months_text(0b1100_0000_0011) == "Tháng 11 đến tháng 2"
        assert months_text(0b0000_0100_0101) == "Tháng 1, tháng 3, tháng 7"
    with app.test_request_context("/"), in_language("en"):
        assert say(Text("In %(month)s", month=Inside("November"))) == "In November"
        assert months_text(0b1100_0000_0011) == "November to February"
