"""T37: what is written of a case and its images do not look like is told."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from search_cases import search_case

from ingest.vocabulary import Modality, Region
from rag.drafts.consistency import consistency_warnings


@dataclass(frozen=True)
class Task:
    task: str
    labels: tuple[str, ...]


class Heads:
    """Sees in the first number of an image's vector how sure it is of MR and of a head."""

    tasks = (Task("modality", ("MR", "CT")), Task("region", ("Head", "Thorax", "Abdomen")))

    def probabilities(self, report, vectors):
        sure = vectors[:, :1]
        rest = (1 - sure) / (len(report.labels) - 1)
        return np.hstack([sure, *[rest] * (len(report.labels) - 1)])


HEAD = np.array([[0.98], [0.97]])
CHEST = {"modality": Modality.CT, "region": Region.THORAX}


def brain(**changes):
    return search_case(1, "Glioblastoma", "Mass of the frontal lobe and of the corpus callosum.", **changes)


def test_t37_a_case_whose_images_fit_its_words_is_not_doubted():
    assert consistency_warnings(brain(), HEAD, Heads()) == []


def test_t37_images_of_another_part_of_the_body_and_another_machine_are_told():
    chest = search_case(2, "Pneumonia", "Consolidation of the lung and of the pleura.", **CHEST)
    assert consistency_warnings(chest, HEAD, Heads()) == [
        "C2: its images are filed under modality CT, but its images look like MR.",
        "C2: its images are filed under region Thorax, but its images look like Head.",
        "C2: its text speaks of places in Thorax, but its images look like Head.",
    ]


def test_t37_a_text_of_another_part_of_the_body_under_the_true_label_is_told():
    swapped = search_case(3, "Pneumonia", "Consolidation of the lung and of the pleura.")
    assert consistency_warnings(swapped, HEAD, Heads()) == [
        "C3: its text speaks of places in Thorax, but its images look like Head."
    ]


@pytest.mark.parametrize("sure", [0.06, 0.5])
def test_one_image_that_may_fit_is_enough(sure):
    assert consistency_warnings(brain(), np.array([[0.0], [sure]]), Heads()) == []


def test_nothing_is_doubted_without_images_or_of_what_the_heads_have_not_learnt():
    assert consistency_warnings(brain(**CHEST), HEAD[:0], Heads()) == []
    strange = replace(brain(), images=tuple(replace(i, modality=Modality.NM) for i in brain().images))
    assert consistency_warnings(strange, HEAD, Heads()) == []
