"""The public page of a buyer: who it is, and what it looks for."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts import passed_on
from marketplace.accounts.rules import KIND_LABELS
from marketplace.catalogue.browse import cards
from marketplace.catalogue.kinds.need import queries
from marketplace.web.access import PUBLIC, access
from marketplace.web.navigation import Entry

bp = Blueprint("need", __name__)
ENTRIES: tuple[Entry, ...] = ()


@bp.get("/doanh-nghiep/ben-mua/<public:public_id>")
@access(PUBLIC, kept=True)
def buyer(public_id: str) -> ResponseReturnValue:
    """A business that agreed to be named, with its needs for everyone."""
    organisation, ids = queries.buyer(public_id)
    needs = cards("need", ids)
    path = f"/doanh-nghiep/ben-mua/{organisation.public_id}"
    things = [(need.title, need.url) for need in needs]
    return render_template(
        "catalogue/kinds/need/buyer.html",
        organisation=organisation,
        kind=KIND_LABELS[organisation.kind],
        needs=needs,
        told=passed_on.of_page(organisation, path, passed_on.SEEKS, things),
    )


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(bp)
