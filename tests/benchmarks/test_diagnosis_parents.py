"""What the benchmark of the parents of diagnoses counts, on cases written here."""

from __future__ import annotations

from benchmarks.quality_diagnosis_parents import digest, edges_of, measured, read_verdicts, sampled
from ingest.case import Case, Patient


def case(number: int, diagnosis: str | None, *differential: str) -> Case:
    patient = Patient(f"own:{number}")
    return Case(f"own:{number}", "own", patient, diagnosis=diagnosis, differential_diagnosis=differential)


def test_edges_lead_to_the_top_and_cases_of_one_disease_are_counted_in_pairs() -> None:
    cases = [case(1, "Right MCA infarct", "Meningioma"), case(2, "Lacunar infarct"), case(3, None, "Knee")]
    row = measured(cases)
    assert (row["concepts"], row["final_diagnoses"], row["final_without_parent"]) == (3, 2, 0)
    assert (row["pairs_of_one_diagnosis"], row["pairs_of_one_disease"]) == (0, 1)
    edges = edges_of(["diagnosis:right-mca-infarct"])
    assert ("diagnosis:cerebral-infarct", "diagnosis:stroke") in edges
    assert len(edges) == 3


def test_the_same_edges_are_drawn_each_time() -> None:
    edges = [(f"diagnosis:a{number}", "diagnosis:b") for number in range(50)]
    assert sampled(edges, 10) == sampled(edges, 10)
    assert len(sampled(edges, 10)) == 10


def test_a_verdict_stands_under_the_digest_of_its_edge() -> None:
    verdicts = read_verdicts()
    assert len(verdicts) == 100
    assert digest(("diagnosis:carcinoma", "diagnosis:cancer")) in verdicts
