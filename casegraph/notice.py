"""What CaseGraph says of itself wherever it speaks."""

from __future__ import annotations

NOTICE = "For research and teaching. CaseGraph does not diagnose."
