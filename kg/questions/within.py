"""The cases within some steps of a node: what a filter asks of the graph."""

from __future__ import annotations

from kg.engine.graph import Graph
from kg.questions.neighbourhood import neighbourhood
from kg.schema import Label, parse_node_key

_ALL = 1_000_000  # nodes; more than a graph of all of PubMed Central's case reports leads to in a few steps


def cases_within(graph: Graph, node_key: str, steps: int) -> frozenset[str]:
    """Return the ids of the cases at most so many steps from a node, itself included where it is one.

    What is common leads no further, as in `kg.questions.neighbourhood`: not modality, region, exam, nor what has more
    than a hundred relationships.

    Raises
    ------
    InputError, UnknownCase
        If there is no such node.
    """
    near = (parse_node_key(node.key) for node in neighbourhood(graph, node_key, depth=steps, limit=_ALL).nodes)
    return frozenset(key.key for key in near if key.label is Label.CASE)
