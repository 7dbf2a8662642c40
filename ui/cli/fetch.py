"""Fetch from the net: articles of PubMed Central, and the full-size images of a case."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casegraph.fetching import Database, FetchReport, NamedSearch, ServiceName, fetch_medpix, fetch_pmc
from ui.cli.options import JsonOption, WorkspaceOption, opened, settings_for
from ui.cli.output import ProgressBar, say, warn, write_json

app = typer.Typer(
    help="Fetch cases from the net, into folders that casegraph ingest reads.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def fetch() -> None:
    """Fetch cases from the net, into folders that casegraph ingest reads."""


@app.command()
def pmc(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder of the articles: a new one, or one to continue.")
    ],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of publication.")],
    query: Annotated[
        str, typer.Argument(help="What to look for, as a PubMed query.", show_default="all that --search finds")
    ] = "",
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day of publication.", show_default="today"),
    ] = None,
    email: Annotated[
        str | None,
        typer.Option(help="Your e-mail address, which NCBI asks for.", show_default="CASEGRAPH_NCBI_EMAIL"),
    ] = None,
    licence: Annotated[
        list[str] | None,
        typer.Option(
            help="A licence that articles may have, as 'CC BY-ND' or other; may be repeated.",
            show_default="CC0, CC BY, CC BY-NC, CC BY-NC-SA",
        ),
    ] = None,
    named: Annotated[
        NamedSearch | None,
        typer.Option("--search", help="The search that a published data set was made by; a query narrows it."),
    ] = None,
    database: Annotated[Database, typer.Option(help="Where the query is run.")] = Database.PUBMED,
    service: Annotated[ServiceName, typer.Option(help="Where the articles are fetched.")] = ServiceName.CLOUD,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Fetch at most this many now, the rest another time.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch the open articles of PubMed Central that a query finds, with their figures.

    If it is interrupted, the same command resumes where it stopped. Your NCBI key is read from
    CASEGRAPH_NCBI_API_KEY. Exit code 3 where articles could not be fetched; the next run tries them again.

    Example: casegraph fetch pmc 'renal abscess' --search multicare --from 2020-01-01 -o articles
    """
    settings = settings_for(None, ncbi_email=email)
    with ProgressBar("fetching") as progress:
        report = fetch_pmc(
            settings,
            query,
            output,
            first=first.date(),
            last=(last or datetime.now(UTC)).date(),
            named=named,
            database=database,
            service=service,
            licences=licence or (),
            limit=limit,
            on_progress=progress,
        )
    for term in report.unknown_terms:
        warn(f"note: the server does not know {term!r} and left it out of the query")
    write_json(report) if as_json else say("\n".join(_lines(report)))
    if report.failed:
        raise typer.Exit(3)


def _lines(report: FetchReport) -> list[str]:
    lines = [
        f"{report.found} articles match, {report.in_pmc} of them are in PubMed Central",
        f"fetched {report.fetched}, there already {report.present}",
    ]
    if report.listed < report.found:
        lines.append(f"{report.found - report.listed} were added while the lists were read: the next run finds them")
    refused = [f"{count} under {licence}" for licence, count in report.refused.items()]
    left_out = [
        *([f"{report.not_open} not open"] if report.not_open else []),
        *([f"{report.retracted} retracted"] if report.retracted else []),
        *refused,
    ]
    if left_out:
        lines.append(f"left out: {', '.join(left_out)}")
    if refused:
        lines.append("to take articles under another licence as well, name each with --licence")
    lines += [f"failed: {failed.pmcid}: {failed.reason}" for failed in report.failed]
    if report.left:
        lines.append(f"{report.left} left: run it again to go on")
    lines.append(f"to read them: casegraph ingest {report.folder}")
    return lines


@app.command()
def medpix(
    pages: Annotated[list[str], typer.Argument(help="Addresses of pages of cases.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Release folder: a new one, or one to continue.")],
    shape: Annotated[Path | None, typer.Option(help="A table of CSS selectors of your own, in TOML.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch pages of MedPix cases with their images, into a folder of the form of a MedPix 2.0 release.

    Where the values stand on a page is an assumed shape: copy ingest/fetch/medpix_page.toml, correct its selectors and
    name the copy with --shape. Exit code 3 where something could not be fetched; the next run tries it again.

    Example: casegraph fetch medpix https://medpix.nlm.nih.gov/case?id=1 -o release --shape selectors.toml
    """
    with ProgressBar("fetching") as progress:
        report = fetch_medpix(settings_for(None), pages, output, shape=shape, on_progress=progress)
    if as_json:
        write_json(report)
    else:
        say(f"{report.folder} holds {report.cases} cases and {report.images} images; {report.fetched} fetched now")
        say(f"to read them: casegraph ingest {report.folder}")
    for failed in report.failed:
        warn(f"note: {failed.url} was not fetched: {failed.reason}")
    if report.failed:
        raise typer.Exit(3)


def originals(
    case: Annotated[str, typer.Argument(help="A case of the workspace.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch the full-size images of a case by the links that its source gives.

    They are kept in the folder originals of the workspace, apart from the images that search and drafts work on, each
    with the address that it came from. Those that are there are not fetched again. Exit code 3 where one failed.

    Example: casegraph originals MPX1009
    """
    with opened(workspace) as space, ProgressBar("fetching") as progress:
        report = space.originals.fetch(case, on_progress=progress)
    if as_json:
        write_json(report)
    else:
        say(f"{report.case_id}: {len(report.originals)} originals, {report.fetched} of them fetched now")
        for original in report.originals:
            say(f"{original.image_id}: {original.width_px} x {original.height_px} pixels, from {original.host}")
        if report.without_link:
            say(f"{len(report.without_link)} images have no link to an image file")
    for failed in report.failed:
        warn(f"note: {failed.image_id} was not fetched: {failed.reason}")
    if report.failed:
        raise typer.Exit(3)
