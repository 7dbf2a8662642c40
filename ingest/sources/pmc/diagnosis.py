"""The diagnosis that the title of a case report states, where it states one.

"Tuberculous Dactylitis: An Uncommon Presentation of a Common Infection" states one, "A Striking Coronary Artery
Pattern" does not. A title is believed where what remains without the words of reporting is short, and names a disease.
"""

from __future__ import annotations

import re

from ingest.concepts.diagnosis import diagnosis_name
from ingest.concepts.diagnosis_words import names_a_disease, plain_words
from ingest.normalise.normalised import Normalised, Rule

_PART_OF_TITLE = re.compile(r"\s*(?::|;|\?|\.\s|\s[-–—]\s|—)\s*")
_REPORTING = re.compile(
    r"^(?:(?:an?|the|our|first|new|novel|unique|rare|very|extremely|unusual|uncommon|interesting|atypical|challenging|complex"
    r"|complicated|isolated|two|three|four|five|six|\d|case|cases|reports?|series|presentations?|manifestations?|occurrence"
    r"|example|diagnosis|management|treatment|successful|surgical|imaging|findings|of|in|on|with|reported|angiographic|evidence"
    r"|conservative|endovascular|delayed|late|early|misdiagnosed|suspected|incidental|familial cases of"
    r"|clinical)\b[\s,-]*)+",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\s(?:in (?:an?|the|two|three|association|pregnan\w+|child\w*|adult\w*|infan\w+|patients?)|after|following"
    r"|during|due to|caused by"
    r"|secondary to|associated|complicat\w+|presenting|presented|masquerad\w+|mimic\w*|simulat\w+|suspected"
    r"|misdiagnosed|mistaken|treated"
    r"|managed|diagnosed|detected|discovered|manifest\w+|as an?|as the|caus\w+|leading|resulting|originating"
    r"|arising|with|successfully|from"
    r"|and (?:review|literature)|without|by|a case|case report|related to|revealed|induced|ruptur\w+|confirmed"
    r"|which|that|who|versus|vs)\b.*$",
    re.IGNORECASE,
)
_NO_DIAGNOSIS = re.compile(
    r"\b(?:role|effects?|use|approach|technique|pattern|outcomes?|review|experience|challenges?|dilemma|pitfall|lesson|spectrum"
    r"|importance|comparison|or|reconstruction|resection|transplantation|implantation|removal|repair|surgery|therapy|intervention)\b",
    re.IGNORECASE,
)
_MAX_WORDS = 8
_MAX_TITLE = 500  # characters


def diagnosis_in_title(title: str | None) -> str | None:
    """Return the diagnosis that a title states, as written; None where it states none for sure.

    Examples
    --------
    >>> diagnosis_in_title("A rare case of renal cell carcinoma in a 5-year-old child: a case report")
    'renal cell carcinoma'
    """
    for part in _PART_OF_TITLE.split((title or "")[:_MAX_TITLE]):
        words = _REPORTING.sub("", part).strip()
        if not words:
            continue
        named = _GOES_ON.sub("", words).strip(" ,")
        fits = 0 < len(named.split()) <= _MAX_WORDS and not _NO_DIAGNOSIS.search(named)
        return diagnosis_name(named) if fits and _names_a_disease(named) else None
    return None


def normalised_diagnosis(title: str | None) -> Normalised[str]:
    """Return the diagnosis of a title with the rule that read it, or that it states none."""
    diagnosis = diagnosis_in_title(title)
    return Normalised(title, diagnosis, Rule.IN_TITLE if diagnosis else Rule.NO_DIAGNOSIS_IN_TITLE)


def _names_a_disease(text: str) -> bool:
    return any(names_a_disease(word) for word in plain_words(text))
