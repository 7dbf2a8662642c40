"""Ask the knowledge graph for numbers: differentials, cohorts, similar cases, communities."""

from __future__ import annotations

from typing import Annotated

import typer

from casegraph.cases import Modality, Region
from casegraph.errors import InputError
from casegraph.graph import SEED, Cohort, Share
from casegraph.notice import NOTICE
from ui.cli.options import CountOption, JsonOption, WhereOption, WorkspaceOption, opened
from ui.cli.output import say, warn, write_json, write_table


def differential_of(
    findings: Annotated[list[str], typer.Argument(help="Findings that are present, as finding:mass or by name.")],
    absent: Annotated[list[str] | None, typer.Option(help="A finding that is absent; may be repeated.")] = None,
    region: Annotated[Region | None, typer.Option(help="Only cases with an image of this region.")] = None,
    modality: Annotated[Modality | None, typer.Option(help="Only cases with an image of this modality.")] = None,
    count: Annotated[int, typer.Option("-k", "--count", min=1, max=1000, help="How many diagnoses to return.")] = 10,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rank the diagnoses of cases that show some findings, and say how often they do.

    Example: casegraph graph differential finding:mass "ring enhancement" --absent edema --region Head
    """
    with opened(workspace) as space:
        found = space.graph.differential(findings, absent=absent or (), region=region, modality=modality, limit=count)
    if as_json:
        write_json(found)
        return
    rows = ((f"{one.score:+.2f}", one.name, len(one.cases), one.why) for one in found.candidates)
    write_table(("score", "diagnosis", "cases", "why"), rows, title=f"among {found.cases} cases")
    warn(NOTICE)


def placed(
    question: Annotated[str, typer.Argument(help="A finding, its place and its side, in words.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which cases have a finding at a place and on a side, as their texts place it.

    Example: casegraph graph placed "mass in the left kidney"
    """
    with opened(workspace) as space:
        found = space.graph.placed(question)
    if as_json:
        write_json({"findings": found})
        return
    rows = ((one.case_id, one.name, one.place or "", one.laterality or "", _size(one.size_mm)) for one in found)
    write_table(("case", "finding", "place", "side", "size"), rows)


def _size(millimetres: float | None) -> str:
    return "" if millimetres is None else f"{millimetres:g} mm"


def cohort_of(
    where: WhereOption = None,
    diagnosis: Annotated[
        str | None, typer.Option(help="Only cases with this diagnosis, as its concept or name.")
    ] = None,
    node: Annotated[
        str | None, typer.Option(help="Only cases of this node, as Label:key, for example Finding:finding:mass.")
    ] = None,
    findings: Annotated[int, typer.Option(min=1, max=1000, help="How many findings to return.")] = 20,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count age, sex, regions, modalities, and findings by region, over a set of cases.

    Example: casegraph graph cohort --where "modality=MR age_years=30..50"
    """
    with opened(workspace) as space:
        numbers = space.graph.cohort(where, diagnosis=diagnosis, node=node, findings=findings)
    if as_json:
        write_json(numbers)
    else:
        _write_cohort(numbers)


def _write_cohort(numbers: Cohort) -> None:
    say(f"{numbers.cases} cases")
    parts = {
        "sex": numbers.sexes, "age in years": numbers.age_bands, "region": numbers.regions,
        "modality": numbers.modalities,
    }  # fmt: skip
    for name, shares in parts.items():
        write_table((name, "cases", "share"), map(_share_row, shares))
    ages, sexes = [share.name for share in numbers.age_bands], numbers.ages_by_sex
    write_table(("age in years", *sexes), ((age, *(sexes[sex].get(age, 0) for sex in sexes)) for age in ages))
    regions = [share.name for share in numbers.regions]
    write_table(
        ("finding", "cases", "share", *regions),
        (
            (found.name, found.cases, f"{found.share:.0%}", *(found.by_region.get(name, 0) for name in regions))
            for found in numbers.findings
        ),
    )


def _share_row(share: Share) -> tuple[str, int, str]:
    return share.name, share.cases, f"{share.share:.0%}"


def sharing(
    case: Annotated[str | None, typer.Argument(help="A case id; leave it out to ask for concepts only.")] = None,
    concept: Annotated[
        list[str] | None, typer.Option(help="A concept to share, as finding:mass; may be repeated.")
    ] = None,
    count: CountOption = 10,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rank the cases that share the most rare things with a case, or with some concepts.

    Example: casegraph graph sharing MPX9001
    """
    if case is None and not concept:
        raise InputError("there is nothing to share. Name a case, or concepts: --concept finding:mass.")
    with opened(workspace) as space:
        found = space.graph.cases_sharing(case, concept_ids=concept or (), limit=count)
    if as_json:
        write_json({"cases": found})
    else:
        rows = ((hit.case_id, f"{hit.score:.1f}", ", ".join(one.name for one in hit.shared)) for hit in found)
        write_table(("case", "score", "shares"), rows)


def communities_of(
    seed: Annotated[int, typer.Option(help="Random seed; another one may divide the cases differently.")] = SEED,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Group the cases into communities of similar ones, named by what they share.

    Example: casegraph graph communities
    """
    with opened(workspace) as space:
        found = space.graph.communities(seed=seed)
    if as_json:
        write_json({"communities": found})
    else:
        rows = ((one.number, len(one.case_ids), one.name, ", ".join(one.case_ids[:3])) for one in found)
        write_table(("number", "cases", "what they share", "for example"), rows)
