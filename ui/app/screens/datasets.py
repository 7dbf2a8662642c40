"""Data sets: which cases, as what, in which formats, splits and licences; counted, looked at, checked, handed over."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from casegraph.errors import CaseGraphError, InputError
from casegraph.recipes import Recipe, RecipeText, parse_recipe
from casegraph.subsets import Counted, ShownItem, SubsetReport, fits_one_file
from casegraph.workspace import Workspace
from ui.app.address import begin
from ui.app.dataset_form import show_settings
from ui.app.dataset_making import CHECK, FILE, FOLDER, DatasetQuestion, check, keep, kept, pack, wait_for_what_is_made
from ui.app.dataset_question import SETTINGS, ask_as, asked_recipe, text_of
from ui.app.dataset_report import show_counts, show_examples, show_report
from ui.app.filtering import NAMES, Narrowed, all_of, filter_form, gathered, show_conditions, typed_query
from ui.app.panels import workspace
from ui.app.remedies import answered, show_error
from ui.app.scrolling import bring_into_view
from ui.app.texts import as_written, line

UNDERSTOOD, PROBLEM, READ = "data-set-understood", "data-set-recipe-problem", "data-set-recipe-read"
ABOUT = (
    "Images and texts of the archive, to train and test with: split without leaks, with licence and citation of each."
)
CHECKED = "Assigns the splits and checks for leaks. The first time it reads every image."
MAX_RECIPE_MB, MB = 1, 1e6
EXAMPLES = 3


@st.cache_data(max_entries=16, show_spinner=False)
def counts_of(asked: DatasetQuestion) -> Counted:
    """Return what a recipe takes."""
    return workspace().subsets.count(RecipeText(asked[-1]))


@st.cache_data(max_entries=16, show_spinner=False)
def examples_of(asked: DatasetQuestion) -> list[ShownItem]:
    """Return the first items of a data set."""
    return workspace().subsets.examples(RecipeText(asked[-1]), EXAMPLES)


def checked_text(recipe: Recipe) -> str:
    """Return the text of a recipe. Raises InputError where it says what no recipe can."""
    text = text_of(recipe)
    parse_recipe(text)
    return text


def state_of(space: Workspace, text: str) -> DatasetQuestion:
    """Return what answers to a recipe hold for: they are asked again when it is another."""
    return str(space.folder), space.documents.sequence(), gathered(space, text), text


def open_recipe() -> None:
    """Let the reader fill the page with the recipe of a file."""
    with st.popover("Open a recipe", icon=":material/upload_file:", key="open-recipe"):
        upload = st.file_uploader("A recipe (TOML)", type="toml", key="recipe-upload", max_upload_size=MAX_RECIPE_MB)
        if upload is None:
            st.session_state.pop(PROBLEM, None)
        if upload is None or st.session_state.get(READ) == upload.file_id:
            return
        st.session_state[READ] = upload.file_id
        try:
            ask_as(_text(upload.getvalue()))
        except CaseGraphError as error:
            st.session_state[PROBLEM] = error
        else:
            st.session_state.pop(PROBLEM, None)
    st.rerun()


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError("the file is not a recipe: it is not UTF-8 text. Choose another.") from error


def show_head(narrowed: Narrowed, recipe: Recipe | None, text: str | None, counted: Counted | None) -> None:
    """Show how much the data set takes, its conditions, and the ways of its recipe from and into a file."""
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.container(width="stretch", key="counts"):
            if counted is not None:
                show_counts(counted)
            else:
                line("What is asked cannot be counted yet: see below.")
        open_recipe()
        if recipe and text:
            st.download_button(
                "Save the recipe",
                text,
                f"{recipe.name}.toml",
                "application/toml",
                icon=":material/download:",
                on_click="ignore",
                key="save-recipe",
            )
    if problem := st.session_state.get(PROBLEM):
        show_error(problem)
    show_conditions(narrowed)


def show_check(space: Workspace, recipe: Recipe, asked: DatasetQuestion) -> None:
    """Offer the check; once it is made, show what came of it and offer the data set itself."""
    report: SubsetReport | None = kept(CHECK, asked)
    places: dict[str, DeltaGenerator] = {}
    if report is None and st.button(
        "Check it", type="primary", icon=":material/fact_check:", key="check", help=CHECKED
    ):
        check(space, asked)
    places[CHECK] = st.empty()
    with st.container(border=True, key="checked") if report else st.container():
        if report:
            st.subheader("Checked", anchor=False)
            show_report(report)
            offer_data_set(space, recipe, asked, report)
        places[FILE] = places[FOLDER] = st.empty()
    if report:
        bring_into_view(".st-key-checked", report.digest)
    if (examples := answered(partial(examples_of, asked))) is not None:
        show_examples(space, examples)
    wait_for_what_is_made(places)


def offer_data_set(space: Workspace, recipe: Recipe, asked: DatasetQuestion, report: SubsetReport) -> None:
    """Offer a checked data set as one file, or in a folder of the workspace."""
    packed, place = kept(FILE, asked), space.subsets.kept_folder_of(report)
    small = fits_one_file(report)
    with st.container(horizontal=True, vertical_alignment="center"):
        if packed is not None:
            st.download_button(
                f"Download {packed.file.name} ({packed.file.stat().st_size / MB:,.1f} MB)",
                packed.file.read_bytes,
                packed.file.name,
                "application/zip",
                type="primary",
                icon=":material/download:",
                on_click="ignore",
                key="download-data-set",
            )
        elif st.button("Make one file", type="primary", icon=":material/folder_zip:", key="pack", disabled=not small):
            pack(space, asked, recipe.name)
        if not place.is_dir() and st.button("Write into the workspace", icon=":material/folder:", key="keep"):
            keep(space, asked, report)
    if not small:
        line("It is too large for one file from here: write it into the workspace.")
    if place.is_dir():
        st.success(
            as_written(f"It stands in {place}. It is a copy: cases that are deleted later stay in it."),
            icon=":material/folder:",
        )


begin("datasets", (*SETTINGS, *NAMES))
space = workspace()
st.title("Data sets", anchor=False)
fields, answer = st.columns((1, 3), gap="large")
with fields:
    typed = typed_query(
        UNDERSTOOD,
        placeholder="finding:mass year=2015..",
        help_text="Conditions that no field below has, such as finding:mass, text~fever, within:2:MPX9001. The fields "
        "below narrow it further.",
        kept="What is counted is by the query before it.",
    )
    narrowed = filter_form(space, typed)
with answer:
    line(ABOUT)
    head, settings, told = st.container(), st.container(border=True, key="settings"), st.container()
    with settings:
        said = show_settings(space)
    recipe = asked_recipe(all_of(typed, narrowed.where), *said) if said else None
    with told:
        text = answered(partial(checked_text, recipe)) if recipe else None
        asked = state_of(space, text) if text else None
        counted = answered(partial(counts_of, asked)) if asked else None
    with head:
        show_head(narrowed, recipe, text, counted)
    if recipe and asked and counted:
        if counted.items or not counted.whole:
            show_check(space, recipe, asked)
        else:
            st.info("Nothing is left. Take a condition away or widen it.")
