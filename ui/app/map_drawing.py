"""How the map of images is drawn: an ECharts option with a point for each image, one colour for each label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from casegraph.maps import Area, ImageMap, MapPoint
from ui.app.graph_drawing import DARK_INK, INK

EDGE, DARK_EDGE = "#d5dee4", "#33424c"  # of the lines of a page, as in theme.toml
# After Okabe and Ito's palette for colour-blind readers: all of them are told apart on a light and on a dark page.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#8A6BBE")
PLUS = "path://M4,0 L6,0 L6,4 L10,4 L10,6 L6,6 L6,10 L4,10 L4,6 L0,6 L0,4 L4,4 Z"
POINTING_DOWN = "path://M0,0 L10,0 L5,9 Z"
SHAPES = ("circle", "triangle", "rect", "diamond", PLUS, POINTING_DOWN, "arrow")
OTHER, NOT_SAID = "other", "not said"
GREY = "#8C8C8C"
OUTLINE = "the area"
MAX_TITLE = 60
BRUSHES = {"rect": "Draw a box", "polygon": "Draw a line around points"}


def grouped(points: Sequence[MapPoint], label: str) -> dict[str, list[MapPoint]]:
    """Return the points by their label, the most first; what is rare is one group, what has no label another."""
    counts = Counter(value for point in points if (value := getattr(point, label)) is not None)
    named = [value for value, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[: len(COLOURS)]]
    groups: dict[str, list[MapPoint]] = {name: [] for name in (*named, OTHER, NOT_SAID)}
    for point in points:
        value = getattr(point, label)
        groups[NOT_SAID if value is None else value if value in groups else OTHER].append(point)
    return {name: found for name, found in groups.items() if found}


def map_spec(
    found: ImageMap, groups: dict[str, list[MapPoint]], area: Area | None, *, dark: bool = False
) -> dict[str, Any]:
    """Return the ECharts option: a series for each group, in their order, and the outline of an area."""
    ink, edge = (DARK_INK, DARK_EDGE) if dark else (INK, EDGE)
    axis = {"type": "value", "scale": True, "axisLabel": {"show": False}, "axisTick": {"show": False}}
    line = {"axisLine": {"lineStyle": {"color": edge}}, "splitLine": {"lineStyle": {"color": edge, "opacity": 0.5}}}
    named = [
        {
            **axis,
            **line,
            "name": f"{number} axis, {part:.0%} of the differences",
            "nameLocation": "middle",
            "nameGap": 10,
            "nameTextStyle": {"color": ink},
        }
        for number, part in zip(("first", "second"), found.explained, strict=True)
    ]
    return {
        "animation": False,
        "tooltip": {"show": True, "formatter": "{b}<br>{a}", "confine": True},
        "legend": {
            "data": list(groups),
            "top": 0,
            "type": "scroll",
            "itemWidth": 12,
            "itemHeight": 10,
            "textStyle": {"color": ink},
        },
        "grid": {"left": 30, "right": 16, "top": 60, "bottom": 30},
        "xAxis": named[0],
        "yAxis": named[1],
        "toolbox": {
            "top": 26,
            "right": 8,
            "feature": {"brush": {"type": ["rect", "polygon"], "title": BRUSHES}},
            "iconStyle": {"borderColor": ink},
        },
        "brush": {"xAxisIndex": "all", "yAxisIndex": "all", "throttleType": "debounce", "throttleDelay": 300},
        "series": [
            *(_series(name, points, number) for number, (name, points) in enumerate(groups.items())),
            *([_outline(area, ink)] if area else []),
        ],
    }


def _series(name: str, points: Sequence[MapPoint], number: int) -> dict[str, Any]:
    plain = name in (OTHER, NOT_SAID)
    return {
        "type": "scatter",
        "name": name,
        "symbol": "circle" if plain else SHAPES[number],
        "symbolSize": 6,
        "itemStyle": {"color": GREY if plain else COLOURS[number], "opacity": 0.75},
        "selectedMode": "single",
        "data": [{"name": _short(point.title), "value": [point.x, point.y]} for point in points],
    }


def _outline(area: Area, ink: str) -> dict[str, Any]:
    corners = [*area, area[0]]
    return {
        "type": "line",
        "name": OUTLINE,
        "data": [[x, y] for x, y in corners],
        "showSymbol": False,
        "silent": True,
        "lineStyle": {"type": "dashed", "color": ink, "width": 1.5},
    }


def _short(title: str) -> str:
    return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1]}…"
