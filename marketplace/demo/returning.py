"""Who comes back to the demonstration: saved searches, watched listings, and names that mean one.

The names are what buyers from elsewhere call the same goods; who searches for what is made up.
"""

from __future__ import annotations

from collections.abc import Iterator

from marketplace.alerts import services as alerts
from marketplace.alerts.rules import Rhythm
from marketplace.alerts.services import SearchValues
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.lists import Wished
from marketplace.demo.stage import Stage, Story
from marketplace.discovery import services as discovery
from marketplace.discovery.services import SynonymValues

SYNONYMS = (
    "đẳng sâm\nsâm dây",
    "chè dây\ntrà dây",
    "bắp\nngô",
    "heo\nlợn",
)

SEARCHES = (
    ("hotel", 40, Rhythm.WEEKLY, "Đồ khô có giấy tờ cho bếp",
     {"nhom": ["vegetables", "tea"], "giay-to": ["con-han"]}),
    ("resort", 25, Rhythm.AT_ONCE, "Hàng mới cho bếp",
     {"nhom": ["processed", "vegetables"]}),
)  # fmt: skip
"""Who, since when, how often they are told, the name, and the filters of the list of produce."""

WATCHED = (("hotel", 35, "ba_kich"),)


def stories(stage: Stage) -> Iterator[Story]:
    """All of them."""
    yield _names(stage)
    for who, day, rhythm, name, asked in SEARCHES:
        yield _searches(stage, who, day, SearchValues(name, rhythm), asked)
    for who, day, goods in WATCHED:
        yield _watches(stage, who, day, goods)


def _names(stage: Stage) -> Story:
    yield (300, "10:20")
    for names in SYNONYMS:
        discovery.add_synonyms(stage.actor("commune_1"), SynonymValues(names))


def _searches(
    stage: Stage, who: str, day: int, values: SearchValues, asked: dict[str, list[str]]
) -> Story:
    yield (day, "16:40")
    wished = Wished.read(PAGES["produce"].spec, asked)
    alerts.save(stage.actor(who), stage.pair_id, wished, values)


def _watches(stage: Stage, who: str, day: int, goods: str) -> Story:
    yield (day, "16:50")
    alerts.watch(stage.actor(who), stage.listings[goods])
