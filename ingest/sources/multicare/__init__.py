"""Read a release of MultiCaRe, patients and labelled images of open-access case reports, as users have it on disk."""

from __future__ import annotations

from ingest.sources.multicare.source import MultiCaRe

__all__ = ["MultiCaRe"]
