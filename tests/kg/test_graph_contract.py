"""What the graph promises, asked of both engines: the embedded server and a real Neo4j."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from graph_cases import HOSTILE, finding, graph_case, hostile_case, image_of, three_cases

import kg.projection.memory
import kg.projection.project
import kg.questions.neighbourhood
from ingest.case import Patient, Topic
from ingest.errors import BusyError, EngineRefused, InputError, StaleProjection, UnknownCase
from ingest.remedies import Remedy, RemedyAction
from ingest.store.interface import DocumentStore
from ingest.vocabulary import Modality
from kg.engine.graph import Graph
from kg.projection.consistency import check
from kg.projection.project import covered_sequence, project
from kg.questions.neighbourhood import counts, find_nodes, neighbourhood, require_node
from kg.questions.paths import shortest_paths
from kg.questions.shared import cases_sharing, shared
from kg.schema import Label, RelationshipType

Write = Callable[..., None]


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=pytest.mark.engine)])
def graph(request: pytest.FixtureRequest, empty: Callable[[Graph], Graph]) -> Graph:
    return empty(request.getfixturevalue(request.param))


def content(graph: Graph) -> tuple[list[str], list[str]]:
    """Everything that the graph holds, sorted."""
    nodes = graph.read("MATCH (n) RETURN labels(n) AS labels, properties(n) AS properties")
    relationships = graph.read(
        "MATCH (a)-[r]->(b) RETURN properties(a) AS a, type(r) AS type, properties(r) AS r, properties(b) AS b"
    )
    return sorted(map(_text, nodes)), sorted(map(_text, relationships))


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_text(value[key])}" for key in sorted(value)) + "}"
    return repr(value)


def rebuilt(graph: Graph, store: DocumentStore) -> tuple[list[str], list[str]]:
    project(graph, store, rebuild=True)
    return content(graph)


def test_an_empty_store_makes_an_empty_graph(graph: Graph, store: DocumentStore) -> None:
    report = project(graph, store)
    assert (report.written, report.deleted, report.sequence, covered_sequence(graph)) == (0, 0, 0, 0)
    assert set(counts(graph).nodes.values()) == {0}
    assert check(graph, store) == []


def test_projecting_twice_changes_nothing(graph: Graph, store: DocumentStore, write: Write) -> None:
    write(*three_cases(), hostile_case())
    assert project(graph, store).written == 4
    before = content(graph)
    assert project(graph, store).written == 0
    graph.write("MATCH (p:CaseGraphProjection) SET p.sequence = 0")
    assert project(graph, store).written == 4
    assert content(graph) == before
    assert covered_sequence(graph) == store.sequence() == 4
    assert check(graph, store) == []


def test_a_graph_made_by_other_rules_is_made_again(graph: Graph, store: DocumentStore, write: Write) -> None:
    write(*three_cases())
    project(graph, store)
    before = content(graph)
    graph.write("MATCH (p:CaseGraphProjection) SET p.rules = 1")
    graph.write("MATCH (:Diagnosis)-[r:IS_A]->(:Diagnosis) DELETE r")
    assert covered_sequence(graph) == 0
    assert project(graph, store).written == 3
    assert content(graph) == before


def test_progress_ends_at_the_total(graph: Graph, store: DocumentStore, write: Write, monkeypatch: Any) -> None:
    monkeypatch.setattr(kg.projection.project, "BATCH_SIZE", 2)
    write(*three_cases())
    told: list[tuple[int, int]] = []
    project(graph, store, on_progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 3), (3, 3)]


CHANGES = {
    "a diagnosis spelled otherwise": lambda one: replace(one, diagnosis="GLIOBLASTOMA multiforme"),
    "another diagnosis": lambda one: replace(one, diagnosis="Metastasis", differential_diagnosis=("Lymphoma",)),
    "another topic": lambda one: replace(one, topic=Topic("Other", "9.9", "Other category")),
    "another category of the same topic": lambda one: replace(one, topic=Topic("Glioblastoma", "1.23", "Mistaken")),
    "no image": lambda one: replace(one, images=()),
    "another image": lambda one: replace(one, images=(image_of(one, image_id="test:other", modality=Modality.US),)),
    "a finding no longer": lambda one: replace(one, annotations=()),
    "findings of its own": lambda one: replace(one, annotations=(finding("fracture"), finding("cyst"))),
    "a shared patient": lambda one: replace(one, patient=Patient("test:MPX2_patient", 7.0)),
    "hostile texts": lambda one: replace(hostile_case(), case_id=one.case_id),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_graph_brought_up_to_date_equals_one_built_anew(
    graph: Graph, store: DocumentStore, write: Write, change: str
) -> None:
    one, two, three = three_cases()
    write(one, two, three)
    project(graph, store)
    original = content(graph)
    write(CHANGES[change](one))
    assert project(graph, store).written == 1
    updated = content(graph)
    assert updated != original
    assert updated == rebuilt(graph, store)
    write(one)
    project(graph, store)
    assert without_sequence(content(graph)) == without_sequence(original)


def test_spellings_counted_from_batch_to_batch_equal_those_counted_at_once(
    graph: Graph, store: DocumentStore, write: Write, monkeypatch: Any
) -> None:
    names = ("Glioblastoma multiforme", "GLIOBLASTOMA multiforme", "glioblastoma multiforme", "Metastasis")
    write(*(graph_case(number, diagnosis=names[number % 4]) for number in range(8)))
    with monkeypatch.context() as patch:
        patch.setattr(kg.projection.project, "BATCH_SIZE", 1)
        project(graph, store)
        assert check(graph, store) == []
        changed = [graph_case(number, diagnosis=names[(number + 1) // 2 % 4]) for number in range(6)]
        write(*changed, delete=(graph_case(7).case_id,))
        project(graph, store)
        assert check(graph, store) == []
    assert content(graph) == rebuilt(graph, store)


@pytest.mark.parametrize("remembered", [0, 2, 20_000])
def test_a_run_that_forgets_what_it_wrote_asks_the_graph(
    graph: Graph, store: DocumentStore, write: Write, monkeypatch: Any, remembered: int
) -> None:
    """Diagnoses and patients that come back in later batches, with a spelling or a fact more each time."""
    names = ("Metastasis", "Glioblastoma multiforme", "Abscess", "GLIOBLASTOMA multiforme", "Lymphoma")
    ages = (None, 40.0, 41.0)
    cases = [
        graph_case(number, diagnosis=name, differential_diagnosis=(), patient=Patient(f"patient {number % 4}", age))
        for number, (name, age) in enumerate(zip(names * 3, ages * 5, strict=True))
    ]
    write(*cases)
    at_once = rebuilt(graph, store)
    monkeypatch.setattr(kg.projection.memory, "_REMEMBERED", remembered)
    monkeypatch.setattr(kg.projection.project, "BATCH_SIZE", 1)
    assert rebuilt(graph, store) == at_once
    assert check(graph, store) == []


def test_cases_that_came_otherwise_than_by_a_projection_are_replaced(
    graph: Graph, store: DocumentStore, write: Write
) -> None:
    """As after a script of the export was loaded, which leaves no projection behind."""
    write(*three_cases(), hostile_case())
    project(graph, store)
    held = content(graph)
    graph.write("MATCH (p:CaseGraphProjection) DETACH DELETE p")
    graph.write(
        "MATCH (c:Case {case_id: 'test:MPX1'}), (m:Modality {code: 'MR'}) CREATE (c)-[:DEPICTS {casegraph: true}]->(m)"
    )
    assert project(graph, store).written == 4
    assert content(graph) == held


def without_sequence(held: tuple[list[str], list[str]]) -> tuple[list[str], list[str]]:
    return [node for node in held[0] if "sequence: " not in node], held[1]


def test_deleted_cases_take_with_them_what_nobody_else_speaks_of(
    graph: Graph, store: DocumentStore, write: Write
) -> None:
    one, two, three = three_cases()
    write(one, two)
    project(graph, store)
    alone = content(graph)
    write(three, hostile_case())
    project(graph, store)
    write(delete=(three.case_id, hostile_case().case_id))
    report = project(graph, store)
    assert (report.written, report.deleted) == (0, 2)
    assert without_sequence(content(graph)) == without_sequence(alone)
    write(delete=(one.case_id, two.case_id))
    project(graph, store)
    assert set(counts(graph).nodes.values()) == {0}
    assert covered_sequence(graph) == 8


def test_a_patient_of_two_cases_outlives_one(graph: Graph, store: DocumentStore, write: Write) -> None:
    one, two = graph_case(1), graph_case(2, patient=graph_case(1).patient)
    write(one, two)
    project(graph, store)
    write(delete=(one.case_id,))
    project(graph, store)
    assert counts(graph).nodes[Label.PATIENT] == 1
    assert content(graph) == rebuilt(graph, store)


def test_half_a_batch_is_never_seen(graph: Graph, store: DocumentStore, write: Write, monkeypatch: Any) -> None:
    one, two, _ = three_cases()
    write(one)
    project(graph, store)
    before = content(graph)
    write(two)

    def broken(*_: object) -> None:
        raise RuntimeError("broken between the writes")

    with monkeypatch.context() as patch:
        patch.setattr(kg.projection.project, "_write_relationships", broken)
        with pytest.raises(RuntimeError, match="broken between"):
            project(graph, store)
    assert content(graph) == before
    project(graph, store)
    assert content(graph) == rebuilt(graph, store)


def test_an_interrupted_rebuild_is_finished_by_the_next_run(
    graph: Graph, store: DocumentStore, write: Write, monkeypatch: Any
) -> None:
    write(*three_cases())
    project(graph, store)
    before = content(graph)
    graph.write("MERGE (c:Case {case_id: 'test:gone'}) SET c.name = 'gone', c.casegraph = 'Case'")

    def broken(*_: object) -> None:
        raise RuntimeError("broken while emptying")

    with monkeypatch.context() as patch:
        patch.setattr(kg.projection.project, "delete_ours", broken)
        with pytest.raises(RuntimeError, match="while emptying"):
            project(graph, store, rebuild=True)
    assert covered_sequence(graph) == 0
    project(graph, store)
    assert content(graph) == before


def test_two_projections_at_once_do_not_mix(graph: Graph, store: DocumentStore, write: Write, monkeypatch: Any) -> None:
    monkeypatch.setattr(kg.projection.project, "BATCH_SIZE", 1)
    write(*three_cases())

    def overtake(done: int, _total: int) -> None:
        if done == 1:
            project(graph, store)

    with pytest.raises(BusyError, match="another process updates the graph"):
        project(graph, store, on_progress=overtake)
    assert covered_sequence(graph) == 3
    assert check(graph, store) == []


def test_a_graph_made_from_other_documents_is_refused(graph: Graph, store: DocumentStore, write: Write) -> None:
    write(graph_case(1))
    project(graph, store)
    graph.write("MATCH (p:CaseGraphProjection) SET p.sequence = 99")
    with pytest.raises(StaleProjection, match=r"made from other documents\. Rebuild it\.$") as refused:
        project(graph, store)
    assert refused.value.remedy == Remedy(RemedyAction.REBUILD_INDEX)
    assert [problem.kind for problem in check(graph, store)] == ["graph-leads"]
    assert project(graph, store, rebuild=True).sequence == 1


def test_t24_class_23_a_graph_that_lags_is_found_and_then_what_differs_is_named_node_by_node(
    graph: Graph, store: DocumentStore, write: Write
) -> None:
    one, two, three = three_cases()
    write(one, two)
    project(graph, store)
    write(three)
    assert [problem.kind for problem in check(graph, store)] == ["graph-lags"]
    project(graph, store)
    graph.write("MATCH (c:Case {case_id: $case_id}) DETACH DELETE c", case_id=one.case_id)
    graph.write("CREATE (:Finding {concept_id: 'finding:planted', name: 'planted', casegraph: 'Finding'})")
    graph.write("MATCH (c:Case {case_id: $case_id})-[r:CONSIDERS]->() DELETE r", case_id=two.case_id)
    problems = check(graph, store)
    assert {problem.kind for problem in problems} == {"node-missing", "node-extra", "relationship-missing"}
    named = {(problem.kind, str(problem.node)) for problem in problems}
    assert ("node-missing", f"Case:{one.case_id}") in named
    assert ("node-extra", "Finding:finding:planted") in named
    assert ("relationship-missing", f"Case:{two.case_id}") in named


def found_after(statement: str, graph: Graph, store: DocumentStore, write: Write) -> set[str]:
    """What the check finds in a graph that was whole before the statement."""
    write(*three_cases(), hostile_case())
    project(graph, store)
    assert check(graph, store) == []
    graph.write(statement)  # pyright: ignore[reportArgumentType]
    return {problem.kind for problem in check(graph, store)}


def test_t24_class_20_a_node_of_no_document_is_found(graph: Graph, store: DocumentStore, write: Write) -> None:
    planted = (
        "MATCH (i:Image) WITH i LIMIT 1 CREATE (:Image {image_id: 'test:other', name: 'other', casegraph: 'Image'})"
    )
    assert found_after(planted, graph, store, write) == {"node-extra"}


def test_t24_class_21_a_document_without_its_node_is_found(graph: Graph, store: DocumentStore, write: Write) -> None:
    planted = "MATCH (c:Case {case_id: 'test:MPX1'}) DETACH DELETE c"
    assert found_after(planted, graph, store, write) == {"node-missing", "relationship-missing"}


WRONG = {
    "node-differs": "MATCH (i:Image {image_id: 'test:MPX1_synpic1'}) SET i.plane = 'sagittal'",
    "relationship-extra": "MATCH (c:Case {case_id: 'test:MPX1'}), (m:Modality {code: 'MR'}) "
    "CREATE (c)-[:DEPICTS {casegraph: true}]->(m)",
    "relationship-missing": "MATCH (:Patient)-[r:HAS_CASE]->(:Case {case_id: 'test:MPX1'}) DELETE r",
    "relationship-twice": "MATCH (c:Case {case_id: 'test:MPX1'})-[:HAS_IMAGE]->(i) "
    "CREATE (c)-[:HAS_IMAGE {casegraph: true}]->(i)",
    "relationship-differs": "MATCH (:Case {case_id: 'test:MPX1'})-[r:CONSIDERS]->() SET r.rank = 99",
}


@pytest.mark.parametrize("kind", WRONG)
def test_t24_class_22_a_wrong_double_or_lost_relationship_and_a_wrong_property_are_found(
    graph: Graph, store: DocumentStore, write: Write, kind: str
) -> None:
    assert found_after(WRONG[kind], graph, store, write) == {kind}


def test_t24_diagnoses_and_patients_that_several_cases_speak_of_are_no_false_alarm(
    graph: Graph, store: DocumentStore, write: Write
) -> None:
    patient = Patient("shared patient", None, None)
    spellings = ("Glioblastoma multiforme", "glioblastoma Multiforme", "Glioblastoma multiforme")
    cases = [graph_case(n, diagnosis=name, patient=patient) for n, name in enumerate(spellings, start=1)]
    write(*cases, graph_case(4, patient=replace(patient, age_years=7.0)))
    project(graph, store)
    assert check(graph, store) == []
    write(delete=("test:MPX1",))
    project(graph, store)
    assert check(graph, store) == []


def test_the_labels_and_types_of_the_design_are_there(graph: Graph, store: DocumentStore, write: Write) -> None:
    write(*three_cases())
    project(graph, store)
    counted = counts(graph)
    assert counted.nodes == {
        Label.PATIENT: 3,
        Label.CASE: 3,
        Label.IMAGE: 3,
        Label.DIAGNOSIS: 10,  # 5 that the cases name, and 5 above them
        Label.FINDING: 5,  # 4 that the cases name, and one above them
        Label.ANATOMICAL_LOCATION: 1,
        Label.REGION: 1,
        Label.MODALITY: 2,
        Label.PATHOLOGY_CATEGORY: 1,
        Label.ACR_CODE: 5,  # 1.3, 1.-1, 13.36, 13.3, 13.-1
        Label.TOPIC: 1,
        Label.TREATMENT: 0,
        Label.EXAM: 0,
        Label.CLINICAL_FINDING: 0,
        Label.ARTICLE: 0,
    }
    assert counted.relationships[RelationshipType.SHOWS] == 5
    assert counted.relationships[RelationshipType.RULES_OUT] == 1
    assert counted.relationships[RelationshipType.MAY_SHOW] == 1
    assert counted.relationships[RelationshipType.HAD] == 1
    assert counted.relationships[RelationshipType.REFINES] == 4
    assert counted.relationships[RelationshipType.IN_CATEGORY] == 1


def test_a_mention_keeps_where_it_stands(graph: Graph, store: DocumentStore, write: Write) -> None:
    one = three_cases()[0]
    write(one)
    project(graph, store)
    around = neighbourhood(graph, f"Image:{one.images[0].image_id}")
    [mention] = [step for step in around.relationships if step.type is RelationshipType.SHOWS]
    assert mention.target == "Finding:finding:edema"
    assert mention.properties == {
        "mention_id": one.annotations[1].mention_id,
        "field": "caption",
        "start": 0,
        "end": 5,
        "annotator": "test/1",
        "setting": "imaging",
        "laterality": "left",
    }


def test_a_neighbourhood_grows_with_its_depth_and_says_when_it_is_cut(
    graph: Graph, store: DocumentStore, write: Write
) -> None:
    one, two, _ = three_cases()
    write(*three_cases())
    project(graph, store)
    near = neighbourhood(graph, f"Case:{one.case_id}")
    assert near.complete
    assert {node.label for node in near.nodes} == {
        Label.CASE, Label.PATIENT, Label.IMAGE, Label.DIAGNOSIS, Label.FINDING, Label.TOPIC,
    }  # fmt: skip
    assert f"Case:{two.case_id}" not in {node.key for node in near.nodes}
    far = neighbourhood(graph, f"Case:{one.case_id}", depth=2)
    assert f"Case:{two.case_id}" in {node.key for node in far.nodes}
    assert {node.key for node in near.nodes} < {node.key for node in far.nodes}
    cut = neighbourhood(graph, f"Case:{one.case_id}", depth=2, limit=5)
    assert len(cut.nodes) == 5
    assert not cut.complete
    shown = {node.key for node in cut.nodes}
    assert all(step.source in shown and step.target in shown for step in cut.relationships)


def test_behind_what_is_common_nothing_is_looked_for(
    graph: Graph, store: DocumentStore, write: Write, monkeypatch: Any
) -> None:
    bare = {"diagnosis": None, "differential_diagnosis": (), "topic": Topic(), "images": ()}
    mass, cyst = finding("mass"), finding("cyst")
    said = [(mass, cyst), (mass,), (mass,), (mass,), (cyst,)]
    write(*(graph_case(number, annotations=mentions, **bare) for number, mentions in enumerate(said, start=1)))
    project(graph, store)

    def cases_around(start: str) -> tuple[list[str], bool]:
        around = neighbourhood(graph, start, depth=2)
        return sorted(node.name for node in around.nodes if node.label is Label.CASE), around.complete

    assert cases_around("Case:test:MPX1") == (["MPX1", "MPX2", "MPX3", "MPX4", "MPX5"], True)
    monkeypatch.setattr(kg.questions.neighbourhood, "_COMMON", 3)
    assert cases_around("Case:test:MPX1") == (["MPX1", "MPX5"], False)
    assert cases_around("Finding:finding:mass") == (["MPX1", "MPX2", "MPX3", "MPX4"], True)


def test_steps_to_nodes_of_one_name_come_in_the_order_of_their_labels(
    graph: Graph, store: DocumentStore, write: Write
) -> None:
    """So a question has one answer, and a limit cuts at one place, on every engine and every run."""
    named = graph_case(1, topic=Topic("twin", "twin", None), images=(image_of(graph_case(1), acr_code="twin"),))
    images = tuple(replace(named.images[0], image_id=f"twin {number}") for number in range(4))
    write(replace(named, images=images))
    project(graph, store)
    graph.write("MATCH (i:Image) SET i.name = 'twin', i.folded = 'twin'")
    graph.write("MATCH (t:Topic) SET t.folded = 'twin'")
    around = neighbourhood(graph, "AcrCode:twin", limit=4)
    in_order = ["AcrCode:twin", "Image:twin 0", "Image:twin 1", "Image:twin 2"]
    assert [node.key for node in around.nodes if "twin" in node.key] == in_order


def test_two_cases_share_and_differ(graph: Graph, store: DocumentStore, write: Write) -> None:
    one, two, three = three_cases()
    write(one, two, three)
    project(graph, store)
    comparison = shared(graph, one.case_id, two.case_id)
    told = [(thing.kind.value, thing.node.name) for thing in comparison.shared]
    assert told == [
        ("CONSIDERS", "Abscess"),
        ("CONSIDERS", "Glioblastoma"),
        ("CONSIDERS", "Metastasis"),
        ("SHOWS", "edema"),
        ("SHOWS", "mass"),
        ("DEPICTS", "Brain and Neuro"),
        ("IN_REGION", "Head"),
        ("ACQUIRED_WITH", "magnetic resonance"),
        ("ABOUT", "Glioblastoma"),
        ("IN_CATEGORY", "Neoplasm, glial"),
        ("CODED_AS", "1.3"),
        ("CODED_AS", "13.36"),
    ]
    assert [(thing.kind.value, thing.node.name) for thing in comparison.only_second] == [
        ("HAS_DIAGNOSIS", "Cerebral abscess")
    ]
    apart = shared(graph, one.case_id, three.case_id)
    assert "mass" not in {thing.node.name for thing in apart.shared}
    with pytest.raises(UnknownCase, match="test:none"):
        shared(graph, one.case_id, "test:none")


def test_the_diagnosis_of_one_that_the_other_considers_is_shared(
    graph: Graph, store: DocumentStore, write: Write
) -> None:
    write(
        graph_case(1, diagnosis="Abscess", differential_diagnosis=(), topic=Topic(), images=()),
        graph_case(2, diagnosis="Tumor", differential_diagnosis=("Abscess",), topic=Topic(), images=()),
    )
    project(graph, store)
    comparison = shared(graph, "test:MPX1", "test:MPX2")
    assert [(thing.kind.value, thing.node.name) for thing in comparison.shared] == [("CONSIDERS", "Abscess")]
    assert comparison.only_first == ()
    assert [thing.node.name for thing in comparison.only_second] == ["Tumor"]


def test_cases_that_share_what_is_rare_come_first(graph: Graph, store: DocumentStore, write: Write) -> None:
    one, two, three = three_cases()
    write(one, two, three, hostile_case())
    project(graph, store)
    hits = cases_sharing(graph, concept_ids=["finding:mass", "finding:edema"])
    assert [hit.case_id for hit in hits] == [one.case_id, two.case_id, three.case_id]
    assert [concept.name for concept in hits[0].shared] == ["mass", "edema"]
    assert [concept.name for concept in hits[2].shared] == ["edema"]
    assert hits[0].shared[0].weight > hits[0].shared[1].weight
    assert hits[0].score == pytest.approx(sum(concept.weight for concept in hits[0].shared))
    like_one = cases_sharing(graph, case_id=one.case_id)
    assert [hit.case_id for hit in like_one] == [two.case_id, three.case_id]
    assert [hit.case_id for hit in cases_sharing(graph, case_id=one.case_id, case_ids=[three.case_id])] == [
        three.case_id
    ]
    assert cases_sharing(graph, case_id=one.case_id, k=1) == like_one[:1]
    findings = cases_sharing(graph, case_id=one.case_id, labels=[Label.FINDING])
    assert {concept.name for hit in findings for concept in hit.shared} == {"mass", "edema"}
    with pytest.raises(InputError, match="finding:mass"):
        cases_sharing(graph, concept_ids=["mass"])


def test_nodes_are_found_by_any_spelling(graph: Graph, store: DocumentStore, write: Write) -> None:
    write(
        graph_case(1, diagnosis="Arteriovenous Malformation (AVM)"),
        graph_case(2, diagnosis="arteriovenous malformation"),
        graph_case(3, diagnosis="arteriovenous malformation"),
    )
    project(graph, store)
    [node] = find_nodes(graph, "avm", label=Label.DIAGNOSIS)
    assert node.name == "arteriovenous malformation"
    assert node.properties["aliases"] == ["Arteriovenous Malformation (AVM)"]
    assert "folded" not in node.properties
    assert [found.name for found in find_nodes(graph, " MALFORM ")] == ["Vascular malformation", node.name]
    assert find_nodes(graph, "MALFORM arterio", label=Label.DIAGNOSIS) == [node]
    assert find_nodes(graph, "malform", label=Label.FINDING) == []
    assert len(find_nodes(graph, "m", limit=2)) == 2
    with pytest.raises(InputError, match="nothing to look for"):
        find_nodes(graph, "  ")


def test_an_unknown_node_is_refused(graph: Graph, store: DocumentStore) -> None:
    project(graph, store)
    with pytest.raises(UnknownCase, match="Case:test:none"):
        neighbourhood(graph, "Case:test:none")
    with pytest.raises(InputError, match="Label:key"):
        require_node(graph, "Nothing:x")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE (:Finding {concept_id: 'finding:planted'})",
        "MERGE (c:Case {case_id: 'test:MPX1'}) SET c.name = 'changed'",
        "MATCH (n) DETACH DELETE n",
        "MATCH (c:Case)-[r]->() DELETE r RETURN count(*) AS deleted",
        "MATCH (a:Case), (b:Region) CREATE (a)-[:IN_REGION]->(b)",
        "CREATE INDEX planted IF NOT EXISTS FOR (c:Case) ON (c.split)",
    ],
)
def test_t32_a_question_cannot_write(graph: Graph, store: DocumentStore, write: Write, statement: Any) -> None:
    write(graph_case(1))
    project(graph, store)
    before = content(graph)
    with pytest.raises(EngineRefused, match="declines"):
        graph.read(statement)
    assert content(graph) == before


def test_t32_hostile_texts_stay_data(graph: Graph, store: DocumentStore, write: Write) -> None:
    one, *_ = three_cases()
    hostile = hostile_case()
    write(one, hostile)
    project(graph, store)
    before = counts(graph)
    key = f"Case:{hostile.case_id}"
    assert require_node(graph, key).properties["source"] == HOSTILE
    assert require_node(graph, f"Topic:{HOSTILE}").name == HOSTILE
    assert any(node.key == f"Image:{HOSTILE}" for node in neighbourhood(graph, key).nodes)
    assert find_nodes(graph, HOSTILE)
    assert shortest_paths(graph, key, f"Topic:{HOSTILE}")
    assert cases_sharing(graph, concept_ids=[f"finding:{HOSTILE}"]) == []
    assert shared(graph, hostile.case_id, one.case_id).shared
    assert check(graph, store) == []
    assert counts(graph) == before
