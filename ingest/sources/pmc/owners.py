"""Whose a figure is: by what its caption says, by where the text mentions it, by where it stands.

Of a figure that shows several patients each panel may be of one of them: "(a) CT of case 1, (b) CT of case 2".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ingest.normalise.panel_captions import panel_captions
from ingest.sources.pmc.ages import Age, AgeForm, ages_in
from ingest.sources.pmc.article import Figure, ParsedArticle, Span
from ingest.sources.pmc.mentions import FigureMention
from ingest.sources.pmc.numbers import number_of_case
from ingest.sources.pmc.patients import ArticlePatient


class OwnerRule(StrEnum):
    """Why a figure is a patient's."""

    ONLY_PATIENT = "the only patient"
    CAPTION = "named in the caption"
    MENTION = "mentioned in the text"
    AGE = "age in the caption"
    POSITION = "stands in the text"
    NEIGHBOUR = "follows a figure of theirs"


@dataclass(frozen=True)
class Owned:
    """The patients, by number, whose figure it is, and why; several where it shows several.

    Attributes
    ----------
    panels : mapping
        Of a figure of several patients: the patients of each panel that the caption tells apart, in its order.
    """

    patients: tuple[int, ...]
    rule: OwnerRule
    panels: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def panels_of(self, patient: int) -> list[str] | None:
        """Return the panels that are of a patient; None where all are, or none are told apart."""
        own = [name for name, patients in self.panels.items() if patient in patients]
        return None if len(own) == len(self.panels) else own


_NAMED = re.compile(
    r"\b(?:cases?|patients?|subjects?|probands?|twins?|siblings?)\s?(?:no\.?\s?|number\s)?#?\(?(?P<number>\d{1,2}|[A-H]|[IVX]{1,4})\b"
    r"(?:\s?(?:and|&|,)\s?(?P<also>\d{1,2})\b)?"
    r"|\b(?:case|patient) (?P<word>one|two|three|four|five)\b|\b(?:the )?(?P<ordinal>first|second|third|fourth"
    r"|fifth) (?:case|patient)\b",
    re.IGNORECASE,
)


def owners_of(
    article: ParsedArticle,
    patients: Sequence[ArticlePatient],
    mentions: Sequence[FigureMention],
    ages: Mapping[int, Age | None],
) -> dict[str, Owned]:
    """Return whose each figure is, by figure id.

    Parameters
    ----------
    article : Article
        Whose figures are asked for.
    patients : sequence of Patient
        Its patients, told apart.
    mentions : sequence of Mention
        Where its text mentions figures.
    ages : mapping
        The patients' ages by number.
    """
    if len(patients) == 1:
        only = Owned((patients[0].number,), OwnerRule.ONLY_PATIENT)
        return {figure.figure_id: only for figure in article.figures}
    owned: dict[str, Owned] = {}
    for figure in article.figures:
        known = _owner(figure, patients, mentions, ages)
        if known:
            of_figure = [one for one in mentions if one.figure_id == figure.figure_id]
            owned[figure.figure_id] = _with_panels(known, figure.caption or "", patients, of_figure, ages)
    return _with_neighbours(article.figures, owned)


def _with_panels(
    owned: Owned,
    caption: str,
    patients: Sequence[ArticlePatient],
    mentions: Sequence[FigureMention],
    ages: Mapping[int, Age | None],
) -> Owned:
    """Return whose each panel is: whom its own words name, else in whose text it is mentioned, else all of them."""
    if len(owned.patients) == 1:
        return owned
    panels: dict[str, tuple[int, ...]] = {}
    captions = panel_captions(caption)
    for name in (one.panel for one in captions.panels):
        words = captions.own_text_of(name, caption)
        places = [one.span for one in mentions if name in one.panels], [one.span for one in mentions if not one.panels]
        in_texts = (tuple(one.number for one in patients if _tells(one, spans)) for spans in places)
        told = (_named(words), *in_texts, _of_age(words, ages))
        own = (tuple(number for number in numbers if number in owned.patients) for numbers in told)
        panels[name] = next(filter(None, own), owned.patients)
    return replace(owned, panels=panels)


def _owner(
    figure: Figure,
    patients: Sequence[ArticlePatient],
    mentions: Sequence[FigureMention],
    ages: Mapping[int, Age | None],
) -> Owned | None:
    numbers = tuple(patient.number for patient in patients)
    if named := tuple(number for number in _named(figure.caption or "") if number in numbers):
        return Owned(named, OwnerRule.CAPTION)
    places = [one.span for one in mentions if one.figure_id == figure.figure_id]
    if told := tuple(patient.number for patient in patients if _tells(patient, places)):
        return Owned(told, OwnerRule.MENTION)
    if aged := _of_age(figure.caption or "", ages):
        return Owned(aged, OwnerRule.AGE)
    place = figure.place
    stands = [p.number for p in patients if place is not None and _around(p, place)]
    return Owned(tuple(stands[:1]), OwnerRule.POSITION) if stands else None


def _named(caption: str) -> tuple[int, ...]:
    found = [
        number_of_case(value)
        for one in _NAMED.finditer(caption)
        for value in (one["number"], one["also"], one["word"], one["ordinal"])
        if value
    ]
    return tuple(dict.fromkeys(number for number in found if number))


def _tells(patient: ArticlePatient, places: Sequence[Span]) -> bool:
    return any(span.holds(place) for span in patient.spans for place in places)


def _of_age(caption: str, ages: Mapping[int, Age | None]) -> tuple[int, ...]:
    """Return the patients whose age a caption names, where it is no other's too."""
    told = [age.years for age in ages_in(caption) if age.form is AgeForm.PERSON]
    fitting = [number for number, age in ages.items() if age and any(abs(age.years - years) < 0.05 for years in told)]
    return tuple(fitting) if len(fitting) == 1 else ()


def _around(patient: ArticlePatient, place: int) -> bool:
    """Tell whether a figure that stands between blocks follows, or lies inside, the text of a patient."""
    return any(span.start < place <= span.end + 2 for span in patient.spans)


def _with_neighbours(figures: Sequence[Figure], owned: Mapping[str, Owned]) -> dict[str, Owned]:
    """Give a figure of nobody to the patient of the figures on both sides, or of the one before it."""
    answer = dict(owned)
    before: Owned | None = None
    for figure in figures:
        if figure.figure_id in owned:
            before = owned[figure.figure_id]
        elif before is not None:
            answer[figure.figure_id] = Owned(before.patients[-1:], OwnerRule.NEIGHBOUR)
    return answer
