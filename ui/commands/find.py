"""Find cases: query by fields, search by words, picture or case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ingest.errors import InputError
from ingest.store.interface import StoredCase
from ingest.store.query_text import format_filter, parse_filter
from rag.search import Query, SearchAnswer
from ui.answers import answer_document, case_row
from ui.commands.options import CountOption, JsonOption, WhereOption, WorkspaceOption, opened
from ui.output import jsonable, plain, say, warn, write_json, write_table
from ui.workspace import Workspace


def query(
    where: Annotated[str, typer.Argument(help="Terms such as 'modality=MR region=Head finding:mass'.")] = "",
    view: Annotated[str | None, typer.Option(help="Show a view of the MedPix 2.0 paper instead of cases.")] = None,
    facet: Annotated[str | None, typer.Option(help="Count the cases by the values of this field.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Cases on one page.")] = 25,
    after: Annotated[str | None, typer.Option(help="Continue after this case id.")] = None,
    save: Annotated[str | None, typer.Option(help="Keep the query under this name.")] = None,
    saved: Annotated[str | None, typer.Option(help="Run the query kept under this name.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the cases that match.

    Example: casegraph query 'modality=MR age_years=30..50 findings~"ring" not region=Thorax'
    """
    with opened(workspace) as space:
        if saved:
            where = _saved(space, saved)
        condition = parse_filter(where) if where.strip() else None
        if save:
            space.save_query(save, format_filter(condition) if condition else "")
        if view:
            _write_view(space, view, limit, as_json)
        elif facet:
            counts = space.store.facets(facet, condition)
            write_json(counts) if as_json else write_table((facet, "cases"), counts.items())
        else:
            _write_page(space, condition, after, limit, as_json)


def _saved(space: Workspace, name: str) -> str:
    kept = space.saved_queries()
    if name not in kept:
        raise InputError(f"no query is saved as '{name}'. Saved: {', '.join(kept) or 'none'}.")
    return kept[name]


def _write_view(space: Workspace, name: str, limit: int, as_json: bool) -> None:
    rows = list(space.store.view(name, limit=limit))
    if as_json:
        write_json({"view": name, "rows": rows})
        return
    columns = list(rows[0]) if rows else ["rows"]
    write_table(columns, ([_short(row.get(column)) for column in columns] for row in rows))


def _short(value: Any, limit: int = 60) -> str:
    text = plain(value if isinstance(value, str) else "" if value is None else jsonable(value)).replace("\n", " ")
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _write_page(space: Workspace, condition: Any, after: str | None, limit: int, as_json: bool) -> None:
    page = space.store.page(condition, after=after, limit=limit)
    if as_json:
        write_json({"total": page.total, "next_after": page.next_after, "cases": [case_row(c) for c in page.cases]})
        return
    write_table(("case", "title", "age", "sex", "modality", "region", "images"), (_case_line(c) for c in page.cases))
    say(f"{len(page.cases)} of {page.total} cases." + (f" More: --after {page.next_after}" if page.next_after else ""))


def _case_line(stored: StoredCase) -> tuple[object, ...]:
    case = stored.case
    age = "" if case.patient.age_years is None else f"{case.patient.age_years:g}"
    modalities = ", ".join(sorted({image.modality for image in case.images if image.modality}))
    regions = ", ".join(sorted({image.region for image in case.images if image.region}))
    return case.short_id, _short(case.title), age, case.patient.sex, modalities, regions, len(case.images)


def search(
    words: Annotated[str | None, typer.Argument(help="What to look for, in words.")] = None,
    image: Annotated[Path | None, typer.Option(help="A PNG, JPEG or DICOM file to compare with.")] = None,
    case: Annotated[str | None, typer.Option(help="A case of the workspace to find the like of.")] = None,
    where: WhereOption = None,
    k: CountOption = 5,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find similar cases by words, picture, case, or a mix, and say why each was found.

    Example: casegraph search "ring-enhancing mass" --where 'modality=MR'
    """
    if not (words or image or case):
        raise InputError("nothing to search for. Give words, --image FILE or --case ID.")
    with opened(workspace) as space:
        png = space.decode(image).png if image else None
        condition = parse_filter(where) if where else None
        case_id = space.store.get(case).case.case_id if case else None
        answer = space.search(Query(text=words, png=png, case_id=case_id, where=condition, k=k))
        if as_json:
            write_json(answer_document(answer, space.store))
        else:
            _write_hits(space, answer)


def _write_hits(space: Workspace, answer: SearchAnswer) -> None:
    if not answer.hits:
        say("no case matches.")
    for hit in answer.hits:
        case = space.store.get(hit.case_id).case
        say(f"{hit.rank:>2}. {case.short_id}  {_short(case.title, 70)}  ({hit.score:.4f})")
        for part in hit.channels:
            say(f"      {part.channel}: {part.why}")
    for notice in answer.notices:
        warn(f"note: {notice}")
