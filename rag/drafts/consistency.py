"""Say where the images of a case and what is written of it do not fit: a mistake, or a case made to mislead.

The heads of the image encoder judge the images. A doubt is none about the case's truth: it says where to look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from clip.classification.classify import Classifier
from clip.vectors import Vectors
from ingest.annotation.annotate import concepts
from ingest.case import Case
from ingest.vocabulary import Assertion, ConceptKind, Section

# The probability of what is written, in the image where it is most likely. Chosen on the train cases of MedPix 2.0
# for a false alarm in one case of a hundred; what it catches: benchmarks/results/quality_poison.csv.
UNLIKELY = 0.05
MIN_PLACES = 2  # anatomical places that a text must name: one alone may be where the patient was hurt before

_SPEAKING = (Section.FINDINGS, Section.TITLE, Section.DIAGNOSIS, Section.CAPTION)


def consistency_warnings(case: Case, images: Vectors, classifier: Classifier) -> list[str]:
    """Return in a sentence each what is written of a case and none of its images looks like.

    Parameters
    ----------
    images : Vectors
        Of the images of the case, by the classifier's encoder.
    """
    if not len(images):
        return []
    warnings: list[str] = []
    for task, what, said in _written(case):
        report = next((report for report in classifier.tasks if report.task == task), None)
        labels = list(report.labels) if report else []
        columns = [labels.index(label) for label in said if label in labels]
        if report is None or len(columns) < len(said):
            continue  # the classifier has not learnt to tell it
        rows = classifier.probabilities(report, images)
        if rows[:, columns].sum(axis=1).max() <= UNLIKELY:
            seen = labels[int(rows.mean(axis=0).argmax())]
            warnings.append(f"{what} {', '.join(said)}, but its images look like {seen}.")
    return [f"{case.short_id}: {doubt}" for doubt in warnings]


def _written(case: Case) -> Iterator[tuple[str, str, list[str]]]:
    """Yield what is written: the classifier's task, how to say it, and the labels."""
    for task in ("modality", "region"):
        stated = sorted({str(value) for image in case.images if (value := getattr(image, task))})
        if stated:
            yield task, f"its images are filed under {task}", stated
    spoken = _regions_spoken_of(case)
    if spoken.total() >= MIN_PLACES:
        yield "region", "its text speaks of places in", sorted(spoken)


def _regions_spoken_of(case: Case) -> Counter[str]:
    known = concepts()
    places = [
        known[mention.concept_id].region
        for mention in case.annotations
        if mention.kind is ConceptKind.ANATOMY
        and mention.assertion is Assertion.PRESENT
        and mention.section in _SPEAKING
        and mention.concept_id in known
    ]
    return Counter(str(region) for region in places if region)
