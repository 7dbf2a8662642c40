"""The knowledge graph: start anywhere, click a node to unfold what stands around it, go back to a case."""

from __future__ import annotations

import streamlit as st

from casegraph.graph import Label, Node, Subgraph
from casegraph.workspace import Workspace
from ui.app.address import begin, field, many, one, put, written
from ui.app.graph_drawing import LINES_IN_WORDS, graph_spec, merged, node_name
from ui.app.panels import CURRENT_CASE, case_link, cover_image, patient_line, show_image, turn_button, workspace
from ui.app.texts import heading, line

MAX_NEIGHBOURS = 60  # of one node; more and the names cover each other
MAX_UNFOLDED = 12
MAX_FOUND = 30


def find_start(space: Workspace) -> None:
    """Let the reader search for a node, and go to it."""
    words_field, label_field = st.columns((4, 1))
    with words_field:
        st.text_input(
            "Find in the graph",
            type="search",
            key=field("find", one("find")),
            on_change=written,
            args=("find",),
            placeholder="a finding, a diagnosis, a place, a case id",
        )
    label = Label(one("kind")) if one("kind") in set(Label) else None
    with label_field:
        st.selectbox(
            "Kind",
            list(Label),
            index=None,
            key=field("kind", label),
            on_change=written,
            args=("kind",),
            placeholder="any",
        )
    if not (words := one("find").strip()):
        return
    found = space.graph.find(words, label=label, limit=MAX_FOUND)
    if not found:
        st.info("Nothing of that name. Try a shorter word.")
        return
    with st.container(horizontal=True, gap="xsmall"):
        for node in found:
            turn_to(f"{node_name(node)} · {node.label}", "hub", f"found-{node.key}", node)


def turn_to(label: str, icon: str, key: str, node: Node) -> None:
    """Show a button that starts the graph from a node."""
    turn_button(label, icon, key, node=node.key, chosen="", unfolded="")


def start_node(space: Workspace) -> str:
    """Return the node that the address names, else the case seen last, else the first case."""
    if not one("node"):
        case_id = st.session_state.get(CURRENT_CASE) or space.documents.case_ids()[0]
        put("node", f"{Label.CASE}:{case_id}")
    return space.graph.node_key(one("node"))


def unfolded_nodes(start: str) -> list[str]:
    """Return the start and the nodes that the address says are unfolded, the newest where they are many."""
    return [start, *(key for key in many("unfolded") if key != start)][-MAX_UNFOLDED:]


def unfolded_graph(space: Workspace, start: str) -> Subgraph:
    """Return the neighbourhoods of all nodes that the reader unfolded, the start among them."""
    with st.spinner("Asking the graph ..."):
        parts = [space.graph.around(key, depth=1, limit=MAX_NEIGHBOURS) for key in unfolded_nodes(start)]
        return merged(parts)


def show_graph(graph: Subgraph, start: str) -> None:
    """Draw the graph; a click on a node chooses and unfolds it."""
    unfolded = unfolded_nodes(start)
    event = st.echarts_chart(
        graph_spec(graph, start, unfolded, dark=st.context.theme.type == "dark"),
        height=580,
        on_select="rerun",
        key=f"graph-{start}-{len(unfolded)}",
        alt=f"Graph of {len(graph.nodes)} nodes around {start}",
    )
    picked = [i for group in event.selection.selected if group["data_type"] != "edge" for i in group["data_indices"]]
    key = graph.nodes[picked[-1]].key if picked else None
    if key and key != (one("chosen") or start):
        put("chosen", key)
        put("unfolded", [*unfolded[1:], key] if key not in unfolded else unfolded[1:])
        st.rerun()


def show_choice(space: Workspace, node: Node) -> None:
    """Say what the chosen node is and offer the ways from it."""
    line(str(node.label))
    heading(node_name(node), 3)
    case_id = node.properties.get("case_id")
    if node.label is Label.IMAGE:
        case, image = space.documents.image_with_case(node.properties["image_id"])
        show_image(image)
        case_id = case.case_id
    elif node.label is Label.CASE:
        case = space.documents.case(str(case_id))
        line(f"{case.title} · {patient_line(case)}")
        if image := cover_image(case):
            show_image(image, caption=False)
    if case_id:
        case_link(str(case_id), "Open the case")
    if node.key != one("node"):
        turn_to("Start from here", "center_focus_strong", "start-here", node)


def show_ways(space: Workspace, graph: Subgraph) -> None:
    """Show the chosen node and the cases in the image."""
    chosen = next((node for node in graph.nodes if node.key == (one("chosen") or one("node"))), graph.nodes[0])
    with st.container(border=True, key="thumb-chosen"):
        show_choice(space, chosen)
    cases = [node for node in graph.nodes if node.label is Label.CASE and node.key != chosen.key]
    if cases:
        line("Other cases here")
        with st.container(height=220, border=False):
            for node in cases:
                case_link(str(node.properties["case_id"]), node_name(node))


def show_relationships(graph: Subgraph) -> None:
    """Show the same as a table, for those who read rather than look."""
    names = {node.key: node_name(node) for node in graph.nodes}
    with st.expander(f"{len(graph.nodes)} nodes, {len(graph.relationships)} relationships as a table"):
        st.dataframe(
            [{"from": names[r.source], "relationship": r.type, "to": names[r.target]} for r in graph.relationships],
            hide_index=True,
        )


begin("graph", ("node", "chosen", "unfolded", "find", "kind"))
space = workspace()
st.title("Knowledge graph", anchor=False)
find_start(space)
start = start_node(space)
graph = unfolded_graph(space, start)
image, choice = st.columns((4, 1), gap="medium")
with image:
    show_graph(graph, start)
    left_out = "" if graph.complete else f" Of some nodes only {MAX_NEIGHBOURS} neighbours are shown."
    st.caption(f"Click a node to unfold it. Drag to move, scroll to zoom. {LINES_IN_WORDS}{left_out}")
with choice:
    show_ways(space, graph)
show_relationships(graph)
