"""The number of a figure, as the text counts it, by the id that its article gives it and by the name of its file.

A release has no "Figure 1" beside an image. It has the article's id of the figure as `tag` (``fig1``), which is its
number unless a publisher counts in fives (``f0005``); and the publisher's name of the file (``gr1.jpg``).
"""

from __future__ import annotations

import re

_TAG = re.compile(r"(?:.*[-_.])?f(?:ig(?:ure)?)?[-_. ]*(?!\d{4})0{0,2}(?P<number>[1-9]\d?)", re.IGNORECASE)
# "f0005" is Figure 1 of one publisher and Figure 5 of another: four digits tell nothing, unless they stand apart.
_APART = re.compile(r".*[-_]fig[-_]0*(?P<number>[1-9]\d?)", re.IGNORECASE)
_FILE = re.compile(
    r".*(?<![a-z])(?:gr|fig(?:ure)?|f|g|i)[-_. ]?0{0,3}(?P<number>[1-9]\d?)(?:_(?:html|oc|b))?"
    r"|.*\d\.0{1,2}(?P<bare>[1-9]\d?)",
    re.IGNORECASE,
)


def figure_label(tag: str | None, figure: str | None) -> str | None:
    """Return the label of a figure by its tag, else by the name of its file without ending; None if neither tells.

    Examples
    --------
    >>> figure_label("fig2", "PMC1_01_gr3"), figure_label("f0010", "PMC1_01_gr2"), figure_label(None, "PMC1_01_a-g001")
    ('Figure 2', 'Figure 2', 'Figure 1')
    """
    found = (_TAG.fullmatch(tag) or _APART.fullmatch(tag)) if tag else None
    if found:
        return f"Figure {found['number']}"
    found = _FILE.fullmatch(figure) if figure else None
    return f"Figure {found['number'] or found['bare']}" if found else None
