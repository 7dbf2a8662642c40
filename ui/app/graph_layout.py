"""Where nodes are drawn: each beside what it was opened from, in the nearest place that is free.

The place of a node follows from the steps before it and from nothing else. So what was there stays where it is when a
reader opens more, and the same address is drawn in the same way each time. No force moves anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from math import atan2, cos, pi, sin

from ui.app.graph_steps import Pin, Point

APART = (112, 74)  # px of the picture between two nodes, across and down: a node with two lines of its name
_FIRST_RING, _NEXT_RING = 150, 92  # px: the radius of the first ring around a node, and what each further one adds
_STRETCH = 1.3  # a screen is wider than high, and names are wider than high
_FAN = 0.62 * pi  # to each side of the way on; behind a node lies what it was opened from


@dataclass(frozen=True)
class Spread:
    """What one step shows, and beside what."""

    parent: str
    keys: tuple[str, ...]


def places(start: str, spreads: Sequence[Spread], pins: Mapping[str, Pin]) -> dict[str, Point]:
    """Return the place of each node and group.

    Parameters
    ----------
    start : str
        The node in the middle.
    spreads : sequence of Spread
        In the order of the steps; what stands somewhere already stays there.
    pins : mapping
        What the reader has put elsewhere. What is opened afterwards goes by the new place, what was open before stays.

    Returns
    -------
    dict
        Of each key its place, ``(across, down)`` in pixels of the picture; the start is at ``(0, 0)`` unless pinned.
    """
    homes: dict[str, Point] = {start: (0, 0)}
    parents: dict[str, str] = {}
    for number, spread in enumerate(spreads):
        moved = {key: pin.place for key, pin in pins.items() if pin.since <= number}
        there = {key: moved.get(key, home) for key, home in homes.items()}
        behind = there.get(parents.get(spread.parent, ""))
        for key in spread.keys:
            if key not in homes:
                parents[key] = spread.parent
                homes[key] = there[key] = _first_free(there[spread.parent], behind, there.values())
    return {**homes, **{key: pin.place for key, pin in pins.items() if key in homes}}


def _first_free(centre: Point, behind: Point | None, taken: Collection[Point]) -> Point:
    return next(place for place in _slots(centre, behind) if not any(_too_near(place, other) for other in taken))


def _too_near(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) < APART[0] and abs(one[1] - other[1]) < APART[1]


def _slots(centre: Point, behind: Point | None) -> Iterator[Point]:
    """Yield places on rings around a node: all around, or away from what lies behind it, straight on first."""
    ahead = -pi / 2 if behind is None else atan2(centre[1] - behind[1], centre[0] - behind[0])
    for ring in count():
        radius = _FIRST_RING + ring * _NEXT_RING
        slots = int(2 * pi * radius / APART[0])
        for slot in range(slots):
            # 0, 1, -1, 2, -2, ... and every other ring between the slots of the one before
            turn = (-1) ** (slot + 1) * ((slot + 1) // 2) + (ring % 2) / 2
            angle = 2 * pi * turn / slots
            if behind is None or abs(angle) <= _FAN:
                across, down = radius * _STRETCH * cos(ahead + angle), radius * sin(ahead + angle)
                yield centre[0] + round(across), centre[1] + round(down)
