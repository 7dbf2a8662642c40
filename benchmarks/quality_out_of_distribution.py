"""How well the classifier notices what is no scan: photographs, pages of text, noise, charts, montages.

Trained on the train split of MedPix 2.0; scans are those of the dev split. A row for each kind: the area under the
ROC curve, the share that is called out of distribution, and that of the dev scans which is so wrongly.

Usage: CASEGRAPH_MEDPIX2=folder python -m benchmarks.quality_out_of_distribution
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.quality_classify_builtin import fitted, labelled_images
from benchmarks.record import append_row
from benchmarks.strange_images import strange_images
from ingest.sources.medpix2 import read_cases, read_release


def main() -> None:
    """Train, then measure each kind."""
    from sklearn.metrics import roc_auc_score

    source = os.environ.get("CASEGRAPH_MEDPIX2")
    if not source:
        sys.exit("set CASEGRAPH_MEDPIX2 to a MedPix 2.0 release folder.")
    release = read_release(Path(source))
    cases = list(read_cases(release))
    train, dev = (
        labelled_images([case for case in cases if case.split == split], release.image_paths)
        for split in ("train", "dev")
    )
    with tempfile.TemporaryDirectory() as folder:
        encoder, classifier = fitted(train, Path(folder))
    scans = [png for _, _, png in dev]
    usual = classifier.scores(scans, encoder.embed_images(scans))
    for kind, pngs in strange_images([png for _, _, png in train]).items():
        strange = classifier.scores(pngs, encoder.embed_images(pngs))
        truth = np.repeat([0, 1], [len(usual), len(strange)])
        append_row(
            "quality_out_of_distribution",
            encoder=encoder.name,
            kind=kind,
            n=len(pngs),
            scans=len(scans),
            auroc=round(float(roc_auc_score(truth, np.concatenate([usual, strange]))), 3),
            flagged=round(float(np.mean(strange > 1)), 3),
            scans_flagged=round(float(np.mean(usual > 1)), 3),
        )


if __name__ == "__main__":
    main()
