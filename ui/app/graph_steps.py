"""What a reader has done with the graph, as the page's address says it: opened, folded, hidden, pinned; and undone.

A step opens something: a node (its key), one more page of a group (``#`` before the node's key, ``|`` before the name
of the group) or a node by itself (``@`` before its key). Steps keep their order, as positions follow from it; what is
folded keeps its step, so that it opens again where it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace

NAMES = ("node", "open", "fold", "hide", "pin")
MAX_STEPS_SHOWN = 60
_GROUP, _ALONE = "#", "@"
_THREE_NUMBERS = re.compile(r"-?[0-9]{1,5},-?[0-9]{1,5},[0-9]{1,3}")
Point = tuple[int, int]


@dataclass(frozen=True)
class Pin:
    """Where a reader has put something, and how many steps had been taken by then."""

    place: Point
    since: int


@dataclass(frozen=True)
class Steps:
    """How the graph is opened.

    Attributes
    ----------
    node : str
        The key of the node that it starts from, which is open from the beginning.
    open : tuple of str
        The steps.
    fold : tuple of str
        Those of them that are folded back.
    hide : tuple of str
        Keys that are not drawn.
    pin : tuple of str
        Keys with the place where they were put, as `pins` reads them.
    """

    node: str
    open: tuple[str, ...] = ()
    fold: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    pin: tuple[str, ...] = ()

    def is_open(self, key: str) -> bool:
        """Tell whether what stands at a node, or in a group, is shown."""
        return key in (self.node, *self.open) and key not in self.fold

    def opened(self, key: str) -> Steps:
        """Return the steps with one more: what was folded is open as it was; a group turns to its next page."""
        if key in self.fold:
            return replace(self, fold=_without(self.fold, key))
        if key in (self.node, *self.open) and not is_group(key):
            return self
        return replace(self, open=(*self.open, key))

    def folded(self, key: str) -> Steps:
        """Return the steps without what a node or group shows; as the last step it is forgotten."""
        if not self.is_open(key):
            return self
        kept, fold = list(self.open), {*self.fold, key}
        while kept and kept[-1] in fold:
            fold -= {last} if (last := kept.pop()) not in kept else set()
        return replace(self, open=tuple(kept), fold=tuple(key for key in (*self.fold, key) if key in fold))

    def shown_alone(self, keys: Iterable[str]) -> Steps:
        """Return the steps with these nodes, one beside the other."""
        return replace(self, open=tuple(dict.fromkeys((*self.open, *(f"{_ALONE}{key}" for key in keys)))))

    def hidden(self, key: str) -> Steps:
        """Return the steps with a node or group out of sight; where it starts from stays."""
        return self if key == self.node or key in self.hide else replace(self, hide=(*self.hide, key))

    def shown_again(self, key: str) -> Steps:
        """Return the steps with what was hidden in sight."""
        return replace(self, hide=_without(self.hide, key))

    def pinned(self, key: str, place: Point) -> Steps:
        """Return the steps with a node or group at a place."""
        return replace(self, pin=(*self.unpinned(key).pin, f"{key}@{place[0]},{place[1]},{len(self.open) + 1}"))

    def unpinned(self, key: str) -> Steps:
        """Return the steps with a node or group where it was before it was moved."""
        return replace(self, pin=tuple(pin for pin in self.pin if pin.rpartition("@")[0] != key))

    def pins(self) -> dict[str, Pin]:
        """Return where the reader has put what; what says no place is passed over."""
        pins: dict[str, Pin] = {}
        for said in self.pin:
            key, _, numbers = said.rpartition("@")
            if key and _THREE_NUMBERS.fullmatch(numbers):
                across, down, since = map(int, numbers.split(","))
                pins[key] = Pin((across, down), since)
        return pins

    def asked(self) -> dict[str, list[str]]:
        """Return the parameters of the address that say the steps."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: [value] if isinstance(value, str) else list(value) for name, value in said.items()}


def read_steps(node: str, asked: Mapping[str, list[str]]) -> Steps:
    """Return the steps that an address says; of too many the first ones."""
    return Steps(node, *(tuple(asked.get(name, ()))[:MAX_STEPS_SHOWN] for name in NAMES[1:]))


def group_key(node_key: str, name: str) -> str:
    """Return the key of a group as the picture and the address name it."""
    return f"{_GROUP}{node_key}|{name}"


def is_group(key: str) -> bool:
    """Tell whether a key names a group."""
    return key.startswith(_GROUP)


def parts_of_group(key: str) -> tuple[str, str]:
    """Return the key of the node at which a group stands, and the name of the group."""
    node_key, _, name = key.removeprefix(_GROUP).rpartition("|")
    return node_key, name


def alone(step: str) -> str | None:
    """Return the key of the node that a step shows by itself; None for another step."""
    return step.removeprefix(_ALONE) if step.startswith(_ALONE) else None


def _without(keys: tuple[str, ...], key: str) -> tuple[str, ...]:
    return tuple(other for other in keys if other != key)
