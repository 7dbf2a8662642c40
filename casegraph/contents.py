"""What a workspace holds and what it lacks, and which engines and models it works with, in words for its readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from casegraph.engines import EMBEDDED, Engines
from ingest.vocabulary import Section


@dataclass(frozen=True)
class Contents:
    """The cases of a workspace, counted, and what of them cannot be shown.

    Attributes
    ----------
    by_source, by_modality, by_region : mapping
        Cases by value, the most frequent first; a case counts for each modality and region of its images.
    missing_images : int
        Images that a source promised and that are missing, unreadable or rejected.
    quarantined : int
        Records that did not fit.
    without_images, without_diagnosis, without_age, without_findings : int
        Cases that lack them.
    """

    cases: int
    images: int
    by_source: Mapping[str, int]
    by_modality: Mapping[str, int]
    by_region: Mapping[str, int]
    missing_images: int
    quarantined: int
    without_images: int
    without_diagnosis: int
    without_age: int
    without_findings: int


def contents_of(engines: Engines) -> Contents:
    """Count what the documents hold."""
    images: Counter[bool] = Counter()
    sources: Counter[str] = Counter()
    modalities: Counter[str] = Counter()
    regions: Counter[str] = Counter()
    lacks: Counter[str] = Counter()
    for stored in engines.store.cases():
        case = stored.case
        images.update(image.object_key is not None for image in case.images)
        sources[case.source] += 1
        modalities.update({str(image.modality) for image in case.images if image.modality})
        regions.update({str(image.region) for image in case.images if image.region})
        lacks["images"] += not case.stored_images
        lacks["diagnosis"] += case.diagnosis is None
        lacks["age"] += case.patient.age_years is None
        lacks["findings"] += not case.sections.get(Section.FINDINGS, "").strip()
    return Contents(
        cases=sources.total(),
        images=images[True],
        by_source=_ranked(sources),
        by_modality=_ranked(modalities),
        by_region=_ranked(regions),
        missing_images=images[False],
        quarantined=len(engines.store.quarantined()),
        without_images=lacks["images"],
        without_diagnosis=lacks["diagnosis"],
        without_age=lacks["age"],
        without_findings=lacks["findings"],
    )


def engines_in_words(engines: Engines) -> dict[str, str]:
    """Return what each part of the work is done with, in a sentence; no address has a password."""
    memory, settings = engines.memory, engines.settings
    documents = "in a file of this workspace (SQLite)" if memory.documents == "sqlite" else f"at {memory.documents}"
    graph = "in this workspace, by its own server" if memory.graph == EMBEDDED else f"at {memory.graph}"
    model = settings.language_model
    return {
        "Cases": f"kept {documents}",
        "Graph": f"kept {graph}",
        "Images": f"compared by the model {memory.image_encoder}",
        "Words": f"compared by the model {memory.text_encoder}, and letter by letter",
        "Drafts": f"worded by {model} and checked against the evidence"
        if model
        else "composed from the evidence itself; no language model is used",
    }


def _ranked(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda counted: (-counted[1], counted[0])))
