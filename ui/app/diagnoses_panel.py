"""The answer to `ask` on a page: ranked diagnoses, what speaks for and against each, and what would tell them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from casegraph.cases import CaseId
from casegraph.drafts import AskAnswer, Discriminator, RankedDiagnosis
from ui.app.panels import case_link
from ui.app.remedies import advised
from ui.app.texts import as_written, count_of, line, paragraph

CASES_SHOWN = 6  # under each heading


def show_diagnoses(answer: AskAnswer) -> None:
    """Show the ranked diagnoses, and what would tell the leading ones apart."""
    st.warning(answer.notice, icon=":material/warning:")
    line(f"{answer.cases} cases were asked.")
    for diagnosis in answer.diagnoses:
        _show_diagnosis(diagnosis)
    if answer.telling_apart:
        _show_telling_apart(answer.telling_apart)
    for notice in answer.notices:
        line(advised(notice))


def _show_diagnosis(diagnosis: RankedDiagnosis) -> None:
    with st.container(border=True, gap="xxsmall"):
        st.markdown(f"**{diagnosis.rank}. {as_written(diagnosis.name)}**")
        line(", ".join([f"score {diagnosis.score:.3f}", *diagnosis.pathology_categories]))
        reasons = diagnosis.reasons
        for heading, said in (("For", reasons.speaking_for), ("Against", reasons.speaking_against)):
            for reason in said:
                _show_with_cases(f"{heading}: {reason.text}", {"": reason.case_ids})


def _show_telling_apart(discriminators: Sequence[Discriminator]) -> None:
    """Show what to look for, with how often the cases of each diagnosis report it."""
    with st.container(border=True, gap="xxsmall", key="telling-apart"):
        st.markdown("**What would tell them apart**")
        line("By the cases of the archive.")
        for one in discriminators:
            shares = ", ".join(f"{share.name} {len(share.shown_in)} of {share.cases}" for share in one.shares)
            _show_with_cases(f"{one.name}: {shares}", {share.name: share.shown_in for share in one.shares})


def _show_with_cases(said: str, listed: Mapping[str, Sequence[str]]) -> None:
    """Show a sentence and links to the cases behind it, listed under their headings."""
    text, cases = st.columns((5, 2), vertical_alignment="center")
    with text:
        paragraph(said)
    number = len({case_id for case_ids in listed.values() for case_id in case_ids})
    with cases, st.popover(count_of(number, "case"), type="tertiary"):
        for name, case_ids in listed.items():
            _list_cases(name, case_ids)


def _list_cases(name: str, case_ids: Sequence[str]) -> None:
    if name and case_ids:
        line(name)
    for case_id in case_ids[:CASES_SHOWN]:
        case_link(case_id, CaseId(case_id).short)
    if len(case_ids) > CASES_SHOWN:
        line(f"and {len(case_ids) - CASES_SHOWN} more")
