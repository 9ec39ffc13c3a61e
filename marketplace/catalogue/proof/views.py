"""The page on which the goods of a paper are named, and the sections papers add to listings."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalogue import panels
from marketplace.catalogue.panels import Panel
from marketplace.catalogue.proof import queries, services, showing
from marketplace.catalogue.proof.forms import GoodsForm
from marketplace.catalogue.proof.rules import may_cover
from marketplace.core.errors import NotAllowed, WrongState
from marketplace.core.i18n import N_
from marketplace.papers import panels as paper_panels
from marketplace.papers import queries as papers
from marketplace.papers.models import Paper
from marketplace.papers.rules import OPEN, may_judge
from marketplace.web.access import MEMBERS, access, actor
from marketplace.web.forms import handle
from marketplace.web.navigation import Entry

bp = Blueprint("proof", __name__)
ENTRIES: tuple[Entry, ...] = ()


@bp.route("/giay-to/<public:public_id>/hang", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def goods(public_id: str) -> ResponseReturnValue:
    """Name the goods a paper covers."""
    paper = papers.get(public_id, actor())
    _require(paper)
    offered = queries.goods_of(paper)
    chosen = queries.chosen_listings(paper.line)
    form = GoodsForm(
        data={
            "groups": queries.chosen_groups(paper.line),
            "listings": [one.public_id for one in offered if one.id in chosen],
        }
    ).offer(offered)
    _speak(form, paper)
    number, name = paper.number, paper.facts.label
    return handle(
        form,
        lambda: render_template(
            "proof/goods.html", form=form, number=number, name=name, back=_url(public_id)
        ),
        lambda: services.choose_goods(actor(), public_id, form.values(), form.acting()),
        lambda saved: _url(saved.public_id),
        N_("Saved. The listings it covers show it once it is verified."),
    )


def _require(paper: Paper) -> None:
    if not paper.is_chosen:
        raise WrongState(N_("This paper covers all goods; there is nothing to choose."))
    if not may_cover(actor(), paper):
        raise NotAllowed(N_("This step is not yours to take."))


def _speak(form: GoodsForm, paper: Paper) -> None:
    """Ask how one knows, unless one judges the paper or recorded it a moment ago."""
    mine = paper.state in OPEN and actor().user_id in {acted.user_id for acted in paper.acting}
    form.speak_for(None if mine or may_judge(actor(), paper) else paper.organisation)


def _url(public_id: str) -> str:
    return url_for("papers.show", public_id=public_id)


def init_app(app: Flask) -> None:
    """Register the page and the sections; let everyone open papers of those who show goods."""
    app.register_blueprint(bp)
    if queries.with_goods not in papers.ON_SHOW:
        papers.ON_SHOW.append(queries.with_goods)
    panels.add(
        Panel("papers", "page", "proof/_on_page.html", showing.on_page, order=10),
        Panel("papers_own", "own", "proof/_inside.html", showing.inside, order=10),
        Panel("papers_review", "review", "proof/_inside.html", showing.inside, order=10),
    )
    paper_panels.add(paper_panels.Panel("goods", "proof/_goods.html", showing.of_paper))
