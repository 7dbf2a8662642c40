"""The evidence of similar cases as a language model is given it: whole where that fits, else shorter, step by step."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.notices import Notice, NoticeCode
from rag.drafts.statements import Evidence

MAX_SHORT_QUOTE = 80  # characters: what stands around a finding in its sentence
_SHARES = (0.75, 0.5, 0.35, 0.2, 0.1)  # of the rows, where even those without quotes do not fit


@dataclass(frozen=True)
class EvidenceTable:
    """What a model is given: rows of similar cases, and how much of each quote."""

    rows: tuple[Evidence, ...]
    scan: tuple[str, ...]
    n: int
    of: int
    max_quote: int | None = None

    @property
    def text(self) -> str:
        """The table as JSON; what one kind of row names stands together, the most frequent first."""
        table = {"number of similar cases": self.n, "this scan": self.scan, "evidence": [*map(self._row, self.rows)]}
        return json.dumps(table, ensure_ascii=False)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the reader should know of what the model was not given."""
        said = f"Of the evidence {len(self.rows)} of {self.of} rows were given to the language model"
        if self.max_quote is None:
            return ()
        how = "without the sentences they stand in" if self.max_quote == 0 else "with shortened sentences"
        why = "the rest did not fit. Use fewer cases, or give it a longer context."
        return (Notice(NoticeCode.MODEL, f"{said}, {how}: {why}"),)

    def _row(self, row: Evidence) -> dict[str, str | None]:
        told = {
            "id": row.evidence_id,
            "of": row.case_id,
            "kind": str(row.kind),
            "name": row.name,
            "assertion": str(row.assertion),
        }
        quote = row.citation.quote
        if self.max_quote is not None and len(quote) > self.max_quote:
            quote = f"{quote[: self.max_quote]}…"
        return told if self.max_quote == 0 else {**told, "quote": quote}


def evidence_tables(evidence: Sequence[Evidence], n: int) -> Iterator[EvidenceTable]:
    """Yield the table whole, then with short quotes, without them, and with ever fewer of the rarer rows.

    A finding or a diagnosis goes with all of its rows, so that its cases are counted right or not at all.

    Parameters
    ----------
    n : int
        How many similar cases there are.
    """
    scan = tuple(row.citation.quote for row in evidence if not row.case_id)
    groups = _groups(evidence)
    rows = tuple(row for group in groups for row in group)
    for max_quote in (None, MAX_SHORT_QUOTE, 0):
        yield EvidenceTable(rows, scan, n, len(rows), max_quote)
    for fewer in dict.fromkeys(_first(groups, int(share * len(rows))) for share in _SHARES):
        if fewer:
            yield EvidenceTable(fewer, scan, n, len(rows), 0)


def _groups(evidence: Sequence[Evidence]) -> list[list[Evidence]]:
    """Return the rows of similar cases by what they name, the most frequent first."""
    rows_of: dict[str, list[Evidence]] = {}
    for row in evidence:
        if row.case_id:
            rows_of.setdefault(row.concept_id or row.name.casefold(), []).append(row)
    return sorted(rows_of.values(), key=lambda rows: -len(rows))


def _first(groups: Sequence[Sequence[Evidence]], most: int) -> tuple[Evidence, ...]:
    rows: list[Evidence] = []
    for group in groups:
        if len(rows) + len(group) > most:
            break
        rows += group
    return tuple(rows)
