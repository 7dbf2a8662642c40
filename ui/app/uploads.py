"""Images that a reader uploads: decoded in a child process, kept in this browser session and nowhere else."""

from __future__ import annotations

import hashlib

import streamlit as st

from casegraph.cases import TEXT_SEEN, DecodedImage
from casegraph.errors import RejectedFile
from casegraph.workspace import Workspace
from ui.app.remedies import show_error
from ui.app.scrolling import bring_into_view
from ui.app.texts import as_written
from ui.app.viewer import BoxTool, Overlay, Shown, Size, show_viewer

KEPT_UNTIL = (
    "It is kept in this browser session only, until you reload or close the page, take another image or forget it."
)


def keep_image(page: str, image: DecodedImage) -> None:
    """Put an image where another page of this session finds it."""
    st.session_state[_place(page)] = image


def has_image(page: str) -> bool:
    """Tell whether a page has an image."""
    return _place(page) in st.session_state


def kept_image(page: str) -> DecodedImage | None:
    """Return the image that a page of this session has, if any."""
    return st.session_state.get(_place(page))


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


def uploaded_image(space: Workspace, page: str, label: str, box: BoxTool | None = None) -> DecodedImage | None:
    """Show an upload field; return the decoded image once there is one, shown beneath it, where asked with a box.

    A page's image stays while the reader visits other pages. A file that is no image is declined in a sentence.
    Any name is taken: DICOM files often have no ending, and what a file is its content says.
    """
    number = st.session_state.get(_number(page), 0)
    upload = st.file_uploader(
        f"{label} (PNG, JPEG, WebP or DICOM)",
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
    image = kept_image(page)
    with room.container():
        if image is not None:
            _show(space, page, image, box)
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


def as_shown(image: DecodedImage, overlay: Overlay | None = None) -> Shown:
    """Return an image of this session for the viewer."""
    return Shown(
        name_of(image),
        image.png,
        alt="your image",
        pixel_size=image.pixel_size,
        overlay=overlay,
        grey_png=image.grey_png,
        grey=image.grey,
    )


def _show(space: Workspace, page: str, image: DecodedImage, box: BoxTool | None) -> None:
    show_viewer([as_shown(image)], f"uploaded-{page}", name="Your image", size=Size.SMALL, box=box)
    if image.text_px:
        name = f"warning-text-{page}"
        with st.container(key=name):
            st.warning(TEXT_SEEN, icon=":material/warning:")
        bring_into_view(f".st-key-{name}", name_of(image))
        st.button("Make the text black", key=f"redact-{page}", on_click=_redact, args=(space, page, image))
    frame = f"Frame {(image.frame or 0) + 1} of {image.frames}. " if image.frames > 1 else ""
    st.caption(f"{frame}{KEPT_UNTIL}")
    for notice in image.notices:
        st.caption(as_written(notice))


def _redact(space: Workspace, page: str, image: DecodedImage) -> None:
    keep_image(page, space.models.without_text(image))


def _place(page: str) -> str:
    return f"image-{page}"


def _aside(page: str) -> str:
    return f"aside-{page}"


def _number(page: str) -> str:
    return f"uploads-{page}"
