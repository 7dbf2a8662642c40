"""Ask the knowledge graph."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ingest.concepts.diagnosis import diagnosis_codes, diagnosis_concept_id, explain_diagnosis
from ingest.errors import InputError, UnknownCase
from kg.engine.graph import Graph
from kg.export.export import ExportFormat, export_graph, format_of
from kg.questions.neighbourhood import HUBS, Subgraph, counts, find_nodes, neighbourhood, require_node
from kg.questions.paths import LONGEST, shortest_paths
from kg.questions.shared import Comparison, shared
from kg.schema import Label
from ui.commands.graph_statistics import cohort_of, communities_of, differential_of, sharing
from ui.commands.options import JsonOption, WorkspaceOption, opened
from ui.output import say, write_json, write_table

app = typer.Typer(help="Ask the knowledge graph.", no_args_is_help=True, rich_markup_mode=None)

NodeArgument = Annotated[str, typer.Argument(help="A node as Label:key, such as Case:medpix2:MPX9001, or a case id.")]


@app.command("counts")
def count_nodes(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Count nodes by label and relationships by type.

    Example: casegraph graph counts
    """
    with opened(workspace) as space:
        numbers = counts(space.graph)
    if as_json:
        write_json(numbers)
    else:
        rows = [*numbers.nodes.items(), *numbers.relationships.items()]
        write_table(("label or type", "count"), ((str(name), count) for name, count in rows if count))


@app.command("find")
def find(
    words: Annotated[str, typer.Argument(help="Part of a name.")],
    label: Annotated[Label | None, typer.Option(help="Only nodes of this label.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find nodes by their name.

    Example: casegraph graph find "renal cyst"
    """
    with opened(workspace) as space:
        nodes = find_nodes(space.graph, words, label=label, limit=limit)
    if as_json:
        write_json({"nodes": nodes})
    else:
        write_table(("node", "name"), ((node.key, node.name) for node in nodes))


@app.command("show")
def show(
    node: NodeArgument,
    depth: Annotated[int, typer.Option(min=1, max=3, help="How many steps to walk.")] = 1,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 100,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what stands around a node.

    Example: casegraph graph show MPX9001
    """
    with opened(workspace) as space:
        around = neighbourhood(space.graph, space.node_key(node), depth=depth, limit=limit)
    _write_subgraph(around, as_json)


@app.command("path")
def path(
    start: NodeArgument,
    end: NodeArgument,
    count: Annotated[int, typer.Option("-k", "--count", min=1, max=100, help="How many paths to return.")] = 5,
    hubs: Annotated[bool, typer.Option("--hubs", help="Lead over modality, region and exam as well.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the shortest paths between two nodes, in words; those over rare things first.

    Example: casegraph graph path MPX9001 MPX9002
    """
    with opened(workspace) as space:
        ends = space.node_key(start), space.node_key(end)
        found = shortest_paths(space.graph, *ends, limit=count, without=() if hubs else HUBS)
    if as_json:
        write_json({"paths": found})
    elif found:
        write_table(("steps", "what it says"), ((len(path.relationships), path.words) for path in found))
    else:
        say(f"no path of up to {LONGEST} steps.")


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
        compared = shared(space.graph, space.case(case_a).case_id, space.case(case_b).case_id)
    if as_json:
        write_json(compared)
    else:
        write_table(("what", "name", "in"), _rows(compared))


app.command("differential")(differential_of)
app.command("cohort")(cohort_of)
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
    concept_id = diagnosis_concept_id(name)
    if concept_id is None:
        raise InputError(f"{name!r} is no name. Write a diagnosis in words, for example 'Renal cell carcinoma'.")
    with opened(workspace) as space:
        names = _names_in(space.graph, concept_id)
    steps, codes = explain_diagnosis(name), dict(diagnosis_codes(concept_id))
    if as_json:
        write_json({"concept_id": concept_id, "steps": steps, "codes": codes, "names": names})
        return
    write_table(("rule", "before", "after"), ((step.rule, step.before, step.after) for step in steps))
    said = [("concept", concept_id), *(("code", f"{scheme}:{code}") for scheme, code in codes.items())]
    write_table(("what", "value"), [*said, *(("name in the workspace", seen) for seen in names)])


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
    written_as = written_as or format_of(file)
    with opened(workspace) as space:
        report = export_graph(space.graph, file, written_as)
    if as_json:
        write_json(report)
    else:
        say(f"{report.nodes} nodes and {report.relationships} relationships written to {report.file}.")


def _names_in(graph: Graph, concept_id: str) -> list[str]:
    """Return the names under which the workspace's cases have a diagnosis, the most frequent first."""
    try:
        node = require_node(graph, f"{Label.DIAGNOSIS}:{concept_id}")
    except UnknownCase:
        return []
    return [node.name, *node.properties.get("aliases", [])]


def _rows(compared: Comparison) -> list[tuple[str, str, str]]:
    parts = {"both": compared.shared, "the first": compared.only_first, "the second": compared.only_second}
    return [(str(thing.kind), thing.node.name, place) for place, things in parts.items() for thing in things]


def _write_subgraph(around: Subgraph, as_json: bool) -> None:
    if as_json:
        write_json(around)
        return
    names = {node.key: node.name for node in around.nodes}
    write_table(
        ("from", "relationship", "to"),
        ((names[r.source], r.type, names[r.target]) for r in around.relationships),
    )
