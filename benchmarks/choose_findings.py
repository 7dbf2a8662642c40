"""Choose the sentences of MedPix 2.0 in which findings are annotated by reading, to measure the annotator.

The lexicon is made looking at `train_1`, so the sentences come from `train_2` and dev. A stratum is chosen by
plain words, not by our annotator: what it misses would else never be seen. Prints one JSON line per sentence:
where it stands, never its text.

The sentences of denial and doubt came later, in three lots of the same making, and never one that was taken before.

Usage: CASEGRAPH_MEDPIX2=folder python -m benchmarks.choose_findings
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.findings_gold import Place, Texts, text_at, texts_of_release
from benchmarks.medpix2 import release_folder
from ingest.annotation.sentences import sentence_ends
from ingest.vocabulary import Section

_SEED = 20240621  # the date of the release
_PER_CASE = 3  # sentences, so that no case weighs much
# Findings and captions are what the annotator is for; history and discussion are where assertion is hard.
_SHARES = {Section.FINDINGS: 0.4, Section.CAPTION: 0.25, Section.HISTORY: 0.15, Section.DISCUSSION: 0.2}
_STRATA: dict[str, tuple[int, str]] = {
    "negated": (70, r"\b(?:no|not|without|absent|absence|denies|denied|negative|free of|non|never|lack)\b"),
    "uncertain": (
        55,
        r"\b(?:may|might|could|possibl[ey]|probabl[ey]|likely|suspicious|suspected|suggest\w*|versus|vs|concern\w*|"
        r"question\w*|rule out|r/o|cannot|differential|consider\w*)\b",
    ),
    "historical": (45, r"\b(?:history|prior|previous\w*|status post|s/p|old|remote|resolved|ago|healed|past)\b"),
    "random": (130, r""),
}
_MIN_WORDS = 3
_SEED_OF_LOTS = 20240622
_SHARES_OF_LOTS = {Section.FINDINGS: 0.55, Section.CAPTION: 0.25, Section.HISTORY: 0.1, Section.DISCUSSION: 0.1}
_WORDS_OF_LOTS = {
    "denial": r"\b(?:no|not|without|absent|absence|denies|denied|negative|free of|non|never|lack|w/o|loss of|"
    r"ruled out)\b",
    "doubt": r"\b(?:may|might|could|possibl[ey]|probabl[ey]|likely|suspicious|suspected|suggest\w*|versus|vs|"
    r"concern\w*|question\w*|rule out|r/o|cannot|excluded?|differential|consider\w*|consistent with|compatible with)\b",
}
LOTS = ((85, 3), (66, 5), (50, 7))
"""Of each lot, how many sentences of a kind, and how many of one case at most, the lots before included."""


def main() -> None:
    """Print the places of the chosen sentences, in the order of their strata."""
    folder = release_folder()
    for place in choose(folder):
        print(json.dumps(place.to_json()))


def choose(folder: Path) -> list[Place]:
    """Return about 300 places: each stratum drawn over the sections by their shares, at random by a fixed seed."""
    texts = texts_of_release(folder)
    pool = _pool(folder, texts)
    random.Random(_SEED).shuffle(pool)
    draw = _Draw(texts, pool)
    return [p for stratum, (n, words) in _STRATA.items() for p in draw.take(stratum, words, n, _SHARES, _PER_CASE)]


def choose_lots(folder: Path, taken: Iterable[Place]) -> list[list[Place]]:
    """Return the lots of sentences of denial and doubt, of those that were not taken before."""
    texts = texts_of_release(folder)
    before = {(place.text_key, place.start) for place in taken}
    pool = [place for place in _pool(folder, texts) if (place.text_key, place.start) not in before]
    random.Random(_SEED_OF_LOTS).shuffle(pool)
    draw = _Draw(texts, pool)
    return [
        [p for kind, words in _WORDS_OF_LOTS.items() for p in draw.take(kind, words, n, _SHARES_OF_LOTS, per_case)]
        for n, per_case in LOTS
    ]


def _pool(folder: Path, texts: Texts) -> list[Place]:
    splits = json.loads((folder / "splits.json").read_text(encoding="utf-8"))
    allowed = {f"medpix2:{u_id}" for u_id in (*splits["train_2"], *splits["dev"])}
    return [place for place in _sentences(texts) if place.case_id in allowed]


@dataclass
class _Draw:
    """Sentences of a shuffled pool, taken one by one, none twice."""

    texts: Texts
    pool: Sequence[Place]
    per_case: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)

    def take(
        self, stratum: str, words: str, wanted: int, shares: Mapping[Section, float], per_case: int
    ) -> Iterator[Place]:
        """Yield the first places of each section in which one of the words stands."""
        for section, share in shares.items():
            missing = round(wanted * share)
            for place in self.pool:
                sentence = text_at(self.texts, place)
                if missing == 0 or place.section is not section or self.per_case[place.case_id] >= per_case:
                    continue
                if sentence in self.seen or not re.search(words, sentence, re.IGNORECASE):
                    continue
                self.per_case[place.case_id] += 1
                self.seen.add(sentence)
                missing -= 1
                yield place.in_stratum(stratum)


def _sentences(texts: Texts) -> Iterator[Place]:
    for (case_id, section, image_id), text in texts.items():
        ends = sentence_ends(text)
        for start, end in zip([0, *ends], ends, strict=False):
            sentence = text[start:end]
            if len(sentence.split()) >= _MIN_WORDS and section in _SHARES and "Replace this" not in sentence:
                lead = len(sentence) - len(sentence.lstrip())
                yield Place(case_id, section, image_id, start + lead, start + len(sentence.rstrip()))


if __name__ == "__main__":
    main()
