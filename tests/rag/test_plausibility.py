"""Which diagnoses suit a patient."""

from __future__ import annotations

import pytest

from rag.plausibility import IMPOSSIBLE, SUITS, UNLIKELY, fit_of, weights_for


@pytest.mark.parametrize(
    ("name", "age", "sex", "weight"),
    [
        ("prostate-cancer", None, "female", IMPOSSIBLE),
        ("prostate-cancer", 70.0, "male", SUITS),
        ("ovarian-teratoma", 30.0, "male", IMPOSSIBLE),
        ("cervical-spine-fracture", 30.0, "male", SUITS),
        ("septooptic-dysplasia", 89.0, None, UNLIKELY),
        ("septooptic-dysplasia", 1.0, None, SUITS),
        ("wilms-tumor", 60.0, None, UNLIKELY),
        ("right-wilms-tumor", 60.0, None, UNLIKELY),
        ("alzheimer-disease", 9.0, None, UNLIKELY),
        ("renal-cell-carcinoma", 3.0, None, UNLIKELY),
        ("renal-cell-carcinoma", 60.0, None, SUITS),
        ("thyroid-carcinoma", 15.0, None, SUITS),
        ("wilms-tumor", 3.0, None, SUITS),
        ("pyloric-stenosis", 0.1, None, SUITS),
        ("pyloric-stenosis", 12.0, None, UNLIKELY),
        ("meningioma", 9.0, "male", SUITS),
        ("wilms-tumor", None, None, SUITS),
    ],
)
def test_age_and_sex_count_where_the_disease_is_bound_to_them(name, age, sex, weight):
    fit = fit_of(f"diagnosis:{name}", age, sex)
    assert (fit.weight, fit.reason is None) == (weight, weight == SUITS)
    assert weights_for(age, sex)(f"diagnosis:{name}") == weight
