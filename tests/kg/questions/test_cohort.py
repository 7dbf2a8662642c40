"""Numbers about some cases, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from graph_cases import finding, graph_case, hostile_case, image_of

import kg.questions.parts
from ingest.case import Patient
from ingest.errors import UnknownCase
from ingest.remedies import Remedy, RemedyAction
from ingest.store.interface import DocumentStore
from ingest.vocabulary import Assertion, Modality, Region, Sex
from kg.engine.graph import Graph
from kg.projection.project import project
from kg.questions.cases_at import cases_at
from kg.questions.cohort import Share, cohort

Write = Callable[..., None]


@pytest.fixture
def filled(graph: Graph, store: DocumentStore, write: Write) -> Graph:
    one, two, three = graph_case(1), graph_case(2), graph_case(3)
    chest = image_of(two, image_id="test:chest", modality=Modality.CT, region=Region.THORAX)
    write(
        replace(one, annotations=(finding("mass"), finding("mass", image_id=one.images[0].image_id))),
        replace(two, images=(*two.images, chest), annotations=(finding("mass"), finding("edema"))),
        replace(
            three,
            patient=Patient("test:unknown", 81.0, Sex.MALE),
            annotations=(finding("mass", Assertion.ABSENT), finding("edema", Assertion.HISTORICAL)),
        ),
        graph_case(4, patient=Patient("test:nobody"), diagnosis="Other", images=()),
        hostile_case(),
    )
    project(graph, store)
    return graph


def test_a_cohort_is_counted(filled: Graph) -> None:
    numbers = cohort(filled, [f"test:MPX{number}" for number in (1, 2, 3, 4, 99)])
    assert numbers.cases == 4
    assert numbers.sexes == (Share("female", 2, 0.5), Share("male", 1, 0.25), Share("unknown", 1, 0.25))
    assert [(band.name, band.cases) for band in numbers.age_bands] == [("40-49", 2), ("80+", 1), ("unknown", 1)]
    assert [(region.name, region.cases) for region in numbers.regions] == [("Head", 3), ("Thorax", 1)]
    assert [found.name for found in numbers.modalities] == ["magnetic resonance", "computed tomography"]
    assert [(found.name, found.cases, found.share) for found in numbers.findings] == [
        ("mass", 2, 0.5),
        ("edema", 1, 0.25),
    ]
    assert numbers.findings[0].by_region == {"Head": 2, "Thorax": 1}
    assert [found.name for found in cohort(filled, ["test:MPX2"], findings=1).findings] == ["edema"]


def test_a_large_cohort_is_read_in_parts(filled: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    case_ids = [f"test:MPX{number}" for number in range(1, 5)]
    at_once = cohort(filled, case_ids)
    monkeypatch.setattr(kg.questions.parts, "READ_SIZE", 1)
    assert cohort(filled, case_ids) == at_once


def test_a_cohort_of_nobody_is_empty(filled: Graph) -> None:
    numbers = cohort(filled, [])
    assert (numbers.cases, numbers.sexes, numbers.age_bands, numbers.findings) == (0, (), (), ())


def test_the_cases_of_a_diagnosis_are_those_that_have_it(filled: Graph) -> None:
    assert cases_at(filled, "Diagnosis:diagnosis:other") == ["test:MPX4"]
    with pytest.raises(UnknownCase, match=r"Look for one\.$") as refused:
        cases_at(filled, "Diagnosis:diagnosis:none")
    assert refused.value.remedy == Remedy(RemedyAction.FIND_NODE)
