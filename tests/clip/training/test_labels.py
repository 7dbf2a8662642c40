"""Labels and their numbers, counted by hand."""

from __future__ import annotations

import pytest

from clip.training.examples import Examples
from clip.training.labels import UNKNOWN, classes_of, targets_of
from ingest.errors import InputError


def examples(case_ids, **labels):
    m = len(case_ids)
    return Examples(
        tuple(f"{case_id}_{n}" for n, case_id in enumerate(case_ids)), tuple(case_ids), (b"",) * m, ((),) * m, labels
    )


def test_a_label_counts_that_two_cases_have_and_a_task_that_has_two_of_them():
    held = examples(
        "aabbcd",
        modality=("MR", "MR", "CT", "MR", "CT", None),  # MR: a, b; CT: b, c
        plane=("axial", "axial", "axial", None, "coronal", "coronal"),  # axial: a, b; coronal: c, d
        region=("Head", "Head", None, None, None, None),  # twice in one case
        view=("AP", None, "AP", None, "PA", None),  # only one label has two cases
    )
    assert classes_of(held) == {"modality": ["CT", "MR"], "plane": ["axial", "coronal"]}


def test_nothing_to_tell_apart_is_refused():
    message = r"^no task has two labels in two cases each, so there is nothing to tell apart\.$"
    for held in (examples("aa", modality=("MR", "CT")), examples("ab", modality=("MR", "MR")), examples("")):
        with pytest.raises(InputError, match=message):
            classes_of(held)


def test_answers_are_the_places_of_the_labels_and_what_is_no_class_is_unknown():
    held = examples("abcd", modality=("MR", "US", None, "CT"), plane=("axial", None, "axial", "x"))
    found = targets_of(held, {"modality": ["CT", "MR"], "plane": ["axial"]})
    assert {task: values.tolist() for task, values in found.items()} == {
        "modality": [1, UNKNOWN, UNKNOWN, 0],
        "plane": [0, UNKNOWN, 0, UNKNOWN],
    }
    assert UNKNOWN == -1
