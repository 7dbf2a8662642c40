"""The answer to `ask` on a page: ranked diagnoses, with what speaks for and against each, and the cases that say so."""

from __future__ import annotations

import streamlit as st

from casegraph.drafts import AskAnswer, RankedDiagnosis, Reason
from ui.app.panels import case_link
from ui.app.remedies import advised
from ui.app.texts import as_written, line, paragraph

CASES_SHOWN = 6


def show_diagnoses(answer: AskAnswer) -> None:
    """Show the ranked diagnoses."""
    st.warning(answer.notice, icon=":material/warning:")
    line(f"{answer.cases} cases were asked.")
    for diagnosis in answer.diagnoses:
        _show_diagnosis(diagnosis)
    for notice in answer.notices:
        line(advised(notice))


def _show_diagnosis(diagnosis: RankedDiagnosis) -> None:
    with st.container(border=True, gap="xxsmall"):
        st.markdown(f"**{diagnosis.rank}. {as_written(diagnosis.name)}**")
        line(", ".join([f"score {diagnosis.score:.3f}", *diagnosis.pathology_categories]))
        reasons = diagnosis.reasons
        for heading, said in (("For", reasons.speaking_for), ("Against", reasons.speaking_against)):
            for reason in said:
                _show_reason(heading, reason)


def _show_reason(heading: str, reason: Reason) -> None:
    text, cases = st.columns((5, 2), vertical_alignment="center")
    with text:
        paragraph(f"{heading}: {reason.text}")
    with cases, st.popover(f"{len(reason.case_ids)} cases", type="tertiary"):
        for case_id in reason.case_ids[:CASES_SHOWN]:
            case_link(case_id)
        if len(reason.case_ids) > CASES_SHOWN:
            line(f"and {len(reason.case_ids) - CASES_SHOWN} more")
