"""How a piece of the graph is drawn: an ECharts option with one colour per label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kg.questions import Subgraph
from kg.schema import Label

# Hues after Okabe and Ito's palette for colour-blind readers, with lighter ones between for fourteen labels.
COLOURS: Mapping[str, str] = {
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
LONGEST_NAME = 28


def joined(parts: Sequence[Subgraph]) -> Subgraph:
    """Return the parts as one graph, each node and relationship once."""
    nodes = {node.key: node for part in parts for node in part.nodes}
    relationships = {(r.source, r.type, r.target): r for part in parts for r in part.relationships}
    return Subgraph(tuple(nodes.values()), tuple(relationships.values()))


def graph_spec(graph: Subgraph, start: str, unfolded: Sequence[str]) -> dict[str, Any]:
    """Return the ECharts option; node i of the drawing is ``graph.nodes[i]``."""
    labels = list(dict.fromkeys(_label(node.key) for node in graph.nodes))
    return {
        "tooltip": {"show": True},
        "legend": {"data": labels, "top": 0, "type": "scroll"},
        "color": [COLOURS.get(label, "#525252") for label in labels],
        "series": [
            {
                "type": "graph",
                "layout": "force",
                "roam": True,
                "draggable": True,
                "selectedMode": "single",
                "top": 40,
                "force": {"repulsion": 220, "edgeLength": [50, 130], "friction": 0.15},
                "categories": [{"name": label} for label in labels],
                "label": {"show": True, "position": "right", "fontSize": 11},
                "labelLayout": {"hideOverlap": True},
                "edgeLabel": {"show": False},
                "emphasis": {"focus": "adjacency", "edgeLabel": {"show": True, "formatter": "{c}"}},
                "lineStyle": {"color": "#b5b5b5", "curveness": 0.08},
                "edgeSymbol": ["none", "arrow"],
                "edgeSymbolSize": 6,
                "data": [_drawn_node(node.key, node.name, labels, start, unfolded) for node in graph.nodes],
                "links": [{"source": r.source, "target": r.target, "value": r.type} for r in graph.relationships],
            }
        ],
    }


def _label(key: str) -> str:
    return key.partition(":")[0]


def _drawn_node(key: str, name: str, labels: Sequence[str], start: str, unfolded: Sequence[str]) -> dict[str, Any]:
    short = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
    size = 30 if key == start else 22 if key in unfolded else 14
    return {
        "id": key,
        "name": key,
        "value": name,
        "category": labels.index(_label(key)),
        "symbolSize": size,
        "label": {"formatter": short.replace("{", "(").replace("}", ")")},
    }
