"""The picture of the graph with its table: one component, whose JavaScript beside this file runs in the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st
import streamlit.components.v2 as components

from ui.app.scripts import as_one_script, styles

MODULES = ("view", "keys", "fingers", "parts", "picture")  # each after those that it imports


@dataclass(frozen=True)
class Act:
    """What a reader has done in the picture: with which node or group, and where it was put."""

    what: str
    key: str
    place: tuple[int, int] = (0, 0)


def show_picture(picture: Mapping[str, Any], key: str, acted: Callable[[Act], None]) -> None:
    """Show what `ui.app.graph_drawing.picture_of` returns; `acted` is told of what the reader does."""

    def tell() -> None:
        if done := st.session_state[key]["act"]:
            acted(Act(str(done["what"]), str(done["key"]), (int(done.get("x", 0)), int(done.get("y", 0)))))

    _component(data=dict(picture), key=key, on_act_change=tell)


_component = components.component(
    "casegraph_graph",
    css=styles("ui.app.graph_picture", "picture"),
    js=as_one_script("ui.app.graph_picture", MODULES),
    isolate_styles=False,  # its colours are those of the page
)
