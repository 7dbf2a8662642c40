"""Abbreviations with two meanings, read by the words around them: "AML with blasts" is no angiomyolipoma.

Our own table, `ingest/concepts/abbreviations.json`: for each abbreviation its senses, and the beginnings of the words
beside which it has each. Where no such words stand, or as many for one sense as for another, nothing is decided.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from ingest.concepts.diagnosis_text import abbreviates
from ingest.concepts.diagnosis_words import american

_IN_BRACKETS = re.compile(r"\s*\(([A-Z][A-Z0-9]{1,7})\)")
_BEFORE_BRACKETS = re.compile(r"(?<![\w-])([A-Z][A-Z0-9]{1,7})\s*\(([^()]+)\)")


@dataclass(frozen=True)
class Sense:
    """One meaning of an abbreviation; `beside` are beginnings of casefolded American words that speak for it."""

    means: str
    beside: tuple[str, ...]

    def support(self, around: str) -> int:
        """Count the words for this sense in a casefolded American text; none count where it names the sense itself.

        Who writes "PE with pleural effusion" means something else by "PE".
        """
        if self.means.casefold() in around:
            return 0
        return sum(re.search(rf"(?<!\w){re.escape(word)}", around) is not None for word in self.beside)


@cache
def abbreviation_senses() -> Mapping[str, tuple[Sense, ...]]:
    """Return the table: for each abbreviation in capitals, its senses."""
    table = json.loads((files("ingest") / "concepts" / "abbreviations.json").read_text(encoding="utf-8"))
    return MappingProxyType(
        {short: tuple(Sense(one["means"], tuple(one["beside"])) for one in senses) for short, senses in table.items()}
    )


def without_explained_abbreviations(text: str) -> str:
    """Drop an abbreviation that stands beside its own long form, in brackets behind it or before the brackets.

    Examples
    --------
    >>> without_explained_abbreviations("mitral stenosis (MS) and AML (acute myeloid leukemia)")
    'mitral stenosis and acute myeloid leukemia'
    """
    text = _IN_BRACKETS.sub(lambda found: "" if _explained(found[1], text[: found.start()]) else found[0], text)
    return _BEFORE_BRACKETS.sub(
        lambda found: found[2] if abbreviates(found[1], found[2], whole=True) else found[0], text
    )


def _explained(short: str, before: str) -> bool:
    long_forms = tuple(sense.means.casefold() for sense in abbreviation_senses().get(short, ()))
    return abbreviates(short, before) or before.casefold().endswith(long_forms)


def in_context(text: str, in_any_case: Container[str]) -> tuple[str, list[tuple[str, str]]]:
    """Write out the abbreviations whose sense the other words decide, and tell what was read as what.

    Parameters
    ----------
    in_any_case : container of str
        Those, casefolded, that are read in small letters too, and where all is in capitals; others ("AS", "ALL") may
        be words there.

    Examples
    --------
    >>> in_context("PCP overdose", ())
    ('phencyclidine overdose', [('PCP', 'phencyclidine')])
    """
    said: dict[str, str] = {}
    around = " ".join(american(word) for word in _pattern().sub(" ", text).casefold().split())

    def written_out(found: re.Match[str]) -> str:
        typed = found[0]
        readable = typed.casefold() in in_any_case or (typed.isupper() and not text.isupper())
        means = _decided(typed.upper(), around) if readable else None
        if means is None:
            return typed
        said[typed] = means
        return means

    return _pattern().sub(written_out, text), list(said.items())


def _decided(short: str, around: str) -> str | None:
    """Return the sense that most words speak for; None where none does, or no one sense has the most."""
    support = {sense.means: sense.support(around) for sense in abbreviation_senses()[short]}
    most = max(support.values())
    best = [means for means, count in support.items() if count == most]
    return best[0] if most and len(best) == 1 else None


@cache
def _pattern() -> re.Pattern[str]:
    spelt = "|".join(f"{short}|{short.lower()}" for short in abbreviation_senses())
    return re.compile(rf"(?<![\w-])(?:{spelt})(?![\w-])")
