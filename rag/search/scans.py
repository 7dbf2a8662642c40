"""Which of the images that ask look like scans: by what looks like none, no case is looked for.

An encoder makes a vector of anything, and some case is nearest to a holiday photograph too. An image is passed over if
the classifier calls it out of distribution in every view of it, and it is none of the archive's own. A classifier that
came with its encoder was trained elsewhere, and the archive may have kinds of images that it never saw: there, nothing
in the archive may be as near to it either as the archive's images are to each other.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clip.vectors import Vectors
from ingest.notices import Notice, NoticeCode
from ingest.remedies import Remedy, RemedyAction
from rag.index.interface import VectorIndex
from rag.search.asking_images import GivenImages

Strangeness = Callable[[Sequence[bytes], Vectors], NDArray[np.float64]]
"""How unlike the images of its training a classifier finds PNGs with these vectors: out of distribution above 1."""

# Of the archive's images, those that lie further from all other cases than the rest: where the classifier does not know
# a kind, a new image of it is passed over so often at most. Of .05, .1, .25 and .5 the least that passes over nearly
# all photographs and charts; of train, .4 % of the images. `benchmarks.quality_strange_questions` tells of others.
UNUSUAL_SHARE = 0.25
MAX_COMPARED = 200  # cases, an image of each: enough for that share, a moment in an archive of any size
SAME_IMAGE = 0.99  # nearer is the image itself, or a copy of it


@dataclass(frozen=True)
class ScanJudge:
    """What tells scans from other images; `knows_archive` where it was trained on the images of the archive."""

    strangeness: Strangeness
    knows_archive: bool


def scans_among(
    given: GivenImages, strangeness: Strangeness, index: VectorIndex, allowed: Set[str], least: Callable[[], float]
) -> list[int]:
    """Return the numbers of the images that look like scans, or like something that the archive has.

    Parameters
    ----------
    allowed : set of str
        All cases of the archive.
    least : callable
        Returns from which nearness on the archive has something like an image; asked only if need be.
    """

    def is_scan(number: int) -> bool:
        rows = given.rows_of(number)
        if any(strangeness([given.pngs[row]], given.asking.vectors[[row]])[0] <= 1 for row in map(int, rows)):
            return True
        nearest = index.similar_cases(given.asking.vectors[rows], 1, allowed)
        return bool(nearest) and nearest[0].similarity >= least()

    return [number for number in range(given.count) if is_scan(number)]


def usual_nearness(index: VectorIndex, everyone: frozenset[str]) -> float:
    """Return how near to an image of another case all images of an archive are, but for `UNUSUAL_SHARE` of them.

    At most `SAME_IMAGE`, however alike they are.
    """
    found: list[float] = []
    for case_id in random.Random(0).sample(sorted(everyone), len(everyone)):  # noqa: S311 - nothing secret
        own = index.vectors_of(case_id)[:1]
        others = [near for near in index.similar_cases(own, 2, everyone) if near.case_id != case_id]
        found += [float(near.similarity) for near in others[:1]]
        if len(found) == MAX_COMPARED:
            break
    return min(float(np.quantile(found, UNUSUAL_SHARE)), SAME_IMAGE) if found else SAME_IMAGE


def no_scan(name: str) -> Notice:
    """Return what is told of an image that was passed over."""
    said = (
        f"{name[:1].upper()}{name[1:]} does not look like a scan, and nothing like it is in the archive: no case was "
        "looked for by it. Ask in words."
    )
    return Notice(NoticeCode.NO_SCAN, said, Remedy(RemedyAction.ASK_IN_WORDS))
