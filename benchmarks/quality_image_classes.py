"""How well words of captions are looked up as classes of images, against the annotated n-grams of MultiCaRe.

Each of its 1 419 n-grams of captions carries the labels that its authors gave it, and how often it stands in all
captions of the release: an n-gram weighs what it occurs. Right is the same set of labels, once labels that stand above
another one are left out, as they follow from it. N-grams that block a label should name no class, those that deny
should be a cue of denial.

The words were chosen with one half of the n-grams at hand, `choose`, drawn by a hash; `report` is the other one. Of
all n-grams the 15 most frequent were seen before the halves were drawn. N-grams of both halves share words, and the
taxonomy is theirs. What an n-gram alone cannot show is not measured: which words of a whole caption count.

Usage: CASEGRAPH_MULTICARE=folder python -m benchmarks.quality_image_classes
"""

from __future__ import annotations

import csv
import hashlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.record import append_row
from ingest.annotation.cues import assertion_cues
from ingest.annotation.image_classes import named_classes
from ingest.concepts.image_classes import ancestors_of
from ingest.concepts.phrases import fold
from ingest.vocabulary import Assertion

SEED = 14
BLOCKER, DENIAL = "_LABEL_BLOCKER", "_assertion_absent"
_RESAMPLES = 2000


@dataclass(frozen=True)
class Judged:
    """An n-gram: how often it occurs, how many labels it should have, has, and has of those that it should have."""

    occurrences: int
    expected: int
    found: int
    right: int


def main() -> None:
    """Append a row for each half and kind of n-gram."""
    folder = os.environ.get("CASEGRAPH_MULTICARE")
    if not folder:
        sys.exit("set CASEGRAPH_MULTICARE to a folder with annotated_ngrams.csv.")
    with (Path(folder) / "annotated_ngrams.csv").open(encoding="utf-8", newline="") as stream:
        rows = [(row["ngram"], int(row["count"]), _labels(row)) for row in csv.DictReader(stream)]
    for half in ("choose", "report"):
        mine = [row for row in rows if half_of(row[0]) == half]
        labelled = [row for row in mine if not row[2] & {BLOCKER, DENIAL}]
        _record(half, "label", [_judged(*row) for row in labelled])
        _record(half, "blocker", [_held(row[1], not named_classes(row[0])) for row in mine if BLOCKER in row[2]])
        _record(half, "denial", [_held(row[1], _denies(row[0])) for row in mine if DENIAL in row[2]])


def half_of(ngram: str) -> str:
    """Return the half that an n-gram was drawn into."""
    return "report" if hashlib.sha256(f"{SEED}:{ngram}".encode()).digest()[0] % 2 else "choose"


def _labels(row: dict[str, str]) -> frozenset[str]:
    return frozenset(row[name] for name in ("label_1", "label_2", "label_3") if row[name])


def _judged(ngram: str, occurrences: int, labels: frozenset[str]) -> Judged:
    expected, found = _narrowest(labels), _narrowest(named_classes(ngram))
    return Judged(occurrences, len(expected), len(found), len(expected & found))


def _held(occurrences: int, right: bool) -> Judged:
    return Judged(occurrences, 1, 1, int(right))


def _denies(ngram: str) -> bool:
    return any(cue.value.assertion is Assertion.ABSENT for cue in assertion_cues().find(fold(ngram)))


def _narrowest(classes: frozenset[str]) -> frozenset[str]:
    return frozenset(one for one in classes if not any(one in ancestors_of(other) for other in classes))


def _record(half: str, kind: str, judged: Sequence[Judged]) -> None:
    if not judged:
        return
    values = np.array([(one.right, one.found, one.expected) for one in judged], dtype=float)
    values *= np.array([[one.occurrences] for one in judged])
    drawn = np.random.default_rng(SEED).integers(0, len(judged), (_RESAMPLES, len(judged)))
    sums = values[drawn].sum(axis=1)
    whole = values.sum(axis=0)
    figures: dict[str, float] = {}
    for name, column in (("precision", 1), ("recall", 2)):
        low, high = np.percentile(sums[:, 0] / np.maximum(sums[:, column], 1), (2.5, 97.5))
        share = whole[0] / max(whole[column], 1)
        figures |= {name: round(share, 3), f"{name}_low": round(float(low), 3), f"{name}_high": round(float(high), 3)}
    occurrences = sum(one.occurrences for one in judged)
    append_row("quality_image_classes", half=half, kind=kind, ngrams=len(judged), occurrences=occurrences, **figures)


if __name__ == "__main__":
    main()
