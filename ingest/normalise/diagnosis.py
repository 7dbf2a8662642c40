"""The final diagnosis of a case, as one name."""

from __future__ import annotations

import re

from ingest.normalise.lines import sentences, without_marks
from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.text import clean_text, null_rule

_LEAD = re.compile(r"\s*(?:final |case )?diagnosis\s*:\s*", re.IGNORECASE)


def normalise_diagnosis(raw: str | None) -> Normalised[str]:
    """Return the first sentence of a diagnosis, without "Diagnosis:", bullet, numbering and full stop.

    What follows says how the diagnosis was made, or name further ones; it stays in the section.
    """
    rule = null_rule(raw)
    if rule is not None or raw is None:
        return Normalised(raw, None, rule or Rule.MISSING)
    for line in clean_text(raw).split("\n"):
        parts = sentences(without_marks(_LEAD.sub("", line, count=1)))
        name = " ".join(parts[0].split()).rstrip(" .;,") if parts else ""
        if name:
            return Normalised(raw, name, Rule.AS_WRITTEN if name == raw else Rule.CLEANED)
    return Normalised(raw, None, Rule.NULL_SPELLING)
