"""What several cases say together of one node: the spellings of a diagnosis, the facts of a patient.

A common diagnosis is spoken of in every batch of a projection. Were its spellings counted again each time, the time
would grow with the square of the cases; so a run remembers its counts from batch to batch.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ingest.concepts.diagnosis_names import name_of_concept, ordered_names
from ingest.ids import SourceId
from kg.engine.graph import Transaction
from kg.projection.memory import Memory, Spellings
from kg.projection.rows import NodeRow, RelationshipRow, diagnosis_node, node_row
from kg.schema import Label, NodeKey, RelationshipType
from kg.statements import FACTS_OF_PATIENTS, NAMES_OF_DIAGNOSES, NAMES_SAID_BY_CASES

NAMING = frozenset({RelationshipType.HAS_DIAGNOSIS, RelationshipType.CONSIDERS})
"""The relationships by which a case names a diagnosis."""


def settled_spellings(
    transaction: Transaction,
    keys: Collection[str],
    case_ids: Collection[str],
    relationships: Iterable[RelationshipRow],
    memory: Memory,
) -> Spellings:
    """Return how diagnoses will be spelled once some cases say what is to be written, and no longer what they said.

    Parameters
    ----------
    transaction : Transaction
        Has written nothing of these cases yet.
    keys : collection of str
        The diagnoses that these cases speak or spoke of.
    case_ids : collection of str
        Those of the cases that the graph may know already.
    relationships : iterable of RelationshipRow
        What the cases say from now on.
    memory : Memory
        What is known of the spellings before.
    """
    spellings: Spellings = {key: Counter(memory.spellings.get(key)) for key in keys}
    unknown = memory.unknown_spellings(keys)
    for row in transaction.read(NAMES_OF_DIAGNOSES, keys=unknown) if unknown else ():
        spellings[row["key"]][row["name"]] = row["times"]
    said_before = transaction.read(NAMES_SAID_BY_CASES, case_ids=list(case_ids)) if case_ids else []
    for row in said_before:
        spellings[row["key"]][row["name"]] -= row["times"]
    for relationship in relationships:
        if relationship.type in NAMING:
            spellings[relationship.target.key][relationship.properties["name"]] += 1
    return {key: +counted for key, counted in spellings.items()}


def diagnosis_nodes(spellings: Spellings) -> Iterator[NodeRow]:
    """Yield each diagnosis under the commonest of its names that is spelt well, the others as aliases.

    One that no case names any more stays only where it is broader than another; it has the name of its concept.
    """
    for key, counted in spellings.items():
        names = ordered_names(key, counted.items()) if counted else (name_of_concept(key),)
        yield diagnosis_node(NodeKey(Label.DIAGNOSIS, key), names)


def facts_of_patients(
    transaction: Transaction,
    keys: Collection[str],
    case_ids: Collection[str],
    relationships: Iterable[RelationshipRow],
    memory: Memory,
) -> list[dict[str, Any]]:
    """Return what the other cases of the patients and what is to be written say of them, in order of case."""
    known = memory.known_patients(keys)
    rows = transaction.read(FACTS_OF_PATIENTS, keys=known, case_ids=list(case_ids)) if known else []
    for row in relationships:
        if row.source.label is Label.PATIENT:
            said = {"key": row.source.key, "case_id": row.target.key, "sex": None, "age_years": None}
            rows.append({**said, **row.properties})
    return sorted(rows, key=lambda row: row["case_id"])


def patient_nodes(rows: Iterable[Mapping[str, Any]]) -> Iterator[NodeRow]:
    """Yield each patient with the facts of the first case that knows them."""
    facts: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        known = {name: row[name] for name in ("sex", "age_years") if row[name] is not None}
        facts[row["key"]] = known | facts[row["key"]]
    for key, known in facts.items():
        yield node_row(NodeKey(Label.PATIENT, key), SourceId(key).short or key, known)
