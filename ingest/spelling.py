"""What a mistyped word may mean: the names that are spelt nearly so."""

from __future__ import annotations

from collections.abc import Iterable

MIN_LIKENESS = 70  # of 100: one slip in a word of four letters still finds it, an unrelated word does not


def spelt_nearly_so(word: str, choices: Iterable[str], *, limit: int | None = None) -> list[str]:
    """Return the choices that are spelt nearly like a word, capitals apart, the nearest first.

    Examples
    --------
    >>> spelt_nearly_so("modalty", ["modality", "region"])
    ['modality']
    """
    from rapidfuzz import fuzz, process

    near = process.extract(
        word, list(choices), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=MIN_LIKENESS, limit=None
    )
    near.sort(key=lambda found: (-found[1], found[0]))
    return [choice for choice, _, _ in near][:limit]


def did_you_mean(word: str, choices: Iterable[str]) -> str | None:
    """Return the question that suggests the choice nearest to a mistyped word; None where none is near.

    Examples
    --------
    >>> did_you_mean("modalty", ["modality", "region"])
    "Did you mean 'modality'?"
    """
    near = spelt_nearly_so(word, choices, limit=1)
    return f"Did you mean '{near[0]}'?" if near else None
