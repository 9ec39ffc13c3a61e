"""What someone keeps before signing in: public ids in a signed cookie of this browser.

It is set only when someone presses a heart, read on no other page than that of kept listings, and
goes when they sign in, because the person's rows hold its listings then.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadData, URLSafeSerializer

from marketplace.shortlist.rules import MOST_IN_BROWSER, known
from marketplace.web.security import keep_choice

COOKIE = "da-luu"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="shortlist")


def read() -> list[str]:
    """The public ids kept in this browser, the latest first; none in a forged or broken cookie."""
    raw = request.cookies.get(COOKIE)
    if not raw:
        return []
    try:
        ids = _signer().loads(raw)
    except BadData:
        return []
    return known(ids, MOST_IN_BROWSER) if isinstance(ids, list) else []


def write(ids: Sequence[str]) -> None:
    """Keep these, for a year from now; none removes the cookie."""
    value = str(_signer().dumps(list(ids[:MOST_IN_BROWSER]))) if ids else None

    @after_this_request
    def _keep(response: Response) -> Response:
        keep_choice(response, COOKIE, value)
        return response
