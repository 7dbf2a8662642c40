"""The document of a case keeps its form: what workspaces hold is read, and unchanged when it is ingested again."""

from __future__ import annotations

from dataclasses import replace

from ingest.case import AgeRange, Case, Image, LedgerEntry, Patient, parse_case, to_document
from ingest.ids import PatientId
from ingest.vocabulary import AgeUnit, Modality, Section, Sex

CASE = Case(
    case_id="medpix2:MPX9001",
    source="medpix2",
    patient=Patient(PatientId.of_case("medpix2:MPX9001"), 45.0, Sex.FEMALE),
    sections={Section.FINDINGS: "Ring enhancing mass."},
    images=(Image("medpix2:MPX9001_a", modality=Modality.CT),),
    ledger=(LedgerEntry("patient.age_years", "45", "years", "45"),),
)


def test_the_digest_of_a_case_is_the_one_that_workspaces_hold() -> None:
    assert CASE.content_digest == "a14c2937fd24745f6678d720c9aa28202b8863dce60227ac3dbcce563fbdea0e"


def test_a_patient_is_written_as_plain_text_whose_ever_case_it_is() -> None:
    shared = replace(CASE, patient=Patient(PatientId.of("pmc", "PMC1_p1"), 45.0))
    for case, patient_id in ((CASE, "medpix2:MPX9001"), (shared, "pmc:PMC1_p1")):
        written = to_document(case)["patient"]
        assert (written["patient_id"], type(written["patient_id"])) == (patient_id, str)
        assert parse_case(to_document(case)) == case


def test_what_an_older_document_does_not_say_of_a_patient_is_unknown() -> None:
    written = to_document(CASE)["patient"]
    assert set(written) == {"patient_id", "age_years", "sex"}
    told = Patient("pmc:PMC1_01", 65.0, None, AgeUnit.DECADES, AgeRange(60, 69), 32.57, transgender=True)
    case = replace(CASE, patient=told)
    assert parse_case(to_document(case)) == case
    read = parse_case(to_document(CASE)).patient
    assert (read.age_unit, read.age_range, read.gestational_age_weeks, read.transgender) == (None, None, None, None)
