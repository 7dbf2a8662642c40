"""The tasks of `time_tasks` in the app as it was before it had viewer, home, teaching and comparison of an upload.

Two of the five could not be done there: no upload could be compared with a hit, and no unknown case was asked; its
draft was signed in another way, which is not walked here. Rows go into `time_tasks`, their names ending in ", before".

Usage: git worktree add FOLDER 7cb72d5; python -m benchmarks.time_tasks_before FOLDER
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.app_tasks import WORDS, Hand
from benchmarks.time_tasks import tell

sys.path.append(str(Path(__file__).parents[1] / "tests" / "support"))

from app_in_browser import opened, served, settle, started_browser

FIRST_CASE = re.compile("^1\\. ")


def find_by_words(hand: Hand, scan: bytes) -> None:
    """Find cases by words from the page that opens first, which was Query."""
    hand.turn_to("Similar cases")
    hand.write(hand.page.get_by_label("Words"), WORDS)
    hand.page.keyboard.press("Enter")
    hand.wait_for(hand.page.get_by_role("heading", name=FIRST_CASE))


def find_by_image(hand: Hand, scan: bytes) -> None:
    """Find cases by an image from the page that opens first."""
    hand.turn_to("Query")
    hand.turn_to("Similar cases")
    hand.give(scan)
    hand.wait_for(hand.page.get_by_role("heading", name=FIRST_CASE))


TASKS: Mapping[str, Callable[[Hand, bytes], None]] = {
    "find a case by words": find_by_words,
    "find a case by image": find_by_image,
}


def main() -> None:
    """Fill a workspace by the earlier program, start its app, do the tasks."""
    os.chdir(sys.argv[1])  # from where `python -m ui.cli` takes the earlier program
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        demo = [sys.executable, "-m", "ui.cli", "demo", "--headless", "--workspace", str(workspace)]
        subprocess.run(demo, check=True, stdout=subprocess.DEVNULL)
        scan = next((workspace / "sample").rglob("MPX9001_synpic90001.png")).read_bytes()
        start = time.perf_counter()
        with (
            served(workspace, Path(folder) / "app.log") as address,
            started_browser() as browser,
            opened(browser, address) as page,
        ):
            page.goto("/")
            settle(page)
            tell(60, "from the start to the first page, before", time.perf_counter() - start, 0)
            for name, task in TASKS.items():
                hand, begun = Hand(page), time.perf_counter()
                task(hand, scan)
                tell(60, f"{name}, before", time.perf_counter() - begun, hand.clicks)


if __name__ == "__main__":
    main()
