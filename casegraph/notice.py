"""What CaseGraph says of itself wherever it speaks, and what it says of one answer."""

from __future__ import annotations

from ingest.notices import Notice, NoticeCode

__all__ = ["NOTICE", "Notice", "NoticeCode"]

NOTICE = "For research and teaching. CaseGraph does not diagnose."
