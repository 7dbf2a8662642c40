"""A question as a clinician types one: a few findings and symptoms of a case by name, and nothing else.

With all of its text a case asks in hundreds of words, which similar texts alone answer well. A reader types six.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from ingest.case import Case
from ingest.concepts.lexicon import concepts
from rag.ask import findings_asked
from rag.evaluation.masking import masked_question

OF_EACH_KIND = 3  # the rarest findings, and the rarest clinical ones


def how_often(cases: Iterable[Case]) -> Counter[str]:
    """Count in how many cases each finding is said to be present."""
    return Counter(concept_id for case in cases for concept_id in _present(case))


def brief_question(case: Case, frequent: Mapping[str, int]) -> str:
    """Return the rarest findings and clinical findings of a case, by name, the words of its answer masked.

    Parameters
    ----------
    frequent : mapping of str to int
        In how many cases each is present; see `how_often`.
    """
    present = sorted(_present(case), key=lambda concept_id: frequent.get(concept_id, 0))
    of_images = [concept_id for concept_id in present if concept_id.startswith("finding:")]
    clinical = [concept_id for concept_id in present if concept_id.startswith("clinical:")]
    return ", ".join(concepts()[name].name for name in (*of_images[:OF_EACH_KIND], *clinical[:OF_EACH_KIND]))


def _present(case: Case) -> tuple[str, ...]:
    question = masked_question(case)
    return findings_asked(question.text, question.background)[0]
