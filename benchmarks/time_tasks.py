"""Five tasks of a reader from a cold start, and every page: seconds and clicks in a real Chromium.

Usage: python -m benchmarks.time_tasks
       on a copy of the workspace that CASEGRAPH_WORKSPACE names; without one, on the sample cases
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from playwright.sync_api import Page

import casegraph
from benchmarks.apart import load
from benchmarks.app_tasks import TASKS, Hand, scan_of, workspace_for_tasks
from benchmarks.record import append_row

sys.path.append(str(Path(__file__).parents[1] / "tests" / "support"))

from app_in_browser import opened, served, settle, started_browser, turn_to


def main() -> None:
    """Measure start, tasks and pages once."""
    with workspace_for_tasks() as workspace:
        measure(workspace)


def measure(workspace: Path) -> None:
    """Start the app on a workspace, do the tasks and turn to every page; the app writes into the workspace."""
    with casegraph.open(workspace) as space:
        cases = space.documents.count()
    scan = scan_of(workspace)
    start = time.perf_counter()
    with (
        served(workspace, workspace.parent / "app.log") as address,
        started_browser() as browser,
        opened(browser, address) as page,
    ):
        page.goto("/")
        page.get_by_label("Find cases").wait_for()
        settle(page)
        tell(cases, "from the start to the first page", time.perf_counter() - start, 0)
        for name, task in TASKS.items():
            hand, begun = Hand(page), time.perf_counter()
            task(hand, scan)
            tell(cases, name, time.perf_counter() - begun, hand.clicks)
        for name in _pages(page):
            begun = time.perf_counter()
            turn_to(page, name)
            tell(cases, f"page {name}", time.perf_counter() - begun, 1)


def _pages(page: Page) -> list[str]:
    return page.get_by_test_id("stTopNav").get_by_role("link").all_inner_texts()


def tell(cases: int, what: str, seconds: float, clicks: int) -> None:
    """Append the row of one task or page."""
    append_row("time_tasks", cases=cases, what=what, seconds=round(seconds, 1), clicks=clicks, load=load())


if __name__ == "__main__":
    main()
