"""From nothing to a workspace with cases in it, and the app open on it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casegraph.ingested import told_of_ingest
from casegraph.notice import NOTICE
from casegraph.workspace import Workspace
from ui.cli.options import opened
from ui.cli.output import ProgressBar, say
from ui.cli.remedies import advised
from ui.cli.serve import run_app


def demo(
    data: Annotated[Path | None, typer.Option(help="A MedPix 2.0 release folder instead of the sample cases.")] = None,
    workspace: Annotated[Path | None, typer.Option("--workspace", "-w", help="Folder of the demo's workspace.")] = None,
    headless: Annotated[bool, typer.Option("--headless", help="Do everything but serve the app.")] = False,
    port: Annotated[int, typer.Option(min=1, max=65_535)] = 8501,
) -> None:
    """Make a workspace with embedded engines, fill it, and open the app. A second run duplicates nothing.

    Example: casegraph demo --data ~/MedPix-2-0
    """
    folder = workspace or Path("workspace-demo" if data is None else f"workspace-{data.resolve().name}")
    with opened(folder, create=True) as space:
        space.try_servers()
        source = data or space.documents.sample()
        with ProgressBar("reading cases") as progress:
            report = space.documents.ingest(str(source), on_progress=progress)
        say("\n".join(map(advised, told_of_ingest(report))))
        with ProgressBar("indexing") as progress:
            say(space.indexing.run(on_progress=progress).describe())
        _say_what_next(space, source)
    if not headless:
        run_app(folder, port=port)


def _say_what_next(space: Workspace, source: Path) -> None:
    image = next(iter(sorted((source / "images").glob("*.png"))), None)
    say(f"Workspace: {space.folder}")
    say("Try:")
    say(f'  casegraph search "mass" -w {space.folder}')
    if image:
        say(f"  casegraph classify {image} -w {space.folder}")
        say(f"  casegraph draft --image {image} -w {space.folder}")
    say(f"  casegraph app -w {space.folder}")
    say(NOTICE)
