"""Of which modality a request is, and what that modality can show."""

from __future__ import annotations

import pytest

from clip.classification.classify import Prediction
from ingest.store.filters import AllOf, OneOf
from ingest.vocabulary import Modality
from rag.drafts.evidence import DraftRequest
from rag.drafts.modality import can_show, modality_of

MR = Prediction("modality", "MR", 0.97, {"MR": 0.97, "CT": 0.03}, sure=True)


@pytest.mark.parametrize(
    ("request_", "where", "expected"),
    [
        (DraftRequest({"modality": MR}, findings="CT shows a mass."), None, Modality.MR),
        (DraftRequest(findings="Mass."), OneOf("modality", ("CT",)), Modality.CT),
        (DraftRequest(findings="Mass."), AllOf((OneOf("region", ("Head",)), OneOf("modality", ("CT",)))), Modality.CT),
        (DraftRequest(findings="Mass."), OneOf("modality", ("CT", "MR")), None),
        (DraftRequest(findings="MRI shows a mass."), None, Modality.MR),
        (DraftRequest(findings="Radiograph: opacity."), None, None),
        (DraftRequest(findings="Hypodense area in the left frontal lobe."), None, Modality.CT),
        (DraftRequest(findings="Restricted diffusion in the left frontal lobe."), None, Modality.MR),
        (DraftRequest(findings="Hypodense, with restricted diffusion."), None, None),
        (DraftRequest(history="CT of the head in May."), None, None),
    ],
)
def test_the_modality_is_the_classifiers_else_the_filters_else_that_of_the_words(request_, where, expected):
    assert modality_of(request_, where) is expected


def test_a_finding_of_another_modality_cannot_be_shown_and_a_common_one_can():
    assert not can_show(Modality.CT, "finding:t2-hyperintensity")
    assert not can_show(Modality.MR, "finding:hypodensity")
    assert not can_show(Modality.CT, "finding:hyperechogenicity")
    assert can_show(Modality.CT, "finding:mass")
    assert can_show(None, "finding:t2-hyperintensity")
