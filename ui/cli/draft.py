"""Draft statements on a scan from similar cases, and lead a kept draft through its life."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from casegraph.cases import Sex
from casegraph.drafts import (
    MAX_CASES,
    MAX_FILE_BYTES,
    DraftFormat,
    DraftRequest,
    KeptDraft,
    State,
    Verification,
    document_of,
    draft_document,
    written_as,
)
from casegraph.errors import InputError
from ui.cli.images import read_image
from ui.cli.options import JsonOption, WhereOption, WorkspaceOption, opened
from ui.cli.output import StatementCounter, say, write_json, write_output, write_table

FormatOption = Annotated[DraftFormat, typer.Option("--format", help="Output format.")]
OutputOption = Annotated[Path | None, typer.Option("--output", help="Write to this file instead.")]
DraftArgument = Annotated[str, typer.Argument(help="The draft, for example D7.")]
ByOption = Annotated[str, typer.Option("--by", help="Your name, as it should appear in the draft.")]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="Why, for the record.")]

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


@app.callback()
def draft(
    context: typer.Context,
    image: Annotated[Path | None, typer.Option(help="A PNG, JPEG, WebP or DICOM file of this patient.")] = None,
    history: Annotated[str, typer.Option(help="History of this patient, in words.")] = "",
    exam: Annotated[str, typer.Option(help="Physical exam and laboratory, in words.")] = "",
    findings: Annotated[str, typer.Option(help="What you see on this scan, in words.")] = "",
    age: Annotated[float | None, typer.Option(min=0, max=130, help="Age in years.")] = None,
    sex: Annotated[Sex | None, typer.Option(help="Sex.")] = None,
    where: WhereOption = None,
    cases: Annotated[int, typer.Option(help=f"How many similar cases to use, 1 to {MAX_CASES}.")] = MAX_CASES,
    model: Annotated[
        str | None, typer.Option(help="A chat model as LangChain names it; without one the draft is extractive.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep it in the workspace, to review and sign it.")] = False,
    output: FormatOption = DraftFormat.TEXT,
    file: OutputOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draft Indication, Technique, Findings and Differential; every statement cites its evidence.

    Example: casegraph draft --image scan.png --history "headache for two weeks" --age 54 --sex female
    """
    if context.invoked_subcommand is not None:
        return
    request = DraftRequest(history=history, exam=exam, findings=findings, age_years=age, sex=sex)
    with opened(workspace, language_model=model) as space:
        read = read_image(space, image) if image else None
        with StatementCounter() as on_progress:
            written = space.drafts.write(request, image=read, where=where, cases=cases, on_progress=on_progress)
        document = draft_document(written)
        if keep:
            kept = space.drafts.keep(document)
            document = document_of(kept, kept.newest)
    _write(document, DraftFormat.JSON if as_json else output, file)


@app.command("list")
def list_drafts(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List the kept drafts."""
    with opened(workspace) as space:
        drafts = space.drafts.kept()
    if as_json:
        write_json({"drafts": [document_of(kept, kept.newest)["standing"] for kept in drafts]})
        return
    rows = [
        (kept.draft_id, kept.newest.number, kept.newest.state, _signer(kept), kept.newest.made_at) for kept in drafts
    ]
    write_table(("draft", "version", "state", "signed by", "made at"), rows)


@app.command()
def show(
    draft_id: DraftArgument,
    version: Annotated[int | None, typer.Option(help="Which version; the newest by default.")] = None,
    difference: Annotated[bool, typer.Option("--difference", help="Show what its editor changed.")] = False,
    output: FormatOption = DraftFormat.TEXT,
    file: OutputOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a kept draft, in any format."""
    with opened(workspace) as space:
        kept = space.drafts.get(draft_id)
    wanted = kept.version(version)
    if difference:
        say("\n".join(wanted.difference) or "No changes: it is as it was composed.")
        return
    _write(document_of(kept, wanted), DraftFormat.JSON if as_json else output, file)


@app.command()
def review(
    draft_id: DraftArgument, by: ByOption, reason: ReasonOption = None, workspace: WorkspaceOption = None
) -> None:
    """Record that you have checked a draft against its evidence."""
    _change(draft_id, State.REVIEWED, by, reason, workspace)


@app.command()
def sign(draft_id: DraftArgument, by: ByOption, reason: ReasonOption = None, workspace: WorkspaceOption = None) -> None:
    """Sign a reviewed draft; the signature is self-declared and freezes its content."""
    _change(draft_id, State.SIGNED, by, reason, workspace)


@app.command()
def reject(
    draft_id: DraftArgument, by: ByOption, reason: ReasonOption = None, workspace: WorkspaceOption = None
) -> None:
    """Reject a draft; it stays in the record."""
    _change(draft_id, State.REJECTED, by, reason, workspace)


@app.command()
def edit(
    draft_id: DraftArgument,
    by: ByOption,
    statement: Annotated[int, typer.Option(min=1, help="Its number, counted through all sections.")],
    text: Annotated[str | None, typer.Option(help="Its new wording.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove it.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Edit or remove a statement; this makes a new version that nobody has reviewed."""
    if (text is None) != remove:
        raise InputError("say what to do with the statement: --text 'NEW WORDING', or --remove.")
    with opened(workspace) as space:
        kept = space.drafts.edit(draft_id, statement, text, name=by)
    _say_state(kept)


def verify_draft(
    file: Annotated[Path, typer.Argument(help="A draft as it was written to a file, in any format.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell whether a file of a kept draft is unchanged, and who signed the draft; exit code 1 if it was changed.

    Example: casegraph verify-draft draft.pdf
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES)
    except OSError as error:
        raise InputError(f"'{file}' cannot be read: {error.strerror}.") from error
    with opened(workspace) as space:
        found = space.drafts.verify(data)
    write_json(found) if as_json else _say_verification(found)
    if not found.unchanged:
        raise typer.Exit(1)


def _change(draft_id: str, state: State, by: str, reason: str | None, workspace: Path | None) -> None:
    with opened(workspace) as space:
        kept = space.drafts.change_state(draft_id, state, name=by, reason=reason)
    _say_state(kept)


def _say_state(kept: KeptDraft) -> None:
    say(f"draft {kept.draft_id}, version {kept.newest.number}: {kept.newest.state}.")


def _signer(kept: KeptDraft) -> str:
    signature = kept.newest.signature
    return signature.name if signature else ""


def _say_verification(found: Verification) -> None:
    what = f"draft {found.draft_id}, version {found.version}"
    if found.unchanged:
        say(f"unchanged: {what}, as it was written when its state was '{found.state_in_file}'.")
    else:
        say(f"CHANGED: it claims to be {what}, but differs from what this workspace writes for it.")
    signed = (
        f"signed by {found.signed_by} ({found.signature}) at {found.signed_at}" if found.signed_by else "not signed"
    )
    say(f"that version is now: {found.state}, {signed}.")
    if found.newer_version:
        say(f"there is a newer version, {found.newer_version}.")


def _write(document: dict[str, Any], kind: DraftFormat, file: Path | None) -> None:
    data = written_as(document, kind)
    if file is not None:
        write_output(file, data)
        say(f"written to {file}.")
    elif kind is DraftFormat.PDF:
        if sys.stdout.isatty():
            raise InputError("a PDF cannot be shown in a terminal. Name a file: --output draft.pdf.")
        sys.stdout.buffer.write(data)
    else:
        say(data.decode().rstrip("\n"))
