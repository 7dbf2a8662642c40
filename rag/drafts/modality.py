"""Which modality a scan is of, and which findings only another one can show: a CT has no signal intensity."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ingest.annotation.annotate import annotate_text
from ingest.store.filters import AllOf, Filter, OneOf
from ingest.vocabulary import Modality, Section
from rag.drafts.evidence import DraftRequest
from rag.search.understanding import modalities_named

_DENSITY = frozenset({Modality.CT, Modality.CR, Modality.DX, Modality.MG, Modality.RF, Modality.XA})
_ONLY_BY: Mapping[frozenset[Modality], str] = {
    frozenset({Modality.MR}): """
        abnormal-signal blooming-artifact flow-void intermediate-signal isointensity marrow-edema restricted-diffusion
        signal-hyperintensity signal-hypointensity signal-loss t1-hyperintensity t1-hypointensity t2-hyperintensity
        t2-hypointensity
    """,
    _DENSITY: """
        air-density fat-attenuation fluid-attenuation hyperdensity hyperlucency hypodensity isodensity
        soft-tissue-density
    """,
    frozenset({Modality.US}): """
        acoustic-enhancement acoustic-shadowing hyperechogenicity hypoechogenicity internal-echoes
    """,
    frozenset({Modality.NM, Modality.PT}): "decreased-uptake increased-uptake",
}


def can_show(modality: Modality | None, concept_id: str) -> bool:
    """Tell whether a finding may be seen by a modality; any finding may where the modality is not known.

    Examples
    --------
    >>> can_show(Modality.CT, "finding:signal-hyperintensity"), can_show(Modality.CT, "finding:mass")
    (False, True)
    """
    able = _able().get(concept_id)
    return modality is None or able is None or modality in able


def modality_of(request: DraftRequest, where: Filter | None = None) -> Modality | None:
    """Return the modality that the classifier is sure of, else the one that a filter or the findings name.

    None where nobody says, or more than one is named.
    """
    predicted = (request.predictions or {}).get("modality")
    if predicted is not None and predicted.sure and predicted.label in set(Modality):
        return Modality(predicted.label)
    named = _filtered(where) or set(modalities_named(request.findings or "")) or _shown(request.findings or "")
    return named.pop() if len(named) == 1 else None


def _filtered(where: Filter | None) -> set[Modality]:
    """Return the modalities that every case has to have."""
    if isinstance(where, AllOf):
        return {modality for part in where.parts for modality in _filtered(part)}
    if isinstance(where, OneOf) and where.field_name == "modality":
        return {Modality(value) for value in where.values}
    return set()


def _shown(text: str) -> set[Modality]:
    """Return the one modality that can show the findings of a text, where they need one: "hypodense" is of a CT."""
    needed = [
        _able()[found.concept_id] for found in annotate_text(text, Section.FINDINGS) if found.concept_id in _able()
    ]
    both = {modality for modality in Modality if needed and all(modality in able for able in needed)}
    return {Modality.CT} if frozenset(both) == _DENSITY else both


@cache
def _able() -> Mapping[str, frozenset[Modality]]:
    """By finding, the modalities that can show it; findings that any can show are left out."""
    return {f"finding:{name}": modalities for modalities, names in _ONLY_BY.items() for name in names.split()}
