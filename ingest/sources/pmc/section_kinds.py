"""What a section is for, by its title: journals write "2. Case Presentation", "Observation", "CASE REPORT"."""

from __future__ import annotations

import re

from ingest.sources.pmc.article import SectionKind
from ingest.vocabulary import Section

_NUMBERING = re.compile(r"^\s*(?:\(?\d{1,2}(?:\.\d{1,2})*[.):]?|[IVX]{1,4}[.)])\s+(?=\S)")
_MAX_TITLE = 200  # characters; longer ones are paragraphs that a file calls titles


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_REPORTS_A_CASE = _any(
    r"\b(?:case|patient)s?(?:['’]s?)? (?:reports?|presentations?|descriptions?|summar(?:y|ies)|histor(?:y|ies)|series"
    r"|illustrations?|vignettes?|records?|details?|scenarios?|information|examples?|stud(?:y|ies)$)",
    r"\bclinical (?:cases?|presentations?|summar(?:y|ies)|histor(?:y|ies)|vignettes?|scenarios?|reports?"
    r"|descriptions?)",
    r"^(?:presentation|description|report|history|illustration)s? of (?:an? |the |our |\w+ )?(?:case|patient)s?",
)
_NOT_THE_CASE = _any(
    r"\bcontrols?\b|\bselection\b|\bcriteria\b|\bliterature\b|\breviews?\b|\breported cases|\bprevious|\bpublished",
    r"\bsimilar\b|^case discussions?\b|\bconsent\b|\bmethods?\b|\bdefinition",
)
_CASE = _any(
    r"\bcases?\b",
    r"^(?:clinical )?observations?\b",
    r"\bvignettes?\b",
    r"^(?:(?:our|index|the|an?|first|second|third|fourth|fifth|presenting) )?patients?$",
    r"^(?:patient|subject|proband|twin|observation) (?:no\.? ?)?(?:\d{1,2}|[A-H]|[IVX]+|one|two|three|four|five)\b",
    r"^(?:the )?(?:first|second|third|fourth|fifth) patient",
    r"^(?:clinical |medical |present(?:ing)? )?(?:history|presentation)$",
    r"^(?:report|anamnesis|cas clinique|caso cl[ií]nico|relato de caso|fallbericht|reports? of cases?)s?$",
)
_DISCUSSION = _any(
    r"\bdiscussions?\b|\bcomments?\b|\bcommentary\b|\bconclusions?\b|\bconcluding\b|\bliterature\b|\breview\b",
    r"\blearning points?\b|\bteaching\b|\bkey (?:points|messages)\b|\blimitations?\b|\bclinical messages?\b",
    r"\btake[- ]home\b|\blessons?\b|\bsummary$|\bpathophysiology\b|\bepidemiology\b|\bclinical significance\b",
)
_INTRODUCTION = _any(r"^introduction\b|\bbackground\b|^objectives?\b|^aims?\b|^purpose\b|^overview\b")
_METHODS = _any(
    r"\bmethods?\b|\bmethodology\b|\bmaterials?\b|^statistic|\bstudy (?:design|population)\b|\bsearch strategy"
)
_BACK = _any(
    r"\bconsents?\b|\bethic|\bconflicts?\b|\bcompeting\b|\bcontributions?\b|\backnowledg|\babbreviations?\b|\bfunding\b",
    r"\bdata (?:availability|sharing|accessibility)|\bsupplement|\bdisclosures?\b|\bpublisher|\breferences?$|\borcid",
    r"\bdeclarations?\b|\bpeer review|\bprovenance|\bauthors?\b|\bfinancial\b|\bpatient perspective",
)
_CLINICAL = _any(
    r"\bdiagnos[ei]s?|\bdiagnostic|\btreatment|\btherap|\boutcome|\bfollow[- ]?up|\binvestigation|\bimaging\b"
    r"|\bradiolog",
    r"\bexamination|\blaborator|\bhisto|\bpatholog|\bsurg|\boperati|\bprocedure|\bmanagement\b|\bintervention|\btimeline",
    r"\bclinical|\bcourse\b|\bcomplaint|\bprognosis|\btechnique|\bautopsy|\bgenetic|\bsequenc|\bmolecular|\bhistory\b",
    r"\bfindings?\b|\bpatients?\b|\bworkup\b|\btests?\b|\btesting\b|\banaly[sz]",
)
_BY_TYPE = (
    ("case", SectionKind.CASE),
    ("intro", SectionKind.INTRODUCTION),
    ("background", SectionKind.INTRODUCTION),
    ("discuss", SectionKind.DISCUSSION),
    ("conclusion", SectionKind.DISCUSSION),
    ("method", SectionKind.METHODS),
    ("material", SectionKind.METHODS),
    ("result", SectionKind.RESULTS),
    ("coi-statement", SectionKind.BACK),
    ("data-availability", SectionKind.BACK),
    ("supplement", SectionKind.BACK),
    ("ethics", SectionKind.BACK),
)
_SECTIONS = (
    (re.compile(r"\bdifferential", re.IGNORECASE), Section.DIFFERENTIAL_DIAGNOSIS),
    (
        _any(
            r"\btreatment|\btherap|\bmanagement\b|\bintervention|\boutcome|\bfollow[- ]?up|\bsurg|\boperati"
            r"|\bhospital course"
        ),
        Section.TREATMENT,
    ),
    (_any(r"\b(?:physical|clinical|neurologic\w*|local|general) exam|^exam"), Section.EXAM),
    (
        _any(
            r"\bimaging\b|\bradiolog|\binvestigation|\bdiagnostic (?:assess|work|test)|\bhisto[lp]|\bpatholog"
            r"|^(?:[\w ]+ )?findings$"
        ),
        Section.FINDINGS,
    ),
)


def without_numbering(title: str) -> str:
    """Return a title without the number that the journal gave its section.

    Examples
    --------
    >>> without_numbering("2.1. Case 1")
    'Case 1'
    """
    return _NUMBERING.sub("", title.replace("\u00a0", " ")).strip()


def kind_of_title(title: str) -> SectionKind:
    """Return what a section is for by its title alone.

    Examples
    --------
    >>> kind_of_title("3. CASE REPORT AND REVIEW OF THE LITERATURE").value
    'case'
    >>> kind_of_title("Review of cases in the literature").value
    'discussion'
    """
    words = without_numbering(title)[:_MAX_TITLE]
    if _REPORTS_A_CASE.search(words) and not re.search(r"\bdiscussion of|\bprevious|\bpublished", words, re.IGNORECASE):
        return SectionKind.CASE
    if _CASE.search(words) and not _NOT_THE_CASE.search(words):
        return SectionKind.CASE
    for pattern, kind in _IN_ORDER:
        if pattern.search(words):
            return kind
    return SectionKind.OTHER


_IN_ORDER = (
    (_BACK, SectionKind.BACK),
    (_INTRODUCTION, SectionKind.INTRODUCTION),
    (_DISCUSSION, SectionKind.DISCUSSION),
    (_METHODS, SectionKind.METHODS),
    (re.compile(r"^results?\b", re.IGNORECASE), SectionKind.RESULTS),
    (_CLINICAL, SectionKind.CLINICAL),
)


def kind_of_section(title: str | None, declared: str | None, around: SectionKind) -> SectionKind:
    """Return what a section is for: as the file declares it, by its title, or as the section around it."""
    own = _declared(declared) or (kind_of_title(title) if title else SectionKind.OTHER)
    if around is SectionKind.OTHER:
        return own
    if around is SectionKind.CASE:
        return own if own in (SectionKind.DISCUSSION, SectionKind.BACK) else around
    if around in (SectionKind.DISCUSSION, SectionKind.INTRODUCTION, SectionKind.BACK):
        return around
    return around if own in (SectionKind.OTHER, SectionKind.CLINICAL) else own


def _declared(declared: str | None) -> SectionKind | None:
    words = (declared or "").casefold()
    return next((kind for beginning, kind in _BY_TYPE if beginning in words), None)


def report_section(titles: tuple[str, ...]) -> Section:
    """Return the section of a report that a paragraph of the case belongs to, by the titles around it."""
    for title in reversed(titles[1:] if len(titles) > 1 else titles):
        words = without_numbering(title)
        for pattern, section in _SECTIONS:
            if pattern.search(words) and not _REPORTS_A_CASE.search(words):
                return section
    return Section.HISTORY
