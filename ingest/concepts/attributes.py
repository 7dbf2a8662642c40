"""The words for what a text says of a finding beside its name: `ingest/concepts/attributes.json`, by us."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from ingest.case import Attribute
from ingest.concepts.lexicon import plural
from ingest.concepts.phrases import PhraseBook
from ingest.vocabulary import AttributeKind


@cache
def attribute_words() -> dict[Attribute, tuple[str, ...]]:
    """Return the words for each value of each kind of attribute, in the order of the file."""
    return {
        Attribute(AttributeKind(kind), value): tuple(words)
        for kind, values in _read()["attributes"].items()
        for value, words in values.items()
    }


@cache
def attribute_book() -> PhraseBook:
    """Return the book of these words; the value of a phrase is its `Attribute`.

    A phrase of `not_attributes` has the value None: it is found, so that no part of it is.
    """
    phrases: dict[str, Attribute | None] = {}
    for attribute, words in attribute_words().items():
        phrases.update({form: attribute for word in words for form in (word, plural(word))})
    phrases.update(dict.fromkeys(_read()["not_attributes"]))
    return PhraseBook(phrases)


def _read() -> dict[str, Any]:
    text = (files("ingest") / "concepts" / "attributes.json").read_text(encoding="utf-8")
    return json.loads(text)
