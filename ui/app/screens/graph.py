"""The knowledge graph: start anywhere, open what stands around it step by step, find ways, go back to the cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from casegraph.graph import MAX_STEPS, FoundNode, Label, Node, kind_in_words
from casegraph.workspace import Workspace
from ui.app.address import begin, field, one, put, put_all, written
from ui.app.cohort_charts import show_cohort
from ui.app.graph_acts import FULL, REDONE, UNDONE, acted, change, read, start_from
from ui.app.graph_drawing import LINES_IN_WORDS, name_of, node_kind, picture_of
from ui.app.graph_exploring import Explored, explore
from ui.app.graph_panel import FROM, TO, show_chosen, show_hidden
from ui.app.graph_picture import show_picture
from ui.app.graph_steps import MAX_STEPS_SHOWN, NAMES, Steps
from ui.app.panels import CURRENT_CASE, cover_image, workspace
from ui.app.remedies import answered
from ui.app.texts import as_written, count_of, line
from ui.app.viewer import image_address

MAX_FOUND = 12
MAX_THUMBNAILS = 40
THUMBNAIL_PX = 96


@st.fragment
def find_node(space: Workspace, label: str, parameter: str, chosen: Callable[[str], None]) -> None:
    """Let the reader find a node by words while typing, and choose one."""
    st.text_input(
        label,
        type="search",
        key=field(parameter, one(parameter)),
        on_change=written,
        args=(parameter,),
        live=True,
        placeholder="a finding, a diagnosis, a place, a title, a case id",
    )
    if not (words := one(parameter).strip()):
        return
    found = space.graph.find(words, limit=MAX_FOUND)
    if not found:
        st.info("Nothing of that name. Try a shorter word.")
    with st.container(horizontal=True, gap="xsmall", key=f"found-{parameter}"):
        for node in found:
            if st.button(as_written(found_line(node)), key=f"{parameter}-{node.key}"):
                put(parameter, None)
                chosen(node.key)
                st.rerun()


def found_line(node: FoundNode) -> str:
    """Return what a node found is called: its name, its kind and how many cases there are of it."""
    name = f"{node.name} {node.title}".strip() if node.label is Label.CASE else name_of(node)
    of_one_case = node.label in (Label.CASE, Label.PATIENT, Label.IMAGE)
    return f"{name} · {node_kind(node)}{'' if of_one_case else f', {kind_in_words(Label.CASE, node.cases)}'}"


def path_to(key: str) -> None:
    """Look for the ways to a node."""
    put_all(**{FROM: one(FROM) or one("chosen") or one("node"), TO: key})


def show_paths(space: Workspace, steps: Steps) -> list[tuple[str, str]]:
    """Show the ways between two nodes in words; return the pairs of nodes on the one that is drawn."""
    if not one(FROM) and not one(TO):
        return []
    with st.container(border=True, key="paths"):
        start = answered(partial(space.graph.node, one(FROM) or steps.node))
        end = answered(partial(space.graph.node, one(TO))) if one(TO) else None
        with st.container(horizontal=True, vertical_alignment="center"):
            names = f"from {name_of(start) if start else '?'}" + (f" to {name_of(end)}" if end else " to ...")
            st.subheader(as_written(f"Ways {names}"), anchor=False, width="stretch")
            st.button("Close", icon=":material/close:", key="close-paths", on_click=put_all, kwargs={FROM: "", TO: ""})
        if start is None or end is None:
            find_node(space, "To", "find-to", path_to)
            return []
        found = space.graph.paths(start.key, end.key)
        if not found:
            st.info(f"No way of up to {MAX_STEPS} steps.")
            return []
        for number, path in enumerate(found):
            keys = [node.key for node in path.nodes]
            with st.container(horizontal=True, vertical_alignment="center"):
                st.button("Show", key=f"path-{number}", on_click=change, args=(steps.shown_alone(keys), one("chosen")))
                line(path.words)
        return [pair for path in found for pair in ((r.source, r.target) for r in path.relationships)]


def show_charts(space: Workspace, node: Node) -> None:
    """Show the charts of a node's cases, once they are asked for."""
    key = field("charts", bool(one("charts")))
    asked = st.toggle("Charts of its cases", key=key, on_change=written, args=("charts", False))
    if asked:
        with st.spinner("Counting its cases ..."):
            cohort = space.graph.cohort(node=node.key, findings=50)
        st.markdown(f"**{as_written(name_of(node))}** · {count_of(cohort.cases, 'case')}")
        if cohort.cases:
            show_cohort(cohort, name_of(node))


@st.cache_data(max_entries=500, show_spinner=False)
def thumbnail_of(folder: str, object_key: str, image_id: str) -> bytes | None:
    """Return an image made small; an object's key changes with its pixels."""
    space = workspace()
    return space.documents.thumbnail(space.documents.image(image_id), THUMBNAIL_PX)


def thumbnails(space: Workspace, explored: Explored) -> dict[str, str]:
    """Return where the browser gets the small images of the cases and images shown, as many as are looked at."""
    addresses: dict[str, str] = {}
    for node in explored.nodes.values():
        if len(addresses) == MAX_THUMBNAILS:
            break
        if node.label is Label.CASE:
            image = cover_image(space.documents.case(node.properties["case_id"]))
        elif node.label is Label.IMAGE:
            image = space.documents.image(node.properties["image_id"])
        else:
            continue
        if image and image.object_key:
            png = thumbnail_of(str(space.folder), image.object_key, image.image_id)
            if png:
                addresses[node.key] = image_address(png, f"graph-{image.image_id}")
    return addresses


def draw(space: Workspace, explored: Explored, steps: Steps, path: Sequence[tuple[str, str]]) -> None:
    """Show the picture."""
    images = thumbnails(space, explored)
    drawn = picture_of(
        explored,
        steps,
        chosen=one("chosen") or steps.node,
        titles=space.documents.titles_of(
            str(node.properties["case_id"]) for node in explored.nodes.values() if node.label is Label.CASE
        ),
        thumbnail=lambda node: images.get(node.key),
        path=path,
    )
    ways = {"undo": bool(st.session_state.get(UNDONE)), "redo": bool(st.session_state.get(REDONE))}
    show_picture({**drawn, **ways}, "graph-picture", acted)


begin("graph", (*NAMES, "chosen", "find", FROM, TO, "find-to", "charts"))
space = workspace()
st.title("Knowledge graph", anchor=False)
find_node(space, "Find in the graph", "find", start_from)
if not one("node"):
    first = st.session_state.get(CURRENT_CASE) or space.documents.page(limit=1).cases[0].case.case_id
    put("node", f"{Label.CASE}:{first}")
put("node", space.graph.node_key(one("node")))
steps = read()
with st.container():
    if st.session_state.pop(FULL, False):
        st.warning(
            f"{MAX_STEPS_SHOWN} things are open, and more would not be seen. Fold something back, or start elsewhere."
        )
with st.spinner("Asking the graph ..."):
    explored = explore(space.graph, steps)
with st.container():  # also where nothing is hidden: what comes below keeps its place on the page, and the focus
    show_hidden(explored, steps)
path = show_paths(space, steps)
picture, side = st.columns((3, 1), gap="medium")
with picture:
    draw(space, explored, steps, path)
    st.caption(
        f"Click a node to choose it, again to open it; drag it to pin it; Ctrl and the wheel zoom. {LINES_IN_WORDS}"
    )
with side, st.container(border=True, key="chosen"):
    show_chosen(space, explored, steps)
chosen = explored.nodes.get(one("chosen"), explored.nodes[steps.node])
show_charts(space, chosen)
