"""Pictures that a reader uploads: decoded in a child process, kept nowhere."""

from __future__ import annotations

import streamlit as st

from ingest.pictures import Picture
from ui.workspace import Workspace

KINDS = ["png", "jpg", "jpeg", "dcm"]


def uploaded_picture(space: Workspace, label: str) -> Picture | None:
    """Show an upload field; return the decoded picture once there is one, shown beside it.

    Raises
    ------
    RejectedFile
        If it is no picture that we accept.
    """
    upload = st.file_uploader(f"{label} (PNG, JPEG or DICOM)", type=KINDS)
    if upload is None:
        return None
    picture = space.decode(upload.getvalue())
    st.image(picture.png, width=240, caption=f"{picture.width_px} x {picture.height_px} px")
    if picture.frames > 1:
        st.caption(f"Frame {(picture.frame or 0) + 1} of {picture.frames}.")
    return picture
