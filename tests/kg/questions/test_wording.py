"""Paths in words, forwards and backwards."""

from __future__ import annotations

import pytest

from kg.questions.neighbourhood import Node, Relationship, Subgraph
from kg.questions.wording import WORDS, in_words, number_in_words
from kg.schema import Label, RelationshipType

A, D, B = (Node(f"Case:{name}", Label.CASE, name) for name in "ADB")


def path(nodes, *steps):
    return Subgraph(tuple(nodes), tuple(Relationship(one.key, two.key, kind) for one, kind, two in steps))


def test_a_path_is_one_sentence_whose_verbs_follow_the_direction_of_each_step():
    found = path([A, D, B], (A, RelationshipType.CONSIDERS, D), (B, RelationshipType.HAS_DIAGNOSIS, D))
    assert in_words(found) == "A considers D, which is the diagnosis of B."


def test_a_single_node_is_its_name():
    assert in_words(path([A])) == "A."


@pytest.mark.parametrize("kind", list(RelationshipType))
def test_every_relationship_has_words_in_both_directions(kind):
    forwards, backwards = WORDS[kind]
    assert in_words(path([A, D], (A, kind, D))) == f"A {forwards} D."
    assert in_words(path([A, D], (D, kind, A))) == f"A {backwards} D."


@pytest.mark.parametrize(
    ("kind", "label", "count", "outgoing", "said"),
    [
        (RelationshipType.HAS_IMAGE, Label.IMAGE, 3, True, "has 3 images"),
        (RelationshipType.HAS_IMAGE, Label.CASE, 1, False, "is an image of 1 case"),
        (RelationshipType.SHOWS, Label.FINDING, 2, True, "shows 2 findings"),
        (RelationshipType.SHOWS, Label.CASE, 1200, False, "is shown by 1,200 cases"),
        (RelationshipType.HAS_DIAGNOSIS, Label.DIAGNOSIS, 1, True, "has 1 diagnosis"),
    ],
)
def test_a_number_of_one_kind_is_worded_in_its_direction(kind, label, count, outgoing, said):
    assert number_in_words(kind, label, count, outgoing=outgoing) == said


def test_a_path_with_a_step_too_many_is_an_error():
    with pytest.raises(ValueError, match=r"shorter|longer"):
        in_words(path([A], (A, RelationshipType.CONSIDERS, D)))
