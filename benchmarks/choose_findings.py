"""Choose the sentences of MedPix 2.0 in which findings are annotated by reading, to measure the annotator.

The lexicon is made looking at `train_1`, so the sentences come from `train_2` and dev. A stratum is chosen by
plain words, not by our annotator: what it misses would else never be seen. Prints one JSON line per sentence:
where it stands, never its text.

Usage: CASEGRAPH_MEDPIX2=folder python -m benchmarks.choose_findings
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.findings_gold import Place, text_at, texts_of_release
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


def main() -> None:
    """Print the places of the chosen sentences, in the order of their strata."""
    folder = release_folder()
    for place in choose(folder):
        print(json.dumps(place.to_json()))


def choose(folder: Path) -> list[Place]:
    """Return about 300 places: each stratum drawn over the sections by their shares, at random by a fixed seed."""
    texts = texts_of_release(folder)
    splits = json.loads((folder / "splits.json").read_text(encoding="utf-8"))
    allowed = {f"medpix2:{u_id}" for u_id in (*splits["train_2"], *splits["dev"])}
    pool = [place for place in _sentences(texts) if place.case_id in allowed]
    random.Random(_SEED).shuffle(pool)
    chosen: list[Place] = []
    per_case: Counter[str] = Counter()
    seen: set[str] = set()
    for stratum, (wanted, words) in _STRATA.items():
        for section, share in _SHARES.items():
            missing = round(wanted * share)
            for place in pool:
                sentence = text_at(texts, place)
                if missing == 0 or place.section is not section or per_case[place.case_id] >= _PER_CASE:
                    continue
                if sentence in seen or not re.search(words, sentence, re.IGNORECASE):
                    continue
                chosen.append(place.in_stratum(stratum))
                per_case[place.case_id] += 1
                seen.add(sentence)
                missing -= 1
    return chosen


def _sentences(texts: dict[tuple[str, Section, str | None], str]) -> Iterator[Place]:
    for (case_id, section, image_id), text in texts.items():
        ends = sentence_ends(text)
        for start, end in zip([0, *ends], ends, strict=False):
            sentence = text[start:end]
            if len(sentence.split()) >= _MIN_WORDS and section in _SHARES and "Replace this" not in sentence:
                lead = len(sentence) - len(sentence.lstrip())
                yield Place(case_id, section, image_id, start + lead, start + len(sentence.rstrip()))


if __name__ == "__main__":
    main()
