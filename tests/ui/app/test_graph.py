"""The graph in a real Chromium: what is opened stays where it is, by mouse and by keyboard, and in the address."""

import re

import pytest
from app_in_browser import settle, touch
from playwright.sync_api import Locator, Page, expect

import casegraph
from ui.app.graph_steps import group_key

pytestmark = pytest.mark.browser

START = "/graph?node=Case:medpix2:MPX9001"
MASS = "Finding:finding:mass"
PLACES = """() => Object.fromEntries([...document.querySelectorAll('.cgg-node')].map(
  node => [node.dataset.key, node.getAttribute('transform')]))"""


def come_to(page: Page, place: str) -> None:
    page.goto(place)
    settle(page)
    page.locator(".cgg-node").first.wait_for()


def node(page: Page, key: str) -> Locator:
    return page.locator(f'.cgg-node[data-key="{key}"]')


def a_finding(page: Page) -> str:
    """Return a finding that is shown and not open."""
    finding = page.locator('.cgg-node[data-key^="Finding:"]:not(.cgg-open)').first
    return str(finding.get_attribute("data-key"))


SCALE = "() => Number(/scale\\(([\\d.]+)/.exec(document.querySelector('.cgg-stage > g').getAttribute('transform'))[1])"


def test_two_fingers_zoom_around_the_point_between_them(window: Page):
    come_to(window, START)
    box = window.locator(".cgg-stage").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = window.evaluate(SCALE)
    touch(window, [[(x - 40, y), (x + 40, y)], [(x - 50, y), (x + 50, y)], [(x - 60, y), (x + 60, y)]])
    assert window.evaluate(SCALE) == pytest.approx(1.5 * before, rel=0.05)
    expect(window.locator('.cgg-node[aria-pressed="true"]')).to_have_count(1)  # nothing else was chosen


def test_what_is_opened_moves_nothing_and_folds_and_is_undone(window: Page):
    come_to(window, START)
    before = window.evaluate(PLACES)
    key = a_finding(window)
    node(window, key).click()
    expect(node(window, key)).to_have_attribute("aria-pressed", "true")
    settle(window)
    node(window, key).click()
    expect(node(window, key)).to_have_class(re.compile("cgg-open"))
    settle(window)
    opened = window.evaluate(PLACES)
    assert before.items() < opened.items()
    window.reload()
    expect(window.locator(".cgg-node")).to_have_count(len(opened))
    assert window.evaluate(PLACES) == opened
    settle(window)
    window.get_by_role("button", name="Fold back").click()
    expect(window.locator(".cgg-node")).to_have_count(len(before))
    settle(window)
    window.get_by_role("button", name="Undo (U)").click()
    expect(window.locator(".cgg-node")).to_have_count(len(opened))
    assert window.evaluate(PLACES) == opened
    window.get_by_role("button", name="Redo (R)").click()
    expect(window.locator(".cgg-node")).to_have_count(len(before))


def test_a_count_opens_into_its_members_and_the_table_says_the_same(window: Page, demo_workspace):
    with casegraph.open(demo_workspace) as space:
        members = space.graph.members(MASS, "SHOWS.in.Case").nodes
    come_to(window, f"/graph?node={MASS}")
    shown = set(window.evaluate(PLACES))
    node(window, group_key(MASS, "SHOWS.in.Case")).click()
    expect(window.locator(".cgg-node")).to_have_count(len(shown | {member.key for member in members}))
    window.get_by_text("The same as a table").click()
    for member in members:
        expect(window.get_by_role("rowheader", name=member.name)).to_be_visible()
        expect(node(window, member.key)).to_have_attribute("aria-label", re.compile(f"case {member.name} "))
    window.get_by_role("button", name="Fold cases").press("Enter")
    expect(window.locator(".cgg-node")).to_have_count(len(shown))
    settle(window)
    window.go_back()
    expect(window.locator(".cgg-node")).to_have_count(len(shown | {member.key for member in members}))


def test_the_keyboard_alone_goes_opens_hides_pins_and_takes_back(window: Page):
    come_to(window, START)
    count = window.locator(".cgg-node").count()
    window.get_by_role("button", name="Show all (0)").focus()
    window.keyboard.press("Tab")
    expect(node(window, "Case:medpix2:MPX9001")).to_be_focused()
    window.keyboard.press("ArrowUp")
    focused = window.locator(".cgg-node:focus")
    key = str(focused.get_attribute("data-key"))
    assert key != "Case:medpix2:MPX9001"
    window.keyboard.press("h")
    expect(node(window, key)).to_have_count(0)
    expect(window.locator(".cgg-node:focus")).to_have_count(1)
    settle(window)
    expect(window.get_by_text("Hidden:")).to_be_in_viewport()
    window.reload()
    expect(window.locator(".cgg-node")).to_have_count(count - 1)
    settle(window)
    window.locator(".st-key-hidden").get_by_role("button").press("Enter")
    expect(window.locator(".cgg-node")).to_have_count(count)
    settle(window)
    node(window, key).focus()
    window.keyboard.press("p")
    expect(node(window, key).locator(".cgg-pin")).to_have_count(1)
    settle(window)
    window.keyboard.press("Enter")
    expect(node(window, key)).to_have_class(re.compile("cgg-open"))
    settle(window)
    window.keyboard.press("Backspace")
    expect(node(window, key)).not_to_have_class(re.compile("cgg-open"))


def test_a_node_that_is_dragged_stays_where_it_was_put(window: Page):
    come_to(window, START)
    key = a_finding(window)
    box = node(window, key).locator(".cgg-disc").bounding_box()
    assert box is not None
    window.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    window.mouse.down()
    window.mouse.move(box["x"] + 60, box["y"] + 50, steps=5)
    window.mouse.up()
    expect(window).to_have_url(re.compile("pin="))
    settle(window)
    places = window.evaluate(PLACES)
    window.reload()
    expect(node(window, key)).to_have_count(1)
    assert window.evaluate(PLACES) == places
    expect(node(window, key).locator(".cgg-pin")).to_have_count(1)


def test_words_find_while_they_are_typed_and_lead_to_a_way_between_two(window: Page):
    come_to(window, START)
    window.get_by_label("Find in the graph").press_sequentially("oedema")
    found = window.get_by_role("button", name=re.compile(r"^edema · finding, \d+ cases$"))
    expect(found).to_be_in_viewport()
    settle(window)
    found.click()
    expect(window).to_have_url(re.compile("node=Finding%3Afinding%3Aedema"))
    expect(window.get_by_role("heading", name="edema", exact=True)).to_be_visible()
    settle(window)
    window.get_by_role("button", name="Way from here").click()
    expect(window).to_have_url(re.compile("from=Finding%3Afinding%3Aedema"))
    window.get_by_label("To", exact=True).press_sequentially("MPX9002")
    window.get_by_role("button", name=re.compile("^MPX9002 .* · case$")).click()
    expect(window.get_by_text(re.compile("edema is .*MPX9002")).first).to_be_visible()
    settle(window)
    window.get_by_role("button", name="Show", exact=True).first.click()
    expect(node(window, "Case:medpix2:MPX9002")).to_have_count(1)
    expect(window.locator(".cgg-bold").first).to_be_attached()
