"""Every source keeps the same promises: what its stream holds, and that it goes the whole road to the graph."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest
from articles import bioc_case, bioc_collection
from multicare_release import article, labelled, noise_webp, patient, write_tables
from pymongo import MongoClient
from release_folder import case_document, description, noise_png, write_release
from toy_source import ToySource, write_articles

from ingest.errors import SourceError
from ingest.ids import CaseId, ImageId, PatientId
from ingest.images.objects import ObjectStore
from ingest.load import ingest
from ingest.report import IngestReport
from ingest.sources.registry import SOURCES, source_for, views_of
from ingest.sources.source import DocumentKind, Found, OrphanFile, Reading, Rejection, Repetition, Source, SourceCase
from ingest.store.interface import DocumentStore
from ingest.store.opening import open_store
from ingest.vocabulary import Status
from kg.projection.rows import project_case
from kg.schema import Label, RelationshipType

TEXT_OF_PATIENT = "headaches"  # stands in no message
ALL = (*SOURCES, ToySource())
ROOT = Path(__file__).parents[3]
LACKING = r"lacks Descriptions\.json|lacks cases\.parquet|lacks cases\.csv|no MedPix 2\.0 in|there is no file"


@dataclass(frozen=True)
class Example:
    """What a source has at an address: a case document twice, one that does not fit, and a file ``left-over.png``.

    `cases` are the ids of its cases by patient. `lacking` is an address of the same source that cannot be read.
    """

    source: Source
    address: str
    images: Path | None
    cases: dict[str, list[str]]
    lacking: str

    def read(self) -> Reading:
        return self.source.read(self.address, self.images)

    def found(self) -> list[Found]:
        return list(self.read().found)

    def source_cases(self) -> list[SourceCase]:
        return [one for one in self.found() if isinstance(one, SourceCase)]


CASES = [
    case_document("MPX9001", tac=["MPX9001_a"], mri=["MPX9001_b"]),
    case_document("MPX9002", tac=["MPX9002_c"]),
    case_document("MPX9001", tac=["MPX9001_a"], mri=["MPX9001_b"]),
    {"U_id": "MPX9003", "Case": [f"A patient with {TEXT_OF_PATIENT}."]},
]
DESCRIPTIONS = [
    description("MPX9001_a"),
    description("MPX9001_b", kind="MR"),
    description("MPX9002_c", "MPX9002"),
]
PATIENTS = {name: [name] for name in ("medpix2:MPX9001", "medpix2:MPX9002")}


def medpix2_release(folder: Path) -> Path:
    names = ("MPX9001_a.png", "MPX9001_b.png", "MPX9002_c.png", "left-over.png")
    images = {name: noise_png(seed) for seed, name in enumerate(names)}
    return write_release(folder, CASES, DESCRIPTIONS, images)


@pytest.fixture
def medpix2_folder(tmp_path: Path) -> Example:
    lacking = medpix2_release(tmp_path / "lacking")
    (lacking / "Descriptions.json").unlink()
    release = medpix2_release(tmp_path / "release")
    return Example(source_for(str(release)), str(release), None, PATIENTS, str(lacking))


@pytest.fixture
def medpix2_mongodb(tmp_path: Path, mongodb_address: str, mongodb_uri: str) -> Example:
    release = medpix2_release(tmp_path / "release")
    with MongoClient(mongodb_address) as client:
        database = client.get_default_database()
        database["cases"].insert_many([dict(document) for document in CASES])
        database["descriptions"].insert_many([dict(document) for document in DESCRIPTIONS])
    source = source_for(mongodb_address)
    return Example(source, mongodb_address, release / "images", PATIENTS, f"{mongodb_uri}/nothing_in_it")


@pytest.fixture
def toy(tmp_path: Path) -> Example:
    cases = {"toy:A1_p1": ["toy:A1_1", "toy:A1_2"], "toy:A1_p2": ["toy:A1_3"]}
    path = write_articles(tmp_path / "articles")
    return Example(ToySource(), str(path), None, cases, str(tmp_path / "nowhere.articles"))


@pytest.fixture
def case_reports(tmp_path: Path) -> Example:
    folder = tmp_path / "reports"
    folder.mkdir()
    documents = [
        bioc_case("PMC9000001", "A 45-year-old man had gout.", "a.png", "b.png"),
        bioc_case("PMC9000002", "A 50-year-old woman had gout.", "c.png"),
        bioc_case("PMC9000001", "A 45-year-old man had gout.", "a.png", "b.png"),
        bioc_case("PMC9000003", f"Of {TEXT_OF_PATIENT}."),
    ]
    (folder / "collection.json").write_text(json.dumps(bioc_collection(documents)))
    for seed, name in enumerate(("a.png", "b.png", "c.png", "left-over.png")):
        (folder / name).write_bytes(noise_png(seed))
    cases = {name: [name] for name in ("pmc:PMC9000001_01", "pmc:PMC9000002_01")}
    return Example(source_for(str(folder)), str(folder), None, cases, str(tmp_path / "nowhere.nxml"))


@pytest.fixture
def multicare(tmp_path: Path) -> Example:
    names = ("PMC9000001_f1_undivided_1_1", "PMC9000001_f2_undivided_1_1", "PMC9000002_f1_undivided_1_1")
    first = patient("PMC9000001_01")
    cases = [article("PMC9000001", first), article("PMC9000002", patient("PMC9000002_01"))]
    cases += [article("PMC9000001", first), article("PMC9000003", patient("PMC9000003_01", f"Of {TEXT_OF_PATIENT}.\0"))]
    labels = [labelled(f"{name}.webp", f"{name[:10]}_01") for name in names]
    release = write_tables(tmp_path / "multicare", cases=cases, labels=labels)
    images = tmp_path / "multicare-images"
    images.mkdir()
    for seed, name in enumerate(names):
        (images / f"{name}.webp").write_bytes(noise_webp(seed))
    (images / "left-over.png").write_bytes(noise_png(9))
    patients = {name: [name] for name in ("multicare:PMC9000001_01", "multicare:PMC9000002_01")}
    lacking = write_tables(tmp_path / "multicare-lacking", abstracts={"PMC9000001": "Of a hand."})
    return Example(source_for(str(release)), str(release), images, patients, str(lacking))


@pytest.fixture
def own_cases(tmp_path: Path) -> Example:
    rows = ["case,patient,age,history,images"]
    rows += ["1,P1,45,A man with gout.,a.png; b.png", "2,P2,50,A woman with gout.,c.png"]
    rows += [rows[1], f"3,P3,51,Of {TEXT_OF_PATIENT}.,,one value too many"]
    folder, lacking = tmp_path / "own", tmp_path / "own-lacking"
    (folder / "images").mkdir(parents=True)
    lacking.mkdir()
    (folder / "cases.csv").write_text("\n".join(rows))
    (lacking / "images.csv").write_text("image,case\na.png,1\n")
    for seed, name in enumerate(("a.png", "b.png", "c.png", "left-over.png")):
        (folder / "images" / name).write_bytes(noise_png(seed))
    return Example(source_for(str(folder)), str(folder), None, {"own:P1": ["own:1"], "own:P2": ["own:2"]}, str(lacking))


@pytest.fixture(
    params=[
        "medpix2_folder",
        pytest.param("medpix2_mongodb", marks=pytest.mark.engine),
        "multicare",
        "own_cases",
        "case_reports",
        "toy",
    ]
)
def example(request: pytest.FixtureRequest) -> Example:
    return request.getfixturevalue(request.param)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DocumentStore]:
    (tmp_path / "workspace").mkdir()
    store = open_store("sqlite", tmp_path / "workspace")
    yield store
    store.close()


@pytest.fixture
def load(example: Example, store: DocumentStore, tmp_path: Path) -> Callable[..., IngestReport]:
    """Ingest an address of the example, its own by default."""
    objects = ObjectStore(tmp_path / "workspace" / "objects")

    def loaded(address: str | None = None, **options: bool) -> IngestReport:
        where = address or example.address
        return ingest(where, store, objects, actor="curator", images=example.images, sources=ALL, **options)

    return loaded


def test_a_source_recognises_its_own_addresses_and_no_other_does(example: Example) -> None:
    for address in (example.address, example.lacking):
        assert [source.name for source in ALL if source.recognises(address)] == [example.source.name]


def test_its_name_begins_the_ids_of_cases_images_and_patients(example: Example) -> None:
    cases = [one.case for one in example.source_cases()]
    assert {case.source for case in cases} == {example.source.name}
    ids = [
        *(CaseId.parse(case.case_id) for case in cases),
        *(PatientId.parse(case.patient.patient_id) for case in cases),
        *(ImageId.parse(image.image_id) for case in cases for image in case.images),
    ]
    assert {one.source for one in ids} == {example.source.name}


def test_each_case_comes_once_and_says_whose_it_is(example: Example) -> None:
    told: dict[str, list[str]] = {}
    for one in example.source_cases():
        told.setdefault(one.case.patient.patient_id, []).append(one.case.case_id)
    assert told == example.cases
    assert example.read().expected_cases > 0


def test_each_image_belongs_to_its_case_and_its_file_is_not_read_yet(example: Example) -> None:
    cases = example.source_cases()
    assert any(len(one.case.images) == 2 for one in cases)
    for one in cases:
        ids = {image.image_id for image in one.case.images}
        assert all(one.case.case_id in ImageId(image_id).possible_case_ids for image_id in ids)
        assert set(one.files) == ids
        assert all(path.is_file() for path in one.files.values())
        assert {(image.object_key, image.pixel_sha256) for image in one.case.images} <= {(None, None)}


def test_what_does_not_fit_is_kept_whole_with_a_reason_that_quotes_no_patient(example: Example) -> None:
    (unfit,) = (one for one in example.found() if isinstance(one, Rejection))
    assert unfit.kind is DocumentKind.CASE
    assert unfit.place.endswith(("[2]", "[3]"))
    assert unfit.reason
    assert TEXT_OF_PATIENT not in unfit.place + unfit.reason
    assert isinstance(json.loads(unfit.text), dict)
    assert all(CaseId.parse(case_id).source == example.source.name for case_id in unfit.case_ids)
    assert len(unfit.case_ids) == 1


def test_repetitions_and_files_of_no_image_are_told(example: Example) -> None:
    found = example.found()
    assert sum(one.times for one in found if isinstance(one, Repetition) and one.kind is DocumentKind.CASE) == 1
    assert [one.place for one in found if isinstance(one, OrphanFile)] == ["left-over.png"]
    folder = example.read().images_folder
    assert folder is not None
    assert example.read().images_folder_files == len(list(folder.iterdir()))


def test_a_source_read_again_tells_the_same(example: Example) -> None:
    assert example.found() == example.found()


def test_an_ingest_accounts_for_everything_and_a_second_one_changes_nothing(
    example: Example, store: DocumentStore, load: Callable[..., IngestReport]
) -> None:
    count, images = len(example.source_cases()), sum(len(one.files) for one in example.source_cases())
    foreseen = load(dry_run=True)
    first = load()
    assert (foreseen.added, foreseen.sequence) == (count, 0)
    assert (first.read, first.added, first.unchanged, first.quarantined) == (count + 2, count, 1, 1)
    assert (first.images_read, first.images, first.images_with_problem) == (images, images, 0)
    assert (first.orphan_files, first.vanished) == (("left-over.png",), ())
    assert [item.source for item in store.quarantined()] == [example.source.name]
    again = load()
    assert (again.added, again.changed, again.unchanged, again.sequence) == (0, 0, count + 1, first.sequence)


def test_its_cases_come_back_from_the_store_with_their_images(
    example: Example, store: DocumentStore, load: Callable[..., IngestReport]
) -> None:
    load()
    given = {one.case.case_id: one.case for one in example.source_cases()}
    for stored in store.cases():
        assert stored.case.patient == given[stored.case.case_id].patient
        assert stored.case.sections == given[stored.case.case_id].sections
        assert stored.case.status is Status.COMPLETE
        assert all(image.object_key and image.source_name for image in stored.case.images)
    assert store.count() == len(given)


def test_the_graph_has_its_patients_each_with_all_their_cases(
    example: Example, store: DocumentStore, load: Callable[..., IngestReport]
) -> None:
    load()
    told: dict[str, list[str]] = {}
    for stored in store.cases():
        for row in project_case(stored.case).relationships:
            if row.type is RelationshipType.HAS_CASE:
                assert (row.source.label, row.target.label) == (Label.PATIENT, Label.CASE)
                told.setdefault(row.source.key, []).append(row.target.key)
    assert told == example.cases


def test_an_address_that_lacks_something_leaves_the_store_as_it_was(
    example: Example, store: DocumentStore, load: Callable[..., IngestReport]
) -> None:
    load()
    digest, quarantine = store.content_digest(), store.quarantined()
    with pytest.raises(SourceError, match=LACKING):
        example.source.read(example.lacking)
    with pytest.raises(SourceError, match=LACKING):
        load(example.lacking)
    assert (store.content_digest(), store.quarantined()) == (digest, quarantine)


def test_an_address_that_nobody_recognises_is_refused_with_what_each_source_reads(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"is not a folder.*Case_topic\.json.*; or a file of articles") as caught:
        source_for(str(tmp_path), ALL)
    assert all(source.expects in str(caught.value) for source in ALL)
    with pytest.raises(SourceError, match=r"^an address of mysql:// is not a folder") as caught:
        source_for("mysql://curator:s3cret@host/cases")
    assert "s3cret" not in str(caught.value)


def test_what_the_page_on_adding_a_source_names_is_there() -> None:
    page = (ROOT / "docs/how-to/add-a-source.md").read_text()
    places = re.findall(r"`((?:ingest|tests|docs)/[\w/.]+)`", page)
    assert [place for place in places if not (ROOT / place).exists()] == []
    assert set(re.findall(r"^   \| `(\w+)` \|", page, re.MULTILINE)) == {one.__name__ for one in get_args(Found)}
    assert len(places) > 5


def test_each_view_shows_cases_of_the_source_that_declares_it_and_has_a_name_of_its_own() -> None:
    assert [view.source for view in views_of(ALL)] == [source.name for source in ALL for _ in source.views]
    names = [view.name for view in views_of(ALL)]
    assert len(set(names)) == len(names) > 0
    assert views_of() == views_of(SOURCES)


def test_the_names_of_the_sources_differ() -> None:
    names = [source.name for source in ALL]
    assert len(set(names)) == len(names)


def test_a_stream_is_read_as_it_is_taken_so_that_a_source_may_be_larger_than_the_memory(toy: Example) -> None:
    stream = iter(toy.read().found)
    assert isinstance(next(stream), SourceCase)
    with Path(toy.address).open("a") as lines:
        lines.write(json.dumps({"id": "A9", "patients": "written after the first case was taken"}) + "\n")
    assert [one.case_ids for one in stream if isinstance(one, Rejection)] == [("toy:A2_1",), ("toy:A9_1",)]


def test_a_stream_that_breaks_off_leaves_what_came_before_and_is_taken_up_again(
    toy: Example, store: DocumentStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.load.CASES_PER_BATCH", 2)
    objects, path = ObjectStore(tmp_path / "workspace" / "objects"), Path(toy.address)
    whole = path.read_text()
    path.write_text(whole[:-9])
    with pytest.raises(SourceError, match="cut off at line 3"):
        ingest(path, store, objects, actor="curator", sources=ALL)
    assert (store.count(), store.quarantined()) == (2, [])
    path.write_text(whole)
    report = ingest(path, store, objects, actor="curator", sources=ALL)
    assert (report.added, report.unchanged, report.quarantined, store.count()) == (1, 3, 1, 3)
