"""Communities: groups of cases that are more like each other than like the rest, named by what they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import log

from kg.engine.graph import Graph
from kg.projection.ownership import require_ours
from kg.projection.similarity import ConceptsOfCases, Edge, read_concepts, read_edges
from kg.schema import NodeKey

SEED = 7
_NAMED_AFTER = 3


@dataclass(frozen=True)
class SharedBy:
    """A concept and how many cases of the community have it."""

    node_key: str
    name: str
    cases: int


@dataclass(frozen=True)
class Community:
    """Cases that belong together; `name` is made of the concepts that set them apart most."""

    number: int
    name: str
    case_ids: tuple[str, ...]
    concepts: tuple[SharedBy, ...]


def communities(graph: Graph, *, seed: int = SEED) -> list[Community]:
    """Return the communities over the edges ``SIMILAR_TO``, the largest first.

    The same graph and seed give the same communities, on either engine. Cases that are like no other are in none.

    References
    ----------
    Blondel et al., Fast unfolding of communities in large networks, 2008; as implemented in networkx.
    """
    require_ours(graph)
    edges = read_edges(graph)
    if not edges:
        return []
    found = read_concepts(graph)
    groups = sorted((sorted(group) for group in _groups(edges, seed)), key=lambda group: (-len(group), group))
    frequencies = found.frequencies()
    return [_community(number, group, found, frequencies) for number, group in enumerate(groups, start=1)]


def _groups(edges: Iterable[Edge], seed: int) -> list[set[str]]:
    import networkx

    network: networkx.Graph[str] = networkx.Graph()
    network.add_nodes_from(sorted({case_id for edge in edges for case_id in (edge.source, edge.target)}))
    for edge in edges:
        network.add_edge(edge.source, edge.target, weight=edge.score)
    return networkx.community.louvain_communities(network, weight="weight", seed=seed)


def _community(number: int, case_ids: list[str], found: ConceptsOfCases, frequencies: Counter[NodeKey]) -> Community:
    inside = Counter(key for case_id in case_ids for key in found.by_case[case_id])
    everyone = len(found.by_case)
    telling = sorted(
        (key for key, cases in inside.items() if cases > 1),
        key=lambda key: (-inside[key] * log(everyone / frequencies[key]), key),
    )[:_NAMED_AFTER]
    shared = tuple(SharedBy(str(key), found.names[key], inside[key]) for key in telling)
    return Community(number, ", ".join(dict.fromkeys(concept.name for concept in shared)), tuple(case_ids), shared)
