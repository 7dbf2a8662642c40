"""Curate: see what a person should look at, decide, and take decisions back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casegraph.cases import LedgerEntry, format_box, parse_box
from casegraph.curation import (
    DISTANCE,
    HASH_SIDE,
    Action,
    Decision,
    KnownDecision,
    Reported,
    ReviewItem,
    ReviewKind,
    divide_ledger_field,
    require_field_name,
    shortened,
)
from ui.cli.options import JsonOption, WorkspaceOption, opened
from ui.cli.output import ProgressBar, say, write_json, write_output, write_table
from ui.cli.remedies import in_words

app = typer.Typer(
    help="Review what was read, and decide: report, accept, correct, reject, crop, redact, take back.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

ActorOption = Annotated[str | None, typer.Option("--actor", help="Who decides.", show_default="the login name")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for those who ask later.")]
CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help="A case id.")]
ImageArgument = Annotated[str, typer.Argument(metavar="IMAGE", help="An image id.")]


@app.command("queue")
def queue(
    kind: Annotated[ReviewKind | None, typer.Option(help="Only items of this kind.")] = None,
    case: Annotated[str | None, typer.Option(help="Only items of this case.")] = None,
    field: Annotated[str | None, typer.Option(help="Only items of this field, such as age or modality.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what a person should look at, why, and the command that settles it.

    Example: casegraph curate queue --kind conflict
    """
    with opened(workspace) as space:
        case_id = space.documents.case(case).case_id if case else None
        with ProgressBar("comparing images") as progress:
            items = space.curation.queue(on_progress=progress)
    items = [one for one in items if kind in (None, one.kind) and case_id in (None, one.case_id)]
    if field is not None:
        name = require_field_name(field, (one.field_name for one in items))
        items = [one for one in items if one.field_name == name]
    if as_json:
        names = ("item_id", "kind", "case_id", "image_id", "field", "raw", "value", "why")
        rows = [{**{name: getattr(item, name) for name in names}, "settle": settle_in_words(item)} for item in items]
        write_json({"items": rows})
        return
    for item in items:
        say(f"{item.item_id}  {item.kind}  {item.image_id or item.case_id or ''}")
        say(f"    {item.why}")
        say(f"    {settle_in_words(item)}")
    say(f"{len(items)} to look at.")


def settle_in_words(item: ReviewItem) -> str:
    """Return the commands that settle an item, one or the other."""
    return " | ".join(map(in_words, item.settle))


@app.command("show")
def show(case: CaseArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Show how each value of a case came to be, and what people decided about it.

    Example: casegraph curate show MPX9001
    """
    with opened(workspace) as space:
        as_read = space.curation.case(case)
        live = space.documents.case(as_read.case_id) if space.documents.has(as_read.case_id) else None
        decided = [one for one in space.curation.decisions() if one.decision.case_id == as_read.case_id]
    ledger = (live or as_read).ledger
    if as_json:
        rows = [decision_row(one) for one in decided]
        write_json({"case_id": as_read.case_id, "live": live is not None, "ledger": ledger, "decisions": rows})
        return
    say(as_read.case_id if live else f"{as_read.case_id}, rejected")
    for entry in ledger:
        say(f"  {_entry_line(entry)}")
    _write_decisions(decided)


@app.command("report")
def report(
    case: CaseArgument,
    said: Annotated[str, typer.Argument(metavar="TEXT", help="What is wrong, in one line.")],
    about: Annotated[Reported, typer.Option(help="What of the case is wrong.")] = Reported.OTHER,
    image: Annotated[str | None, typer.Option(help="The image, where it is about one.")] = None,
    actor: ActorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Report an error in a case. The case stays as it is; the report waits in the review queue.

    Example: casegraph curate report MPX9001 "the caption is of another image" --about text
    """
    with opened(workspace, actor=actor) as space:
        made = space.curation.report(case, said, about=about, image_id=image)
    if as_json:
        write_json(made)
    else:
        say(f"{made.report_id}: reported of {made.image_id or made.case_id}. See the queue: casegraph curate queue")


@app.command("accept")
def accept(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="An id of the review queue, such as q0123456789.")],
    reason: ReasonOption = "",
    actor: ActorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Settle an item of the review queue as it is. It is back if the source says something else one day.

    Example: casegraph curate accept q0123456789 --reason "the history is of another visit"
    """
    with opened(workspace, actor=actor) as space:
        with ProgressBar("comparing images") as progress:
            found = space.curation.item(item, on_progress=progress)
        _say_decided(space.curation.accept(found, reason=reason), as_json)


@app.command("correct")
def correct(
    case: CaseArgument,
    field: Annotated[str, typer.Argument(metavar="FIELD", help="A field, such as age_years, diagnosis or plane.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="What is right; '' for not known; lists with ';'.")],
    image: Annotated[str | None, typer.Option(help="The image, where the field belongs to one.")] = None,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Correct a value. The ledger keeps the raw one; texts and splits of the source are not for correcting.

    Example: casegraph curate correct MPX9001 plane sagittal --image MPX9001_synpic90001
    """
    with opened(workspace, actor=actor) as space:
        _say_decided(space.curation.correct(case, field, value, image_id=image, reason=reason), as_json)


@app.command("reject")
def reject(
    named: Annotated[str, typer.Argument(metavar="CASE|IMAGE", help="A case id or an image id.")],
    reason: ReasonOption = "",
    actor: ActorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Leave a case out of the documents, or an image out of its case; now and on every ingest.

    Example: casegraph curate reject MPX9001_synpic90001 --reason "a drawing"
    """
    with opened(workspace, actor=actor) as space:
        _say_decided(space.curation.reject(named, reason=reason), as_json)


@app.command("crop")
def crop(
    image: ImageArgument,
    box: Annotated[str, typer.Argument(metavar="BOX", help="left,top,right,bottom in pixels of the original.")],
    reason: ReasonOption = "",
    actor: ActorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show only a part of an image. The original is kept: casegraph curate original.

    Example: casegraph curate crop MPX9001_synpic90001 10,10,200,220
    """
    with opened(workspace, actor=actor) as space:
        _say_decided(space.curation.crop(image, parse_box(box), reason=reason), as_json)


@app.command("mark-text")
def mark_text(
    image: ImageArgument,
    boxes: Annotated[list[str], typer.Argument(metavar="BOX...", help="left,top,right,bottom of each text.")],
    reason: ReasonOption = "",
    actor: ActorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Redact burned-in text of an image. The original is kept: casegraph curate original.

    Example: casegraph curate mark-text MPX9001_synpic90001 0,0,120,14 0,240,60,256
    """
    with opened(workspace, actor=actor) as space:
        _say_decided(space.curation.mark_text(image, [parse_box(box) for box in boxes], reason=reason), as_json)


@app.command("withdraw")
def withdraw(
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="The id of a decision, such as D3.")],
    reason: ReasonOption = "",
    actor: ActorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a decision back. It stays on record with the withdrawal.

    Example: casegraph curate withdraw D3 --reason "wrong case"
    """
    with opened(workspace, actor=actor) as space:
        withdrawal = space.curation.withdraw(decision, reason=reason)
    if as_json:
        write_json(withdrawal)
    else:
        say(f"{withdrawal.decision_id} is withdrawn. Bring graph and vectors up to date: casegraph index")


@app.command("decisions")
def decisions(
    action: Annotated[Action | None, typer.Option(help="Only decisions of this kind.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what people decided, who and when, withdrawn decisions too.

    Example: casegraph curate decisions --action reject-case
    """
    with opened(workspace) as space:
        known = [one for one in space.curation.decisions() if action in (None, one.decision.action)]
    if as_json:
        write_json({"decisions": [decision_row(one) for one in known]})
    else:
        _write_decisions(known)


@app.command("duplicates")
def duplicates(
    distance: Annotated[
        int, typer.Option(min=0, max=HASH_SIDE * HASH_SIDE, help="How many of the 256 bits may differ.")
    ] = DISTANCE,
    across: Annotated[bool, typer.Option("--across", help="Only pairs of two cases.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find images that look alike, and check the splits for leaks; exit code 1 where something leaks.

    Example: casegraph curate duplicates --across
    """
    with opened(workspace) as space, ProgressBar("comparing images") as progress:
        report = space.curation.near_duplicates(distance=distance, on_progress=progress)
    pairs = report.across_cases if across else report.pairs
    if as_json:
        numbers = {"images": report.images, "distance": distance, "across_cases": len(report.across_cases)}
        write_json({**numbers, "pairs": pairs, "leaks": report.leaks})
    else:
        rows = ((p.distance, p.image_id, p.other_image_id, p.split, p.other_split) for p in pairs)
        write_table(("bits", "image", "looks like", "split", "and split"), rows)
        say(f"{len(report.pairs)} pairs among {report.images} images, {len(report.across_cases)} across cases.")
        for leak in report.leaks:
            say(f"leak: {leak.kind}: {' and '.join(leak.ids)} ({', '.join(leak.splits)})")
    if report.leaks:
        raise typer.Exit(1)


@app.command("original")
def original(
    image: ImageArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the PNG; nothing is overwritten.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write an image as it was read, before any crop, redaction or rejection.

    Example: casegraph curate original MPX9001_synpic90001 original.png
    """
    with opened(workspace) as space:
        png = space.curation.original(image)
    write_output(file, png, replace=False)
    if as_json:
        write_json({"file": file, "size_bytes": len(png)})
    else:
        say(f"wrote {file}")


def decision_row(known: KnownDecision) -> dict[str, object]:
    """Return a decision as one flat JSON object, with its state and its withdrawal."""
    fields = {name: getattr(known.decision, name) for name in Decision.__dataclass_fields__}
    return {**fields, "state": known.state, "withdrawal": known.withdrawal}


def _say_decided(decision: Decision, as_json: bool) -> None:
    if as_json:
        write_json(decision)
        return
    name = decision.decision_id
    say(f"{name}: {decision.action} {decision.image_id or decision.case_id or decision.raw}.")
    say(f"Bring graph and vectors up to date: casegraph index. Take it back: casegraph curate withdraw {name}")


def _entry_line(entry: LedgerEntry) -> str:
    image_id, field = divide_ledger_field(entry.field)
    raw = "nothing" if entry.raw is None else f"'{shortened(entry.raw)}'"
    value = "unknown" if entry.value is None else f"'{shortened(entry.value)}'"
    conflict = "; sources disagree" if entry.conflict else ""
    return f"{image_id + ' ' if image_id else ''}{field}: {raw} -> {value} ({entry.rule}{conflict})"


def _write_decisions(known: list[KnownDecision]) -> None:
    for one in known:
        made = one.decision
        value = "; ".join(map(format_box, made.boxes_px)) or made.value
        about = " ".join(str(part) for part in (made.image_id or made.case_id, made.field, value) if part)
        reason = f": {made.reason}" if made.reason else ""
        say(f"{made.decision_id}  {one.state}  {made.action} {about}{reason}  ({made.actor}, {made.made_at})")
        if one.withdrawal:
            why = f": {one.withdrawal.reason}" if one.withdrawal.reason else ""
            say(f"    withdrawn by {one.withdrawal.actor}, {one.withdrawal.made_at}{why}")
    if not known:
        say("no decisions.")
