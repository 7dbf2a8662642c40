"""How a piece of the graph is drawn: an ECharts option with one colour per label and one line per kind of saying."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casegraph.cases import age_in_words
from casegraph.graph import Label, Node, Relationship, RelationshipType, Subgraph

# Hues after Okabe and Ito's palette for colour-blind readers, with lighter ones between for fourteen labels.
COLOURS: Mapping[Label, str] = {
    Label.CASE: "#0072B2",
    Label.PATIENT: "#7FB8D9",
    Label.IMAGE: "#56B4E9",
    Label.DIAGNOSIS: "#D55E00",
    Label.FINDING: "#E69F00",
    Label.ANATOMICAL_LOCATION: "#009E73",
    Label.REGION: "#66C5AB",
    Label.MODALITY: "#8C8C8C",
    Label.PATHOLOGY_CATEGORY: "#CC79A7",
    Label.ACR_CODE: "#B8A9C9",
    Label.TOPIC: "#A0527F",
    Label.TREATMENT: "#6A51A3",
    Label.EXAM: "#9E9AC8",
    Label.ARTICLE: "#525252",
}
# What is not there must not look as if it were.
LINES: Mapping[RelationshipType, str] = {
    RelationshipType.RULES_OUT: "dashed",
    RelationshipType.MAY_SHOW: "dotted",
    RelationshipType.HAD: "dotted",
    RelationshipType.DESCRIBES: "dotted",
}
LINES_IN_WORDS = "Dashed: said to be absent. Dotted: uncertain, earlier or of the disease in general."
INK, DARK_INK = "#1b2733", "#dde6ec"  # of the text of a page, as in theme.toml
MAX_NAME_LENGTH = 26
ROOM = 14_000  # the more nodes, the less they push each other away; tried until 20 to 80 filled the image


def merged(parts: Sequence[Subgraph]) -> Subgraph:
    """Return the parts as one graph, each node and relationship once."""
    nodes = {node.key: node for part in parts for node in part.nodes}
    relationships = {(r.source, r.type, r.target): r for part in parts for r in part.relationships}
    return Subgraph(tuple(nodes.values()), tuple(relationships.values()), all(part.complete for part in parts))


def graph_spec(graph: Subgraph, start: str, unfolded: Sequence[str], *, dark: bool = False) -> dict[str, Any]:
    """Return the ECharts option; node i of the drawing is ``graph.nodes[i]``. `dark` is for a dark page."""
    ink = DARK_INK if dark else INK
    labels = list(dict.fromkeys(node.label for node in graph.nodes))
    return {
        "animation": False,
        "tooltip": {"show": True, "formatter": "{c}", "confine": True},
        "legend": {
            "data": [str(label) for label in labels],
            "top": 0,
            "type": "scroll",
            "icon": "circle",
            "textStyle": {"color": ink},
        },
        "color": [COLOURS[label] for label in labels],
        "series": [
            {
                "type": "graph",
                "layout": "force",
                "roam": True,
                "zoom": max(1 - (len(unfolded) - 1) / 10, 0.5),  # what is unfolded spreads beyond the image
                "draggable": True,
                "selectedMode": "single",
                "top": 70,
                "bottom": 30,
                "force": {
                    "repulsion": min(550, ROOM // len(graph.nodes)),
                    "edgeLength": [70, 160],
                    "gravity": 0.15,
                    "layoutAnimation": False,
                },
                "categories": [{"name": str(label)} for label in labels],
                "label": {"show": True, "position": "right", "fontSize": 12, "color": ink},
                "labelLayout": {"hideOverlap": True},
                "emphasis": {"focus": "adjacency", "label": {"fontWeight": "bold"}},
                "lineStyle": {"color": "#9aa7b0", "width": 1.2, "curveness": 0.06},
                "edgeSymbol": ["none", "arrow"],
                "edgeSymbolSize": 6,
                "data": [_drawn_node(node, labels, start, unfolded, ink) for node in graph.nodes],
                "links": [_drawn_line(relationship) for relationship in graph.relationships],
            }
        ],
    }


def node_name(node: Node) -> str:
    """Return what to call a node: an image by what it shows, a patient by age and sex, the rest by their names."""
    if node.label is Label.PATIENT:
        age, sex = node.properties.get("age_years"), node.properties.get("sex")
        return ", ".join(("patient", *([age_in_words(age)] if age is not None else []), *([sex] if sex else [])))
    if node.label is not Label.IMAGE:
        return node.name
    shown = " ".join(str(node.properties[name]) for name in ("modality", "plane", "view") if node.properties.get(name))
    return f"{shown or 'image'} {node.name.rpartition('_')[2].removeprefix('synpic')}"


def _drawn_node(node: Node, labels: Sequence[Label], start: str, unfolded: Sequence[str], ink: str) -> dict[str, Any]:
    name = node_name(node)
    short = name if len(name) <= MAX_NAME_LENGTH else name[: MAX_NAME_LENGTH - 1] + "…"
    known = node.key in unfolded
    return {
        "id": node.key,
        "name": node.key,
        "value": name,
        "category": labels.index(node.label),
        "symbolSize": 34 if node.key == start else 26 if known else 16,
        "label": {"formatter": short.replace("{", "(").replace("}", ")"), "fontWeight": "bold" if known else "normal"},
        "itemStyle": {"borderColor": ink, "borderWidth": 2 if known else 0},
    }


def _drawn_line(relationship: Relationship) -> dict[str, Any]:
    drawn = {"source": relationship.source, "target": relationship.target, "value": str(relationship.type)}
    kind = LINES.get(relationship.type)
    return {**drawn, "lineStyle": {"type": kind}} if kind else drawn
