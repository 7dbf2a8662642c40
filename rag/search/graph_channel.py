"""The graph channel's question, asked of a real graph (`kg.questions.shared`)."""

from __future__ import annotations

from collections.abc import Sequence, Set

from kg.engine.graph import Graph
from kg.questions.shared import cases_sharing
from rag.search.channels import SharingCases

_SHARED_KINDS = ("finding:", "diagnosis:", "anatomy:")  # a treatment or an exam makes no two cases alike


def sharing_in(graph: Graph) -> SharingCases:
    """Return the question "which cases share most with this one, or with these concepts?", bound to a graph."""

    def sharing(
        case_id: str | None, concept_ids: Sequence[str], k: int, allowed: Set[str]
    ) -> list[tuple[str, float, list[str]]]:
        wanted = [concept_id for concept_id in concept_ids if concept_id.startswith(_SHARED_KINDS)]
        if case_id is None and not wanted:
            return []
        found = cases_sharing(graph, case_id=case_id, concept_ids=wanted, k=k, case_ids=allowed)
        return [(hit.case_id, hit.score, [concept.name for concept in hit.shared]) for hit in found]

    return sharing
