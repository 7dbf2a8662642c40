"""The review queue on a page: each thing to look at with its case and image, what settles it, and what was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

import streamlit as st

from casegraph.cases import Case, Image, SourceId
from casegraph.curation import (
    Decision,
    DecisionState,
    DuplicateReport,
    KnownDecision,
    ReviewItem,
    ReviewKind,
    correctable_fields,
)
from casegraph.errors import RemedyAction
from casegraph.workspace import Workspace
from ui.app.address import field, one, put, written
from ui.app.managing import is_busy, runs
from ui.app.panels import case_link, cover_image, show_image
from ui.app.remedies import done_or_kept, done_or_told, show_kept_error
from ui.app.results import chosen_page, pages_of
from ui.app.texts import as_written, count_of, heading, line, paragraph

ITEMS_SHOWN = 10
DECISIONS_SHOWN = 20
KIND = "kind"
_EVERY = "all"
_DECIDED = "decided-last"
_WHY_REJECT = "Why it is to be left out"


def show_queue(space: Workspace) -> None:
    """Show what a person should look at, of one kind or of all, a page at a time."""
    _show_last_decision(space)
    items = space.curation.queue(duplicates=False, compared=_compared(space))
    counts = Counter(item.kind for item in items)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = _chosen_kind(counts)
        _offer_comparison(space)
    shown = [item for item in items if kind in (_EVERY, item.kind)]
    if not shown:
        st.info("Nothing is left to look at.", icon=":material/task_alt:")
        return
    page = chosen_page(pages_of(len(shown), ITEMS_SHOWN))
    for item in shown[(page - 1) * ITEMS_SHOWN : page * ITEMS_SHOWN]:
        with st.container(border=True, key=f"item-{item.item_id}"):
            _show_item(space, item)


def _compared(space: Workspace) -> DuplicateReport | None:
    """Return what comparing all images found, where they are still the same."""
    last = runs().compared
    return last.report if last and last.sequence == space.documents.sequence() else None


def _chosen_kind(counts: Counter[ReviewKind]) -> str:
    total = counts.total()
    names = {_EVERY: f"everything ({total:,})", **{kind: f"{kind} ({counts[kind]:,})" for kind in ReviewKind}}
    chosen = one(KIND) if one(KIND) in names else _EVERY
    st.selectbox(
        "To look at",
        list(names),
        format_func=lambda name: names[name],
        key=field(KIND, chosen),
        on_change=_turn_to_kind,
        width=360,
    )
    return chosen


def _turn_to_kind() -> None:
    written(KIND, _EVERY)
    put("page", None)


def _offer_comparison(space: Workspace) -> None:
    if _compared(space) is None:
        st.button(
            "Look for near duplicates",
            icon=":material/content_copy:",
            key="compare-images",
            disabled=is_busy(),
            help="Compares every image with every other.",
            on_click=_compare_images,
        )


def _compare_images() -> None:
    runs().compare_images()


def _show_item(space: Workspace, item: ReviewItem) -> None:
    case = space.documents.case(item.case_id) if item.case_id else None
    image = _image_of(case, item)
    picture, words = st.columns((1, 3), gap="medium")
    with picture:
        if image is not None:
            show_image(image, f"item-{item.item_id}")
        else:
            line("No image")
    with words:
        heading(case.title if case else "A record that does not fit", 3)
        about = SourceId(item.image_id).short if item.image_id else case.short_id if case else ""
        line(f"{str(item.kind).capitalize()}{f' · {about}' if about else ''}")
        paragraph(item.why)
        with st.container(horizontal=True, vertical_alignment="center"):
            if case:
                case_link(case.case_id, "Open the case")
            _offer_decisions(space, item)
        show_kept_error(_refusal(item))


def _image_of(case: Case | None, item: ReviewItem) -> Image | None:
    return cover_image(case, item.image_id) if case else None


def _offer_decisions(space: Workspace, item: ReviewItem) -> None:
    accepted = "Dealt with" if item.kind is ReviewKind.REPORTED else "Leave as it is"
    with st.popover(accepted, icon=":material/check:", key=f"accept-{item.item_id}"):
        _reason_form(item, accepted, "Why, for those who ask later", partial(_accept, space))
    action = item.instead.action if item.instead else None
    if action is RemedyAction.CORRECT_VALUE:
        with st.popover("Correct", icon=":material/edit:", key=f"correct-{item.item_id}"):
            _correction_form(space, item)
    elif action is RemedyAction.REJECT:
        with st.popover("Leave out", icon=":material/block:", key=f"reject-{item.item_id}"):
            named = item.instead.subject if item.instead else None
            line(f"{SourceId(named or '').short} is left out, now and whenever its source is read.")
            _reason_form(item, "Leave out", _WHY_REJECT, partial(_reject, space))
    elif action is RemedyAction.MARK_TEXT and item.boxes_px:
        with st.popover("Make the text black", icon=":material/ink_eraser:", key=f"mark-{item.item_id}"):
            line(f"{count_of(len(item.boxes_px), 'place')} of it; the original is kept.")
            _reason_form(item, "Make it black", "Why", partial(_mark_text, space))
    elif action is RemedyAction.MEND_SOURCE:
        line("Or mend the source and read it again.")


def _reason_form(item: ReviewItem, label: str, ask: str, decide: Callable[[ReviewItem, str], Decision]) -> None:
    reason = st.text_input(ask, max_chars=300, key=f"reason-{label}-{item.item_id}", persist_state="session")
    if st.button(label, type="primary", key=f"do-{label}-{item.item_id}"):
        _decided(item, partial(decide, item, reason.strip()))


def _correction_form(space: Workspace, item: ReviewItem) -> None:
    named = item.instead.field if item.instead else None
    of_image = bool(item.instead and item.instead.image_id)
    fields = [named] if named else [*correctable_fields(of_image=of_image)]
    chosen = st.selectbox(
        "Field",
        fields,
        format_func=lambda name: str(name).replace("_", " "),
        key=f"field-{item.item_id}",
        disabled=len(fields) == 1,
        persist_state="session",
    )
    value = st.text_input("What is right; empty means not known", key=f"value-{item.item_id}", persist_state="session")
    reason = st.text_input("Why", max_chars=300, key=f"reason-correct-{item.item_id}", persist_state="session")
    if st.button("Correct", type="primary", key=f"do-correct-{item.item_id}"):
        _decided(item, partial(_correct, space, item, str(chosen), value, reason.strip()))


def _accept(space: Workspace, item: ReviewItem, reason: str) -> Decision:
    return space.curation.accept(item, reason=reason)


def _correct(space: Workspace, item: ReviewItem, name: str, value: str, reason: str) -> Decision:
    image_id = item.instead.image_id if item.instead else None
    return space.curation.correct(item.case_id or "", name, value, image_id=image_id, reason=reason)


def _reject(space: Workspace, item: ReviewItem, reason: str) -> Decision:
    named = item.instead.subject if item.instead else None
    return space.curation.reject(named or "", reason=reason)


def _mark_text(space: Workspace, item: ReviewItem, reason: str) -> Decision:
    return space.curation.mark_seen_text(item, reason=reason)


def _decided(item: ReviewItem, decide: Callable[[], Decision]) -> None:
    """Decide, and draw the page again; where it cannot be done, say why beside the item, its popover closed or not."""

    def do() -> None:
        st.session_state[_DECIDED] = decide()

    done_or_kept(do, _refusal(item))


def _refusal(item: ReviewItem) -> str:
    return f"refusal-{item.item_id}"


def _show_last_decision(space: Workspace) -> None:
    decision: Decision | None = st.session_state.get(_DECIDED)
    if decision is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="decided"):
        st.success(as_written(f"{decision.decision_id}: {_in_words(decision)}"), icon=":material/check:")
        if st.button("Undo", icon=":material/undo:", key="undo-last"):
            _withdraw(space, decision.decision_id)


def _withdraw(space: Workspace, decision_id: str) -> None:

    def do() -> None:
        space.curation.withdraw(decision_id)
        last: Decision | None = st.session_state.get(_DECIDED)
        if last is not None and last.decision_id == decision_id:
            del st.session_state[_DECIDED]

    done_or_told(do)


def _in_words(decision: Decision) -> str:
    about = SourceId(decision.image_id or decision.case_id or "").short or "a record"
    value = f" {decision.field} {decision.value or 'not known'}" if decision.action == "correct" else ""
    return f"{decision.action} {about}{value}"


def show_decisions(space: Workspace) -> None:
    """Show what people decided, the newest first, each with the way to take it back."""
    known = space.curation.decisions()[::-1]
    if not known:
        line("Nothing has been decided yet.")
        return
    if len(known) > DECISIONS_SHOWN:
        line(f"The newest {DECISIONS_SHOWN} of {len(known):,}.")
    for one_known in known[:DECISIONS_SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center", key=f"known-{one_known.decision.decision_id}"):
            _show_decision(space, one_known)


def _show_decision(space: Workspace, known: KnownDecision) -> None:
    made = known.decision
    why = f": {made.reason}" if made.reason else ""
    line(f"{made.decision_id} · {known.state} · {_in_words(made)}{why} · {made.actor}, {made.made_at[:10]}")
    if known.state is not DecisionState.WITHDRAWN and st.button(
        "Take back", icon=":material/undo:", key=f"withdraw-{made.decision_id}"
    ):
        _withdraw(space, made.decision_id)
