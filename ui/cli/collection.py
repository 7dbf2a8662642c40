"""Named collections of cases: add, list, show, remove. A filter names one as collection=NAME."""

from __future__ import annotations

from typing import Annotated

import typer

from casegraph.errors import InputError
from ui.cli.options import JsonOption, WhereOption, WorkspaceOption, opened
from ui.cli.output import say, write_json, write_table

NameArgument = Annotated[str, typer.Argument(help="The name of the collection.")]
CasesArgument = Annotated[list[str] | None, typer.Argument(help="Cases, by id or short id.")]

app = typer.Typer(no_args_is_help=True, help="Named collections of cases.", rich_markup_mode=None)


@app.command()
def add(
    name: NameArgument,
    cases: CasesArgument = None,
    where: WhereOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put cases into a collection, which is made where there is none of this name.

    Example: casegraph collection add strokes --where disease=stroke
    """
    if not cases and not where:
        raise InputError("there is nothing to add. Name cases, or give a filter with --where.")
    with opened(workspace) as space:
        collection = space.collections.add(name, cases or (), where=where)
    if as_json:
        write_json(collection)
    else:
        say(f"{collection.name}: {len(collection.case_ids)} cases")


@app.command("list")
def list_collections(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List the collections."""
    with opened(workspace) as space:
        collections = space.collections.all()
    if as_json:
        write_json({"collections": collections})
    else:
        write_table(("collection", "cases"), ((one.name, len(one.case_ids)) for one in collections))


@app.command()
def show(name: NameArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List the cases of a collection, in the order in which they were added."""
    with opened(workspace) as space:
        collection = space.collections.get(name)
        cases = [space.documents.case(case_id) for case_id in collection.case_ids]
    if as_json:
        write_json(collection)
    else:
        write_table(("case", "title"), ((case.short_id, case.title) for case in cases), title=collection.name)


@app.command()
def remove(
    name: NameArgument,
    cases: CasesArgument = None,
    everything: Annotated[bool, typer.Option("--all", help="Forget the collection; its cases stay.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take cases out of a collection, or forget it whole with --all; the cases themselves stay.

    Example: casegraph collection remove strokes MPX9001
    """
    if bool(cases) == everything:
        raise InputError("name the cases to take out, or give --all to forget the collection.")
    with opened(workspace) as space:
        left = space.collections.remove(name, cases or None)
    if as_json:
        write_json(left or {"name": name, "case_ids": []})
    else:
        say(f"{name}: {len(left.case_ids)} cases" if left else f"{name} is forgotten; its cases stay")
