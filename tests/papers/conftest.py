"""Papers entered and verified through the use cases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import pytest
from flask import Flask

from marketplace.accounts import services as accounts
from marketplace.accounts.acting import Acting
from marketplace.accounts.models import Organisation, StoredFile
from marketplace.accounts.rules import ActingHow, OrganisationKind
from marketplace.accounts.services import HouseholdValues
from marketplace.core import clock
from marketplace.core.files import Store
from marketplace.papers import services
from marketplace.papers.models import Paper
from marketplace.papers.services import PaperValues
from marketplace.papers.types import PaperType
from tests.world import World, spoken

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\n%%EOF\n"
ISSUED = date(2026, 1, 15)


@contextmanager
def day(one: date, hour: int = 9) -> Iterator[None]:
    """The clock at this hour of a Vietnamese day."""
    moment = datetime.combine(one, time(hour), tzinfo=clock.VIETNAM)
    with clock.at(moment.astimezone(UTC)):
        yield


@dataclass
class Story:
    """Short ways to papers."""

    app: Flask
    world: World

    def scan(self) -> StoredFile:
        """A scan, kept and not yet added."""
        store: Store = self.app.extensions["files"]
        return StoredFile(
            digest=store.put(PDF),
            media_type="application/pdf",
            size=len(PDF),
            label="giay-to.pdf",
            created_at=clock.now(),
        )

    def values(self, kind: PaperType = PaperType.VIETGAP, **changes: object) -> PaperValues:
        """A complete paper of a type."""
        values: dict[str, object] = {
            "number": f"{kind.value}-01/2026",
            "issuer": "Chi cục minh họa",
            "scope": "Đẳng sâm, thôn Azứt",
            "issued_on": ISSUED,
            "scan": self.scan(),
        }
        if kind is PaperType.OCOP:
            values |= {
                "stars": 4,
                "decision_number": "1204/QĐ-UBND",
                "decision_on": ISSUED,
            }
        if kind is PaperType.ORGANIC:
            values["standard"] = "TCVN 11041-2"
        return PaperValues(**(values | changes))  # type: ignore[arg-type]

    def paper(
        self, kind: PaperType = PaperType.VIETGAP, who: str = "coop", **changes: object
    ) -> Paper:
        """A paper of an organisation, entered by its own people."""
        return services.add(
            self.world.actor(who),
            self.world.organisations[who],
            kind,
            self.values(kind, **changes),
        )

    def verified(
        self, kind: PaperType = PaperType.VIETGAP, who: str = "coop", **changes: object
    ) -> Paper:
        """The same, verified by an official of the locality."""
        paper = self.paper(kind, who, **changes)
        official = "official_1" if who in {"coop", "other_coop"} else "ward_official_1"
        return services.judge(self.world.actor(official), paper.public_id, "verify")

    def household(self) -> Organisation:
        """A household without anyone online, of the cooperative ``coop``."""
        return accounts.enter_household(
            self.world.actor("official_2"),
            HouseholdValues(
                kind=OrganisationKind.PRODUCER_HOUSEHOLD,
                name="Hộ minh họa số 4",
                village_id=self.world.village_id("Aur"),
                phone=None,
                person_name="",
                address="",
                cooperative_id=self.world.organisations["coop"],
            ),
            spoken(),
        )

    @property
    def told(self) -> Acting:
        """Someone's word, given on the telephone."""
        return Acting(ActingHow.CALL, clock.today(), "Đã đọc lại.", None)


@pytest.fixture
def story(app: Flask, world: World) -> Story:
    """Papers on the small world."""
    return Story(app, world)
