"""Hashing passwords: argon2id with OWASP's minimum, at most four at once (quality page F29)."""

from __future__ import annotations

import hashlib
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_at_once = threading.BoundedSemaphore(4)
_DUMMY = _hasher.hash("nobody has this password")


def hashed(password: str) -> str:
    """The hash to store."""
    with _at_once:
        return _hasher.hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Whether the password is right. Takes as long when there is nothing to compare with."""
    with _at_once:
        try:
            right: bool = _hasher.verify(stored or _DUMMY, password)
        except (VerificationError, InvalidHashError):
            return False
    return right and stored is not None


def fingerprint(public_id: str, stored: str | None) -> str:
    """Changes with every new password of a person; nothing can be learnt from it."""
    return hashlib.sha256(f"{public_id}:{stored or ''}".encode()).hexdigest()[:16]
