"""Pictures that a reader uploads: decoded in a child process, kept in this browser session and nowhere else."""

from __future__ import annotations

import streamlit as st

from ingest.errors import RejectedFile
from ingest.pictures.decoding import Picture
from ui.app.texts import as_written
from ui.workspace.workspace import Workspace


def keep_picture(page: str, picture: Picture) -> None:
    """Put a picture where another page of this session finds it."""
    st.session_state[_place(page)] = picture


def forget_picture(page: str) -> None:
    """Forget the picture of a page."""
    st.session_state.pop(_place(page), None)


def uploaded_picture(space: Workspace, page: str, label: str) -> Picture | None:
    """Show an upload field; return the decoded picture once there is one, shown beneath it.

    A page's picture stays while the reader visits other pages. A file that is no picture is declined in a sentence.
    Any name is taken: DICOM files often have no ending, and what a file is its content says.
    """
    upload = st.file_uploader(
        f"{label} (PNG, JPEG or DICOM)", key=f"upload-{page}", on_change=forget_picture, args=(page,)
    )
    if upload is not None and _place(page) not in st.session_state:
        try:
            keep_picture(page, space.decode(upload.getvalue()))
        except RejectedFile as error:
            st.error(as_written(str(error)), icon=":material/error:")
    picture: Picture | None = st.session_state.get(_place(page))
    if picture is not None:
        _show(picture)
        if upload is None:
            st.button("Forget this picture", icon=":material/close:", on_click=forget_picture, args=(page,))
    return picture


def _show(picture: Picture) -> None:
    st.image(picture.png, width=280, alt="your picture")
    frame = f", frame {(picture.frame or 0) + 1} of {picture.frames}" if picture.frames > 1 else ""
    st.caption(f"{picture.width_px} x {picture.height_px} px{frame}. Kept in this browser session only.")
    for notice in picture.notices:
        st.caption(as_written(notice))


def _place(page: str) -> str:
    return f"picture-{page}"
