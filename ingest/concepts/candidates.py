"""The diseases of a differential diagnosis: its entries, each as one disease or none.

An entry is what its writer put on a line. It may be a list ("tuberculosis, sarcoidosis or lymphoma"), a heading with
examples ("granulomatous disease: TB, sarcoid"), a comment ("less likely lymphoma") or no disease at all ("Knee",
"imaging findings are diagnostic"). The text stays as it is in the case; whoever counts diseases reads them here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from ingest.concepts.diagnosis import diagnosis_concept_id
from ingest.concepts.diagnosis_parents import is_known_disease
from ingest.concepts.diagnosis_words import Words, names_a_disease, plain_words, read_diagnoses
from ingest.concepts.lexicon import concepts, plural
from ingest.vocabulary import ConceptKind

_LEAD = re.compile(
    r"^\s*(?:however,?|also|and|or|other|others|rarely|rare|possibly|"
    r"(?:much )?(?:less|more|most|un)\s?(?:likely|commonly)?|"
    r"(?:other )?considerations include|(?:may|can|could|must|should)(?: also)? (?:consider|include)|consider|"
    r"some other|such as|including|particularly(?: of)?|e\.?g\.?|i\.?e\.?|a|an|the)\b[\s,:]+",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\s*(?:[,;/\u2014]|(?<!with )\bor\b|\bvs\.?|\bversus\b|\be\.?g\.?|\bi\.?e\.?|\bsuch as\b|\betc\b\.?)\s*",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s*\(([^()]*)\)?")
_COMMENT = re.compile(
    r"\b(?:usually|especially|particularly|most|least|much|very|rare|rarely|common|known|favou?red|likely|unlikely|late|"
    r"aka|a\.k\.a|initial|normal|abnormal|see|same|strongly|primary|pediatric|adult)\b|%|[<>]",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|should|would|could|may|might|does|do|this|these|requires?|demonstrates?|"
    r"thought|depends?|unlikely|diagnostic|pathognomonic|characteristic|not applicable)\b",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\s*(?:[<>~]?\s*\d+(?:\s*-\s*\d+)?\s*%.*|\(\s*\d+(?:\s*-\s*\d+)?\s*%?\s*\)|\b\d+\s*-\s*\d+\s*)$")
_MAX_WORDS = 8  # of one disease
_KINDS = frozenset({"form", "subtype", "type", "variant"})  # "likely juvenile-type" says of which kind, not of what
_MAX_OF_KIND = 2  # words
_MIN_LIST = 2  # diseases that an entry names to be read as a list


def candidates(differential: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the diseases that a differential considers, in its order, each once.

    Examples
    --------
    >>> candidates(["Granulomatous disease: TB, sarcoidosis", "Less likely lymphoma", "Knee", "Idiopathic"])
    ('TB', 'sarcoidosis', 'lymphoma')
    """
    found: dict[str, str] = {}
    for entry in differential:
        for name in _diseases_of(entry):
            concept_id = diagnosis_concept_id(name)
            if concept_id:
                found.setdefault(concept_id, name)
    return tuple(found.values())


@lru_cache(maxsize=20_000)
def _diseases_of(entry: str) -> tuple[str, ...]:
    text = _unled(_BRACKET.sub(_unless_comment, entry))
    heading, colon, examples = text.partition(":")
    if colon and (named := _listed(examples)):
        return named
    text = heading.strip() if colon and _surely_a_disease(heading) else text
    head, bracket = _BRACKET.sub("", text).strip(), " ".join(_BRACKET.findall(text))
    if bracket and (_is_general(head) or not _may_be_a_disease(head)) and (named := _listed(bracket)):
        return named
    if _LIST.search(head) and len(named := _listed(head)) >= _MIN_LIST:
        return named
    return (text,) if _may_be_a_disease(text) else ()


def _unless_comment(bracket: re.Match[str]) -> str:
    return "" if _COMMENT.search(bracket[1]) or _SENTENCE.search(bracket[1]) else bracket[0]


def _listed(text: str) -> tuple[str, ...]:
    """Return what is surely a disease among the parts of a list; what stands over others is left out."""
    named = [piece for piece in map(_unled, _LIST.split(text)) if piece and _surely_a_disease(piece)]
    specific = [piece for piece in named if not _is_general(piece)]
    return tuple({diagnosis_concept_id(piece): piece for piece in reversed(specific or named)}.values())[::-1]


def _is_general(name: str) -> bool:
    words = plain_words(name)
    return bool(words) and words[-1] in _general()


def _unled(text: str) -> str:
    """Take off what comments on a disease in front of it, and the numbers behind it."""
    text = _SHARE.sub("", text)
    while found := _LEAD.match(text):
        text = text[found.end() :]
    return text.strip(" .,;:-?!\"'")


def _surely_a_disease(piece: str) -> bool:
    words = plain_words(piece)
    if not _may_be_a_disease(piece):
        return False
    concept_id = diagnosis_concept_id(piece)
    return concept_id is not None and (is_known_disease(concept_id) or names_a_disease(words[-1]))


def _may_be_a_disease(text: str) -> bool:
    """Tell a name from a sentence, a heading, a place, and words that only say of which kind a cause is."""
    words = plain_words(text)
    if not words or len(words) > _MAX_WORDS or _SENTENCE.search(text):
        return False
    if words[-1] in _KINDS and len(words) <= _MAX_OF_KIND:
        return False
    return not _no_diseases().issuperset(words) and not _is_a_place(words) and any(len(word) > 1 for word in words)


def _is_a_place(words: Words) -> bool:
    return " ".join(words) in _places()


@cache
def _places() -> frozenset[str]:
    anatomy = (concept for concept in concepts().values() if concept.kind is ConceptKind.ANATOMY)
    return frozenset(" ".join(plain_words(form)) for concept in anatomy for form in concept.forms)


@cache
def _no_diseases() -> frozenset[str]:
    return frozenset(read_diagnoses()["no_diseases"])


@cache
def _general() -> frozenset[str]:
    """Words that stand over a list: "malignant tumors: lymphoma, metastasis"."""
    named = (*read_diagnoses()["too_general"], *read_diagnoses()["headings"])
    return frozenset((*named, *(plural(word) for word in named)))
