"""What findings speak for, on both engines: counts, ranks and reasons that can be counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import log

import pytest
from graph_cases import HOSTILE, finding, graph_case, hostile_case, image_of

import kg.questions.parts
from ingest.case import Case
from ingest.concepts.diagnosis_names import shown_name
from ingest.errors import InputError
from ingest.store.interface import DocumentStore
from ingest.vocabulary import Assertion, Modality, Region
from kg.engine.graph import Graph
from kg.projection.project import project
from kg.questions.differential import CONSIDERED_WEIGHT, PRIOR_CASES, differential

Write = Callable[..., None]


def archive() -> list[Case]:
    """Abscess: 2 cases, both with a ring, one with edema. Glioma: 2, one with a ring, one rules it out. Cyst: 1."""
    bare = {"differential_diagnosis": ()}
    abscess = [graph_case(number, diagnosis="Abscess", **bare) for number in (1, 2)]
    glioma = [graph_case(number, diagnosis="Glioma", **bare) for number in (3, 4)]
    cyst = graph_case(5, diagnosis="Cyst", differential_diagnosis=("Abscess",))
    thorax = (image_of(graph_case(6), modality=Modality.CT, region=Region.THORAX),)
    return [
        replace(abscess[0], annotations=(finding("ring"), finding("edema"))),
        replace(abscess[1], annotations=(finding("ring", image_id=abscess[1].images[0].image_id),)),
        replace(glioma[0], annotations=(finding("ring"), finding("mass"))),
        replace(glioma[1], annotations=(finding("ring", Assertion.ABSENT), finding("mass"))),
        replace(cyst, annotations=(finding("ring", Assertion.UNCERTAIN), finding("mass"))),
        graph_case(6, diagnosis="Pneumonia", images=thorax, annotations=(finding("ring"),), **bare),
    ]


@pytest.fixture
def filled(graph: Graph, store: DocumentStore, write: Write) -> Graph:
    write(*archive())
    project(graph, store)
    return graph


def test_the_diagnosis_that_shows_a_finding_most_often_comes_first(filled: Graph) -> None:
    found = differential(filled, ["finding:ring"])
    assert found.cases == 6
    assert [one.name for one in found.candidates] == ["Abscess", "Pneumonia", "Glioma"]
    abscess, _, glioma = found.candidates
    assert abscess.node_key == "Diagnosis:diagnosis:abscess"
    assert abscess.cases == ("test:MPX1", "test:MPX2")
    assert abscess.considered_in == ("test:MPX5",)
    [shown] = abscess.evidence
    assert (shown.shown_in, shown.ruled_out_in, shown.considered_in) == (("test:MPX1", "test:MPX2"), (), ())
    [divided] = glioma.evidence
    assert (divided.shown_in, divided.ruled_out_in) == (("test:MPX3",), ("test:MPX4",))
    assert glioma.why == "ring: shown in 1 of 2 with it, ruled out in 1 (usual 67%)"


def test_the_score_is_the_sum_of_the_smoothed_likelihood_ratios(filled: Graph) -> None:
    abscess = differential(filled, ["finding:ring"], absent=["finding:mass"]).candidates[0]
    ring, mass = (4 + 0.5) / 7, (3 + 0.5) / 7
    weight = 2 + CONSIDERED_WEIGHT
    ring_here = (2 + PRIOR_CASES * ring) / (weight + PRIOR_CASES)
    mass_here = (CONSIDERED_WEIGHT + PRIOR_CASES * mass) / (weight + PRIOR_CASES)
    assert abscess.score == pytest.approx(log(ring_here / ring) + log((1 - mass_here) / (1 - mass)))
    assert [piece.wanted for piece in abscess.evidence] == [True, False]


def test_a_finding_that_is_absent_moves_diagnoses_that_show_it_down(filled: Graph) -> None:
    with_mass = [one.name for one in differential(filled, ["finding:ring", "finding:mass"]).candidates]
    without = [one.name for one in differential(filled, ["finding:ring"], absent=["finding:mass"]).candidates]
    assert with_mass[0] == "Glioma"
    assert without[-1] == "Glioma"


def test_only_cases_of_a_region_and_a_modality_are_looked_at(filled: Graph) -> None:
    assert differential(filled, ["finding:ring"], region=Region.HEAD).cases == 5
    [only] = differential(filled, ["finding:ring"], region=Region.THORAX, modality=Modality.CT).candidates
    assert only.name == "Pneumonia"
    assert differential(filled, ["finding:ring"], region=Region.THORAX, modality=Modality.MR).candidates == ()


def test_a_finding_may_be_named_in_words(filled: Graph) -> None:
    assert differential(filled, ["Mass"]) == differential(filled, ["finding:mass"])
    with pytest.raises(InputError, match=r"finding:mass.*Did you mean"):
        differential(filled, ["masss"])


@pytest.mark.parametrize(
    ("present", "absent", "said"),
    [
        ((), (), "at least one finding that is present"),
        ((), ("finding:mass",), "at least one finding that is present"),
        (("finding:x",), ("finding:x",), "'finding:x' cannot be both present and absent"),
    ],
)
def test_a_question_without_sense_is_refused(
    filled: Graph, present: tuple[str, ...], absent: tuple[str, ...], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        differential(filled, present, absent=absent)


def test_what_no_case_shows_has_no_candidates(filled: Graph) -> None:
    assert differential(filled, ["finding:ignore_statements-of"]).candidates == ()
    assert differential(filled, [f"finding:{HOSTILE}"]).candidates == ()


def test_t32_a_hostile_diagnosis_is_a_candidate_like_any_other(
    graph: Graph, store: DocumentStore, write: Write
) -> None:
    hostile = replace(hostile_case(), annotations=(finding("ring"),))
    write(*archive(), hostile)
    project(graph, store)
    names = {one.name for one in differential(graph, ["finding:ring"]).candidates}
    assert {"Abscess", shown_name(hostile.diagnosis)} <= names


def test_only_the_named_cases_are_looked_among(filled: Graph) -> None:
    found = differential(filled, ["finding:ring"], among={"test:MPX1", "test:MPX3", "test:MPX4"})
    assert found.cases == 3
    by_name = {one.name: one for one in found.candidates}
    assert set(by_name) == {"Abscess", "Glioma"}
    assert by_name["Abscess"].cases == ("test:MPX1",)
    assert by_name["Abscess"].considered_in == ()


def test_a_differential_over_many_cases_is_read_in_parts(filled: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = differential(filled, ["finding:mass", "finding:edema"])
    monkeypatch.setattr(kg.questions.parts, "READ_SIZE", 1)
    assert differential(filled, ["finding:mass", "finding:edema"]) == at_once
    assert len(at_once.candidates) > 1
