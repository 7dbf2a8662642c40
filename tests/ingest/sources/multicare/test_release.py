"""A release of MultiCaRe as users have it: whole, older, in part, cut short, with images that are not there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from image_bytes import colour, encoded
from multicare_release import (
    FILES,
    article,
    described,
    figure,
    figures,
    labelled,
    noise_webp,
    patient,
    write_tables,
    write_whole,
)

from ingest.case import AgeRange, Case, Image
from ingest.errors import SourceError
from ingest.images.objects import ObjectStore
from ingest.load import ingest
from ingest.report import IngestReport
from ingest.sources.multicare import MultiCaRe
from ingest.sources.multicare.figures import figure_label
from ingest.sources.multicare.literals import NotALiteral, parsed, words_of
from ingest.sources.source import DocumentKind, Found, Rejection, Repetition, SourceCase
from ingest.store.interface import DocumentStore
from ingest.store.opening import open_store
from ingest.subsets.mentions import with_images
from ingest.subsets.recipe import Mentions
from ingest.vocabulary import AgeUnit, Modality, Plane, Section, Sex, Status


def found_in(folder: Path, images: Path | None = None) -> list[Found]:
    return list(MultiCaRe().read(str(folder), images).found)


def cases_in(folder: Path) -> dict[str, Case]:
    return {one.case.case_id: one.case for one in found_in(folder) if isinstance(one, SourceCase)}


def only_case(folder: Path) -> Case:
    (case,) = cases_in(folder).values()
    return case


def rejections_in(folder: Path) -> list[Rejection]:
    return [one for one in found_in(folder) if isinstance(one, Rejection)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DocumentStore]:
    (tmp_path / "workspace").mkdir()
    store = open_store("sqlite", tmp_path / "workspace")
    yield store
    store.close()


@pytest.fixture
def load(store: DocumentStore, tmp_path: Path) -> Callable[[Path], IngestReport]:
    return lambda folder: ingest(folder, store, ObjectStore(tmp_path / "workspace" / "objects"), actor="curator")


# --- A whole release


def test_a_whole_release_becomes_cases_with_their_article_and_images(
    tmp_path: Path, store: DocumentStore, load: Callable[[Path], IngestReport]
) -> None:
    report = load(write_whole(tmp_path / "release"))
    assert (report.added, report.images, report.images_with_problem, report.orphan_files) == (2, 3, 0, ())
    assert report.missing == ()
    case = store.get("multicare:PMC9000001_01").case
    assert (case.status, case.patient.age_years, case.patient.sex) == (Status.COMPLETE, 45.0, Sex.MALE)
    assert case.sections == {
        Section.TITLE: "Renal cell carcinoma of the hand: a case report",
        Section.HISTORY: "A 45-year-old man had gout.",
    }
    assert case.diagnosis == "Renal cell carcinoma of the hand"
    assert case.article is not None
    assert (case.article.article_id, case.article.licence, case.article.year) == ("PMC9000001", "CC BY", "2021")
    assert case.article.citation == (
        "Ada Roe, Bo Poe. Renal cell carcinoma of the hand: a case report. "
        "Journal of Invented Cases 2021. doi:10.5555/PMC9000001"
    )
    assert case.source_values["article.abstract"] == "We report a hand."
    assert case.source_values["article.mesh"] == "Gout; Hand"
    assert [(image.image_id, image.source_name) for image in case.images] == [
        ("multicare:PMC9000001_01_f1_undivided_1_1", FILES[0]),
        ("multicare:PMC9000001_01_f2_a_1_2", FILES[1]),
    ]


def test_labels_of_the_release_stand_beside_what_the_caption_says(tmp_path: Path) -> None:
    row = labelled(FILES[0], image_subtype="mri", caption="Axial CT of the hand.")
    image = only_case(write_tables(tmp_path, cases=[article()], labels=[row])).images[0]
    assert (image.modality, image.plane) == (Modality.CT, Plane.AXIAL)
    kept = {name: value for name, value in image.source_values.items() if name.startswith("release.")}
    assert kept == {
        "release.image_type": "radiology",
        "release.image_subtype": "mri",
        "release.radiology_region": "upper_limb",
        "release.radiology_region_granular": "hand",
        "release.radiology_view": "axial",
        "release.ml_labels_for_supervised_classification": "ct; axial",
        "release.gt_labels_for_semisupervised_classification": "ct; upper_limb",
    }
    assert image.source_values["mentions"] == "history:18-26"


@pytest.mark.parametrize(
    ("tag", "figure", "label"),
    [
        *(
            ("fig2", None, "Figure 2"),
            ("FIG12", None, "Figure 12"),
            ("F1", None, "Figure 1"),
            ("f003", None, "Figure 3"),
        ),
        *(("Figure 4", None, "Figure 4"), ("ccr33124-fig-0001", None, "Figure 1"), ("ijms-17-f002", None, "Figure 2")),
        *(("fig2", "PMC1_01_gr3", "Figure 2"), ("f0010", "PMC1_01_gr2", "Figure 2"), ("fig0010", None, None)),
        *((None, "PMC1_01_fmed-04-00048-g001", "Figure 1"), (None, "PMC1_01_fsurg-08-674382-g0003", "Figure 3")),
        *((None, "PMC1_01_CRIM2016-3642735.005", "Figure 5"), (None, "PMC1_01_12245_2020_279_Fig1_HTML", "Figure 1")),
        *((None, "PMC1_01_bcr-2018-227426f01", "Figure 1"), (None, "PMC1_01_cureus-0014-00000028-i02", "Figure 2")),
        *((None, "PMC1_01_fx1", None), ("FI1234-1", "PMC1_01_1", None), ("S1", None, None), (None, None, None)),
    ],
)
def test_the_number_of_a_figure_is_read_in_its_tag_or_its_file(tag: str | None, figure: str | None, label: str) -> None:
    assert figure_label(tag, figure) == label


@pytest.mark.parametrize("with_figures", [True, False])
def test_images_of_a_release_stand_where_the_text_mentions_them(tmp_path: Path, with_figures: bool) -> None:
    case_text = "A man had CT (Fig. 1), then MRI (Fig. 2B)."
    files = ("PMC9000001_x-i01_undivided_1_1.webp", "PMC9000001_x-i02_a_1_2.webp", "PMC9000001_x-i02_b_2_2.webp")
    mains = ("PMC9000001_01_x-i01.jpg", "PMC9000001_01_x-i02.jpg", "PMC9000001_01_x-i02.jpg")
    components = ("undivided", "a", "b")
    labels = [
        labelled(file, main_image=main, image_component=component)
        for file, main, component in zip(files, mains, components, strict=True)
    ]
    listed = [figure(mains[1], tag="F2"), figure(mains[0], tag="f0005")]
    tables = {"case_images": [figures("PMC9000001", "PMC9000001_01", *listed)]} if with_figures else {}
    cases = [article("PMC9000001", patient(text=case_text))]
    case = only_case(write_tables(tmp_path, cases=cases, labels=labels, **tables))
    tags = [image.source_values["tag"] for image in case.images]
    assert tags == (["f0005", "F2", "F2"] if with_figures else [None, None, None])
    placed = with_images(case_text, case.images, ["0", "1", "2"], Mentions.PATH)
    assert placed.text == "A man had CT [0], then MRI [2].\n[1]"


# --- Age and sex


@pytest.mark.parametrize(
    ("text", "released", "years", "conflict"),
    [
        ("A 3-month-old girl cried.", 0, 0.25, False),  # whole years: months became 0
        ("A 45-year-old man had gout.", 45, 45.0, False),
        ("A 45-year-old man had gout.", 54, 45.0, True),
        ("A woman in her 60s fell.", 60, 65.0, False),
        ("A woman in her 60s fell.", 40, 65.0, True),
        ("The patient had gout.", 45, 45.0, False),
        ("The patient had gout.", "45", 45.0, False),
        ("The patient had gout.", 45.0, 45.0, False),
        ("The patient had gout.", None, None, False),
        ("The patient had gout.", 450, None, False),
        ("A 3-year-old girl cried.", None, 3.0, False),
    ],
)
def test_the_age_is_read_in_the_text_and_checked_by_the_release(
    tmp_path: Path, text: str, released: Any, years: float | None, conflict: bool
) -> None:
    case = only_case(write_tables(tmp_path, cases=[article("PMC9000001", patient(text=text, age=released))]))
    assert case.patient.age_years == years
    assert case.current_ledger["patient.age_years"].conflict is conflict
    assert case.source_values.get("release.age") == (None if released is None else f"{float(released):g}")


@pytest.mark.parametrize(
    ("text", "released", "sex", "conflict"),
    [
        ("A 45-year-old man had gout.", "Male", Sex.MALE, False),
        ("A 45-year-old man had gout.", "Female", Sex.MALE, True),
        ("A 45-year-old patient had gout.", "Female", Sex.FEMALE, False),
        ("A 45-year-old patient had gout.", "Unknown", None, False),
        ("A 45-year-old patient had gout.", "Transgender", None, False),
        ("A 45-year-old patient had gout.", None, None, False),
    ],
)
def test_the_sex_is_read_in_the_text_and_checked_by_the_release(
    tmp_path: Path, text: str, released: str | None, sex: Sex | None, conflict: bool
) -> None:
    case = only_case(write_tables(tmp_path, cases=[article("PMC9000001", patient(text=text, gender=released))]))
    assert case.patient.sex is sex
    assert case.current_ledger["patient.sex"].conflict is conflict
    assert case.source_values.get("release.gender") == released
    assert case.patient.transgender is (True if released == "Transgender" else None)


def test_an_age_keeps_its_unit_and_its_range_and_one_of_the_release_alone_is_in_years(tmp_path: Path) -> None:
    texts = {"A 3-month-old girl cried.": None, "A woman in her 60s fell.": 60, "The patient had gout.": 45}
    listed = [patient(case_id=f"PMC9000001_0{n}", text=text, age=age) for n, (text, age) in enumerate(texts.items())]
    cases = cases_in(write_tables(tmp_path, cases=[article("PMC9000001", *listed)]))
    told = [(case.patient.age_unit, case.patient.age_range) for case in cases.values()]
    assert told == [(AgeUnit.MONTHS, None), (AgeUnit.DECADES, AgeRange(60, 69)), (AgeUnit.YEARS, None)]


def test_the_places_of_age_and_sex_are_offsets_into_the_history(tmp_path: Path) -> None:
    text = "Summary.\nA 45-year-old man had gout."
    tables = {"cases": [article("PMC9000001", patient(text=text))], "metadata": [described()]}
    case = only_case(write_tables(tmp_path, **tables))
    for name, words in (("age", "45-year-old man"), ("sex", "man")):
        start, end = map(int, (case.source_values[f"{name} at"] or "").split("-"))
        assert case.sections[Section.HISTORY][start:end] == words == case.source_values[name]


# --- Older versions


def test_an_older_version_with_literals_flat_rows_and_other_endings_is_read(tmp_path: Path) -> None:
    cases = [{"article_id": "PMC9000001", "cases": repr([patient()])}]
    metadata = [{"article_id": "PMC9000001", "article_metadata": repr(described()["article_metadata"])}]
    row = {"file": "PMC9000001_f1_undivided_1_1.webp", "main_image": "f1", "patient_id": "PMC9000001_01"}
    row |= {"caption": "CT of the hand.", "labels": "['ct', 'hand']"}
    names = {"PMC9000001_f1_undivided_1_1.jpg": encoded(colour(), "JPEG")}
    folder = write_tables(tmp_path, cases=cases, metadata=metadata, labels=[row], images=names)
    (one,) = (one for one in found_in(folder) if isinstance(one, SourceCase))
    assert one.case.patient.age_years == 45.0
    assert one.case.diagnosis == "Renal cell carcinoma of the hand"
    assert one.case.images[0].source_values["release.labels"] == "ct; hand"
    assert [path.name for path in one.files.values()] == list(names)


def test_tables_with_a_patient_a_row_are_read_too(tmp_path: Path) -> None:
    cases = [{"article_id": "PMC9000001", **patient()}]
    metadata = [{"article_id": "PMC9000001", **described()["article_metadata"]}]
    case = only_case(write_tables(tmp_path, cases=cases, metadata=metadata))
    assert (case.case_id, case.patient.age_years) == ("multicare:PMC9000001_01", 45.0)
    assert case.article is not None
    assert case.article.licence == "CC BY"


def test_a_release_inside_the_folder_of_its_archive_is_found(tmp_path: Path) -> None:
    write_whole(tmp_path / "downloads" / "whole_multicare_dataset")
    assert MultiCaRe().recognises(str(tmp_path / "downloads"))
    assert len(cases_in(tmp_path / "downloads")) == 2


def test_a_licence_that_nobody_knows_stays_as_it_is(tmp_path: Path) -> None:
    tables = {"cases": [article()], "metadata": [described(license="NO-CC CODE")]}
    case = only_case(write_tables(tmp_path, **tables))
    assert case.article is not None
    assert case.article.licence == "NO-CC CODE"


# --- A part of a release


def test_texts_alone_are_read_and_what_is_missing_is_said(tmp_path: Path, load: Callable[[Path], IngestReport]) -> None:
    report = load(write_tables(tmp_path / "release", cases=[article()]))
    assert (report.added, report.images) == (1, 0)
    assert [line.partition(" is not in ")[0] for line in report.missing] == [
        "metadata.parquet",
        "abstracts.parquet",
        "captions_and_labels.csv",
    ]
    assert report.missing[0].endswith(": cases have no title, diagnosis, licence or citation.")
    assert report.missing[2].endswith("nor is case_images.parquet: cases have no images.")


def test_captions_and_images_alone_become_cases_without_text(
    tmp_path: Path, load: Callable[[Path], IngestReport], store: DocumentStore
) -> None:
    images = {FILES[0]: noise_webp(0)}
    report = load(write_tables(tmp_path / "release", labels=[labelled(FILES[0])], images=images))
    assert (report.added, report.images, report.images_with_problem) == (1, 1, 0)
    assert any(line.endswith("cases have no text, and no age or sex.") for line in report.missing)
    case = store.get("multicare:PMC9000001_01").case
    assert case.sections == {}
    assert case.images[0].caption == "Axial CT of the hand shows a mass."


def test_without_labels_the_figures_of_the_cases_find_the_files_made_of_them(tmp_path: Path) -> None:
    listed = [figure("PMC9000001_f1.jpg"), figure("PMC9000001_f2.jpg", caption="MRI."), figure("PMC9000001_f3.jpg")]
    tables = {"cases": [article()], "case_images": [figures("PMC9000001", "PMC9000001_01", *listed)]}
    names = ("PMC9000001_f1_undivided_1_1.webp", "PMC9000001_f2_a_1_2.webp", "PMC9000001_f2_b_2_2.webp")
    folder = write_tables(tmp_path, images={name: noise_webp(1) for name in names}, **tables)
    (one,) = (one for one in found_in(folder) if isinstance(one, SourceCase))
    assert [path.name for path in one.files.values()] == list(names)
    assert [image.caption for image in one.case.images] == ["Axial CT.", "MRI.", "MRI.", "Axial CT."]
    assert list(one.ambiguous.values()) == ["its image file PMC9000001_f3.jpg is missing"]


@pytest.mark.parametrize("tables", [{"abstracts": {"PMC9000001": "A hand."}}, {"metadata": [described()]}])
def test_what_makes_no_case_is_refused_with_what_to_put_there(tmp_path: Path, tables: Any) -> None:
    folder = write_tables(tmp_path, **tables)
    assert MultiCaRe().recognises(str(folder))
    with pytest.raises(SourceError, match=r"lacks cases\.parquet, captions_and_labels\.csv and case_images\.parquet"):
        MultiCaRe().read(str(folder))


# --- Image files


def test_a_missing_image_is_reported_by_name_and_the_case_stays(
    tmp_path: Path, load: Callable[[Path], IngestReport], store: DocumentStore
) -> None:
    folder = write_whole(tmp_path / "release")
    next(folder.rglob(FILES[1])).unlink()
    report = load(folder)
    assert (report.added, report.images, report.images_with_problem) == (2, 3, 1)
    case = store.get("multicare:PMC9000001_01").case
    assert [image.problem for image in case.images] == [None, f"its image file {FILES[1]} is missing"]
    assert case.status is Status.PARTIAL


def test_a_truncated_image_is_said_to_be_damaged_and_the_others_are_read(
    tmp_path: Path, load: Callable[[Path], IngestReport], store: DocumentStore
) -> None:
    folder = write_whole(tmp_path / "release")
    path = next(folder.rglob(FILES[0]))
    path.write_bytes(path.read_bytes()[:-20])
    assert load(folder).images_with_problem == 1
    first = store.get("multicare:PMC9000001_01").case.images[0]
    assert first.problem is not None
    assert first.problem.startswith("E-PIC-006: the WebP file is damaged")


def test_two_files_of_one_name_are_told_and_none_is_taken(tmp_path: Path) -> None:
    folder = write_whole(tmp_path / "release")
    (folder / "copy").mkdir()
    (folder / "copy" / FILES[2]).write_bytes(noise_webp(7))
    one = next(one for one in found_in(folder) if isinstance(one, SourceCase) and "PMC9000002" in one.case.case_id)
    assert not one.files
    assert list(one.ambiguous.values()) == [f"2 files carry its name: PMC9/PMC90/{FILES[2]}, copy/{FILES[2]}. Keep one"]


def test_a_name_in_a_table_never_becomes_a_path(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(noise_webp(1))
    row = labelled("../secret.png")
    folder = write_tables(tmp_path / "release", cases=[article()], labels=[row])
    (one,) = (one for one in found_in(folder) if isinstance(one, SourceCase))
    assert not one.files
    assert ".." not in Image(one.case.images[0].image_id).image_id.removeprefix("multicare:PMC9000001_01_")


# --- What does not fit


@pytest.mark.parametrize("table", ["cases.parquet", "metadata.parquet", "abstracts.parquet"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_truncated_table_is_refused_by_name_before_anything_is_written(
    tmp_path: Path, load: Callable[[Path], IngestReport], store: DocumentStore, table: str, share: float
) -> None:
    folder = write_whole(tmp_path / "release")
    content = (folder / table).read_bytes()
    (folder / table).write_bytes(content[: int(len(content) * share)])
    with pytest.raises(
        SourceError, match=rf"^{table} is cut short or damaged \([\d,]+ bytes\)\. Download it again from "
    ):
        load(folder)
    assert (store.count(), store.sequence()) == (0, 0)


@pytest.mark.parametrize("cut", [-3, -30, -200])
def test_a_truncated_table_of_labels_is_refused_with_its_last_whole_row(tmp_path: Path, cut: int) -> None:
    folder = write_whole(tmp_path / "release")
    path = folder / "captions_and_labels.csv"
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(SourceError, match=r"captions_and_labels\.csv is cut short or damaged after row 3 "):
        found_in(folder)


def test_a_table_damaged_in_the_middle_leaves_what_came_before(
    tmp_path: Path, store: DocumentStore, load: Callable[[Path], IngestReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.load.CASES_PER_BATCH", 10)
    monkeypatch.setattr("ingest.sources.multicare.tables.ROWS_PER_BATCH", 20)
    monkeypatch.setattr("ingest.sources.multicare.tables._BUFFER_BYTES", 1024)
    cases = [
        article(f"PMC{n}", patient(f"PMC{n}_01", f"A {n % 90}-year-old man. {n * 7919}")) for n in range(1000, 1400)
    ]
    folder = write_tables(tmp_path / "release")
    _write_groups(folder / "cases.parquet", cases)
    whole = (folder / "cases.parquet").read_bytes()
    middle = whole.index(b"PMC1300")
    (folder / "cases.parquet").write_bytes(whole[: middle - 200] + b"\xff" * 400 + whole[middle + 200 :])
    with pytest.raises(SourceError, match=r"cases\.parquet is cut short or damaged after row \d+ "):
        load(folder)
    kept = store.count()
    assert 0 < kept < 400
    (folder / "cases.parquet").write_bytes(whole)
    report = load(folder)
    assert (report.added, report.unchanged) == (400 - kept, kept)


def _write_groups(path: Path, rows: list[dict[str, Any]]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.Table.from_pylist(rows), path, row_group_size=50, compression="none", use_dictionary=False)


def test_labels_that_are_no_literal_are_kept_as_written_and_counted(
    tmp_path: Path, load: Callable[[Path], IngestReport]
) -> None:
    bad = labelled(FILES[0], ml_labels_for_supervised_classification="['ct', open('/etc/passwd')]")
    good = labelled(FILES[1], ml_labels_for_supervised_classification="[]")
    folder = write_tables(tmp_path / "release", cases=[article()], labels=[bad, good])
    case = only_case(folder)
    column = "ml_labels_for_supervised_classification"
    assert f"release.{column}" not in case.images[0].source_values
    entry = case.current_ledger[f"images[{case.images[0].image_id}].{column}"]
    assert (entry.raw, entry.rule) == ("['ct', open('/etc/passwd')]", "unknown value")
    assert {count.field: count.lost for count in load(folder).fields}[column] == 1


@pytest.mark.parametrize(
    "cases", ["[{'case_id': 'PMC9000001_01'", "'PMC9000001_01'", "[1, 2]", "[" * 5000 + "]" * 5000]
)
def test_patients_that_are_no_list_go_to_quarantine(tmp_path: Path, cases: str) -> None:
    (unfit,) = rejections_in(write_tables(tmp_path, cases=[{"article_id": "PMC9000001", "cases": cases}]))
    assert (unfit.place, unfit.case_ids) == ("cases.parquet[0]", ("multicare:PMC9000001_01",))
    assert unfit.reason == "cases is neither a list of patients nor the literal of one."


@pytest.mark.parametrize("case_id", [None, "", "../x", "PMC1 01", "x" * 200])
def test_a_patient_without_an_id_goes_to_quarantine(tmp_path: Path, case_id: str | None) -> None:
    rows = [
        article("PMC9000001", patient()),
        {"article_id": "PMC9000002", "cases": [{**patient(), "case_id": case_id}]},
    ]
    (unfit,) = rejections_in(write_tables(tmp_path, cases=rows))
    assert (unfit.place, unfit.reason) == (
        "cases.parquet[1]",
        "case_id is missing or not an id; expected one such as PMC10018421_01.",
    )


def test_a_patient_that_comes_twice_is_taken_once_and_told_when_it_differs(tmp_path: Path) -> None:
    rows = [
        article("PMC1", patient("PMC1_01")),
        article("PMC1", patient("PMC1_01")),
        article("PMC1", patient("PMC1_01", "Other.")),
    ]
    found = found_in(write_tables(tmp_path, cases=rows))
    assert [type(one) for one in found] == [SourceCase, Repetition, Rejection]
    assert found[2] == Rejection(
        DocumentKind.CASE,
        "cases.parquet[2]",
        "PMC1_01 also stands at cases.parquet[0] with other content; that one was taken.",
        found[2].text,  # type: ignore[union-attr]
        ("multicare:PMC1_01",),  # type: ignore[arg-type]
    )


def test_an_image_that_comes_twice_is_taken_once_and_told_when_it_differs(tmp_path: Path) -> None:
    labels = [labelled(FILES[0]), labelled(FILES[0]), labelled(FILES[0], caption="Other.")]
    case, again, unfit = found_in(write_tables(tmp_path, cases=[article()], labels=labels))
    assert isinstance(case, SourceCase)
    assert len(case.case.images) == 1
    assert again == Repetition(DocumentKind.IMAGE)
    assert isinstance(unfit, Rejection)
    assert (unfit.kind, unfit.place) == (DocumentKind.IMAGE, "captions_and_labels.csv[4]")


def test_images_of_nobody_go_to_quarantine_the_first_of_them_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.sources.multicare.stream.MAX_OF_NOBODY", 2)
    labels = [labelled(f"PMC8_f{n}_undivided_1_1.webp", "PMC8_01") for n in range(5)]
    first, second, rest = rejections_in(write_tables(tmp_path, cases=[article()], labels=labels))
    assert first.kind is second.kind is rest.kind is DocumentKind.IMAGE
    assert first.reason == "its patient PMC8_01 is not in cases.parquet."
    assert rest.reason == "3 more images are of patients that are not in cases.parquet."


def test_texts_that_no_store_can_hold_go_to_quarantine_and_stop_nothing(
    tmp_path: Path, load: Callable[[Path], IngestReport]
) -> None:
    cases = [article(f"PMC{n}", patient(f"PMC{n}_01")) for n in (1, 2, 3)]
    metadata = [
        {"article_id": "PMC1", "article_metadata": "{'title': 'Half \\ud800'}"},
        {"article_id": "PMC2", "article_metadata": "{'title': "},
        {"article_id": "PMC3", "article_metadata": "{'title': 'Whole'}"},
    ]
    report = load(write_tables(tmp_path / "release", cases=cases, metadata=metadata))
    assert (report.added, report.quarantined) == (1, 2)


# --- Streaming


def test_cases_are_read_as_they_are_taken_and_the_index_goes_with_the_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    folder = write_whole(tmp_path / "release")
    reading = MultiCaRe().read(str(folder))
    assert reading.expected_cases == 2
    assert len(list((tmp_path / "temporary").iterdir())) == 1
    stream = iter(reading.found)
    assert isinstance(next(stream), SourceCase)
    assert len(list(stream)) == 1
    del reading, stream
    assert list((tmp_path / "temporary").iterdir()) == []


def test_literals_are_read_within_bounds() -> None:
    assert words_of(None) == words_of(float("nan")) == words_of("[]") == words_of("nan") == ()
    assert words_of("['a', ' b ']") == words_of(["a", "b"]) == words_of(("a", "b")) == ("a", "b")
    for text in ("[1]", "['a'", "[" * 10_000, "[x]", "__import__('os')", "['a'] * 9"):
        with pytest.raises(NotALiteral):
            words_of(text) if text.startswith("[") else parsed(text)
