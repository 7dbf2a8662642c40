"""README.md of a written data set: what it holds, under which licences, how it was made and how to load it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ingest.subsets.recipe import Format, Kind, Recipe
from ingest.subsets.report import SubsetReport, licence_statement

_LOADING: Mapping[Format, str] = {
    Format.FOLDER: "rows: `load_dataset('parquet', data_dir='parquet')`",
    Format.WEBDATASET: "shards: `webdataset.WebDataset('webdataset/train-000000.tar').decode('pil')`",
    Format.OPEN_CLIP: "open_clip, started in this folder: dataset type `csv`, training data `open_clip/train.csv`",
    Format.LLAVA: "LLaVA, with data path `llava/train.json` and this folder as image folder",
    Format.PROMPTS: "filled prompts: `load_dataset('json', data_files='prompts/train.jsonl')`",
}
_NOTICE = "For research and teaching. It does not diagnose."
_MAX_NAMED = 20


def readme(report: SubsetReport, recipe: Recipe, works: int) -> str:
    """Return the page; `works` is how many are cited."""
    return "\n".join([*_front(report, recipe), *_page(report, recipe, works)]) + "\n"


def _front(report: SubsetReport, recipe: Recipe) -> Iterator[str]:
    """Yield what Hugging Face's `datasets` reads at the top: which files are which split."""
    if Format.FOLDER not in recipe.formats:
        return
    yield from ("---", "configs:", "- config_name: default", "  data_files:")
    for split in report.splits:
        yield from (f"  - split: {split}", f"    path: parquet/{split}.parquet")
    yield from ("---", "")


def _page(report: SubsetReport, recipe: Recipe, works: int) -> Iterator[str]:
    yield f"# {report.name}\n"
    yield f"{report.items} items of the kind {report.kind}: {report.cases} cases, {report.images} images. {_NOTICE}\n"
    yield from _splits(report)
    yield "## Licences\n"
    yield licence_statement(report.licences)
    yield f"Each item names its licence and its work; the {works} works stand in `CITATIONS.bib`.\n"
    yield from _table(("licence", "items"), report.licences.items())
    yield from _left_out(report)
    yield from _leaks(report)
    yield from _load(recipe)
    yield "## How it was made\n"
    yield f"By CaseGraph from `recipe.toml`. Digest `{report.digest}`, of an archive with the digest"
    yield f"`{report.archive_digest}` at change {report.archive_sequence}. Made again from the same archive, it is the"
    yield "same.\n"
    yield from (f"- {notice}" for notice in report.notices)


def _splits(report: SubsetReport) -> Iterator[str]:
    yield "## Splits\n"
    yield "Cases of one patient, article or topic, and with near-duplicate images, are in one split.\n"
    classes = sorted({name for counts in report.splits.values() for name in counts.classes})
    rows = (
        (split, one.cases, one.items, one.images, *(one.classes.get(name, 0) for name in classes))
        for split, one in report.splits.items()
    )
    yield from _table(("split", "cases", "items", "images", *classes), rows)


def _left_out(report: SubsetReport) -> Iterator[str]:
    images = {**report.images_left_out}
    if report.ambiguous_images:
        images["of several classes"] = report.ambiguous_images
    if report.unclassed_images:
        images["of no class"] = report.unclassed_images
    if report.left_out or images:
        yield "## Left out\n"
    if report.left_out:
        yield from _table(("why", "cases"), report.left_out.items())
    if images:
        yield from _table(("why", "images"), images.items())


def _leaks(report: SubsetReport) -> Iterator[str]:
    if not report.leaks:
        return
    yield "## Leaks\n"
    yield f"{len(report.leaks)} things stand in two splits:\n"
    yield from (
        f"- {leak.kind}: {', '.join(leak.ids)} ({', '.join(leak.splits)})" for leak in report.leaks[:_MAX_NAMED]
    )
    yield ""


def _load(recipe: Recipe) -> Iterator[str]:
    yield "## Load it\n"
    if Format.FOLDER in recipe.formats and recipe.kind is not Kind.TEXT:
        yield "- images with their rows: `load_dataset('imagefolder', data_dir='images')`"
    yield from (f"- {_LOADING[one]}" for one in recipe.formats)
    yield "- all values and their types: `croissant.json`, where it was made\n"


def _table(columns: Sequence[str], rows: object) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:  # pyright: ignore[reportGeneralTypeIssues]
        yield f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |"
    yield ""
