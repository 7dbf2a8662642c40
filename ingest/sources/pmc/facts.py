"""The age and sex of a patient of an article, with the places of the words that tell them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.case import AgeRange, Patient
from ingest.ids import CaseId, PatientId
from ingest.normalise.normalised import Normalised, Rule
from ingest.sources.pmc.ages import Age, AgeForm, ages_in
from ingest.sources.pmc.article import ParsedArticle, SectionKind, Span
from ingest.sources.pmc.patients import ArticlePatient
from ingest.sources.pmc.persons import is_of_relative, tells_of_others
from ingest.sources.pmc.sentences import sentences_of
from ingest.sources.pmc.sexes import ToldSex, sex_of_patient, transgender_words
from ingest.vocabulary import Sex

CONTRADICTED = "the words for the patient's sex contradict each other"
_NEWBORN_WITHIN = 200  # characters from the start: later, a newborn is the patient's child
_CAME = re.compile(
    r"\b(?:present|refer|admit|seen|evaluat|visit|brought|examin|consult|diagnos|hospital)\w*[^.;]*$", re.IGNORECASE
)
_THEN_CAME = re.compile(
    r",? ?(?:(?:s?he|(?:the |this )\w+) )?(?:was |were )?(?:present|refer|admit|seen|brought|transfer|consult)",
    re.IGNORECASE,
)
_CAME_WITHIN = 80  # characters
_TOLD = (AgeForm.PERSON, AgeForm.DECADE)


@dataclass(frozen=True)
class PatientFacts:
    """What an article says of who a patient is; places are offsets into its text."""

    age: Age | None
    sex: ToldSex | None
    gestation: Age | None
    transgender: Span | None

    @property
    def spans(self) -> dict[str, Span]:
        """The places of the words that tell each fact, by what a case calls it."""
        told = {
            "age": self.age and self.age.span,
            "sex": self.sex and self.sex.span,
            "gestational age": self.gestation and self.gestation.span,
            "transgender": self.transgender,
        }
        return {name: span for name, span in told.items() if span}

    def patient(self, case_id: CaseId, age_years: float | None, sex: Sex | None) -> Patient:
        """Return the patient of a case whose age and sex are these; the rest is as the article tells it."""
        return Patient(
            PatientId.of_case(case_id),
            age_years,
            sex,
            age_unit=self.age.unit if self.age else None,
            age_range=age_range(self.age),
            gestational_age_weeks=self.gestation.weeks if self.gestation else None,
            transgender=self.transgender is not None or None,
        )


def age_range(age: Age | None) -> AgeRange | None:
    """Return the youngest and oldest age that the words leave open; None where they tell one."""
    return AgeRange(age.years, age.high_years) if age and age.years != age.high_years else None


def facts_of(article: ParsedArticle, patient: ArticlePatient, *, alone: bool) -> PatientFacts:
    """Return the facts of one patient; what introduces the article counts where it reports no other patient."""
    kin = patient.is_kin
    age = _age(article, patient.spans, kin=kin) or _age(article, patient.titles, kin=kin)
    age = age or _when_seen(article, patient.spans)
    if age is None and alone:
        age = next(filter(None, (_age(article, [span]) for span in _before(article, patient))), None)
    sex = sex_of_patient(article.text, [*patient.spans], age) or sex_of_patient(article.text, patient.titles, age)
    gestation = next(_gestations(article, patient.spans), None)
    return PatientFacts(age, sex, gestation, transgender_words(article.text, patient.spans))


def _age(article: ParsedArticle, spans: Sequence[Span], *, kin: bool = False) -> Age | None:
    """Return the first age of the patient; a newborn's age where it stands with the word."""
    start = spans[0].start if spans else 0
    newborn: Age | None = None
    for age in _ages(article, spans, kin=kin):
        if newborn and age.span.start > newborn.span.end + _NEWBORN_WITHIN:
            return newborn
        if age.form in _TOLD:
            return age
        if newborn is None and age.span.start < start + _NEWBORN_WITHIN:
            newborn = age
    return newborn


def _ages(article: ParsedArticle, spans: Sequence[Span], *, kin: bool) -> Iterator[Age]:
    """Yield the ages that may be the patient's own, now."""
    for span in spans:
        for sentence in sentences_of(article.text, span):
            if tells_of_others(article.at(sentence)):
                continue
            for age in ages_in(article.text, *sentence):
                now = age.form in (*_TOLD, AgeForm.NEWBORN)
                if now and (kin or not is_of_relative(article.text, *age.span)):
                    yield age


def _when_seen(article: ParsedArticle, spans: Sequence[Span]) -> Age | None:
    """Return the age at which the patient came, where no other is told: "presented at the age of 7 years"."""
    for span in spans:
        for age in ages_in(article.text, *span):
            before = article.text[max(span.start, age.span.start - _CAME_WITHIN) : age.span.start]
            seen = _CAME.search(before) or _THEN_CAME.match(article.text, age.span.end)
            if age.form is AgeForm.EARLIER and seen:
                return age
    return None


def _before(article: ParsedArticle, patient: ArticlePatient) -> list[Span]:
    """Return the paragraphs before the case, the last one first, and last the title of the article."""
    start = patient.spans[0].start if patient.spans else 0
    before = [block for block in reversed(article.blocks) if block.span.end <= start]
    return [block.span for block in before if not block.is_title or block.kind is SectionKind.FRONT]


def _gestations(article: ParsedArticle, spans: Sequence[Span]) -> Iterator[Age]:
    found = (age for span in spans for age in ages_in(article.text, *span))
    return (age for age in found if age.form is AgeForm.GESTATION)


def normalised_age(article: ParsedArticle, age: Age | None) -> Normalised[float]:
    """Return the age in years with its words; of a decade the middle."""
    if age is None:
        return Normalised(None, None, Rule.MISSING)
    words = article.at(age.span)
    if age.form is AgeForm.DECADE:
        return Normalised(words, age.middle_years, Rule.DECADE)
    return Normalised(words, age.years, Rule.IN_CASE_TEXT)


def normalised_sex(article: ParsedArticle, facts: PatientFacts) -> Normalised[Sex]:
    """Return the sex with its words; none of a transgender patient, whose words may mean either."""
    told = facts.sex
    if told is None:
        return Normalised(None, None, Rule.MISSING)
    words = article.at(told.span)
    if facts.transgender is not None:
        return Normalised(article.at(facts.transgender), None, Rule.AMBIGUOUS)
    return Normalised(words, told.sex, Rule.IN_CASE_TEXT, told.conflict)
