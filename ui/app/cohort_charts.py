"""Charts of the cases of a set: findings by region as a heat map, age by sex as bars, each as a table too."""

from __future__ import annotations

from typing import Any

import streamlit as st

from casegraph.graph import Cohort
from ui.app.graph_drawing import DARK_INK, INK
from ui.app.texts import count_of

FINDINGS = 15  # rows of the heat map; rarer ones stand in the table
_COLOURS = ("#0072B2", "#D55E00", "#8C8C8C")  # after Okabe and Ito: told apart by colour-blind readers
_HEAT = {False: ["#ffffff", "#0b6e83"], True: ["#16232a", "#6fd0e3"]}


def show_cohort(cohort: Cohort, name: str) -> None:
    """Show the charts of a cohort."""
    dark = st.context.theme.type == "dark"
    heat, ages = st.columns((3, 2), gap="large")
    with heat:
        st.subheader("Findings by region", anchor=False)
        if cohort.findings:
            height = 90 + 24 * min(FINDINGS, len(cohort.findings))
            st.echarts_chart(
                heat_chart(cohort, dark=dark), height=height, key="cohort-heat", alt=f"Findings by region, {name}"
            )
            _table("Findings by region", [_finding_row(one.name, one.cases, one.by_region) for one in cohort.findings])
        else:
            st.caption("No finding is present in these cases.")
    with ages:
        st.subheader("Age by sex", anchor=False)
        st.echarts_chart(ages_by_sex(cohort, dark=dark), height=330, key="cohort-ages", alt=f"Age by sex, {name}")
        _table("Age by sex", [
            {"age in years": band.name, **{sex: ages.get(band.name, 0) for sex, ages in cohort.ages_by_sex.items()}}
            for band in cohort.age_bands
        ])  # fmt: skip


def heat_chart(cohort: Cohort, *, dark: bool) -> dict[str, Any]:
    """Return the ECharts option of findings by region: in how many cases each is present, the most frequent on top."""
    ink = DARK_INK if dark else INK
    regions = [share.name for share in cohort.regions]
    findings = cohort.findings[:FINDINGS][::-1]
    cells = [
        [column, row, one.by_region.get(region, 0)]
        for row, one in enumerate(findings)
        for column, region in enumerate(regions)
    ]
    label = {"color": ink, "interval": 0}
    axis = {"type": "category", "axisLabel": label, "axisTick": {"show": False}}
    return {
        "animation": False,
        "tooltip": {"confine": True},
        "grid": {"left": 8, "right": 8, "top": 8, "bottom": 60, "containLabel": True},
        "xAxis": {
            **axis,
            "data": regions,
            "axisLabel": {**label, "width": 90, "overflow": "break"},
        },
        "yAxis": {**axis, "data": [one.name for one in findings]},
        "visualMap": {
            "min": 0,
            "max": max((count for _, _, count in cells), default=1) or 1,
            "orient": "horizontal",
            "left": "center",
            "bottom": 0,
            "itemHeight": 120,
            "itemWidth": 12,
            "textStyle": {"color": ink},
            "inRange": {"color": _HEAT[dark]},
        },
        "series": [{"type": "heatmap", "name": "cases", "data": cells, "label": {"show": True}}],
    }


def ages_by_sex(cohort: Cohort, *, dark: bool) -> dict[str, Any]:
    """Return the ECharts option of age bands, a bar for each sex."""
    ink = DARK_INK if dark else INK
    bands = [share.name for share in cohort.age_bands]
    return {
        "animation": False,
        "color": list(_COLOURS),
        "tooltip": {"trigger": "axis", "confine": True},
        "legend": {"top": 0, "textStyle": {"color": ink}},
        "grid": {"left": 8, "right": 8, "top": 36, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": bands, "axisLabel": {"color": ink, "interval": 0, "rotate": 40}},
        "yAxis": {"type": "value", "minInterval": 1, "axisLabel": {"color": ink}, "name": "cases"},
        "series": [
            {"type": "bar", "name": sex, "data": [ages.get(band, 0) for band in bands]}
            for sex, ages in cohort.ages_by_sex.items()
        ],
    }


def _finding_row(name: str, cases: int, by_region: Any) -> dict[str, Any]:
    return {"finding": name, "cases": cases, **by_region}


def _table(name: str, rows: list[dict[str, Any]]) -> None:
    with st.expander(f"{name} as a table: {count_of(len(rows), 'row')}"):
        st.dataframe(rows, hide_index=True, alt=name)
