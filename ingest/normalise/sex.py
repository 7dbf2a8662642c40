"""Sex of a patient, from the source's value and the words of the history.

"male" is part of "female" and "man" of "woman": only whole words count. Words for relatives (mother, wife, sister)
say nothing about the patient.
"""

from __future__ import annotations

import re

from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.text import look_up, without_prompt
from ingest.vocabulary import Sex

SPELLINGS = {
    **dict.fromkeys(("female", "f", "woman", "girl"), Sex.FEMALE),
    **dict.fromkeys(("male", "m", "man", "boy"), Sex.MALE),
}
"""What stands for a sex on its own. 1, 2 and "O" mean different things in different tools: they are not guessed at."""

_NOUNS = {
    **dict.fromkeys(("female", "woman", "girl", "lady", "wf", "primigravida", "multigravida"), Sex.FEMALE),
    **dict.fromkeys(("male", "man", "boy", "gentleman", "wm"), Sex.MALE),
}
_PRONOUNS = {
    **dict.fromkeys(("she", "her", "hers", "herself"), Sex.FEMALE),
    **dict.fromkeys(("he", "his", "him", "himself"), Sex.MALE),
}
_FIRST_CHARACTERS = 5000  # who the patient is stands at the start; a bound keeps the search short


def _any_word(words: dict[str, Sex]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


_ANY_NOUN = _any_word(_NOUNS)
_ANY_PRONOUN = _any_word(_PRONOUNS)


def sex_in_text(text: str) -> Sex | None:
    """Return the sex that the first telling noun of a text implies, or else the first pronoun."""
    start = without_prompt(text)[:_FIRST_CHARACTERS]
    if found := _ANY_NOUN.search(start):
        return _NOUNS[found[0].lower()]
    if found := _ANY_PRONOUN.search(start):
        return _PRONOUNS[found[0].lower()]
    return None


def normalise_sex(raw: str | None, history: str | None) -> Normalised[Sex]:
    """Return the source's sex, or the history's where the source gives none; they may be in conflict."""
    told = sex_in_text(history) if history else None
    answer = look_up(raw, SPELLINGS)
    if answer.value is None and answer.rule is not Rule.UNKNOWN_VALUE and told is not None:
        return Normalised(raw, told, Rule.FROM_HISTORY)
    return answer.in_conflict(answer.value is not None and told is not None and told is not answer.value)
