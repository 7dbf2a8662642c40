"""How every page looks: title, icon, spacing, and the sentence that CaseGraph does not diagnose, always in view.

Nothing here is loaded from the network: the icon is drawn below, fonts and symbols come with Streamlit.
"""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from casegraph.notice import NOTICE
from ui.app.texts import as_written

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b6e83"/>'
    '<g stroke="#fff" stroke-width="2"><path d="M16 16 8 9M16 16l9-5M16 16l-5 9M16 16l8 7"/></g><g fill="#fff">'
    '<circle cx="16" cy="16" r="4.5"/><circle cx="8" cy="9" r="3"/><circle cx="25" cy="11" r="3"/>'
    '<circle cx="11" cy="25" r="3"/><circle cx="24" cy="23" r="3"/></g></svg>'
)

# Streamlit's own class names and `st-key-<key>` of containers are the only hooks used.
STYLE = """
<style>
.stApp { --cg-page: light-dark(#ffffff, #0f1519); --cg-panel: light-dark(#f2f6f8, #1a2329);
  --cg-edge: light-dark(#d5dee4, #33424c); --cg-muted: light-dark(#4a5b68, #a9b8c2);
  --cg-main: light-dark(#0b6e83, #4fb3c8); --cg-both: light-dark(#eef7f1, #16302a); }
.st-key-notice { position: fixed; left: 0; right: 0; bottom: 0; z-index: 99; padding: .3rem 1rem;
  background: var(--cg-panel); border-top: 1px solid var(--cg-edge); text-align: center;
  justify-content: center; gap: 0 1.5rem; }
.st-key-notice > * { width: auto !important; flex: 0 1 auto !important; }
[data-testid="stMainBlockContainer"] h1 { padding: .2rem 0 .6rem; }
@media (min-width: 900px) {
  [data-testid="stColumn"]:has(> [data-testid="stVerticalBlock"] .st-key-beside) { position: sticky; top: 4.2rem;
    align-self: flex-start; max-height: calc(100vh - 6.5rem); overflow-y: auto; }
}
@media (min-width: 1280px) {
  [data-testid="stColumn"]:has(.st-key-evidence):not(:has([data-testid="stColumn"] .st-key-evidence)) {
    position: sticky; top: 4.2rem; align-self: flex-start; max-height: calc(100vh - 6.8rem); overflow-y: auto; }
}
@media (max-width: 1279px) {
  [data-testid="stColumn"]:has(.st-key-evidence, .st-key-statements):not(
    :has([data-testid="stColumn"] :is(.st-key-evidence, .st-key-statements))) { min-width: 100%; }
}
.cg-statement { overflow-wrap: anywhere; line-height: 1.55; padding-left: .5rem; border-left: 4px solid transparent; }
.cg-evidence { overflow-wrap: anywhere; font-size: .95rem; padding-left: .5rem; border-left: 4px solid transparent; }
.cg-chosen { border-left-color: var(--cg-main); background: var(--cg-both); }
[class*="st-key-cites-"], [class*="st-key-cited-"], [class*="st-key-ways-D"] { padding-left: .65rem; }
:is([class*="st-key-cites-"], [class*="st-key-cited-"], [class*="st-key-ways-D"]) button { min-height: 1.6rem;
  padding: 0 .2rem; }
:is([class*="st-key-cites-"], [class*="st-key-cited-"], [class*="st-key-ways-D"]) button p { font-size: .9rem; }
:is([class*="st-key-cites-"], [class*="st-key-cited-"], [class*="st-key-ways-D"]) button:is(:hover, :focus, :active) * {
  color: var(--cg-main); }
:is([class*="st-key-cites-"], [class*="st-key-cited-"]) button p { padding: 0 .3rem; border-radius: .3rem;
  border: 1px solid var(--cg-edge); }
div:has(> .st-key-draft-label) { position: sticky; top: 3.6rem; z-index: 50; background: var(--cg-page); }
[data-testid="stPageLink"] a { border: 1px solid var(--cg-edge); border-radius: .4rem; padding: .25rem .7rem; margin: 0;
  min-height: 2.5rem; }
[data-testid="stPageLink"] { min-height: 2.5rem; }
[data-testid="stPageLink"] a[aria-current] { background: var(--cg-page); }
[data-testid="stPageLink"] a[aria-current] * { font-weight: 400; }
.st-key-main-way [data-testid="stPageLink"] a { background: #0b6e83; border-color: #0b6e83; }
[data-testid="stPageLink"] a[aria-current] { background: var(--cg-page); }
[data-testid="stPageLink"] a[aria-current] * { font-weight: 400; }
.st-key-main-way [data-testid="stPageLink"] a * { color: #fff; }
.st-key-unknown-texts { max-height: 40vh; overflow-y: auto; border: 1px solid var(--cg-edge); border-radius: .4rem;
  padding: .7rem .9rem; }
.cg-reasons { margin: .2rem 0 0; padding-left: 1.1rem; font-size: .95rem; overflow-wrap: anywhere; }
.cg-reason { font-size: .95rem; padding: .1rem .5rem .1rem 0; overflow-wrap: anywhere; }
[class*="st-key-line-"] button { min-height: 1.7rem; padding: .1rem .5rem .1rem 0; text-decoration: underline dotted;
  text-underline-offset: 3px; text-align: left; }
[class*="st-key-line-"] button p { font-size: .95rem; }
.cg-text { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.55; max-width: 52rem; }
.cg-section { margin: 0 0 1.1rem; }
.cg-section h3 { font-size: .8rem; letter-spacing: .04em; text-transform: uppercase; color: var(--cg-muted);
  margin: 0 0 .15rem; padding: 0; }
.cg-title { overflow-wrap: anywhere; line-height: 1.25; margin: 0; padding: 0; }
h1.cg-title { font-size: 1.6rem; }
.cg-muted { color: var(--cg-muted); font-size: .9rem; overflow-wrap: anywhere; }
.cg-chip { display: inline-block; border-radius: 1rem; padding: .05rem .6rem; margin: .1rem .25rem .1rem 0;
  background: var(--cg-panel); font-size: .9rem; overflow-wrap: anywhere; }
.cg-dot { display: inline-block; width: .6rem; height: .6rem; border-radius: 50%; margin-right: .35rem; }
.cg-mark { color: inherit; padding: 0 2px; border-radius: 3px; text-decoration: underline; text-underline-offset: 2px;
  text-decoration-thickness: 1.5px; text-decoration-color: color-mix(in srgb, currentColor 60%, transparent);
  print-color-adjust: exact; }
button[data-variant][data-selected="true"] p, [data-testid="stSliderThumbValue"], [data-testid="stSliderThumbValue"] p {
  color: light-dark(#095f71, #8fd0df); }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] * { opacity: 1; color: var(--cg-muted); }
.cg-cited { outline: 2px solid var(--cg-main); outline-offset: 1px; border-radius: 2px; }
.cg-statement { scroll-margin: 12.5rem 0 4rem; }
.cg-cited, .st-key-teach-ways, .st-key-doubted, [class*="st-key-error-"], [class*="st-key-warning-"] {
  scroll-margin: 5rem 0 4rem; }
.cg-table { width: 100%; border-collapse: collapse; table-layout: fixed; }
.cg-table th { text-align: left; font-weight: 600; padding: .4rem .5rem; border-bottom: 2px solid var(--cg-edge); }
.cg-table td { vertical-align: top; padding: .4rem .5rem; border-bottom: 1px solid var(--cg-edge); }
.cg-table td:first-child, .cg-table th:first-child { width: 11rem; color: var(--cg-muted); }
.cg-table tbody th { width: 11rem; color: var(--cg-muted); font-weight: 400; vertical-align: top;
  border-bottom: 1px solid var(--cg-edge); }
.cg-only .cg-chip { text-decoration: underline; text-underline-offset: 3px; }
.cg-table .cg-both { background: var(--cg-both); }
</style>
"""


def dress_page(title: str) -> DeltaGenerator:
    """Set the page's title and look; show the notice at the foot of the window, and return the foot."""
    about = f"**CaseGraph** {as_written(NOTICE)}"  # with it comes the menu, in which the theme is chosen
    st.set_page_config(page_title=f"{title} · CaseGraph", page_icon=ICON, layout="wide", menu_items={"About": about})
    st.html(STYLE)
    foot = st.container(key="notice", horizontal=True, horizontal_alignment="center")
    with foot:
        st.html(f'<div class="cg-muted">{NOTICE}</div>', width="content")
    return foot
