"""Data sets in a real Chromium: counted as the store counts, checked, handed over, and made again the same."""

import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from app_in_browser import served, settle, upload
from playwright.sync_api import Page, expect

import casegraph
from casegraph.subsets import RecipeText

pytestmark = pytest.mark.browser
ASKED = "/datasets?region=Head&images=modality%3DMR&name=mr-heads&query=age_years%3D18.."
OPENED = """# Of my own.
name = "two-classes"
kind = "classification"
where = ["region=Head", "age_years=18.."]
licences = ["not stated"]
formats = ["llava", "folder"]
[splits]
seed = 7
learn = 0.6
look = 0.4
[classes]
CT = "modality=CT"
MR = "modality=MR"
"""


@pytest.fixture(scope="module")
def workspace(demo_documents: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(demo_documents, tmp_path_factory.mktemp("data-sets") / "workspace"))


@pytest.fixture(scope="module")
def address(workspace: Path) -> Iterator[str]:
    with served(workspace, workspace.parent / "app.log") as address:
        yield address


def come_to(page: Page, place: str) -> None:
    page.goto(place)
    settle(page)


def check(page: Page) -> None:
    page.get_by_role("button", name="Check it").click()
    page.get_by_text(re.compile("^Digest: ")).wait_for()
    settle(page)


def saved_recipe(page: Page) -> str:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the recipe").click()
    return download.value.path().read_text(encoding="utf-8")


def shown_digest(page: Page) -> str:
    return page.get_by_text(re.compile("^Digest: ")).inner_text().removeprefix("Digest: ")


def open_recipe(page: Page, content: bytes) -> None:
    page.get_by_role("button", name="Open a recipe").click()
    page.get_by_test_id("stFileUploader").wait_for()
    upload(page, "recipe.toml", content)


def test_cases_and_images_are_counted_as_the_store_has_them_also_after_a_reload(workspace: Path, window: Page):
    with casegraph.open(workspace) as space:
        cases = list(space.documents.cases("region=Head age_years=18.."))
    images = [sum(bool(one.object_key) and one.modality == "MR" for one in case.images) for case in cases]
    taken = [number for number in images if number]
    said = f"{len(taken)} cases · {sum(taken)} images"
    come_to(window, ASKED)
    expect(window.get_by_role("heading", name=said)).to_be_in_viewport()
    expect(window.get_by_text(f"Source: medpix2 ({len(taken)})")).to_be_in_viewport()
    expect(window.get_by_text(f"Licence: not stated ({len(taken)})")).to_be_in_viewport()
    window.reload()
    expect(window.get_by_role("heading", name=said)).to_be_visible()
    settle(window)
    window.get_by_role("button", name="region Head").click()
    expect(window.get_by_role("heading", name=said)).to_have_count(0)
    expect(window).not_to_have_url(re.compile("region="))


def test_an_exported_data_set_is_made_again_from_its_recipe_by_the_command_line(
    workspace: Path, window: Page, tmp_path: Path, run
):
    come_to(window, ASKED)
    recipe = saved_recipe(window)
    assert tomllib.loads(recipe)["name"] == "mr-heads"
    check(window)
    expect(window.get_by_text("Nothing stands in two splits")).to_be_visible()
    expect(window.get_by_text("No source of its items states a licence")).to_be_visible()
    window.get_by_role("button", name="Make one file").click()
    window.get_by_role("button", name="Download mr-heads.zip").wait_for()
    settle(window)
    with window.expect_download() as download:
        window.get_by_role("button", name="Download mr-heads.zip").click()
    with ZipFile(download.value.path()) as pressed:
        pressed.extractall(tmp_path)
    made = tomllib.loads((tmp_path / "mr-heads" / "recipe.toml").read_text(encoding="utf-8"))["made"]
    assert made["digest"] == shown_digest(window)
    (tmp_path / "saved.toml").write_text(recipe, encoding="utf-8")
    for file in (tmp_path / "saved.toml", tmp_path / "mr-heads" / "recipe.toml"):
        again = run("subset", file, "--dry-run", "-w", workspace, "--json")
        assert again.json["digest"] == made["digest"]


def test_a_recipe_of_a_file_fills_the_page_and_keeps_its_digest(workspace: Path, window: Page):
    with casegraph.open(workspace) as space:
        report = space.subsets.foresee(RecipeText(OPENED))
    come_to(window, "/datasets?sex=male")
    open_recipe(window, OPENED.encode())
    expect(window.get_by_role("textbox", name="Name", exact=True)).to_have_value("two-classes")
    settle(window)
    expect(window.get_by_role("textbox", name=re.compile("^Classes, one a line"))).to_have_value(
        "CT: modality=CT\nMR: modality=MR"
    )
    expect(window.get_by_role("button", name="region Head")).to_be_visible()
    expect(window.get_by_role("button", name="18 years and older")).to_be_visible()
    expect(window.get_by_role("button", name="sex male")).to_have_count(0)
    expect(window.get_by_label("learn", exact=True)).to_have_value("0.6")
    assert saved_recipe(window) == OPENED
    check(window)
    assert shown_digest(window) == report.digest
    expect(window.get_by_role("cell", name="learn")).to_be_visible()
    window.get_by_label("Seed").fill("8")
    window.get_by_label("Seed").press("Enter")
    window.get_by_role("button", name="Check it").wait_for()
    settle(window)
    assert tomllib.loads(saved_recipe(window))["splits"] == {"seed": 8, "learn": 0.6, "look": 0.4}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("name=My+Heads", "a data set cannot be called 'My Heads'"),
        ("share=train+0.8&share=test+0.3", "the recipe's splits are 1.1 together"),
        ("images=modality%3D", "the filter ends"),
        ("query=regoin%3DHead", "Did you mean 'region'"),
        ("kind=classification&class=CT", "line 1 of the classes must be 'name: filter'"),
        ("template=%2Fetc%2Fmine.toml", "does not come with CaseGraph"),
    ],
)
def test_what_cannot_be_asked_is_said_inside_the_window(window: Page, question: str, said: str):
    come_to(window, f"/datasets?{question}")
    expect(window.get_by_test_id("stAlert").get_by_text(said)).to_be_in_viewport(ratio=1)
    expect(window.get_by_test_id("stAlert")).to_have_count(1)


def test_a_file_that_is_no_recipe_leaves_the_page_as_it_was(window: Page):
    come_to(window, "/datasets?region=Head")
    counted = window.get_by_role("heading", name=re.compile(r"\d+ cases")).inner_text()
    open_recipe(window, b"name = ")
    expect(window.get_by_text("the recipe is no TOML")).to_be_in_viewport(ratio=1)
    settle(window)
    expect(window.get_by_role("heading", name=counted)).to_be_visible()


def test_what_stands_in_two_splits_of_a_source_is_named_before_it_is_exported(workspace: Path, window: Page):
    with casegraph.open(workspace) as space:
        report = space.subsets.foresee(RecipeText('name = "a"\nkind = "text"\n[splits]\nby = "source"\n'))
    assert report.leaks
    come_to(window, "/datasets?kind=text&splits=source&name=a")
    check(window)
    expect(window.get_by_text(f"{len(report.leaks)} leaks between splits: ")).to_be_visible()
    expect(window.get_by_text(f"{report.leaks[0].kind}: {report.leaks[0].ids[0]}")).to_be_visible()


def test_a_data_set_in_the_workspace_says_where_it_stands(workspace: Path, window: Page):
    come_to(window, "/datasets?kind=multimodal&splits=one&name=stories&format=prompts")
    expect(window.get_by_text("Asked", exact=True).first).to_be_visible()
    check(window)
    window.get_by_role("button", name="Write into the workspace").click()
    place = window.get_by_text(re.compile("It stands in .*stories-"))
    place.wait_for()
    settle(window)
    (folder,) = (workspace / "data-sets").glob("stories-*")
    assert str(folder) in place.inner_text()
    assert (folder / "prompts" / "train.jsonl").is_file()
    expect(window.get_by_role("button", name="Write into the workspace")).to_have_count(0)


def test_no_sentence_of_the_page_is_a_command(window: Page):
    come_to(window, "/datasets?kind=text&name=no-commands")
    check(window)
    assert not re.search(r"casegraph \w+|pip install|--\w", window.get_by_test_id("stMain").inner_text())
