"""A folder of articles: loose, in folders, in packages, as BioC; every article ends as cases or in quarantine."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest
from articles import NO_PATIENT, ONE_PATIENT, TWO_PATIENTS, bioc_case, bioc_collection, write_articles
from release_folder import noise_png

from ingest.errors import SourceError
from ingest.sources.pmc import CaseReports
from ingest.sources.source import Found, OrphanFile, Rejection, Repetition, SourceCase
from ingest.vocabulary import Section


def found_at(path: Path, images: Path | None = None) -> list[Found]:
    assert CaseReports().recognises(str(path))
    return list(CaseReports().read(str(path), images).found)


def cases(found: list[Found]) -> dict[str, SourceCase]:
    return {one.case.case_id: one for one in found if isinstance(one, SourceCase)}


def test_articles_in_folders_of_their_own_find_their_figures(tmp_path: Path) -> None:
    found = found_at(write_articles(tmp_path / "articles"))
    by_id = cases(found)
    assert list(by_id) == ["pmc:PMC9000001_01", "pmc:PMC9000002_01", "pmc:PMC9000002_02"]
    files = {image_id: path.parent.name for one in by_id.values() for image_id, path in one.files.items()}
    assert files == {
        "pmc:PMC9000001_01_f1": "one",
        "pmc:PMC9000001_01_f2": "one",
        "pmc:PMC9000002_01_f1": "two",
    }
    assert by_id["pmc:PMC9000002_02"].ambiguous == {
        "pmc:PMC9000002_02_f2": "its image file 'scan2' is missing beside the article"
    }
    assert [(one.place, one.case_ids) for one in found if isinstance(one, Rejection)] == [
        ("trial/article.xml", ("pmc:PMC9000003_01",))
    ]
    assert [one.place for one in found if isinstance(one, OrphanFile)] == ["two/left-over.png"]


def test_loose_articles_share_a_folder_of_images(tmp_path: Path) -> None:
    (tmp_path / "PMC9000001.nxml").write_text(ONE_PATIENT)
    (tmp_path / "PMC9000002.nxml").write_text(TWO_PATIENTS)
    for seed, name in enumerate(("PMC9000001_scan1.jpg", "PMC9000002_scan1.jpg")):
        (tmp_path / name).write_bytes(noise_png(seed))
    by_id = cases(found_at(tmp_path))
    assert {path.name for path in by_id["pmc:PMC9000001_01"].files.values()} == {"PMC9000001_scan1.jpg"}
    assert {path.name for path in by_id["pmc:PMC9000002_01"].files.values()} == {"PMC9000002_scan1.jpg"}


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif"])
def test_figures_of_every_format_that_is_decoded_are_found(tmp_path: Path, ending: str) -> None:
    (tmp_path / "one.nxml").write_text(ONE_PATIENT)
    (tmp_path / f"scan1.{ending}").write_bytes(noise_png(1))
    [found] = cases(found_at(tmp_path)).values()
    assert {path.name for path in found.files.values()} == {f"scan1.{ending}"}


def test_a_single_file_and_images_named_beside_it(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    article = tmp_path / "articles" / "one.nxml"
    article.write_text(ONE_PATIENT)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "SCAN1.PNG").write_bytes(noise_png(1))
    (one,) = cases(found_at(article, tmp_path / "pictures")).values()
    assert [path.name for path in one.files.values()] == ["SCAN1.PNG"]


def test_a_package_is_read_as_the_folder_that_it_holds(tmp_path: Path) -> None:
    folder = write_articles(tmp_path / "articles")
    with tarfile.open(tmp_path / "PMC.tar.gz", "w:gz") as package:
        package.add(folder / "one", "PMC9000001")
    reading = CaseReports().read(str(tmp_path / "PMC.tar.gz"))
    stream = iter(reading.found)
    one = next(stream)
    assert isinstance(one, SourceCase)
    assert [path.is_file() for path in one.files.values()] == [True, True]
    kept = next(iter(one.files.values())).parents[1]
    assert list(stream) == []
    del stream, reading
    assert not kept.exists()


def test_bioc_in_json_and_xml_gives_the_same_case(tmp_path: Path) -> None:
    document = bioc_case("PMC9000004", "A 58-year-old woman had gout of the hand (Figure 1).", "hand.png")
    (tmp_path / "collection.json").write_text(json.dumps([bioc_collection([document])]))
    (from_json,) = cases(found_at(tmp_path)).values()
    (tmp_path / "collection.json").unlink()
    passages = "".join(
        "<passage>"
        + "".join(f'<infon key="{key}">{value}</infon>' for key, value in one["infons"].items())
        + f"<offset>0</offset><text>{one['text']}</text></passage>"
        for one in document["passages"]
    )
    xml = f"<collection><source>PMC</source><document><id>PMC9000004</id>{passages}</document></collection>"
    (tmp_path / "collection.xml").write_text(f'<!DOCTYPE collection SYSTEM "BioC.dtd">{xml}')
    (from_xml,) = cases(found_at(tmp_path)).values()
    assert from_json.case == from_xml.case
    case = from_json.case
    assert (case.case_id, case.patient.age_years, case.patient.sex) == ("pmc:PMC9000004_01", 58, "female")
    assert case.article is not None
    assert (case.article.licence, case.article.year) == ("CC BY-NC 4.0", "2020")
    assert case.images[0].source_values["mentions"] == f"history:0-{len(case.sections[Section.HISTORY])}"


def test_an_article_again_is_a_repetition_and_with_other_content_a_conflict(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(ONE_PATIENT)
    (tmp_path / "b.xml").write_text(ONE_PATIENT)
    (tmp_path / "c.xml").write_text(ONE_PATIENT.replace("flank", "back"))
    found = found_at(tmp_path)
    assert len(cases(found)) == sum(isinstance(one, Repetition) for one in found) == 1
    assert [one.reason for one in found if isinstance(one, Rejection)] == [
        "PMC9000001 also stands at a.xml with other content; that one was taken."
    ]


def test_every_article_of_a_set_is_read(tmp_path: Path) -> None:
    inner = "".join(text.partition("?>\n")[2].partition(">\n")[2] for text in (ONE_PATIENT, TWO_PATIENTS, NO_PATIENT))
    (tmp_path / "set.xml").write_text(f"<pmc-articleset>{inner}</pmc-articleset>")
    found = found_at(tmp_path / "set.xml")
    assert len(cases(found)) == 3
    assert [one.place for one in found if isinstance(one, Rejection)] == ["set.xml[2]"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.xml", "<html/>", "is neither a JATS article nor a BioC collection."),
        ("a.xml", "<article", "is not well-formed XML at line 1. Fetch the file again."),
        ("a.json", '{"documents": [], "infons": {}}', "is not a BioC collection: it has no documents."),
        (
            "a.json",
            '{"documents": ["x"], "infons": {}}',
            "is not a document of a BioC collection: it has no list of passages.",
        ),
        ("a.json", '{"documents": [{"infons"', "is not well-formed JSON. Fetch the file again."),
        ("a.json", '{"infons": {}, "documents": ' + "[" * 200_000, "is not well-formed JSON. Fetch the file again."),
    ],
)
def test_a_file_of_another_form_is_kept_with_the_reason(name: str, content: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "good.nxml").write_text(ONE_PATIENT)
    (tmp_path / name).write_text(content)
    found = found_at(tmp_path)
    (unfit,) = (one for one in found if isinstance(one, Rejection))
    assert (unfit.place, unfit.reason) == (name, reason)
    assert unfit.text in content
    assert len(cases(found)) == 1


def test_json_of_other_tools_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "good.nxml").write_text(ONE_PATIENT)
    (tmp_path / "figures.json").write_text('{"panels": []}')
    assert not any(isinstance(one, Rejection) for one in found_at(tmp_path))


def test_an_address_without_articles_is_not_recognised_and_a_missing_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "page.xml").write_text("<html/>")
    assert not CaseReports().recognises(str(tmp_path))
    assert not CaseReports().recognises("mongodb://host/articles.nxml")
    with pytest.raises(SourceError, match="there is no file"):
        CaseReports().read(str(tmp_path / "gone.nxml"))
    with pytest.raises(SourceError, match="there is no folder of images"):
        CaseReports().read(str(tmp_path), tmp_path / "gone")
