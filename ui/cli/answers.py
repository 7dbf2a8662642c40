"""Answers as plain JSON values with stable keys: what ``--json`` writes and the app's tables show."""

from __future__ import annotations

from typing import Any

from casegraph.notice import NOTICE
from casegraph.search import ExplainedAnswer, HitExplanation
from ui.cli.output import jsonable


def answer_document(answer: ExplainedAnswer) -> dict[str, Any]:
    """Return a search answer: each hit with its case in short, its channels and its explanation."""
    hits = [{**jsonable(found.case), **jsonable(found.hit), **_explanation(found.explanation)} for found in answer.hits]
    return {"hits": hits, "notices": jsonable(answer.notices), "notice": NOTICE}


def _explanation(explanation: HitExplanation) -> dict[str, Any]:
    traits = explanation.traits
    return {
        "confirmation": explanation.confirmation,
        "nearest_images": jsonable(explanation.images),
        "nearest_passages": jsonable(explanation.passages),
        "shared": jsonable(traits.shared),
        "only_asked": jsonable(traits.only_first),
        "only_found": jsonable(traits.only_second),
        "contradicted": jsonable(explanation.contradicted),
        **jsonable(explanation.reasons),
        "words": list(explanation.reasons.sentences),
    }
