"""Confusion matrices and reliability curves as SVG: images without a plotting library, sharp at every size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from clip.evaluation.classification import Bin, TaskEvaluation

CELL_PX = 44
MARGIN_PX = 190
SIDE_PX = 260
INK = "#1c2733"
BLUE = (31, 90, 150)


def confusion_svg(task: TaskEvaluation) -> str:
    """Draw true labels as rows, answers as columns; a cell is as dark as its share of the row."""
    count = len(task.labels)
    parts = [_text(MARGIN_PX, 16, "answer", weight="bold"), _text(8, MARGIN_PX - 8, "true label", weight="bold")]
    for position, label in enumerate(task.labels):
        middle = MARGIN_PX + CELL_PX * position + CELL_PX / 2
        parts.append(_text(MARGIN_PX - 8, middle + 4, label, anchor="end"))
        turned = f'transform="rotate(-60 {middle:.0f} {MARGIN_PX - 8})"'
        parts.append(_text(middle, MARGIN_PX - 8, label, extra=turned))
    for row, counts in enumerate(task.confusion):
        parts += _row(row, counts)
    side = MARGIN_PX + CELL_PX * count + 60
    return _svg(side, side - 40, f"Confusion matrix of {task.task}", parts)


def _row(row: int, counts: Sequence[int]) -> Iterable[str]:
    top, total = MARGIN_PX + CELL_PX * row, max(sum(counts), 1)
    for column, count in enumerate(counts):
        share, left = count / total, MARGIN_PX + CELL_PX * column
        colour = "rgb({:.0f},{:.0f},{:.0f})".format(*(255 - (255 - tone) * share for tone in BLUE))
        yield f'<rect x="{left}" y="{top}" width="{CELL_PX}" height="{CELL_PX}" fill="{colour}" stroke="#c9d2dc"/>'
        if count:
            ink = "white" if share > 0.5 else INK
            yield _text(left + CELL_PX / 2, top + CELL_PX / 2 + 4, str(count), anchor="middle", ink=ink)


def reliability_svg(bins: Sequence[Bin], title: str) -> str:
    """Draw accuracy over mean probability, a circle for each bin, its area the number of answers; ideal is the line."""
    left, top = 60, 20
    most = max((one.n for one in bins), default=1)
    parts = [
        f'<rect x="{left}" y="{top}" width="{SIDE_PX}" height="{SIDE_PX}" fill="none" stroke="#c9d2dc"/>',
        f'<path d="M{left} {top + SIDE_PX}l{SIDE_PX} {-SIDE_PX}" stroke="#8a97a5" stroke-dasharray="4"/>',
        _text(left + SIDE_PX / 2, top + SIDE_PX + 36, "mean probability", anchor="middle"),
        _text(left - 8, top - 6, "share right", anchor="start"),
    ]
    for tick in (0.0, 0.5, 1.0):
        parts.append(_text(left + SIDE_PX * tick, top + SIDE_PX + 18, f"{tick:.1f}", anchor="middle"))
        parts.append(_text(left - 8, top + SIDE_PX * (1 - tick) + 4, f"{tick:.1f}", anchor="end"))
    places = [(left + SIDE_PX * one.confidence, top + SIDE_PX * (1 - one.accuracy)) for one in bins]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    colour = "rgb({},{},{})".format(*BLUE)
    parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}"/>')
    for (x, y), one in zip(places, bins, strict=True):
        radius = 3 + 9 * (one.n / most) ** 0.5
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}" fill-opacity=".6"/>')
    return _svg(left + SIDE_PX + 30, top + SIDE_PX + 50, title, parts)


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", ink: str = INK, weight: str = "normal", extra: str = ""
) -> str:
    style = f'text-anchor="{anchor}" fill="{ink}" font-weight="{weight}"'
    return f'<text x="{x:.0f}" y="{y:.0f}" {style} {extra}>{escape(text)}</text>'


def _svg(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" role="img"'
    return f'{head} font-family="sans-serif" font-size="13"><title>{escape(title)}</title>{"".join(parts)}</svg>'
