"""What a node says of itself, and that its filter finds its cases."""

import pytest

import casegraph
from casegraph.graph import Label, Node, filter_of, properties_in_words

WORDS = {
    Label.FINDING: ("mass", "edema", "hemorrhage"),
    Label.CLINICAL_FINDING: ("headache", "fever", "seizure"),
    Label.REGION: ("head", "thorax"),
    Label.MODALITY: ("MR", "computed"),
    Label.PATHOLOGY_CATEGORY: ("neoplasm",),
    Label.TOPIC: ("a",),
    Label.PATIENT: ("MPX9",),
    Label.CASE: ("MPX9",),
    Label.IMAGE: ("MPX9",),
}


@pytest.fixture(scope="module")
def space(demo_workspace):
    with casegraph.open(demo_workspace) as opened:
        yield opened


@pytest.mark.parametrize("label", WORDS)
def test_the_filter_of_a_node_finds_its_cases(space, label):
    nodes = [node for word in WORDS[label] for node in space.graph.find(word, label=label, limit=3)]
    assert nodes
    for node in nodes:
        cases = space.graph.cases_at(node.key)
        assert sorted(space.documents.case_ids(filter_of(node))) == cases and len(cases) == node.cases


def test_a_diagnosis_is_found_by_its_own_name(space):
    [node, *_] = space.graph.find("glioblastoma", label=Label.DIAGNOSIS)
    assert set(space.graph.cases_at(node.key)) <= set(space.documents.case_ids(filter_of(node)))


def test_what_only_machines_read_is_not_said():
    image = Node("Image:a_1", Label.IMAGE, "1", {"image_id": "a_1", "pixel_sha256": "0f", "technique": ["T1", "T2"]})
    assert properties_in_words(image) == (("technique", "T1, T2"),)
    known = Node("Diagnosis:x", Label.DIAGNOSIS, "X", {"aliases": ["Y"], "codes": [], "name": "X", "concept_id": "x"})
    assert properties_in_words(known) == (("also written", "Y"),)


def test_words_find_titles_synonyms_and_both_spellings_and_count_the_cases(space):
    def keys(words):
        return [node.key for node in space.graph.find(words)]

    edema = next(node for node in space.graph.find("oedema") if node.key == "Finding:finding:edema")
    assert edema.cases == len(space.graph.cases_at(edema.key)) > 0
    assert "Finding:finding:edema" in keys("edem") and "Finding:finding:ring-enhancement" in keys("enhancing ring")
    case = space.documents.case("MPX9001")
    found = next(node for node in space.graph.find(case.title) if node.label is Label.CASE)
    assert found.title and keys("MPX9001")[0] == "Case:medpix2:MPX9001"
