"""Pages of results: open to everyone, made of verified figures only."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, g, render_template, request, url_for

from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_
from marketplace.deals.rules import Indicator
from marketplace.programme.models import Pair
from marketplace.reports import queries, showing
from marketplace.reports import rules as spans
from marketplace.reports.definitions import (
    FIGURES,
    FUNNEL,
    QUARTERS,
    REPORTS,
    SECTORS,
    deals_done,
    rows_of,
)
from marketplace.reports.export import as_csv
from marketplace.reports.rules import ADDRESSES, Span, may_see_amounts
from marketplace.web import qr
from marketplace.web.access import PUBLIC, access, actor, is_open_to
from marketplace.web.forms import send
from marketplace.web.navigation import Entry
from marketplace.web.pagination import Page, page_number

bp = Blueprint("reports", __name__)
ENTRIES: tuple[Entry, ...] = (Entry("reports.index", N_("Results"), order=40, group=N_("Explore")),)
ON_PAGE = 10
"""Deals the page lists; all of them stand behind the big figure."""
PER_PAGE = 24


def _pair() -> Pair:
    pair: Pair | None = g.get("pair")
    if pair is None:
        raise NotFound
    return pair


def _span(pair: Pair) -> tuple[Span, Span]:
    """The span asked for, and the widest there is."""
    widest = queries.widest(pair)
    return spans.span(widest, request.args.get("tu"), request.args.get("den")), widest


@bp.route("/ket-qua")
@access(PUBLIC, kept=True)
def index() -> str:
    """The results: big figures, chart, funnel, sectors, deals carried out."""
    pair = _pair()
    span, widest = _span(pair)
    someone = actor()
    quarters = QUARTERS.query(pair, span, someone)
    sectors = SECTORS.query(pair, span, someone)
    counts = queries.counts(pair.id, span)
    big = showing.big_figures(queries.totals(pair.id, span), counts, span)
    here = qr.address(url_for("reports.index", tu=span.first.code, den=span.last.code))
    return render_template(
        "reports/index.html",
        here=here,
        message=showing.message(big, span, here),
        span=span,
        periods=[(p.code, showing.quarter_name(p)) for p in widest.quarters],
        big=big,
        figure_count=sum(counts.values()),
        demonstrations=queries.demonstrations(pair.id, span),
        chart=showing.chart(quarters, QUARTERS),
        funnel_rows=showing.funnel(FUNNEL.query(pair, span, someone)),
        by_hand=queries.deals_by_hand(pair.id, span),
        bars=showing.bars(sectors),
        sectors=sectors,
        sector_head=showing.head(SECTORS),
        sector_rows=showing.body(SECTORS, sectors),
        done=deals_done(pair, span, someone, ON_PAGE),
        done_count=counts[Indicator.DEALS_DONE],
        reports=REPORTS.values(),
    )


@bp.route("/ket-qua.csv")
@access(PUBLIC)
def csv() -> Response:
    """One of the reports as a file: ``bang`` names it."""
    pair = _pair()
    report = REPORTS.get(request.args.get("bang", QUARTERS.code))
    if report is None or not is_open_to(report.who, actor()):
        raise NotFound
    rows = report.query(pair, _span(pair)[0], actor())
    name = f"ket-qua-{report.code}.csv"
    return send(as_csv(report, rows), "text/csv", name=name, attachment=True)


@bp.route("/ket-qua/so-lieu")
@access(PUBLIC, kept=True)
def figures() -> str:
    """The verified figures one big figure is the sum of, each with its evidence."""
    pair = _pair()
    code = request.args.get("chi-tieu", "")
    if code not in ADDRESSES:
        raise NotFound
    indicator, (span, _widest) = ADDRESSES[code], _span(pair)
    number = page_number(request.args.get("trang"))
    rows = queries.figures(pair.id, span, indicator, offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    with_amounts = may_see_amounts(actor(), pair.locality_ids)
    args = showing.in_address(code, span)
    return render_template(
        "reports/figures.html",
        page=Page(
            rows_of(rows, with_amounts=with_amounts),
            number,
            queries.counts(pair.id, span)[indicator],
            PER_PAGE,
        ),
        indicator=indicator,
        total=showing.amount(indicator, queries.totals(pair.id, span)[indicator]),
        is_masked=indicator in spans.MONEY and not with_amounts,
        span=span,
        back=url_for("reports.index", tu=span.first.code, den=span.last.code),
        file=url_for("reports.csv", bang=FIGURES.code, tu=span.first.code, den=span.last.code),
        url_for_page=lambda n: url_for("reports.figures", trang=n, **args),
    )


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
    app.jinja_env.filters["amount"] = showing.shown_amount
    app.jinja_env.filters["quarter"] = showing.quarter_of_day
