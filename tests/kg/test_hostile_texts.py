"""T32: ten thousand hostile texts through the projection and every question leave the statements as they are."""

from __future__ import annotations

from asked_graph import asked, harmless, projected
from hostile_strings import hostile_strings
from recording_graph import RecordingDriver, recording_graph

from kg.schema import Label

NUMBER = 10_000


def test_t32_ten_thousand_hostile_texts_change_no_question() -> None:
    assert asked(hostile_strings(NUMBER)).statements == asked(harmless(len(Label))).statements


def test_t32_ten_thousand_hostile_texts_change_no_statement_of_the_projection() -> None:
    of_a_kind = [*harmless(1), "left hip fracture", *harmless(20)]  # the first is of a case that is gone
    assert projected(hostile_strings(NUMBER)).statements == projected(of_a_kind).statements


def test_the_recorder_would_notice_a_text_in_a_statement() -> None:
    graph, driver = recording_graph()
    spliced = f"MATCH (n) WHERE n.name = '{next(hostile_strings(1))}' RETURN n"
    graph.read(spliced)  # pyright: ignore[reportArgumentType]
    assert isinstance(driver, RecordingDriver)
    assert driver.statements == {spliced}
