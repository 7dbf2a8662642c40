"""Two pictures one over the other, with a handle to wipe between them."""

from __future__ import annotations

import base64

import streamlit.components.v2 as components

CSS = """
.wipe { position: relative; max-width: 512px; aspect-ratio: 1; background: #000; }
.wipe img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; background: #000; }
input { width: 100%; max-width: 512px; accent-color: var(--st-primary-color); }
"""
HTML = """
<div class="wipe"><img alt="left case"><img alt="right case"></div>
<input type="range" min="0" max="100" value="50" aria-label="Wipe between the two pictures">
"""
JS = """
export default function ({ data, parentElement }) {
  const [left, right] = parentElement.querySelectorAll("img");
  const handle = parentElement.querySelector("input");
  left.src = data.left;
  right.src = data.right;
  const wipe = () => { right.style.clipPath = `inset(0 0 0 ${handle.value}%)`; };
  handle.addEventListener("input", wipe);
  wipe();
  return () => handle.removeEventListener("input", wipe);
}
"""


def picture_slider(left_png: bytes, right_png: bytes) -> None:
    """Show the left picture up to the handle and the right one from there on."""
    component = components.component("picture_slider", html=HTML, css=CSS, js=JS)
    component(data={"left": _address(left_png), "right": _address(right_png)}, key="picture-slider")


def _address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()
