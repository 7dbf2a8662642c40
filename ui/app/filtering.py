"""The form with which a reader narrows cases down, and the filter that it makes."""

from __future__ import annotations

import streamlit as st

from casegraph.cases import (
    FIELDS,
    AllOf,
    Annotated,
    Assertion,
    Between,
    ConceptKind,
    Contains,
    Filter,
    OneOf,
    ValueKind,
    concepts,
)
from casegraph.workspace import Workspace
from ui.app.panels import workspace

OLDEST = 120  # years; the end of the age slider, which then means "and older"
CHOICES = ("modality", "region", "plane", "view", "depiction", "sex", "split", "source")


def all_of(*parts: Filter | None) -> Filter | None:
    """Return all conditions as one filter; None where there is no condition."""
    given = tuple(part for part in parts if part is not None)
    return given[0] if len(given) == 1 else AllOf(given) if given else None


def filter_form(space: Workspace, key: str) -> Filter | None:
    """Show the fields and return what they say. `key` keeps the forms of two pages apart.

    A field is offered where the workspace has more than one value of it.
    """
    parts: list[Filter | None] = [_choice(space, name, key) for name in CHOICES]
    parts += [_age_condition(key), _finding_condition(key), _text_condition(key)]
    return all_of(*parts)


def _choice(space: Workspace, name: str, key: str) -> Filter | None:
    counts = _facets(str(space.folder), space.documents.sequence(), name)
    if len(counts) < 2:
        return None
    chosen = st.multiselect(
        name.capitalize(),
        list(counts),
        format_func=lambda value: f"{value} ({counts[value]})",
        key=f"{key}-{name}",
        placeholder="any",
        persist_state="session",
    )
    return OneOf(name, tuple(chosen)) if chosen else None


@st.cache_data(max_entries=64, show_spinner=False)
def _facets(folder: str, sequence: int, name: str) -> dict[str, int]:
    return dict(workspace().documents.facets(name))


def _age_condition(key: str) -> Filter | None:
    youngest, oldest = st.slider(
        "Age in years",
        0,
        OLDEST,
        (0, OLDEST),
        key=f"{key}-age",
        persist_state="session",
        help="Once narrowed, cases of unknown age are left out.",
    )
    if (youngest, oldest) == (0, OLDEST):
        return None
    return Between("age_years", youngest, None if oldest == OLDEST else oldest)


def _finding_condition(key: str) -> Filter | None:
    findings = {c.concept_id: c.name for c in concepts().values() if c.kind is ConceptKind.FINDING}
    ordered = sorted(findings, key=lambda concept_id: findings[concept_id])
    concept = st.selectbox(
        "Finding",
        ordered,
        index=None,
        format_func=lambda c: findings[c],
        placeholder="any",
        key=f"{key}-finding",
        persist_state="session",
    )
    if concept is None:
        return None
    said = st.segmented_control(
        "The texts say it is",
        list(Assertion),
        default=Assertion.PRESENT,
        required=True,
        key=f"{key}-assertion",
        format_func=str,
        persist_state="session",
    )
    return Annotated(concept, said or Assertion.PRESENT)


def _text_condition(key: str) -> Filter | None:
    texts = [field.name for field in FIELDS.values() if field.kind is ValueKind.TEXT]
    field = st.selectbox(
        "Text of",
        texts,
        index=texts.index("findings"),
        format_func=lambda name: name.replace("_", " "),
        key=f"{key}-field",
        persist_state="session",
    )
    words = st.text_input("contains", key=f"{key}-words", persist_state="session", placeholder="any words")
    return Contains(field, words.strip()) if words and words.strip() else None
