"""The Streamlit app. Started by `casegraph app`; each page stands in `ui/pages`."""

from __future__ import annotations

import streamlit as st

from ingest.errors import CaseGraphError
from ui.look import ICON, dress_page
from ui.panels import workspace
from ui.texts import as_written

PAGES = (
    ("pages/query.py", "Query"),
    ("pages/case.py", "Case"),
    ("pages/search.py", "Similar cases"),
    ("pages/compare.py", "Compare"),
    ("pages/graph.py", "Graph"),
    ("pages/classify.py", "Classify"),
    ("pages/draft.py", "Draft"),
)

# The pages have no icons: Streamlit would fetch each from the network, for the browser's tab.
page = st.navigation(
    [st.Page(path, title=title, default=path.endswith("query.py")) for path, title in PAGES], position="top"
)
dress_page(page.title)
st.logo(ICON, size="large")
try:
    if workspace().store.count():
        page.run()
    else:
        st.info("The workspace holds no cases yet. Fill it: `casegraph ingest FOLDER`, then `casegraph index`.")
except CaseGraphError as error:
    st.error(as_written(str(error)), icon=":material/error:")
