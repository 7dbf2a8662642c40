"""Cases that were made to mislead, among real ones: how many are noticed, and how many honest ones are suspected.

Rows, each on the train and on the dev cases of a workspace, with the false alarms among the honest cases of that split:

- `images of another case`: every case gets the images of another that differs in modality or region;
- `copies, X words changed`: near copies of every tenth case, of which so many words were replaced by others;
- `orders`: texts that read like orders to a language model, among the texts of the honest cases (false alarms only).

The bounds were chosen on train: dev reports. With the built-in encoder `compact`, which learned from the train cases,
the rows of train are flattered.

Usage: python -m benchmarks.quality_poison WORKSPACE
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import replace

import casegraph
from benchmarks.record import append_row
from casegraph.workspace import Workspace
from ingest.case import Case
from rag.drafts.consistency import consistency_warnings
from rag.drafts.prompt_injection import suspects_in_case
from rag.search.case_words import case_words
from rag.search.diversity import COPY

SPLITS = ("train", "dev")
CHANGED = (0.05, 0.1)
EVERY = 10
SEED = 37


def main() -> None:
    """Measure and append the rows."""
    with casegraph.open(sys.argv[1] if len(sys.argv) > 1 else "workspace") as space:
        everyone = [stored.case for stored in space.engines.store.cases()]
        for split in SPLITS:
            cases = [case for case in everyone if case.split == split]
            told = {"encoder": space.engines.models.names[0], "split": split, "cases": len(cases)}
            _append(told, "images of another case", *_exchanged(space, cases), _doubted(space, cases))
            for share in CHANGED:
                _append(told, f"copies, {share:.0%} of words changed", *_copied(everyone, cases, share))
            _append(told, "orders", 0, 0, sum(any(suspects_in_case(case)) for case in cases))


def _append(told: dict[str, object], planted: str, noticed: int, number: int, false_alarms: int) -> None:
    append_row("quality_poison", **told, planted=planted, noticed=noticed, number=number, false_alarms=false_alarms)


def _doubted(space: Workspace, cases: Sequence[Case]) -> int:
    return sum(bool(_doubts(space, case, case)) for case in cases)


def _exchanged(space: Workspace, cases: Sequence[Case]) -> tuple[int, int]:
    """Return of how many cases with another's images one is noticed; those that are alike in both are left out."""
    others = list(cases)
    random.Random(SEED).shuffle(others)
    pairs = [(case, other) for case, other in zip(cases, others, strict=True) if _differ(case, other)]
    return sum(bool(_doubts(space, case, other)) for case, other in pairs), len(pairs)


def _differ(case: Case, other: Case) -> bool:
    facts = [
        [{value for image in one.images if (value := getattr(image, task))} for task in ("modality", "region")]
        for one in (case, other)
    ]
    return any(of_case and of_other and not of_case & of_other for of_case, of_other in zip(*facts, strict=True))


def _doubts(space: Workspace, case: Case, images_of: Case) -> list[str]:
    return consistency_warnings(
        case, space.engines.finder.images.vectors_of(images_of.case_id), space.engines.models.classifier
    )


def _copied(everyone: Sequence[Case], cases: Sequence[Case], share: float) -> tuple[int, int, int]:
    """Return how many copies are noticed, of how many, and how many honest cases are taken for a copy of another."""
    chance = random.Random(SEED)
    vocabulary = sorted({word for case in everyone for text in case.sections.values() for word in text.split()})
    originals = cases[::EVERY]
    copies = [_copy(case, share, vocabulary, chance) for case in originals]
    words = case_words([*everyone, *copies])
    pairs = [(case.case_id, copy.case_id) for case, copy in zip(originals, copies, strict=True)]
    noticed = sum(words.likeness(pair)[0, 1] >= COPY for pair in pairs)
    honest = words.likeness([case.case_id for case in cases]) >= COPY
    return noticed, len(pairs), int((honest.sum(axis=1) > 1).sum())


def _copy(case: Case, share: float, vocabulary: Sequence[str], chance: random.Random) -> Case:
    sections = {
        section: " ".join(chance.choice(vocabulary) if chance.random() < share else word for word in text.split(" "))
        for section, text in case.sections.items()
    }
    return replace(case, case_id=f"copy:{case.case_id}", sections=sections)


if __name__ == "__main__":
    main()
