"""What a reader calls a draft: of what complaint or finding it is, and how the scan was made."""

from __future__ import annotations

import textwrap

from rag.drafts.render import Document, inline
from rag.drafts.statements import DraftSection, Origin
from rag.drafts.technique import classifier_labels

MAX_TITLE_LENGTH = 60  # characters of what was written: a line in a list of drafts
UNTITLED = "nothing written of this scan"


def title_of(document: Document) -> str:
    """Return a title of the document of a draft: first words of its indication, else of its findings, and the scan.

    Examples
    --------
    >>> said = {"text": "Headache and seizures.", "citations": []}
    >>> title_of({"sections": [{"section": "Indication", "statements": [said]}]})
    'Headache and seizures'
    """
    written = _written(document, DraftSection.INDICATION) or _written(document, DraftSection.FINDINGS) or UNTITLED
    return " · ".join(filter(None, (_shortened(written), _scan(document))))


def _written(document: Document, section: DraftSection) -> str:
    texts = (said["text"] for part in document["sections"] if part["section"] == section for said in part["statements"])
    return inline(" ".join(texts))


def _shortened(text: str) -> str:
    return textwrap.shorten(text, MAX_TITLE_LENGTH, placeholder=" …").rstrip(".")


def _scan(document: Document) -> str:
    """Return modality and region, as the classifier saw them, else what the user wrote of the technique."""
    cited = (
        citation["quote"]
        for part in document["sections"]
        for said in part["statements"]
        for citation in said["citations"]
        if citation["origin"] == Origin.CLASSIFIER
    )
    labels = classifier_labels(cited)
    seen = " ".join(labels[task] for task in ("modality", "region") if task in labels)
    return seen or _shortened(_written(document, DraftSection.TECHNIQUE))
