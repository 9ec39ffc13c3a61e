"""One decision of every kind that a sheet holds, waiting for both leaders, as far as it is theirs."""

from __future__ import annotations

from dataclasses import replace

from marketplace.accounts.acting import Acting
from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import ActingHow, OrganisationKind
from marketplace.catalogue import services as catalogue
from marketplace.catalogue import snapshots
from marketplace.core import clock
from marketplace.core.actor import ANONYMOUS
from marketplace.core.db import db
from marketplace.core.text import name_key
from marketplace.deals import services as deals
from marketplace.deals.rules import PaperKind, RulingKind
from marketplace.deals.services import Signed
from marketplace.moderation import services as moderation
from marketplace.moderation.rules import About
from marketplace.moderation.services import ReportValues
from marketplace.papers import services as papers
from marketplace.papers.services import PaperValues
from marketplace.papers.types import PaperType
from marketplace.revisions import services as revisions
from tests import world as worlds
from tests.choosing.conftest import Story as Selecting
from tests.deals.conftest import TODAY
from tests.deals.conftest import Story as Dealing
from tests.papers.conftest import ISSUED
from tests.reports import story
from tests.trips.conftest import Outing
from tests.world import World

KEPT = ("match", "listing", "revision", "selection", "ruling", "trip", "trip_report")
"""The kinds that are decided by a key."""
KINDS = (*KEPT, "report", "organisation", "paper", "agreement", "figure")


def everything(world: World) -> dict[str, str]:
    """What waits for the commune's leader: the public id of one decision of each kind."""
    return {kind: MAKES[kind](world) for kind in KINDS}


def _match(world: World) -> str:
    return world.consented(world.proposed(world.published(title="Gừng núi"))).public_id


def _listing(world: World) -> str:
    listing = world.draft(title="Nấm lim")
    return catalogue.submit(world.actor("coop"), listing.public_id).public_id


def _revision(world: World) -> str:
    listing = world.published(title="Chuối rừng")
    values = replace(snapshots.read(listing, listing.written_as), description="Phơi khô, cắt lát.")
    revision = revisions.write(world.actor("coop"), listing.public_id, None, values)
    return revisions.submit(world.actor("coop"), revision.public_id).public_id


def _report(world: World) -> str:
    says = ReportValues(
        About.WRONG, "Số điện thoại không phải của họ.", "Người báo", "0900 000 001"
    )
    listing = world.published(title="Măng khô")
    return moderation.report(ANONYMOUS, listing.public_id, says, "192.0.2.1").public_id


def _organisation(world: World) -> str:
    name = "Tổ hợp tác chờ xác minh"
    found = Organisation(
        kind=OrganisationKind.COOPERATIVE_GROUP,
        name=name,
        name_key=name_key(name),
        locality_id=world.pair.source_id,
        created_at=clock.now(),
    )
    db.session.add(found)
    db.session.commit()
    return found.public_id


def _paper(world: World) -> str:
    scan = worlds.paper("vietgap.pdf")
    values = PaperValues("VG-01/2026", "Chi cục minh họa", "Thôn Azứt", ISSUED, scan=scan)
    coop = world.organisations["coop"]
    return papers.add(world.actor("coop"), coop, PaperType.VIETGAP, values).public_id


def _selection(world: World) -> str:
    """The ward proposes; the commune's leader and a colleague have given their points."""
    told = Selecting(world)
    selection = told.scored(deciders=("ward_official_1", "ward_leader", "leader", "official_2"))
    return told.proposes(selection, "ward_official_1").public_id


def _ruling(world: World) -> str:
    deal = Dealing(world).active()
    ruling = deals.propose_ruling(
        world.actor("official_1"),
        deal.public_id,
        RulingKind.TERMINATE,
        reason="nothing",
        note="Chưa giao lần nào.",
    )
    return ruling.public_id


def _agreement(world: World) -> str:
    code = Dealing(world).agreed(unit_price=2_000_000).public_id
    deals.draw_up(world.actor("coop"), code, PaperKind.FRAME)
    deals.hand_in(world.actor("hotel"), code, Signed(TODAY, worlds.paper("a.pdf")))
    spoken = Acting(ActingHow.CALL)
    copy = Signed(TODAY, worlds.paper("b.pdf"))
    deals.hand_in(world.actor("official_1"), code, copy, acting=spoken)
    return code


def _trip(world: World) -> str:
    return Outing(world).planned().public_id


def _trip_report(world: World) -> str:
    return Outing(world).written().public_id


def _figure(world: World) -> str:
    return story.ended(world, title="Chè dây").outcome.figures[0].public_id


MAKES = {
    "match": _match,
    "listing": _listing,
    "revision": _revision,
    "report": _report,
    "organisation": _organisation,
    "paper": _paper,
    "selection": _selection,
    "ruling": _ruling,
    "agreement": _agreement,
    "trip": _trip,
    "trip_report": _trip_report,
    "figure": _figure,
}
