"""From a case to rows, without any server."""

from __future__ import annotations

from dataclasses import replace

import pytest
from graph_cases import finding, graph_case, image_of
from hypothesis import given
from hypothesis import strategies as st

from ingest.annotation.annotate import annotate, concepts
from ingest.case import Case, Patient, Topic
from ingest.ids import PatientId
from ingest.normalise.acr_code import normalise_acr_code
from ingest.normalise.place import LOCATIONS
from ingest.vocabulary import Assertion, ConceptKind, Modality, Region, Section
from kg.projection.places import location_key, region_key, wholes_of
from kg.projection.rows import Rows, coarser_acr_code, project_case, shared_node
from kg.projection.settling import NAMING
from kg.schema import Label, NodeKey, RelationshipType


def told(rows: Rows, kind: RelationshipType) -> list[tuple[str, str]]:
    return [(str(row.source), str(row.target)) for row in rows.relationships if row.type is kind]


def annotated(kind: ConceptKind, concept_id: str, assertion: Assertion, *, of_image: bool = False) -> Case:
    case = graph_case(1)
    image_id = case.images[0].image_id if of_image else None
    section = Section.CAPTION if of_image else Section.HISTORY
    mention = replace(finding("x"), concept_id=concept_id, kind=kind, assertion=assertion, section=section)
    return replace(case, annotations=(replace(mention, image_id=image_id),))


def leading_up(concept_id: str) -> list[tuple[str, str]]:
    """Return what a place that a caption names is a part of, step by step."""
    case = annotated(ConceptKind.ANATOMY, concept_id, Assertion.PRESENT, of_image=True)
    unplaced = tuple(replace(image, anatomical_location=None) for image in case.images)
    return told(project_case(replace(case, images=unplaced)), RelationshipType.PART_OF)


@pytest.mark.parametrize(
    ("assertion", "kind"),
    [
        (Assertion.PRESENT, RelationshipType.SHOWS),
        (Assertion.ABSENT, RelationshipType.RULES_OUT),
        (Assertion.UNCERTAIN, RelationshipType.MAY_SHOW),
        (Assertion.HISTORICAL, RelationshipType.HAD),
    ],
)
def test_the_assertion_of_a_finding_is_the_type_of_its_relationship(
    assertion: Assertion, kind: RelationshipType
) -> None:
    case = annotated(ConceptKind.FINDING, "finding:mass", assertion)
    rows = project_case(case)
    assert told(rows, kind) == [(f"Case:{case.case_id}", "Finding:finding:mass")]
    others = {RelationshipType.SHOWS, RelationshipType.RULES_OUT, RelationshipType.MAY_SHOW, RelationshipType.HAD}
    assert not any(told(rows, other) for other in others - {kind})


def test_every_mention_is_a_relationship_of_its_own_and_told_once() -> None:
    again = replace(finding("mass"), start=30, end=34)
    rows = project_case(graph_case(1, annotations=(finding("mass"), again, again)))
    assert len(told(rows, RelationshipType.SHOWS)) == 2
    assert len({row.identity for row in rows.relationships}) == len(rows.relationships)


def of_text(text: str, section: Section = Section.FINDINGS) -> Rows:
    return project_case(annotate(graph_case(1, sections={section: text}, images=())))


def test_a_finding_says_where_it_is_and_what_else_its_text_says_of_it() -> None:
    text = "Two ill-defined masses in the left kidney, the larger of 3.2 x 2 cm. No mass in the liver."
    shows, rules_out = (row.properties for row in of_text(text).relationships if row.target.key == "finding:mass")
    wanted = {"place": "kidney", "place_key": "anatomy:kidney", "laterality": "left", "setting": "imaging"}
    wanted |= {"number": "2", "margin": "ill-defined", "size": "3.2 x 2 cm", "size_mm": 32.0}
    assert wanted.items() <= shows.items()
    assert rules_out["place"] == "liver"
    assert "size_mm" not in rules_out


def test_a_history_is_clinical_and_a_discussion_says_neither() -> None:
    settings = {
        section: next(
            row.properties.get("setting")
            for row in of_text("She had a mass.", section).relationships
            if row.target.key == "finding:mass"
        )
        for section in (Section.HISTORY, Section.FINDINGS, Section.DISCUSSION)
    }
    assert settings == {Section.HISTORY: "clinical", Section.FINDINGS: "imaging", Section.DISCUSSION: None}


def test_what_the_literature_says_is_of_the_topic_and_never_of_the_case() -> None:
    rows = of_text("Glioblastomas often show edema, and usually no calcification.", Section.DISCUSSION)
    described = [row for row in rows.relationships if row.type is RelationshipType.DESCRIBES]
    assert [(str(row.source), row.target.key, row.properties["assertion"]) for row in described] == [
        ("Topic:Glioblastoma", "finding:glioblastoma", "present"),
        ("Topic:Glioblastoma", "finding:edema", "uncertain"),
        ("Topic:Glioblastoma", "finding:calcification", "absent"),
    ]
    assert {row.properties["case_id"] for row in described} == {"test:MPX1"}
    assert len({row.properties["mention_id"] for row in described}) == 3
    assert not [r for r in rows.relationships if r.source.label is Label.CASE and r.target.label is Label.FINDING]


def test_without_a_topic_the_literature_is_left_out() -> None:
    case = graph_case(1, sections={Section.DISCUSSION: "Gliomas often show edema."}, images=(), topic=Topic())
    assert not told(project_case(annotate(case)), RelationshipType.DESCRIBES)


def test_a_candidate_named_twice_keeps_its_first_rank() -> None:
    rows = project_case(graph_case(1, differential_diagnosis=("Abscess", "Metastasis", "abscess.")))
    ranks = {row.target.key: row.properties["rank"] for row in rows.relationships if row.type == "CONSIDERS"}
    assert ranks == {"diagnosis:abscess": 1, "diagnosis:metastasis": 2}


def test_a_treatment_counts_only_if_it_was_given() -> None:
    given = project_case(annotated(ConceptKind.TREATMENT, "treatment:surgery", Assertion.PRESENT))
    assert len(told(given, RelationshipType.TREATED_WITH)) == 1
    denied = project_case(annotated(ConceptKind.TREATMENT, "treatment:surgery", Assertion.ABSENT))
    assert told(denied, RelationshipType.TREATED_WITH) == []


@pytest.mark.parametrize(
    ("assertion", "expected"),
    [
        (Assertion.PRESENT, RelationshipType.PRESENTS_WITH),
        (Assertion.HISTORICAL, RelationshipType.PRESENTS_WITH),
        (Assertion.ABSENT, RelationshipType.DENIES),
        (Assertion.UNCERTAIN, None),
    ],
)
def test_a_symptom_is_of_the_patient_and_no_finding(assertion, expected):
    rows = project_case(annotated(ConceptKind.CLINICAL, "clinical:right-lower-quadrant-pain", assertion))
    symptom = NodeKey(Label.CLINICAL_FINDING, "clinical:right-lower-quadrant-pain")
    assert [row.type for row in rows.relationships if row.target == symptom] == ([expected] if expected else [])
    above = {
        row.target.key for row in rows.relationships if row.type is RelationshipType.IS_A and row.source == symptom
    }
    assert above == ({"clinical:abdominal-pain"} if expected else set())
    assert not [node for node in rows.nodes if node.node.label is Label.FINDING]


def test_anatomy_of_a_caption_leads_up_to_its_region() -> None:
    assert leading_up("anatomy:frontal-lobe") == [
        ("AnatomicalLocation:anatomy:frontal-lobe", "AnatomicalLocation:anatomy:brain"),
        ("AnatomicalLocation:anatomy:brain", "AnatomicalLocation:anatomy:head"),
        ("AnatomicalLocation:anatomy:head", "Region:region:head"),
    ]
    rows = project_case(annotated(ConceptKind.ANATOMY, "anatomy:frontal-lobe", Assertion.PRESENT, of_image=True))
    assert len(told(rows, RelationshipType.DEPICTS)) == 2


@pytest.mark.parametrize(
    ("section", "depicted"), [(Section.FINDINGS, 2), (Section.HISTORY, 1), (Section.DISCUSSION, 1)]
)
def test_a_case_depicts_the_anatomy_that_its_findings_describe(section: Section, depicted: int) -> None:
    case = annotated(ConceptKind.ANATOMY, "anatomy:frontal-lobe", Assertion.PRESENT)
    rows = project_case(replace(case, annotations=(replace(case.annotations[0], section=section),)))
    found = told(rows, RelationshipType.DEPICTS)
    assert len(found) == depicted
    assert ((f"Case:{case.case_id}", "AnatomicalLocation:anatomy:frontal-lobe") in found) == (depicted == 2)


def test_every_concept_of_the_lexicon_leads_up_without_going_round() -> None:
    for concept in concepts().values():
        if concept.kind is ConceptKind.ANATOMY:
            project_case(annotated(ConceptKind.ANATOMY, concept.concept_id, Assertion.PRESENT, of_image=True))


def test_an_annotation_of_an_image_that_is_gone_belongs_to_the_case() -> None:
    rows = project_case(graph_case(1, annotations=(finding("mass", image_id="test:gone"),)))
    assert told(rows, RelationshipType.SHOWS) == [("Case:test:MPX1", "Finding:finding:mass")]


def test_a_location_is_the_concept_of_its_name_or_one_of_its_own() -> None:
    assert location_key("Brain").key == location_key("BRAIN").key == "anatomy:brain"
    assert location_key("Chest, Pulmonary").key == "anatomy:chest-pulmonary"
    assert shared_node(location_key("Chest, Pulmonary")).properties["name"] == "Chest, Pulmonary"


def test_every_region_and_modality_has_its_node() -> None:
    for region in Region:
        assert shared_node(region_key(region)).properties["name"] == region
    for modality in Modality:
        assert shared_node(NodeKey(Label.MODALITY, modality)).properties["name"] == modality.label


def test_each_digit_of_an_acr_code_refines_the_one_before() -> None:
    seen = ["2139.3631"]
    while coarser := coarser_acr_code(seen[-1]):
        seen.append(coarser)
    assert seen == [
        "2139.3631", "2139.363", "2139.36", "2139.3", "2139.-1", "213.-1", "21.-1", "2.-1",
    ]  # fmt: skip
    assert coarser_acr_code("8.S") == "8.-1"
    assert coarser_acr_code("-1.31") == "-1.3"
    assert coarser_acr_code("no code") == "no cod.-1"  # whatever it is, it ends


def test_rows_hold_nothing_that_bolt_cannot_carry() -> None:
    rows = project_case(replace(graph_case(1), images=(image_of(graph_case(1), technique=()),)))
    plain = (str, int, float, bool, list)
    for row in (*rows.nodes, *rows.relationships):
        assert all(type(value) in plain for value in row.properties.values())
    assert {row.node for row in rows.nodes} == {key for row in rows.relationships for key in (row.source, row.target)}


def test_texts_of_the_case_stay_in_the_documents() -> None:
    case = graph_case(1, sections={section: f"secret {section}" for section in Section if section != "caption"})
    assert "secret" not in str(project_case(case))


def test_a_case_gives_the_same_rows_every_time() -> None:
    assert project_case(graph_case(1)) == project_case(graph_case(1))


def test_what_has_a_region_leads_up_to_it_and_to_no_other() -> None:
    for concept in concepts().values():
        if concept.kind is not ConceptKind.ANATOMY:
            continue
        above = {target for _, target in leading_up(concept.concept_id) if target.startswith("Region:")}
        if concept.region:
            assert above == {str(region_key(concept.region))}, concept.concept_id
        assert len(above) <= 1, concept.concept_id


# Of the whole body, or of several regions: the aorta runs through two, the pelvis holds organs of two.
IN_NO_WHOLE = {
    *("aorta", "bone", "bone-marrow", "lymph-node", "pelvis", "skin", "soft-tissue"),
    *("endocrine", "hematopoietic", "nerve-central", "nerve-peripheral", "vascular"),
}


def test_only_what_is_of_the_whole_body_or_of_several_regions_is_part_of_nothing() -> None:
    places = {c.concept_id for c in concepts().values() if c.kind is ConceptKind.ANATOMY}
    places |= {location_key(name).key for name in LOCATIONS.values()}
    alone = {place for place in places if not wholes_of(NodeKey(Label.ANATOMICAL_LOCATION, place))}
    assert alone == {f"anatomy:{name}" for name in IN_NO_WHOLE}


@pytest.mark.parametrize(
    ("location", "above"),
    [
        ("Brain and Neuro", ["Region:region:head"]),
        ("Chest, Pulmonary", ["AnatomicalLocation:anatomy:thorax", "Region:region:thorax"]),
        ("Genitourinary", ["Region:region:reproductive-and-urinary-system"]),
        ("Vascular", []),
    ],
)
def test_a_location_of_the_source_leads_up_to_its_region(location: str, above: list[str]) -> None:
    case = graph_case(1)
    rows = project_case(replace(case, images=(image_of(case, anatomical_location=location),), annotations=()))
    assert [target for _, target in told(rows, RelationshipType.PART_OF)] == above
    assert shared_node(location_key(location)).properties["name"] == location


def test_a_part_leads_over_its_wholes_to_the_region_where_it_has_none_itself() -> None:
    assert leading_up("anatomy:adrenal-gland") == [
        ("AnatomicalLocation:anatomy:adrenal-gland", "AnatomicalLocation:anatomy:retroperitoneum"),
        ("AnatomicalLocation:anatomy:retroperitoneum", "AnatomicalLocation:anatomy:abdomen"),
        ("AnatomicalLocation:anatomy:abdomen", "Region:region:abdomen"),
    ]


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("spinal-cord", "spinal-canal"),  # lies in it
        ("bronchus", "lung"),  # the main bronchi are outside
        ("pharynx", "neck"),  # the nasopharynx is in the head
        ("peritoneum", "abdomen"),  # goes down into the pelvis
        ("posterior-fossa", "skull-base"),  # lies upon it
        ("suprasellar-region", "skull-base"),  # above it
        ("rectum", "abdomen"),
        ("aorta", "thorax"),
    ],
)
def test_what_only_lies_in_or_reaches_into_a_place_is_no_part_of_it(part: str, whole: str) -> None:
    assert f"AnatomicalLocation:anatomy:{whole}" not in {target for _, target in leading_up(f"anatomy:{part}")}


acr_sides = st.one_of(st.just("-1"), st.text(alphabet="0123456789", min_size=1, max_size=5))


@given(acr_sides, st.one_of(acr_sides, st.just("S")))
def test_an_acr_code_loses_one_digit_at_a_step_until_one_is_left(anatomy: str, pathology: str) -> None:
    def coded(code: str) -> int:
        return sum(len(side) for side in code.split(".") if side != "-1")

    code = f"{anatomy}.{pathology}"
    while coarser := coarser_acr_code(code):
        assert coded(coarser) == coded(code) - 1
        assert normalise_acr_code(coarser).value == coarser
        sides = zip(code.split("."), coarser.split("."), strict=True)
        assert all(one == other or other == "-1" or one[:-1] == other for one, other in sides)
        code = coarser
    assert coded(code) <= 1


def test_a_diagnosis_and_its_synonym_are_one_node_with_both_names() -> None:
    rows = project_case(graph_case(1, diagnosis="Acoustic neuroma", differential_diagnosis=("Vestibular schwannomas",)))
    naming = [row for row in rows.relationships if row.type in NAMING]
    targets = {row.properties["name"]: row.target.key for row in naming}
    assert targets == {
        "Acoustic neuroma": "diagnosis:vestibular-schwannoma",
        "Vestibular schwannomas": "diagnosis:vestibular-schwannoma",
    }


def test_a_diagnosis_leads_to_what_is_above_it_up_to_the_top() -> None:
    rows = project_case(graph_case(1, diagnosis="Falx meningioma", differential_diagnosis=("Knee", "Idiopathic")))
    assert told(rows, RelationshipType.IS_A) == [
        ("Diagnosis:diagnosis:falx-meningioma", "Diagnosis:diagnosis:meningioma"),
        ("Diagnosis:diagnosis:meningioma", "Diagnosis:diagnosis:brain-tumor"),
    ]
    assert told(rows, RelationshipType.CONSIDERS) == []


def test_an_entry_that_lists_diseases_considers_each() -> None:
    case = graph_case(1, differential_diagnosis=("Granulomatous disease: tuberculosis, sarcoidosis", "Lymphoma"))
    considered = [target.rpartition(":")[2] for _, target in told(project_case(case), RelationshipType.CONSIDERS)]
    assert considered == ["tuberculosis", "sarcoidosis", "lymphoma"]


def test_cases_of_one_patient_hang_on_one_node_each_with_the_facts_that_it_tells() -> None:
    patient = PatientId.of("pmc", "PMC1_p1")
    first, later = (graph_case(n, patient=Patient(patient, age)) for n, age in enumerate((40.0, 41.0), start=1))
    assert told(project_case(first), RelationshipType.HAS_CASE) == [("Patient:pmc:PMC1_p1", "Case:test:MPX1")]
    (row,) = (row for row in project_case(later).relationships if row.type is RelationshipType.HAS_CASE)
    assert (str(row.source), str(row.target), row.properties) == (
        "Patient:pmc:PMC1_p1",
        "Case:test:MPX2",
        {"age_years": 41.0},
    )
