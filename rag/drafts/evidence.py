"""Gather what a draft may stand on: the classifier's answers, the user's sentences, the similar cases' own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from clip.classification.classify import Prediction
from ingest.annotation.annotate import annotate_text, concepts
from ingest.case import Case
from ingest.concepts.candidates import candidates
from ingest.concepts.diagnosis import diagnosis_name
from ingest.errors import InputError
from ingest.vocabulary import Assertion, ConceptKind, Modality, Section, Sex
from rag.drafts.statements import Citation, Evidence, EvidenceKind, Origin
from rag.drafts.technique import technique_end
from rag.index.passages import sentence_around, sentence_spans
from rag.search.query import Query

MAX_CASES = 30  # that a draft stands on: see rag.drafts.selection
MAX_INPUT_LENGTH = 20_000  # characters in each text of a request, as for a question to search

# Where a case's own images are described. History and discussion speak of other things too.
_DESCRIBING = (Section.FINDINGS, Section.CAPTION)
# Where a case says the same concept twice, the bolder word counts.
STRENGTH = (Assertion.PRESENT, Assertion.UNCERTAIN, Assertion.ABSENT)


@dataclass(frozen=True)
class DraftRequest:
    """What is known of this scan: the classifier's answers for its image, and what the user wrote.

    Attributes
    ----------
    image_sha256 : str or None
        Of the file of the image, as it was given.
    """

    predictions: Mapping[str, Prediction] | None = None
    history: str | None = None
    exam: str | None = None
    findings: str | None = None
    age_years: float | None = None
    sex: Sex | None = None
    image_sha256: str | None = None

    def text_of(self, section: Section | None) -> str | None:
        """Return what the user wrote in a field that a draft repeats."""
        return {Section.HISTORY: self.history, Section.FINDINGS: self.findings}.get(section or Section.FINDINGS)

    @property
    def background(self) -> str:
        """What is known besides the findings: history, exam, age and sex."""
        patient = [f"{self.age_years:g}-year-old" if self.age_years is not None else "", self.sex or ""]
        parts = (self.history, self.exam, " ".join(patient).strip())
        return "\n".join(part for part in parts if part and part.strip())

    def query(self, images: Sequence[bytes] = (), *, k: int = MAX_CASES) -> Query:
        """Return the question for similar cases, with the PNGs of the scan.

        Raises
        ------
        InputError
            If there is neither a text nor an image, or a text is too long.
        """
        texts = [text for text in (self.history, self.exam, self.findings) if text and text.strip()]
        if not texts and not images:
            raise InputError("a draft needs something to go by. Give an image, a history, an exam or findings.")
        if any(len(text) > MAX_INPUT_LENGTH for text in texts):
            raise InputError(f"a text of the draft's request is longer than {MAX_INPUT_LENGTH} characters. Shorten it.")
        background = self.background if texts and self.background else None
        return Query(self.findings, tuple(images), k=k, background=background, literal=True)


def gather_evidence(request: DraftRequest, cases: Sequence[Case]) -> tuple[Evidence, ...]:
    """Return the evidence table: this scan's rows, then those of each similar case, in their order."""
    rows = [
        *_predictions(request),
        *_sentences(request.history, EvidenceKind.INDICATION, Section.HISTORY),
        *_written(request.findings),
    ]
    for case in cases:
        rows += [*_findings(case), *_diagnoses(case)]
    return tuple(replace(row, evidence_id=f"E{number}") for number, row in enumerate(rows, start=1))


def read_sentence(sentence: str) -> frozenset[tuple[str, Assertion]]:
    """Return the concepts that a sentence speaks of, each with what it says of it."""
    return frozenset((mention.concept_id, mention.assertion) for mention in annotate_text(sentence, Section.FINDINGS))


def boldest(claims: Iterable[tuple[str, Assertion]]) -> dict[str, Assertion]:
    """Return one assertion for each concept: present before uncertain before absent; history is no finding of now."""
    said: dict[str, Assertion] = {}
    for concept_id, assertion in claims:
        if assertion in STRENGTH and STRENGTH.index(assertion) <= STRENGTH.index(said.get(concept_id, assertion)):
            said[concept_id] = assertion
    return said


def _predictions(request: DraftRequest) -> Iterator[Evidence]:
    for prediction in (request.predictions or {}).values():
        label = prediction.label or "none"
        words = f"{label} ({Modality(label).label})" if label in set(Modality) else label
        chance = f"probability {prediction.probability:.2f}"
        said = f"{words}, {chance}" if prediction.sure else f"not sure, most likely {words}, {chance}"
        quote = f"{prediction.task.capitalize()}: {said}."
        yield Evidence("", EvidenceKind.PREDICTION, prediction.task, Citation(Origin.CLASSIFIER, quote))


def _sentences(text: str | None, kind: EvidenceKind, section: Section) -> Iterator[Evidence]:
    """Yield the sentences that the user wrote in one of the fields."""
    for start, end in sentence_spans(text or ""):
        citation = Citation(Origin.USER, (text or "")[start:end], section=section, start=start, end=end)
        yield Evidence("", kind, f"{section} as written", citation)


def _written(text: str | None) -> Iterator[Evidence]:
    """Yield what the user wrote of this scan: how it was made, where that stands first, then what it shows."""
    rows = _sentences(text, EvidenceKind.WRITTEN, Section.FINDINGS)
    first = next(rows, None)
    if first is None:
        return
    quote = first.citation.quote
    end = technique_end(quote)
    if end:
        yield replace(_part(first, 0, end), kind=EvidenceKind.TECHNIQUE)
    shown = quote[end:].lstrip(": \n") if end else quote
    if shown:
        yield _part(first, len(quote) - len(shown), len(quote))
    yield from rows


def _part(row: Evidence, start: int, end: int) -> Evidence:
    """Return a row that cites only a part of what it cites."""
    cited = row.citation
    begin = cited.start or 0
    return replace(row, citation=replace(cited, quote=cited.quote[start:end], start=begin + start, end=begin + end))


def _findings(case: Case) -> Iterator[Evidence]:
    """Yield one row per finding of a case: its boldest mention, where the sentence alone says the same."""
    best: dict[str, Evidence] = {}
    for mention in case.annotations:
        if mention.kind is not ConceptKind.FINDING or mention.section not in _DESCRIBING:
            continue
        text = case.text_of(mention.section, mention.image_id) or ""
        citation = citation_in(
            case, mention.section, *sentence_around(text, mention.start, mention.end), mention.image_id
        )
        concept = concepts().get(mention.concept_id)
        known = best.get(mention.concept_id)
        bolder = known is None or _strength(mention.assertion) < _strength(known.assertion)
        if concept and bolder and (mention.concept_id, mention.assertion) in read_sentence(citation.quote):
            best[mention.concept_id] = Evidence(
                "", EvidenceKind.FINDING, concept.name, citation, mention.concept_id, mention.assertion
            )
    yield from (row for row in best.values() if row.assertion in STRENGTH)


def _strength(assertion: Assertion) -> int:
    return STRENGTH.index(assertion) if assertion in STRENGTH else len(STRENGTH)


def diagnosis_row(case: Case) -> Evidence | None:
    """Return where a case names its diagnosis; None where it does not in these words."""
    stated = Section.DIAGNOSIS if case.text_of(Section.DIAGNOSIS) else Section.TITLE  # as that of an article does
    return next(_named(case, EvidenceKind.DIAGNOSIS, stated, [case.diagnosis]), None)


def _diagnoses(case: Case) -> Iterator[Evidence]:
    if row := diagnosis_row(case):
        yield row
    yield from _named(case, EvidenceKind.CONFIRMATION, Section.CONFIRMATION, [case.confirmation])
    considered = candidates(case.differential_diagnosis)
    yield from _named(case, EvidenceKind.CANDIDATE, Section.DIFFERENTIAL_DIAGNOSIS, considered)


def _named(case: Case, kind: EvidenceKind, section: Section, names: Iterable[str | None]) -> Iterator[Evidence]:
    """Yield a row for each name that stands in the section as it is."""
    text = case.text_of(section) or ""
    for raw in names:
        name = diagnosis_name(raw) if raw else None
        start = text.casefold().find(name.casefold()) if name else -1
        if name and start >= 0 and text[start : start + len(name)].casefold() == name.casefold():
            yield Evidence("", kind, name, citation_in(case, section, start, start + len(name)))


def citation_in(case: Case, section: Section, start: int, end: int, image_id: str | None = None) -> Citation:
    """Return the citation of characters of a text of a case."""
    text = case.text_of(section, image_id) or ""
    return Citation(Origin.CASE, text[start:end], case.case_id, section, image_id, start, end)
