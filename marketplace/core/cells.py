"""Text in files that spreadsheets open: never run, rightly read (quality page T19). Pure."""

from __future__ import annotations

BOM = "\ufeff"
"""In front of a CSV file, so that its letters are read as UTF-8."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet would run; the last four are the full-width forms."""


def harmless(text: str) -> str:
    """``text`` as a cell that stays text: an apostrophe in front of what would be run."""
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(FORMULA) else text
