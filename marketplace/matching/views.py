"""Pages on which officials propose matches. The case itself has its page in ``deals``."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.changes import LISTINGS
from marketplace.catalogue.taxonomy import PERIOD_LABELS
from marketplace.core.i18n import N_
from marketplace.interests import queries as interests
from marketplace.interests.models import Interest
from marketplace.interests.rules import INTEREST, InterestState
from marketplace.matching import queries, services
from marketplace.matching.forms import HandForm, ProposeForm
from marketplace.matching.models import Match
from marketplace.matching.rules import MATCHING
from marketplace.programme import queries as programme
from marketplace.programme.rules import DECISION_LABELS, policy_of
from marketplace.web.access import OFFICIALS, access, actor
from marketplace.web.forms import handle
from marketplace.web.navigation import CASES, Entry, officer

bp = Blueprint("matching", __name__)
ENTRIES: tuple[Entry, ...] = (
    Entry("matching.waiting", N_("Matches to propose"), 21, officer, office=CASES),
)

OFFERED = 60
"""Listings and organisations a list shows at once; the search narrows it."""

PROPOSED = N_("The match has been proposed. Both sides have been asked.")


@bp.route("/lam-viec/ghep")
@access(OFFICIALS)
def waiting() -> ResponseReturnValue:
    """Accepted interests that wait for a match."""
    accepted = [i for i in interests.waiting(actor()) if i.state is InterestState.ACCEPTED]
    return render_template("matching/waiting.html", interests=accepted)


@bp.route("/lam-viec/ghep/quan-tam/<public:public_id>", methods=["GET", "POST"])
@access(OFFICIALS)
def from_interest(public_id: str) -> ResponseReturnValue:
    """Propose a match from an accepted interest."""
    interest = interests.get(public_id, actor())
    if request.method == "GET":
        INTEREST.require(interest, "convert", actor())
    form = ProposeForm(
        data={
            "quantity": _amount(interest),
            "unit_price": interest.unit_price or interest.goods.price_asked,
            "value": interest.capital,
        }
    ).about(interest.listing)
    return handle(
        form,
        lambda: _interest_page(form, public_id),
        lambda: services.propose_from_interest(actor(), public_id, form.values()),
        _case,
        said=PROPOSED,
    )


def _interest_page(form: ProposeForm, public_id: str) -> str:
    """The form beside what the interest asks for, read anew: a refusal ended its transaction."""
    interest = interests.get(public_id, actor())
    policy = policy_of(interest.pair.policies, interest.listing.match_decision)
    return render_template(
        "matching/from_interest.html",
        form=form,
        interest=interest,
        goods=interest.goods,
        period=PERIOD_LABELS[interest.period] if interest.period else None,
        policy=policy,
    )


@bp.route("/lam-viec/ghep/moi", methods=["GET", "POST"])
@access(OFFICIALS, uploads=True)
def by_hand() -> ResponseReturnValue:
    """Bring together a listing and an organisation; also to enter an earlier dealing.

    ?tin= and ?ben= choose both beforehand, as an introduction does.
    """
    asked = {name: request.args.get(name, "") for name in ("hang", "to-chuc")}
    begun = {"listing": request.args.get("tin"), "buyer": request.args.get("ben")}
    form = HandForm(data=begun).offer(
        list(queries.listings_to_offer(actor(), asked["hang"], OFFERED)),
        list(queries.partners_to_offer(actor(), asked["to-chuc"], OFFERED)),
    )
    pairs = programme.of_locality(actor().locality_id or 0)
    return handle(
        form,
        lambda: render_template(
            "matching/by_hand.html",
            form=form,
            asked=asked,
            policies=[
                (DECISION_LABELS[decision], policy_of(pair.policies, decision))
                for pair in pairs[:1]
                for decision in MATCHING
            ],
        ),
        lambda: services.propose_by_hand(
            actor(), form.listing.data, form.buyer.data, form.values()
        ),
        _case,
        said=PROPOSED,
    )


def _case(match: Match) -> str:
    return url_for("deals.case", public_id=match.public_id)


def _amount(interest: Interest) -> int | None:
    """The amount asked for or offered, where a match is counted in the same unit."""
    return interest.quantity if interest.unit is interest.goods.unit_sold else None


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
    catalogue.also_concerns(queries.takes_part)
    LISTINGS.declare("match", queries.listings_of)
