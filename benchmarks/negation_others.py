"""Other ways to tell that a finding is denied, to compare ours with: negspacy, and five words of context."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

Span = tuple[int, int]
Denied = Callable[[str, Sequence[Span]], list[bool]]
_WORDS_BEFORE = 5
_NO = re.compile(r"\b(?:no|without)\b", re.IGNORECASE)


def denied_by_negspacy() -> Denied:
    """Return NegEx as negspacy has it: a blank English pipeline, its sentencizer, its own clinical terms."""
    import spacy
    from negspacy.negation import Negex  # noqa: F401  (registers the factory "negex")
    from spacy.util import filter_spans

    english = spacy.blank("en")
    english.add_pipe("sentencizer")
    english.add_pipe("negex")

    def denied(text: str, spans: Sequence[Span]) -> list[bool]:
        document = english.make_doc(text)
        entities = [document.char_span(start, end, "FINDING", alignment_mode="expand") for start, end in spans]
        document.set_ents(filter_spans([entity for entity in entities if entity is not None]))
        for _, component in english.pipeline:
            document = component(document)
        found = {(token.idx, token.idx + len(token)): entity._.negex for entity in document.ents for token in entity}
        return [any(no for (a, b), no in found.items() if a < end and start < b) for start, end in spans]

    return denied


def denied_by_nearby_word(text: str, spans: Sequence[Span]) -> list[bool]:
    """Tell which spans have "no" or "without" among the five words before them."""
    return [_NO.search(" ".join(text[:start].split()[-_WORDS_BEFORE:])) is not None for start, _ in spans]
