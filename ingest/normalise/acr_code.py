"""ACR index codes: ``anatomy.pathology``, text and never a number.

Each digit refines the one before it, so "8.10" and "8.1" differ. "-1" on one side means that this side is not
coded. American College of Radiology, Index for Radiological Diagnoses, 4th edition.
"""

from __future__ import annotations

import re

from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.text import null_rule

_CODE = re.compile(r"(?:-1|[0-9]{1,5})\.(?:-1|[0-9A-Z]{1,6})")  # the longest seen: 2139.3631
NOT_CODED = "-1.-1"


def normalise_acr_code(raw: str | None, *, written_as_number: bool = False) -> Normalised[str]:
    """Return the code, with a "-1" for a side that is not coded; nothing where neither side is.

    A code that the source wrote as a number is not taken: 8.1 may have been "8.1" or "8.10".
    """
    rule = null_rule(raw)
    if rule is not None or raw is None:
        return Normalised(raw, None, rule or Rule.MISSING)
    code = raw.strip()
    if code in (NOT_CODED, "-1"):
        return Normalised(raw, None, Rule.NOT_CODED)
    if written_as_number:
        return Normalised(raw, None, Rule.NUMBER_FOR_CODE)
    if "." not in code:
        return Normalised(raw, None, Rule.NO_POINT)
    if not _CODE.fullmatch(code):
        return Normalised(raw, None, Rule.UNKNOWN_VALUE)
    return Normalised(raw, code, Rule.AS_WRITTEN if code == raw else Rule.CLEANED)
