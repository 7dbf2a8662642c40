"""Read cases of one's own: a table with a row for each case, and a folder of images beside it."""

from __future__ import annotations

from ingest.sources.own.source import OwnCases

__all__ = ["OwnCases"]
