"""Bring cases in, make them findable, take subsets out: ingest, index, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casegraph.ingested import told_of_ingest
from ui.cli.options import JsonOption, WhereOption, WorkspaceOption, opened
from ui.cli.output import ProgressBar, say, write_json
from ui.cli.remedies import advised


def ingest(
    source: Annotated[
        str,
        typer.Argument(
            help="A folder: your own cases.csv with images, a MedPix 2.0 release, case reports, a MultiCaRe release. "
            "Or mongodb://host/database with a MedPix 2.0 release."
        ),
    ],
    images: Annotated[Path | None, typer.Option(help="Folder of the images, where the source does not say.")] = None,
    documents: Annotated[
        str | None, typer.Option(help="Keep documents here: sqlite, or mongodb://host/database.")
    ] = None,
    graph: Annotated[str | None, typer.Option(help="Keep the graph here: embedded, or bolt://host:7687.")] = None,
    index: Annotated[bool, typer.Option(help="Bring graph and vectors up to date afterwards.")] = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read cases from a source, curate them and keep them.

    Running it again changes nothing and says so. Records that do not fit go to quarantine with their reason; the
    exit code is then 3, and also where a field or the image files were lost for most.

    Example: casegraph ingest ~/my-cases
    """
    with opened(workspace, create=True, documents=documents, graph=graph) as space:
        built, difference = None, None
        with ProgressBar("reading cases") as progress:
            if dry_run:
                report, difference = space.documents.foresee(source, images=images, on_progress=progress)
            else:
                space.try_servers()
                report = space.documents.ingest(source, images=images, on_progress=progress)
        if index and not dry_run:
            with ProgressBar("indexing") as progress:
                built = space.indexing.run(on_progress=progress)
        if as_json:
            write_json({"ingest": report, "index": built, "difference": difference})
        else:
            say(
                "\n".join(
                    [*map(advised, told_of_ingest(report)), *(part.describe() for part in (built, difference) if part)]
                )
            )
    if report.lost_for_most or not report.all_fit:
        raise typer.Exit(3)


def index(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Delete and rebuild graph and vectors.")] = False,
    image_encoder: Annotated[
        str | None,
        typer.Option(help="compact, hog-pca, open_clip:MODEL:WEIGHTS or a name of `models list`."),
    ] = None,
    text_encoder: Annotated[
        str | None,
        typer.Option(help="tfidf-svd, all-minilm-l6-v2, sentence-transformers:NAME or a name of `models list`."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring graph, vectors and classifier up to the documents.

    Example: casegraph index --text-encoder sentence-transformers:./biobert
    """
    with opened(workspace, image_encoder=image_encoder, text_encoder=text_encoder) as space:
        with ProgressBar("indexing") as progress:
            report = space.indexing.run(rebuild=rebuild, on_progress=progress)
        if as_json:
            write_json(report)
        else:
            say(report.describe())


def export(
    folder: Annotated[Path, typer.Argument(help="An empty or new folder, or a new file that ends in .zip.")],
    where: WhereOption = None,
    images: Annotated[bool, typer.Option(help="Copy the images too.")] = True,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a subset as cases.jsonl, images.csv and the image files.

    Example: casegraph export brain-mr --where 'modality=MR region=Head'
    """
    with opened(workspace) as space:
        report = space.documents.export(folder, where=where, images=images)
        if as_json:
            write_json(report)
        else:
            say(f"wrote {report.cases} cases and {report.images} images to {folder}")
