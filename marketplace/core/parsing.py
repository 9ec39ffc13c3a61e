"""The one refusal of everything that reads what people type."""

from __future__ import annotations

from marketplace.core.i18n import Text


class Unreadable(ValueError):
    """What was typed cannot be taken.

    ``text`` is one sentence for the person who typed it: what is wrong, how to put it right, and
    an example. Forms hang it on their field; services turn it into ``errors.Invalid``.
    """

    def __init__(self, text: Text | str) -> None:
        self.text = text if isinstance(text, Text) else Text(text)
        super().__init__(str(self.text))
