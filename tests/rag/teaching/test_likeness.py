"""How a named disease stands to a case's: by concepts."""

import pytest
from case_factory import make_case

from ingest.case import Topic
from rag.teaching.likeness import Likeness, likeness, likeness_to_answer


@pytest.mark.parametrize(
    ("named", "diagnosis", "expected"),
    [
        ("Glioblastoma", "GLIOBLASTOMA", Likeness.EXACT),
        ("RCC", "Carcinoma, renal cell", Likeness.EXACT),
        ("MCA infarct", "Acute right MCA infarction", Likeness.EXACT),
        ("Pheochromocytoma", "Pheochromocytoma (biopsy proven)", Likeness.EXACT),
        ("Stroke", "Right MCA infarction", Likeness.WIDER),
        ("Glioma", "Glioblastoma", Likeness.WIDER),
        ("Glioblastoma", "Glioma", Likeness.KIND),
        ("Abscess", "Glioblastoma", Likeness.OTHER),
        ("Renal infarct", "Cerebral infarction", Likeness.OTHER),
        ("", "Glioma", Likeness.OTHER),
        ("?", "?", Likeness.OTHER),
    ],
)
def test_a_named_disease_is_exact_a_kind_wider_or_another(named: str, diagnosis: str, expected: Likeness):
    assert likeness(named, diagnosis) is expected


def test_the_topic_and_what_stands_before_a_comma_are_wider():
    case = make_case(diagnosis="Retinal lymphoma, large B-cell type", sections={}, topic=Topic("Stroke"))
    assert likeness_to_answer("Retinal lymphoma", case) is Likeness.WIDER
    assert likeness_to_answer("Stroke", case) is Likeness.WIDER
    assert likeness_to_answer("Retinal lymphoma, large B-cell type", case) is Likeness.EXACT
    assert likeness_to_answer("Meningioma", case) is Likeness.OTHER


def test_a_topic_that_is_no_disease_answers_nothing():
    case = make_case(diagnosis="Meningioma", sections={}, topic=Topic("Parietal lobe"))
    assert likeness_to_answer("Parietal lobe", case) is Likeness.OTHER
