"""Collections and saved queries under their names: each is renamed, or deleted after a second press."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from casegraph.workspace import Workspace
from ui.app.address import one, put
from ui.app.filtering import GATHERED
from ui.app.managing import visitor_may_manage
from ui.app.remedies import done_or_told
from ui.app.results import counted
from ui.app.texts import line

COLLECTION, QUERY = "collection", "saved query"


@dataclass(frozen=True)
class _Named:
    """Things of one kind that people keep under names, and what can be done with one of them."""

    kind: str
    names: Sequence[str]
    rename: Callable[[str, str], object]
    delete: Callable[[str], object]
    what_goes: Callable[[str], str]


def offer_names(space: Workspace) -> None:
    """Let who may change the workspace rename and delete what is kept in it under a name."""
    shown = [named for named in (_collections(space), _queries(space)) if named.names]
    if not shown or not visitor_may_manage():
        return
    with st.expander("Rename or delete", icon=":material/edit:", key="kept-names"):
        for named in shown:
            _offer(named)


def _collections(space: Workspace) -> _Named:
    def rename(name: str, new_name: str) -> None:
        collection = space.collections.rename(name, new_name)
        if one(GATHERED) == name:
            put(GATHERED, collection.name)

    def delete(name: str) -> None:
        space.collections.remove(name)
        if one(GATHERED) == name:
            put(GATHERED, None)

    def what_goes(name: str) -> str:
        cases = counted(space.collections.get(name).case_ids)
        lost = space.collections.saved_queries_of(name)
        find = f" Saved queries that name it can be asked no more: {', '.join(lost)}." if lost else ""
        return f"The list of {cases} is then gone; the cases themselves stay.{find}"

    return _Named(COLLECTION, space.collections.names(), rename, delete, what_goes)


def _queries(space: Workspace) -> _Named:
    kept = space.documents.saved_queries()
    return _Named(
        QUERY,
        list(kept),
        space.documents.rename_query,
        space.documents.forget_query,
        lambda name: f"The query is then gone; its cases stay: {kept[name] or 'every case'}",
    )


def _offer(named: _Named) -> None:
    place = named.kind.replace(" ", "-")
    chosen = st.selectbox(named.kind.capitalize(), named.names, key=f"named-{place}")
    new_name = st.text_input("New name", max_chars=60, key=f"new-name-{place}-{chosen}")
    with st.container(horizontal=True):
        if st.button("Rename", key=f"rename-{place}", disabled=not new_name.strip()):
            done_or_told(lambda: named.rename(chosen, new_name))
        with st.popover("Delete", icon=":material/delete:", key=f"delete-{place}"):
            line(named.what_goes(chosen))
            if st.button(f"Delete the {named.kind}", key=f"do-delete-{place}"):
                done_or_told(lambda: named.delete(chosen))
