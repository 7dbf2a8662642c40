"""The entries of a differential as diseases: lists divided, headings and comments left out."""

from __future__ import annotations

import pytest

from ingest.concepts.candidates import candidates


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("Meningioma", ("Meningioma",)),
        ("Carcinoma, renal cell", ("Carcinoma, renal cell",)),
        ("Arteriovenous malformation (AVM)", ("Arteriovenous malformation (AVM)",)),
        ("Astrocytoma (pilocytic or fibrillary)", ("Astrocytoma (pilocytic or fibrillary)",)),
        ("Granulomatous disease: tuberculosis, sarcoidosis", ("tuberculosis", "sarcoidosis")),
        ("Neoplasm (astrocytoma, oligodendroglioma)", ("astrocytoma", "oligodendroglioma")),
        ("Infection (TB, fungal)", ("TB",)),
        ("TIA/Stroke", ("TIA", "Stroke")),
        ("Epidermoid or dermoid cyst", ("Epidermoid", "dermoid cyst")),
        ("Adnexal mass with or without torsion", ("Adnexal mass with or without torsion",)),
        ("Neuroblastoma (usually metastatic)", ("Neuroblastoma",)),
        ("Pheochromocytoma (5%-15%)", ("Pheochromocytoma",)),
        ("less likely ameloblastoma", ("ameloblastoma",)),
        ("Other congenital heart disease", ("congenital heart disease",)),
        ("A: Arachnoid cyst", ("Arachnoid cyst",)),
        ("In situ thrombus", ("In situ thrombus",)),
    ],
)
def test_an_entry_gives_the_diseases_that_it_names(entry: str, expected: tuple[str, ...]) -> None:
    assert candidates([entry]) == expected


@pytest.mark.parametrize(
    "entry",
    [
        "Knee",
        "Ovary",
        "Idiopathic",
        "Traumatic",
        "Congenital abnormality",
        "Imaging findings are diagnostic",
        "II",
        "None (pathognomonic)",
        "this requires reduction of fragments to increase the chance of healing",
        "Mycotic / Infectious",
        "",
    ],
)
def test_what_names_no_disease_gives_none(entry: str) -> None:
    assert candidates([entry]) == ()


def test_each_disease_is_told_once_in_the_order_of_the_entries() -> None:
    assert candidates(["Lymphoma/leukemia", "lymphoma", "Metastases"]) == ("Lymphoma", "leukemia", "Metastases")


def test_of_which_kind_a_disease_is_is_no_disease() -> None:
    assert candidates(["Osteochondritis dissecans, likely juvenile-type", "Sclerotic variant"]) == (
        "Osteochondritis dissecans, likely juvenile-type",
    )
