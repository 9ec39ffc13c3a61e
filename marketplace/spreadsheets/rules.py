"""The states of an import and its moves."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.core.actor import Actor
from marketplace.core.i18n import N_
from marketplace.core.workflow import Transition, Workflow, nobody_but_the_program, states

if TYPE_CHECKING:
    from marketplace.spreadsheets.models import Import


class ImportState(StrEnum):
    """Where an uploaded file stands."""

    MAPPING = "mapping"
    CHECKING = "checking"
    FAULTY = "faulty"
    READY = "ready"
    SAVED = "saved"
    DROPPED = "dropped"


def may_handle(actor: Actor, upload: Import) -> bool:
    """Whoever uploaded the file, acting for the same organisation."""
    return actor.user_id == upload.user_id and actor.is_of(upload.organisation_id)


PERMISSIONS = {"handle": may_handle}

_S = ImportState
_OPEN = states(_S.MAPPING, _S.CHECKING, _S.READY, _S.FAULTY)

IMPORT = Workflow(
    "import",
    ImportState,
    _S.CHECKING,
    Transition(
        "ask", states(_S.CHECKING), _S.MAPPING, nobody_but_the_program, N_("Ask for columns")
    ),
    Transition(
        "map", states(_S.MAPPING), _S.CHECKING, may_handle, N_("Use these columns"), tone="primary"
    ),
    Transition("fail", states(_S.CHECKING), _S.FAULTY, nobody_but_the_program, N_("Report faults")),
    Transition(
        "pass", states(_S.CHECKING), _S.READY, nobody_but_the_program, N_("Find it in order")
    ),
    Transition("save", states(_S.READY), _S.SAVED, may_handle, N_("Save all"), tone="primary"),
    Transition("drop", _OPEN, _S.DROPPED, may_handle, N_("Do not import"), tone="danger"),
    labels={
        _S.MAPPING: N_("Columns to be named"),
        _S.CHECKING: N_("Being checked"),
        _S.FAULTY: N_("Has faults"),
        _S.READY: N_("Ready to be saved"),
        _S.SAVED: N_("Saved"),
        _S.DROPPED: N_("Not imported"),
    },
)
