"""The program with a row changed before each request: what a page costs right after a write.

``BENCH_WRITES`` says about what is written: ``listing``, unless it is ``deal``.
"""

from __future__ import annotations

import os
from itertools import count

from config import Settings
from marketplace import create_app
from marketplace.catalogue.models import Listing
from marketplace.core.actor import SYSTEM
from marketplace.core.db import db
from marketplace.core.journal import record
from marketplace.core.use_case import use_case
from marketplace.deals.models import Deal

ABOUT = {"listing": Listing, "deal": Deal}[os.environ.get("BENCH_WRITES", "listing")]
ROWS = 500
"""Written about one after the other."""
app = create_app(Settings.from_env())
turn = count()


@use_case
def change() -> None:
    """Write about one row after the other, as every use case does."""
    row = db.session.get_one(ABOUT, 1 + next(turn) % ROWS)
    record(f"{row.__tablename__}.measured", row, SYSTEM)


@app.before_request
def write() -> None:
    """Write, then let the request be answered."""
    change()
