"""Communities of cases, named by what sets them apart, on edges and concepts that a test says."""

from __future__ import annotations

from math import log

import networkx
from answering_graph import AnsweringGraph

from kg.projection import similarity
from kg.questions.communities import Community, SharedBy, communities

# Two triangles of cases and a pair; "common" is in all, the others set groups apart.
CONCEPTS = {
    "a1": "ring edema common rare",
    "a2": "ring edema common",
    "a3": "ring common shift edema",
    "b1": "cyst common",
    "b2": "cyst common",
    "b3": "cyst common",
    "c1": "x common",
    "c2": "x common y",
    "lone": "ring common",
}
GROUPS = (("a1", "a2", "a3"), ("b1", "b2", "b3"), ("c1", "c2"))


def graph(groups=GROUPS, concepts=CONCEPTS):
    pairs = [(one, two) for group in groups for one in group for two in group if one != two]
    return AnsweringGraph(
        {
            similarity._CASES: lambda _: [{"case_id": case_id} for case_id in concepts],
            similarity._CONCEPTS: lambda asked: [
                {"case_id": case_id, "label": "Finding", "key": f"finding:{name}", "name": name.upper()}
                for case_id in asked["case_ids"]
                for name in concepts[case_id].split()
            ],
            similarity._READ_EDGES: lambda _: [
                {"source": one, "target": two, "score": 0.5, "why": []} for one, two in pairs
            ],
        }
    )


def slowly(number, group):
    """Name a group by the concepts that two of its cases have, those first of which it has most beyond chance."""
    inside = {
        name: sum(name in CONCEPTS[case].split() for case in group) for name in " ".join(CONCEPTS.values()).split()
    }
    anywhere = {name: sum(name in said.split() for said in CONCEPTS.values()) for name in inside}
    weight = {name: inside[name] * log(len(CONCEPTS) / anywhere[name]) for name in inside if inside[name] > 1}
    best = sorted(weight, key=lambda name: (-weight[name], name))[:3]
    shared = tuple(SharedBy(f"Finding:finding:{name}", name.upper(), inside[name]) for name in best)
    return Community(number, ", ".join(name.upper() for name in best), tuple(sorted(group)), shared)


def test_communities_come_by_size_and_name_and_a_case_that_is_like_no_other_is_in_none():
    assert communities(graph()) == [slowly(number, group) for number, group in enumerate(GROUPS, 1)]


def test_the_same_edges_in_any_order_give_the_same_communities():
    assert communities(graph(GROUPS[::-1])) == communities(graph())


def test_the_larger_community_comes_first_whatever_its_names():
    groups = (("a1", "a2"), ("b1", "b2", "b3"))
    assert [found.case_ids for found in communities(graph(groups))] == [groups[1], groups[0]]


def test_the_seed_decides_between_partitions_that_are_as_good():
    names = sorted(CONCEPTS)
    ring = [(one, two, 0.5) for one, two in zip(names, [*names[1:], names[0]], strict=True)]
    network = networkx.Graph()
    network.add_nodes_from(names)
    network.add_weighted_edges_from(ring)
    asked = weighted(ring)
    found = {seed: [group.case_ids for group in communities(asked, seed=seed)] for seed in range(12)}
    for seed, groups in found.items():
        expected = networkx.community.louvain_communities(network, seed=seed)
        assert sorted(groups) == sorted(tuple(sorted(group)) for group in expected)
    assert len({tuple(sorted(groups)) for groups in found.values()}) > 1


def test_a_graph_without_edges_has_no_communities():
    assert communities(graph(())) == []


def test_strong_edges_hold_a_community_together_and_weak_ones_do_not():
    sides = [("a1", "a2"), ("a2", "b1"), ("b1", "b2"), ("b2", "a1")]
    for strong in (0, 1):
        ring = [(*side, 1.0 if number % 2 == strong else 0.01) for number, side in enumerate(sides)]
        held = {frozenset(sides[strong]), frozenset(sides[strong + 2])}
        assert {frozenset(found.case_ids) for found in communities(weighted(ring))} == held


def weighted(edges):
    answering = graph()
    answering.answers[similarity._READ_EDGES] = lambda _: [
        {"source": one, "target": two, "score": score, "why": []} for one, two, score in edges
    ]
    return answering
