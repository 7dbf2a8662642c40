"""Beside the graph: the node or group that is chosen, what one can do with it, and what is hidden."""

from __future__ import annotations

import streamlit as st

from casegraph.graph import Group, Label, Node, filter_of, properties_in_words
from casegraph.workspace import Workspace
from ui.app.address import one, put
from ui.app.graph_acts import change, start_from
from ui.app.graph_drawing import key_of, name_of, node_kind
from ui.app.graph_exploring import Explored
from ui.app.graph_steps import Steps
from ui.app.panels import QUERY_PAGE, SEARCH_PAGE, case_link, cover_image, link, patient_line, show_image
from ui.app.texts import as_written, heading, line, lines

FROM, TO = "from", "to"  # the parameters that name the ends of a way


def show_chosen(space: Workspace, explored: Explored, steps: Steps) -> None:
    """Say what the chosen node or group is, and offer what one can do with it."""
    things: dict[str, Node | Group] = {**explored.nodes, **explored.groups}
    thing = things.get(one("chosen"), things[steps.node])
    line(node_kind(thing))
    if isinstance(thing, Group):
        heading(name_of(thing), 3)
        line(f"{name_of(things[thing.node_key])} {thing.words}. {explored.left[key_of(thing)]:,} not open yet.")
        show_ways(steps, thing, explored.left[key_of(thing)])
        return
    show_node(space, thing)
    show_ways(steps, thing, 0)
    show_links(space, thing)
    known = [f"{name}: {value}" for name, value in properties_in_words(thing)]
    lines([*known, *(group.words for group in space.graph.groups(thing.key))])


def show_node(space: Workspace, node: Node) -> None:
    """Show a node's name, of a case its title, and of a case or image its image."""
    if node.label is Label.CASE:
        case = space.documents.case(str(node.properties["case_id"]))
        heading(case.title or case.short_id, 3)
        line(" · ".join(filter(None, (case.short_id, case.diagnosis, patient_line(case)))))
        if image := cover_image(case):
            show_image(image, "chosen")
        return
    heading(name_of(node), 3)
    if node.label is Label.IMAGE:
        show_image(space.documents.image(node.properties["image_id"]), "chosen")


def show_ways(steps: Steps, thing: Node | Group, left: int) -> None:
    """Show the buttons that open, fold, pin and hide; each has a key in the picture too."""
    key = key_of(thing)
    with st.container(horizontal=True, gap="xsmall", key="ways"):
        if not steps.is_open(key):
            _way("Open", "unfold_more", steps.opened(key), key)
        else:
            if left:
                _way("More", "unfold_more", steps.opened(key), key)
            _way("Fold back", "unfold_less", steps.folded(key), key)
        if key != steps.node:
            _way("Hide", "visibility_off", steps.hidden(key), "")
        if key in steps.pins():
            _way("Let go", "keep_off", steps.unpinned(key), key)
        if isinstance(thing, Node):
            if key != steps.node:
                st.button("Start here", icon=":material/center_focus_strong:", on_click=start_from, args=(key,))
            # Keyed by the node: a click that comes while another one is drawn is never taken for that one.
            st.button("Way from here", icon=":material/route:", on_click=put, args=(FROM, key), key=f"from-{key}")
            if one(FROM) and one(FROM) != key:
                st.button("Way to here", icon=":material/flag:", on_click=put, args=(TO, key), key=f"to-{key}")


def _way(label: str, icon: str, steps: Steps, chosen: str) -> None:
    st.button(label, icon=f":material/{icon}:", on_click=change, args=(steps, chosen), key=f"way-{label}")


def show_links(space: Workspace, node: Node) -> None:
    """Show links to other pages about a node: its case, its cases as a query, cases like it."""
    with st.container(key="links"):
        if node.label is Label.CASE:
            case_link(str(node.properties["case_id"]), "Open the case")
            link(SEARCH_PAGE, "Similar cases", "search", case=str(node.properties["case_id"]))
            return
        if node.label is Label.IMAGE:
            case_link(space.documents.image_with_case(node.properties["image_id"])[0].case_id, "Open the case")
        link(QUERY_PAGE, "Its cases", "table_rows", query=filter_of(node))
        if node.label in (Label.FINDING, Label.DIAGNOSIS, Label.TOPIC):
            link(SEARCH_PAGE, "Cases like this", "search", words=node.name)


def show_hidden(explored: Explored, steps: Steps) -> None:
    """Show what is hidden, each with a way to see it again."""
    there = [(key, explored.hidden[key]) for key in steps.hide if key in explored.hidden]
    if not there:
        return
    with st.container(horizontal=True, gap="xsmall", key="hidden", vertical_alignment="center"):
        line("Hidden:")
        for key, thing in there:
            st.button(
                as_written(name_of(thing)),
                icon=":material/visibility:",
                help="Show it again",
                on_click=change,
                args=(steps.shown_again(key),),
                key=f"hidden-{key}",
            )
