"""What stands above a diagnosis, by rules and tables alone."""

from __future__ import annotations

import pytest
import simple_icd_10_cm as icd

from ingest.concepts.diagnosis import diagnosis_concept_id, diagnosis_table
from ingest.concepts.diagnosis_families import families
from ingest.concepts.diagnosis_names import name_of_concept, ordered_names
from ingest.concepts.diagnosis_parents import (
    Qualifiers,
    all_broader,
    broader_diagnoses,
    counted_as,
    disease_of,
    is_known_disease,
    qualifiers_of,
    rolled_up,
)


def key(name: str) -> str:
    concept_id = diagnosis_concept_id(name)
    assert concept_id
    return concept_id


def above(name: str) -> set[str]:
    return {concept_id.removeprefix("diagnosis:") for concept_id in broader_diagnoses(key(name))}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Right MCA Infarction", {"mca-infarct"}),
        ("Acute on chronic subdural hematoma", {"subdural-hematoma"}),
        ("Stage IIIB cervical cancer", {"cervical-cancer"}),
        ("Meningioma, WHO grade 1", {"meningioma"}),
        ("Suspected meningioma", {"meningioma"}),
        ("Falx meningioma", {"meningioma"}),
        ("Stress fracture right femoral neck", {"stress-fracture", "hip-fracture"}),
        ("Superior vena cava syndrome secondary to lung cancer", {"superior-vena-cava-syndrome"}),
        ("Cholangiocarcinoma confirmed by biopsy", {"cholangiocarcinoma"}),
        ("Hepatic laceration with biloma", {"hepatic-laceration", "biloma"}),
        ("Multiple myeloma and history of sarcoidosis", {"multiple-myeloma"}),
        ("Diffuse cerebral edema - mimic of SAH", {"diffuse-cerebral-edema"}),
        ("Chondrosarcoma metastatic to brain", {"brain-metastasis", "chondrosarcoma"}),
        ("Findings consistent with leiomyosarcoma", {"leiomyosarcoma"}),
        ("Disseminated coccidioidomycosis", {"coccidioidomycosis"}),
        ("Cervical cancer with associated hydronephrosis", {"cervical-cancer", "hydronephrosis"}),
        ("Myositis ossificans", {"heterotopic-ossification"}),
        ("Renal infarct", set()),
        ("Left atrial myxoma", {"cardiac-tumor", "myxoma"}),
        ("Abscess or metastasis", set()),
        ("Small bowel obstruction", {"bowel-obstruction"}),
        ("Chronic obstructive pulmonary disease", set()),
        ("Landmine lesion", {"foreign-body"}),
    ],
)
def test_what_is_directly_above_a_diagnosis(name: str, expected: set[str]) -> None:
    assert above(name) == expected


def test_nothing_stands_above_itself() -> None:
    named = [*families(), *(" ".join(words) for words in diagnosis_table().codes)]
    for name in named:
        assert key(name) not in all_broader(key(name)), name


def test_the_code_of_a_category_is_above_those_of_its_subcategories_as_in_the_tables_of_icd_10_cm() -> None:
    assert above("Lacunar infarction") == {"cerebral-infarct"}
    codes = {words: code for words, held in diagnosis_table().codes.items() if (code := held.get("I10C"))}
    for words, code in codes.items():
        for other in broader_diagnoses(f"diagnosis:{'-'.join(words)}"):
            wider = codes.get(tuple(other.removeprefix("diagnosis:").split("-")))
            if wider and wider != code and code.startswith(wider):
                assert icd.is_ancestor(wider, code), (code, wider)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Acute left hip fracture due to osteoporosis", Qualifiers("left", "acute", None, "osteoporosis")),
        ("Stage 4 melanoma", Qualifiers(stage="4")),
        ("Meningioma", Qualifiers()),
        ("Left hydronephrosis and right renal cyst", Qualifiers()),
    ],
)
def test_what_a_name_says_beside_the_disease_is_kept(name: str, expected: Qualifiers) -> None:
    assert qualifiers_of(key(name)) == expected


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("Crohn's Disease on PET and tagged WBC Scanning", "crohn-disease"),
        ("Crohn's disease complicated by partial small bowel obstruction", "crohn-disease"),
        ("Hemangioma as seen on MRI", "hemangioma"),
        ("Findings consistent with Eagle syndrome in the proper clinical setting", "eagle-syndrome"),
        ("64 y.o. female with recurrent breast cancer", "breast-cancer"),
        ("58 year old Caucasian man with lung cancer", "lung-cancer"),
    ],
)
def test_what_it_was_seen_on_and_in_whom_is_no_part_of_a_disease(name: str, counted: str) -> None:
    found = disease_of(name)
    assert found is not None
    assert found.concept_id == f"diagnosis:{counted}"


@pytest.mark.parametrize(
    ("name", "counted", "shared"),
    [
        ("Ruptured Appendicitis", "appendicitis", "appendicitis"),
        ("Lacunar infarct", "cerebral-infarct", "cerebral infarct"),
        ("Acute mastoiditis", "mastoiditis", None),
        ("Fibular hemimelia", "fibular-hemimelia", None),
    ],
)
def test_a_diagnosis_is_counted_with_its_kind_whatever_its_course(name: str, counted: str, shared: str | None) -> None:
    found = disease_of(name)
    assert found == counted_as(key(name))
    assert found is not None
    assert (found.concept_id, found.name) == (f"diagnosis:{counted}", shared)


def test_no_name_is_no_disease() -> None:
    assert disease_of("?!") is None


def test_a_diagnosis_is_rolled_up_only_to_what_is_above_it() -> None:
    assert rolled_up(key("Acute right MCA infarct")) == "diagnosis:cerebral-infarct"
    assert rolled_up(key("Rectovaginal fistula")) == key("Rectovaginal fistula")
    for name in (*families(), "Acute mastoiditis", "Sialolithiasis resulting in sialoadenitis"):
        assert rolled_up(key(name)) in {key(name), *all_broader(key(name))}


def test_a_known_disease_is_one_of_the_tables_or_of_one() -> None:
    assert is_known_disease(key("Meningioma"))
    assert is_known_disease(key("Falx meningioma"))
    assert not is_known_disease(key("Landscape of unknown things"))


@pytest.mark.parametrize(
    ("spellings", "expected"),
    [
        ([("Renal cell ca", 1), ("Renal cell carcinoma", 3)], ("Renal cell carcinoma", "Renal cell ca")),
        ([("haematoma", 4), ("Hematoma", 1)], ("Hematoma", "haematoma")),
        ([("haematoma", 4)], ("Hematoma", "haematoma")),
    ],
)
def test_the_commonest_name_that_is_spelt_well_comes_first(
    spellings: list[tuple[str, int]], expected: tuple[str, ...]
) -> None:
    assert ordered_names("diagnosis:hematoma", spellings) == expected


def test_a_diagnosis_that_nobody_names_is_called_as_in_the_tables() -> None:
    assert name_of_concept("diagnosis:cerebral-infarct") == "Cerebral infarction"
    assert name_of_concept("diagnosis:left-mca-infarct") == "Left MCA infarct"
