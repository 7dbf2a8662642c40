"""What a reader sees of an unknown case, step by step: nothing that a later step shows is in what an earlier returns.

The steps follow how a case is read: its images, the history, the findings with the captions, the diseases that the
case considers, the diagnosis. Up to the findings whatever names the answer is hidden in every text
(`rag.teaching.masking`). The differential is a choice of diseases in the order of the alphabet, the diagnosis among
them, as in an exam; the whole of the case comes with the diagnosis.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from ingest.case import Case, Image
from ingest.concepts.candidates import candidates
from ingest.concepts.diagnosis_names import shown_name
from ingest.grey_scale import GreyScale
from ingest.images.grey_values import USUAL_CT_WINDOWS
from ingest.vocabulary import Section, Sex
from rag.teaching.likeness import Likeness, likeness_to_answer
from rag.teaching.masking import hidden

UNTITLED = "Unknown case"


class RevealStep(StrEnum):
    """How far a case is revealed; each step shows what those before it do."""

    IMAGE = "image"
    HISTORY = "history"
    FINDINGS = "findings"
    DIFFERENTIAL = "differential"
    DIAGNOSIS = "diagnosis"

    @property
    def after(self) -> RevealStep:
        """The step that follows; the last follows itself."""
        steps = tuple(RevealStep)
        return steps[min(steps.index(self) + 1, len(steps) - 1)]

    def shows(self, other: RevealStep) -> bool:
        """Tell whether a case that is revealed so far shows what `other` reveals."""
        steps = tuple(RevealStep)
        return steps.index(other) <= steps.index(self)


@dataclass(frozen=True)
class ShownImage:
    """An image of an unknown case.

    Attributes
    ----------
    image : Image
        For its pixels; its id and names are not to be shown before the diagnosis.
    says : str
        Modality, technique, plane and view, for a line below it.
    caption : str or None
        With the findings, what names the answer hidden; as it is written with the diagnosis.
    grey : GreyScale or None
        What its grey values mean, where it has such. A window that its file names has a number instead until the
        diagnosis: "STROKE" is in use.
    """

    image: Image
    says: str
    caption: str | None = None
    grey: GreyScale | None = None


@dataclass(frozen=True)
class Answer:
    """What a case comes to: shown with the diagnosis only.

    Attributes
    ----------
    differential_diagnosis : tuple of str
        As the case writes it, in its order.
    """

    case_id: str
    title: str
    diagnosis: str
    confirmation: str | None
    differential_diagnosis: tuple[str, ...]
    discussion: str | None
    topic: str | None
    citation: str | None


@dataclass(frozen=True)
class Unknown:
    """An unknown case as far as it is revealed; what is None or empty is not revealed, or the case does not say it."""

    step: RevealStep
    images: tuple[ShownImage, ...]
    age_years: float | None = None
    sex: Sex | None = None
    history: str | None = None
    exam: str | None = None
    findings: str | None = None
    choices: tuple[str, ...] = ()
    answer: Answer | None = None


def fits_teaching(case: Case) -> bool:
    """Tell whether a case can be asked as an unknown: it has a diagnosis, and an image with pixels."""
    return case.diagnosis is not None and any(image.object_key for image in case.images)


def reveal(case: Case, step: RevealStep) -> Unknown:
    """Return what a reader sees of a case that is revealed so far."""
    text = _as_written if step is RevealStep.DIAGNOSIS else _masked
    with_history, with_findings = step.shows(RevealStep.HISTORY), step.shows(RevealStep.FINDINGS)
    return Unknown(
        step=step,
        images=tuple(
            ShownImage(
                image,
                _says(image),
                text(image.caption, case) if with_findings else None,
                _grey_scale(image, names_windows=step is RevealStep.DIAGNOSIS),
            )
            for image in case.images
            if image.object_key
        ),
        age_years=case.patient.age_years if with_history else None,
        sex=case.patient.sex if with_history else None,
        history=text(case.sections.get(Section.HISTORY), case) if with_history else None,
        exam=text(case.sections.get(Section.EXAM), case) if with_history else None,
        findings=text(case.sections.get(Section.FINDINGS), case) if with_findings else None,
        choices=choices_of(case) if step.shows(RevealStep.DIFFERENTIAL) else (),
        answer=_answer(case) if step is RevealStep.DIAGNOSIS else None,
    )


def choices_of(case: Case) -> tuple[str, ...]:
    """Return the diseases that a case considers, by the alphabet; none where there is no choice but the diagnosis."""
    considered = considered_in(case)
    if len(considered) < 2 or all(likeness_to_answer(name, case) is not Likeness.OTHER for name in considered):
        return ()
    return tuple(sorted(map(shown_name, considered), key=str.casefold))


def considered_in(case: Case) -> tuple[str, ...]:
    """Return the diseases of the differential of a case, each once, in its order."""
    # with a colon it is a line of a form: "Cell of origin: astrocyte"
    return tuple(name for name in candidates(case.differential_diagnosis) if ":" not in name)


def _as_written(text: str | None, _: Case) -> str | None:
    return text or None


def _masked(text: str | None, case: Case) -> str | None:
    return hidden(text, case) if text else None


def _grey_scale(image: Image, *, names_windows: bool) -> GreyScale | None:
    scale = image.grey_values.scale if image.grey_values else None
    if scale is None or names_windows:
        return scale
    numbered = (
        window if window in USUAL_CT_WINDOWS else replace(window, name=f"Window {number}")
        for number, window in enumerate(scale.windows, start=1)
    )
    return replace(scale, windows=tuple(numbered))


def _says(image: Image) -> str:
    parts = (image.modality, *image.technique, image.plane, image.view, image.region)
    return " · ".join(dict.fromkeys(str(part) for part in parts if part))


def _answer(case: Case) -> Answer:
    return Answer(
        case_id=case.case_id,
        title=case.title,
        diagnosis=case.diagnosis or case.title,
        confirmation=case.confirmation,
        differential_diagnosis=case.differential_diagnosis,
        discussion=case.sections.get(Section.DISCUSSION) or None,
        topic=case.topic.title,
        citation=_citation(case),
    )


def _citation(case: Case) -> str | None:
    article = case.article
    if article is None:
        return None
    return ". ".join(filter(None, (article.citation, article.licence))) or article.article_id
