"""Public names of records: random, so that nobody counts them, and easy to read to someone."""

from __future__ import annotations

import re
import secrets

ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"
"""Without 0 o, 1 i l, which look alike, and without vowels, which would make words."""

LENGTH = 10
_PUBLIC_ID = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def public_id() -> str:
    """A new id of ten characters, about 48 bits of chance."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def is_public_id(text: str) -> bool:
    """Whether ``text`` has the form of one; says nothing about a record behind it."""
    return _PUBLIC_ID.fullmatch(text) is not None
