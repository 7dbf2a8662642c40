"""Which diagnoses are of one disease; edges read in the text, committed as names and verdicts."""

from __future__ import annotations

import pytest

from ingest.concepts.diagnosis_families import families, family_named, is_a, is_of_family, parts_of, words_of_disease

OF_ONE_DISEASE = [
    ("Optic nerve sheath meningioma", "meningioma"),
    ("Parasellar Meningioma and arachnoid cyst", "meningioma"),
    ("Suspected meningioma", "meningioma"),
    ("Right MCA Infarction", "stroke"),
    ("Cerebral infarct, PCA territory, bilateral", "stroke"),
    ("Thromboembolic Stroke", "stroke"),
    ("Acute appendicitis with an appendicolith", "appendicitis"),
    ("Incidental Malrotation and Acute Appendicitis", "appendicitis"),
    ("Stage IVB Non-Hodgkin's lymphoma (Pre B-cell variety)", "lymphoma"),
    ("Stress fracture right femoral neck", "stress fracture"),
    ("Calcaneal Stress Fracture", "fracture"),
    ("Tear of the Achilles tendon", "achilles tendon rupture"),
    ("Glioblastoma multiforme", "glioma"),
    ("Glioblastoma multiforme", "brain tumor"),
    ("Liver metastases, from bronchogenic carcinoma", "lung cancer"),
    ("Renal Cell Carcinoma (clear cell)", "kidney cancer"),
    ("Pneumocystis jiroveci (P. carinii) Pneumonia", "pneumonia"),
    ("Non-displaced transverse fracture of right femoral neck", "hip fracture"),
]
OF_ANOTHER = [
    ("Renal infarct", "stroke"),
    ("Diffuse cerebral edema - mimic of SAH", "intracranial hemorrhage"),
    ("Aneurysmal Bone Cyst", "aneurysm"),
    ("Multiple Myeloma and secondary amyloidosis and history of sarcoidosis", "sarcoidosis"),
    ("Pancreatic Pseudocyst", "pancreatic cancer"),
    ("Stress fracture right femoral neck", "achilles tendon rupture"),
    ("Calcified pericardium", "pleural effusion"),
]


def is_one_of(diagnosis: str, disease: str) -> bool:
    family, words = family_named(disease), words_of_disease(disease)
    return any(is_a(part, words) or (family is not None and is_of_family(part, family)) for part in parts_of(diagnosis))


@pytest.mark.parametrize(("diagnosis", "disease"), OF_ONE_DISEASE)
def test_a_diagnosis_is_of_the_disease_that_it_names_more_closely(diagnosis, disease):
    assert is_one_of(diagnosis, disease)


@pytest.mark.parametrize(("diagnosis", "disease"), OF_ANOTHER)
def test_a_diagnosis_is_not_of_a_disease_that_shares_words_with_it(diagnosis, disease):
    assert not is_one_of(diagnosis, disease)


def test_what_a_family_includes_is_there_and_no_family_includes_itself():
    for name, family in families().items():
        assert set(family.includes) <= families().keys()
        assert name not in _all_included(name)


def _all_included(name: str) -> set[str]:
    found = set(families()[name].includes)
    return found.union(*map(_all_included, found)) if found else found


def test_every_family_holds_its_own_name_or_what_it_includes():
    for name, family in families().items():
        assert family_named(name) == name
        assert family.phrases or family.includes
