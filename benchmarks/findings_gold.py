"""The gold annotation of findings: where sentences and mentions stand in MedPix 2.0, never what they say.

`data/findings_gold.jsonl` has one line per sentence: case id, section, image id of a caption, offsets of the
sentence, the stratum by which it was chosen, and its mentions with offsets into the same text.
`findings_pass_1.jsonl` and `findings_pass_2.jsonl` are the two passes before adjudication.
`findings_gold_2.jsonl` to `findings_gold_4.jsonl` hold three lots of sentences of denial and doubt, read once, with the
concepts of lexicon 3. Rules were mended on the first lot before the second was read, and on both before the third.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ingest.sources.medpix2 import read_cases, read_release
from ingest.vocabulary import AnnotationSubject, Assertion, Laterality, Section

DATA = Path(__file__).parent / "data"
GOLD = DATA / "findings_gold.jsonl"
LOTS = tuple(DATA / f"findings_gold_{number}.jsonl" for number in (2, 3, 4))
PASSES = (DATA / "findings_pass_1.jsonl", DATA / "findings_pass_2.jsonl")

Texts = dict[tuple[str, Section, str | None], str]


@dataclass(frozen=True)
class GoldMention:
    """One finding that a reader saw in a text.

    `concept_id` is None where the lexicon had no concept for it when the gold was made; `disease` then tells
    a named disease from an observation. Of what the literature says, the assertion was not judged.
    """

    start: int
    end: int
    concept_id: str | None
    assertion: Assertion
    laterality: Laterality | None = None
    disease: bool = False
    subject: AnnotationSubject = AnnotationSubject.PATIENT


@dataclass(frozen=True)
class Place:
    """One sentence of a case, and what was read in it."""

    case_id: str
    section: Section
    image_id: str | None
    start: int
    end: int
    stratum: str = ""
    mentions: tuple[GoldMention, ...] = field(default=())

    @property
    def text_key(self) -> tuple[str, Section, str | None]:
        """Which text the offsets point into."""
        return self.case_id, self.section, self.image_id

    def in_stratum(self, stratum: str) -> Place:
        """Return the same place, chosen by a stratum."""
        return replace(self, stratum=stratum)

    def to_json(self) -> dict[str, Any]:
        """Return the place as plain JSON values."""
        mentions = [
            {
                "start": mention.start,
                "end": mention.end,
                "concept": mention.concept_id,
                "assertion": mention.assertion,
                "laterality": mention.laterality,
                **({"disease": True} if mention.disease else {}),
                **({} if mention.subject is AnnotationSubject.PATIENT else {"subject": mention.subject}),
            }
            for mention in self.mentions
        ]
        where = {"case_id": self.case_id, "field": self.section, "image_id": self.image_id}
        return {**where, "start": self.start, "end": self.end, "stratum": self.stratum, "mentions": mentions}


def parse_place(line: str) -> Place:
    """Return the place that one line of a gold file says."""
    value = json.loads(line)
    mentions = tuple(
        GoldMention(
            start=mention["start"],
            end=mention["end"],
            concept_id=mention["concept"],
            assertion=Assertion(mention["assertion"]),
            laterality=Laterality(mention["laterality"]) if mention["laterality"] else None,
            disease=mention.get("disease", False),
            subject=AnnotationSubject(mention.get("subject", AnnotationSubject.PATIENT)),
        )
        for mention in value["mentions"]
    )
    return Place(
        value["case_id"], Section(value["field"]), value["image_id"], value["start"], value["end"], value["stratum"],
        mentions,
    )  # fmt: skip


def read_gold(path: Path = GOLD) -> list[Place]:
    """Return the sentences of a gold file, in its order."""
    return [parse_place(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write_gold(path: Path, places: Iterable[Place]) -> None:
    """Write a gold file, one line per sentence."""
    lines = [json.dumps(place.to_json()) for place in places]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def texts_of_release(folder: Path) -> Texts:
    """Return every text of the release that an annotation can point into, as the cases carry them."""
    texts: Texts = {}
    for case in read_cases(read_release(folder)):
        texts |= {(case.case_id, section, None): text for section, text in case.sections.items()}
        texts |= {(case.case_id, Section.CAPTION, i.image_id): i.caption for i in case.images if i.caption}
    return texts


def text_at(texts: Mapping[tuple[str, Section, str | None], str], place: Place) -> str:
    """Return the sentence that stands at a place."""
    return texts[place.text_key][place.start : place.end]
