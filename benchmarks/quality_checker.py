"""How many planted falsehoods the check of a draft catches, by kind, and how many true statements it drops.

Drafts of the dev cases, each from its own history and findings as if its user had written them, standing on the others.

Usage: python -m benchmarks.quality_checker WORKSPACE
"""

from __future__ import annotations

import sys

import casegraph
from benchmarks.record import append_row
from ingest.case import Case
from ingest.vocabulary import Section
from rag.drafts.citations import check_statements
from rag.drafts.draft import Draft, write_draft
from rag.drafts.evidence import DraftRequest
from rag.evaluation.flips import Flip, planted_in
from rag.search.search import CaseSearch


def main() -> None:
    """Plant, check, count, and append a row per kind of falsehood."""
    planted: dict[str, list[bool]] = {flip: [] for flip in Flip}
    sound = dropped = 0
    with casegraph.open(sys.argv[1] if len(sys.argv) > 1 else "workspace") as space:
        search = space.engines.finder
        for case in [stored.case for stored in space.engines.store.cases() if stored.case.split == "dev"]:
            request, draft, cases = draft_for(case, search)
            sound += len(draft.statements) + len(draft.dropped)
            dropped += len(draft.dropped)
            for item in planted_in(draft, cases):
                kept, _ = check_statements([item.statement], request, cases)
                planted[item.flip].append(not kept)
                if kept:
                    print(f"escaped: {item.flip}: {[row.evidence_id for row in item.statement.evidence]}")
    for kind, caught in planted.items():
        append_row("quality_checker", planted=kind, statements=len(caught), dropped=sum(caught))
    append_row("quality_checker", planted="nothing (false alarms)", statements=sound, dropped=dropped)


def draft_for(case: Case, search: CaseSearch) -> tuple[DraftRequest, Draft, list[Case]]:
    """Draft for a case as if its user had written its own texts."""
    request = DraftRequest(
        history=case.sections.get(Section.HISTORY),
        findings=case.sections.get(Section.FINDINGS),
        age_years=case.patient.age_years,
        sex=case.patient.sex,
    )
    hits = [hit for hit in search.search(request.query(k=31)).hits if hit.case_id != case.case_id]
    draft = write_draft(request, hits, search.store)
    return request, draft, [search.store.get(similar.case_id).case for similar in draft.similar_cases]


if __name__ == "__main__":
    main()
