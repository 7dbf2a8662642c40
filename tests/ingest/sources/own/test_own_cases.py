"""Own cases: what tables of spreadsheets hold becomes cases, and nothing of them is lost or guessed."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from dicom_bytes import dataset_of, written
from release_folder import noise_png

from ingest.case import Case
from ingest.errors import SourceError
from ingest.images.objects import ObjectStore
from ingest.load import ingest
from ingest.sources.own import OwnCases
from ingest.sources.registry import source_for
from ingest.sources.source import OrphanFile, Reading, Rejection, Repetition, SourceCase
from ingest.store.opening import open_store
from ingest.vocabulary import AgeUnit, ConceptKind, Modality, Plane, Region, Section, Sex, View

HEAD = "case,patient,age,sex,title,history,findings,differential diagnosis,diagnosis,images"


def folder_of(tmp_path: Path, cases: str | bytes, images: str = "", **files: bytes) -> Path:
    """Write tables, and image files whose names have ``__`` for a slash."""
    folder = tmp_path / "own"
    (folder / "images").mkdir(parents=True, exist_ok=True)
    (folder / "cases.csv").write_bytes(cases if isinstance(cases, bytes) else cases.encode())
    if images:
        (folder / "images.csv").write_text(images, encoding="utf-8")
    for name, content in files.items():
        path = folder / "images" / (name.replace("__", "/") + ".png")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def read(folder: Path) -> Reading:
    return OwnCases().read(str(folder))


def cases_of(folder: Path) -> list[Case]:
    return [one.case for one in read(folder).found if isinstance(one, SourceCase)]


def unfit_of(folder: Path) -> list[Rejection]:
    return [one for one in read(folder).found if isinstance(one, Rejection)]


def files_of(folder: Path) -> dict[str, str]:
    """Return the path below the folder of images of each image that has a file."""
    found = [one for one in read(folder).found if isinstance(one, SourceCase)]
    images = folder / "images"
    return {name: path.relative_to(images).as_posix() for one in found for name, path in one.files.items()}


ROW = (
    'K1,P7,"8 months",f,Wilms tumor,"A girl with a mass, seen at home.",Mass in the left kidney.,'
    '"Wilms tumor; neuroblastoma",Wilms tumor,a.png'
)


def test_a_row_becomes_a_case_with_its_texts_verbatim_and_its_values_normalised(tmp_path):
    (case,) = cases_of(folder_of(tmp_path, f"{HEAD}\n{ROW}\n"))
    assert (case.case_id, case.patient.patient_id, case.title) == ("own:K1", "own:P7", "Wilms tumor")
    assert (case.patient.age_years, case.patient.sex) == (pytest.approx(8 / 12), Sex.FEMALE)
    assert case.sections[Section.HISTORY] == "A girl with a mass, seen at home."
    assert case.sections[Section.FINDINGS] == "Mass in the left kidney."
    assert case.diagnosis == "Wilms tumor"
    assert case.differential_diagnosis == ("Wilms tumor", "neuroblastoma")
    assert {entry.field for entry in case.ledger} >= {"patient.age_years", "patient.sex", "diagnosis"}


@pytest.mark.parametrize(("written", "years"), [("0", 0), ("1", 1), ("45", 45), ("58.5", 58.5), ("3 days", 3 / 365.25)])
def test_an_age_without_a_unit_is_in_years(tmp_path, written, years):
    (case,) = cases_of(folder_of(tmp_path, f"case,age\n1,{written}\n"))
    assert case.patient.age_years == pytest.approx(years)
    assert case.patient.age_unit is (AgeUnit.DAYS if "days" in written else AgeUnit.YEARS)


@pytest.mark.parametrize("written", ["", "n/a", "unknown", "old", "350"])
def test_an_age_that_says_nothing_or_cannot_be_is_none_and_stays_in_the_ledger(tmp_path, written):
    (case,) = cases_of(folder_of(tmp_path, f"case,age\n1,{written}\n"))
    assert case.patient.age_years is None
    assert case.current_ledger["patient.age_years"].raw == written


def test_each_case_without_a_patient_has_one_of_its_own(tmp_path):
    cases = cases_of(folder_of(tmp_path, "case,patient\n1,\n2,\n3,A\n4,A\n"))
    assert [case.patient.patient_id for case in cases] == ["own:1", "own:2", "own:A", "own:A"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_spreadsheets_write_is_read(tmp_path, separator, encoding):
    lines = [
        ["Case", "Age", " Differential-Diagnosis ", "History"],
        ["1", "45", "Mass", "Ödem, links; seit\nzwei Tagen"],
    ]
    table = "\r\n".join(separator.join(f'"{value}"' for value in line) for line in lines)
    (case,) = cases_of(folder_of(tmp_path, table.encode(encoding)))
    assert (case.patient.age_years, case.differential_diagnosis) == (45, ("Mass",))
    assert case.sections[Section.HISTORY] == "Ödem, links; seit\nzwei Tagen"


def test_empty_rows_are_passed_over(tmp_path):
    reading = read(folder_of(tmp_path, "case,age\n\n,\n1,45\n , \n"))
    assert reading.expected_cases == len(list(reading.found)) == 1


def test_columns_that_mean_nothing_are_kept_and_told(tmp_path):
    reading = read(folder_of(tmp_path, "case,Ward,finding\n1,B2,Mass.\n"))
    (found,) = reading.found
    assert isinstance(found, SourceCase)
    assert found.case.source_values == {"ward": "B2", "finding": "Mass."}
    (told,) = reading.missing
    assert "'ward', 'finding'" in told
    assert "findings" in told


def test_images_are_those_of_the_list_of_the_table_and_of_the_folder_of_the_case(tmp_path):
    images = "image,case,modality,plane,region,caption\nk/2.png,1,CT,axial,Abdomen,A cyst.\n"
    files = {"a": noise_png(1), "k__2": noise_png(2), "1__series__IM1": noise_png(3), "2__IM1": noise_png(4)}
    folder = folder_of(tmp_path, "case,images\n1,a\n2,\n", images, **files)
    assert files_of(folder) == {
        "own:1_a": "a.png",
        "own:1_2": "k/2.png",
        "own:1_IM1": "1/series/IM1.png",
        "own:2_IM1": "2/IM1.png",
    }
    image = cases_of(folder)[0].images[1]
    assert (image.modality, image.plane, image.region) == (Modality.CT, Plane.AXIAL, Region.ABDOMEN)
    assert (image.caption, image.source_values["region"]) == ("A cyst.", "Abdomen")


def test_an_image_that_is_listed_and_described_is_one(tmp_path):
    folder = folder_of(tmp_path, "case,images\n1,a; a.png\n", "image,case,plane\na.png,1,PA\n", a=noise_png(1))
    ((image,),) = (case.images for case in cases_of(folder))
    assert (image.image_id, image.view) == ("own:1_a", View.PA)


def test_images_of_one_name_in_one_case_are_told_apart_by_their_paths(tmp_path):
    folder = folder_of(tmp_path, "case\n1\n", **{"1__a__IM1": noise_png(1), "1__b__IM1": noise_png(2)})
    assert files_of(folder) == {"own:1_1/a/IM1.png": "1/a/IM1.png", "own:1_1/b/IM1.png": "1/b/IM1.png"}


def test_of_several_files_of_one_name_none_is_taken_and_they_are_named(tmp_path):
    folder = folder_of(tmp_path, "case,images\n1,IM1.png\n", x__IM1=noise_png(1), y__IM1=noise_png(2))
    (found,) = (one for one in read(folder).found if isinstance(one, SourceCase))
    assert found.files == {}
    assert found.ambiguous == {"own:1_IM1": "2 files carry its name: x/IM1.png, y/IM1.png. Write its path"}
    assert files_of(folder_of(tmp_path, "case,images\n1,y\\IM1.png\n")) == {"own:1_IM1": "y/IM1.png"}


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "images/../../secret.png", "C:\\x.png"])
def test_a_name_leads_to_no_file_outside_the_folder(tmp_path, name):
    (tmp_path / "secret.png").write_bytes(noise_png(1))
    (found,) = read(folder_of(tmp_path, f"case,images\n1,{name}\n")).found
    assert isinstance(found, SourceCase)
    assert (found.files, len(found.case.images)) == ({}, 1)


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "secret.png").write_bytes(noise_png(1))
    folder = folder_of(tmp_path, "case,images\n1,a.png\n")
    (folder / "images" / "a.png").symlink_to(tmp_path / "secret.png")
    with closing(open_store("sqlite", tmp_path)) as store:
        ingest(folder, store, ObjectStore(tmp_path / "objects"), actor="curator")
        (image,) = store.get("own:1").case.images
    assert (image.object_key, bool(image.problem)) == (None, True)


def test_rows_that_do_not_fit_are_refused_each_with_its_line(tmp_path):
    rows = ["case,age", ",45", "1,45", "1,46", "2,45,more", "1,45", f"{'9' * 101},3", "3,4\0"]
    folder = folder_of(tmp_path, "\n".join(rows))
    unfit = unfit_of(folder)
    assert [(one.place, one.reason.split(" ")[1]) for one in unfit] == [
        ("cases.csv[0]", "2"),
        ("cases.csv[2]", "4"),
        ("cases.csv[3]", "5"),
        ("cases.csv[5]", "7"),
        ("cases.csv[6]", "8"),
    ]
    assert "than line 3" not in unfit[1].reason
    assert "repeats line 3 with other values" in unfit[1].reason
    assert json.loads(unfit[2].text) == {"case": "2", "age": "45", "beyond the columns": ["more"]}
    assert [one.case.case_id for one in read(folder).found if isinstance(one, SourceCase)] == ["own:1"]
    assert sum(isinstance(one, Repetition) for one in read(folder).found) == 1


def test_described_images_that_do_not_fit_are_refused_and_repeated_ones_passed_over(tmp_path):
    rows = ["image,case,plane", "a,1,axial", "a,1,axial", "a,1,coronal", ",1,axial", "b,,axial", "c,9,axial"]
    folder = folder_of(tmp_path, "case\n1\n", "\n".join(rows), a=noise_png(1))
    unfit = [(one.kind, one.place, one.reason) for one in unfit_of(folder)]
    assert [place for _, place, _ in unfit] == [f"images.csv[{number}]" for number in (2, 3, 4, 5)]
    assert {kind for kind, _, _ in unfit} == {"image"}
    assert "a case that cases.csv does not have" in unfit[-1][2]
    assert [one for one in read(folder).found if isinstance(one, Repetition)] == [Repetition("image", 1)]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (b"", "no first line"),
        (b"\n1,2\n", "no first line"),
        (b"age,sex\n45,m\n", "no column 'case'.*case, patient, age"),
        (b"case,age,Age\n1,2,3\n", "two columns 'age'"),
        ("case,history\n1,Ödem\n".encode("latin-1"), "Save the sheet again as 'CSV UTF-8'"),
        (b'case,history\n1,fine\n2,"never closed\n', "after line 2.*quotation mark"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\xe2\xff", "cannot be read as text"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_before_anything_is_written(tmp_path, table, said):
    folder = folder_of(tmp_path, table)
    with closing(open_store("sqlite", tmp_path)) as store:
        with pytest.raises(SourceError, match=said):
            ingest(folder, store, ObjectStore(tmp_path / "objects"), actor="curator")
        assert store.sequence() == 0


def test_a_folder_of_images_beside_is_taken_or_refused(tmp_path):
    folder = folder_of(tmp_path, "case,images\n1,a.png\n")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.png").write_bytes(noise_png(1))
    reading = OwnCases().read(str(folder), tmp_path / "elsewhere")
    (found,) = reading.found
    assert isinstance(found, SourceCase)
    assert found.files == {"own:1_a": tmp_path / "elsewhere" / "a.png"}
    with pytest.raises(SourceError, match="no folder of images"):
        OwnCases().read(str(folder), tmp_path / "nowhere")


def test_images_may_lie_beside_the_tables_and_other_files_are_left_alone(tmp_path):
    folder = tmp_path / "flat"
    folder.mkdir()
    (folder / "cases.csv").write_text("case,images\n1,a.png\n")
    (folder / "notes.txt").write_text("nothing of a case")
    for seed, name in enumerate(("a.png", "b.png")):
        (folder / name).write_bytes(noise_png(seed))
    found = list(read(folder).found)
    assert [one.place for one in found if isinstance(one, OrphanFile)] == ["b.png"]


def test_the_whole_road_with_a_folder_of_dicom_files_of_a_case(tmp_path):
    folder = folder_of(tmp_path, f"{HEAD}\n{ROW}\n")
    (folder / "images" / "a.png").write_bytes(noise_png(1))
    (folder / "images" / "K1").mkdir()
    (folder / "images" / "K1" / "1.2.840.7").write_bytes(
        written(dataset_of(np.arange(576, dtype=np.uint16).reshape(24, 24)))
    )
    assert source_for(str(folder)).name == "own"
    with closing(open_store("sqlite", tmp_path)) as store:
        report = ingest(folder, store, ObjectStore(tmp_path / "objects"), actor="curator")
        case = store.get("own:K1").case
    assert [image.problem for image in case.images] == [None, None]
    assert (report.added, report.quarantined, report.images_with_problem) == (1, 0, 0)
    assert [image.image_id for image in case.images] == ["own:K1_a", "own:K1_1.2.840.7"]
    assert case.images[1].modality is not None
    assert {one.concept_id for one in case.annotations if one.kind is ConceptKind.ANATOMY} >= {"anatomy:kidney"}
