"""The Streamlit app. Started by `casegraph app`; each page stands in `ui/app/screens`."""

from __future__ import annotations

import streamlit as st

from casegraph.errors import CaseGraphError
from ui.app.faults import keep_errors_to_ourselves, written_down
from ui.app.look import ICON, dress_page
from ui.app.panels import MANAGE_PAGE, link, workspace
from ui.app.remedies import show_error, show_fault
from ui.app.warming import show_warmth

PAGES = (
    ("screens/home.py", "Home"),
    ("screens/query.py", "Query"),
    ("screens/case.py", "Case"),
    ("screens/search.py", "Similar cases"),
    ("screens/compare.py", "Compare"),
    ("screens/graph.py", "Graph"),
    ("screens/map.py", "Map"),
    ("screens/classify.py", "Classify"),
    ("screens/draft.py", "Draft"),
    ("screens/teach.py", "Teach"),
    ("screens/datasets.py", "Data sets"),
    (MANAGE_PAGE, "Manage"),
)

keep_errors_to_ourselves()
# The pages have no icons: Streamlit would fetch each from the network, for the browser's tab.
page = st.navigation(
    [st.Page(path, title=title, default=path.endswith("home.py")) for path, title in PAGES], position="top"
)
with dress_page(page.title):
    show_warmth()
st.logo(ICON, size="large")
try:
    if page.title == "Manage" or workspace().documents.count():
        page.run()
    else:
        st.info("The workspace holds no cases yet. Read some on the page Manage.", icon=":material/inbox:")
        link(MANAGE_PAGE, "Read cases", "input")
except CaseGraphError as error:
    show_error(error)
except Exception as error:  # noqa: BLE001  the boundary of the pages: a sentence with a code, and a file for us
    show_fault(written_down(error))
