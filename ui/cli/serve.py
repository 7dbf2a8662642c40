"""Open the Streamlit app."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Annotated

import typer

from casegraph.errors import InputError
from casegraph.notice import NOTICE
from ui.cli.options import WorkspaceOption, opened
from ui.cli.output import say

APP = Path(__file__).parents[1] / "app" / "main.py"
THEME = APP.with_name("theme.toml")


def serve(
    address: Annotated[str, typer.Option(help="Interface to listen on; only this machine by default.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535)] = 8501,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser.")] = False,
    manage: Annotated[
        bool | None,
        typer.Option(
            help="Whether visitors may fill, index and curate the workspace.",
            show_default="only on this machine",
        ),
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Open the app for clinicians in a browser.

    Example: casegraph app --port 8600
    """
    with opened(workspace, create=True) as space:
        folder = space.folder
    if manage is not None:
        os.environ["CASEGRAPH_MANAGE"] = str(manage).lower()
    run_app(folder, address=address, port=port, headless=headless)


def run_app(folder: Path, *, address: str = "127.0.0.1", port: int = 8501, headless: bool = False) -> None:
    """Serve the app of a workspace until it is stopped. The app reads the folder from the environment.

    Raises
    ------
    InputError
        If the port is taken, or the address is none of this machine's.
    """
    from streamlit.web import cli

    from ui.app.warming import start_warming

    _require_free(address, port)
    say(f"Opening http://{address}:{port} (stop with Ctrl-C). {NOTICE}")
    options = {
        "server.address": address,
        "server.port": port,
        "server.headless": str(headless).lower(),
        "server.maxUploadSize": 64,
        "browser.gatherUsageStats": "false",
        "server.fileWatcherType": "none",
        "runner.magicEnabled": "false",  # else the docstring of a name in a page is drawn on it
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "theme.base": THEME,
    }
    os.environ["CASEGRAPH_WORKSPACE"] = str(folder.resolve())
    start_warming()
    cli.main(["run", str(APP), *(f"--{name}={value}" for name, value in options.items())])


def _require_free(address: str, port: int) -> None:
    try:
        socket.getaddrinfo(address, port)
    except (socket.gaierror, UnicodeError) as error:
        raise InputError(
            f"this machine has no address {address!r}. Name one that it has: --address 127.0.0.1."
        ) from error
    try:
        with socket.create_server((address, port)):
            pass
    except OSError as error:
        raise InputError(
            f"the app cannot listen on {address}:{port}: {error.strerror}. Choose another port: --port {port + 1}."
        ) from error
