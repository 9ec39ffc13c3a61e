"""What buyers ask about each product group: the lines of a specification, as data.

A line more is one entry here; the answers are rows (``produce_spec``), so nothing is migrated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from marketplace.catalogue.kinds.produce.terms import SpecValue
from marketplace.catalogue.taxonomy import Group
from marketplace.core.i18n import N_

LONGEST = 120
"""Characters of an answer."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A line: its code in the table, its label, and an example of an answer."""

    code: str
    label: str
    example: str


_ALL = (
    Spec("root_diameter", N_("Diameter of the root"), "1,5–2 cm"),
    Spec("plant_age", N_("Age of the plant"), "3 năm"),
    Spec("moisture", N_("Moisture, %"), "12"),
    Spec("part_used", N_("Part of the plant"), "củ"),
    Spec("harvest_year", N_("Year of harvest"), "2026"),
    Spec("flower", N_("Flowers the bees visit"), "hoa rừng"),
    Spec("extraction", N_("How it is taken from the comb"), "quay ly tâm"),
    Spec("live_weight", N_("Live weight"), "15–20 kg"),
    Spec("animal_age", N_("Age of the animal"), "8 tháng"),
    Spec("breed", N_("Breed"), "heo địa phương"),
    Spec("vaccinated", N_("Vaccinated against"), "lở mồm long móng"),
    Spec("feed", N_("What it is fed"), "chuối, sắn, rau rừng"),
    Spec("cloth_size", N_("Size of the cloth"), "70 × 180 cm"),
    Spec("dye", N_("Yarn and dye"), "sợi bông, nhuộm củ nâu"),
    Spec("weeks", N_("Weeks to make one"), "3"),
    Spec("size", N_("Size"), "cao 30 cm, rộng 25 cm"),
    Spec("material", N_("Material"), "mây rừng, tre"),
    Spec("packing", N_("How it is packed"), "20 túi lọc một hộp"),
    Spec("leaf", N_("Leaf, bag or powder"), "túi lọc"),
    Spec("grain", N_("Share of broken grain, %"), "5"),
    Spec("milling", N_("How it is milled"), "xát dối"),
    Spec("fruit_weight", N_("Weight of one fruit"), "120–150 g"),
    Spec("ripeness", N_("Ripeness when picked"), "chín cây"),
    Spec("heat", N_("How hot it is"), "rất cay"),
    Spec("drying", N_("How it is dried"), "phơi nắng, sấy dưới 60 °C"),
    Spec("cleaned", N_("Cut and washed how"), "bỏ gốc, rửa sạch"),
    Spec("ingredients", N_("Ingredients"), "măng tươi, muối"),
    Spec("bark", N_("Thickness of bark"), "2–3 mm"),
    Spec("strength", N_("Alcohol, % by volume"), "25"),
)
SPECS: Mapping[str, Spec] = {spec.code: spec for spec in _ALL}

BY_GROUP: Mapping[Group, tuple[str, ...]] = {
    Group.HERBS: ("part_used", "root_diameter", "plant_age", "moisture"),
    Group.TEA: ("leaf", "packing", "moisture", "harvest_year"),
    Group.SPICES: ("heat", "moisture", "drying", "harvest_year"),
    Group.VEGETABLES: ("cleaned", "size"),
    Group.CEREALS: ("milling", "grain", "moisture", "harvest_year"),
    Group.FRUIT: ("fruit_weight", "ripeness"),
    Group.HONEY: ("flower", "moisture", "extraction", "harvest_year"),
    Group.FOREST: ("plant_age", "bark", "moisture", "drying"),
    Group.LIVESTOCK: ("breed", "live_weight", "animal_age", "feed", "vaccinated"),
    Group.PROCESSED: ("ingredients", "packing", "moisture"),
    Group.TEXTILES: ("cloth_size", "dye", "weeks"),
    Group.WICKERWORK: ("material", "size", "weeks"),
    Group.ALCOHOL: ("strength", "ingredients", "packing"),
}


def asked_of(group: Group | None) -> tuple[Spec, ...]:
    """The lines of a group, in the order they are asked and shown."""
    return tuple(SPECS[code] for code in BY_GROUP[group]) if group else ()


def fitting(group: Group | None, values: Iterable[SpecValue]) -> list[SpecValue]:
    """The answers that belong to the group, in its order; those of another group are left out."""
    given = {value.code: value for value in values if value.value}
    return [given[spec.code] for spec in asked_of(group) if spec.code in given]
