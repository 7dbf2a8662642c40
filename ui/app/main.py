"""The Streamlit app. Started by `casegraph app`; each page stands in `ui/app/screens`."""

from __future__ import annotations

import streamlit as st

from casegraph.errors import CaseGraphError
from ui.app.faults import keep_errors_to_ourselves, written_down
from ui.app.look import ICON, dress_page
from ui.app.panels import workspace
from ui.app.remedies import show_error
from ui.app.texts import as_written
from ui.app.warming import show_warmth

PAGES = (
    ("screens/query.py", "Query"),
    ("screens/case.py", "Case"),
    ("screens/search.py", "Similar cases"),
    ("screens/compare.py", "Compare"),
    ("screens/graph.py", "Graph"),
    ("screens/classify.py", "Classify"),
    ("screens/draft.py", "Draft"),
)

keep_errors_to_ourselves()
# The pages have no icons: Streamlit would fetch each from the network, for the browser's tab.
page = st.navigation(
    [st.Page(path, title=title, default=path.endswith("query.py")) for path, title in PAGES], position="top"
)
with dress_page(page.title):
    show_warmth()
st.logo(ICON, size="large")
try:
    if workspace().documents.count():
        page.run()
    else:
        st.info("The workspace holds no cases yet. Fill it: `casegraph ingest FOLDER`, then `casegraph index`.")
except CaseGraphError as error:
    show_error(error)
except Exception as error:  # noqa: BLE001  the boundary of the pages: a sentence with a code, and a file for us
    sentence = written_down(error)
    st.error(as_written(f"{sentence[0].upper()}{sentence[1:]}"), icon=":material/error:")
