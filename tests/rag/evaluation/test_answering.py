"""`ask` measured: hits, ceiling and baselines against counting by hand."""

from __future__ import annotations

from search_cases import search_case

from rag.diagnosis_votes import Mix, Support
from rag.evaluation.answering import ASK, FREQUENT, KEYWORDS, NEAREST, AnsweringArchive, AskedCase

CASES = [
    search_case(1, "Glioma", "Mass.", category="Tumor", differential="Abscess"),
    search_case(2, "Glioma", "Mass.", category="Tumor", differential="Cyst"),
    search_case(3, "Abscess", "Mass.", category="Infection", differential="Glioma"),
    search_case(4, "Cyst", "Mass.", category="Tumor", differential="Stroke"),
    search_case(5, "Rare disease", "Mass.", category="Odd", differential=""),
]
ARCHIVE = AnsweringArchive(CASES)
ASKED = AskedCase(CASES[0], ("test:C4", "test:C2"), {"diagnosis:abscess": Support(1.0)}, ("test:C3", "test:C2"))
VOTES = Mix(votes=1, considered=0, findings=0, literature=0, age=0)


def names(ranking):
    return [concept_id.partition(":")[2] for concept_id in ranking]


def test_every_answerer_ranks_diagnoses_in_its_own_way():
    assert names(ARCHIVE.answer(NEAREST, ASKED, VOTES)) == ["cyst", "glioma"]
    assert names(ARCHIVE.answer(KEYWORDS, ASKED, VOTES)) == ["abscess", "glioma"]
    assert names(ARCHIVE.answer(ASK, ASKED, VOTES))[:2] == ["cyst", "glioma"]
    assert names(ARCHIVE.answer(ASK, ASKED, Mix(1, 0, 9, 0, 0)))[0] == "abscess"
    assert names(ARCHIVE.answer(FREQUENT, AskedCase(CASES[4], (), {}, ()), VOTES))[0] == "glioma"


def test_the_most_frequent_diagnosis_does_not_count_the_asking_case():
    assert names(ARCHIVE.answer(FREQUENT, ASKED, VOTES)) == ["abscess", "cyst", "glioma", "rare-disease"]


def test_hits_of_diagnosis_and_category_are_counted():
    scores = ARCHIVE.scores(CASES[0], ["diagnosis:cyst", "diagnosis:glioma"])
    assert (scores["diagnosis_hit@1"], scores["diagnosis_hit@5"]) == (0.0, 1.0)
    assert (scores["category_hit@1"], scores["category_hit@10"]) == (1.0, 1.0)
    own_alone = ARCHIVE.scores(CASES[4], ["diagnosis:rare-disease"])
    assert own_alone["category_hit@1"] == 0.0


def test_the_ceiling_is_what_other_cases_have_or_consider():
    assert [ARCHIVE.ceiling(case)["diagnosis_hit@10"] for case in CASES] == [1, 1, 1, 1, 0]
    assert [ARCHIVE.ceiling(case)["category_hit@10"] for case in CASES] == [1, 1, 0, 1, 0]
