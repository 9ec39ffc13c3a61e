"""The roles a person can have in an organisation, and what it takes to decide for a locality."""

from __future__ import annotations

from enum import StrEnum

from marketplace.core.i18n import N_


class Role(StrEnum):
    """A membership's role. Officials and leaders exist only in a locality's authority."""

    VISITOR = "visitor"
    MEMBER = "member"
    MANAGER = "manager"
    OFFICIAL = "official"
    LEADER = "leader"
    SYSTEM = "system"


LABELS = {
    Role.VISITOR: N_("Visitor"),
    Role.MEMBER: N_("Member"),
    Role.MANAGER: N_("Manager"),
    Role.OFFICIAL: N_("Official"),
    Role.LEADER: N_("Leader"),
    Role.SYSTEM: N_("The program"),
}

OFFICERS = frozenset({Role.OFFICIAL, Role.LEADER})
"""Those who may verify, approve and turn keys, each within the own locality."""
