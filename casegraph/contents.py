"""What a workspace holds and what it lacks, and which engines and models it works with, in words for its readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casegraph.engines import EMBEDDED, Engines
from clip.encoder_names import COMPACT, HOG_PCA, MINILM, TFIDF_SVD
from ingest.curation.decisions import Action, read_decisions
from ingest.store.filters import AnyOf, Contains, OneOf
from ingest.store.interface import DocumentStore, ImageCounts
from ingest.vocabulary import Status


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
    store = engines.store
    cases, whole = store.count(), store.image_counts()
    stored = _stored_images(store, whole)
    return Contents(
        cases=cases,
        images=stored.images,
        by_source=store.facets("source"),
        by_modality=store.facets("modality"),
        by_region=store.facets("region"),
        missing_images=whole.images - stored.images,
        quarantined=len(store.quarantined()),
        without_images=cases - stored.cases,
        without_diagnosis=cases - store.count(Contains("diagnosis", "")),
        without_age=cases - sum(store.facets("age_years").values()),
        without_findings=cases - store.count(Contains("findings", "")),
    )


def _stored_images(store: DocumentStore, whole: ImageCounts) -> ImageCounts:
    """Count those of all images that there are pixels of; only cases that may lack those of an image are read for it.

    These are the partial ones and those of which a person rejected an image (`ingest.case.Image`).
    """
    rejected = [one.case_id for one in read_decisions(store) if one.action is Action.REJECT_IMAGE and one.case_id]
    may_lack = AnyOf((OneOf("status", (Status.PARTIAL,)), OneOf("case_id", tuple(rejected))))
    some = store.image_counts(may_lack)
    found = store.image_counts(may_lack, stored=True)
    return ImageCounts(whole.images - some.images + found.images, whole.cases - some.cases + found.cases)


_ENCODERS_IN_WORDS = {
    COMPACT: "the model of images and words that CaseGraph comes with (compact)",
    HOG_PCA: "the outlines in them, by no trained model (hog-pca)",
    TFIDF_SVD: "what these cases show to be said together, by no language model (tfidf-svd)",
    MINILM: "a small general language model (all-minilm-l6-v2)",
}


def engines_in_words(engines: Engines) -> dict[str, str]:
    """Return what each part of the work is done with, in a sentence; no address has a password."""
    memory, settings = engines.memory, engines.settings
    documents = "in a file of this workspace (SQLite)" if memory.documents == "sqlite" else f"at {memory.documents}"
    graph = "in this workspace, by its own server" if memory.graph == EMBEDDED else f"at {memory.graph}"
    model = settings.language_model
    return {
        "Cases": f"kept {documents}",
        "Graph": f"kept {graph}",
        "Images": f"compared by {_encoder_in_words(memory.image_encoder)}",
        "Words": f"compared by {_encoder_in_words(memory.text_encoder)}, and letter by letter",
        "Drafts": f"worded by {model} and checked against the evidence"
        if model
        else "composed from the evidence itself; no language model is used",
    }


def _encoder_in_words(name: str) -> str:
    return _ENCODERS_IN_WORDS.get(name, f"the model {name}")
