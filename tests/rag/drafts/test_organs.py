"""Findings of a scan stand under its organs, and what nobody spoke of was not assessed."""

from __future__ import annotations

import pytest

from ingest.concepts.lexicon import concepts
from ingest.vocabulary import Region
from rag.drafts.compose import this_scan_statements
from rag.drafts.draft import write_draft
from rag.drafts.evidence import DraftRequest, gather_evidence
from rag.drafts.life_cycle import document_of, edit_draft, keep_draft
from rag.drafts.numbered import numbered
from rag.drafts.organs import field_scanned, organs_in, organs_of_each, says_the_rest_is_normal
from rag.drafts.render import draft_document, to_markdown, to_text
from rag.drafts.scanned_fields import FIELDS
from rag.drafts.statements import DraftSection

ABDOMEN = next(field for field in FIELDS if field.name == "abdomen")
FINDINGS = "CT of the abdomen: no ascites. A 3 cm mass in the liver. It enhances. The spleen is normal."


@pytest.fixture
def document(store):
    return draft_document(write_draft(DraftRequest(findings=FINDINGS), [], store))


def findings_of(document):
    return next(part for part in document["sections"] if part["section"] == DraftSection.FINDINGS)


def test_every_place_and_finding_of_the_table_is_in_the_lexicon():
    named = {key for field in FIELDS for organ in field.organs for key in (*organ.places, *organ.findings)}
    assert named <= concepts().keys()
    assert {field.region for field in FIELDS} == set(Region)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_no_place_or_finding_of_a_field_is_of_two_organs(field):
    for kind in ("places", "findings"):
        every = [key for organ in field.organs for key in getattr(organ, kind)]
        assert len(every) == len(set(every))


@pytest.mark.parametrize(
    ("region", "findings", "name"),
    [
        (Region.HEAD, "Mass in the frontal lobe.", "head"),
        (Region.HEAD, "Cyst of the thyroid.", "neck"),
        (Region.SPINE_AND_MUSCLES, "Torn meniscus of the knee.", "bones and joints"),
        (Region.SPINE_AND_MUSCLES, "Disc herniation.", "spine"),
        (Region.THORAX, None, "chest"),
    ],
)
def test_what_was_scanned_is_the_field_that_the_findings_name_most(region, findings, name):
    assert field_scanned(region, findings).name == name


def test_of_an_unknown_region_nothing_is_known_to_be_scanned():
    assert field_scanned(None, "Mass in the liver.") is None


@pytest.mark.parametrize(
    ("sentence", "organs"),
    [
        ("Mass in the left hepatic lobe.", ("Liver",)),
        ("Liver and spleen are normal.", ("Liver", "Spleen")),
        ("No gallstones.", ("Gallbladder and bile ducts",)),
        ("The right lower lobe of the lung is clear.", ("Lungs and airways",)),
        ("Bone is normal.", ("Bones",)),
        ("It enhances.", ()),
    ],
)
def test_a_sentence_speaks_of_the_organs_of_its_places_and_of_its_findings(sentence, organs):
    assert organs_in(sentence, ABDOMEN) == organs


def test_a_sentence_without_an_organ_goes_on_about_the_one_before():
    assert organs_of_each(["It is a CT.", "Cyst in the liver.", "It enhances."], ABDOMEN) == [
        (),
        ("Liver",),
        ("Liver",),
    ]


def test_findings_stand_in_the_order_of_the_organs_and_the_rest_was_not_assessed(document):
    part = findings_of(document)
    assert [(item["text"], item["organs"]) for item in part["statements"]] == [
        ("A 3 cm mass in the liver.", ["Liver"]),
        ("It enhances.", ["Liver"]),
        ("The spleen is normal.", ["Spleen"]),
        ("no ascites.", ["Peritoneum and mesentery"]),
    ]
    left = "Not assessed: Gallbladder and bile ducts, pancreas, adrenal glands, kidneys and ureters,"
    text = to_text(document)
    assert "\n  Liver:\n  A 3 cm mass in the liver. [this scan: 2]\n  It enhances. [this scan: 3]\n  Spleen:\n" in text
    assert f"\n  {left}" in text
    assert "**Liver**\n\n- A 3 cm mass" in to_markdown(document).replace("\\", "")
    assert left in to_markdown(document).replace("\\", "")
    shown = numbered(document)
    assert shown.not_assessed.startswith(left)
    assert [said.organs for said in shown.of(DraftSection.FINDINGS)][-1] == "Peritoneum and mesentery"


def test_what_is_told_to_be_otherwise_normal_was_assessed(store):
    assert says_the_rest_is_normal("Otherwise unremarkable.")
    assert not says_the_rest_is_normal("The spleen is normal.")
    request = DraftRequest(findings="Mass in the liver. The remaining organs are normal.")
    assert "Not assessed" not in to_text(draft_document(write_draft(request, [], store)))


def test_where_nothing_was_written_the_section_was_not_assessed_and_names_no_organ(store):
    request = DraftRequest(history="Pain in the liver.")
    text = to_text(draft_document(write_draft(request, [], store)))
    assert "FINDINGS\n  Not assessed.\n" in text
    assert "Not assessed:" not in text


def test_without_a_region_findings_stay_as_they_were_written():
    evidence = gather_evidence(DraftRequest(findings="No ascites. Mass in the liver."), [])
    assert [(said.text, said.organs) for said in this_scan_statements(evidence)] == [
        ("No ascites.", ()),
        ("Mass in the liver.", ()),
    ]


def test_what_a_person_words_stands_under_the_organs_that_it_speaks_of(store, document):
    keep_draft(store, document, actor="ada")

    def edited(number, text):
        kept = edit_draft(store, "D1", number, text, name="Dr. Ada Example", actor="ada")
        return findings_of(document_of(kept, kept.newest))

    assert edited(4, "The pancreas is normal.")["statements"][2]["organs"] == ["Pancreas"]
    assert edited(4, "It is normal.")["statements"][2]["organs"] == ["Pancreas"]
    text = to_text(document_of(kept := edit_draft(store, "D1", 4, None, name="Ada", actor="ada"), kept.newest))
    assert "spleen, pancreas" in text


def test_a_draft_kept_by_an_older_version_is_written_as_it_was(document):
    def old(value):
        if isinstance(value, dict):
            return {
                key: old(one) for key, one in value.items() if key not in {"organs", "scanned", "request", "made_at"}
            }
        return [old(one) for one in value] if isinstance(value, list) else value

    text = to_text(old(document))
    assert "FINDINGS\n  A 3 cm mass in the liver. [this scan: 2]\n  It enhances. [this scan: 3]\n" in text
    assert not any(word in text for word in ("Not assessed", "Made at", "Liver:"))
    assert numbered(old(document)).not_assessed is None
