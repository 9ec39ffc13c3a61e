"""Which twinning a page belongs to, and the page about what was signed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Blueprint, Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_
from marketplace.programme import queries
from marketplace.programme.models import Pair
from marketplace.programme.rules import DECISION_LABELS, Decision, policy_of
from marketplace.web.access import PUBLIC, access
from marketplace.web.navigation import Entry

bp = Blueprint("programme", __name__)
ENTRIES: tuple[Entry, ...] = (
    Entry(
        "programme.about",
        N_("About the twinning"),
        62,
        in_top=False,
        group=N_("Explore"),
    ),
)

KEPT_SECONDS = 10.0
"""How long a process shows pairs as it read them; another process may have loaded a new one."""


@dataclass
class Pairs:
    """The pairs as this process read them last."""

    kept: float
    pairs: Sequence[Pair] = ()
    until: float = field(default=0.0)

    def now(self) -> Sequence[Pair]:
        """All pairs, at most ``kept`` seconds old."""
        if time.monotonic() >= self.until:
            self.pairs = queries.detached()
            self.until = time.monotonic() + self.kept if self.pairs else 0.0
        return self.pairs


def _choose_pair() -> None:
    """Say which pair this address shows, before anything else asks."""
    if request.endpoint in {"static", "pages.hello"}:
        return
    pairs: Pairs = current_app.extensions["pairs"]
    if current_app.testing:
        pairs.until = 0.0  # a test's pairs go with its transaction
    g.pair = queries.choose(pairs.now(), request.host, current_app.config["SETTINGS"].pair)


@bp.get("/gioi-thieu")
@access(PUBLIC, kept=True)
def about() -> ResponseReturnValue:
    """What the two localities signed, and which decisions need both of them."""
    pair = queries.with_texts(g.pair.id) if g.pair else None
    if pair is None:
        raise NotFound
    policies = [(DECISION_LABELS[d], policy_of(pair.policies, d)) for d in Decision]
    return render_template("programme/about.html", agreement=pair, policies=policies)


def init_app(app: Flask) -> None:
    """Register the pages, and choose the pair of every request."""
    app.extensions["pairs"] = Pairs(KEPT_SECONDS)
    app.before_request(_choose_pair)
    app.register_blueprint(bp)
