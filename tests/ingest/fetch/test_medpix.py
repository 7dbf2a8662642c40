"""Pages of cases, made by us and served on loopback, become a release folder that an ingest reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback_site import Answer, Asked, Fault, LoopbackSite, loopback_site
from release_folder import noise_png

import ingest.fetch
from casegraph.fetching import MedPixReport, fetch_medpix
from casegraph.settings import read_settings
from ingest.errors import EngineUnreachable, InputError
from ingest.fetch.pace import PaceLimits
from ingest.sources.medpix2 import MedPix2
from ingest.sources.source import SourceCase
from ingest.vocabulary import Section

PAGE = """<!DOCTYPE html><html><body><main data-case-id="MPX7"><h1>Ring of the frontal lobe</h1>
<p data-field="History">A 45-year-old woman<br>with   headaches.</p><p data-field="Findings">A ring &amp; edema.</p>
<p data-field="Case Diagnosis">Cerebral abscess</p><p data-field="Topic Title">Abscess</p>
<figure data-image-id="synpic1"><img src="/images/1.png"><figcaption>Ring on the left.</figcaption>
<span data-field="Type">CT</span><span data-field="Modality">CT w/contrast (IV)</span>
<span data-field="Plane">Axial</span><span data-field="Age">45</span><span data-field="Sex">female</span>
<span data-field="Location">Brain</span></figure>
<script>steal()</script></main></body></html>"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.fetch.pace.Pace.wait", lambda _: None)
    monkeypatch.setattr("ingest.fetch.pace.wait_exponential_jitter", lambda **_: lambda _: 0.0)
    monkeypatch.setattr("ingest.fetch.client.PaceLimits", lambda: PaceLimits(silence_s=0.5, attempts=2))


def served(asked: Asked) -> Answer:
    return Answer(noise_png(5)) if asked.path.endswith(".png") else Answer(PAGE.encode())


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    with loopback_site(served) as serving:
        yield serving


def fetch(site: LoopbackSite, folder: Path, page: str = "/case?id=7", **changes: object) -> MedPixReport:
    return fetch_medpix(read_settings(originals_urls=site.url), [site.url + page], folder, **changes)  # pyright: ignore


def test_a_page_becomes_a_case_of_a_release(site: LoopbackSite, tmp_path: Path) -> None:
    report = fetch(site, tmp_path)
    assert (report.cases, report.images, report.fetched, report.failed) == (1, 1, 1, ())
    (found,) = [one for one in MedPix2().read(str(tmp_path)).found if isinstance(one, SourceCase)]
    assert found.case.case_id == "medpix2:MPX7"
    assert found.case.diagnosis == "Cerebral abscess"
    assert found.case.sections[Section.HISTORY] == "A 45-year-old woman\nwith headaches."
    assert found.case.patient.age_years == 45
    (image,) = found.case.images
    assert (image.caption, image.links[1]) == ("Ring on the left.", f"{site.url}/images/1.png")
    assert list(found.files) == ["medpix2:MPX7_synpic1"]


def test_a_second_run_asks_nothing(site: LoopbackSite, tmp_path: Path) -> None:
    fetch(site, tmp_path)
    site.asked.clear()
    assert fetch(site, tmp_path).fetched == 0
    assert site.asked == []


def test_a_run_that_broke_off_goes_on(site: LoopbackSite, tmp_path: Path) -> None:
    site.fails(".png", *[Fault.SERVER_ERROR] * 2)
    with pytest.raises(EngineUnreachable, match="500"):
        fetch(site, tmp_path)
    report = fetch(site, tmp_path)
    assert (report.images, report.fetched, site.paths("/case")) == (1, 0, ["/case"])


def test_a_page_of_another_shape_is_an_error_and_no_empty_case(site: LoopbackSite, tmp_path: Path) -> None:
    site.script = lambda _: Answer(b"<html><body><div id=app></div></body></html>")
    report = fetch(site, tmp_path)
    assert (report.cases, ["has no case id" in one.reason for one in report.failed]) == (0, [True])


def test_t40_an_image_on_another_host_is_not_asked(site: LoopbackSite, tmp_path: Path) -> None:
    site.script = lambda _: Answer(PAGE.replace("/images/1.png", "http://169.254.169.254/a.png").encode())
    assert ["is not asked" in one.reason for one in fetch(site, tmp_path).failed] == [True]


def test_selectors_of_a_user_are_taken_and_bad_ones_are_told(site: LoopbackSite, tmp_path: Path) -> None:
    own = (
        Path(ingest.fetch.__file__)
        .with_name("medpix_page.toml")
        .read_text()
        .replace("[data-case-id]@data-case-id", "main@data-case-id")
    )
    (tmp_path / "own.toml").write_text(own)
    assert fetch(site, tmp_path / "a", shape=tmp_path / "own.toml").cases == 1
    (tmp_path / "own.toml").write_text(own.replace('"h1"', '"h1["'))
    with pytest.raises(InputError, match="not valid CSS"):
        fetch(site, tmp_path / "b", shape=tmp_path / "own.toml")
    (tmp_path / "own.toml").write_text("case_id = 1")
    with pytest.raises(InputError, match="not a table of selectors"):
        fetch(site, tmp_path / "c", shape=tmp_path / "own.toml")
