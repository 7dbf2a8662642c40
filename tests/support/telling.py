"""Whether a text names the answer of a case: by every name of our tables that means the same, in whole words."""

from functools import cache

from ingest.case import Case
from ingest.concepts.diagnosis import diagnosis_concept_id
from ingest.concepts.diagnosis_words import plain_words, read_diagnoses


@cache
def names_by_concept() -> dict[str | None, set[str]]:
    """Return every name of our table by the disease that it means."""
    table = read_diagnoses()
    listed = [name for entry in table["diagnoses"] for name in (entry["name"], *entry.get("synonyms", ()))]
    found: dict[str | None, set[str]] = {}
    for name in (*listed, *table["abbreviations"], *table["abbreviations"].values()):
        found.setdefault(diagnosis_concept_id(name), set()).add(name)
    return found


def names_that_tell(case: Case) -> set[str]:
    """Return diagnosis and title as they are written, and every name that means the same."""
    written = {name for name in (case.diagnosis, case.title) if name}
    return written.union(*(names_by_concept().get(diagnosis_concept_id(name), set()) for name in written))


def told(case: Case, text: str) -> list[str]:
    """Return the names of the answer of a case that a text has."""
    words = f" {' '.join(plain_words(text))} "
    names = (" ".join(plain_words(name)) for name in names_that_tell(case))
    return [name for name in names if name and f" {name} " in words]
