"""The home page, help and rules, and small pages that machines ask for."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalogue import browse
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_
from marketplace.interests.rules import ACKNOWLEDGE_WITHIN, ANSWER_WITHIN
from marketplace.reports.queries import headline
from marketplace.web.access import PUBLIC, access
from marketplace.web.locale import COOKIE as LANGUAGE_COOKIE
from marketplace.web.locale import LANGUAGES
from marketplace.web.navigation import Entry, but, officer, producer, signed_in
from marketplace.web.qr import address
from marketplace.web.security import keep_choice, safe_next
from marketplace.web.templating import asset, theme_pack

bp = Blueprint("pages", __name__)

_HELP, _RULES = N_("Help"), N_("Rules")
ENTRIES: tuple[Entry, ...] = (
    Entry(
        "pages.home",
        N_("Home"),
        0,
        icon="home",
        in_top=False,
        tab_for=but(producer, officer),
    ),
    Entry("pages.guide", N_("Guide"), 60, in_top=but(signed_in), group=_HELP),
    Entry(
        "pages.contact", N_("Contact officials of both localities"), 71, group=_HELP, in_top=False
    ),
    Entry("pages.accessibility", N_("Accessibility"), 72, group=_HELP, in_top=False),
    Entry("pages.personal_data", N_("Personal data"), 80, group=_RULES, in_top=False),
    Entry("pages.terms", N_("Terms of use"), 81, group=_RULES, in_top=False),
)

_DAYS = {"first": ACKNOWLEDGE_WITHIN, "answer": ANSWER_WITHIN}
SEASONAL, CALLS = 4, 3
"""How many cards of each kind the home page shows."""

ROBOTS = """User-agent: *
Disallow: /lam-viec
Disallow: /toi
Disallow: /dang-nhap
Disallow: /dang-ky
Disallow: /dat-mat-khau
Disallow: /ngon-ngu
"""


@bp.get("/")
@access(PUBLIC, kept=True)
def home() -> ResponseReturnValue:
    """What is here, and where to go on."""
    pair = g.pair
    if pair is None:
        return render_template("pages/empty.html")
    return render_template(
        "pages/home.html",
        figures=headline(pair.id),
        in_season=browse.in_season(pair, SEASONAL),
        calls=browse.latest_opportunities(pair, CALLS),
        needs=browse.latest(pair, "need", CALLS),
        days=_DAYS,
    )


@bp.get("/huong-dan")
@access(PUBLIC, kept=True)
def guide() -> ResponseReturnValue:
    """How to use the portal, for each role; made for paper as well."""
    return render_template("pages/guide.html", days=_DAYS)


@bp.get("/lien-he")
@access(PUBLIC, kept=True)
def contact() -> ResponseReturnValue:
    """Whom to call or visit."""
    return render_template("pages/contact.html")


@bp.get("/tro-nang")
@access(PUBLIC, kept=True)
def accessibility() -> ResponseReturnValue:
    """What the portal does for people with disabilities, old devices and thin networks."""
    return render_template("pages/accessibility.html")


@bp.get("/du-lieu-ca-nhan")
@access(PUBLIC, kept=True)
def personal_data() -> ResponseReturnValue:
    """What is kept about people, why, and their rights (Law 91/2025/QH15)."""
    return render_template("pages/personal_data.html")


@bp.get("/dieu-khoan")
@access(PUBLIC, kept=True)
def terms() -> ResponseReturnValue:
    """The rules of the portal: a place to list and to meet, where nothing is bought."""
    return render_template("pages/terms.html")


@bp.get("/ngon-ngu/<code>")
@access(PUBLIC)
def language(code: str) -> ResponseReturnValue:
    """Keep the visitor's choice of language and show the same page in it."""
    if code not in LANGUAGES:
        raise NotFound
    response = Response(status=303)
    response.location = safe_next(request.args.get("next"), url_for("pages.home"))
    keep_choice(response, LANGUAGE_COOKIE, code)
    return response


@bp.get("/song")
@access(PUBLIC)
def hello() -> ResponseReturnValue:
    """Whether the program answers; asks neither database nor session."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/robots.txt")
@access(PUBLIC)
def robots() -> ResponseReturnValue:
    """What search engines leave alone."""
    return Response(f"{ROBOTS}\nSitemap: {address('/sitemap.xml')}\n", mimetype="text/plain")


@bp.get("/favicon.ico")
@access(PUBLIC)
def favicon() -> ResponseReturnValue:
    """The theme's mark, for those who ask at the old address."""
    return redirect(asset(f"themes/{theme_pack()}/mark.svg"))


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
