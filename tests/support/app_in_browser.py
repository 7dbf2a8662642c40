"""The app served to a real Chromium, as its readers use it, and what tests do on its pages."""

import re
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright
from required_engines import chromium_program, needing_an_engine

from casegraph.notice import NOTICE

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WINDOW = {"width": 1440, "height": 900}
PATIENCE_MS = 120_000  # the first page of a process imports torch, on a machine that may do other work too
# Streamlit asks for its own addresses below the page's first, and gets them from the root then. An image that a page
# shows no more is gone before a slow browser asks for it; that those shown are there is looked at besides.
# What a page has asked the server for and has no answer to yet: a busy server may take a while to begin a run.
COUNTING = """
window.WebSocket = class extends window.WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", () => { window.awaited = false; });
  }
  send(message) {
    window.awaited = true;
    super.send(message);
  }
};
"""
KNOWN_404 = re.compile(r"/_stcore/(health|host-config)$|/media/\w+\.\w+$")


@contextmanager
def served(workspace: Path, log: Path) -> Iterator[str]:
    """Serve the app as its users do; its log must stay free of tracebacks and of warnings of old age."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--headless", "--port", str(port), "-w", str(workspace)]
    command = [sys.executable, "-W", "default", "-m", "ui.cli", "app", *options]
    with log.open("w") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as server:
        try:
            _wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
    said = log.read_text()
    assert "Traceback" not in said and "eprecat" not in said, said


def _wait_until_healthy(address: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@contextmanager
def started_browser() -> Iterator[Browser]:
    """Start a Chromium; each window of it shares nothing with the others."""
    expect.set_options(timeout=PATIENCE_MS)
    with needing_an_engine():
        chromium = chromium_program()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Page]:
    """Open a browser window; afterwards nothing may have left loopback and nothing may have been complained of."""
    outside: list[str] = []
    complaints: list[str] = []
    with new_window(browser, address) as window:
        window.on("request", lambda asked: None if _stays(asked.url, address) else outside.append(asked.url))
        window.on("console", lambda said: complaints.append(f"{said.text} {said.location}") if _bad(said) else None)
        window.on("pageerror", lambda error: complaints.append(str(error)))
        yield window
        broken = window.locator("img").evaluate_all(
            "all => all.filter(i => i.complete && !i.naturalWidth).map(i => i.src)"
        )
    assert broken == []
    assert outside == []
    assert complaints == []


def new_window(browser: Browser, address: str) -> Page:
    """Open a window as another reader has one: it shares nothing with those that are open."""
    window = browser.new_page(viewport=WINDOW, base_url=address)
    window.add_init_script(COUNTING)
    window.set_default_timeout(PATIENCE_MS)
    return window


def _stays(url: str, address: str) -> bool:
    return url.startswith((address, "data:", "blob:"))


def _bad(said) -> bool:
    return said.type == "error" and not KNOWN_404.search(said.location["url"])


def settle(page: Page) -> None:
    """Wait until the page has been run and drawn."""
    page.get_by_text(NOTICE).wait_for()
    page.wait_for_timeout(150)  # until a click has left for the server
    page.wait_for_function(
        "() => window.awaited === false && document.querySelector('.stApp').dataset.testScriptState === 'notRunning'"
        " && !document.querySelector('[data-testid=stSkeleton]') && !document.querySelector('[data-testid=stSpinner]')"
    )
    expect(page.get_by_test_id("stException")).to_have_count(0)


def turn_to(page: Page, name: str) -> None:
    """Choose a page in the bar at the top."""
    link = page.get_by_test_id("stTopNav").get_by_role("link", name=name, exact=True)
    path = urllib.parse.urlsplit(link.get_attribute("href") or "").path
    link.click()
    expect(page).to_have_url(re.compile(rf":\d+{path}(\?|$)"))
    settle(page)
    expect(page).to_have_title(re.compile("CaseGraph$"))


def upload(page: Page, name: str, content: bytes) -> None:
    """Choose a file of these bytes in the first upload field of a page."""
    page.locator("input[type=file]").first.set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


def touch(page: Page, steps: list[list[tuple[float, float]]]) -> None:
    """Lay fingers down at the first points, move them through the others, and lift them."""
    session = page.context.new_cdp_session(page)

    def send(kind: str, points: list[tuple[float, float]]) -> None:
        fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    send("touchStart", steps[0])
    for points in steps[1:]:
        send("touchMove", points)
    send("touchEnd", [])
