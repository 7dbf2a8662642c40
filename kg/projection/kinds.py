"""Which of some nodes are the narrowest: a case with an MCA infarct has a stroke too, and only the infarct is named."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.concepts.diagnosis_parents import all_broader
from kg.schema import Label, NodeKey


def narrowest(keys: Iterable[NodeKey]) -> set[NodeKey]:
    """Return the nodes without the diagnoses of which another one is a kind.

    Examples
    --------
    >>> infarct, stroke = (NodeKey(Label.DIAGNOSIS, f"diagnosis:{name}") for name in ("mca-infarct", "stroke"))
    >>> [str(key) for key in narrowest([infarct, stroke])]
    ['Diagnosis:diagnosis:mca-infarct']
    """
    found = set(keys)
    diagnoses = (key for key in found if key.label is Label.DIAGNOSIS)
    return found - {NodeKey(Label.DIAGNOSIS, other) for key in diagnoses for other in all_broader(key.key)}
