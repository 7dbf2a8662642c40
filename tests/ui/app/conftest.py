"""What browser tests of the app share: one server of the sample cases, and a window on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from app_in_browser import opened, served, started_browser
from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def address(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the sample cases."""
    with served(demo_workspace, tmp_path_factory.mktemp("log") / "app.log") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a Chromium for the tests of a module; longer, its loop would be in the way of other tests'."""
    with started_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Open a browser window on the sample cases."""
    with opened(browser, address) as window:
        yield window


@pytest.fixture
def window(page: Page) -> Page:
    """Return a window as small as the app is made for."""
    page.set_viewport_size({"width": 1280, "height": 800})
    return page
