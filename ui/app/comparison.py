"""What two to four cases have in common and apart, as one table: a row per kind, a column per case."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from casegraph.comparison import Aspect, ComparedRow, Had
from casegraph.graph import Label
from ui.app.graph_drawing import COLOURS
from ui.app.texts import chip

KINDS: Mapping[Aspect, tuple[str, Label]] = {
    Aspect.DIAGNOSIS: ("diagnosis", Label.DIAGNOSIS),
    Aspect.CONSIDERED: ("diagnosis considered", Label.DIAGNOSIS),
    Aspect.FINDING: ("finding", Label.FINDING),
    Aspect.ABSENT_FINDING: ("said to be absent", Label.FINDING),
    Aspect.ANATOMY: ("place", Label.ANATOMICAL_LOCATION),
    Aspect.REGION: ("region", Label.REGION),
    Aspect.MODALITY: ("modality", Label.MODALITY),
    Aspect.PLANE: ("plane", Label.IMAGE),
    Aspect.CATEGORY: ("category", Label.PATHOLOGY_CATEGORY),
    Aspect.SEX: ("sex", Label.PATIENT),
    Aspect.AGE: ("age", Label.PATIENT),
}
ONLY_HERE = "Underlined: only here."


def comparison_table(rows: Sequence[ComparedRow], names: Sequence[str]) -> str:
    """Return the table as HTML; `names` name the columns."""
    heads = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in ("Common to all", *names))
    body = "".join(_row(row) for row in rows)
    table = f'<table class="cg-table"><thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table>'
    return f'{table}<div class="cg-muted">{ONLY_HERE}</div>'


def _row(row: ComparedRow) -> str:
    name, label = KINDS[row.aspect]
    common = "".join(chip(one, COLOURS[label]) for one in row.common)
    cells = "".join(f"<td>{_cell(others, label)}</td>" for others in row.others)
    return f'<tr><th scope="row">{name}</th><td class="cg-both">{common}</td>{cells}</tr>'


def _cell(others: Sequence[Had] | None, label: Label) -> str:
    if others is None:
        return '<span class="cg-muted">not known</span>'
    return "".join(_had(had, label) for had in others)


def _had(had: Had, label: Label) -> str:
    shown = chip(had.name, COLOURS[label])
    return f'<span class="cg-only">{shown}</span>' if had.only_here else shown
