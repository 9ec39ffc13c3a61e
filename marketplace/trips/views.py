"""Pages of survey trips: in public, for those invited, for the officials who draw them up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import (
    Blueprint,
    Flask,
    current_app,
    g,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask.typing import ResponseReturnValue

from marketplace.accounts import history, panels
from marketplace.accounts import queries as accounts
from marketplace.accounts.history import Line
from marketplace.accounts.moves import MoveForm, move_page
from marketplace.accounts.papers import sent, shown
from marketplace.accounts.rules import may_manage
from marketplace.catalogue.changes import LISTINGS
from marketplace.core import clock, hours, journal
from marketplace.core.actor import Actor
from marketplace.core.errors import NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.interests.models import Interest
from marketplace.programme.models import Pair
from marketplace.programme.rules import key_lines
from marketplace.promises import queries as promises
from marketplace.trips import ics, kit, links, paper, queries, services
from marketplace.trips.forms import (
    AnswerForm,
    CheckInForm,
    InterestsForm,
    NextStepForm,
    PersonForm,
    ReportForm,
    SeatForm,
    StopForm,
    TripForm,
)
from marketplace.trips.models import Trip, TripInterest, TripPerson, TripStop
from marketplace.trips.rules import (
    BEFORE,
    NEXT_STEP_LABELS,
    NO_REASONS,
    OVER,
    SKIP_REASONS,
    TONES,
    TRIP,
    TRIP_PERSON,
    TRIP_REPORT,
    TRIP_STOP,
    WRITING,
    NextStep,
    PersonState,
    StopState,
    TripState,
    is_officer_in,
    is_over,
    may_key,
    may_lead,
    may_read_findings,
    may_read_kit,
    may_read_report,
    may_sign,
    not_going,
    not_on_the_way,
    was_broken_off,
)
from marketplace.web.access import MEMBERS, OFFICIALS, PUBLIC, access, actor
from marketplace.web.forms import Form, handle, send
from marketplace.web.locale import say
from marketplace.web.navigation import PEOPLE, Entry, member, officer
from marketplace.web.pagination import Page, page_number
from marketplace.web.qr import address
from marketplace.web.workflow import MoveButton, moves

bp = Blueprint("trips", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry("trips.index", N_("Survey trips"), 47, in_top=False, group=N_("Explore")),
    Entry("trips.office", N_("Survey trips"), 37, officer, office=PEOPLE),
    Entry("trips.mine", N_("My trips"), 37, member, in_account=True),
)
NOT_THE_KIT = N_("The papers of a trip are for those invited and the officials.")


def _pair() -> Pair:
    """The pair of this address. Raises NotFound where there is none."""
    pair: Pair | None = g.get("pair")
    if pair is None:
        raise NotFound
    return pair


def _url(trip: Trip) -> str:
    return url_for("trips.show", public_id=trip.public_id)


# ------------------------------------------------------------ in public


@bp.get("/su-kien")
@access(PUBLIC, kept=True)
def index() -> ResponseReturnValue:
    """The trips to come that take guests; never who goes."""
    return render_template("trips/index.html", trips=queries.coming(_pair().id))


@bp.route("/su-kien/<public:public_id>/xin-cho", methods=["GET", "POST"])
@access(MEMBERS)
def ask(public_id: str) -> ResponseReturnValue:
    """Ask for a seat."""
    trip = queries.to_ask_for(public_id)
    if actor().is_officer or not actor().organisation_verified:
        raise NotAllowed(N_("Verified organisations ask for seats. Officials invite."))
    organisation = accounts.organisation_by_id(actor().organisation_id)
    form = SeatForm(data={"phone": organisation.phone})
    title, first, last = trip.title, trip.starts_on, trip.ends_on
    return handle(
        form,
        lambda: render_template("trips/ask.html", form=form, title=title, first=first, last=last),
        lambda: services.ask_for_seat(
            actor(), public_id, form.function.data, form.phone.data or ""
        ),
        lambda _person: url_for("trips.show", public_id=public_id),
        N_("The officials were told. You get an answer on this page and by mail."),
    )


@bp.route("/su-kien/moi/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def by_link(token: str) -> ResponseReturnValue:
    """Answer an invitation from its mail, without signing in."""
    found = links.read(token)
    if found is None:
        return render_template("trips/link_unknown.html"), 404
    trip, person, who = found
    code, person_id = trip.public_id, person.public_id

    def page() -> str:
        again = links.read(token)
        if again is None:
            raise NotFound
        return render_template(
            "trips/answer.html",
            form=form,
            trip=again[0],
            person=again[1],
            may={
                name: not is_over(again[0]) and TRIP_PERSON.allows(again[1], name, who)
                for name in ("accept", "decline")
            },
            state=TRIP_PERSON.label_of(again[1]),
            meets=hours.show(again[0].meets_at),
        )

    form = AnswerForm()
    return handle(
        form,
        page,
        lambda: services.move_person(who, code, person_id, form.answer.data),
        lambda _person: url_for("trips.by_link", token=token),
        N_("Thank you. Your answer is noted."),
    )


# ------------------------------------------------------------ for those on it


@bp.get("/toi/chuyen-di")
@access(MEMBERS)
def mine() -> ResponseReturnValue:
    """The trips my organisation was invited to, asked for or receives."""
    return _list("trips.mine", past=False)


@bp.get("/lam-viec/su-kien")
@access(OFFICIALS)
def office() -> ResponseReturnValue:
    """The trips of my pairs."""
    return _list("trips.office", past=request.args.get("xem") == "da-qua")


def _list(endpoint: str, *, past: bool) -> ResponseReturnValue:
    number, size = page_number(request.args.get("trang")), 24
    rows, total = queries.listed(actor(), past=past, offset=(number - 1) * size, limit=size)
    page = Page(
        [(trip, TRIP.label_of(trip), TONES.get(trip.state, "plain")) for trip in rows],
        number,
        total,
        size,
    )
    if number > page.pages:
        raise NotFound
    return render_template(
        "trips/office.html",
        page=page,
        past=past,
        url_for_page=lambda n: url_for(endpoint, trang=n, xem="da-qua" if past else None),
    )


@bp.get("/su-kien/<public:public_id>")
@access(MEMBERS)
def show(public_id: str) -> ResponseReturnValue:
    """A trip, for those on it and the officials."""
    trip = queries.get(public_id, actor())
    return render_template("trips/show.html", **_shown(trip))


def _shown(trip: Trip) -> dict[str, Any]:
    someone = actor()
    is_office, leads = is_officer_in(someone, trip), may_lead(someone, trip)
    return {
        "trip": trip,
        "state": TRIP.label_of(trip),
        "tone": TONES.get(trip.state, "plain"),
        "meets": hours.show(trip.meets_at),
        "buttons": _buttons(trip),
        "keys": key_lines(
            trip.pair,
            trip.keys,
            trip.pair.locality_ids,
            someone.locality_id
            if trip.state is TripState.PLANNED and may_key(someone, trip)
            else None,
        ),
        "people": [
            (p, TRIP_PERSON.label_of(p), _person_buttons(trip, p))
            for p in trip.people
            if is_office or leads or may_manage(someone, p.organisation)
        ],
        "stops": [
            (s, TRIP_STOP.label_of(s), hours.show(s.at), SKIP_REASONS.get(s.skip_reason or ""))
            for s in trip.stops
        ],
        "steps": [
            (i, NEXT_STEP_LABELS.get(i.next_step) if i.next_step else None) for i in _links(trip)
        ],
        "closed_roads": queries.closed_roads(trip) if is_office else [],
        "promises": trip.promises if is_office else [],
        "can_edit": is_office and trip.state in BEFORE,
        "can_invite": is_office and trip.state in (*BEFORE, TripState.CONFIRMED),
        "can_check": leads and (was_broken_off(trip) or not not_going(trip)),
        "can_step": is_office and trip.state in WRITING,
        "is_office": is_office,
        "may_read_kit": may_read_kit(someone, trip),
        "may_read_findings": may_read_findings(someone, trip),
        "may_read_report": may_read_report(someone, trip),
        "lines": _history(trip) if is_office else [],
    }


def _links(trip: Trip) -> list[TripInterest]:
    """The interests the reader may see: all for officials, for others their own."""
    return [
        link
        for link in trip.interests
        if is_officer_in(actor(), trip) or may_manage(actor(), link.interest.organisation)
    ]


def _history(trip: Trip) -> list[Line]:
    """What happened, saying whom and which stop: the journal keeps their ids only."""
    subjects: list[Any] = [trip, *trip.people, *trip.stops, *([trip.report] if trip.report else [])]
    entries = journal.of(subjects)
    lines = history.lines(entries, [TRIP, TRIP_PERSON, TRIP_STOP, TRIP_REPORT])
    people = {person.id: person.organisation.name for person in trip.people}
    places = {stop.id: stop.place for stop in trip.stops}
    return [
        replace(
            line,
            named=people.get(entry.subject_id or 0, line.named)
            if entry.subject_type == "trip_person"
            else line.named,
            data={**line.data, "place": places.get(_stop_of(entry), "")},
        )
        for entry, line in zip(entries, lines, strict=True)
    ]


def _stop_of(entry: journal.Entry) -> int:
    """The stop an entry is about; 0 where it is about none."""
    if entry.subject_type == "trip_stop":
        return entry.subject_id or 0
    return int(entry.data.get("stop", 0))


def _buttons(trip: Trip) -> list[MoveButton]:
    """The officials' and leaders' moves; setting out is what the first check-in does."""
    return moves(
        trip,
        lambda name: url_for("trips.move", public_id=trip.public_id, move=name),
        leave_out=["start"],
    )


def _person_buttons(trip: Trip, person: TripPerson) -> list[MoveButton]:
    if trip.state in OVER:
        return []
    paged = set() if may_manage(actor(), person.organisation) else {"accept", "decline"}
    left_out = [] if trip.state in WRITING else ["attend", "miss"]
    if trip.state in WRITING and person.state is PersonState.ABSENT:
        left_out = ["invite"]  # who came after all is noted as such
    return moves(
        person,
        lambda name: url_for(
            "trips.move_person",
            public_id=trip.public_id,
            person_id=person.public_id,
            move=name,
        ),
        leave_out=left_out,
        as_page=paged,
    )


@bp.route(
    "/su-kien/<public:public_id>/nguoi/<public:person_id>/"
    "<any('invite', 'accept', 'decline', 'give_seat', 'refuse', 'attend', 'miss'):move>",
    methods=["GET", "POST"],
)
@access(MEMBERS, uploads=True)
def move_person(public_id: str, person_id: str, move: str) -> ResponseReturnValue:
    """Answer, seat someone, note who came."""
    trip = queries.get(public_id, actor())
    person = queries.person(trip, person_id)

    def act(form: MoveForm) -> TripPerson:
        return services.move_person(
            actor(), public_id, person_id, move, acting=form.acting(), **form.why()
        )

    return move_page(
        person,
        move,
        act,
        title=trip.title,
        back=_url(trip),
        said=N_("Noted."),
        speaks_for=person.organisation if move in {"accept", "decline"} else None,
    )


@bp.get("/su-kien/<public:public_id>/lich.ics")
@access(MEMBERS)
def calendar(public_id: str) -> ResponseReturnValue:
    """The trip for a calendar."""
    trip = queries.get(public_id, actor())
    if trip.starts_on is None:
        raise NotFound
    content = ics.calendar(trip, address(url_for("trips.show", public_id=public_id)))
    return send(content, "text/calendar", name=f"khao-sat-{public_id}.ics", attachment=True)


def _with_kit(public_id: str) -> Trip:
    trip = queries.get(public_id, actor())
    if not may_read_kit(actor(), trip):
        raise NotAllowed(NOT_THE_KIT)
    return trip


@bp.get("/su-kien/<public:public_id>/tai-lieu")
@access(MEMBERS)
def kit_page(public_id: str) -> ResponseReturnValue:
    """The papers of a trip on one sheet to print."""
    trip = _with_kit(public_id)
    return render_template("trips/kit.html", trip=trip, kit=kit.gather(trip), back_url=_url(trip))


@bp.get("/su-kien/<public:public_id>/tai-lieu.pdf")
@access(MEMBERS)
def kit_pdf(public_id: str) -> ResponseReturnValue:
    """The frozen papers; before both localities confirmed, as they would be."""
    trip = _with_kit(public_id)
    if trip.kit is not None:
        return sent(trip.kit)
    name = f"khao-sat-{public_id}-ban-nhap.pdf"
    return send(kit.pdf(kit.gather(trip)), "application/pdf", name=name, attachment=True)


@bp.get("/su-kien/<public:public_id>/anh/<public:photo_id>.webp")
@access(MEMBERS)
def photo(public_id: str, photo_id: str) -> ResponseReturnValue:
    """A photo taken on the way."""
    trip = queries.get(public_id, actor())
    if not may_read_findings(actor(), trip):
        raise NotFound
    content = shown(queries.photo(trip, photo_id).card)
    if content is None:
        raise NotFound
    return send(content, "image/webp", name="anh.webp", attachment=False)


# ------------------------------------------------------------ on the way


@bp.get("/su-kien/khong-song.js")
@access(PUBLIC)
def worker() -> ResponseReturnValue:
    """The script that keeps a trip's pages open without signal; beside them, as browsers demand."""
    return send_from_directory(current_app.static_folder or "", "js/trip-worker.js", max_age=0)


@bp.route("/su-kien/<public:public_id>/tram/<public:stop_id>", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def check_in(public_id: str, stop_id: str) -> ResponseReturnValue:
    """Say that a stop was reached, and what was found; works on a phone without scripts."""
    trip = queries.get(public_id, actor())
    stop = queries.stop(trip, stop_id)
    if not may_lead(actor(), trip):
        raise NotAllowed(N_("Leaders of the trip write while it goes on or is written up."))
    if missing := not_on_the_way(stop):
        raise WrongState(missing[0])
    form = CheckInForm(data={"findings": "" if stop.skip_reason else stop.findings})
    return handle(
        form,
        lambda: _check_page(public_id, stop_id, form),
        lambda: services.check_in(
            actor(),
            public_id,
            stop_id,
            phone_at=form.phone_at.data,
            findings=form.findings.data,
            pictures=form.pictures(),
        ),
        lambda _stop: url_for("trips.show", public_id=public_id) + f"#tram-{stop_id}",
        N_("Saved."),
    )


def _check_page(public_id: str, stop_id: str, form: CheckInForm) -> str:
    """The page with its stop read anew: a refused use case lets go of all rows."""
    trip = queries.get(public_id, actor())
    stop = queries.stop(trip, stop_id)
    return render_template(
        "trips/check_in.html",
        form=form,
        trip=trip,
        stop=stop,
        at=hours.show(stop.at),
        skip=[b for b in _stop_buttons(trip, stop) if b.name == "skip"],
        is_new=stop.state is not StopState.SEEN,
    )


def _stop_buttons(trip: Trip, stop: TripStop) -> list[MoveButton]:
    return moves(
        stop,
        lambda _name: url_for("trips.skip", public_id=trip.public_id, stop_id=stop.public_id),
    )


@bp.route("/su-kien/<public:public_id>/tram/<public:stop_id>/bo-qua", methods=["GET", "POST"])
@access(MEMBERS)
def skip(public_id: str, stop_id: str) -> ResponseReturnValue:
    """Say why a stop was not seen."""
    trip = queries.get(public_id, actor())
    return move_page(
        queries.stop(trip, stop_id),
        "skip",
        lambda form: services.skip(actor(), public_id, stop_id, **form.why()),
        title=trip.title,
        back=_url(trip),
        said=N_("Noted."),
    )


# ------------------------------------------------------------ for officials


@bp.route("/lam-viec/su-kien/moi", methods=["GET", "POST"])
@access(OFFICIALS)
def create() -> ResponseReturnValue:
    """Propose a trip."""
    pair_id = _pair().id
    form = _trip_form()
    return handle(
        form,
        lambda: render_template("trips/edit.html", form=form, trip=None),
        lambda: services.create(actor(), pair_id, form.values()),
        _url,
        N_("Saved. Add stops, interests and people next."),
    )


def _trip_form(trip: Trip | None = None) -> TripForm:
    form = TripForm(obj=trip)
    if trip is not None and trip.host is not None and not form.is_submitted():
        form.host.data = trip.host.public_id
    form.host.offer((one.public_id, one.name) for one in promises.who_can_promise(_pair()))
    return form


def _to_edit(public_id: str, *, also: tuple[TripState, ...] = ()) -> Trip:
    """A trip that officials may still change. Raises NotFound, NotAllowed, WrongState."""
    trip = queries.get(public_id, actor())
    if not is_officer_in(actor(), trip):
        raise NotAllowed(services.NOT_YOURS)
    if trip.state not in (*BEFORE, *also):
        raise WrongState(N_("The plan stands. Postpone the trip to change it."))
    return trip


@bp.route("/lam-viec/su-kien/<public:public_id>/sua", methods=["GET", "POST"])
@access(OFFICIALS)
def edit(public_id: str) -> ResponseReturnValue:
    """Change a trip before it is confirmed."""
    trip = _to_edit(public_id)
    form = _trip_form(trip)
    return handle(
        form,
        lambda: render_template("trips/edit.html", form=form, trip=queries.get(public_id, actor())),
        lambda: services.edit(actor(), public_id, form.version.data, form.values()),
        _url,
        N_("Saved."),
    )


@bp.route(
    "/su-kien/<public:public_id>/"
    "<any('plan', 'turn_key', 'postpone', 'replan', 'cancel', 'report'):move>",
    methods=["GET", "POST"],
)
@access(MEMBERS)
def move(public_id: str, move: str) -> ResponseReturnValue:
    """Move a trip on."""
    trip = queries.get(public_id, actor())

    def act(form: MoveForm) -> Trip:
        if move == "turn_key":
            return services.turn_key(actor(), public_id, kit.freeze)
        return services.move(actor(), public_id, move, **form.why())

    return move_page(trip, move, act, title=trip.title, back=_url(trip), said=SAID[move])


SAID = {
    "plan": N_("The plan is ready. Both localities turn their keys next."),
    "turn_key": N_("Your key is turned."),
    "postpone": N_("Postponed. Everyone invited is told once; the clocks of the interests stand."),
    "replan": N_("Planned again. Both localities turn their keys for the new days."),
    "cancel": N_("Cancelled. Everyone invited is told; no interest lapses by this."),
    "report": N_("The trip has ended. The draft of the report is ready."),
}


@bp.route("/lam-viec/su-kien/<public:public_id>/tram/moi", methods=["GET", "POST"])
@access(OFFICIALS)
def add_stop(public_id: str) -> ResponseReturnValue:
    """Add a stop; ``?tin=`` names the listing whose questions are suggested."""
    trip = _to_edit(public_id)
    form = StopForm(data={"on": trip.starts_on, "listing": request.args.get("tin", "")})
    return _stop_page(trip, form, lambda: services.add_stop(actor(), public_id, form.values()))


@bp.route("/lam-viec/su-kien/<public:public_id>/tram/<public:stop_id>", methods=["GET", "POST"])
@access(OFFICIALS)
def edit_stop(public_id: str, stop_id: str) -> ResponseReturnValue:
    """Change a stop."""
    trip = _to_edit(public_id)
    stop = queries.stop(trip, stop_id)
    form = StopForm(obj=stop)
    if not form.is_submitted():
        form.listing.data = stop.listing.public_id if stop.listing else None
    return _stop_page(
        trip, form, lambda: services.edit_stop(actor(), public_id, stop_id, form.values()), stop
    )


def _stop_page(
    trip: Trip, form: StopForm, act: Callable[[], TripStop], stop: TripStop | None = None
) -> ResponseReturnValue:
    listings = queries.listings_to_see(trip, stop)
    stop_id = stop.public_id if stop else None
    form.listing.offer((one.public_id, one.title) for one in listings)
    villages = [v for key in trip.pair.locality_ids for v in accounts.villages(key)]
    form.village_id.offer((village.id, village.name) for village in villages)
    chosen = next((one for one in listings if one.public_id == form.listing.data), None)
    suggested = [say(text) for text in queries.to_ask_at(chosen)] if chosen else []
    if not form.ask.data and not form.is_submitted():
        form.ask.data = "\n".join(suggested)
    title, code = trip.title, trip.public_id
    see = [(one.public_id, one.title) for one in listings]
    return handle(
        form,
        lambda: render_template(
            "trips/stop.html", form=form, title=title, code=code, stop_id=stop_id, listings=see
        ),
        act,
        lambda _stop: url_for("trips.show", public_id=code),
        N_("Saved."),
    )


@bp.route("/lam-viec/su-kien/<public:public_id>/tram/<public:stop_id>/bo", methods=["GET", "POST"])
@access(OFFICIALS)
def remove_stop(public_id: str, stop_id: str) -> ResponseReturnValue:
    """Take a stop out of the plan."""
    trip = _to_edit(public_id)
    stop, title, form = queries.stop(trip, stop_id), trip.title, Form()
    place = stop.place
    return handle(
        form,
        lambda: render_template(
            "trips/remove_stop.html", form=form, title=title, place=place, code=public_id
        ),
        lambda: services.remove_stop(actor(), public_id, stop_id),
        _url,
        N_("The stop is out of the plan."),
    )


@bp.route("/lam-viec/su-kien/<public:public_id>/moi-nguoi", methods=["GET", "POST"])
@access(OFFICIALS)
def invite(public_id: str) -> ResponseReturnValue:
    """Invite someone."""
    trip = _to_edit(public_id, also=(TripState.CONFIRMED,))
    form = PersonForm()
    offered = promises.who_can_promise(trip.pair)
    form.organisation.offer((one.public_id, one.name) for one in offered)
    title = trip.title
    return handle(
        form,
        lambda: render_template("trips/invite.html", form=form, title=title, code=public_id),
        lambda: services.invite(actor(), public_id, form.values()),
        lambda _person: url_for("trips.show", public_id=public_id),
        N_("Invited. They are told by mail, or called."),
    )


@bp.route("/lam-viec/su-kien/<public:public_id>/quan-tam", methods=["GET", "POST"])
@access(OFFICIALS)
def attach(public_id: str) -> ResponseReturnValue:
    """Choose the interests a trip serves."""
    trip = _to_edit(public_id, also=(TripState.CONFIRMED,))
    rows = queries.interests_to_serve(trip)
    form = InterestsForm().offer(
        [(one.public_id, f"{one.organisation.name}: {one.listing.title}") for one in rows]
    )
    title = trip.title
    return handle(
        form,
        lambda: render_template("trips/attach.html", form=form, title=title, code=public_id),
        lambda: services.attach(actor(), public_id, form.interests.data),
        _url,
        N_("Saved."),
    )


@bp.route("/lam-viec/su-kien/<public:public_id>/quan-tam/<public:link_id>", methods=["GET", "POST"])
@access(OFFICIALS)
def next_step(public_id: str, link_id: str) -> ResponseReturnValue:
    """Say what follows for an interest."""
    trip = queries.get(public_id, actor())
    link = queries.link(trip, link_id)
    if trip.state not in WRITING:
        raise WrongState(N_("The next step is entered from the first check-in on."))
    form = NextStepForm(obj=link)
    title = f"{link.interest.organisation.name}: {link.interest.listing.title}"
    return handle(
        form,
        lambda: render_template("trips/next_step.html", form=form, title=title, code=public_id),
        lambda: services.set_next_step(
            actor(),
            public_id,
            link_id,
            form.next_step.data,
            form.next_reason.data,
            form.next_note.data,
        ),
        lambda _link: url_for("trips.show", public_id=public_id),
        N_("Saved."),
    )


# ------------------------------------------------------------ the report


def _to_report(public_id: str) -> Trip:
    trip = queries.get(public_id, actor())
    if not may_read_report(actor(), trip):
        raise NotFound
    return trip


@bp.get("/su-kien/<public:public_id>/bao-cao")
@access(MEMBERS)
def report(public_id: str) -> ResponseReturnValue:
    """The report to print, put together from what was written on the way."""
    trip = _to_report(public_id)
    found = trip.report
    someone = actor()
    return render_template(
        "trips/report.html",
        **_shown(trip),
        attendance=[(p, TRIP_PERSON.label_of(p)) for p in trip.people],
        report=found,
        report_state=TRIP_REPORT.label_of(found),
        signing=moves(found, lambda _n: url_for("trips.sign", public_id=public_id)),
        report_keys=key_lines(
            trip.pair,
            found.keys if found else [],
            trip.pair.locality_ids,
            someone.locality_id if found and may_sign(someone, found) else None,
        ),
        back_url=_url(trip),
        no_reasons=NO_REASONS,
    )


@bp.get("/su-kien/<public:public_id>/bao-cao.docx")
@access(MEMBERS)
def report_word(public_id: str) -> ResponseReturnValue:
    """The report as a Word file to be worked on; with what its page shows the reader, no more."""
    trip = _to_report(public_id)
    name = f"bao-cao-khao-sat-{public_id}.docx"
    promised = trip.promises if is_officer_in(actor(), trip) else None
    return send(paper.word(trip, _links(trip), promised), paper.DOCX, name=name, attachment=True)


@bp.route("/lam-viec/su-kien/<public:public_id>/bao-cao", methods=["GET", "POST"])
@access(OFFICIALS)
def write_report(public_id: str) -> ResponseReturnValue:
    """Write the summary."""
    trip = queries.get(public_id, actor())
    if trip.state is not TripState.REPORTING or trip.report is None:
        raise WrongState(N_("The report is written after the trip has ended."))
    form, title = ReportForm(obj=trip.report), trip.title
    return handle(
        form,
        lambda: render_template("trips/write_report.html", form=form, title=title, code=public_id),
        lambda: services.write_report(
            actor(),
            public_id,
            form.version.data,
            form.summary.data,
            no_promises=form.no_promises.data,
        ),
        lambda _trip: url_for("trips.report", public_id=public_id),
        N_("Saved."),
    )


@bp.route("/lam-viec/su-kien/<public:public_id>/bao-cao/khoa", methods=["GET", "POST"])
@access(OFFICIALS)
def sign(public_id: str) -> ResponseReturnValue:
    """Turn my locality's key on the report."""
    trip = queries.get(public_id, actor())
    if trip.report is None:
        raise NotFound
    return move_page(
        trip.report,
        "turn_key",
        lambda _form: services.sign_report(actor(), public_id),
        title=trip.title,
        back=url_for("trips.report", public_id=public_id),
        said=N_("Your key is turned."),
    )


def _on_interest(interest: Interest, _reader: Actor) -> Mapping[str, Any] | None:
    """The trips an interest was taken on, and what followed."""
    found = queries.of_interest(interest.id)
    if not found:
        return None
    return {
        "rows": [
            (
                link.trip,
                TRIP.label_of(link.trip),
                NEXT_STEP_LABELS[link.next_step] if link.next_step else None,
                NO_REASONS.get(link.next_reason or ""),
                link.next_note,
                link.next_step is NextStep.NO,
            )
            for link in found
        ],
        "today": clock.today(),
    }


def init_app(app: Flask) -> None:
    """Register the pages, and the block on an interest's page."""
    app.register_blueprint(bp)
    LISTINGS.declare_harmless("trip", "trip_person", "trip_stop", "trip_report")
    panels.add("interest", "trips/_on_interest.html", _on_interest)
    promises.also_serves(queries.codes_for)
