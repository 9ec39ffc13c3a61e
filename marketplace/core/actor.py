"""Who acts: the facts a rule may ask about, frozen for the length of one request or job."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from marketplace.core.roles import OFFICERS, Role

if TYPE_CHECKING:
    from marketplace.accounts.models import StoredFile


@dataclass(frozen=True, slots=True)
class OnPaper:
    """The scan of a signed sheet, and the colleague who brings in what was decided on it."""

    scan: StoredFile
    recorder: Actor


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in the membership they act in now, or the program itself.

    The locality comes from the membership's organisation, never from a form.
    """

    role: Role
    user_id: int | None = None
    name: str = ""
    organisation_id: int | None = None
    organisation_name: str = ""
    organisation_kind: str = ""
    organisation_verified: bool = False
    locality_id: int | None = None
    language: str | None = None
    on_paper: OnPaper | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether a person stands behind it."""
        return self.user_id is not None

    @property
    def is_system(self) -> bool:
        """Whether the program itself acts (clock, last key)."""
        return self.role is Role.SYSTEM

    @property
    def is_officer(self) -> bool:
        """Whether it may decide for its locality."""
        return self.role in OFFICERS and self.locality_id is not None

    def is_officer_of(self, *locality_ids: int | None) -> bool:
        """Whether it decides for one of these localities."""
        return self.is_officer and self.locality_id in locality_ids

    def is_of(self, organisation_id: int | None) -> bool:
        """Whether it acts for this organisation."""
        return organisation_id is not None and self.organisation_id == organisation_id

    @property
    def enters(self) -> Actor:
        """Who sits at the screen: the actor, or who brings in what the actor decided on paper."""
        return self.on_paper.recorder if self.on_paper else self

    @property
    def off_paper(self) -> Actor:
        """The same without the sheet: for what follows from a decision by itself."""
        return replace(self, on_paper=None)


ANONYMOUS = Actor(Role.VISITOR)
SYSTEM = Actor(Role.SYSTEM)
