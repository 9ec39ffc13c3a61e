"""The board of matches and deals: its columns are this one mapping from states (decisions 20).

Pure: a case in, its column out.
"""

from __future__ import annotations

from enum import StrEnum

from marketplace.core.i18n import N_
from marketplace.deals.rules import DealState
from marketplace.matching.rules import MatchState


class Column(StrEnum):
    """A column; the value stands in addresses. What was stopped is in the list only."""

    PROPOSED = "moi"
    NEGOTIATING = "thuong-luong"
    AGREED = "thoa-thuan"
    DELIVERING = "dang-giao"
    DONE = "xong"
    STOPPED = "dung"


COLUMN_LABELS = {
    Column.PROPOSED: N_("Newly proposed"),
    Column.NEGOTIATING: N_("Approved, negotiating"),
    Column.AGREED: N_("Agreed, signed"),
    Column.DELIVERING: N_("Being delivered"),
    Column.DONE: N_("Finished"),
    Column.STOPPED: N_("Stopped"),
}

ON_BOARD = tuple(column for column in Column if column is not Column.STOPPED)

COLUMN_OF: dict[MatchState | DealState, Column] = {
    MatchState.PROPOSED: Column.PROPOSED,
    MatchState.REJECTED: Column.STOPPED,
    MatchState.CANCELLED: Column.STOPPED,
    MatchState.APPROVED: Column.NEGOTIATING,
    DealState.NEGOTIATING: Column.NEGOTIATING,
    DealState.AGREED: Column.AGREED,
    DealState.SIGNED: Column.AGREED,
    DealState.ACTIVE: Column.DELIVERING,
    DealState.COMPLETED: Column.DONE,
    DealState.PARTLY_COMPLETED: Column.DONE,
    DealState.CANCELLED: Column.STOPPED,
    DealState.SUSPENDED: Column.DELIVERING,
    DealState.DISPUTED: Column.DELIVERING,
    DealState.TERMINATED: Column.STOPPED,
}
"""Every state of a match and a deal; the deal's counts as soon as there is one."""
