"""Two images one over the other, with a handle to wipe between them."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import streamlit.components.v2 as components

CSS = """
.wipe { position: relative; max-width: 640px; aspect-ratio: 4 / 3; background: #000; border-radius: .4rem;
  overflow: hidden; }
.wipe img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; background: #000; }
.edge { position: absolute; top: 0; bottom: 0; width: 2px; background: #fff; opacity: .8; }
input { width: 100%; max-width: 640px; margin: .6rem 0 0; accent-color: var(--st-primary-color); }
"""
HTML = """
<div class="wipe"><img><img><div class="edge"></div></div>
<input type="range" min="0" max="100" value="50" aria-label="Wipe between the two images">
"""
JS = """
export default function ({ data, parentElement }) {
  const [left, right] = parentElement.querySelectorAll("img");
  const handle = parentElement.querySelector("input");
  const edge = parentElement.querySelector(".edge");
  [left.src, right.src] = data.images;
  [left.alt, right.alt] = data.alts;
  const wipe = () => {
    right.style.clipPath = `inset(0 0 0 ${handle.value}%)`;
    edge.style.left = `${handle.value}%`;
  };
  handle.addEventListener("input", wipe);
  wipe();
  return () => handle.removeEventListener("input", wipe);
}
"""
_component = components.component("casegraph_drawing_slider", html=HTML, css=CSS, js=JS)


def image_slider(left_png: bytes, right_png: bytes, *, alts: Sequence[str]) -> None:
    """Show the left image up to the handle and the right one from there on; `alts` says what they are."""
    _component(data={"images": [_address(left_png), _address(right_png)], "alts": list(alts)}, key="image-slider")


def _address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()
