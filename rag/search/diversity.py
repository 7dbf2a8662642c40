"""Keep one case that was copied many times from filling an answer, and tell when one source does.

Whoever can add cases could flood an archive with near copies of one, so that whatever is asked, it answers. Of cases
whose words are all but the same the best ranked stands for all, and the others are named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import replace

from ingest.ids import CaseId
from ingest.notices import Notice, NoticeCode
from ingest.remedies import Remedy, RemedyAction
from rag.search.case_words import CaseWords
from rag.search.fusion import Hit

# Cosine of the word weights of two cases. On MedPix 2.0 (train and dev) no two cases come nearer than .87, in the
# sample than .918. Copies of which one word in twenty was changed are noticed half of the time, of which one in ten
# hardly ever (benchmarks/results/quality_poison.csv).
COPY = 0.92
COPIES_NAMED = 5
MIN_HITS = 4  # with fewer, one source is soon in the majority
# A source that has at most so much of what may be found, and more than so much of what was found.
SMALL_SHARE, LARGE_SHARE = 1 / 3, 2 / 3


def without_copies(ranked: Sequence[Hit], k: int, words: CaseWords) -> tuple[list[Hit], list[Notice]]:
    """Return the `k` best hits of which none is a near copy of a better one, renumbered, and what was left out.

    Parameters
    ----------
    ranked : sequence of Hit
        All candidates, best first.
    """
    kept: list[Hit] = []
    copies: dict[str, list[str]] = {}
    looked_at = 0
    while len(kept) < k and looked_at < len(ranked):
        block = ranked[looked_at : looked_at + max(k - len(kept), 1)]
        looked_at += len(block)
        for hit, original in zip(block, _originals(block, kept, words), strict=True):
            if original is None:
                kept.append(hit)
            else:
                copies.setdefault(original, []).append(hit.case_id)
    return [replace(hit, rank=rank) for rank, hit in enumerate(kept, 1)], [_told(*item) for item in copies.items()]


def diversity_notices(hits: Sequence[Hit], allowed: Set[str]) -> list[Notice]:
    """Return a notice for a small source of what may be found that has most of what was found."""
    if len(hits) < MIN_HITS:
        return []
    found = Counter(_source(hit.case_id) for hit in hits)
    source, count = found.most_common(1)[0]
    share = sum(_source(case_id) == source for case_id in allowed) / len(allowed)
    if count / len(hits) <= LARGE_SHARE or share > SMALL_SHARE:
        return []
    said = (
        f"{count} of {len(hits)} hits are of source '{source}', which has {share:.0%} of the cases that may be found. "
        "See whether they are cases of their own."
    )
    return [Notice(NoticeCode.ONE_SOURCE, said, Remedy(RemedyAction.FIND_DUPLICATES))]


def _originals(block: Sequence[Hit], kept: Sequence[Hit], words: CaseWords) -> list[str | None]:
    """Return for each hit of a block the case that stands before it and that it is a copy of."""
    hits = [*kept, *block]
    likeness = words.likeness([hit.case_id for hit in hits])
    originals: list[str | None] = [None] * len(kept)
    for place in range(len(kept), len(hits)):
        like = [other for other in range(place) if originals[other] is None and likeness[place, other] >= COPY]
        originals.append(hits[like[0]].case_id if like else None)
    return originals[len(kept) :]


def _told(original: str, copies: Sequence[str]) -> Notice:
    named = ", ".join(CaseId(case_id).short for case_id in copies[:COPIES_NAMED])
    more = f" and {len(copies) - COPIES_NAMED} more" if len(copies) > COPIES_NAMED else ""
    said = f"{len(copies)} near copies of {CaseId(original).short} were left out: {named}{more}."
    return Notice(NoticeCode.COPIES_LEFT_OUT, said)


def _source(case_id: str) -> str:
    return CaseId(case_id).source
