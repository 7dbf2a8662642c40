"""How many names of diagnoses meet, which ones, and what that adds: differentials that find the cases of a diagnosis.

Names are those of `Case Diagnosis` and of the differentials of MedPix 2.0. Beside our rules stands what merging by
likeness would do (rapidfuzz, token_sort_ratio of at least 90). Whether a merge is right only a reader can say:
`--list` prints the names that meet and, for the likeness, those that only it would merge.

Usage: CASEGRAPH_MEDPIX2=folder python -m benchmarks.quality_diagnoses [--split dev] [--list]
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from rapidfuzz import fuzz, process

from benchmarks.medpix2 import release_folder
from benchmarks.record import append_row
from ingest.case import Case
from ingest.concepts.diagnosis import diagnosis_codes, diagnosis_concept_id, diagnosis_name
from ingest.sources.medpix2 import read_cases, read_release

LIKENESS = 90  # of 100; the threshold that tutorials of the library begin with

KeyOf = Callable[[str], str | None]


def main() -> None:
    """Count on one split and append a row, or list the merges of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("train", "dev"), default="train")
    parser.add_argument("--list", action="store_true", help="print the merges instead of a row")
    options = parser.parse_args()
    cases = [case for case in read_cases(read_release(release_folder())) if case.split == options.split]
    names = sorted({name for case in cases for name in names_of(case)})
    if options.list:
        show_merges(names)
    else:
        append_row("quality_diagnoses", split=options.split, cases=len(cases), **measured(cases, names))


def measured(cases: Sequence[Case], names: Sequence[str]) -> Mapping[str, int]:
    """Return the counts of one row."""
    concepts = groups(names, diagnosis_concept_id)
    alike = alike_groups(names)
    return {
        "names": len(names),
        "names_casefolded": len(groups(names, casefolded)),
        "concepts": len(concepts),
        "merged_groups": len(merges(concepts)),
        "names_in_them": sum(len(group) for group in merges(concepts)),
        "concepts_with_code": sum(bool(diagnosis_codes(concept_id)) for concept_id in concepts),
        "alike_concepts": len(alike),
        "alike_pairs": len(alike_pairs(sorted(groups(names, casefolded)))),
        "alike_pairs_not_ours": len(pairs_only_alike(names)),
        "linked_cases_casefolded": linked(cases, casefolded),
        "linked_cases": linked(cases, diagnosis_concept_id),
        "links_casefolded": links(cases, casefolded),
        "links": links(cases, diagnosis_concept_id),
    }


def names_of(case: Case) -> list[str]:
    """Return the diagnosis of a case and the candidates of its differential."""
    return [*([case.diagnosis] if case.diagnosis else []), *case.differential_diagnosis]


def casefolded(name: str) -> str | None:
    """Return the name cleaned and casefolded: what meets without any rule."""
    shown = diagnosis_name(name)
    return shown.casefold() if shown else None


def groups(names: Iterable[str], key_of: KeyOf) -> dict[str, set[str]]:
    """Return the casefolded names by key."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        key = key_of(name)
        if key is not None:
            found[key].add(str(casefolded(name)))
    return dict(found)


def merges(found: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the groups of two or more names, upper and lower case not counted."""
    return sorted(sorted(group) for group in found.values() if len(group) > 1)


def alike_groups(names: Iterable[str]) -> dict[str, set[str]]:
    """Return what meets if every two names that are alike enough meet, and what is like them, and so on."""
    folded = sorted(groups(names, casefolded))
    group_of = {name: {name} for name in folded}
    for one, other in alike_pairs(folded):
        if group_of[one] is not group_of[other]:
            group_of[one] |= group_of[other]
            group_of.update(dict.fromkeys(group_of[one], group_of[one]))
    return {min(group): group for group in group_of.values()}


def alike_pairs(folded: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs of names that are alike enough, each once."""
    scores = process.cdist(folded, folded, scorer=fuzz.token_sort_ratio, score_cutoff=LIKENESS)
    rows, columns = scores.nonzero()
    return [(folded[i], folded[j]) for i, j in zip(rows.tolist(), columns.tolist(), strict=True) if i < j]


def pairs_only_alike(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs that likeness would merge and our rules do not."""
    shown = {str(casefolded(name)): name for name in names}
    pairs = alike_pairs(sorted(groups(names, casefolded)))
    return [pair for pair in pairs if len({diagnosis_concept_id(shown[name]) for name in pair}) > 1]


def linked(cases: Sequence[Case], key_of: KeyOf) -> int:
    """Return how many cases have a diagnosis that stands in the differential of another case."""
    return sum(bool(others) for others in _considering(cases, key_of))


def links(cases: Sequence[Case], key_of: KeyOf) -> int:
    """Return the number of pairs of a case and another case that considers its diagnosis."""
    return sum(len(others) for others in _considering(cases, key_of))


def _considering(cases: Sequence[Case], key_of: KeyOf) -> list[set[str]]:
    """Return for each case the other cases whose differential has its diagnosis."""
    considering: defaultdict[str | None, set[str]] = defaultdict(set)
    for case in cases:
        for name in case.differential_diagnosis:
            considering[key_of(name)].add(case.case_id)
    keys = ((case, key_of(case.diagnosis) if case.diagnosis else None) for case in cases)
    return [considering.get(key, set()) - {case.case_id} if key else set() for case, key in keys]


def show_merges(names: Sequence[str]) -> None:
    """Print the names that meet, one group a line, then the pairs that only likeness would merge."""
    for group in merges(groups(names, diagnosis_concept_id)):
        print(" | ".join(group))
    print("\nonly alike:")
    for pair in pairs_only_alike(names):
        print(" | ".join(pair))


if __name__ == "__main__":
    main()
