"""Images on a page, every pixel as it is stored: no JPEG is made of them, and none is served smaller than it is."""

from __future__ import annotations

import streamlit as st

# Streamlit serves an image smaller where it is wider than the width asked for; the column limits what is seen of that.
WIDER_THAN_ANY_IMAGE = 10_000


def show_pixels(png: bytes, alt: str, *, width: int | None = None) -> None:
    """Show a PNG as wide as its column, or as `width` pixels of the page; full screen shows it as large as it fits."""
    with st.container(width=width or "stretch"):
        st.image(png, width=WIDER_THAN_ANY_IMAGE, output_format="PNG", alt=alt)
