"""Many keys, a few hundred at a time."""

from __future__ import annotations

import pytest
from answering_graph import AnsweringGraph

import kg.questions.parts
from kg.questions.parts import READ_SIZE, read_in_parts


@pytest.mark.parametrize("number", [0, 1, 3, 4, 7])
def test_each_key_is_asked_for_once_in_parts_of_the_read_size(monkeypatch, number):
    monkeypatch.setattr(kg.questions.parts, "READ_SIZE", 3)
    graph = AnsweringGraph({"S": lambda asked: [{"key": key} for key in asked["keys"]]})
    keys = [f"k{n}" for n in range(number)]
    assert list(read_in_parts(graph, "S", keys=keys)) == [{"key": key} for key in keys]
    assert [asked["keys"] for _, asked in graph.asked] == [keys[start : start + 3] for start in range(0, number, 3)]


def test_five_hundred_are_asked_for_at_a_time():
    assert READ_SIZE == 500
