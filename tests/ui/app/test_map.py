"""The map of images in a real Chromium: an area is drawn or said, and its cases are those that lie inside."""

import re

import pytest
from app_in_browser import settle
from playwright.sync_api import Locator, Page, expect

import casegraph
from casegraph.maps import parse_area, points_in
from ui.app.map_drawing import COLOURS, NOT_SAID, OTHER, grouped

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def found(demo_workspace):
    with casegraph.open(demo_workspace) as space:
        return space.maps.read()


def drawing(page: Page) -> Locator:
    return page.get_by_test_id("stMain").locator("canvas").first


def come_to(page: Page, place: str) -> None:
    page.goto(place)
    settle(page)
    drawing(page).wait_for()


def test_a_box_that_is_drawn_lists_the_cases_inside_and_stays_in_the_address(window: Page, found):
    come_to(window, "/map")
    box = drawing(window).bounding_box()
    assert box is not None
    window.mouse.click(box["x"] + box["width"] - 63, box["y"] + 51)
    window.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
    window.mouse.down()
    window.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.8 * box["height"], steps=8)
    window.mouse.up()
    expect(window).to_have_url(re.compile("area="))
    settle(window)
    area = window.evaluate("() => new URL(location.href).searchParams.get('area')")
    inside = points_in(parse_area(area), found.points)
    assert 0 < len(inside) < len(found.points)
    cases = len({point.case_id for point in inside})
    said = f"{len(inside)} images of {cases} cases"
    expect(window.get_by_role("heading", name=said)).to_be_visible()
    expect(window.get_by_text(f"{len(inside)} images selected, listed below.")).to_be_in_viewport()
    window.reload()
    expect(window.get_by_role("heading", name=said)).to_be_visible()
    settle(window)
    window.get_by_role("button", name="Clear the selection").click()
    expect(window.get_by_role("heading", name=said)).to_have_count(0)
    expect(window).not_to_have_url(re.compile("area="))


def test_an_area_is_said_by_its_edges_without_a_mouse(window: Page, found):
    come_to(window, "/map?by=plane")
    window.get_by_text("Say an area by its edges").click()
    window.get_by_label("Right").fill("0")
    window.get_by_role("button", name="Select", exact=True).press("Enter")
    inside = [point for point in found.points if point.x < 0]
    expect(window.get_by_role("heading", name=f"{len(inside)} images of")).to_be_visible()
    settle(window)
    expect(window.get_by_role("button", name="Add to collection")).to_be_enabled()
    window.get_by_role("button", name="Add to collection").click()
    cases = len({point.case_id for point in inside})
    expect(window.get_by_role("button", name=f"Add {cases} cases")).to_be_visible()


def test_an_area_that_is_none_is_said_inside_the_window(window: Page):
    come_to(window, "/map?area=1,2")
    expect(window.get_by_text("is not an area of the map")).to_be_in_viewport(ratio=1)
    expect(drawing(window)).to_be_visible()


def test_an_image_that_is_chosen_leads_to_its_case(window: Page, found):
    point = found.points[7]
    come_to(window, f"/map?image={point.image_id}")
    expect(window.get_by_role("heading", name=point.title)).to_be_visible()
    window.get_by_role("link", name="Open the case").click()
    expect(window).to_have_url(re.compile(f"/case.*{re.escape(point.case_id.partition(':')[2])}"))


def test_rare_labels_are_one_group_and_no_label_another(found):
    groups = grouped(found.points, "category")
    assert sum(map(len, groups.values())) == len(found.points)
    named = [name for name in groups if name not in (OTHER, NOT_SAID)]
    assert len(named) <= len(COLOURS)
    assert all(point.category is None for point in groups.get(NOT_SAID, []))
    assert [len(groups[name]) for name in named] == sorted((len(groups[name]) for name in named), reverse=True)
    assert all(len(groups[named[-1]]) >= sum(p.category == q.category for p in groups[OTHER]) for q in groups[OTHER])
