"""A trip without signal: its pages open, a check-in waits on the phone, and arrives once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from PIL import Image

from config import Settings
from marketplace import create_app
from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation, User
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.demo.cast import MASKED_PHONE
from marketplace.programme.models import Pair
from marketplace.trips import kit, queries, services
from marketplace.trips.models import Trip
from marketplace.trips.services import PersonValues, StopValues, TripValues
from tests.browser.conftest import PHONE, Site, Visitor

pytestmark = pytest.mark.browser

LEADER = "dangan@nguhanhson.example"


@contextmanager
def inside(site: Site) -> Iterator[None]:
    """The program in this process, on the site's database."""
    app = create_app(Settings.from_env({"INSTANCE_PATH": str(site.instance)}))
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def acting(email: str) -> Actor:
    user = db.session.scalars(sa.select(User).where(User.email == email)).one()
    return accounts.actor_of(user, accounts.memberships(user.id)[0])


@pytest.fixture
def trip(site: Site) -> str:
    """A trip of today that both localities confirmed, led by the hotel; its id."""
    with inside(site):
        official, today = acting("canbo1@avuong.example"), clock.today()
        pair = db.session.scalars(sa.select(Pair)).first()
        host = db.session.scalars(
            sa.select(Organisation).where(Organisation.locality_id == pair.source_id)
        ).first()
        values = TripValues(
            "Khảo sát nơi không có sóng", 4, "", today, today, host.public_id, "Cầu treo", 390
        )
        code = services.create(official, pair.id, values).public_id
        listing = queries.listings_to_see(queries.get(code, official))[0].public_id
        for at, place, seen in ((480, "Nhà gươl", None), (600, "Rẫy", listing)):
            stop = StopValues(today, at, place, None, seen, "Có bao nhiêu?")
            services.add_stop(official, code, stop)
        hotel = acting(LEADER)
        firm = db.session.get_one(Organisation, hotel.organisation_id).public_id
        person = services.invite(
            official, code, PersonValues(firm, "Bếp trưởng", MASKED_PHONE, is_leader=True)
        ).public_id
        services.move(official, code, "plan")
        services.move_person(hotel, code, person, "accept")
        for key in ("canbo2@avuong.example", "canbo1@nguhanhson.example"):
            services.turn_key(acting(key), code, kit.freeze)
    return code


def stop_of(site: Site, code: str, number: int) -> tuple[str, str, int]:
    """State, findings and number of photos of a stop."""
    with inside(site):
        stop = db.session.scalars(sa.select(Trip).where(Trip.public_id == code)).one().stops[number]
        return stop.state.value, stop.findings, len(stop.photos)


def sign_in(leader: Visitor) -> None:
    leader.go("/dang-nhap")
    leader.page.fill("[name=identifier]", LEADER)
    leader.page.fill("[name=password]", "nui gop bien mo")
    leader.page.click("main .btns .btn")
    leader.page.wait_for_url(lambda url: "/dang-nhap" not in url)


def written(leader: Visitor, trip: str, number: int, words: str, photo: str | None = None) -> None:
    """A check-in at a stop, without signal."""
    page = leader.go(f"/su-kien/{trip}")
    page.locator(f"main a[href*='/su-kien/{trip}/tram/']").nth(number).click()
    page.fill("[name=findings]", words)
    if photo:
        page.set_input_files("[name=photos]", photo)
    page.click("main form[enctype] button.btn:not([type=button])")
    page.locator("[data-part=waiting]").wait_for(state="visible")


def test_a_check_in_without_signal_waits_and_arrives(
    site: Site, visitor: Callable[..., Visitor], trip: str, tmp_path
) -> None:
    photo = tmp_path / "rau.jpg"
    Image.new("RGB", (640, 480), (80, 120, 60)).save(photo)
    leader = visitor(PHONE)
    sign_in(leader)
    page = leader.go(f"/su-kien/{trip}")
    page.locator("[data-part=kept]").wait_for(state="visible")

    leader.context.set_offline(True)
    written(leader, trip, 0, "Củ đều, rửa tại suối.", str(photo))
    page = leader.go(f"/su-kien/{trip}")  # from the phone
    assert "Nhà gươl" in page.locator("[data-part=waiting] li").inner_text()
    assert stop_of(site, trip, 0) == ("to_see", "", 0)

    leader.context.set_offline(False)
    page.locator(".tripway__seen").wait_for()
    assert stop_of(site, trip, 0) == ("seen", "Củ đều, rửa tại suối.", 1)

    page.locator("[data-part=kept]").wait_for(state="visible")
    leader.context.set_offline(True)
    written(leader, trip, 1, "Đất tốt, đường xấu.")
    leader.context.clear_cookies()  # the session ended meanwhile
    leader.context.set_offline(False)
    leader.page.locator("[data-part=signin]").wait_for(state="visible")
    assert stop_of(site, trip, 1)[0] == "to_see"
    sign_in(leader)
    leader.go(f"/su-kien/{trip}").locator(".tripway__seen").nth(1).wait_for()
    assert stop_of(site, trip, 1) == ("seen", "Đất tốt, đường xấu.", 0)
    leader.faults[:] = [one for one in leader.faults if "ERR_INTERNET_DISCONNECTED" not in one]
