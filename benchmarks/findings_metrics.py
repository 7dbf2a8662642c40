"""How well findings are read: mentions matched with a gold annotation, counted by case, with intervals.

Everything is a count per case, and a measure is a ratio of sums of counts, so that the 95 % interval comes from
drawing cases with replacement (sentences of one case are written by one hand).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.findings_gold import GoldMention
from ingest.vocabulary import AnnotationSubject, Assertion, Laterality

Counts = Counter[str]
Measure = Callable[[Mapping[str, float]], float]
_RESAMPLES = 1000
_SEED = 7
_OTHER = "other "


@dataclass(frozen=True)
class ReadMention:
    """One finding that a program read in a text."""

    start: int
    end: int
    concept_id: str
    assertion: Assertion
    laterality: Laterality | None = None
    subject: AnnotationSubject = AnnotationSubject.PATIENT


@dataclass(frozen=True)
class Reading:
    """One sentence as the gold has it and as a program read it."""

    case_id: str
    gold: tuple[GoldMention, ...]
    read: tuple[ReadMention, ...]


Pair = tuple[GoldMention, ReadMention]


def overlaps(a: GoldMention | ReadMention, b: GoldMention | ReadMention) -> bool:
    """Tell whether two mentions share a character."""
    return a.start < b.end and b.start < a.end


def matches(gold: Sequence[GoldMention], read: Sequence[ReadMention], *, strict: bool) -> list[Pair]:
    """Pair mentions of one concept one to one, each with the first that is left.

    Strict wants equal spans, relaxed a shared character. Mentions of one concept do not overlap on either side,
    so from left to right no pair is lost that another order would have found.
    """
    pairs: list[Pair] = []
    free = sorted(read, key=lambda mention: mention.end)
    for wanted in sorted((g for g in gold if g.concept_id is not None), key=lambda mention: mention.end):
        for mention in free:
            same_span = (mention.start, mention.end) == (wanted.start, wanted.end)
            if mention.concept_id == wanted.concept_id and (same_span if strict else overlaps(wanted, mention)):
                pairs.append((wanted, mention))
                free.remove(mention)
                break
    return pairs


def count_mentions(reading: Reading, vocabulary: frozenset[str]) -> Counts:
    """Count found, missed and wrong mentions, and what the lexicon has a concept for.

    `vocabulary` are the concepts that the gold was annotated with. A later concept that was read where the gold
    says "a finding without concept" is neither right nor wrong; elsewhere it is wrong.
    """
    unnamed = [mention for mention in reading.gold if mention.concept_id is None]
    judged = [m for m in reading.read if m.concept_id in vocabulary or not any(overlaps(g, m) for g in unnamed)]
    counts: Counts = Counter(
        gold=len(reading.gold) - len(unnamed),
        read=len(judged),
        strict=len(matches(reading.gold, judged, strict=True)),
        relaxed=len(matches(reading.gold, judged, strict=False)),
    )
    for mention in reading.gold:
        kind = "disease" if mention.disease else "observation"
        later = any(overlaps(mention, m) and m.concept_id not in vocabulary for m in reading.read)
        counts[kind] += 1
        counts[f"{kind} covered"] += mention.concept_id is not None or later
    return counts


def said_of_patient(mention: GoldMention | ReadMention) -> Assertion | AnnotationSubject:
    """Return what a mention asserts of the patient, or that it speaks of the literature."""
    return mention.assertion if mention.subject is AnnotationSubject.PATIENT else mention.subject


def count_assertions(pairs: Iterable[Pair]) -> Counts:
    """Count how the assertion and the side of found mentions agree with the gold."""
    counts: Counts = Counter()
    for gold, read in pairs:
        counts["pairs"] += 1
        wanted, said = said_of_patient(gold), said_of_patient(read)
        counts["same assertion"] += wanted is said
        counts[f"gold {wanted}"] += 1
        counts[f"read {said}"] += 1
        counts[f"both {wanted}"] += wanted is said
        counts["same absence"] += (wanted is Assertion.ABSENT) is (said is Assertion.ABSENT)
        counts["same side"] += gold.laterality is read.laterality
        counts["gold side"] += gold.laterality is not None
        counts["read side"] += read.laterality is not None
        counts["both side"] += gold.laterality is not None and gold.laterality is read.laterality
    return counts


def ratio(part: str, whole: str) -> Measure:
    """Return the measure part / whole; not a number where there is nothing to measure."""
    return lambda counts: counts[part] / counts[whole] if counts[whole] else float("nan")


def f1(both: str, gold: str, read: str) -> Measure:
    """Return the measure 2 both / (gold + read), the harmonic mean of precision and recall."""

    def measure(counts: Mapping[str, float]) -> float:
        whole = counts[gold] + counts[read]
        return 2 * counts[both] / whole if whole else float("nan")

    return measure


def side_by_side(ours: Counts, other: Counts) -> Counts:
    """Return the counts of two systems on the same mentions as one, to measure what lies between them."""
    return Counter({**ours, **{f"{_OTHER}{name}": count for name, count in other.items()}})


def difference(measure: Measure) -> Measure:
    """Return how much more a measure says of ours than of the other, of counts side by side."""

    def minus(counts: Mapping[str, float]) -> float:
        other = Counter({name.removeprefix(_OTHER): n for name, n in counts.items() if name.startswith(_OTHER)})
        return measure(counts) - measure(other)

    return minus


def with_interval(per_case: Sequence[Counts], measure: Measure) -> tuple[float, float, float]:
    """Return the measure of all cases together and its 95 % interval, by bootstrap over cases."""
    names = sorted({name for counts in per_case for name in counts})
    table = np.array([[counts[name] for name in names] for counts in per_case], dtype=float)
    random = np.random.default_rng(_SEED)
    n = len(per_case)
    drawn = (table[random.integers(0, n, n)].sum(axis=0) for _ in range(_RESAMPLES))
    values = [measure(Counter(dict(zip(names, row, strict=True)))) for row in drawn]
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return measure(Counter(dict(zip(names, table.sum(axis=0), strict=True)))), float(low), float(high)


def cohens_kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """Return the agreement of two readers beyond chance.

    References
    ----------
    Cohen, A Coefficient of Agreement for Nominal Scales, Educ Psychol Meas 1960.
    """
    n = len(pairs)
    agreed = sum(a == b for a, b in pairs) / n
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(first[name] * second[name] for name in first) / n**2
    return (agreed - chance) / (1 - chance) if chance < 1 else 1.0
