"""More like these and less like those: ids looked up, and vectors moved as Rocchio did."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from search_cases import search_case

from ingest.errors import UnknownCase
from rag.search.feedback import DISLIKED, LIKED, Feedback, judged_ids, moved, read_feedback

C1, C2 = search_case(1, "Lung abscess", "Cavity."), search_case(2, "Pneumonia", "Opacity.")
JOURNAL = search_case(3, "Cyst", "Cyst.", source="pmc")


def unit(*rows):
    held = np.array(rows, dtype=np.float32)
    return held / np.linalg.norm(held, axis=1, keepdims=True)


def none(dimension=3):
    return np.zeros((0, dimension), dtype=np.float32)


def slowly(vectors, liked, disliked):
    """Move one number at a time."""
    dimension = 3
    rows = [list(map(float, row)) for row in vectors] or [[0.0] * dimension]
    for row in rows:
        for place in range(dimension):
            row[place] += 0.75 * sum(one[place] for one in liked) / len(liked) if len(liked) else 0.0
            row[place] -= 0.15 * sum(one[place] for one in disliked) / len(disliked) if len(disliked) else 0.0
    lengths = [sum(value**2 for value in row) ** 0.5 for row in rows]
    return [[value / length for value in row] for row, length in zip(rows, lengths, strict=True)]


@pytest.mark.parametrize("vectors", [unit([1, 2, 3], [3, 1, -1]), none()])
@pytest.mark.parametrize("liked", [unit([1, 0, 1], [0, 5, 1]), unit([0, 1, 0])])
@pytest.mark.parametrize("disliked", [unit([-1, 1, 1], [0, 0, 1]), none()])
def test_vectors_move_towards_the_mean_of_what_is_liked_and_a_little_from_what_is_not(vectors, liked, disliked):
    found = moved(vectors, liked, disliked)
    assert found == pytest.approx(np.array(slowly(vectors, liked, disliked)), abs=1e-6)
    assert found.dtype == np.float32
    assert found.flags.c_contiguous


def test_what_is_disliked_alone_moves_a_question_but_makes_none():
    vectors, disliked = unit([1, 2, 3]), unit([0, 1, 0])
    assert moved(vectors, none(), disliked) == pytest.approx(np.array(slowly(vectors, none(), disliked)), abs=1e-6)
    assert moved(none(), none(), disliked).shape == (0, 3)


def test_a_question_that_is_moved_to_nothing_is_nothing():
    liked = np.array([[1.0, 0.0]], dtype=np.float32)
    assert moved(np.array([[-LIKED, 0.0]], dtype=np.float32), liked, none(2)).tolist() == [[0.0, 0.0]]


def test_the_weights_are_the_reasonable_values_of_the_textbook():
    assert (LIKED, DISLIKED) == (0.75, 0.15)


def test_what_was_judged_is_known_by_case_and_by_the_case_of_each_image():
    cases_of_images = frozenset({"pmc:PMC7_1", "test:C9"})
    feedback = Feedback((C1,), (C2,), ("pmc:PMC7_1_image0",), ("test:C9_image2",), cases_of_images)
    assert judged_ids(feedback) == (["test:C1"], ["test:C2"])
    assert feedback.case_ids == {"test:C1", "test:C2", "pmc:PMC7_1", "test:C9"}


class Store:
    """Cases by id, also without the source."""

    def __init__(self, *cases):
        self.cases = {case.case_id: case for case in cases}

    def get(self, named):
        for case_id, case in self.cases.items():
            if named in (case_id, case_id.partition(":")[2]):
                return type("Stored", (), {"case": case})
        raise UnknownCase(f"no case {named}")


def renamed(case, case_id):
    images = tuple(replace(image, image_id=image.image_id.replace(case.case_id, case_id)) for image in case.images)
    return replace(case, case_id=case_id, images=images)


def test_cases_and_images_are_looked_up_by_short_and_by_long_id():
    store = Store(C1, C2)
    assert read_feedback(["C1", "test:C2_image1"], ["C2"], store) == Feedback(
        liked=(C1,),
        disliked=(C2,),
        liked_images=("test:C2_image1",),
        cases_of_images=frozenset({"test:C2"}),
    )
    assert read_feedback([], ["C1_image0", "test:C1"], store) == Feedback(
        disliked=(C1,), disliked_images=("test:C1_image0",), cases_of_images=frozenset({"test:C1"})
    )


def test_a_case_whose_id_has_a_stroke_is_no_image():
    journal = renamed(JOURNAL, "pmc:PMC7_1")
    store = Store(journal)
    assert read_feedback(["pmc:PMC7_1"], [], store) == Feedback(liked=(journal,))
    assert read_feedback(["PMC7_1"], [], store) == Feedback(liked=(journal,))
    assert read_feedback(["PMC7_1_image1"], [], store) == Feedback(
        liked_images=("pmc:PMC7_1_image1",), cases_of_images=frozenset({"pmc:PMC7_1"})
    )


def test_only_what_stands_behind_the_last_colon_is_the_id_at_the_source():
    case = renamed(C1, "my_archive:x:C1")
    store = Store(case)
    assert read_feedback(["my_archive:x:C1"], [], store) == Feedback(liked=(case,))
    journal = renamed(JOURNAL, "my_archive:x:PMC7_1")
    store = Store(journal)
    assert read_feedback(["my_archive:x:PMC7_1"], [], store) == Feedback(liked=(journal,))
    found = read_feedback(["my_archive:x:PMC7_1_image1"], [], store)
    assert found == Feedback(
        liked_images=("my_archive:x:PMC7_1_image1",), cases_of_images=frozenset({"my_archive:x:PMC7_1"})
    )


def test_an_image_that_the_case_does_not_have_is_refused():
    with pytest.raises(UnknownCase, match=r"^case 'test:C1' has no image 'C1_image7'\."):
        read_feedback(["C1_image7"], [], Store(C1, C2))
    with pytest.raises(UnknownCase, match="no case C9"):
        read_feedback(["C9_image0"], [], Store(C1, C2))
