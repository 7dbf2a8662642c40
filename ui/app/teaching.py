"""Unknown cases on a page: one case as far as it is revealed, the reader's differential, and what came of it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from casegraph.cases import age_in_words
from casegraph.errors import CaseGraphError
from casegraph.teaching import (
    HIDDEN,
    MAX_NAMED,
    Likeness,
    RevealStep,
    Score,
    Session,
    Summary,
    Told,
    Turn,
    Unknown,
    parse_differential,
    unknown_names,
)
from casegraph.workspace import Workspace
from ui.app.address import put
from ui.app.panels import SEARCH_PAGE, case_link, link, shown
from ui.app.remedies import done_or_told, show_error
from ui.app.scrolling import bring_into_view
from ui.app.texts import as_written, heading, line, marked, section
from ui.app.viewer import Size, show_viewer

AT, SUMMARY = "at", "summary"  # of the address: the number of a case, or this word
_SIGNS = {
    Likeness.EXACT: "✓ exact",
    Likeness.KIND: "½ a kind of it",
    Likeness.WIDER: "½ wider",
    Likeness.OTHER: "not it",
}
_NEXT_STEP = {
    RevealStep.IMAGE: "Show the history",
    RevealStep.HISTORY: "Show the findings",
    RevealStep.DIFFERENTIAL: "Show the diagnosis",
}


def points_in_words(points: float, cases: int) -> str:
    """Return a score as one says it.

    Examples
    --------
    >>> points_in_words(2.5, 4), points_in_words(0.5, 1)
    ('2½ of 4', '½ of 1')
    """
    whole, half = divmod(points, 1)
    return f"{'' if half and not whole else int(whole)}{'½' if half else ''} of {cases}"


def time_in_words(seconds: float) -> str:
    """Return a time as one says it.

    Examples
    --------
    >>> time_in_words(7.4), time_in_words(184)
    ('7 s', '3 min 4 s')
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def show_unknown_images(unknown: Unknown, place: str) -> None:
    """Show the images as a stack, under names that tell nothing; captions as far as they are revealed."""
    stack = [
        replace(
            shown(one.image, marked(one.caption or "", [])),
            image_id=f"image-{number}",
            alt=f"Image {number} of an unknown case: {one.says or 'no more is known'}",
            line=one.says,
            problem="Image missing.",
            grey=one.grey,
        )
        for number, one in enumerate(unknown.images, 1)
    ]
    show_viewer(stack, f"unknown-{place}", name="Images of an unknown case", size=Size.MEDIUM)


def show_texts(unknown: Unknown) -> None:
    """Show the texts of a case that are revealed; long ones scroll, so that what comes next stays in the window."""
    if not unknown.step.shows(RevealStep.HISTORY):
        return
    with st.container(key="known-texts" if unknown.step is RevealStep.DIAGNOSIS else "unknown-texts", gap="xsmall"):
        if unknown.step.shows(RevealStep.FINDINGS):
            _text("Findings", unknown.findings)
        section("Patient", f"{age_in_words(unknown.age_years)}, {unknown.sex or 'sex unknown'}")
        _text("History", unknown.history)
        _text("Exam", unknown.exam)
    if HIDDEN in "\n".join(filter(None, (unknown.history, unknown.exam, unknown.findings))):
        line(f"{HIDDEN}: words that would name the diagnosis.")


def show_choices(unknown: Unknown) -> None:
    """Show the diseases that the case considers."""
    section("The case considers, by the alphabet", "\n".join(f"• {name}" for name in unknown.choices))


def _text(name: str, text: str | None) -> None:
    if text and text.strip():
        section(name, text.strip())
    else:
        line(f"{name}: the case says nothing.")


def show_next_step(space: Workspace, session: Session, number: int) -> None:
    """Show the button that reveals the next step, where there is one before the reader's answer."""
    turn = session.turn(number)
    if label := _NEXT_STEP.get(turn.step):
        with st.container(horizontal=True, vertical_alignment="center"):
            pressed = st.button(
                label, key="next-step", shortcut="N", type="primary" if turn.answered_at else "secondary"
            )
        if pressed:
            done_or_told(lambda: space.teaching.reveal_next(session.session_id, number))


def ask_for_differential(space: Workspace, session: Session, number: int) -> None:
    """Let the reader type their differential; a name that nobody knows is asked about once.

    It is no form: what is typed in one is lost where its reader leaves the page without sending it.
    """
    place = f"{session.session_id}-{number}"
    with st.container(border=True, key=f"answer-{place}"):
        text = st.text_area(
            "Your differential",
            key=f"differential-{place}",
            height=104,
            placeholder="One disease a line, the likeliest first; leave it empty to pass",
            help=f"At most {MAX_NAMED}. It stands once you answer.",
            persist_state="session",
        )
        pressed = st.button("Answer", type="primary", key="answer", shortcut="Ctrl+Enter")
    if pressed and not _asks_about_names(text, place):
        done_or_told(lambda: space.teaching.answer(session.session_id, number, text))


def _asks_about_names(text: str, place: str) -> bool:
    """Say which names are not known, the first time that they are given."""
    try:
        doubted = unknown_names(parse_differential(text))
    except CaseGraphError as error:
        show_error(error)
        return True
    if not doubted or st.session_state.get(f"doubted-{place}") == text:
        return False
    st.session_state[f"doubted-{place}"] = text
    said = " ".join(f"“{name}” is not known. {hint or ''}".strip() for name, hint in doubted.items())
    with st.container(key="doubted"):
        st.warning(as_written(f"{said} Answer again to leave it as it is."), icon=":material/spellcheck:")
    bring_into_view(".st-key-doubted", f"{place}-{text}")
    return True


def show_own_differential(turn: Turn) -> None:
    """Show what the reader named, before its score."""
    named = turn.differential or ()
    section("Your differential", "\n".join(f"{at}. {name}" for at, name in enumerate(named, 1)) or "You passed.")


def show_answer(unknown: Unknown, score: Score) -> None:
    """Show the diagnosis, and how the reader's differential stands to it."""
    answer = unknown.answer
    if answer is None:
        return
    with st.container(border=True, key="revealed"):
        line("The case's diagnosis")
        heading(answer.diagnosis, 2)
        if answer.confirmation:
            line(f"Confirmed by {answer.confirmation}")
        line(f"{points_in_words(score.points, 1)} point: {_how(score)}")
        if score.named:
            section("Yours", "\n".join(f"{one.name}: {_SIGNS[one.likeness]}" for one in score.named))
        if score.also_considered:
            section("Of its differential you also named", ", ".join(score.also_considered))
        if score.not_considered:
            section("It also considers", ", ".join(score.not_considered))
    with st.container(horizontal=True):
        case_link(answer.case_id, "Open the case")
        link(SEARCH_PAGE, "Similar cases", "search", case=answer.case_id)
    if answer.discussion:
        section("Discussion", answer.discussion)
    if answer.citation:
        line(answer.citation)


def _how(score: Score) -> str:
    place = f", at place {score.place} of {len(score.named)}" if score.place and len(score.named) > 1 else ""
    said = {
        Likeness.EXACT: "you named it",
        Likeness.KIND: "you named a kind of it",
        Likeness.WIDER: "you named something wider",
        Likeness.OTHER: "it was not among yours",
    }
    return f"{said[score.likeness]}{place}."


def show_summary(session: Session, summary: Summary) -> None:
    """Show what came of a session, each finished case with a link to it."""
    cases = len(summary.told)
    st.subheader(
        f"{points_in_words(summary.points, cases)} points" if cases else "No case is finished yet", anchor=False
    )
    took = f" Your answers took {time_in_words(summary.seconds)}." if cases else ""
    line(f"{session.done} of {len(session.turns)} cases finished.{took}")
    if session.is_done and session.where:
        line(f"Taken from: {session.where}")
    if summary.missed:
        missed = "; ".join(one.title or one.case_id for one in summary.missed)
        section("Missed", missed)
    for one in summary.told:
        _row(one)


def _row(one: Told) -> None:
    with st.container(border=True, key=f"told-{one.number}"):
        text, way = st.columns((6, 1), vertical_alignment="center")
        with text:
            if one.score is None:
                line(f"{one.number}. This case is no longer in the workspace.")
                return
            heading(f"{one.number}. {one.title}", 3)
            yours = ", ".join(one.turn.differential or ()) or "passed"
            took = f" · {time_in_words(one.turn.seconds)}" if one.turn.seconds is not None else ""
            seen = f" · answered after the {one.turn.answered_at_step}" if one.turn.answered_at_step else ""
            line(f"{points_in_words(one.score.points, 1)}: {_how(one.score)} Yours: {yours}{took}{seen}")
        with way:
            case_link(one.case_id)


def go_to(session_id: str | None, at: str | None = None) -> None:
    """Write the session and the place in it into the page's address."""
    put("session", session_id)
    put(AT, at)
