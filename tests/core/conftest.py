"""What every reader of typed text must refuse: one corpus, given to each as ``hostile``."""

from __future__ import annotations

import pytest

HOSTILE = {
    "empty": "",
    "blank": " \t\u00a0\u3000 ",
    "nul": "1\x00",
    "escape": "\x1b[31m1",
    "lone surrogate": "1\ud800",
    "replacement": "1\ufffd",
    "non-character": "1\uffff",
    "arabic digits": "١٢٣٤٥٦٧٨٩٠",
    "full-width digits": "１２３４５６７８９０",
    "superscript": "1²",
    "5000 digits": "9" * 5000,
    "nan": "NaN",
    "snan": "sNaN",
    "infinity": "Infinity",
    "exponent": "1e400",
    "minus nought": "-0",
    "minus": "-1",
    "true minus": "\u22125",
    "plus": "+5",
    "underscore": "1_000",
    "hexadecimal": "0x10",
    "english thousands": "1,234,567",
    "english decimals": "1.5",
    "dots": "...",
    "header": "a@b.vn\r\nBcc: c@d.vn",
    "formula": "=1+1",
    "markup": "<script>alert(1)</script>",
    "path": "../../etc/passwd",
    "number": 5,
    "float": float("nan"),
    "none": None,
    "list": ["1"],
    "bytes": b"1",
    "accents": "a" + "\u0301" * 20_000,
}


@pytest.fixture(params=HOSTILE.values(), ids=HOSTILE.keys())
def hostile(request: pytest.FixtureRequest) -> object:
    """A value nobody types in good faith."""
    value: object = request.param
    return value
