"""Images that a reader uploads: decoded in a child process, kept in this browser session and nowhere else."""

from __future__ import annotations

import hashlib

import streamlit as st

from casegraph.cases import DecodedImage
from casegraph.errors import RejectedFile
from casegraph.workspace import Workspace
from ui.app.pixels import show_pixels
from ui.app.remedies import show_error
from ui.app.texts import as_written

UPLOAD_WIDTH = 280  # pixels of the page


def keep_image(page: str, image: DecodedImage) -> None:
    """Put an image where another page of this session finds it."""
    st.session_state[_place(page)] = image


def forget_image(page: str) -> None:
    """Forget the image of a page."""
    st.session_state.pop(_place(page), None)


def lay_aside(page: str) -> None:
    """Go on without the image of a page; the reader can take it again."""
    if _place(page) in st.session_state:
        st.session_state[_aside(page)] = st.session_state.pop(_place(page))
        st.session_state[_number(page)] = st.session_state.get(_number(page), 0) + 1  # an empty upload field


def name_of(image: DecodedImage | None) -> str:
    """Return what tells an image from others; an empty text where there is none."""
    return hashlib.sha256(image.png).hexdigest() if image else ""


def uploaded_image(space: Workspace, page: str, label: str) -> DecodedImage | None:
    """Show an upload field; return the decoded image once there is one, shown beneath it.

    A page's image stays while the reader visits other pages. A file that is no image is declined in a sentence.
    Any name is taken: DICOM files often have no ending, and what a file is its content says.
    """
    number = st.session_state.get(_number(page), 0)
    upload = st.file_uploader(
        f"{label} (PNG, JPEG or DICOM)",
        key=f"upload-{page}" + (f"-again-{number}" if number else ""),
        on_change=forget_image,
        args=(page,),
    )
    room = st.empty()
    if upload is not None and _place(page) not in st.session_state:
        try:
            with room, st.spinner("Reading the image ..."):
                keep_image(page, space.decode(upload.getvalue()))
        except RejectedFile as error:
            show_error(error)
    image: DecodedImage | None = st.session_state.get(_place(page))
    with room.container():
        if image is not None:
            _show(image)
            if upload is None:
                st.button(
                    "Forget this image",
                    key=f"forget-{page}",
                    icon=":material/close:",
                    on_click=forget_image,
                    args=(page,),
                )
        elif _aside(page) in st.session_state:
            st.button(
                "Take the last image again",
                key=f"again-{page}",
                icon=":material/undo:",
                on_click=_take_again,
                args=(page,),
            )
    return image


def _take_again(page: str) -> None:
    keep_image(page, st.session_state.pop(_aside(page)))


def _show(image: DecodedImage) -> None:
    show_pixels(image.png, "your image", width=UPLOAD_WIDTH)
    frame = f", frame {(image.frame or 0) + 1} of {image.frames}" if image.frames > 1 else ""
    st.caption(f"{image.width_px} x {image.height_px} px{frame}. Kept in this browser session only.")
    for notice in image.notices:
        st.caption(as_written(notice))


def _place(page: str) -> str:
    return f"image-{page}"


def _aside(page: str) -> str:
    return f"aside-{page}"


def _number(page: str) -> str:
    return f"uploads-{page}"
