"""A question to the search: any mix of words, images, a case, concepts, and cases or images that are (un)like it."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.annotation.annotate import concepts
from ingest.errors import InputError
from ingest.remedies import Remedy, RemedyAction
from ingest.store.filters import Filter

MAX_HITS = 1000
MAX_IMAGES = 32  # the largest case of MedPix 2.0 has 31
MAX_NAMED = 50  # concepts, and cases and images liked or not: what a person picks by hand
MAX_QUESTION_LENGTH = 20_000  # characters; the longest history + exam + findings of MedPix 2.0 has about 6 000
READ_FIELDS = ("age_years", "modality", "sex", "plane", "region")  # of which words name a condition


@dataclass(frozen=True)
class Query:
    """A question. Every part may be left out, but not all of them.

    Attributes
    ----------
    text : str, optional
        What is looked for, in words.
    images : tuple of bytes
        Decoded PNGs; of a region, the image cut down to it. A case counts by its best match with any of them.
    case_id : str, optional
        A case whose like is looked for; it is never found itself.
    where : Filter, optional
        What may be found.
    k : int
        How many cases.
    background : str, optional
        What is known besides, history and exam: words that ask too, but count less than those of `text`.
    concept_ids : tuple of str
        Concepts to have, as ``finding:mass``: asked of the graph, where a denied finding is none.
    more, less : tuple of str
        Ids of cases and of images to move the question towards or away from; none of these cases is found.
    literal : bool
        Take the words as they stand: read no filter, correction or disease out of them (`rag.search.understanding`).
    ignored : tuple of str
        Those of `READ_FIELDS` on which the words set no condition; what is searched for stays the same.
    regions : tuple of int
        Which of the images, from 0, are regions that a person chose: they are compared even if they look like no scan.
    """

    text: str | None = None
    images: tuple[bytes, ...] = ()
    case_id: str | None = None
    where: Filter | None = None
    k: int = 10
    background: str | None = None
    concept_ids: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    literal: bool = False
    ignored: tuple[str, ...] = ()
    regions: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """Return all that was typed."""
        return joined_text(self.text, self.background)


def joined_text(*parts: str | None) -> str:
    """Return the parts that say something, a line each."""
    return "\n".join(part for part in parts if part and part.strip())


def require_question(query: Query) -> None:
    """Refuse a question that asks nothing, or too much.

    Raises
    ------
    InputError
        The message says what is wrong with it.
    """
    if not (query.words or query.images or query.case_id or query.concept_ids or query.more):
        only = " Say what to look for, not only what not." if query.less else ""
        raise InputError(f"the question is empty. Give words, an image, a concept or a case id.{only}")
    if len(query.words) > MAX_QUESTION_LENGTH:
        raise InputError(f"the question has {len(query.words)} characters, at most {MAX_QUESTION_LENGTH} are taken.")
    if not 1 <= query.k <= MAX_HITS:
        raise InputError(f"k is {query.k}, expected 1 to {MAX_HITS}.")
    if len(query.images) > MAX_IMAGES:
        raise InputError(f"the question has {len(query.images)} images, at most {MAX_IMAGES} are taken.")
    for name, ids in (("concepts", query.concept_ids), ("liked", query.more), ("unlike", query.less)):
        if len(ids) > MAX_NAMED:
            raise InputError(f"the question names {len(ids)} {name}, at most {MAX_NAMED} are taken.")
    for concept_id in query.concept_ids:
        _require_concept(concept_id)
    for name in query.ignored:
        _require_read_field(name)


def _require_concept(concept_id: str) -> None:
    kind = concept_id.partition(":")[0]
    if kind == "diagnosis" or (kind in ("finding", "anatomy") and concept_id in concepts()):
        return
    raise InputError(
        f"there is no concept '{concept_id}' to search by. Expected a finding, a place in the body or a diagnosis, "
        "such as finding:mass. See those of the workspace.",
        remedy=Remedy(RemedyAction.FIND_NODE, "mass"),
    )


def _require_read_field(name: str) -> None:
    if name not in READ_FIELDS:
        raise InputError(f"no condition on '{name}' is read from words. Expected {', '.join(READ_FIELDS)}.")
