"""Which of some nodes are the narrowest: a case with an MCA infarct has a stroke too, and only the infarct is named."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.concepts.diagnosis_parents import all_broader
from ingest.concepts.lexicon import concepts, with_broader
from kg.schema import Label, NodeKey


def narrowest(keys: Iterable[NodeKey]) -> set[NodeKey]:
    """Return the nodes without the diagnoses and findings of which another one is a kind.

    Examples
    --------
    >>> infarct, stroke = (NodeKey(Label.DIAGNOSIS, f"diagnosis:{name}") for name in ("mca-infarct", "stroke"))
    >>> [str(key) for key in narrowest([infarct, stroke])]
    ['Diagnosis:diagnosis:mca-infarct']
    """
    found = set(keys)
    return found.difference(*(_above(key) for key in found))


def _above(key: NodeKey) -> set[NodeKey]:
    return {NodeKey(key.label, other) for other in _broader(key)}


def _broader(key: NodeKey) -> frozenset[str]:
    if key.label is Label.DIAGNOSIS:
        return all_broader(key.key)
    known = key.label in (Label.FINDING, Label.CLINICAL_FINDING) and key.key in concepts()
    return with_broader(key.key) - {key.key} if known else frozenset()
