"""The refusals of the program. Each is one sentence for the person who asked.

``web.errors`` turns them into pages: 404, 403, 409, 422, 429, 503.
"""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.core.i18n import N_, Text


class DomainError(Exception):
    """A use case refused; nothing was changed."""

    def __init__(self, text: Text | str) -> None:
        self.text = text if isinstance(text, Text) else Text(text)
        super().__init__(str(self.text))


class NotFound(DomainError):
    """Not there, or not visible to the one who asks: the two are told alike."""

    def __init__(self, text: Text | str = N_("This page was not found.")) -> None:
        super().__init__(text)


class NotAllowed(DomainError):
    """Visible, but not theirs to do."""


class WrongState(DomainError):
    """The move does not start from the state the record is in."""


class Blocked(WrongState):
    """Something is still missing; every gap is named at once."""

    def __init__(self, blockers: Sequence[Text]) -> None:
        self.blockers = list(blockers)
        super().__init__(self.blockers[0])


class Conflict(DomainError):
    """Someone else changed the record in the meantime."""

    def __init__(
        self,
        text: Text | str = N_(
            "Someone changed this at the same moment. Look at it again, then repeat your step."
        ),
    ) -> None:
        super().__init__(text)


class Invalid(DomainError):
    """A value cannot be taken; ``field`` names the form field it stands in."""

    def __init__(self, field: str, text: Text | str) -> None:
        self.field = field
        super().__init__(text)


class TooManyTries(DomainError):
    """Something was tried too often in a short time; it can be tried again later (429)."""


class Unavailable(DomainError):
    """Something the program needs does not answer or is full; nothing was changed (503)."""


class Repeated(Exception):
    """The same form was sent before; ``location`` is the answer it got."""

    def __init__(self, location: str) -> None:
        self.location = location
        super().__init__(location)
