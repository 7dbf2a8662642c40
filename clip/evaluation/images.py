"""The labelled images that an evaluation speaks of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clip.vectors import Vectors


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """Images with their vectors and labels, all sequences of equal length m.

    Attributes
    ----------
    labels : mapping of str to sequence
        For each task the label of each image, None where it is unknown.
    groups : mapping of str to sequence
        For sex, age band and the like, to which group each image belongs.
    """

    case_ids: Sequence[str]
    pngs: Sequence[bytes]
    vectors: Vectors
    labels: Mapping[str, Sequence[str | None]]
    groups: Mapping[str, Sequence[str]]
