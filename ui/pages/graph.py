"""The knowledge graph: start anywhere, click a node to unfold what stands around it, go back to a case."""

from __future__ import annotations

import streamlit as st

from kg.questions import Node, Subgraph, find_nodes, neighbourhood
from kg.schema import Label
from ui.graph_picture import graph_spec, joined
from ui.panels import CASE_PAGE, open_page, workspace
from ui.workspace import Workspace

MOST_NEIGHBOURS = 60  # of one node; more and the names cover each other
MOST_UNFOLDED = 12


def choose_start(space: Workspace) -> str | None:
    """Let the reader search for a node; return the key of the one that the address names."""
    words_field, label_field = st.columns((3, 1))
    with words_field:
        words = st.text_input("Find in the graph", placeholder="a finding, a diagnosis, a place, a case id")
    with label_field:
        label = st.selectbox("Kind", list(Label), index=None, placeholder="any")
    if words.strip():
        found = find_nodes(space.graph, words.strip(), label=label, limit=50)
        if not found:
            st.info("Nothing of that name. Try a shorter word.")
        names = {node.key: node.name for node in found}
        picked = st.pills("Found", list(names), format_func=lambda key: f"{names[key]} · {key.partition(':')[0]}")
        if picked and picked != st.query_params.get("node"):
            st.query_params["node"] = picked
            st.session_state["unfolded"] = [picked]
    return st.query_params.get("node")


def unfolded_graph(space: Workspace, start: str) -> Subgraph:
    """Return the neighbourhoods of all nodes that the reader unfolded, the start among them."""
    unfolded: list[str] = st.session_state.setdefault("unfolded", [start])
    if start not in unfolded:
        unfolded[:] = [start]
    return joined([neighbourhood(space.graph, key, depth=1, limit=MOST_NEIGHBOURS) for key in unfolded])


def show_graph(graph: Subgraph, start: str) -> Node | None:
    """Draw the graph; return the node that the reader clicked."""
    unfolded: list[str] = st.session_state["unfolded"]
    event = st.echarts_chart(
        graph_spec(graph, start, unfolded),
        height=620,
        on_select="rerun",
        key=f"graph-{start}-{len(unfolded)}",
        alt=f"Graph of {len(graph.nodes)} nodes around {start}",
    )
    picked = [i for group in event.selection.selected if group["data_type"] != "edge" for i in group["data_indices"]]
    return graph.nodes[picked[-1]] if picked else None


def show_choice(node: Node) -> None:
    """Say what the clicked node is and offer the ways from it."""
    st.markdown("**Chosen**")
    st.text(f"{node.name}  ({node.key})")
    unfolded: list[str] = st.session_state["unfolded"]
    if node.key.startswith("Case:") and st.button("Open the case", type="primary", icon=":material/open_in_new:"):
        open_page(CASE_PAGE, case=node.key.partition(":")[2])
    if st.button("Start from here", icon=":material/center_focus_strong:"):
        st.session_state["unfolded"] = [node.key]
        open_page("pages/graph.py", node=node.key)
    if node.key not in unfolded:
        unfolded.append(node.key)
        del unfolded[: max(0, len(unfolded) - MOST_UNFOLDED)]
        st.rerun()


def show_relationships(graph: Subgraph) -> None:
    """Show the same as a table, for those who read rather than look."""
    names = {node.key: node.name for node in graph.nodes}
    with st.expander(f"{len(graph.nodes)} nodes, {len(graph.relationships)} relationships as a table"):
        st.dataframe(
            [{"from": names[r.source], "relationship": r.type, "to": names[r.target]} for r in graph.relationships],
            hide_index=True,
        )


space = workspace()
st.title("Knowledge graph", anchor=False)
start = choose_start(space)
if start is None:
    st.info("Find a node by its name, or come here from a case.")
else:
    graph = unfolded_graph(space, start)
    picture, choice = st.columns((4, 1))
    with picture:
        clicked = show_graph(graph, start)
    with choice:
        st.caption("Click a node to unfold it. Drag to move, scroll to zoom.")
        if clicked:
            show_choice(clicked)
        cases = [node for node in graph.nodes if node.key.startswith("Case:")]
        named = st.selectbox(
            "Cases here", cases, index=None, format_func=lambda node: node.name, placeholder="open one"
        )
        if named:
            open_page(CASE_PAGE, case=named.key.partition(":")[2])
    show_relationships(graph)
