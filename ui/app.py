"""The Streamlit app. Started by `casegraph app`; each page stands in `ui/pages`."""

from __future__ import annotations

import streamlit as st

from ingest.errors import CaseGraphError
from ui.output import NOTICE

PAGES = (
    ("pages/query.py", "Query", "filter_list"),
    ("pages/case.py", "Case", "folder_open"),
    ("pages/search.py", "Similar cases", "search"),
    ("pages/compare.py", "Compare", "compare"),
    ("pages/graph.py", "Graph", "hub"),
    ("pages/classify.py", "Classify", "center_focus_weak"),
    ("pages/draft.py", "Draft", "edit_note"),
)

st.set_page_config(page_title="CaseGraph", page_icon=":material/hub:", layout="wide")
page = st.navigation(
    [
        st.Page(path, title=title, icon=f":material/{icon}:", default=path.endswith("query.py"))
        for path, title, icon in PAGES
    ],
    position="top",
)
try:
    page.run()
except CaseGraphError as error:
    st.error(str(error))
st.divider()
st.caption(NOTICE)
