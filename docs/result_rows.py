"""The rows of `benchmarks/results` as the pages tell them: the newest of each thing measured, with its interval."""

from __future__ import annotations

import ast
import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
RESULTS = BENCHMARKS / "results"

Row = Mapping[str, str]

# What tells the rows of a benchmark apart: of rows that agree in these columns, the last one written counts.
KEYS: Mapping[str, tuple[str, ...]] = {
    "choose_asking": ("question", "answerer"),
    "choose_drafting": (),
    "choose_weights": ("metric",),
    "compare_recipes": ("recipe", "other", "other_epochs", "folds", "task"),
    "coverage": ("package",),
    "judge_neighbours": ("recipe", "task"),
    "judge_sentences": ("encoder", "ranker", "metric"),
    "judge_training": ("recipe", "task"),
    "judge_zero_shot": ("split", "prompts", "task"),
    "quality_borders": ("border",),
    "quality_burned_in": ("split", "text"),
    "quality_case_reports": ("asked",),
    "quality_changed_images": ("views", "change", "metric"),
    "quality_checker": ("planted",),
    "quality_classify_builtin": ("task",),
    "quality_diagnoses": ("split",),
    "quality_diagnosis_parents": ("split",),
    "quality_draft": ("writer", "metric"),
    "quality_findings": ("system", "stratum", "measure"),
    "quality_image_classes": ("half", "kind"),
    "quality_large_search": ("search",),
    "quality_lexicon_coverage": ("split",),
    "quality_mutants": ("module",),
    "quality_out_of_distribution": ("kind",),
    "quality_panels": ("cutter", "known", "figures"),
    "quality_poison": ("split", "planted"),
    "quality_questions": ("half", "ranker", "kind", "metric"),
    "quality_search": ("relevance", "ranker", "metric"),
    "quality_strange_questions": ("encoder", "kind"),
    "time_clip": (),
    "time_fused_search": ("question",),
    "time_ingest": ("engine", "measure", "cases"),
    "time_paper_model": ("device",),
    "time_projection": ("engine", "cases"),
    "time_size": ("patients",),
    "time_tasks": ("cases", "what"),
    "time_subset": ("patients", "measure"),
    "time_road": ("run",),
    "time_questions": ("engine", "cases", "question"),
}
# The module that writes a file of results, where it has another name.
WRITTEN_BY = {"coverage": "coverage_figures", "quality_mutants": "mutants", "time_questions": "time_projection"}


def newest_rows(path: Path) -> list[Row]:
    """Return the newest rows of a file of results.

    Raises
    ------
    ValueError
        If the file has no key columns here.
    """
    if path.stem not in KEYS:
        raise ValueError(f"{path.name} has no key columns. Add them to KEYS in {Path(__file__).name}.")
    with path.open(encoding="utf-8", newline="") as file:
        return newest(list(csv.DictReader(file)), KEYS[path.stem])


def newest(rows: Sequence[Row], key: Sequence[str]) -> list[Row]:
    """Return, of the rows that agree in the key columns, the last one; in the order of the first of each."""
    return list({tuple(row[name] for name in key): row for row in rows}.values())


def written_by(name: str) -> str:
    """Return the module that writes a file of results."""
    return WRITTEN_BY.get(name, name)


def told_by(module: str) -> str:
    """Return the docstring of a benchmark."""
    return ast.get_docstring(ast.parse((BENCHMARKS / f"{module}.py").read_text(encoding="utf-8"))) or ""


def with_intervals(row: Row) -> dict[str, str]:
    """Return a row with both ends of each interval in the cell of its figure: ``.39 (.30 to .48)``."""
    found: dict[str, str] = {}
    for name, value in row.items():
        if name.endswith("low") and f"{name.removesuffix('low')}high" in row:
            figure, high = list(found)[-1], row[f"{name.removesuffix('low')}high"]
            found[figure] = f"{found[figure]} ({value} to {high})" if value or high else found[figure]
        elif not (name.endswith("high") and f"{name.removesuffix('high')}low" in row):
            found[name.replace("_", " ")] = value
    return found


def table(lines: Sequence[Sequence[str]]) -> str:
    """Return lines of cells as a table of Markdown, the first as its head."""
    head, *body = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines]
    return "\n".join([head, "|---" * len(lines[0]) + "|", *body])
