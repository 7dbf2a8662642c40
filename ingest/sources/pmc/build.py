"""From an article to its cases: one for each patient, every value with the words that gave it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ingest.case import Case, Image, LedgerEntry
from ingest.concepts.regions import region_in
from ingest.errors import RejectedRecord
from ingest.ids import CaseId, ImageId
from ingest.normalise.caption import captioned_as
from ingest.normalise.figure_mentions import MENTIONS, mention
from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.panel_captions import OWN_PANELS
from ingest.sources.pmc.article import SOURCE, Figure, ParsedArticle, Span
from ingest.sources.pmc.case_text import case_blocks
from ingest.sources.pmc.diagnosis import normalised_diagnosis
from ingest.sources.pmc.facts import CONTRADICTED, PatientFacts, facts_of, normalised_age, normalised_sex
from ingest.sources.pmc.mentions import FigureMention, mentions_in
from ingest.sources.pmc.owners import Owned, owners_of
from ingest.sources.pmc.patients import ArticlePatient as Told
from ingest.sources.pmc.patients import patients_of
from ingest.sources.pmc.publication import publication_values
from ingest.sources.pmc.sections import CaseSections, case_sections
from ingest.sources.pmc.sentences import sentence_around

MAX_PARAGRAPH = 60_000  # characters; the longest of real case reports have some 10 000
MAX_TEXT = 2_000_000
NO_FILE_NAMED = "the article names no image file for it"


@dataclass(frozen=True)
class BuiltCase:
    """A case, and the name that the article gives the file of each of its images."""

    case: Case
    file_names: dict[str, str]


def build_cases(article: ParsedArticle, place: str) -> list[BuiltCase]:
    """Return the cases of an article, their images not yet read.

    Raises
    ------
    RejectedRecord
        If it reports no patient, or is longer than an article can be; the message says what is missing.
    """
    longest = max((block.span.end - block.span.start for block in article.blocks), default=0)
    if longest > MAX_PARAGRAPH or len(article.text) > MAX_TEXT:
        raise RejectedRecord(place, f"has {len(article.text)} characters, {longest} in one paragraph: too many.")
    if not article.has_body:
        raise RejectedRecord(place, "the article has no body: its text is not in this file.")
    patients = patients_of(article, case_blocks(article))
    if not patients:
        raise RejectedRecord(place, f"no patient is reported: {_why(article)}.")
    alone = len(patients) == 1
    facts = {patient.number: facts_of(article, patient, alone=alone) for patient in patients}
    mentions = mentions_in(article)
    owners = owners_of(article, patients, mentions, {number: one.age for number, one in facts.items()})
    parts = _Parts(article, mentions, owners, alone)
    return [parts.case(place, patient, facts[patient.number]) for place, patient in enumerate(patients, start=1)]


def _why(article: ParsedArticle) -> str:
    kind = article.front.article_type
    named = f" (its type is '{kind}')" if kind and kind != "case-report" else ""
    return f"the article has no case section and introduces no patient by age{named}"


@dataclass(frozen=True)
class _Parts:
    """What the cases of one article are built from."""

    article: ParsedArticle
    mentions: Sequence[FigureMention]
    owners: dict[str, Owned]
    alone: bool

    def case(self, place: int, told: Told, facts: PatientFacts) -> BuiltCase:
        """Return the case of one patient, the `place`-th of the article."""
        case_id = CaseId.of(SOURCE, f"{self.article.article_id}_{place:02d}")
        sections = case_sections(self.article, told, alone=self.alone)
        age, sex = normalised_age(self.article, facts.age), normalised_sex(self.article, facts)
        diagnosis = normalised_diagnosis(self.article.front.title)
        images, image_ledger, files = self._images(case_id, told, sections)
        case = Case(
            case_id=case_id,
            source=SOURCE,
            patient=facts.patient(case_id, age.value, sex.value),
            sections=sections.texts,
            diagnosis=diagnosis.value,
            images=images,
            ledger=(
                age.entry("patient.age_years"),
                sex.entry("patient.sex"),
                diagnosis.entry("diagnosis"),
                *image_ledger,
            ),
            problems=(CONTRADICTED,) if sex.conflict else (),
            source_values=publication_values(self.article) | _places(self.article, told, facts),
        )
        return BuiltCase(case, files)

    def _images(
        self, case_id: CaseId, told: Told, sections: CaseSections
    ) -> tuple[tuple[Image, ...], list[LedgerEntry], dict[str, str]]:
        images: list[Image] = []
        ledger: list[LedgerEntry] = []
        files: dict[str, str] = {}
        for figure in self.article.figures:
            owned = self.owners.get(figure.figure_id)
            if owned is None or told.number not in owned.patients:
                continue
            own_panels = owned.panels_of(told.number)
            for name, file in _named_files(figure, list(owned.panels), own_panels):
                image_id = ImageId.of(SOURCE, f"{case_id.short}_{name}")
                image = self._image(image_id, figure, owned, file, sections)
                if own_panels is not None and len(figure.files) < 2:
                    image = _with_values(image, **{OWN_PANELS: ", ".join(own_panels)})
                images.append(image)
                ledger += _image_ledger(image)
                if file:
                    files[image.image_id] = file
        return tuple(images), ledger, files

    def _image(
        self, image_id: ImageId, figure: Figure, owned: Owned, file: str | None, sections: CaseSections
    ) -> Image:
        named = captioned_as(figure.caption or "")
        own = [one for one in self.mentions if one.figure_id == figure.figure_id]
        panels = sorted({panel for mention in own for panel in mention.panels})
        return Image(
            image_id,
            modality=named.modality,
            plane=named.plane,
            view=named.view,
            depiction=named.depiction,
            region=region_in(figure.caption or ""),
            caption=figure.caption,
            problem=None if file else NO_FILE_NAMED,
            source_values={
                "label": figure.label,
                "file": file,
                "owner": str(owned.rule),
                MENTIONS: "; ".join(self._sentences(own, sections)) or None,
                "panels mentioned": ", ".join(panels) or None,
            },
        )

    def _sentences(self, mentions: Sequence[FigureMention], sections: CaseSections) -> Iterator[str]:
        """Yield where the sentences that mention an image stand in the case, each once, and the panels it names.

        ``history:120-240`` is of the whole figure, ``history:120-240 a, c`` of two panels.
        """
        panels: dict[Span, list[tuple[str, ...]]] = {}
        for one in mentions:
            panels.setdefault(self._sentence(one.span), []).append(one.panels)
        for span, named in panels.items():
            place = sections.place_of(span)
            if place:
                yield mention(f"{place[0]}:{place[1]}-{place[2]}", {*chain(*named)} if all(named) else ())

    def _sentence(self, span: Span) -> Span:
        block = next((one.span for one in self.article.blocks if one.span.holds(span)), span)
        return sentence_around(self.article.text, block, span)


def _named_files(
    figure: Figure, panels: Sequence[str], own_panels: Sequence[str] | None
) -> Iterator[tuple[str, str | None]]:
    """Yield the files of a figure, each with what names its image; of a file for each panel only those of `own_panels`.

    Parameters
    ----------
    panels : sequence of str
        The panels of the figure that are told apart by patient, in order.
    own_panels : sequence of str or None
        Those of the patient; None where all are.
    """
    if not figure.files:
        yield figure.figure_id, None
    is_divided = own_panels is not None and len(figure.files) == len(panels)
    for number, file in enumerate(figure.files, start=1):
        if not is_divided or panels[number - 1] in (own_panels or ()):
            yield (figure.figure_id if len(figure.files) == 1 else f"{figure.figure_id}-{number}"), file


def _with_values(image: Image, **values: str) -> Image:
    return replace(image, source_values={**image.source_values, **values})


def _image_ledger(image: Image) -> Iterator[LedgerEntry]:
    for name in ("modality", "plane", "view", "depiction", "region"):
        value = getattr(image, name)
        if value is not None:
            yield Normalised(None, value, Rule.IN_CAPTION).entry(f"images[{image.image_id}].{name}")


def _places(article: ParsedArticle, told: Told, facts: PatientFacts) -> dict[str, str | None]:
    """Return where the article tells of the patient: offsets into its text, and the words for age and sex."""
    values = {"case text": ", ".join(f"{span.start}-{span.end}" for span in told.spans)}
    for name, span in facts.spans.items():
        values |= {name: article.at(span), f"{name} at": f"{span.start}-{span.end}"}
    return dict(values)
