"""Bring what a reader must see into the window: a cited passage, a message."""

from __future__ import annotations

import streamlit.components.v2 as components

# It is looked for until the page has come to rest, since images above may still take their room; a reader who scrolls
# is left alone. What a message or passage is called is remembered as long as it stands on the page.
JS = """
const seen = new WeakMap();
export default function ({ data, parentElement }) {
  if (seen.get(parentElement) === data.token) return;
  const started = performance.now();
  let stopped = false;
  const stop = () => { stopped = true; };
  const moves = ["wheel", "touchmove", "keydown", "mousedown"];
  for (const move of moves) window.addEventListener(move, stop, { once: true });
  const look = () => {
    const found = document.querySelector(data.selector);
    if (found && !stopped) {
      seen.set(parentElement, data.token);
      found.scrollIntoView({ block: data.block, behavior: "instant" });
    }
    if (!stopped && performance.now() - started < 1500) setTimeout(look, 100);
  };
  look();
}
"""
_component = components.component("casegraph_bring_into_view", js=JS)


def bring_into_view(selector: str, token: str, *, middle: bool = False) -> None:
    """Scroll until what a CSS selector finds is in the window, once for each `token`; in its middle where asked."""
    block = "center" if middle else "nearest"
    _component(data={"selector": selector, "token": token, "block": block}, key=f"view-{selector}")
