"""Drafts: each statement stands on what it cites, and nothing of another patient becomes this scan's."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from search_cases import search_case, search_cases

from clip.classification.classify import Prediction
from ingest.annotation.annotate import concepts
from ingest.errors import InputError
from ingest.notices import Notice, NoticeCode
from ingest.store.filters import OneOf
from ingest.vocabulary import Assertion, ConceptKind, Modality, Sex
from rag.drafts.citations import check_statements
from rag.drafts.compose import RankedDifferential, compose_statements
from rag.drafts.draft import write_draft
from rag.drafts.evidence import DraftRequest, gather_evidence, read_sentence
from rag.drafts.formats import DraftFormat, written_as
from rag.drafts.modality import can_show
from rag.drafts.render import LABEL, draft_document, to_json, to_markdown, to_text
from rag.drafts.statements import DraftSection, EvidenceKind, Origin, Subject

MODALITY = Prediction("modality", "MR", 0.97, {"MR": 0.97, "CT": 0.03}, sure=True)
PLANE = Prediction("plane", "axial", 0.41, {"axial": 0.41}, sure=False)
REQUEST = DraftRequest(
    predictions={"modality": MODALITY, "plane": PLANE},
    history="Headache and seizure for 2 weeks.",
    findings="Ring enhancing lesion in the right parietal lobe. No hydrocephalus.",
    age_years=61.0,
    sex=Sex.FEMALE,
)


@pytest.fixture
def hits(search):
    query = replace(REQUEST.query(k=5), where=OneOf("region", ("Head",)))
    return search.search(query).hits


@pytest.fixture
def draft(search, store, hits):
    return write_draft(REQUEST, hits, store)


def texts(draft, section, subject):
    return [said.text for said in draft.of(section) if said.subject is subject]


def all_citations(draft):
    return [citation for said in draft.statements for citation in said.citations]


def test_technique_is_what_the_classifier_is_sure_of_and_cites_all_its_answers(draft):
    assert texts(draft, DraftSection.TECHNIQUE, Subject.THIS_SCAN) == ["MR (by the classifier)."]
    [said] = draft.of(DraftSection.TECHNIQUE)
    assert [citation.quote for citation in said.citations] == [
        "Modality: MR (magnetic resonance), probability 0.97.",
        "Plane: not sure, most likely axial, probability 0.41.",
    ]


def test_findings_of_this_scan_are_only_what_the_user_wrote(draft):
    assert texts(draft, DraftSection.FINDINGS, Subject.THIS_SCAN) == [
        "Ring enhancing lesion in the right parietal lobe.",
        "No hydrocephalus.",
    ]


def test_findings_of_similar_cases_are_counted_and_said_of_them(draft, hits):
    said = texts(draft, DraftSection.SIMILAR_CASES, Subject.SIMILAR_CASES)
    assert {hit.case_id for hit in hits} == {f"test:C{number}" for number in range(1, 6)}
    assert "4 of 5 similar cases report ring enhancement." in said
    assert "3 of 5 similar cases report mass effect; 1 of 5 reports no mass effect." in said
    assert "1 of 5 similar cases reports no hydrocephalus." in said
    assert "4 of 5 similar cases report edema; 1 of 5 reports no edema." in said


def test_the_indication_is_the_history_word_for_word_and_an_impression_is_the_readers(draft):
    assert texts(draft, DraftSection.INDICATION, Subject.THIS_SCAN) == ["Headache and seizure for 2 weeks."]
    assert draft.of(DraftSection.IMPRESSION) == ()
    assert "IMPRESSION\n  Left to the reader of the scan." in to_text(draft_document(draft))


def test_similar_cases_report_nothing_that_the_scan_cannot_show(search, store, hits):
    by_mr = write_draft(REQUEST, hits, store, modality=Modality.MR)
    by_ct = write_draft(replace(REQUEST, predictions=None), hits, store, modality=Modality.CT)
    shown = [row.concept_id for row in by_ct.evidence if row.kind is EvidenceKind.FINDING]
    assert all(can_show(Modality.CT, concept_id) for concept_id in shown)
    assert {"finding:edema", "finding:mass-effect"} <= {row.concept_id for row in by_mr.evidence}


@pytest.mark.parametrize("confirmation", ["Unable to confirm", "Confirmed.", "Confirmed"])
def test_what_is_no_confirmation_is_not_told_as_one(confirmation):
    cases = [search_case(1, "Glioma", "Mass.", confirmation=confirmation)]
    said = compose_statements(gather_evidence(DraftRequest(), cases), 1)
    assert not any("onfirmed" in item.text for item in said)


def test_findings_that_the_user_wrote_of_come_first(draft):
    said = texts(draft, DraftSection.SIMILAR_CASES, Subject.SIMILAR_CASES)
    assert {text.rstrip(".").split()[-1] for text in said[:2]} <= {"enhancement", "hydrocephalus", "lesion"}


def test_the_differential_ranks_diagnoses_by_the_cases_that_have_them(draft):
    said = texts(draft, DraftSection.DIFFERENTIAL, Subject.SIMILAR_CASES)
    assert (
        said[0] == "Glioblastoma multiforme is the diagnosis of 2 of 5 similar cases; confirmed in 2 of 5: Histology."
    )
    assert "Metastasis is in the differential of 5 of 5 similar cases." in said
    assert draft.of(DraftSection.IMPRESSION) == ()


def test_a_case_that_considers_one_disease_under_two_names_is_counted_once():
    cases = [
        search_case(1, "Cerebral infarct", "Edema.", differential="Cerebral infarct"),
        search_case(2, "Glioma", "Mass.", differential="Glioma\nCerebral infarct\nAcute cerebral infarction"),
    ]
    composed = compose_statements(gather_evidence(DraftRequest(), cases), 2)
    kept, dropped = check_statements(composed, DraftRequest(), cases)
    assert dropped == []
    (infarct,) = [said.text for said in kept if said.text.startswith("Cerebral infarct")]
    assert "it is in the differential of 1 of 2" in infarct


@pytest.mark.parametrize(
    "confirmation", ["Confirmed with findings on MRI", "Confirmed by biopsy", "Diagnosis confirmed at histology"]
)
def test_a_confirmation_that_begins_with_confirmed_is_counted_in_its_own_case_only(confirmation):
    cases = [
        search_case(1, "Enchondroma", "Mass.", confirmation=confirmation),
        search_case(2, "Enchondroma", "Mass.", confirmation="Followed from 2001 to 2005, without any change at all"),
    ]
    composed = compose_statements(gather_evidence(DraftRequest(), cases), 2)
    kept, dropped = check_statements(composed, DraftRequest(), cases)
    assert dropped == []
    assert any(f"confirmed in 1 of 2: {confirmation}" in said.text for said in kept)


def test_nothing_that_the_program_itself_composes_is_dropped(draft):
    assert draft.dropped == ()


def test_every_citation_stands_in_the_store(draft, store):
    cited = all_citations(draft)
    assert {citation.origin for citation in cited} == set(Origin)
    for citation in cited:
        if citation.origin is Origin.CASE:
            case = store.get(citation.case_id).case
            assert case.text_of(citation.section, citation.image_id)[citation.start : citation.end] == citation.quote
        if citation.origin is Origin.USER:
            assert REQUEST.text_of(citation.section)[citation.start : citation.end] == citation.quote


def test_no_side_no_measurement_and_no_date_of_another_patient_crosses(draft):
    others = " ".join(said.text for said in draft.statements if said.subject is Subject.SIMILAR_CASES)
    for word in ("left", "3.2", "cm", "frontal"):
        assert word not in others


@pytest.mark.parametrize("kind", list(DraftFormat))
def test_every_file_says_when_of_whom_and_of_which_image_it_was_made(store, kind):
    digest = "0123456789abcdef" * 4
    request = replace(REQUEST, exam="Afebrile.", image_sha256=digest)
    noon = datetime(2026, 1, 2, 12, tzinfo=UTC)
    data = written_as(draft_document(write_draft(request, [], store, clock=lambda: noon)), kind).decode("latin-1")
    plain = data.replace("\\", "")
    said = ("2026-01-02T12:00:00.000+00:00", "Headache and seizure for 2 weeks.", "Afebrile.", "female", digest)
    for words in said:
        assert words in plain, words
    age = '"age_years": 61.0' if kind is DraftFormat.JSON else "Patient: 61 years, female"
    assert age in plain


def test_what_is_not_known_of_a_patient_is_not_said(store):
    text = to_text(draft_document(write_draft(DraftRequest(findings="Mass."), [], store)))
    assert not any(line.startswith(("Patient:", "Exam:", "Image:")) for line in text.splitlines())
    assert "Patient: male\n" in to_text(draft_document(write_draft(DraftRequest(sex=Sex.MALE), [], store)))


@pytest.mark.parametrize("written", ["text", "markdown", "json"])
def test_t46_every_form_carries_the_label(draft, written):
    form = {"text": to_text, "markdown": to_markdown, "json": to_json}[written](draft_document(draft))
    assert LABEL in form
    assert "Machine-made draft, not reviewed by a person. For research and teaching, not for diagnosis." in form


def test_json_names_each_citation_with_its_place_and_quote(draft):
    document = json.loads(to_json(draft_document(draft)))
    assert [section["section"] for section in document["sections"]] == [
        "Indication",
        "Technique",
        "Findings",
        "Impression",
        "Differential",
        "What similar cases report",
    ]
    said = document["sections"][-1]["statements"][-1]
    assert said["subject"] == "similar cases"
    assert set(said["citations"][0]) == {"origin", "quote", "case_id", "section", "image_id", "start", "end"}
    assert document["reviewed"] is False
    assert [case["case_id"] for case in document["similar_cases"]][:1] == [draft.similar_cases[0].case_id]


def test_text_and_markdown_number_their_evidence(draft):
    for form in (to_text(draft_document(draft)), to_markdown(draft_document(draft))):
        plain = form.replace("\\", "")
        runs = re.findall(r"(?:this scan|similar cases): ([\d, -]*\d)[\])]", plain)
        ends = [run.partition("-")[::2] for part in runs for run in part.split(", ")]
        cited = {number for first, last in ends for number in range(int(first), int(last or first) + 1)}
        assert len(runs) == len(draft.statements)
        assert cited == set(range(1, len(set(all_citations(draft))) + 1))
        assert "findings, characters 0" in plain


def test_t36_nothing_quoted_is_active_in_markdown(store, search):
    evil = "Mass ![x](http://evil.example/a.png) <script>alert(1)</script> [click](javascript:alert(1)) \u202e\x1b[31m"
    with store.writer("a test") as writer:
        writer.write_cases([search_case(1, "Glioblastoma multiforme", evil)])
    request = DraftRequest(findings=evil)
    hits = search.search(request.query()).hits
    draft = write_draft(request, hits, store)
    form = to_markdown(draft_document(draft))
    assert "evil" in form
    for active in ("![", "](", "<script", "http://", "javascript:", "\u202e", "\x1b"):
        assert active not in form
    assert "\x1b" not in to_text(draft_document(draft))
    assert "\u202e" not in to_text(draft_document(draft))


def test_without_an_image_or_findings_the_draft_says_what_is_missing(store, search):
    request = DraftRequest(history="Headache and seizure.")
    draft = write_draft(request, search.search(request.query()).hits, store)
    assert draft.of(DraftSection.TECHNIQUE) == ()
    assert texts(draft, DraftSection.FINDINGS, Subject.THIS_SCAN) == []
    assert any("No image" in notice.text for notice in draft.notices)
    assert any("No findings" in notice.text for notice in draft.notices)


def test_with_no_similar_case_the_draft_says_so(store):
    draft = write_draft(REQUEST, [], store)
    assert Notice(NoticeCode.GAP, "No similar case was found.") in draft.notices
    assert {said.subject for said in draft.statements} == {Subject.THIS_SCAN}


def test_a_request_without_anything_to_go_by_is_refused():
    with pytest.raises(InputError, match="needs something to go by"):
        DraftRequest(age_years=5.0, findings=" ").query()
    with pytest.raises(InputError, match="longer than"):
        DraftRequest(findings="x" * 30_000).query()


def test_a_draft_asks_for_similar_cases_with_what_the_user_gave():
    query = REQUEST.query([b"x"], k=3)
    assert "Ring enhancing" in query.text
    assert "61-year-old female" in query.background
    assert (query.images, query.k) == ((b"x",), 3)
    assert DraftRequest(age_years=61.0).query([b"x"]).text is None


def test_the_boldest_mention_of_a_finding_counts():
    case = search_case(1, "Glioma", "Possible edema. There is edema. No edema on the left.")
    rows = [row for row in gather_evidence(DraftRequest(), [case]) if row.concept_id == "finding:edema"]
    assert [(row.assertion, row.citation.quote) for row in rows] == [(Assertion.PRESENT, "There is edema.")]


@pytest.mark.parametrize("kept", [Assertion.PRESENT, Assertion.ABSENT, Assertion.UNCERTAIN])
def test_every_finding_of_the_lexicon_can_be_said_and_is_read_back(kept):
    """What the composer writes must be what the checker reads, for each concept and assertion."""
    unread = []
    for concept in concepts().values():
        if concept.kind is not ConceptKind.FINDING:
            continue
        words = {Assertion.PRESENT: "", Assertion.ABSENT: "no ", Assertion.UNCERTAIN: "possible "}[kept]
        case = search_case(
            1, "Disease", f"There is {words}{concept.name}." if words != "no " else f"No {concept.name}."
        )
        evidence = gather_evidence(DraftRequest(), [case])
        said = [item for item in compose_statements(evidence, 1) if item.section is DraftSection.SIMILAR_CASES]
        passed, dropped = check_statements(said, DraftRequest(), [case])
        if not any((concept.concept_id, kept) in read_sentence(item.text) for item in passed):
            unread.append((concept.name, [item.text for item in said], [item.reason for item in dropped]))
    assert unread == []


@pytest.fixture
def sound():
    """A statement that passes, the request and the cases it stands on."""
    cases = search_cases()[:5]
    evidence = gather_evidence(REQUEST, cases)
    said = next(item for item in compose_statements(evidence, 5) if "mass effect" in item.text)
    return said, evidence, cases


def reasons(statement, cases):
    kept, dropped = check_statements([statement], REQUEST, cases)
    assert len(kept) + len(dropped) == 1
    return [item.reason for item in dropped]


def test_a_sound_statement_passes(sound):
    said, _, cases = sound
    assert reasons(said, cases) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("3 of 5 similar cases report no mass effect.", "counts 3 of 5"),
        ("4 of 5 similar cases report mass effect.", "counts 4 of 5"),
        ("3 of 4 similar cases report mass effect.", "counts 3 of 4"),
        ("3 of 5 similar cases report possible mass effect.", "no cited sentence says so"),
        ("3 of 5 similar cases report hydrocephalus.", "no cited sentence says so"),
        ("3 of 5 similar cases report mass effect of 3.2 cm.", "number"),
        ("Similar cases report mass effect on the left.", "side"),
        ("Similar cases report mass effect in 2019.", "number"),
        ("Similar cases report severe mass effect.", "words or signs"),
        ("Similar cases report mass effect <b>.", "words or signs"),
        ("There is mass effect.", "does not say that it speaks of similar cases"),
        ("3 of 5 similar cases.", "nothing that can be checked"),
    ],
)
def test_t38_what_the_cited_sentences_do_not_say_is_dropped(sound, text, reason):
    said, _, cases = sound
    found = reasons(replace(said, text=text), cases)
    assert len(found) == 1
    assert reason in found[0]


def test_t38_a_statement_that_cites_nothing_is_dropped(sound):
    said, _, cases = sound
    assert reasons(replace(said, evidence=()), cases) == ["it cites nothing that was retrieved"]


def test_t38_a_case_that_was_not_found_may_not_be_cited(sound):
    said, _, cases = sound
    assert reasons(said, cases[1:]) == ["it cites a case that was not found for this scan"]


def test_t38_a_quote_that_does_not_stand_where_it_says_is_dropped(sound):
    said, _, cases = sound
    row = said.evidence[0]
    for change in ({"quote": "Mass effect is seen."}, {"start": row.citation.start + 1}, {"quote": ""}, {"end": 3}):
        moved = replace(row, citation=replace(row.citation, **change))
        assert reasons(replace(said, evidence=(moved, *said.evidence[1:])), cases) != []


def test_what_stands_in_another_case_may_not_be_said_of_this_scan(sound):
    said, _, cases = sound
    taken = replace(said, subject=Subject.THIS_SCAN, text=said.evidence[0].citation.quote)
    assert reasons(taken, cases) == ["it says of this scan what stands in another patient's case"]


def test_what_the_user_wrote_may_not_be_reworded_or_cut(sound):
    _, evidence, cases = sound
    row = next(row for row in evidence if row.citation.quote == "No hydrocephalus.")
    said = next(item for item in compose_statements(evidence, 5) if row in item.evidence)
    assert reasons(said, cases) == []
    for text in ("Hydrocephalus.", "No hydrocephalus. Normal.", "no", ""):
        assert reasons(replace(said, text=text), cases) == [
            "of this scan it may only repeat the cited sentence word for word"
        ]


def test_the_classifier_is_not_cited_for_findings(sound):
    _, evidence, cases = sound
    row = next(row for row in evidence if row.kind is EvidenceKind.PREDICTION)
    said = next(item for item in compose_statements(evidence, 5) if row in item.evidence)
    assert len(reasons(replace(said, section=DraftSection.FINDINGS), cases)) == 1


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("Glioblastoma multiforme is the diagnosis of 2 of 5 similar cases.", True),
        ("Similar cases have the diagnosis glioblastoma multiforme.", True),
        ("Glioblastoma multiforme is the diagnosis of 3 of 5 similar cases.", False),
        ("Glioblastoma multiforme is in the differential of 2 of 5 similar cases.", False),
        ("Glioblastoma multiforme is no diagnosis of similar cases.", False),
        ("Glioblastoma is the diagnosis of 2 of 5 similar cases.", True),
        ("Glioma is the diagnosis of 2 of 5 similar cases.", False),
        ("Lymphoma is the diagnosis of 2 of 5 similar cases.", False),
    ],
)
def test_a_diagnosis_must_stand_in_what_is_cited(sound, text, passes):
    _, evidence, cases = sound
    ranked = RankedDifferential(["diagnosis:glioblastoma"])
    said = next(i for i in compose_statements(evidence, 5, ranked) if i.section is DraftSection.DIFFERENTIAL)
    assert (reasons(replace(said, text=text), cases) == []) is passes


def test_a_confirmation_with_a_date_is_not_repeated():
    cases = [search_case(1, "Glioma", "Mass.", confirmation="Biopsy on 3/4/2010")]
    said = compose_statements(gather_evidence(DraftRequest(), cases), 1)
    assert not any("2010" in item.text or "onfirmed" in item.text for item in said)


def test_the_name_of_a_diagnosis_may_have_a_side_and_a_number():
    cases = [search_case(1, "Grade 2 left temporal astrocytoma", "Mass.")]
    said = compose_statements(gather_evidence(DraftRequest(), cases), 1)
    kept, dropped = check_statements(said, DraftRequest(), cases)
    assert dropped == []
    assert any("Grade 2 left temporal astrocytoma is the diagnosis of 1 of 1" in item.text for item in kept)
