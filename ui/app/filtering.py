"""The form with which a reader narrows cases down, the filter that it makes, and its conditions in view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

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
    Joined,
    OneOf,
    ValueKind,
    as_filter,
    concepts,
    finding_named,
    findings_like,
    format_filter,
    joined,
)
from casegraph.errors import CaseGraphError
from casegraph.workspace import Workspace
from ui.app.address import field, many, one, put, take_out, written
from ui.app.panels import workspace
from ui.app.remedies import show_error
from ui.app.scrolling import bring_into_view
from ui.app.texts import as_written, line

OLDEST = 120  # years; the end of the age slider, which then means "and older"
CHOICES = (
    "disease", "modality", "region", "plane", "view", "depiction", "image_class", "sex", "split", "source",
)  # fmt: skip
TEXT_FIELD = "findings"
MAX_OPTIONS = 500  # values of a field that a list offers; the others can be typed under Query
GATHERED = "gathered"  # the parameter that names a collection
NAMES = (*CHOICES, "age", "finding", "said", "in", "contains", GATHERED)


@dataclass(frozen=True)
class FormCondition:
    """One condition of the form: what it says, and the parameter (or one value of it) without which it is gone."""

    says: str
    name: str
    value: str | None = None


Held = tuple[str, Filter, list[FormCondition]]  # the name of a field, its condition, and what that says


@dataclass(frozen=True)
class Narrowed:
    """What the form says: a filter, and its conditions one by one."""

    where: Filter | None
    conditions: tuple[FormCondition, ...]


def all_of(*parts: Filter | None) -> Filter | None:
    """Return all conditions as one filter; None where there is no condition."""
    given = tuple(part for part in parts if part is not None)
    return given[0] if len(given) == 1 else AllOf(given) if given else None


def typed_query(understood: str, *, placeholder: str, help_text: str, kept: str) -> Filter | None:
    """Let the reader type conditions; those that are not understood leave the last ones in force.

    Parameters
    ----------
    understood : str
        Where this session keeps the last ones of the page.
    kept : str
        What a reader is told to be looking at meanwhile.
    """
    st.text_input(
        "Query",
        key=field("query", one("query")),
        on_change=written,
        args=("query",),
        placeholder=placeholder,
        help=help_text,
    )
    try:
        where = as_filter(one("query"))
    except CaseGraphError as error:
        show_error(error)
        line(kept)
        return as_filter(st.session_state.get(understood, ""))
    st.session_state[understood] = one("query")
    return where


def filter_form(space: Workspace, beside: Filter | None = None, how: Joined = Joined.ALL) -> Narrowed:
    """Show the fields and return what they say.

    A field is offered where the workspace has more than one value of it; the count beside a value is that of the cases
    that match all other conditions.

    Parameters
    ----------
    beside : Filter, optional
        What else the page asks for, which counts follow too.
    how : Joined
        How the conditions of the form are joined; where not all have to match, each count is for itself.
    """
    _settle_finding()
    held = _held(space)
    for name in CHOICES:
        parts = (part for other, part, _ in held if other != name and how is Joined.ALL)
        others = all_of(beside, *parts)
        _offer(space, name, others)
    _offer_ages()
    _offer_finding()
    _offer_text()
    _offer_collections(space)
    where = joined(how, (part for _, part, _ in held))
    return Narrowed(where, tuple(said for _, _, all_said in held for said in all_said))


def _held(space: Workspace) -> list[Held]:
    """Return the conditions that the page's address holds, by the names of their fields."""
    return [
        *(held for name in CHOICES for held in _choice(name)),
        *_age_condition(),
        *_finding_condition(),
        *_text_condition(),
        *_collection_condition(space),
    ]


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


def _choice(name: str) -> Iterator[Held]:
    if chosen := many(name):
        yield (
            name,
            OneOf(name, tuple(chosen)),
            [FormCondition(f"{name.replace('_', ' ')} {_in_words(name, value)}", name, value) for value in chosen],
        )


def _in_words(name: str, value: str) -> str:
    return value.replace("_", " ") if name == "image_class" else value


def _offer(space: Workspace, name: str, others: Filter | None) -> None:
    chosen = many(name)
    if len(counts_by(space, name, "")) < 2 and not chosen:
        return
    counts = counts_by(space, name, format_filter(others) if others else "")
    left = len(counts) - MAX_OPTIONS
    st.multiselect(
        name.replace("_", " ").capitalize(),
        list(dict.fromkeys((*islice(counts, MAX_OPTIONS), *chosen))),
        help=f"The {MAX_OPTIONS} most frequent; {left:,} others can be typed: {name}=..." if left > 0 else None,
        format_func=lambda value: f"{_in_words(name, value)} ({counts.get(value, 0)})",
        key=field(name, chosen),
        on_change=written,
        args=(name,),
        placeholder="any",
    )


def counts_by(space: Workspace, name: str, query: str) -> dict[str, int]:
    """Return how many cases of a query have each value of a field; asked again when the documents have changed."""
    return _facets(str(space.folder), space.documents.sequence(), name, query, gathered(space, query))


@st.cache_data(max_entries=256, show_spinner=False)
def _facets(folder: str, sequence: int, name: str, where: str, gathered: str) -> dict[str, int]:
    return dict(workspace().documents.facets(name, where))


def gathered(space: Workspace, query: str) -> str:
    """Return what tells the collections of now from those of before, where a query names any: for what is cached."""
    return repr(space.collections.all()) if "collection" in query else ""


def _ages() -> tuple[int, int]:
    youngest, _, oldest = one("age").partition("-")
    if not (youngest.isdecimal() and oldest.isdecimal()):
        return 0, OLDEST
    return min(int(youngest), OLDEST), min(max(int(oldest), int(youngest)), OLDEST)


def _age_condition() -> Iterator[Held]:
    youngest, oldest = ages = _ages()
    if ages != (0, OLDEST):
        says = f"{youngest} years and older" if oldest == OLDEST else f"{youngest} to {oldest} years"
        where = Between("age_years", youngest, None if oldest == OLDEST else oldest)
        yield "age", where, [FormCondition(says, "age")]


def _offer_ages() -> None:
    st.slider(
        "Age in years",
        0,
        OLDEST,
        key=field("age", _ages()),
        on_change=written,
        args=("age", (0, OLDEST)),
        help="Once narrowed, cases of unknown age are left out.",
    )


def _findings() -> dict[str, str]:
    return {c.concept_id: c.name for c in concepts().values() if c.kind is ConceptKind.FINDING}


def _said() -> Assertion:
    return Assertion(one("said")) if one("said") in set(Assertion) else Assertion.PRESENT


def _finding_condition() -> Iterator[Held]:
    if name := _findings().get(one("finding")):
        yield "finding", Annotated(one("finding"), _said()), [FormCondition(f"{name} {_said()}", "finding")]


def _settle_finding() -> None:
    """Put the finding that a reader named in words of their own into the address."""
    if one("finding") and one("finding") not in _findings() and (named := finding_named(one("finding"))):
        put("finding", named.concept_id)


def _offer_finding() -> None:
    findings = _findings()
    st.selectbox(
        "Finding",
        sorted(findings, key=lambda concept_id: findings[concept_id]),
        format_func=lambda c: str(findings.get(c, c)),
        placeholder="any; or type one",
        key=field("finding", one("finding") if one("finding") in findings else None),
        on_change=written,
        args=("finding",),
        index=None,
        accept_new_options=True,
    )
    if one("finding") not in findings:
        _suggest_findings()
        return
    st.segmented_control(
        "The texts say it is",
        list(Assertion),
        required=True,
        key=field("said", _said()),
        on_change=written,
        args=("said", Assertion.PRESENT),
        format_func=str,
    )


def _suggest_findings() -> None:
    if not one("finding"):
        return
    near = findings_like(one("finding"))
    said = f"“{one('finding')}” is not a known finding."
    with st.container(key="warning-finding"):
        st.warning(as_written(f"{said} Did you mean" if near else f"{said} Nothing is spelt like it."))
        for concept in near:
            st.button(
                concept.name,
                key=f"meant-{concept.concept_id}",
                icon=":material/arrow_forward:",
                on_click=put,
                args=("finding", concept.concept_id),
            )
    bring_into_view(".st-key-warning-finding", one("finding"))


def _texts() -> list[str]:
    return [known.name for known in FIELDS.values() if known.kind is ValueKind.TEXT]


def _part() -> str:
    return one("in") if one("in") in _texts() else TEXT_FIELD


def _text_condition() -> Iterator[Held]:
    if words := one("contains").strip():
        says = f"{_part().replace('_', ' ')} with “{words}”"
        yield "contains", Contains(_part(), words), [FormCondition(says, "contains")]


def _offer_text() -> None:
    st.selectbox(
        "Text of",
        _texts(),
        format_func=lambda name: name.replace("_", " "),
        key=field("in", _part()),
        on_change=written,
        args=("in", TEXT_FIELD),
    )
    st.text_input(
        "contains",
        key=field("contains", one("contains").strip()),
        on_change=written,
        args=("contains",),
        placeholder="any words",
    )


def _collection_condition(space: Workspace) -> Iterator[Held]:
    there = space.collections.names() if one(GATHERED) else []
    if one(GATHERED) in there:
        name = one(GATHERED)
        yield GATHERED, OneOf("collection", (name,)), [FormCondition(f"collection {name}", GATHERED)]


def _offer_collections(space: Workspace) -> None:
    names = space.collections.names()
    if names:
        st.selectbox(
            "My cases",
            names,
            index=None,
            key=field(GATHERED, one(GATHERED) if one(GATHERED) in names else None),
            on_change=written,
            args=(GATHERED,),
            placeholder="any",
            help="The collections of this workspace.",
        )
