"""Find cases: query by fields, search by words, image or case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from casegraph.cases import Filter, StoredCase, age_in_words, as_filter, format_filter, parse_box
from casegraph.documents import summary_of
from casegraph.errors import InputError
from casegraph.search import ExplainedAnswer, Query
from casegraph.workspace import Workspace
from ui.cli.answers import answer_document
from ui.cli.images import read_image
from ui.cli.options import CountOption, JsonOption, RerankerOption, WhereOption, WorkspaceOption, opened
from ui.cli.output import jsonable, say, visible, warn, write_json, write_table
from ui.cli.remedies import advised


def query(
    where: Annotated[str, typer.Argument(help="Terms such as 'modality=MR disease=stroke finding:mass'.")] = "",
    view: Annotated[str | None, typer.Option(help="Show a view that a source declares instead of cases.")] = None,
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
    _require_one_question(where, saved, view, facet, after)
    with opened(workspace) as space:
        condition = as_filter(space.documents.saved_query(saved) if saved else where)
        if save:
            space.documents.save_query(save, format_filter(condition) if condition else "")
        if view:
            _write_view(space, view, condition, limit, as_json)
        elif facet:
            counts = space.documents.facets(facet, condition)
            write_json(counts) if as_json else write_table((facet, "cases"), counts.items())
        else:
            _write_page(space, condition, after, limit, as_json)


def _require_one_question(
    where: str, saved: str | None, view: str | None, facet: str | None, after: str | None
) -> None:
    """Refuse options of which one would be ignored."""
    if where and saved:
        raise InputError("a filter and --saved cannot be given together. Leave one out.")
    if view and facet:
        raise InputError("--view and --facet cannot be given together. Leave one out.")
    if after and (view or facet):
        raise InputError(f"--after continues a list of cases, not --{'view' if view else 'facet'}. Leave it out.")


def _write_view(space: Workspace, name: str, condition: Filter | None, limit: int, as_json: bool) -> None:
    rows = list(space.documents.view(name, condition, limit=limit))
    if as_json:
        write_json({"view": name, "rows": rows})
        return
    columns = list(rows[0]) if rows else ["rows"]
    write_table(columns, ([_short(row.get(column)) for column in columns] for row in rows))


def _short(value: Any, limit: int = 60) -> str:
    text = visible(value if isinstance(value, str) else "" if value is None else jsonable(value)).replace("\n", " ")
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _write_page(space: Workspace, condition: Filter | None, after: str | None, limit: int, as_json: bool) -> None:
    page = space.documents.page(condition, after=after, limit=limit)
    if as_json:
        write_json({"total": page.total, "next_after": page.next_after, "cases": [summary_of(c) for c in page.cases]})
        return
    write_table(("case", "title", "age", "sex", "modality", "region", "images"), (_case_line(c) for c in page.cases))
    say(f"{len(page.cases)} of {page.total} cases." + (f" More: --after {page.next_after}" if page.next_after else ""))


def _case_line(stored: StoredCase) -> tuple[object, ...]:
    case = stored.case
    age = "" if case.patient.age_years is None else age_in_words(case.patient.age_years)
    modalities = ", ".join(sorted({image.modality for image in case.images if image.modality}))
    regions = ", ".join(sorted({image.region for image in case.images if image.region}))
    return case.short_id, _short(case.title), age, case.patient.sex, modalities, regions, len(case.images)


def search(
    words: Annotated[str | None, typer.Argument(help="What to look for, in words.")] = None,
    image: Annotated[
        list[Path] | None, typer.Option(help="A PNG, JPEG, WebP or DICOM file to compare with; may be repeated.")
    ] = None,
    box: Annotated[
        list[str] | None,
        typer.Option(
            help="Compare only left,top,right,bottom, in pixels; the first --box of the first --image, and so on."
        ),
    ] = None,
    case: Annotated[str | None, typer.Option(help="Find cases similar to this one.")] = None,
    concept: Annotated[
        list[str] | None, typer.Option(help="A concept that the cases should have, as finding:mass; may be repeated.")
    ] = None,
    more: Annotated[list[str] | None, typer.Option(help="More like this case or image; may be repeated.")] = None,
    less: Annotated[list[str] | None, typer.Option(help="Less like this case or image; may be repeated.")] = None,
    where: WhereOption = None,
    literal: Annotated[
        bool, typer.Option("--literal", help="Take the words literally: infer no filter, correct no spelling.")
    ] = False,
    reranker: RerankerOption = None,
    k: CountOption = 5,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find similar cases by words, images, a case, concepts, or a mix, and say why each was found.

    Example: casegraph search "ring-enhancing mass" --where 'modality=MR' --less MPX9003
    """
    if not (words or image or case or concept or more):
        raise InputError("nothing to search for. Give words, --image FILE, --case ID, --concept ID or --more ID.")
    with opened(workspace, reranker=reranker) as space:
        query = Query(
            text=words,
            images=_images(space, image or (), box or ()),
            case_id=space.documents.case(case).case_id if case else None,
            where=as_filter(where),
            k=k,
            concept_ids=tuple(concept or ()),
            more=tuple(more or ()),
            less=tuple(less or ()),
            literal=literal,
            regions=tuple(range(len(box or ()))),
        )
        answer = space.search.explained(query)
    write_json(answer_document(answer)) if as_json else _write_hits(answer)


def _images(space: Workspace, files: Sequence[Path], boxes: Sequence[str]) -> tuple[bytes, ...]:
    """Return the images of the files, each cut down to its box where it has one."""
    if len(boxes) > len(files):
        raise InputError(f"{len(boxes)} boxes are given for {len(files)} images. Give one --image FILE for each --box.")
    images = [read_image(space, file) for file in files]
    regions = [space.models.region_of(image, parse_box(box)) for image, box in zip(images, boxes, strict=False)]
    return tuple(image.png for image in (*regions, *images[len(regions) :]))


def _write_hits(answer: ExplainedAnswer) -> None:
    if not answer.hits:
        say("no case matches.")
    for found in answer.hits:
        hit, explanation = found.hit, found.explanation
        say(f"{hit.rank:>2}. {found.case.short_id}  {_short(found.case.title, 70)}  ({hit.score:.4f})")
        if explanation.diagnosis:
            confirmed = f", by {_short(explanation.confirmation, 60)}" if explanation.confirmation else ""
            say(f"      diagnosis: {_short(explanation.diagnosis, 70)}{confirmed}")
        for part in hit.channels:
            say(f"      {part.channel}: {part.why}")
        for sentence in explanation.reasons.sentences:
            say(f"      {sentence}")
    for notice in answer.notices:
        warn(f"note: {advised(notice)}")
