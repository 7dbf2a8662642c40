"""How well findings, their assertion and their side are read, against sentences annotated by reading.

The sentences are of `train_2` and dev, the lexicon was made on `train_1`. Beside our assertion stand, on the
same mentions, negspacy and a naive rule; beside our findings stands how far two passes of reading agree.
Sentences of denial and doubt tell how right the relationships are that the graph gets.

Usage: CASEGRAPH_MEDPIX2=folder python -m benchmarks.quality_findings
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from benchmarks.findings_gold import (
    DATA,
    LOTS,
    PASSES,
    Place,
    Texts,
    read_gold,
    text_at,
    texts_of_release,
)
from benchmarks.findings_metrics import (
    Counts,
    Measure,
    Pair,
    Reading,
    ReadMention,
    cohens_kappa,
    count_assertions,
    count_mentions,
    difference,
    f1,
    matches,
    ratio,
    side_by_side,
    with_interval,
)
from benchmarks.medpix2 import release_folder
from benchmarks.negation_others import Denied, denied_by_nearby_word, denied_by_negspacy
from benchmarks.record import append_row
from ingest.annotation.annotate import ANNOTATOR, annotate_text
from ingest.vocabulary import AnnotationSubject, Assertion, ConceptKind, Section

FINDINGS: dict[str, Measure] = {
    "strict precision": ratio("strict", "read"),
    "strict recall": ratio("strict", "gold"),
    "strict f1": f1("strict", "gold", "read"),
    "relaxed precision": ratio("relaxed", "read"),
    "relaxed recall": ratio("relaxed", "gold"),
    "relaxed f1": f1("relaxed", "gold", "read"),
}
COVERAGE: dict[str, dict[str, Measure]] = {
    kind: {f"lexicon coverage of {name}": ratio(f"{kind} covered", kind)}
    for kind, name in (("observation", "observations"), ("disease", "named diseases"))
}
ABSENCE: dict[str, Measure] = {
    "absent precision": ratio("both absent", "read absent"),
    "absent recall": ratio("both absent", "gold absent"),
    "absent f1": f1("both absent", "gold absent", "read absent"),
    "absent or not: accuracy": ratio("same absence", "pairs"),
}
DIFFERENCE: dict[str, Measure] = {"absent f1": difference(ABSENCE["absent f1"])}
ASSERTION: dict[str, Measure] = {
    "assertion accuracy": ratio("same assertion", "pairs"),
    **{f"{a} f1": f1(f"both {a}", f"gold {a}", f"read {a}") for a in Assertion if a is not Assertion.ABSENT},
    "laterality accuracy": ratio("same side", "pairs"),
    "laterality precision": ratio("both side", "read side"),
    "laterality recall": ratio("both side", "gold side"),
}
# What the graph says of a case, by what a text says of a finding that was found.
RELATIONSHIPS: dict[str, Measure] = {
    f"{name} {kind}": ratio(f"both {said}", f"{whole} {said}")
    for name, said in (
        ("SHOWS", Assertion.PRESENT),
        ("RULES_OUT", Assertion.ABSENT),
        ("MAY_SHOW", Assertion.UNCERTAIN),
        ("DESCRIBES", AnnotationSubject.LITERATURE),
    )
    for kind, whole in (("precision", "read"), ("recall", "gold"))
}
SIDES = {name: measure for name, measure in ASSERTION.items() if name.startswith("laterality")}
Reader = Callable[[Place], tuple[ReadMention, ...]]


def main() -> None:
    """Append the rows of our annotator, of the others, and of the two passes."""
    texts = texts_of_release(release_folder())
    vocabulary = _vocabulary("findings_vocabulary.txt")
    gold = read_gold()
    readings = [Reading(place.case_id, place.mentions, read_by_annotator(texts, place)) for place in gold]
    for stratum in ("all", "random"):
        chosen = [r for r, place in zip(readings, gold, strict=True) if stratum in ("all", place.stratum)]
        counts = by_case((r.case_id, count_mentions(r, vocabulary)) for r in chosen)
        report("ours", stratum, FINDINGS, counts, "gold")
        for kind, measures in COVERAGE.items():
            report("ours", stratum, measures, counts, kind)
    ours = [(r.case_id, matches(r.gold, r.read, strict=False)) for r in readings]
    case_ids, ours_counts = [c for c, _ in ours], [count_assertions(p) for _, p in ours]
    report("ours", "all", ASSERTION | ABSENCE, by_case(zip(case_ids, ours_counts, strict=True)), "pairs")
    for name, denied in (("negspacy", denied_by_negspacy()), ("no/without in 5 words", denied_by_nearby_word)):
        others = [count_assertions(_judged_by(denied, texts, *both)) for both in zip(gold, ours, strict=True)]
        report(name, "all", ABSENCE, by_case(zip(case_ids, others, strict=True)), "pairs")
        paired = (side_by_side(mine, other) for mine, other in zip(ours_counts, others, strict=True))
        report(f"ours minus {name}", "all", DIFFERENCE, by_case(zip(case_ids, paired, strict=True)), "pairs")
    _report_agreement(vocabulary)
    for number, path in enumerate(LOTS, start=1):
        _report_relationships(texts, f"denial and doubt {number}", read_gold(path))


def _vocabulary(name: str) -> frozenset[str]:
    return frozenset((DATA / name).read_text(encoding="utf-8").split())


def read_by_annotator(texts: Texts, place: Place) -> tuple[ReadMention, ...]:
    """Return the findings that our annotator reads in a sentence, given the whole text around it."""
    annotations = annotate_text(texts[place.text_key], place.section, place.image_id)
    return tuple(
        ReadMention(a.start, a.end, a.concept_id, a.assertion, a.laterality, a.subject)
        for a in annotations
        if a.kind is ConceptKind.FINDING and place.start <= a.start and a.end <= place.end
    )


def by_case(counts: Iterable[tuple[str, Counts]]) -> list[Counts]:
    """Return the sums of counts of each case."""
    sums: defaultdict[str, Counts] = defaultdict(Counter)
    for case_id, count in counts:
        sums[case_id].update(count)
    return list(sums.values())


def report(system: str, stratum: str, measures: Mapping[str, Measure], per_case: Sequence[Counts], of: str) -> None:
    """Append one row per measure; n is the sum of the counts named `of`."""
    n = sum(counts[of] for counts in per_case)
    for name, measure in measures.items():
        value, low, high = with_interval(per_case, measure)
        _append(system, stratum, name, value=value, interval=(low, high), n=n)


def _append(
    system: str, stratum: str, measure: str, *, value: float, interval: tuple[float, float] | None, n: int
) -> None:
    append_row(
        "quality_findings",
        annotator=ANNOTATOR,
        system=system,
        stratum=stratum,
        measure=measure,
        value=round(value, 3),
        low="" if interval is None else round(interval[0], 3),
        high="" if interval is None else round(interval[1], 3),
        n=n,
    )


def _judged_by(denied: Denied, texts: Texts, place: Place, ours: tuple[str, Sequence[Pair]]) -> list[Pair]:
    """Return the pairs of our annotator with the assertion that another one gives their spans."""
    pairs = ours[1]
    spans = [(read.start - place.start, read.end - place.start) for _, read in pairs]
    answers = denied(text_at(texts, place), spans)
    return [
        (gold, ReadMention(read.start, read.end, read.concept_id, Assertion.ABSENT if no else Assertion.PRESENT))
        for (gold, read), no in zip(pairs, answers, strict=True)
    ]


def _report_relationships(texts: Texts, stratum: str, gold: Sequence[Place]) -> None:
    """Append how right the relationships of sentences of denial and doubt are, and how many findings are found."""
    readings = [(place, Reading(place.case_id, place.mentions, read_by_annotator(texts, place))) for place in gold]
    pairs = [(r.case_id, count_assertions(matches(r.gold, r.read, strict=False))) for _, r in readings]
    report("ours", stratum, RELATIONSHIPS | SIDES, by_case(pairs), "pairs")
    vocabulary = _vocabulary("findings_vocabulary_3.txt")
    counts = [(r.case_id, count_mentions(r, vocabulary)) for p, r in readings if p.section is Section.FINDINGS]
    wanted = {name: FINDINGS[name] for name in ("relaxed precision", "relaxed recall")}
    report("ours", f"{stratum}: section findings", wanted, by_case(counts), "gold")


def _report_agreement(vocabulary: frozenset[str]) -> None:
    """Append how the second pass of reading agrees with the first."""
    first, second = (read_gold(path) for path in PASSES)
    readings = [
        Reading(
            one.case_id,
            one.mentions,
            tuple(
                ReadMention(m.start, m.end, m.concept_id, m.assertion, m.laterality)
                for m in two.mentions
                if m.concept_id
            ),
        )
        for one, two in zip(first, second, strict=True)
    ]
    counts = by_case((r.case_id, count_mentions(r, vocabulary)) for r in readings)
    wanted = {name: FINDINGS[name] for name in ("strict f1", "relaxed f1")}
    report("second pass against first", "all", wanted, counts, "gold")
    pairs = [pair for r in readings for pair in matches(r.gold, r.read, strict=False)]
    kappas = {
        "assertion kappa": [(str(one.assertion), str(two.assertion)) for one, two in pairs],
        "laterality kappa": [(str(one.laterality), str(two.laterality)) for one, two in pairs],
    }
    for name, answers in kappas.items():
        _append("second pass against first", "all", name, value=cohens_kappa(answers), interval=None, n=len(pairs))


if __name__ == "__main__":
    main()
