"""The labels that a model learns to tell apart, and their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from clip.training.examples import Examples
from ingest.errors import InputError

UNKNOWN = -1


def classes_of(examples: Examples) -> dict[str, list[str]]:
    """Return the labels of each task that two cases have, in order; tasks with fewer than two are left out.

    Raises
    ------
    InputError
        If none is left.
    """
    found: dict[str, list[str]] = {}
    for task, values in examples.labels.items():
        cases = {(value, case_id) for value, case_id in zip(values, examples.case_ids, strict=True) if value}
        names = [value for value, _ in cases]
        kept = sorted({name for name in names if names.count(name) > 1})
        if len(kept) > 1:
            found[task] = kept
    if not found:
        raise InputError("no task has two labels in two cases each, so there is nothing to tell apart.")
    return found


def targets_of(examples: Examples, classes: Mapping[str, Sequence[str]]) -> dict[str, NDArray[np.intp]]:
    """Return the class number of each example per task; -1 where its label is unknown or no class."""
    return {
        task: np.array([names.index(value) if value in names else UNKNOWN for value in examples.labels[task]])
        for task, names in classes.items()
    }
