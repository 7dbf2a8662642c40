from __future__ import annotations

import pytest
from release_folder import case_document, description

from ingest.case import AgeRange, Case, LedgerEntry, parse_case, to_document
from ingest.sources.medpix2.build import IMAGE_KEYS, NO_DESCRIPTION, build_case
from ingest.sources.medpix2.form import parse_case_document, parse_description
from ingest.sources.medpix2.records import RawRecord, Record
from ingest.vocabulary import AgeUnit, Depiction, Modality, Plane, Region, Section, Sex


def built(case: dict[str, object], *descriptions: dict[str, object]) -> Case:
    document = parse_case_document(RawRecord("c", "", case))
    return build_case(
        Record("c", document, tuple(parse_description(RawRecord("d", "", one)) for one in descriptions)), {}, {}
    )


def line(case: Case, field: str) -> LedgerEntry:
    return next(entry for entry in case.ledger if entry.field == field)


def test_a_case_has_texts_verbatim_and_values_controlled() -> None:
    case = built(case_document(tac=["MPX9001_a"]), description("MPX9001_a", Plane="Transverse"))
    assert (case.case_id, case.source, case.patient.patient_id) == ("medpix2:MPX9001", "medpix2", "medpix2:MPX9001")
    assert (case.patient.age_years, case.patient.sex) == (45.0, Sex.FEMALE)
    assert case.sections[Section.DIFFERENTIAL_DIAGNOSIS] == "Abscess\nGlioblastoma\nMetastasis"
    assert case.differential_diagnosis == ("Abscess", "Glioblastoma", "Metastasis")
    assert (case.sections[Section.CONFIRMATION], case.confirmation) == ("Surgery.", "Surgery")
    assert case.topic.acr_code == "1.2"
    (image,) = case.images
    assert image.image_id == "medpix2:MPX9001_a"
    assert (image.modality, image.technique) == (Modality.CT, ("contrast (IV)",))
    assert (image.plane, image.depiction, image.region) == (Plane.AXIAL, Depiction.SCAN, Region.HEAD)
    assert (image.anatomical_location, image.acr_code) == ("Brain and Neuro", "1.-1")
    assert set(image.source_values) == set(IMAGE_KEYS)
    assert image.source_values["Plane"] == "Transverse"


def test_the_ledger_keeps_raw_value_rule_and_value_side_by_side() -> None:
    case = built(case_document(), description("MPX9001_a", Plane="Transverse"))
    entry = line(case, "images[medpix2:MPX9001_a].plane")
    assert (entry.raw, entry.rule, entry.value, entry.conflict) == ("Transverse", "synonym", "axial", False)
    assert line(case, "patient.age_years") == LedgerEntry("patient.age_years", "45", "years", "45")


def test_a_text_that_says_nothing_is_no_section_but_stays_as_written() -> None:
    case = built(case_document(Exam="N/A"))
    assert Section.EXAM not in case.sections
    assert case.source_values["Case.Exam"] == "N/A"
    assert line(case, "sections.exam").rule == "null spelling"


def test_what_has_no_section_and_what_is_unknown_is_kept() -> None:
    case = built(case_document(Media="film") | {"Curator": {"name": 1}})
    assert case.source_values["Topic.Keywords"] == "abscessbrain"
    assert case.source_values["Case.Media"] == "film"
    assert case.source_values["Curator"] == '{"name": 1}'


def test_an_unknown_spelling_is_not_guessed_and_stays_raw() -> None:
    case = built(case_document(), description("MPX9001_a", Plane="Saggital"))
    assert case.images[0].plane is None
    assert line(case, "images[medpix2:MPX9001_a].plane").rule == "unknown value"
    assert case.images[0].source_values["Plane"] == "Saggital"


@pytest.mark.parametrize(
    ("age", "history", "years", "unit"),
    [
        ("45", "45-year-old woman.", 45, AgeUnit.YEARS),
        ("0", "An 8 week old girl.", 56 / 365.25, AgeUnit.WEEKS),
        ("2", "A 30 month old girl.", 2.5, AgeUnit.MONTHS),
        ("3 days", "A girl.", 3 / 365.25, AgeUnit.DAYS),
        ("0", "A newborn girl.", 0, AgeUnit.DAYS),
        ("0", "A girl with fever.", None, None),
    ],
)
def test_an_age_keeps_the_unit_in_which_value_or_history_told_it(
    age: str, history: str, years: float | None, unit: AgeUnit | None
) -> None:
    patient = built(case_document(History=history), description("MPX9001_a", Age=age)).patient
    assert patient.age_years == (None if years is None else pytest.approx(years))
    assert patient.age_unit is unit


def test_a_history_tells_a_decade_where_no_age_stands_beside_it() -> None:
    case = built(case_document(History="A woman in her 60s fell."), description("MPX9001_a", Age="N/A"))
    assert (case.patient.age_years, case.patient.age_range) == (65, AgeRange(60, 69))
    assert (case.patient.age_unit, line(case, "patient.age_years").rule) == (AgeUnit.DECADES, "middle of a decade")
    told = built(case_document(History="A woman in her 60s fell."), description("MPX9001_a", Age="62"))
    assert (told.patient.age_years, told.patient.age_range, told.patient.age_unit) == (62, None, AgeUnit.YEARS)


def test_weeks_of_gestation_stand_apart_and_transgender_is_stated_without_a_guess_at_the_sex() -> None:
    history = "3 day old girl, born preterm at 32+4 weeks."
    born = built(case_document(History=history), description("MPX9001_a", Age="0"))
    assert (born.patient.age_years, born.patient.gestational_age_weeks) == (pytest.approx(3 / 365.25), 32.57)
    history = "A 30-year-old transgender woman."
    stated = built(case_document(History=history), description("MPX9001_a", Age="30", Sex="female"))
    guessed = built(case_document(History=history), description("MPX9001_a", Age="30", Sex="N/A"))
    assert (stated.patient.sex, stated.patient.transgender) == (Sex.FEMALE, True)
    assert (guessed.patient.sex, guessed.patient.transgender) == (None, True)
    assert built(case_document(), description("MPX9001_a")).patient.transgender is None


def test_images_that_disagree_on_the_patient_are_a_conflict() -> None:
    case = built(case_document(), description("MPX9001_a"), description("MPX9001_b", Age="46", Sex="male"))
    assert (case.patient.age_years, case.patient.sex) == (45.0, Sex.FEMALE)
    assert line(case, "patient.age_years").conflict
    assert line(case, "patient.sex").conflict


def test_lists_and_type_that_disagree_are_a_conflict() -> None:
    case = built(case_document(mri=["MPX9001_a"]), description("MPX9001_a", kind="CT"))
    assert line(case, "images[medpix2:MPX9001_a].modality").conflict


def test_an_image_that_is_only_listed_makes_the_case_partial() -> None:
    case = built(case_document(tac=["MPX9001_a"], mri=["MPX9001_b"]), description("MPX9001_a"))
    listed = case.images[1]
    assert (listed.image_id, listed.modality, listed.problem) == ("medpix2:MPX9001_b", Modality.MR, NO_DESCRIPTION)
    assert case.status == "partial"


def test_a_placeholder_is_no_caption() -> None:
    raw = "Replace this - DESCRIPTION OF THE IMAGE OR FINDINGS."
    case = built(case_document(), description("MPX9001_a", Caption=raw))
    assert case.images[0].caption is None
    assert case.images[0].source_values["Caption"] == raw
    assert line(case, "images[medpix2:MPX9001_a].caption").rule == "placeholder"


def test_a_case_survives_the_way_to_its_document_and_back() -> None:
    case = built(case_document(tac=["MPX9001_a"]), description("MPX9001_a"))
    assert parse_case(to_document(case)) == case
