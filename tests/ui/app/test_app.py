"""The pages of the app, run by Streamlit's own test harness on real workspaces."""

import html
import json
import re
import sys
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.metadata import packages_distributions
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from active_texts import BASIC
from case_factory import make_case, make_image
from dicom_bytes import dataset_of, written
from image_bytes import encoded, ramp
from streamlit.testing.v1 import AppTest

import casegraph
from casegraph.cases import Between, OneOf
from casegraph.drafts import DraftRequest, Drafts, DraftSection, numbered
from casegraph.notice import NOTICE
from casegraph.search import ReadCondition
from ingest.annotation.annotate import annotate
from ingest.case import Case
from ingest.store.query_text import parse_filter
from ingest.vocabulary import Section
from rag.drafts.render import LABEL
from ui.app.understood import in_words

APP = Path(__file__).parents[3] / "ui" / "app" / "main.py"
PAGES = (
    "home",
    "query",
    "case",
    "search",
    "compare",
    "graph",
    "classify",
    "draft",
    "teach",
    "datasets",
    "map",
    "manage",
)
HOSTILE = "![x](https://evil.invalid/a.png) <script>alert(1)</script> [y](javascript:alert(2)) www.evil.invalid $x$"
Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def remembered() -> Iterator[list[str]]:
    """Hold the workspace that the app remembers, in a list of one; let go of its engines at the end."""
    yield [""]
    st.cache_resource.clear()


@pytest.fixture
def on(remembered: list[str], monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Open]:
    """Return how to open the app on a workspace: each opening is a browser session of its own."""

    def on_workspace(folder: Path) -> Open:
        monkeypatch.setenv("CASEGRAPH_WORKSPACE", str(folder))
        if remembered != [str(folder)]:
            st.cache_resource.clear()
            st.cache_data.clear()
            remembered[:] = [str(folder)]

        def open_page(page: str = "query", session: AppTest | None = None, **parameters: str) -> AppTest:
            app = session or AppTest.from_file(str(APP), default_timeout=60).run()
            app.query_params.clear()
            for name, value in parameters.items():
                app.query_params[name] = value
            return app.switch_page(f"screens/{page}.py").run()

        return open_page

    return on_workspace


@pytest.fixture
def demo(on: Callable[[Path], Open], demo_workspace: Path) -> Open:
    """Open the app on the sample cases."""
    return on(demo_workspace)


@pytest.fixture
def unindexed_workspace(small_release: Path, tmp_path: Path) -> Path:
    """Return the folder of a workspace that holds a few cases, without graph and vectors."""
    folder = tmp_path / "workspace"
    with casegraph.open(folder, create=True) as space:
        space.documents.ingest(small_release)
    return folder


def htmls(app: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def texts(app: AppTest) -> str:
    """Everything that pages show as text of cases, unescaped."""
    return html.unescape(re.sub(r"<[^>]+>", "", htmls(app)))


def asked(app: AppTest, name: str) -> str:
    """Return what the page's address says of a parameter."""
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def viewers(app: AppTest) -> list[dict]:
    """What the viewers of the page are given."""
    given = (json.loads(part.proto.json or part.proto.mixed.json) for part in app.get("bidi_component"))
    return [data for data in given if "images" in data]


def errors(app: AppTest) -> str:
    return "\n".join(str(error.value).replace("\\", "") for error in app.error)


def links(app: AppTest) -> list[tuple[str, str]]:
    return [(link.proto.page, link.proto.query_string) for link in app.page_link]


@pytest.mark.parametrize("page", PAGES)
def test_each_page_runs_and_says_that_it_does_not_diagnose(demo: Open, page: str):
    app = demo(page)
    assert not app.exception and not app.error
    assert NOTICE in htmls(app)


def test_no_file_beside_the_app_hides_a_package():
    # Streamlit puts the folder of the app first on the path.
    beside = {place.stem for place in APP.parent.iterdir() if place.suffix in {"", ".py"}}
    assert beside.isdisjoint({*packages_distributions(), *sys.stdlib_module_names})
    assert not (APP.parent / "pages").exists()  # Streamlit would offer its scripts by themselves, without the notice


def test_a_query_with_fields_finds_what_the_store_finds(demo: Open, demo_workspace: Path):
    app = demo("query")
    app.multiselect(key="query-modality").select("MR").run()
    app.selectbox(key="query-finding").select("finding:edema").run()
    app.text_input(key="query-query").input("sex=female").run()
    with casegraph.open(demo_workspace) as space:
        number = space.engines.store.count(parse_filter("sex=female modality=MR finding:edema"))
    assert number and app.subheader[0].value == f"{number} cases"
    assert len(app.dataframe[0].value) == number
    assert "modality" in app.code[0].value and "finding:edema" in app.code[0].value


def test_cases_are_narrowed_down_to_a_disease_with_its_kinds(demo: Open, demo_workspace: Path):
    app = demo("query")
    with casegraph.open(demo_workspace) as space:
        counts = space.documents.facets("disease")
    offered = next(field for field in app.multiselect if field.label == "Disease")
    assert offered.options[0] == "{} ({})".format(*next(iter(counts.items())))
    offered.select("Stroke").run()
    assert app.subheader[0].value == f"{counts['Stroke']} case{'s' * (counts['Stroke'] != 1)}"


def test_counts_beside_values_follow_the_other_conditions(demo: Open, demo_workspace: Path):
    with casegraph.open(demo_workspace) as space:
        within = space.documents.facets("sex", "region=Thorax modality=CT")
        assert within != space.documents.facets("sex")
    app = demo("query", region="Thorax", query="modality=CT")
    sex = next(field for field in app.multiselect if field.label == "Sex")
    assert sex.options == [f"{value} ({cases})" for value, cases in within.items()]
    own = next(field for field in app.multiselect if field.label == "Region")
    assert len(own.options) > 1  # a field is not narrowed by itself


def test_a_view_of_the_paper_shows_its_rows(demo: Open):
    app = demo("query")
    app.selectbox(key="query-collection").select("Image_Descriptions").run()
    assert app.subheader[0].value == "150 documents"
    assert not app.exception


def test_an_unknown_field_is_an_error_in_a_sentence(demo: Open):
    app = demo("query")
    app.text_input(key="query-query").input("modalty=MR").run()
    assert "modality" in errors(app) and not app.exception


def test_a_saved_query_comes_back_in_another_session(on: Callable[[Path], Open], unindexed_workspace: Path):
    opened = on(unindexed_workspace)
    app = opened("query")
    app.text_input(key="query-query").input("modality=CT").run()
    next(field for field in app.text_input if field.label == "Name").input("My *CT* cases")
    next(button for button in app.button if button.label == "Save").click().run()
    other = opened("query")
    other.selectbox(key="saved").select("My *CT* cases").run()
    assert "modality=CT" in other.code[0].value
    assert other.subheader[0].value == app.subheader[0].value


def test_a_case_shows_its_report_and_stays_chosen_on_other_pages(demo: Open, demo_workspace: Path):
    app = demo("case", case="MPX9001")
    with casegraph.open(demo_workspace) as space:
        case = space.documents.case("MPX9001")
    assert case.title in htmls(app) and case.sections[Section.FINDINGS] in texts(app)
    assert ("case", "case=medpix2%3AMPX9001") not in links(app)
    assert ("compare", "case=medpix2%3AMPX9001") in links(app)
    assert asked(demo("graph", session=app), "node") == "Case:medpix2:MPX9001"
    assert asked(demo("compare", session=app), "case") == "medpix2:MPX9001"


def test_a_case_says_where_it_is_from_and_keeps_what_is_for_developers_behind_a_switch(demo: Open):
    app = demo("case", case="MPX9001")
    assert "<h3>Source</h3>" in htmls(app) and 'href="https://example.org/case?id=' in htmls(app)
    assert not app.get("json") and "Split: " not in texts(app)
    app.toggle(key="developer").set_value(True).run()
    assert app.get("json") and "Split: " in texts(app)


def test_a_case_without_a_licence_says_so_beside_its_source(demo: Open):
    app = demo("case", case="MPX9001")
    assert re.search(r"<h3>Licence</h3><div[^>]*>not stated</div>", htmls(app))


def test_what_is_typed_of_an_error_is_kept_with_its_case_until_it_is_sent(demo: Open):
    app = demo("case", case="MPX9001")
    app.text_input(key="wrong-said-medpix2:MPX9001").input("this is no glioblastoma").run()
    app.radio(key="wrong-medpix2:MPX9001").set_value("diagnosis").run()
    other = demo("case", session=app, case="MPX9002")
    assert other.text_input(key="wrong-said-medpix2:MPX9002").value == ""
    demo("query", session=other)
    back = demo("case", session=other, case="MPX9001")
    assert back.text_input(key="wrong-said-medpix2:MPX9001").value == "this is no glioblastoma"
    assert back.radio(key="wrong-medpix2:MPX9001").value == "diagnosis"


def test_a_differential_that_is_not_answered_yet_is_kept(on: Callable[[Path], Open], unindexed_workspace: Path):
    with casegraph.open(unindexed_workspace) as space:
        session = space.teaching.begin(cases=2)
    opened = on(unindexed_workspace)
    app, key = opened("teach"), f"differential-{session.session_id}"
    unknown_case(app, session.session_id, 1).text_area(key=f"{key}-1").input("Glioblastoma\nAbscess").run()
    opened("query", session=app)
    assert unknown_case(app, session.session_id, 2).text_area(key=f"{key}-2").value == ""
    assert unknown_case(app, session.session_id, 1).text_area(key=f"{key}-1").value == "Glioblastoma\nAbscess"
    app.button(key="answer").click().run()
    with casegraph.open(unindexed_workspace) as space:
        assert space.teaching.session(session.session_id).turn(1).differential == ("Glioblastoma", "Abscess")


def unknown_case(app: AppTest, session_id: str, number: int) -> AppTest:
    app.query_params["session"], app.query_params["at"] = session_id, str(number)
    return app.switch_page("screens/teach.py").run()


def test_a_citation_in_the_address_is_outlined(demo: Open):
    app = demo("case", case="medpix2:MPX9001", section="findings", start="0", end="5")
    assert '<span class="cg-cited">There</span>' in htmls(app)


@pytest.mark.parametrize(
    ("page", "name"), [("case", "case"), ("search", "case"), ("compare", "right"), ("compare", "case")]
)
def test_an_unknown_case_in_the_address_is_an_error_in_a_sentence(demo: Open, page: str, name: str):
    app = demo(page, **{name: "MPX0"})
    assert "MPX0" in errors(app) and not app.exception


def test_search_by_words_shows_hits_with_their_reasons(demo: Open):
    app = demo("search", words="glioblastoma")
    assert "1. Glioblastoma" in texts(app)
    assert re.search(r"<li><b>\w+</b> [^<]*glioblastoma", htmls(app), re.IGNORECASE)
    assert any(page == "case" and "section=" in query for page, query in links(app))


def test_search_is_narrowed_by_a_filter(demo: Open):
    app = demo("search", words="mass")
    app.multiselect(key="search-region").select("Thorax").run()
    app.slider(key="search-k").set_value(3).run()
    assert texts(app).count("score") == 3
    seen = [image["line"] for data in viewers(app) for image in data["images"]]
    assert len(seen) == 3 and all("Thorax" in line for line in seen)


def understood(app: AppTest) -> list[str]:
    """Return what the page shows of the conditions that the words set, taken away or not."""
    return [button.label for button in app.button if str(button.key).startswith(("understood-", "ignored-"))]


WORDS = "MRI of a mass in a woman over 40"


def test_what_was_read_from_the_words_is_in_view_and_can_be_taken_away_and_brought_back(demo: Open):
    app = demo("search", words=WORDS)
    assert understood(app) == ["40 years and older", "modality MR", "sex female"] and not app.warning
    narrow = texts(app)
    app.button(key="understood-sex").click().run()
    assert understood(app) == ["40 years and older", "modality MR", "any sex"] and asked(app, "ignored") == "sex"
    assert ", male" in texts(app) and ", male" not in narrow
    app.button(key="ignored-sex").click().run()
    assert texts(app) == narrow and "ignored" not in app.query_params


def test_other_words_forget_what_was_taken_away_of_the_last(demo: Open):
    app = demo("search", words=WORDS, ignored="modality")
    app.text_input(key="search-words").set_value("CT of a mass").run()
    assert understood(app) == ["modality CT"] and "ignored" not in app.query_params


def test_words_are_taken_literally_by_a_switch_that_the_address_keeps(demo: Open):
    app = demo("search", words=WORDS, ignored="modality")
    app.toggle(key="search-literal").set_value(True).run()
    assert understood(app) == [] and asked(app, "literal") == "True"
    shared = demo("search", words=WORDS, literal="True")
    assert shared.toggle(key="search-literal").value and understood(shared) == []
    app.toggle(key="search-literal").set_value(False).run()
    assert "literal" not in app.query_params and "any modality" in understood(app)


def test_a_condition_in_the_address_that_is_never_read_from_words_is_an_error_in_a_sentence(demo: Open):
    app = demo("search", words=WORDS, ignored="disease")
    assert "no condition on 'disease'" in errors(app) and not app.exception


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        (OneOf("modality", ("DX", "CR")), "modality DX or CR"),
        (OneOf("region", ("Head",)), "region Head"),
        (Between("age_years", None, 0.25), "up to 3 months"),
        (Between("age_years", None, 50.0), "up to 50 years"),
        (Between("age_years", None, 17.99), "under 18 years"),
        (Between("age_years", 0.0, 15.0), "up to 15 years"),
        (Between("age_years", 0.75, 3.0), "9 months to 3 years"),
        (Between("age_years", 48.0, 68.0), "48 to 68 years"),
        (Between("age_years", 65.0, None), "65 years and older"),
    ],
)
def test_a_condition_is_worded_as_on_the_form(condition: ReadCondition, says: str):
    assert in_words(condition) == says


def test_search_by_case_offers_to_compare_and_goes_on_from_a_hit(demo: Open):
    app = demo("search", case="medpix2:MPX9001")
    assert any(page == "compare" and "case=medpix2%3AMPX9001&case=" in query for page, query in links(app))
    app.button(key="like-medpix2:MPX9010").click().run()
    assert asked(app, "case") == "medpix2:MPX9010" and not app.exception


def test_search_goes_on_with_more_like_and_less_like_a_hit(demo: Open):
    app = demo("search", words="mass")
    app.button(key=first_key(app, "more-")).click().run()
    liked = asked(app, "more")
    app.button(key=first_key(app, "less-")).click().run()
    disliked = asked(app, "less")
    assert liked and disliked and liked != disliked and not app.exception
    for case_id in (liked, disliked):
        assert f"{case_id.partition(':')[2]} ·" not in texts(app)  # what was judged is not found again
    app.button(key=f"forget-less-{disliked}").click().run()
    assert "less" not in app.query_params and asked(app, "more") == liked


def first_key(app: AppTest, start: str) -> str:
    return next(str(button.key) for button in app.button if str(button.key).startswith(start))


def test_search_by_findings_alone_names_what_is_shared(demo: Open):
    app = demo("search", concepts="finding:ring-enhancement,finding:nothing")
    assert re.search(r"<b>Shares</b>.*?ring enhancement", htmls(app), re.DOTALL)


def test_a_finding_of_a_hit_is_taken_into_the_question(demo: Open):
    app = demo("search", words="ring-enhancing mass")
    app.button(key=first_key(app, "also-Shares-1-finding:ring-enhancement")).click().run()
    assert asked(app, "concepts") == "finding:ring-enhancement" and not app.exception
    assert not [button for button in app.button if str(button.key).endswith("finding:ring-enhancement")]  # it is asked


def test_search_by_a_region_of_an_image_and_by_a_second_image(demo: Open, sample_release: Path):
    app = demo("search")
    app.file_uploader(key="upload-search").upload("scan.png", a_image(sample_release), "image/png").run()
    app.text_input(key="search-box-1").set_value("1,2").run()
    assert "left,top,right,bottom" in errors(app)
    app.text_input(key="search-box-1").set_value("8,8,100,100").run()
    assert not errors(app) and "resembles your image" in texts(app)
    app.file_uploader(key="upload-search-2").upload("two.png", a_image(sample_release), "image/png").run()
    assert "resembles your image 2" in texts(app) and not app.exception


def test_search_by_image_finds_the_case_it_is_from(demo: Open, sample_release: Path):
    app = demo("search")
    app.file_uploader(key="upload-search").upload("scan.png", a_image(sample_release), "image/png").run()
    assert "your image" in texts(app)
    assert demo("query", session=app) and "your image" in texts(demo("search", session=app))  # kept in this session
    assert "your image" not in texts(demo("search"))  # and in no other


def test_t12_an_upload_that_is_no_image_is_declined_in_a_sentence(demo: Open):
    app = demo("classify")
    app.file_uploader(key="upload-classify").upload("scan.png", b"MZ not an image", "image/png").run()
    assert "E-PIC" in errors(app) and not app.exception


@pytest.mark.parametrize("name", ["IM000001", "scan.dicom", "scan.ima", "1.2.840.113619.2.5.1762583153"])
def test_an_upload_is_taken_under_any_name_and_its_notices_are_shown(demo: Open, name: str):
    app = demo("classify")
    assert list(app.file_uploader(key="upload-classify").proto.type) == []
    two_windows = {"WindowCenter": [128, 40], "WindowWidth": [256, 80]}
    content = written(dataset_of(np.tile(ramp(), (4, 4)), **two_windows))
    app.file_uploader(key="upload-classify").upload(name, content, "application/octet-stream").run()
    assert not errors(app) and not app.exception
    said = " ".join(caption.value for caption in app.caption).replace("\\", "")
    assert "2 windows; the first is shown" in said


def test_classify_says_what_it_sees_and_shows_like_images(demo: Open, sample_release: Path):
    app = demo("classify")
    app.file_uploader(key="upload-classify").upload("scan.png", a_image(sample_release), "image/png").run()
    shown = texts(app)
    assert {"Modality", "Plane", "Region"} <= set(shown.splitlines())
    assert "MR" in shown and "Head" in shown
    assert shown.count("similarity") == 4
    next(button for button in app.button if button.label == "Draft").click().run()
    assert not app.exception


def test_classify_asks_with_labels_of_ones_own(demo: Open, sample_release: Path):
    app = demo("classify")
    app.file_uploader(key="upload-classify").upload("scan.png", a_image(sample_release), "image/png").run()
    app.text_input(key="classify-labels").set_value("MR of the brain, CT of the chest").run()
    assert "Not calibrated" in texts(app)
    app.text_input(key="classify-labels").set_value("brain").run()
    assert "two or more" in errors(app) and not app.exception


def test_a_scan_that_the_classifier_does_not_know_is_said_once(demo: Open):
    app = demo("classify")
    noise = encoded(np.random.default_rng(0).integers(0, 255, (160, 160), dtype=np.uint8))
    app.file_uploader(key="upload-classify").upload("scan.png", noise, "image/png").run()
    said = [warning.value for warning in app.warning if "does not look like a scan" in warning.value]
    assert len(said) == 1 and texts(app).count("not sure") == 5 and "too low" not in texts(app)


def test_an_answer_that_is_not_sure_says_why_beside_its_probabilities(demo: Open, sample_release: Path):
    app = demo("classify")
    png = (sample_release / "images" / "MPX9005_synpic90014.png").read_bytes()
    app.file_uploader(key="upload-classify").upload("scan.png", png, "image/png").run()
    assert "A probability of 0." in texts(app) and "does not look like a scan" not in str(app.warning)
    bars = [bar.proto.text for bar in app.get("progress")]
    assert bars and all(re.search(r": probability \d\.\d\d$", text) for text in bars)
    assert "until you reload or close the page" in " ".join(caption.value for caption in app.caption)


def test_compare_shows_what_two_cases_share_and_where_they_differ(demo: Open):
    app = demo("compare", left="medpix2:MPX9001", right="medpix2:MPX9002")
    table = next(str(part.proto.body) for part in app.get("html") if "cg-table" in str(part.proto.body))
    both = "".join(re.findall(r'<td class="cg-both">(.*?)</td>', table))
    assert "ring enhancement" in both and "frontal lobe" not in both and "frontal lobe" in table
    assert "Common to all" in table and "MPX9001" in table


def test_compare_offers_like_cases_where_the_second_is_not_chosen(demo: Open):
    app = demo("compare", case="medpix2:MPX9001")
    app.button(key="with-medpix2:MPX9010").click().run()
    assert app.query_params["case"] == ["medpix2:MPX9001", "medpix2:MPX9010"]
    assert '<th scope="col">MPX9010</th>' in htmls(app)


def test_an_upload_is_laid_under_an_image_of_a_case_of_its_kind(demo: Open, sample_release: Path):
    app = demo("search")
    app.file_uploader(key="upload-search").upload("scan.png", a_image(sample_release), "image/png").run()
    app = demo("compare", session=app, own="1", case="medpix2:MPX9001")
    (wiped,) = overlays(app)
    assert wiped["overlay"]["kind"] == "wipe" and wiped["overlay"]["alt"].startswith("MPX9001: MR · ")
    plane = next(field for field in app.selectbox if field.label == "Plane of your image")
    assert plane.value == "axial"
    plane.select("oblique").run()
    assert not overlays(app) and "None of these cases has an image of this kind: MR, oblique." in texts(app)


def test_an_upload_of_which_the_classifier_is_not_sure_is_laid_under_a_case_as_its_reader_says(demo: Open):
    app = demo("search")
    noise = encoded(np.random.default_rng(0).integers(0, 255, (160, 160), dtype=np.uint8))
    app.file_uploader(key="upload-search").upload("scan.png", noise, "image/png").run()
    app = demo("compare", session=app, own="1", case="medpix2:MPX9001")
    assert not overlays(app) and "Say of which modality and plane" in texts(app)
    for name, said in (("Modality", "MR"), ("Plane", "axial")):
        next(field for field in app.selectbox if field.label == f"{name} of your image").select(said).run()
    assert len(overlays(app)) == 1


def overlays(app: AppTest) -> list[dict]:
    return [image for data in viewers(app) for image in data["images"] if image.get("overlay")]


def test_the_graph_shows_a_node_and_finds_others(demo: Open):
    app = demo("graph", node="Case:medpix2:MPX9001")
    assert ("case", "case=medpix2%3AMPX9001") in links(app)
    app.text_input(key="graph-find").input("edema").run()
    app.button(key="find-Finding:finding:edema").click().run()
    assert asked(app, "node") == "Finding:finding:edema"
    assert any(page == "query" and query.startswith("query=finding%3Aedema") for page, query in links(app))


def test_the_charts_of_a_finding_count_the_cases_that_a_query_finds(demo: Open, demo_workspace: Path):
    app = demo("graph", node="Finding:finding:mass", charts="True")
    with casegraph.open(demo_workspace) as space:
        cases = len(space.documents.case_ids("finding:mass or finding:soft-tissue-mass"))
    assert any(f"{cases} cases" in text.value for text in app.markdown) and not app.exception
    assert len(app.get("echarts_chart") or app.get("echarts")) == 2


def test_an_unknown_node_is_an_error_in_a_sentence(demo: Open):
    app = demo("graph", node="Finding:finding:nothing")
    assert "finding:nothing" in errors(app) and not app.exception


def draft_of(app: AppTest, findings: str) -> AppTest:
    app.text_area(key="findings").input(findings)
    return next(button for button in app.button if button.label == "Draft").click().run()


def test_a_draft_shows_its_label_its_subjects_and_its_citations(demo: Open):
    app = draft_of(demo("draft"), "Ring-enhancing mass in the left frontal lobe. No hemorrhage.")
    assert app.warning[0].value == LABEL
    assert "this scan" in texts(app) and "similar cases" in texts(app) and "Ring-enhancing mass" in texts(app)
    assert [button.label for button in app.get("download_button")] == ["Text", "Markdown", "JSON", "PDF"]  # pyright: ignore[reportAttributeAccessIssue]


def marked_of_draft(app: AppTest, kind: str) -> list[str]:
    """Return the statements or pieces of evidence that are marked as belonging together."""
    bodies = (str(element.proto.body) for element in app.get("html"))
    return [re.sub(r"<[^>]+>", "", body) for body in bodies if f'class="cg-{kind} cg-chosen"' in body]


def test_a_number_opens_the_passage_that_it_names_and_both_are_marked_from_both_sides(demo: Open):
    app = draft_of(demo("draft"), "Ring-enhancing mass in the left frontal lobe. No hemorrhage.")
    assert not marked_of_draft(app, "statement") and '<span class="cg-cited">' not in htmls(app)
    numbers = [str(button.key) for button in app.button if str(button.key).startswith("cite-draft-")]
    statement, citation = numbers[-1].split("-")[-2:]
    app.button(key=numbers[-1]).click().run()
    [said], [stands_on] = marked_of_draft(app, "statement"), marked_of_draft(app, "evidence")
    assert said.startswith(f"{statement}. ") and stands_on.startswith(f"[{citation}] ")
    assert '<span class="cg-cited">' in htmls(app) and f"cited by statement {statement}" in texts(app)
    assert any(page == "case" and "start=" in query and "end=" in query for page, query in links(app))
    assert any(image["id"].startswith("medpix2:") for data in viewers(app) for image in data["images"])
    citing = [str(button.key) for button in app.button if str(button.key).startswith("back-draft-1-")]
    app.button(key=citing[0]).click().run()
    [said] = marked_of_draft(app, "statement")
    assert said.startswith(f"{citing[0].rpartition('-')[2]}. ") and not app.exception
    app.button(key="close-draft").click().run()
    assert not marked_of_draft(app, "statement") and not marked_of_draft(app, "evidence")


def test_an_empty_request_for_a_draft_is_an_error_in_a_sentence(demo: Open):
    app = demo("draft")
    next(button for button in app.button if button.label == "Draft").click().run()
    assert "image" in errors(app) and not app.exception


def test_t39_two_browser_sessions_do_not_share_a_draft(demo: Open):
    first = draft_of(demo("draft"), "A mass with the canary word zyzzyva in it.")
    assert "zyzzyva" in texts(first)
    second = demo("draft")
    assert "zyzzyva" not in texts(second) and not second.warning
    assert "zyzzyva" in texts(demo("draft", session=demo("case", session=first)))  # a citation opened, and back


def test_an_empty_workspace_says_how_to_fill_it(on: Callable[[Path], Open], tmp_path: Path):
    with casegraph.open(tmp_path / "workspace", create=True):
        pass
    app = on(tmp_path / "workspace")("search")
    assert "on the page Manage" in app.info[0].value and not app.exception


def test_a_folder_that_is_no_workspace_is_an_error_in_a_sentence(on: Callable[[Path], Open], tmp_path: Path):
    app = on(tmp_path)()
    assert errors(app) and not app.exception


def test_before_the_first_index_pages_say_what_is_missing_and_who_can_make_it(
    on: Callable[[Path], Open], unindexed_workspace: Path
):
    opened = on(unindexed_workspace)
    app = opened("search", words="mass")
    assert "The page Manage does that." in errors(app) and not app.exception
    assert "casegraph index" not in errors(app)
    assert not opened("case", case="MPX9001").error and not opened("query").error


def test_t31_without_the_graph_cases_are_compared_by_their_texts(
    on: Callable[[Path], Open], small_workspace: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CASEGRAPH_GRAPH", "bolt://127.0.0.1:9")  # the discard port: nobody listens
    opened = on(small_workspace)
    app = opened("compare", left="MPX9001", right="MPX9002")
    assert "127.0.0.1:9" in errors(app) and "ring-enhancing" in texts(app) and not app.exception
    search = opened("search", words="ring-enhancing mass")
    assert "Graph search skipped" in search.warning[0].value and "1. " in texts(search)
    assert errors(opened("graph")) and not app.exception


@pytest.fixture
def hostile_case(small_workspace: Path) -> Case:
    """Write a case whose every text is an attack into the small workspace, and return it."""
    written = {part: HOSTILE for part in Section if part is not Section.CAPTION}
    written[Section.FINDINGS] = f"Ring-enhancing mass. {HOSTILE}"
    case_id = "own:X1"
    image = make_image(f"{case_id}_1", object_key=None, problem=HOSTILE, caption=HOSTILE)
    case = annotate(make_case(case_id=case_id, sections=written, diagnosis=HOSTILE, images=(image,), annotations=()))
    with casegraph.open(small_workspace) as space:
        with space.engines.store.writer("test") as writer:
            writer.write_cases([case])
        space.indexing.run()
    return case


def test_t36_hostile_text_of_a_case_is_shown_as_it_was_written_and_does_nothing(
    on: Callable[[Path], Open], small_workspace: Path, hostile_case: Case
):
    opened = on(small_workspace)
    case_id = hostile_case.case_id
    seen = {
        "query": opened("query"),
        "case": opened("case", case=case_id),
        "search": opened("search", words="ring-enhancing mass"),
        "compare": opened("compare", left=case_id, right="medpix2:MPX9001"),
        "alone": opened("compare", left="medpix2:MPX9002"),
        "graph": opened("graph", node=f"Case:{case_id}"),
        "draft": draft_of(opened("draft"), f"Ring-enhancing mass. {HOSTILE}"),
    }
    seen["graph"].text_input(key="graph-find").input("evil").run()
    for name, app in seen.items():
        assert not app.exception, name
        assert_inert(app)
    assert texts(seen["case"]).count(HOSTILE) >= 5 and HOSTILE in texts(seen["search"])


def test_t36_every_active_text_of_the_corpus_is_inert_on_the_pages(on: Callable[[Path], Open], small_workspace: Path):
    texts_of_corpus = [text.replace("\0", "") for text in BASIC]  # no store takes a NUL
    parts = [part for part in Section if part is not Section.CAPTION]
    shares = {part: " ".join(texts_of_corpus[n :: len(parts)]) for n, part in enumerate(parts)}
    shares[Section.FINDINGS] = f"Ring-enhancing mass. {shares[Section.FINDINGS]}"
    images = tuple(
        make_image(f"own:X2_{n}", object_key=None, problem=text, caption=text) for n, text in enumerate(texts_of_corpus)
    )
    case = make_case(
        case_id="own:X2", sections=shares, diagnosis=shares[Section.DIAGNOSIS], images=images, annotations=()
    )
    with casegraph.open(small_workspace) as space:
        with space.engines.store.writer("test") as writer:
            writer.write_cases([annotate(case)])
        space.indexing.run()
    opened = on(small_workspace)
    for app in (
        opened("case", case="own:X2"),
        opened("search", words="ring-enhancing mass"),
        opened("compare", left="own:X2", right="medpix2:MPX9001"),
        draft_of(opened("draft"), "Ring-enhancing mass."),
    ):
        assert not app.exception
        assert_inert(app)


def assert_inert(app: AppTest) -> None:
    """Assert that no HTML holds a tag, and no Markdown a link or image, that a case brought along."""
    for body in (str(element.proto.body) for element in app.get("html")):
        tags = set(re.findall(r"<([a-z0-9]+)", body))
        assert tags <= {"style", "div", "span", "h1", "h2", "h3", "mark", "ul", "li", "b"} | TABLE, tags
        assert not re.search(r"<[^>]*(javascript:|evil|onerror)", body)
    captions = [image["caption"] for data in viewers(app) for image in data["images"]]
    assert set(re.findall(r"<(\w+)", "".join(captions))) <= {"mark", "span"}
    shown = [element.value for kind in ("markdown", "caption", "title", "subheader") for element in app.get(kind)]  # pyright: ignore[reportAttributeAccessIssue]
    labels = [element.label for kind in ("button", "page_link") for element in app.get(kind)]  # pyright: ignore[reportAttributeAccessIssue]
    for text in (*shown, *labels, *(box.value for box in (*app.error, *app.warning, *app.info))):
        assert not re.search(r"(?<!\\)\[[^\]]*(?<!\\)\]\(|https?://|www\.|(?<!\\)<\w", str(text)), text


TABLE = {"table", "thead", "tbody", "tr", "th", "td"}


def a_image(release: Path) -> bytes:
    """Return the first image of the sample cases: an axial MR of a head."""
    return (release / "images" / "MPX9001_synpic90001.png").read_bytes()


def asked_for_diagnoses(app: AppTest) -> AppTest:
    app.text_area(key="findings").set_value("Ring-enhancing mass with edema.")
    return next(button for button in app.button if button.label == "Ask for diagnoses").click().run()


def test_diagnoses_of_similar_cases_are_ranked_with_reasons_for_and_against(demo: Open):
    app = asked_for_diagnoses(demo("draft"))
    shown = texts(app)
    assert not app.exception
    assert "not a diagnosis of this patient" in app.warning[0].value
    assert "similar cases have it" in shown or "similar cases has it" in shown
    assert "For: " in shown


def test_what_would_tell_the_diagnoses_apart_is_shown_with_its_counts_and_cases(demo: Open, demo_workspace: Path):
    app = asked_for_diagnoses(demo("draft"))
    with casegraph.open(demo_workspace) as space:
        answer = space.drafts.ask(DraftRequest(findings="Ring-enhancing mass with edema."))
    assert answer.telling_apart and "**What would tell them apart**" in [text.value for text in app.markdown]
    for one in answer.telling_apart:
        said = ", ".join(f"{share.name} {len(share.shown_in)} of {share.cases}" for share in one.shares)
        assert f"{one.name}: {said}" in texts(app)
    told = {case_id for one in answer.telling_apart for share in one.shares for case_id in share.shown_in}
    assert {f"case={urllib.parse.quote(case_id)}" for case_id in told} <= {query for _, query in links(app)}


def test_where_nothing_tells_the_diagnoses_apart_nothing_is_shown(demo: Open, monkeypatch: pytest.MonkeyPatch):
    ask = Drafts.ask
    monkeypatch.setattr(Drafts, "ask", lambda *given, **named: replace(ask(*given, **named), telling_apart=()))
    app = asked_for_diagnoses(demo("draft"))
    assert "For: " in texts(app) and not any("tell them apart" in text.value for text in app.markdown)


@pytest.fixture
def kept(on: Callable[[Path], Open], small_workspace: Path) -> Open:
    """Open the app on a workspace in which one draft is kept."""
    opened = on(small_workspace)
    app = draft_of(opened("draft"), "Mass in the left lung. No edema.")
    assert "Saved as D1." in texts(app)
    return opened


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def statements(app: AppTest) -> list[str]:
    """Return the numbered statements of the draft that a page shows."""
    bodies = (str(element.proto.body) for element in app.get("html"))
    return [re.sub(r"<[^>]+>", "", body) for body in bodies if 'class="cg-statement' in body]


def test_a_draft_of_who_may_not_manage_is_kept_on_a_press_only(
    on: Callable[[Path], Open], small_workspace: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CASEGRAPH_MANAGE", "false")
    app = draft_of(on(small_workspace)("draft"), "Mass in the left lung. No edema.")
    with casegraph.open(small_workspace) as space:
        assert "Saved as" not in texts(app) and space.drafts.kept() == []
        app = press(app, "Keep this draft, to review and sign it")
        assert "Kept as D1" in app.success[0].value and len(space.drafts.kept()) == 1


def test_a_draft_is_kept_and_signed_on_its_page(kept: Open):
    app = kept("draft")
    app.segmented_control(key="shown-on-paper").select("Kept drafts").run()
    app.text_input(key="signer").input("Dr. Ada Example")
    assert statements(app)[:2] == ["1. Mass in the left lung.", "2. No edema."]  # read before it is signed
    app = press(press(app, "Review"), "Sign")
    assert not app.exception
    assert any("signed by Dr. Ada Example (self-declared)" in warning.value for warning in app.warning)
    app = press(app, "Sign")
    assert "cannot be signed" in errors(app)


def test_the_statements_of_a_kept_draft_are_accepted_edited_and_rejected_where_they_stand(
    kept: Open, small_workspace: Path
):
    app = kept("draft", draft="D1")
    app.button(key="accept-D1-2").click().run()
    assert "a person is needed" in errors(app)
    app.text_input(key="signer").input("Dr. Ada Example").run()
    app.button(key="accept-D1-2").click().run()
    assert "Accepted by Dr. Ada Example" in texts(app) and not errors(app)
    app.button(key="edit-D1-1").click().run()
    app.button(key="reject-D1-1").click().run()
    app.button(key="edit-D1-1").click().run()  # one field at a time
    app.text_area(key="wording-D1-1-1").set_value("Mass in the right lung.").run()
    app = press(app, "Save as a new version")
    assert statements(app)[0] == "1. Mass in the right lung." and "not checked" in texts(app)
    app.button(key="reject-D1-1").click().run()
    app.text_input(key="reason-D1-2-1").set_value("Nothing there.").run()
    app = press(app, "Take it out, in a new version")
    assert statements(app)[0] == "1. No edema." and "Accepted by Dr. Ada Example" in texts(app)
    with casegraph.open(small_workspace) as space:
        versions = space.drafts.get("D1").versions
    assert [version.reason for version in versions] == [None, None, "Nothing there."]
    assert [list(version.accepted) for version in versions] == [[2], [2], [1]]


def test_of_a_case_that_was_changed_or_deleted_since_the_words_stand_as_they_were_cited(
    kept: Open, small_workspace: Path
):
    def opened_passage() -> str:
        app = kept("draft", draft="D1").button(key=f"cite-D1-{statement.number}-{statement.cites[0]}").click().run()
        assert f'<span class="cg-cited">{html.escape(cited.quote)}</span>' in htmls(app) and not app.exception
        return texts(app)

    with casegraph.open(small_workspace) as space:
        draft = numbered(space.drafts.get("D1").newest.content)
        statement = draft.of(DraftSection.SIMILAR_CASES)[0]
        cited = draft.citations[statement.cites[0]]
        case = space.documents.case(str(cited.case_id))
    assert "as they were cited" not in opened_passage()
    with casegraph.open(small_workspace) as space, space.engines.store.writer("test") as writer:
        writer.write_cases([replace(case, sections={Section.TITLE: "Other"}, images=(), annotations=())])
    assert "The case was changed since" in opened_passage()
    with casegraph.open(small_workspace) as space:
        space.documents.delete(case.case_id)
    assert "The case is in the workspace no more" in opened_passage()


def test_an_acceptance_is_taken_back(kept: Open):
    app = kept("draft", draft="D1")
    app.text_input(key="signer").input("Dr. Ada Example").run()
    app.button(key="accept-D1-1").click().run()
    app.button(key="accept-D1-1").click().run()
    assert "Accepted by" not in texts(app) and app.button(key="accept-D1-1").label == "Accept"


def test_an_address_and_home_lead_to_a_kept_draft_which_has_a_title(kept: Open):
    app = kept("draft", draft="D1")
    assert statements(app) and app.segmented_control(key="shown-on-paper").value == "Kept drafts"
    [called] = app.selectbox(key="draft-draft").options
    assert called.startswith("D1: Mass in the left lung. No edema · draft · 20")
    assert ("draft", "draft=D1") in links(kept("home"))
    app.segmented_control(key="shown-on-paper").select("Draft").run()
    assert "draft" not in app.query_params and not statements(app)
    assert "there is no draft 'D9'" in errors(kept("draft", draft="D9"))
