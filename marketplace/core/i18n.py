"""Texts for people, marked for translation without importing Flask.

Message ids are English. The language is chosen where a text is shown (``web.locale``), never
where it is made, so that a mail written by the worker and a page of the same event agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def N_(msgid: str) -> str:  # noqa: N802  the field's standard name
    """Mark ``msgid`` for extraction and return it unchanged."""
    return msgid


class Text:
    """A message id with its parameters: ``Text(N_("%(n)s kg are left"), n=40)``."""

    __slots__ = ("msgid", "params")

    def __init__(self, msgid: str, /, **params: object) -> None:
        self.msgid = msgid
        self.params: Mapping[str, object] = MappingProxyType(params)

    def __str__(self) -> str:
        return self.msgid % self.params if self.params else self.msgid

    def __repr__(self) -> str:
        return f"Text({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Text)
            and self.msgid == other.msgid
            and dict(self.params) == dict(other.params)
        )

    def __hash__(self) -> int:
        return hash((self.msgid, tuple(sorted((k, str(v)) for k, v in self.params.items()))))


class Inside(Text):
    """A text in the middle of a sentence, where Vietnamese writes the word for a month small."""

    __slots__ = ()
