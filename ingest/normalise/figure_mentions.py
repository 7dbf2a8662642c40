"""Where the texts of a case mention a figure, as one value of the source: ``history:18-46; history:120-240 a, c``.

Each place is a section with character offsets; the letters behind it are the panels that the sentence names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

MENTIONS = "mentions"  # among the source values of an image
_NEXT = "; "


def mention(place: str, panels: Collection[str] = ()) -> str:
    """Return one mention as it is written; without panels it is of the whole figure."""
    return " ".join(filter(None, (place, ", ".join(sorted(panels)))))


def mentions_of_panel(mentions: str, panel: str) -> str | None:
    """Return the mentions of a figure that are of one panel or of the whole; None where there are none.

    Examples
    --------
    >>> mentions_of_panel("history:18-46; history:120-240 a, c", "b")
    'history:18-46'
    """
    return _NEXT.join(_of_panel(mentions, panel)) or None


def _of_panel(mentions: str, panel: str) -> Iterator[str]:
    for one in mentions.split(_NEXT):
        place, _, panels = one.partition(" ")
        if not panels or panel in panels.split(", "):
            yield place
