"""Cases that were found, as cards: an image, what each shares, lacks and has otherwise, and ways on from it."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from casegraph.search import Contribution, ExplainedHit, HitReason, Query
from casegraph.workspace import Workspace
from ui.app.address import many, put
from ui.app.panels import COMPARE_PAGE, case_link, cover_image, link, patient_line, show_image
from ui.app.texts import as_written, heading, line
from ui.app.viewer import BoxTool

MORE, LESS = "more", "less"  # the parameters that name the cases to be like and unlike
CARDS_OF_ROW = 2
TOLD = 6  # reasons on a line; what is left stands under the details
LINES = {"Shares": "nothing that is named", "Lacks": "nothing", "Differs": "nothing that is named"}


@dataclass(frozen=True)
class Ways:
    """Ways on from a hit: to look for its like alone, for a region of an image of it, for a finding of it."""

    like_this_only: Callable[[str], None]
    like_this_region: Callable[[str, str], None]
    also_showing: Callable[[str], None]


def show_hits(space: Workspace, hits: Sequence[ExplainedHit], ways: Ways, query: Query) -> None:
    """Show hits as a grid of cards."""
    for start in range(0, len(hits), CARDS_OF_ROW):
        for cell, found in zip(st.columns(CARDS_OF_ROW), hits[start : start + CARDS_OF_ROW], strict=False):
            with cell, st.container(border=True, key=f"hit-{found.hit.rank}", gap="xsmall"):
                _show_hit(space, found, ways, query)


def judge(case_id: str, kind: str | None) -> None:
    """Put a case among those to be like or unlike, or among neither."""
    for name in (MORE, LESS):
        ids = [listed for listed in many(name) if listed != case_id]
        put(name, [*ids, case_id] if name == kind else ids)


def _show_hit(space: Workspace, found: ExplainedHit, ways: Ways, query: Query) -> None:
    hit = found.hit
    case = space.documents.case(hit.case_id)
    thumb, text = st.columns((2, 3))
    with thumb:
        nearest = next((part.image_id for part in hit.channels if part.image_id), None)
        if image := cover_image(case, nearest):
            show_image(image, f"hit-{hit.rank}", box=BoxTool("More like this region", ways.like_this_region))
        else:
            line("No image")
    with text:
        heading(f"{hit.rank}. {case.title}", 3)
        line(f"{case.short_id} · {patient_line(case)}")
        if (diagnosis := found.explanation.diagnosis) and not _says_the_same(diagnosis, case.title):
            line(f"Diagnosis: {diagnosis}")
    reasons = found.explanation.reasons
    for name, told in zip(LINES, (reasons.shares, reasons.lacks, reasons.differs), strict=True):
        _show_line(name, told, hit.rank, ways, query)
    _show_ways(found, ways, query)
    with st.expander("Details", icon=":material/info:"):
        _show_details(found, ways, query)


def _says_the_same(diagnosis: str, title: str) -> bool:
    return diagnosis.casefold().strip(" .") == title.casefold().strip(" .")


def _show_line(
    name: str, reasons: Sequence[HitReason], rank: int, ways: Ways, query: Query, *, told: int = TOLD
) -> None:
    """Show a line of reasons; a finding that is not picked yet is a button that takes it into the question."""
    with st.container(
        horizontal=True, key=f"line-{name.replace(' ', '-')}-{rank}", vertical_alignment="center", gap=None
    ):
        _piece(f"<b>{name}</b>")
        if not reasons:
            _piece(LINES.get(name, ""), muted=True)
        for reason in reasons[:told]:
            if reason.concept_id and reason.concept_id not in query.concept_ids:
                st.button(
                    as_written(reason.words),
                    key=f"also-{name}-{rank}-{reason.concept_id}",
                    type="tertiary",
                    help="Search for cases that show this too",
                    on_click=ways.also_showing,
                    args=(reason.concept_id,),
                )
            else:
                _piece(html.escape(reason.words))
        if len(reasons) > told:
            _piece(f"and {len(reasons) - told} more", muted=True)


def _piece(text_html: str, *, muted: bool = False) -> None:
    st.html(f'<div class="cg-reason{" cg-muted" if muted else ""}">{text_html}</div>', width="content")


def _show_ways(found: ExplainedHit, ways: Ways, query: Query) -> None:
    case_id = found.hit.case_id
    with st.container(horizontal=True, key=f"ways-{found.hit.rank}", gap="xsmall", vertical_alignment="center"):
        case_link(case_id, place=_passage(found.hit.channels))
        own = {"own": "1"} if query.images else {}
        link(COMPARE_PAGE, "Compare", "compare", **own, case=[*([query.case_id] if query.case_id else []), case_id])
        with st.popover("Refine", icon=":material/tune:", key=f"refine-{found.hit.rank}"):
            st.button(
                "Like this only",
                key=f"like-{case_id}",
                icon=":material/search:",
                on_click=ways.like_this_only,
                args=(case_id,),
            )
            for label, kind, icon in (("More like it", MORE, "thumb_up"), ("Less like it", LESS, "thumb_down")):
                st.button(
                    label,
                    key=f"{kind}-{case_id}",
                    icon=f":material/{icon}:",
                    on_click=judge,
                    args=(case_id, kind),
                )


def _passage(channels: Sequence[Contribution]) -> Contribution | None:
    return next((part for part in channels if part.section), None)


def _show_details(found: ExplainedHit, ways: Ways, query: Query) -> None:
    """Show what found a hit, channel by channel, with its numbers, and what the lines had no room for."""
    reasons, rank = found.explanation.reasons, found.hit.rank
    for name, all_told in zip(LINES, (reasons.shares, reasons.lacks, reasons.differs), strict=True):
        if left := all_told[TOLD:]:
            _show_line(f"{name} too", left, rank, ways, query, told=len(left))
    if reasons.also_shows:
        _show_line("Also shows", reasons.also_shows, rank, ways, query, told=len(reasons.also_shows))
    if found.explanation.confirmation:
        line(f"Diagnosis confirmed by {found.explanation.confirmation}")
    parts = [
        f"<li><b>{part.channel}</b> (rank {part.rank}, weight {part.weight:g}) {html.escape(part.why)}</li>"
        for part in found.hit.channels
    ]
    st.html(f'<ul class="cg-reasons">{"".join(parts)}</ul>')
    line(f"score {found.hit.score:.2f}, of 1 for a case that every channel puts first")
