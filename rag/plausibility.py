"""Whether a diagnosis suits a patient: an organ of the other sex does not, a disease of childhood at 80 hardly does.

Rules on the words of the diagnosis and on what it is a kind of, not on frequencies: an archive of teaching cases says
nothing about those.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ingest.concepts.diagnosis_parents import all_broader
from ingest.normalise.age_words import age_in_words

IMPOSSIBLE, UNLIKELY, SUITS = 0.0, 0.3, 1.0
"""What the score of a diagnosis is multiplied by."""

_INFANT, _ADULT, _GROWN = 5.0, 18.0, 40.0  # years
_OF_MEN = frozenset(
    {"epididymal", "epididymitis", "penile", "prostate", "prostatic", "scrotal", "testicular", "testis"}
)
_OF_WOMEN = frozenset(
    (
        "adenomyosis", "bicornuate", "ectopic-pregnancy", "endometrial", "endometrioma", "endometriosis", "ovarian",
        "ovary", "placenta", "uterine", "uterus", "vaginal",
    )
)  # fmt: skip
_OF_CHILDREN = frozenset(
    (
        "ewing-sarcoma", "intussusception", "legg-calve-perthes-disease", "medulloblastoma", "mesoblastic-nephroma",
        "necrotizing-enterocolitis", "nephroblastoma", "neuroblastic-tumor", "neuroblastoma", "pyloric-stenosis",
        "retinoblastoma", "slipped-capital-femoral-epiphysis", "wilms-tumor",
    )
)  # fmt: skip
_OF_THE_OLD = frozenset(
    (
        "abdominal-aortic-aneurysm", "adenocarcinoma", "alzheimer-disease", "breast-cancer", "carcinoma",
        "colon-cancer", "diverticulitis", "gout", "leiomyoma", "lung-cancer", "multiple-myeloma", "osteoarthritis",
        "osteoporosis", "paget-disease", "pancreatic-cancer", "prostate-cancer", "stomach-cancer",
    )
)  # fmt: skip
# Carcinomas of the young.
_OF_CHILDREN_TOO = frozenset(
    (
        "adrenocortical-carcinoma", "choroid-plexus-carcinoma", "nasopharyngeal-carcinoma", "renal-medullary-carcinoma",
        "thyroid-cancer", "thyroid-carcinoma",
    )
)  # fmt: skip
_OF_INFANTS = frozenset(
    (
        "biliary-atresia", "duodenal-atresia", "germinal-matrix-hemorrhage", "hyaline-membrane-disease",
        "jejunal-atresia", "meconium-aspiration", "meconium-ileus", "mesoblastic-nephroma", "necrotizing-enterocolitis",
        "pyloric-stenosis",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Fit:
    """How a diagnosis suits a patient, and why it does not."""

    weight: float
    reason: str | None = None


def fit_of(concept_id: str, age_years: float | None, sex: str | None) -> Fit:
    """Return how a diagnosis suits a patient of this age and sex, as far as they are known.

    Examples
    --------
    >>> fit_of("diagnosis:septooptic-dysplasia", 89, None)
    Fit(weight=0.3, reason='congenital; this patient is 89 years old')
    >>> fit_of("diagnosis:prostate-cancer", None, "female").weight
    0.0
    """
    kinds = {concept_id, *all_broader(concept_id)}
    names = {kind.removeprefix("diagnosis:") for kind in kinds}
    words = {word for name in names for word in name.split("-")} | names
    if (sex == "female" and words & _OF_MEN) or (sex == "male" and words & _OF_WOMEN):
        return Fit(IMPOSSIBLE, f"of an organ that a {sex} patient does not have")
    if age_years is None:
        return Fit(SUITS)
    return next((fit for fit in _by_age(names, words, age_years)), Fit(SUITS))


def weights_for(age_years: float | None, sex: str | None) -> Callable[[str], float]:
    """Return what the score of a diagnosis is multiplied by for a patient."""
    return lambda concept_id: fit_of(concept_id, age_years, sex).weight


def _by_age(names: set[str], words: set[str], age_years: float) -> list[Fit]:
    told = f"this patient is {age_in_words(age_years)} old"
    found = list[Fit]()
    if age_years >= _GROWN and "congenital" in words:
        found.append(Fit(UNLIKELY, f"congenital; {told}"))
    if age_years >= _GROWN and names & _OF_CHILDREN:
        found.append(Fit(UNLIKELY, f"a disease of children and the young; {told}"))
    if age_years >= _INFANT and names & _OF_INFANTS:
        found.append(Fit(UNLIKELY, f"a disease of infants; {told}"))
    if age_years < _ADULT and names & _OF_THE_OLD and not names & _OF_CHILDREN_TOO:
        found.append(Fit(UNLIKELY, f"a disease of adults; {told}"))
    return found
