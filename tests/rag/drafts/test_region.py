"""The region that a request speaks of: the places of its findings, and not those of a cancer that is known."""

from __future__ import annotations

import pytest

from ingest.vocabulary import Region
from rag.drafts.evidence import DraftRequest
from rag.drafts.region import region_spoken_of


@pytest.mark.parametrize(
    ("findings", "history", "region"),
    [
        ("Ring-enhancing lesions of the brain, known lung cancer", None, Region.HEAD),
        ("Ring-enhancing lesions, known lung cancer", "Headache, pain in the head", Region.HEAD),
        ("Ring-enhancing lesions, known lung cancer", None, None),
        ("Nodule in the lung", "History of breast cancer", Region.THORAX),
    ],
)
def test_a_known_cancer_does_not_say_what_was_scanned(findings, history, region):
    spoken = region_spoken_of(DraftRequest(findings=findings, history=history))
    assert (spoken.region if spoken else None) == region
