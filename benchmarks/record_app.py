"""Record the five tasks of a reader as one moving image: `make recording`.

Usage: python -m benchmarks.record_app docs/screenshots/tasks.webp
       of a copy of the workspace that CASEGRAPH_WORKSPACE names; without one, of the sample cases
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont
from playwright.sync_api import Page, ViewportSize

from benchmarks.app_tasks import TASKS, UNKNOWN_CASES_TASK, Hand, Task, scan_of, teach_ten, workspace_for_tasks

sys.path.append(str(Path(__file__).parents[1] / "tests" / "support"))

from app_in_browser import opened, served, settle, started_browser

WINDOW: ViewportSize = {"width": 1280, "height": 800}
SIZE_PX = (960, 600)
STRIP_PX = 34
SHOWN_MS, LAST_MS = 900, 2_500  # a step, and the end of a task
MAX_BYTES = 3_000_000
UNKNOWN_SHOWN = 2  # of the ten unknown cases: they are all asked alike


def main() -> None:
    """Do the tasks and write what was seen."""
    with workspace_for_tasks() as workspace:
        scan = scan_of(workspace)
        with (
            served(workspace, workspace.parent / "app.log") as address,
            started_browser() as browser,
            opened(browser, address) as page,
        ):
            frames = recorded(page, scan)
    write(frames, Path(sys.argv[1]))


def recorded(page: Page, scan: bytes) -> list[tuple[Image.Image, int]]:
    """Return what a reader saw of each task, with how long it is shown, in ms."""
    frames: list[tuple[Image.Image, int]] = []
    page.set_viewport_size(WINDOW)
    page.goto("/")
    page.get_by_label("Find cases").wait_for()
    page.get_by_text("The models are ready").wait_for()
    settle(page)
    shown: Mapping[str, Task] = {**TASKS, UNKNOWN_CASES_TASK: partial(teach_ten, until=UNKNOWN_SHOWN)}
    for number, (name, task) in enumerate(shown.items(), 1):
        print(name, flush=True)
        seen: list[Image.Image] = []

        def look(seen: list[Image.Image] = seen, said: str = f"{number}. {name.capitalize()}") -> None:
            image = Image.open(BytesIO(page.screenshot())).convert("RGB").resize(SIZE_PX, Image.Resampling.LANCZOS)
            image = captioned(image, said)
            if not seen or ImageChops.difference(seen[-1], image).getbbox():
                seen.append(image)

        task(Hand(page, look), scan)
        frames += [(image, SHOWN_MS) for image in seen[:-1]] + [(seen[-1], LAST_MS)]
    return frames


def captioned(image: Image.Image, text: str) -> Image.Image:
    """Return the image with a strip below it that says which task is done."""
    whole = Image.new("RGB", (image.width, image.height + STRIP_PX), "#0b6e83")
    whole.paste(image, (0, 0))
    ImageDraw.Draw(whole).text((14, image.height + 8), text, fill="white", font=ImageFont.load_default(16))
    return whole


def write(frames: list[tuple[Image.Image, int]], path: Path) -> None:
    """Write the frames as an animated WebP that is small enough for a page. Raises ValueError where it is not."""
    images = [image for image, _ in frames]
    images[0].save(
        path,
        save_all=True,
        append_images=images[1:],
        duration=[shown_ms for _, shown_ms in frames],
        loop=0,
        quality=60,
        method=5,
        minimize_size=True,
    )
    size = path.stat().st_size
    print(f"{path}: {len(frames)} frames, {sum(ms for _, ms in frames) / 1000:.0f} s, {size / 1e6:.1f} MB")
    if size > MAX_BYTES:
        raise ValueError(f"{path} has {size:,} bytes. Expected {MAX_BYTES:,} at most.")


if __name__ == "__main__":
    main()
