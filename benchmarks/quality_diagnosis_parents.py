"""How many diagnoses know what they are a kind of, whether that is right, and what it joins.

The edges are those of the final diagnoses and the candidates of MedPix 2.0, up to the top. `--sample N` prints N of
them, seeded, to be read; the verdicts stand in `benchmarks/data/diagnosis_parents_gold.jsonl` under the SHA-256 of each
edge, since the ids are made of words of the data. An edge that the rules no longer make is counted as gone.

Usage: CASEGRAPH_MEDPIX2=folder python -m benchmarks.quality_diagnosis_parents [--split dev] [--sample 100]
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from math import comb
from pathlib import Path

from benchmarks.medpix2 import release_folder
from benchmarks.record import append_row, share_with_interval
from ingest.case import Case
from ingest.concepts.candidates import candidates
from ingest.concepts.diagnosis import diagnosis_concept_id
from ingest.concepts.diagnosis_parents import all_broader, broader_diagnoses, disease_of
from ingest.sources.medpix2 import read_cases, read_release

GOLD = Path(__file__).parent / "data" / "diagnosis_parents_gold.jsonl"
SEED = 41

Edge = tuple[str, str]


def main() -> None:
    """Append a row, or print edges to be read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("train", "dev"), default="train")
    parser.add_argument("--sample", type=int, help="print so many edges instead of a row")
    options = parser.parse_args()
    cases = [case for case in read_cases(read_release(release_folder())) if case.split == options.split]
    if options.sample:
        for edge in sampled(edges_of(concepts_of(cases)), options.sample):
            print(digest(edge), *edge)
    else:
        append_row("quality_diagnosis_parents", split=options.split, cases=len(cases), **measured(cases))


def measured(cases: Sequence[Case]) -> Mapping[str, float | str]:
    """Return the counts of one row."""
    concepts = concepts_of(cases)
    final = {concept_id for case in cases if (concept_id := diagnosis_concept_id(case.diagnosis or ""))}
    edges = edges_of(concepts)
    verdicts = read_verdicts()
    judged = [verdicts[name] for edge in edges if (name := digest(edge)) in verdicts]
    told = share_with_interval(sum(judged), len(judged)) if judged else None
    share, low, high = (round(part, 3) for part in told) if told else ("", "", "")
    return {
        "concepts": len(concepts),
        "edges": len(edges),
        "final_diagnoses": len(final),
        "final_without_parent": sum(not all_broader(concept_id) for concept_id in final),
        "pairs_of_one_diagnosis": pairs(cases, diagnosis_concept_id),
        "pairs_of_one_disease": pairs(cases, _disease),
        "judged": len(judged),
        "judged_and_gone": len(verdicts) - len(judged),
        "right": sum(judged),
        "share_right": share,
        "low": low,
        "high": high,
    }


def concepts_of(cases: Iterable[Case]) -> set[str]:
    """Return the concepts of the final diagnoses and of the candidates."""
    names = (name for case in cases for name in (case.diagnosis or "", *candidates(case.differential_diagnosis)))
    return {concept_id for name in names if (concept_id := diagnosis_concept_id(name))}


def edges_of(concepts: Iterable[str]) -> list[Edge]:
    """Return every step from a concept towards the top, sorted."""
    everyone = {other for concept_id in concepts for other in (concept_id, *all_broader(concept_id))}
    return sorted((concept_id, above) for concept_id in everyone for above in broader_diagnoses(concept_id))


def sampled(edges: Sequence[Edge], number: int) -> list[Edge]:
    """Return so many of the edges, the same ones each time."""
    return sorted(random.Random(SEED).sample(edges, min(number, len(edges))))


def digest(edge: Edge) -> str:
    """Return the name of an edge in the file of verdicts."""
    return sha256(" > ".join(edge).encode()).hexdigest()[:16]


def read_verdicts() -> dict[str, bool]:
    """Return whether each edge that somebody read is right."""
    lines = (json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines())
    return {line["edge"]: line["right"] for line in lines}


def pairs(cases: Iterable[Case], key_of: Callable[[str], str | None]) -> int:
    """Return how many pairs of cases have the same final diagnosis by a key."""
    counted = Counter(key for case in cases if case.diagnosis and (key := key_of(case.diagnosis)))
    return sum(comb(number, 2) for number in counted.values())


def _disease(name: str) -> str | None:
    disease = disease_of(name)
    return disease.concept_id if disease else None


if __name__ == "__main__":
    main()
