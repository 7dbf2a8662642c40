"""What two cases share and where they differ, as one table: a row per kind, the shared things in the middle."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from casegraph.graph import KINDS, Comparison, RelationshipType, Thing
from ui.app.graph_drawing import COLOURS
from ui.app.texts import chip

WORDS: Mapping[RelationshipType, str] = {
    RelationshipType.HAS_DIAGNOSIS: "diagnosis",
    RelationshipType.CONSIDERS: "diagnosis considered",
    RelationshipType.SHOWS: "finding",
    RelationshipType.RULES_OUT: "said to be absent",
    RelationshipType.DEPICTS: "place",
    RelationshipType.IN_REGION: "region",
    RelationshipType.ACQUIRED_WITH: "modality",
    RelationshipType.ABOUT: "topic",
    RelationshipType.IN_CATEGORY: "category",
    RelationshipType.CODED_AS: "ACR code",
    RelationshipType.TREATED_WITH: "treatment",
    RelationshipType.EXAMINED_BY: "exam",
}


def comparison_table(comparison: Comparison, left: str, right: str) -> str:
    """Return the table as HTML; `left` and `right` name the cases."""
    columns = (comparison.only_first, comparison.shared, comparison.only_second)
    rows = [
        f"<tr><td>{WORDS[kind]}</td>{_cells(kind, columns)}</tr>"
        for kind in KINDS
        if any(thing.kind is kind for things in columns for thing in things)
    ]
    head = f"<th></th><th>Only {html.escape(left)}</th><th>Both</th><th>Only {html.escape(right)}</th>"
    return f'<table class="cg-table"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _cells(kind: RelationshipType, columns: Sequence[Sequence[Thing]]) -> str:
    styles = ("", ' class="cg-both"', "")
    return "".join(
        f"<td{style}>{''.join(_chip(thing) for thing in things if thing.kind is kind)}</td>"
        for style, things in zip(styles, columns, strict=True)
    )


def _chip(thing: Thing) -> str:
    return chip(thing.name, COLOURS[thing.node.label])
