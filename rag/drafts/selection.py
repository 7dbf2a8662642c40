"""Which findings of similar cases a draft speaks of: those that enough of the cases report, the nearer counting more.

A finding's support is the share of the cases that give it its leading assertion, each weighted by ``1 / (RANK_OFFSET +
rank)``. Chosen by 10-fold cross-validation over the train cases of MedPix 2.0 (`benchmarks/choose_drafting.py`): more
cases and a bar say more true findings (F1 .195 out of fold) than the five nearest cases and all that they have (.134).
On 250 of these cases, ranked anew, no other choice was surely better (20 to 100 cases, those of the same modality or
place, a bar of .1 to .18, six to ten findings; at most +.014). Weights by the square of a score were worse, and so was
support rolled up to broader findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ingest.vocabulary import Assertion, Modality
from rag.drafts.evidence import MAX_CASES, read_sentence
from rag.drafts.modality import can_show
from rag.drafts.statements import Evidence, EvidenceKind

RANK_OFFSET = 5
MIN_SUPPORT = 0.15
MAX_FINDINGS = 8  # what a reader takes in at a glance, beside those that the user wrote of

Claims = Mapping[str, Assertion]
"""One assertion for each finding's concept."""


@dataclass(frozen=True)
class Bar:
    """How many cases count, how fast the later ones count less, and how much support a finding needs."""

    most_cases: int = MAX_CASES
    rank_offset: int = RANK_OFFSET
    least_support: float = MIN_SUPPORT


def select_evidence(
    evidence: Sequence[Evidence], case_ids: Sequence[str], modality: Modality | None = None
) -> tuple[Evidence, ...]:
    """Return the evidence without the rows of findings that a draft should not speak of.

    Kept are the findings that the user wrote of, and the best supported of the others that the modality can show.

    Parameters
    ----------
    case_ids : sequence of str
        The similar cases, the nearest first.
    modality : Modality or None
        That of this scan, where it is known.
    """
    said: dict[str, dict[str, Assertion]] = {case_id: {} for case_id in case_ids}
    for row in evidence:
        if row.kind is EvidenceKind.FINDING and row.concept_id and row.case_id in said:
            said[row.case_id][row.concept_id] = row.assertion
    written = written_concepts(evidence)
    supported = supported_findings(list(said.values()))
    others = [key for key in supported if key not in written and can_show(modality, key)]
    kept = written | set(others[:MAX_FINDINGS])
    return tuple(row for row in evidence if row.kind is not EvidenceKind.FINDING or row.concept_id in kept)


def supported_findings(cases: Sequence[Claims], bar: Bar = Bar()) -> dict[str, Assertion]:
    """Return the findings that cases, nearest first, support enough, with their leading assertion, best first."""
    weights = [1 / (bar.rank_offset + rank) for rank in range(1, min(bar.most_cases, len(cases)) + 1)]
    support: dict[tuple[str, Assertion], float] = {}
    for weight, claims in zip(weights, cases, strict=False):
        for claim in claims.items():
            support[claim] = support.get(claim, 0.0) + weight / sum(weights)
    leading: dict[str, Assertion] = {}
    for concept_id, assertion in sorted(support, key=lambda claim: (-support[claim], *claim)):
        if support[concept_id, assertion] >= bar.least_support:
            leading.setdefault(concept_id, assertion)
    return leading


def written_concepts(evidence: Iterable[Evidence]) -> set[str]:
    """Return the concepts that the user's own sentences speak of."""
    quotes = [row.citation.quote for row in evidence if row.kind is EvidenceKind.WRITTEN]
    return {concept_id for quote in quotes for concept_id, _ in read_sentence(quote)}
