"""Map: all images in two dimensions, alike ones near each other; an area of it is a set of cases to go on with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from casegraph.cases import CaseId
from casegraph.maps import LABELS, Area, ImageMap, MapPoint, box_area, format_area, parse_area, points_in
from casegraph.workspace import Workspace
from ui.app.address import begin, field, one, put, written
from ui.app.map_drawing import grouped, map_spec
from ui.app.panels import CASE_PAGE, case_link, open_page, show_image, workspace
from ui.app.remedies import answered
from ui.app.results import add_to_collection, counted
from ui.app.texts import count_of, heading, line

ABOUT = "Each point is an image, near those that the image model finds alike. An axis has no meaning of its own."
HEIGHT_PX, TABLE_PX = 490, 420
DRAWN = "map-drawn"  # the area that was drawn last, so that one that was cleared does not come back
CLEARED = "map-cleared"  # how often: each time the map is drawn anew, without what was drawn on it
IMAGES_SHOWN = 8


@st.cache_data(max_entries=2, show_spinner="Laying the images out ...")
def map_of(folder: str, sequence: int, state: str) -> ImageMap:
    """Return the map; made again when the vectors or the documents have changed."""
    return workspace().maps.read()


def asked_area() -> Area | None:
    """Return the area that the address says; where it says none that can be read, say so."""
    return answered(partial(parse_area, one("area"))) if one("area") else None


def show_map(found: ImageMap, label: str, area: Area | None) -> None:
    """Draw the map; a box or line around points writes the area into the address, a click on a point the image."""
    groups = grouped(found.points, label)
    event = st.echarts_chart(
        map_spec(found, groups, area, dark=st.context.theme.type == "dark"),
        height=HEIGHT_PX,
        on_select="rerun",
        key=f"map-{label}-{st.session_state.get(CLEARED, 0)}",
        alt=f"Map of {len(found.points)} images, coloured by {label}",
    )
    drawn = _corners(event.selection.areas)
    if drawn and drawn != st.session_state.get(DRAWN):
        st.session_state[DRAWN] = drawn
        put("area", drawn)
        put("image", None)
        st.rerun()
    point = None if drawn else _clicked(event.selection.selected, list(groups.values()))
    if point and point.image_id != one("image"):
        put("image", point.image_id)
        st.rerun()


def _corners(areas: Sequence[Any]) -> str:
    """Return the corners of the area that was drawn last, as the address says them."""
    if not areas:
        return ""
    drawn = areas[-1]
    corners = drawn["coord_range"]
    if drawn["brush_type"] == "rect":
        (left, right), (low, high) = corners
        corners = box_area(left, right, low, high)
    return format_area(corners)


def _clicked(selected: Sequence[Any], groups: Sequence[Sequence[MapPoint]]) -> MapPoint | None:
    chosen = [(group["series_index"], row) for group in selected for row in group["data_indices"]]
    series, row = chosen[-1] if chosen else (len(groups), 0)
    return groups[series][row] if series < len(groups) else None


def clear_area() -> None:
    """Take the area out of the address and off the map."""
    put("area", None)
    st.session_state.pop(DRAWN, None)
    st.session_state[CLEARED] = st.session_state.get(CLEARED, 0) + 1


def offer_area_by_numbers(found: ImageMap) -> None:
    """Let the reader say an area by its edges: for those who do not draw."""
    with st.expander("Say an area by its edges"):
        xs, ys = [point.x for point in found.points], [point.y for point in found.points]
        with st.form("edges", border=False):
            columns = st.columns(4)
            ends = (("Left", min(xs)), ("Right", max(xs)), ("Bottom", min(ys)), ("Top", max(ys)))
            said = [
                column.number_input(name, value=round(end, 4), step=0.05, format="%.4f", key=f"edge-{name}")
                for column, (name, end) in zip(columns, ends, strict=True)
            ]
            if st.form_submit_button("Select"):
                left, right, low, high = (float(edge or 0) for edge in said)
                put("area", format_area(box_area(left, right, low, high)))
                st.rerun()


def show_selected(space: Workspace, points: Sequence[MapPoint]) -> None:
    """Show the cases of an area, the most images first, with ways to them and into a collection."""
    images: dict[str, list[MapPoint]] = {}
    for point in points:
        images.setdefault(point.case_id, []).append(point)
    case_ids = sorted(images, key=lambda case_id: (-len(images[case_id]), case_id))
    with st.container(horizontal=True, vertical_alignment="center", key="selected"):
        st.subheader(f"{count_of(len(points), 'image')} of {counted(case_ids)}", anchor=False, width="stretch")
        add_to_collection(space, case_ids, key="map")
        st.button("Clear the selection", icon=":material/close:", key="clear-area", on_click=clear_area)
    if not points:
        st.info("No image is in this area. Draw a larger one.")
        return
    table, beside = st.columns((3, 2), gap="large")
    with table:
        st.caption("Click a row to open its case.")
        _show_cases(case_ids, images)
    with beside:
        _show_images(space, points)


def _show_cases(case_ids: Sequence[str], images: dict[str, list[MapPoint]]) -> None:
    event = st.dataframe(
        [
            {"case": CaseId(case_id).short, "images": len(of), "title": of[0].title, **_labels(of)}
            for case_id, of in ((case_id, images[case_id]) for case_id in case_ids)
        ],
        hide_index=True,
        height="content" if len(case_ids) < 10 else TABLE_PX,
        on_select="rerun",
        selection_mode=("single-row", "single-cell"),
        key=f"selected-{one('area')}",
        column_config={"images": st.column_config.NumberColumn(width="small")},
        alt="Cases of the selected images",
    )
    chosen = [*event["selection"]["rows"], *(row for row, _ in event["selection"]["cells"])]
    if chosen:
        open_page(CASE_PAGE, case=case_ids[chosen[0]])


def _labels(points: Sequence[MapPoint]) -> dict[str, str]:
    """Return the labels of a case's images, those of the images first."""
    return {
        name: ", ".join(sorted({value for point in points if (value := getattr(point, name))}))
        for name in ("modality", "region", "plane")
    }


def _show_images(space: Workspace, points: Sequence[MapPoint]) -> None:
    """Show a few of the images, spread over the area."""
    spread = points[:: max(1, -(-len(points) // IMAGES_SHOWN))][:IMAGES_SHOWN]
    columns = st.columns(2)
    for number, point in enumerate(spread):
        with columns[number % 2]:
            show_image(space.documents.image(point.image_id), "map")


def show_chosen(space: Workspace, found: ImageMap, selected: Sequence[MapPoint] | None) -> None:
    """Say how much is selected, and show the image of the point that was clicked."""
    if selected is not None:
        with st.container(key="how-many"):
            line(f"{count_of(len(selected), 'image')} selected, listed below.")
    point = next((point for point in found.points if point.image_id == one("image")), None)
    if point is None:
        line("Click a point to see its image. Draw a box or a line around points to list their cases.")
        return
    with st.container(border=True, key="chosen-image"):
        heading(point.title, 3)
        show_image(space.documents.image(point.image_id), "chosen")
        case_link(point.case_id, "Open the case")


begin("map", ("by", "area", "image"))
space = workspace()
st.title("Map", anchor=False)
line(ABOUT)
found = map_of(str(space.folder), space.documents.sequence(), space.maps.state())
label = one("by") if one("by") in LABELS else LABELS[0]
st.segmented_control(
    "Colour by",
    LABELS,
    required=True,
    key=field("by", label),
    on_change=written,
    args=("by", LABELS[0]),
    format_func=str.capitalize,
)
if len(found.points) < found.images:
    line(f"{len(found.points):,} of {found.images:,} images are drawn, taken by lot.")
area = asked_area()
selected = points_in(area, found.points) if area else None
drawing, side = st.columns((3, 1), gap="medium")
with drawing:
    show_map(found, label, area)
with side:
    show_chosen(space, found, selected)
if found.points:
    offer_area_by_numbers(found)
if selected is not None:
    show_selected(space, selected)
