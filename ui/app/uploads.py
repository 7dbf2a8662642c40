"""Images that a reader uploads: decoded in a child process, kept in this browser session and nowhere else."""

from __future__ import annotations

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


def uploaded_image(space: Workspace, page: str, label: str) -> DecodedImage | None:
    """Show an upload field; return the decoded image once there is one, shown beneath it.

    A page's image stays while the reader visits other pages. A file that is no image is declined in a sentence.
    Any name is taken: DICOM files often have no ending, and what a file is its content says.
    """
    upload = st.file_uploader(
        f"{label} (PNG, JPEG or DICOM)", key=f"upload-{page}", on_change=forget_image, args=(page,)
    )
    if upload is not None and _place(page) not in st.session_state:
        try:
            keep_image(page, space.decode(upload.getvalue()))
        except RejectedFile as error:
            show_error(error)
    image: DecodedImage | None = st.session_state.get(_place(page))
    if image is not None:
        _show(image)
        if upload is None:
            st.button("Forget this image", icon=":material/close:", on_click=forget_image, args=(page,))
    return image


def _show(image: DecodedImage) -> None:
    show_pixels(image.png, "your image", width=UPLOAD_WIDTH)
    frame = f", frame {(image.frame or 0) + 1} of {image.frames}" if image.frames > 1 else ""
    st.caption(f"{image.width_px} x {image.height_px} px{frame}. Kept in this browser session only.")
    for notice in image.notices:
        st.caption(as_written(notice))


def _place(page: str) -> str:
    return f"image-{page}"
