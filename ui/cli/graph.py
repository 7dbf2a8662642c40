"""Ask the knowledge graph."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casegraph.graph import MAX_STEPS, PAGE_SIZE, Comparison, ExportFormat, Label, Subgraph
from ui.cli.graph_statistics import cohort_of, communities_of, differential_of, placed, sharing
from ui.cli.options import JsonOption, WorkspaceOption, opened
from ui.cli.output import say, write_json, write_table

app = typer.Typer(help="Ask the knowledge graph.", no_args_is_help=True, rich_markup_mode=None)

NodeArgument = Annotated[
    str, typer.Argument(help="A node as Label:key, such as Case:medpix2:MPX9001, a case id, or a diagnosis.")
]


@app.command("counts")
def count_nodes(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Count nodes by label and relationships by type.

    Example: casegraph graph counts
    """
    with opened(workspace) as space:
        numbers = space.graph.counts()
    if as_json:
        write_json(numbers)
    else:
        rows = [*numbers.nodes.items(), *numbers.relationships.items()]
        write_table(("label or type", "count"), ((str(name), count) for name, count in rows if count))


@app.command("find")
def find(
    words: Annotated[str, typer.Argument(help="Words, or parts of them, in any order.")],
    label: Annotated[Label | None, typer.Option(help="Only nodes of this label.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find nodes by words of their names and synonyms, and say how many cases each has.

    Example: casegraph graph find "renal cyst"
    """
    with opened(workspace) as space:
        nodes = space.graph.find(words, label=label, limit=limit)
    if as_json:
        write_json({"nodes": nodes})
    else:
        write_table(("node", "name", "cases"), ((node.key, node.title or node.name, node.cases) for node in nodes))


@app.command("show")
def show(
    node: NodeArgument,
    depth: Annotated[int, typer.Option(min=1, max=3, help="How many steps to walk.")] = 1,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 100,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the neighbourhood of a node.

    Example: casegraph graph show MPX9001
    """
    with opened(workspace) as space:
        around = space.graph.around(node, depth=depth, limit=limit)
    _write_subgraph(around, as_json)


@app.command("groups")
def groups(node: NodeArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Count the neighbours of a node by kind.

    Example: casegraph graph groups Finding:finding:mass
    """
    with opened(workspace) as space:
        found = space.graph.groups(node)
    if as_json:
        write_json({"groups": found})
    else:
        write_table(("group", "what it says"), ((group.name, group.words) for group in found))


@app.command("members")
def members(
    node: NodeArgument,
    group: Annotated[str, typer.Argument(help="A group of the node, as its groups are named: SHOWS.in.Case.")],
    page: Annotated[int, typer.Option(min=1, help="Which page.")] = 1,
    count: Annotated[
        int, typer.Option("-k", "--count", min=1, max=1000, help="How many nodes a page has.")
    ] = PAGE_SIZE,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the nodes of one group of a node, a page at a time.

    Example: casegraph graph members Finding:finding:mass SHOWS.in.Case
    """
    with opened(workspace) as space:
        found = space.graph.members(node, group, page=page, size=count)
    if as_json:
        write_json(found)
        return
    title = f"{found.group.words}, page {found.page} of {found.pages}"
    write_table(("node", "name"), ((one.key, one.name) for one in found.nodes), title=title)


@app.command("path")
def path(
    start: NodeArgument,
    end: NodeArgument,
    count: Annotated[int, typer.Option("-k", "--count", min=1, max=100, help="How many paths to return.")] = 5,
    hubs: Annotated[bool, typer.Option("--hubs", help="Also allow paths through modality, region and exam.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the shortest paths between two nodes, in words; those through rare nodes first.

    Example: casegraph graph path MPX9001 MPX9002
    """
    with opened(workspace) as space:
        found = space.graph.paths(start, end, limit=count, hubs=hubs)
    if as_json:
        write_json({"paths": found})
    elif found:
        write_table(("steps", "what it says"), ((len(path.relationships), path.words) for path in found))
    else:
        say(f"no path of up to {MAX_STEPS} steps.")


@app.command("shared")
def shared_things(
    case_a: Annotated[str, typer.Argument(help="A case id.")],
    case_b: Annotated[str, typer.Argument(help="Another case id.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what two cases have in common.

    Example: casegraph graph shared MPX9001 MPX9002
    """
    with opened(workspace) as space:
        compared = space.graph.compare(case_a, case_b)
    if as_json:
        write_json(compared)
    else:
        write_table(("what", "name", "in"), _rows(compared))


app.command("differential")(differential_of)
app.command("cohort")(cohort_of)
app.command("placed")(placed)
app.command("sharing")(sharing)
app.command("communities")(communities_of)


@app.command("explain")
def explain(
    name: Annotated[str, typer.Argument(help="The name of a diagnosis, as somebody wrote it.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Explain which diagnosis a name belongs to: the steps, its codes, the other names of it in the workspace.

    Example: casegraph graph explain "Carcinoma, renal cell"
    """
    with opened(workspace) as space:
        found = space.graph.explain_diagnosis(name)
    if as_json:
        write_json(found)
        return
    write_table(("rule", "before", "after"), ((step.rule, step.before, step.after) for step in found.steps))
    said = [("concept", found.concept_id), *(("code", f"{scheme}:{code}") for scheme, code in found.codes.items())]
    write_table(("what", "value"), [*said, *(("name in the workspace", seen) for seen in found.names)])


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    written_as: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format",
            help="GraphML, JSON (node-link), or a Cypher script for an empty Neo4j.  [default: as FILE ends]",
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the whole graph into a file.

    Example: casegraph graph export graph.cypher
    """
    with opened(workspace) as space:
        report = space.graph.export(file, written_as)
    if as_json:
        write_json(report)
    else:
        say(f"{report.nodes} nodes and {report.relationships} relationships written to {report.file}.")


def _rows(compared: Comparison) -> list[tuple[str, str, str]]:
    parts = {"both": compared.shared, "the first": compared.only_first, "the second": compared.only_second}
    return [(str(thing.kind), thing.name, place) for place, things in parts.items() for thing in things]


def _write_subgraph(around: Subgraph, as_json: bool) -> None:
    if as_json:
        write_json(around)
        return
    names = {node.key: node.name for node in around.nodes}
    write_table(
        ("from", "relationship", "to"),
        ((names[r.source], r.type, names[r.target]) for r in around.relationships),
    )
