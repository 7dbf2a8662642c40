"""A draft in each format, from one document."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from rag.drafts.pdf import to_pdf
from rag.drafts.render import to_json, to_markdown, to_text


class DraftFormat(StrEnum):
    """What a draft is written as."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    PDF = "pdf"

    @property
    def ending(self) -> str:
        """How a file's name ends."""
        return {"text": "txt", "markdown": "md"}.get(self, str(self))

    @property
    def media_type(self) -> str:
        """What it is on the web."""
        return {"text": "text/plain", "markdown": "text/markdown"}.get(self, f"application/{self}")


def written_as(document: Mapping[str, Any], kind: DraftFormat) -> bytes:
    """Return the document of a draft (of `draft_document` or `life_cycle.document_of`) in a format."""
    if kind is DraftFormat.PDF:
        return to_pdf(document)
    write = {DraftFormat.TEXT: to_text, DraftFormat.MARKDOWN: to_markdown, DraftFormat.JSON: to_json}[kind]
    return write(document).encode()
