"""The form with which a reader narrows cases down, the filter that it makes, and its conditions in view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
from ui.app.address import field, many, one, take_out, written
from ui.app.panels import workspace
from ui.app.texts import as_written

OLDEST = 120  # years; the end of the age slider, which then means "and older"
CHOICES = ("disease", "modality", "region", "plane", "view", "depiction", "sex", "split", "source")
TEXT_FIELD = "findings"
NAMES = (*CHOICES, "age", "finding", "said", "in", "contains")


@dataclass(frozen=True)
class Condition:
    """One condition of the form: what it says, and the parameter (or one value of it) without which it is gone."""

    says: str
    name: str
    value: str | None = None


@dataclass(frozen=True)
class Narrowed:
    """What the form says: a filter, and its conditions one by one."""

    where: Filter | None
    conditions: tuple[Condition, ...]


def all_of(*parts: Filter | None) -> Filter | None:
    """Return all conditions as one filter; None where there is no condition."""
    given = tuple(part for part in parts if part is not None)
    return given[0] if len(given) == 1 else AllOf(given) if given else None


def filter_form(space: Workspace) -> Narrowed:
    """Show the fields and return what they say.

    A field is offered where the workspace has more than one value of it.
    """
    parts: list[tuple[Filter, list[Condition]]] = []
    for name in CHOICES:
        parts += _choice(space, name)
    parts += [*_age_condition(), *_finding_condition(), *_text_condition()]
    return Narrowed(all_of(*(part for part, _ in parts)), tuple(said for _, all_said in parts for said in all_said))


def show_conditions(narrowed: Narrowed) -> None:
    """Show the conditions that hold, each with a way to take it away."""
    if not narrowed.conditions:
        return
    with st.container(horizontal=True, key="conditions", vertical_alignment="center", gap="xsmall"):
        for said in narrowed.conditions:
            st.button(
                as_written(said.says),
                key=f"condition-{said.name}-{said.value or ''}",
                icon=":material/close:",
                help="Take this condition away",
                on_click=take_out,
                args=(said.name, said.value),
            )


def _choice(space: Workspace, name: str) -> Iterator[tuple[Filter, list[Condition]]]:
    counts = _facets(str(space.folder), space.documents.sequence(), name)
    chosen = many(name)
    if len(counts) < 2 and not chosen:
        return
    st.multiselect(
        name.capitalize(),
        list(dict.fromkeys((*counts, *chosen))),
        format_func=lambda value: f"{value} ({counts.get(value, 0)})",
        key=field(name, chosen),
        on_change=written,
        args=(name,),
        placeholder="any",
    )
    if chosen:
        yield OneOf(name, tuple(chosen)), [Condition(f"{name} {value}", name, value) for value in chosen]


@st.cache_data(max_entries=64, show_spinner=False)
def _facets(folder: str, sequence: int, name: str) -> dict[str, int]:
    return dict(workspace().documents.facets(name))


def _ages() -> tuple[int, int]:
    youngest, _, oldest = one("age").partition("-")
    if not (youngest.isdecimal() and oldest.isdecimal()):
        return 0, OLDEST
    return min(int(youngest), OLDEST), min(max(int(oldest), int(youngest)), OLDEST)


def _age_condition() -> Iterator[tuple[Filter, list[Condition]]]:
    youngest, oldest = ages = _ages()
    st.slider(
        "Age in years",
        0,
        OLDEST,
        key=field("age", ages),
        on_change=written,
        args=("age", (0, OLDEST)),
        help="Once narrowed, cases of unknown age are left out.",
    )
    if ages != (0, OLDEST):
        says = f"{youngest} years and older" if oldest == OLDEST else f"{youngest} to {oldest} years"
        yield Between("age_years", youngest, None if oldest == OLDEST else oldest), [Condition(says, "age")]


def _finding_condition() -> Iterator[tuple[Filter, list[Condition]]]:
    findings = {c.concept_id: c.name for c in concepts().values() if c.kind is ConceptKind.FINDING}
    concept = one("finding") if one("finding") in findings else None
    st.selectbox(
        "Finding",
        sorted(findings, key=lambda concept_id: findings[concept_id]),
        format_func=lambda c: findings[c],
        placeholder="any",
        key=field("finding", concept),
        on_change=written,
        args=("finding",),
        index=None,
    )
    if concept is None:
        return
    said = Assertion(one("said")) if one("said") in set(Assertion) else Assertion.PRESENT
    st.segmented_control(
        "The texts say it is",
        list(Assertion),
        required=True,
        key=field("said", said),
        on_change=written,
        args=("said", Assertion.PRESENT),
        format_func=str,
    )
    yield Annotated(concept, said), [Condition(f"{findings[concept]} {said}", "finding")]


def _text_condition() -> Iterator[tuple[Filter, list[Condition]]]:
    texts = [known.name for known in FIELDS.values() if known.kind is ValueKind.TEXT]
    part = one("in") if one("in") in texts else TEXT_FIELD
    st.selectbox(
        "Text of",
        texts,
        format_func=lambda name: name.replace("_", " "),
        key=field("in", part),
        on_change=written,
        args=("in", TEXT_FIELD),
    )
    words = one("contains").strip()
    st.text_input(
        "contains", key=field("contains", words), on_change=written, args=("contains",), placeholder="any words"
    )
    if words:
        yield Contains(part, words), [Condition(f"{part.replace('_', ' ')} with “{words}”", "contains")]
