"""The geometry of the quarterly chart in whole user units; words come from the caller. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

LINES = 4
"""How many grid lines above zero at most."""
BAR = 34
TOP = 26
ROOM_FOR_TEXT = 60
"""A group narrower than this has no room for numbers above its bars."""


@dataclass(frozen=True, slots=True)
class Line:
    """A grid line and what stands at it."""

    y: int
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: ``hatch`` for what is committed, ``solid`` for what is delivered."""

    x: int
    y: int
    width: int
    height: int
    kind: str
    text: str
    text_x: int


@dataclass(frozen=True, slots=True)
class Group:
    """The bars of one quarter."""

    x: int
    label: str
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot as ``components/chart.html`` draws it."""

    width: int
    height: int
    left: int
    right: int
    base: int
    grid: Sequence[Line]
    groups: Sequence[Group]


@dataclass(frozen=True, slots=True)
class Size:
    """The paper a plot is drawn on."""

    width: int
    height: int
    left: int


WIDE = Size(700, 270, 46)
NARROW = Size(330, 240, 42)


def step(highest: int) -> int:
    """The distance between grid lines: 1, 2 or 5 times a power of ten."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if highest <= factor * power * LINES:
                return factor * power
        power *= 10


def plot(
    size: Size,
    quarters: Sequence[tuple[str, int, int]],
    write: Callable[[int], str],
) -> Plot:
    """Two bars for each (label, committed, delivered); ``write`` says an amount in the unit."""
    right, base = size.width - 6, size.height - 30
    highest = max((max(a, b) for _, a, b in quarters), default=0)
    distance = step(max(highest, 1))
    top = distance * -(-max(highest, 1) // distance)
    space = base - TOP
    slot = (right - size.left) // max(1, len(quarters))
    width = min(BAR, slot * 2 // 5)

    def bar(x: int, amount: int, kind: str) -> Bar:
        height = amount * space // top
        text = write(amount) if amount and slot >= ROOM_FOR_TEXT else ""
        return Bar(x, base - height, width, height, kind, text, x + width // 2)

    groups = []
    for index, (label, committed, delivered) in enumerate(quarters):
        middle = size.left + slot * index + slot // 2
        groups.append(
            Group(
                middle,
                label,
                (
                    bar(middle - width - 1, committed, "hatch"),
                    bar(middle + 1, delivered, "solid"),
                ),
            )
        )
    grid = [
        Line(base - amount * space // top, write(amount)) for amount in range(0, top + 1, distance)
    ]
    return Plot(size.width, size.height, size.left, right, base, grid, groups)
