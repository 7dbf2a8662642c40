"""The viewer: one component for every image of every page.

The JavaScript beside this file runs in the browser.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Literal

import streamlit as st
import streamlit.components.v2 as components
from streamlit import config, runtime

from casegraph.cases import GreyScale, PixelSize
from ui.app.scripts import as_one_script, styles

MODULES = (
    "geometry",
    "windows",
    "levels",
    "drawing",
    "memory",
    "linking",
    "pointers",
    "gestures",
    "keys",
    "parts",
    "question",
    "stack",
    "overlay",
    "windowed",
    "presets",
    "viewer",
)  # each after those that it imports
Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels of the image
_PNG_SIZE = slice(16, 24)  # of the bytes: width and height, PNG specification 11.2.1


class Size(StrEnum):
    """How large the stage is on the page; full screen is as large for all."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    THUMB = "thumb"


@dataclass(frozen=True)
class Overlay:
    """What lies over an image: blended with it, or beside an edge that the reader moves."""

    png: bytes
    label: str
    alt: str
    kind: Literal["blend", "wipe"] = "blend"


@dataclass(frozen=True)
class Shown:
    """One image in a viewer.

    Attributes
    ----------
    png : bytes or None
        The stored pixels; None where there are none, for the reason that `problem` gives.
    line : str
        What kind of image it is.
    caption_html : str
        Its caption, escaped and marked by `ui.app.texts`.
    grey_png, grey
        The codes of its grey values and what they mean, where a DICOM file had such.
    """

    image_id: str
    png: bytes | None
    alt: str
    line: str = ""
    caption_html: str = ""
    problem: str = ""
    pixel_size: PixelSize | None = None
    overlay: Overlay | None = None
    grey_png: bytes | None = None
    grey: GreyScale | None = None


@dataclass(frozen=True)
class BoxTool:
    """Let the reader draw a box: what taking it is called, the one that is taken, and what is told of another.

    `taken` is called with the image's id and the box as text, ``left,top,right,bottom``; with an empty text for the
    whole image again.
    """

    label: str
    taken: Callable[[str, str], None]
    value: Box | None = None


def show_viewer(
    images: Sequence[Shown],
    key: str,
    *,
    name: str = "Image",
    size: Size = Size.LARGE,
    start: str | None = None,
    link: str | None = None,
    box: BoxTool | None = None,
) -> None:
    """Show images in a viewer.

    Parameters
    ----------
    key : str
        What the viewer is called; what a reader sets on it is remembered under this name, in the browser.
    start : str, optional
        The image to begin with; another start turns the viewer to it.
    link : str, optional
        Viewers of the same link zoom and move together.
    """
    data = {
        "key": key,
        "name": name,
        "size": size,
        "start": start,
        "link": link,
        "box": {"label": box.label, "value": box.value} if box else None,
        "images": [_described(image, key) for image in images],
    }
    _component(data=data, key=key, on_box_change=_teller(key, box.taken) if box else _nothing)


def _described(image: Shown, key: str) -> dict[str, Any]:
    width, height = struct.unpack(">II", image.png[_PNG_SIZE]) if image.png else (0, 0)
    overlay = image.overlay
    return {
        "id": image.image_id,
        "url": image_address(image.png, f"{key}-{image.image_id}") if image.png else None,
        "alt": image.alt,
        "line": image.line,
        "caption": image.caption_html,
        "problem": image.problem,
        "width": width,
        "height": height,
        "pixelSize": image.pixel_size
        and {"sideMm": image.pixel_size.side_mm, "atDetector": image.pixel_size.at_detector},
        "grey": _grey(image, key),
        "overlay": overlay
        and {
            "url": image_address(overlay.png, f"{key}-{image.image_id}-over"),
            "label": overlay.label,
            "alt": overlay.alt,
            "kind": overlay.kind,
        },
    }


def _grey(image: Shown, key: str) -> dict[str, Any] | None:
    if image.grey is None or image.grey_png is None:
        return None
    return {"url": image_address(image.grey_png, f"{key}-{image.image_id}-grey"), **asdict(image.grey)}


def image_address(png: bytes, place: str) -> str:
    """Return where the browser gets these bytes, as they are, as long as this session shows them."""
    address = runtime.get_instance().media_file_mgr.add(png, "image/png", place)
    base = config.get_option("server.baseUrlPath").strip("/")
    return f"/{base}{address}" if base else address


def _teller(key: str, taken: Callable[[str, str], None]) -> Callable[[], None]:
    def tell() -> None:
        if drawn := st.session_state[key]["box"]:
            taken(str(drawn["image"]), ",".join(str(int(edge)) for edge in drawn["box"]))

    return tell


def _nothing() -> None:
    """No box can be drawn here."""


_component = components.component(
    "casegraph_viewer",
    css=styles("ui.app.viewer", "viewer"),
    js=as_one_script("ui.app.viewer", MODULES),
    isolate_styles=False,  # captions are marked as all texts of the page are, and a cited one is brought into view
)
