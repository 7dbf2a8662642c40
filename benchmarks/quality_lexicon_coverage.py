"""How many content words of findings and captions the lexicon knows, and which frequent ones it does not.

Only `train_1` is read: what the list shows may go into the lexicon. A word counts once per place, a text that
several images share counts once.

Usage: CASEGRAPH_MEDPIX2=folder python -m benchmarks.quality_lexicon_coverage
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks.findings_gold import texts_of_release
from benchmarks.medpix2 import release_folder
from benchmarks.record import append_row
from ingest.annotation.annotate import ANNOTATOR, annotate_text
from ingest.vocabulary import Section

_WORD = re.compile(r"[A-Za-z][A-Za-z'-]{2,}")
_SHOWN = 60
_FUNCTION_WORDS = frozenset((
    "the", "and", "are", "was", "were", "been", "being", "for", "from", "that", "this", "these", "those", "its",
    "which", "who", "whom", "there", "not", "without", "than", "then", "but", "may", "can", "could", "would",
    "should", "has", "have", "had", "does", "did", "she", "his", "her", "him", "they", "their", "them", "our",
    "you", "also", "into", "over", "under", "after", "before", "during", "between", "within", "through", "both",
    "each", "all", "any", "some", "other", "another", "such", "same", "more", "most", "less", "very", "with",
))  # fmt: skip


def main() -> None:
    """Append the row and print the words that most cases use and the lexicon does not know."""
    known = unknown = 0
    cases: defaultdict[str, set[str]] = defaultdict(set)
    for case_id, word, covered in _content_words(release_folder()):
        known += covered
        unknown += not covered
        if not covered:
            cases[word].add(case_id)
    append_row("quality_lexicon_coverage", annotator=ANNOTATOR, split="train_1", words=known + unknown,
               coverage=round(known / (known + unknown), 3))  # fmt: skip
    frequent = sorted(cases, key=lambda word: (-len(cases[word]), word))[:_SHOWN]
    print(", ".join(f"{word} {len(cases[word])}" for word in frequent))


def _content_words(folder: Path) -> Iterator[tuple[str, str, bool]]:
    """Yield case id, word, and whether a concept covers it."""
    splits = json.loads((folder / "splits.json").read_text(encoding="utf-8"))
    train_1 = {f"medpix2:{u_id}" for u_id in splits["train_1"]}
    seen: set[str] = set()
    for (case_id, section, image_id), text in texts_of_release(folder).items():
        if case_id not in train_1 or section not in (Section.FINDINGS, Section.CAPTION) or text in seen:
            continue
        seen.add(text)
        known = {i for a in annotate_text(text, section, image_id) for i in range(a.start, a.end)}
        for match in _WORD.finditer(text):
            if (word := match.group().casefold()) not in _FUNCTION_WORDS:
                yield case_id, word, match.start() in known


if __name__ == "__main__":
    main()
