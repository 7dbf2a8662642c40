"""What a data set would hold, as its page shows it: counts, licences, leaks, and the first of its items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import streamlit as st

from casegraph.cases import CaseId, SourceId
from casegraph.subsets import Counted, ShownItem, SubsetReport, licence_statement
from casegraph.workspace import Workspace
from ui.app.panels import case_link, shown
from ui.app.texts import count_of, heading, line, section
from ui.app.viewer import Size, show_viewer

LETTERS = 700  # of the text of an example
NAMED = 10  # leaks, and images of several classes


def show_counts(counted: Counted) -> None:
    """Show how much a recipe takes, of which sources and under which licences."""
    if not counted.whole:
        st.subheader(f"{count_of(counted.matching, 'case')} match", anchor=False)
        line("So many are read when you check the data set: then images and licences are counted too.")
        return
    images = f" · {count_of(counted.images, 'image')}" if counted.images else ""
    st.subheader(f"{count_of(counted.cases, 'case')}{images}", anchor=False)
    said = {
        "Source": counted.sources,
        "Licence": counted.licences,
        "Left out": counted.left_out,
        "Images left out": counted.images_left_out,
    }
    line(" ".join(f"{name}: {_listed(counts)}." for name, counts in said.items() if counts))


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count:,})" for name, count in counts.items())


def show_examples(space: Workspace, items: list[ShownItem]) -> None:
    """Show the first items of a data set as they would be written."""
    st.subheader("The first examples", anchor=False)
    for one_item in items:
        with st.container(border=True, key=f"example-{one_item.item.item_id}"):
            if one_item.item.images:
                image, text = st.columns((1, 2), gap="medium")
                with image:
                    _show_images(space, one_item)
            else:
                text = st.container()
            with text:
                _show_text(one_item)


def _show_images(space: Workspace, example: ShownItem) -> None:
    case = space.documents.case(example.item.case_id)
    wanted = [image.image_id for image in example.item.images]
    stack = [shown(image) for image_id in wanted for image in case.images if image.image_id == image_id]
    name = f"Images of the example {SourceId(example.item.item_id).short}"
    show_viewer(stack, f"images-of-{example.item.item_id}", name=name, size=Size.SMALL)


def _show_text(example: ShownItem) -> None:
    item = example.item
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container():
            heading(SourceId(item.item_id).short, 3)
        case_link(item.case_id, f"Case {CaseId(item.case_id).short}")
    if item.label is not None:
        section("Class", item.label)
    if item.text:
        section("Text", _cut(item.text))
    for image in item.images[:1] if not item.text else ():
        section("Caption", image.caption or "none")
        if image.annotations:
            section("Labels of the caption", ", ".join(image.annotations))
    if example.filled:
        section("Asked", _cut(example.filled.prompt))
        section("Answer", _cut(example.filled.answer))
    line(f"Licence: {item.licence}. {item.citation}")


def _cut(text: str) -> str:
    return text if len(text) <= LETTERS else f"{text[:LETTERS].rstrip()} …"


def show_report(report: SubsetReport) -> None:
    """Show what came of the check: splits, leaks, licences, what is left out, and what else to know."""
    classes = sorted({name for split in report.splits.values() for name in split.classes})
    rows = [
        {
            "split": name,
            "cases": split.cases,
            "items": split.items,
            "images": split.images,
            **{one_class: split.classes.get(one_class, 0) for one_class in classes},
        }
        for name, split in report.splits.items()
    ]
    st.table(rows, border="horizontal", hide_index=True)
    _show_leaks(report)
    with st.container(key="licences"):
        section("Licences", f"{licence_statement(report.licences)}\n{_listed(report.licences)}.")
    if left_out := list(_left_out(report)):
        section("Left out", "\n".join(left_out))
    for notice in report.notices:
        line(notice)
    line(f"Digest: {report.digest}")


def _show_leaks(report: SubsetReport) -> None:
    with st.container(key="leaks"):
        if len(report.splits) < 2:
            line("All is in one split: there is nothing that could leak.")
        elif not report.leaks:
            st.success(
                "Nothing stands in two splits: no patient, article or topic, and no images that are nearly the same.",
                icon=":material/check:",
            )
        else:
            st.warning(
                f"{len(report.leaks):,} leaks between splits: a model would be tested on data it was trained on.",
                icon=":material/warning:",
            )
            section("In two splits", "\n".join(_named_leaks(report)))


def _named_leaks(report: SubsetReport) -> Iterator[str]:
    yield from (f"{leak.kind}: {', '.join(leak.ids)} ({', '.join(leak.splits)})" for leak in report.leaks[:NAMED])
    if len(report.leaks) > NAMED:
        yield f"… and {len(report.leaks) - NAMED:,} more"


def _left_out(report: SubsetReport) -> Iterator[str]:
    yield from (f"{count_of(count, 'case')}: {reason}" for reason, count in report.left_out.items())
    yield from (f"{count_of(count, 'image')}: {reason}" for reason, count in report.images_left_out.items())
    if report.unclassed_images:
        yield f"{count_of(report.unclassed_images, 'image')} of no class"
    if report.ambiguous_images:
        yield f"{count_of(report.ambiguous_images, 'image')} of several classes, such as " + "; ".join(
            f"{SourceId(one.image_id).short} ({', '.join(one.classes)})" for one in report.ambiguous[:NAMED]
        )
