"""An evaluation of a classifier as one HTML page that needs nothing else: tables, confusion matrices, reliability."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from clip.evaluation.classification import ClassifierEvaluation, TaskEvaluation
from clip.evaluation.drawing import confusion_svg, reliability_svg
from clip.evaluation.estimates import Estimate

STYLE = """body{font:15px/1.5 sans-serif;color:#1c2733;max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0}th,td{padding:.2rem .8rem;border-bottom:1px solid #dde3ea}
th:first-child,td:first-child{text-align:left}.images{display:flex;flex-wrap:wrap;gap:2rem;align-items:flex-start}"""
CAUTION = "For research and teaching. CaseGraph does not diagnose."


def evaluation_page(evaluation: ClassifierEvaluation) -> str:
    """Return the page."""
    head = (
        f"<p>Images by {escape(evaluation.encoder)}: {evaluation.images} images of {evaluation.cases} cases "
        f"judged; the baselines learned from {evaluation.train_images} train images. In brackets 95 % intervals "
        f"by bootstrap over cases (seed {evaluation.seed}).</p>"
    )
    notices = "".join(f"<p>{escape(notice)}</p>" for notice in evaluation.notices)
    body = "".join(_task(task) for task in evaluation.tasks)
    title = "Classification, evaluated"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head>"
        f"<body><h1>{title}</h1>{head}{notices}{body}<p>{CAUTION}</p></body></html>\n"
    )


def _task(task: TaskEvaluation) -> str:
    sure = "-" if task.accuracy_when_sure is None else f"{task.accuracy_when_sure:.3f}"
    scores = [[name, *map(_shown, metrics.values())] for name, metrics in task.models.items()]
    if task.minus_hog_svm:
        scores.append(["classifier minus hog + svm", *(_shown(gain, "+") for gain in task.minus_hog_svm.values())])
    classes = ([one.label, one.n, _share(one.recall), _share(one.precision)] for one in task.classes)
    groups = (
        [f"{kind}: {name}", int(found["n"]), _share(found["accuracy"])]
        for kind, by_name in task.groups.items()
        for name, found in by_name.items()
    )
    return (
        f"<h2>{escape(task.task)}</h2><p>{task.n} images of {task.cases} cases. Expected calibration error "
        f"{task.ece:.3f}; sure of {task.coverage:.3f} of the images, and right in {sure} of these.</p>"
        + _table(["model", "accuracy", "balanced accuracy", "macro-F1"], scores)
        + f'<div class="images">{confusion_svg(task)}'
        + reliability_svg(task.reliability, f"Reliability of {task.task}")
        + _table(["label", "images", "found", "right when answered"], classes)
        + _table(["group", "images", "accuracy"], groups)
        + "</div>"
    )


def _shown(value: Estimate, sign: str = "") -> str:
    return f"{value.value:{sign}.3f} [{value.low:{sign}.3f}, {value.high:{sign}.3f}]"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    lines = "".join("<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{lines}</table>"
