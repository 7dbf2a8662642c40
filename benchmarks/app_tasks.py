"""Five tasks of a reader of the app, done by a script in Chromium: timed by `time_tasks`, shown by `record_app`."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page

import casegraph

sys.path.append(str(Path(__file__).parents[1] / "tests" / "support"))

from app_in_browser import settle

WORDS = "ring-enhancing mass"
UNKNOWN_CASES = 10


@dataclass
class Hand:
    """The reader's hand: it counts each click, entering a field and choosing a file among them.

    Attributes
    ----------
    look : callable
        Is called whenever the page has come to rest.
    """

    page: Page
    look: Callable[[], object] = lambda: None
    clicks: int = 0

    def click(self, what: Locator) -> None:
        """Click on something."""
        what.click()
        self._moved()

    def write(self, where: Locator, text: str) -> None:
        """Write into a field."""
        where.fill(text)
        self._moved()

    def give(self, file: bytes) -> None:
        """Choose a file for the first upload field."""
        chosen = {"name": "scan.png", "mimeType": "image/png", "buffer": file}
        self.page.locator("input[type=file]").first.set_input_files(chosen)  # pyright: ignore[reportArgumentType]
        self._moved()

    def turn_to(self, name: str) -> None:
        """Choose a page in the bar."""
        self.click(self.page.get_by_test_id("stTopNav").get_by_role("link", name=name, exact=True))

    def wait_for(self, what: Locator) -> None:
        """Wait until something is on the page and the page has come to rest."""
        what.first.wait_for()
        settle(self.page)
        self.look()

    def press(self, name: str) -> None:
        """Click on the button of the page itself of this text, beside which its symbol and its key may stand."""
        named = re.compile(rf"(^|\s){re.escape(name)}( Shortcut .+)?$")
        self.click(self.page.get_by_test_id("stMain").get_by_role("button", name=named).first)

    def _moved(self) -> None:
        self.clicks += 1
        settle(self.page)
        self.look()


def find_by_words(hand: Hand, scan: bytes) -> None:
    """Find cases by words from the page that opens first."""
    hand.write(hand.page.get_by_label("Find cases"), WORDS)
    hand.press("Search")
    hand.wait_for(hand.page.get_by_role("heading", name=re.compile("^1\\. ")))


def find_by_image(hand: Hand, scan: bytes) -> None:
    """Find cases by an image from the page that opens first."""
    hand.turn_to("Home")
    hand.wait_for(hand.page.get_by_label("Find cases"))
    hand.give(scan)
    hand.wait_for(hand.page.get_by_role("heading", name=re.compile("^1\\. ")))


def compare_with_best(hand: Hand, scan: bytes) -> None:
    """Compare the image with the best of the cases found for it."""
    hand.click(hand.page.get_by_test_id("stPageLink").get_by_text("Compare").first)
    hand.wait_for(hand.page.get_by_role("heading", name="Your image", exact=True))


def draft_and_sign(hand: Hand, scan: bytes) -> None:
    """Draft from what one sees, keep it, review and sign it."""
    hand.turn_to("Draft")
    hand.write(hand.page.get_by_label("What you see"), "Ring-enhancing mass in the right parietal lobe with edema.")
    hand.press("Draft")
    hand.wait_for(hand.page.get_by_role("button", name="Review and sign"))
    hand.press("Review and sign")
    hand.write(hand.page.get_by_label("Your name, as it is to stand in the draft"), "A. Reader")
    hand.page.keyboard.press("Tab")
    settle(hand.page)
    for action, done in (("Review", "reviewed by A. Reader"), ("Sign", "signed by A. Reader")):
        hand.press(action)
        hand.wait_for(hand.page.get_by_text(re.compile(f"^{done}", re.IGNORECASE)))


def teach_ten(hand: Hand, scan: bytes, *, until: int = UNKNOWN_CASES) -> None:
    """Name a diagnosis for each of ten unknown cases, or the first of them, look at the answers, see the summary."""
    page = hand.page
    hand.turn_to("Teach")
    hand.press("Begin")
    for number in range(1, until + 1):
        hand.wait_for(page.get_by_role("heading", name=f"Unknown case {number} of {UNKNOWN_CASES}"))
        hand.write(page.get_by_role("textbox", name="Your differential"), "Glioblastoma")
        hand.press("Answer")
        choices, answer = page.get_by_text("The case considers"), page.get_by_text("The case's diagnosis")
        hand.wait_for(choices.or_(answer))
        if not answer.count():
            hand.press("Show the diagnosis")
            hand.wait_for(answer)
        hand.press("Summary" if number == UNKNOWN_CASES else "Next case")
    if until == UNKNOWN_CASES:
        hand.wait_for(page.get_by_text(f"{UNKNOWN_CASES} of {UNKNOWN_CASES} cases finished"))


Task = Callable[[Hand, bytes], None]
UNKNOWN_CASES_TASK = "ten unknown cases"
TASKS: Mapping[str, Task] = {
    "find a case by words": find_by_words,
    "find a case by image": find_by_image,
    "compare an upload with the best hit": compare_with_best,
    "draft and sign": draft_and_sign,
    UNKNOWN_CASES_TASK: teach_ten,
}


def scan_of(workspace: Path) -> bytes:
    """Return an image to look for: the first MR of a head that the workspace has."""
    with casegraph.open(workspace) as space:
        images = (image for case in space.documents.cases("modality=MR region=Head") for image in case.stored_images)
        return next(png for image in images if image.modality == "MR" and (png := space.documents.png(image)))


@contextmanager
def workspace_for_tasks() -> Iterator[Path]:
    """Yield a workspace that may be written into: a copy of the one that is named, else of the indexed sample cases."""
    named = os.environ.get("CASEGRAPH_WORKSPACE")
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        if named:
            shutil.copytree(named, workspace)
        else:
            with casegraph.open(workspace, create=True) as space:
                space.documents.ingest(space.documents.sample())
                space.indexing.run()
        yield workspace
