"""The form with which a reader narrows cases down, and the filter that it makes."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from ingest.annotate import concepts
from ingest.store.filters import FIELDS, AllOf, Annotated, Between, Contains, Filter, OneOf, ValueKind
from ingest.vocabulary import Assertion, ConceptKind, Depiction, Modality, Plane, Region, Sex
from ui.workspace import Workspace

OLDEST = 120  # years; the end of the age slider, which then means "and older"
CHOICES = (("modality", Modality), ("region", Region), ("plane", Plane), ("depiction", Depiction), ("sex", Sex))


@dataclass(frozen=True)
class FormFilter:
    """The conditions that the form asks for."""

    parts: tuple[Filter, ...] = ()

    def joined_with(self, other: Filter | None = None) -> Filter | None:
        """Return all conditions as one filter; None where there is no condition."""
        parts = (*self.parts, *((other,) if other else ()))
        return parts[0] if len(parts) == 1 else AllOf(parts) if parts else None


def filter_form(space: Workspace, key: str) -> FormFilter:
    """Show the fields and return what they say. `key` keeps the forms of two pages apart."""
    parts: list[Filter] = []
    for name, vocabulary in CHOICES:
        chosen = st.multiselect(name.capitalize(), [str(value) for value in vocabulary], key=f"{key}-{name}")
        if chosen:
            parts.append(OneOf(name, tuple(chosen)))
    youngest, oldest = st.slider("Age in years", 0, OLDEST, (0, OLDEST), key=f"{key}-age")
    if (youngest, oldest) != (0, OLDEST):
        parts.append(Between("age_years", youngest, None if oldest == OLDEST else oldest))
    parts += _finding_condition(key)
    parts += _text_condition(key)
    return FormFilter(tuple(parts))


def _finding_condition(key: str) -> list[Filter]:
    findings = {c.concept_id: c.name for c in concepts().values() if c.kind is ConceptKind.FINDING}
    ordered = sorted(findings, key=lambda concept_id: findings[concept_id])
    concept = st.selectbox(
        "Finding", ordered, index=None, format_func=lambda c: findings[c], placeholder="any", key=f"{key}-finding"
    )
    if concept is None:
        return []
    said = st.segmented_control(
        "is", list(Assertion), default=Assertion.PRESENT, required=True, key=f"{key}-assertion", format_func=str
    )
    return [Annotated(concept, said or Assertion.PRESENT)]


def _text_condition(key: str) -> list[Filter]:
    texts = [field.name for field in FIELDS.values() if field.kind is ValueKind.TEXT]
    field = st.selectbox("Text of", texts, index=texts.index("findings"), key=f"{key}-field")
    words = st.text_input("contains", key=f"{key}-words")
    return [Contains(field, words.strip())] if words.strip() else []
