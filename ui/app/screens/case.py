"""One case: its images, large, on the left; on the right the report, the disease and where the case is from."""

from __future__ import annotations

from functools import partial

import streamlit as st

from casegraph.cases import Case, Image, Section, Status, to_document
from casegraph.graph import Label
from casegraph.recipes import NOT_STATED
from casegraph.workspace import Workspace
from ui.app.address import begin, one
from ui.app.case_picker import WORDS, chosen_case
from ui.app.error_report import offer_error_report, show_error_report
from ui.app.panels import (
    COMPARE_PAGE,
    CURRENT_CASE,
    GRAPH_PAGE,
    PASSAGE,
    SEARCH_PAGE,
    image_bytes,
    link,
    open_page,
    patient_line,
    shown,
    workspace,
)
from ui.app.results import RESULT, show_ways_of_case
from ui.app.scrolling import bring_into_view
from ui.app.texts import Span, as_written, assertion_legend, heading, line, marked, section, web_link
from ui.app.uploads import keep_image
from ui.app.viewer import BoxTool, Shown, Size, show_viewer

REPORT: tuple[tuple[str, Section], ...] = (
    ("History", Section.HISTORY),
    ("Exam", Section.EXAM),
    ("Findings", Section.FINDINGS),
    ("Differential diagnosis", Section.DIFFERENTIAL_DIAGNOSIS),
    ("Diagnosis", Section.DIAGNOSIS),
    ("Confirmed by", Section.CONFIRMATION),
    ("Treatment and follow-up", Section.TREATMENT),
    ("Discussion", Section.DISCUSSION),
)
TABS = REPORTED, TOPIC, SOURCE, LEDGER = "Case", "Topic", "Source", "How values were read"
REGION = "region-to-search"
DISEASE: tuple[tuple[str, Section], ...] = (("Disease discussion", Section.TOPIC_DISCUSSION),)


def cited_span(of: Section) -> Span | None:
    """Return the passage of this section that the page's address names."""
    start, end = one("start"), one("end")
    if one("section") == of and start.isdecimal() and end.isdecimal():
        return int(start), int(end)
    return None


def show_images(space: Workspace, case: Case) -> None:
    """Show the images as a stack, each with its caption; a region of one can be searched for."""
    if not case.images:
        st.info("This case has no images.")
        return
    named = one("image_id")
    stack = [shown(image, caption_html(case, image, cited=image.image_id == named)) for image in case.images]
    box = BoxTool("More like this region", partial(search_for, space))
    show_viewer(stack, f"case-{case.case_id}", name=f"Images of {case.short_id}", start=named or None, box=box)
    show_originals(space, case)


def caption_html(case: Case, image: Image, *, cited: bool) -> str:
    """Return a caption with its mentions marked, and the passage outlined that the page's address names."""
    mentions = [a for a in case.annotations if a.image_id == image.image_id and a.section is Section.CAPTION]
    return marked(image.caption or "", mentions, cited_span(Section.CAPTION) if cited else None)


def search_for(space: Workspace, image_id: str, box: str) -> None:
    """Take an image and a box to the page Similar cases."""
    png = image_bytes(space.documents.image(image_id))
    if png is not None and box:
        keep_image("search", space.decode(png))
        st.session_state[REGION] = box


def show_originals(space: Workspace, case: Case) -> None:
    """Show the full-size images that were fetched, where there are some."""
    originals = space.originals.of(case)
    if not originals:
        return
    hosts = ", ".join(sorted({original.host for original in originals.values()}))
    with st.expander(as_written(f"Originals: {len(originals)}, from {hosts}"), icon=":material/zoom_in:"):
        stack = [
            Shown(image_id, space.originals.png(original), alt="original", line=original.host)
            for image_id, original in originals.items()
        ]
        show_viewer(stack, f"originals-{case.case_id}", name=f"Originals of {case.short_id}", size=Size.MEDIUM)


def cited_tab() -> str:
    """Return the tab in which the passage stands that the page's address names."""
    return TOPIC if one("section") in (*(part for _, part in DISEASE), Section.TOPIC_TITLE) else REPORTED


def show_sections(case: Case, sections: tuple[tuple[str, Section], ...]) -> None:
    """Show each text that the case has under its heading."""
    for name, part in sections:
        if text := case.sections.get(part):
            section(name, text, [a for a in case.annotations if a.section is part], cited_span(part))


def show_header(space: Workspace, case: Case) -> None:
    """Show what the case is called and the ways from it."""
    heading(case.sections.get(Section.TITLE, case.title), cited=cited_span(Section.TITLE))
    line(" · ".join((case.case_id, patient_line(case))))
    if case.status is Status.PARTIAL:
        missing = sum(1 for image in case.images if image.problem)
        lacking = f"{missing} of its {len(case.images)} images" if missing else "something that its source promised"
        st.warning(f"This case is partial: {lacking} could not be read.", icon=":material/warning:")
    with st.container(horizontal=True):
        with st.container(key="main-way", width="content"):
            link(SEARCH_PAGE, "Similar cases", "search", case=case.case_id)
        link(COMPARE_PAGE, "Compare", "compare", case=case.case_id)
        link(GRAPH_PAGE, "In the graph", "hub", node=f"{Label.CASE}:{case.case_id}")
        offer_error_report(space, case)
    show_error_report()


def show_texts(case: Case) -> None:
    """Show what the texts of the case say, and where they are from."""
    cited = [one(name) for name in PASSAGE]
    report, topic, source, ledger = st.tabs(TABS, default=cited_tab(), key=f"tabs-{case.case_id}-{'-'.join(cited)}")
    with report:
        assertion_legend()
        show_sections(case, REPORT)
    with topic:
        show_topic(case)
    with source:
        show_source(case)
    with ledger:
        columns = ("field", "raw", "rule", "value", "conflict")
        st.dataframe([{name: getattr(entry, name) for name in columns} for entry in case.ledger], hide_index=True)
    if st.toggle("For developers", key="developer", persist_state="session"):
        line(f"Split: {case.split or 'none'}")
        st.json(to_document(case), expanded=1)
    if any(cited):
        bring_into_view(".cg-cited", "-".join((case.case_id, *cited)), middle=True)


def show_source(case: Case) -> None:
    """Show where the case is from: article and licence, addresses, and the files of its images."""
    article = case.article
    facts = {
        "Source": case.source,
        "Citation": article and article.citation,
        "Licence": (article and article.licence) or NOT_STATED,
        "Year": article and article.year,
    }
    for name, said in facts.items():
        if said:
            section(name, said)
    addresses = [address for image in case.images for address in image.links]
    if article and article.doi:
        addresses.insert(0, f"https://doi.org/{article.doi}")
    links = dict.fromkeys(address for address in addresses if address.startswith("https://"))
    if links:
        st.html(f'<div class="cg-section"><h3>Originals</h3>{"".join(web_link(address) for address in links)}</div>')
    files = [
        {
            "image": number,
            "file at the source": image.source_name,
            "size": f"{image.width_px} x {image.height_px}" if image.width_px else "missing",
            "SHA-256 of the file": image.source_sha256,
        }
        for number, image in enumerate(case.images, 1)
    ]
    if files:
        st.dataframe(files, hide_index=True)


def show_topic(case: Case) -> None:
    """Show the disease that the case teaches."""
    title = case.sections.get(Section.TOPIC_TITLE, case.topic.title)
    facts = {"Topic": title, "Category": case.topic.pathology_category, "ACR code": case.topic.acr_code}
    if not any((*facts.values(), case.sections.get(Section.TOPIC_DISCUSSION))):
        line("The source says nothing of the disease.")
    for name, value in facts.items():
        if value:
            section(name, value, cited=cited_span(Section.TOPIC_TITLE) if name == "Topic" else None)
    show_sections(case, DISEASE)


begin("case", ("case", RESULT, WORDS, *PASSAGE))
space = workspace()
images, texts = st.columns((5, 4), gap="large")
with texts:
    case = chosen_case(space, "case", "Open a case", keeps=st.session_state.get(CURRENT_CASE), hidden=True)
if case:
    st.session_state[CURRENT_CASE] = case.case_id
    st.set_page_config(page_title=f"{case.short_id} · CaseGraph")
    if region := st.session_state.pop(REGION, None):
        open_page(SEARCH_PAGE, **{"box-1": region})
    with images, st.container(key="beside"):
        show_images(space, case)
    with texts:
        show_ways_of_case(space, case)
        show_header(space, case)
        show_texts(case)
else:
    with images:
        st.title("Case", anchor=False)
        st.info("Choose a case from the list, or find one by its fields under Query.", icon=":material/folder_open:")
