"""Full-size images of a case: fetched by its links from loopback, kept apart, resumed, gone with the case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback_site import Answer, Asked, Fault, LoopbackSite, loopback_site
from release_folder import case_document, description, noise_png, write_release

import casegraph
from ingest.errors import EngineUnreachable
from ingest.fetch.pace import PaceLimits
from ingest.images.decoding import decode_image

IDS = ("MPX1_synpic1", "MPX1_synpic2")


def large(name: str) -> bytes:
    return noise_png(1000 + int(name[-1]))


def served(asked: Asked) -> Answer:
    name = asked.path.rpartition("/")[2].removesuffix(".png")
    return Answer(large(name)) if name in IDS else Answer(b"", 404)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.fetch.pace.Pace.wait", lambda _: None)
    monkeypatch.setattr("ingest.fetch.pace.wait_exponential_jitter", lambda **_: lambda _: 0.0)
    monkeypatch.setattr("ingest.fetch.client.PaceLimits", lambda: PaceLimits(silence_s=0.5, attempts=2))


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    with loopback_site(served) as serving:
        yield serving


def opened(tmp_path: Path, site: LoopbackSite, *links: str) -> casegraph.Workspace:
    """Return a workspace with a case of two images, linked as the release links them."""
    release = write_release(
        tmp_path / "release",
        [case_document("MPX1", tac=list(IDS)), case_document("MPX2", tac=["MPX2_synpic1"])],
        [*(description(name, "MPX1") for name in IDS), description("MPX2_synpic1", "MPX2")],
        {f"{name}.png": noise_png(number) for number, name in enumerate((*IDS, "MPX2_synpic1"))},
    )
    addresses = links or tuple(f"{site.url}//imgs/512/{name}.png" for name in IDS)
    rows = [
        f"TAC,MPX1,{name},{address},https://medpix.nlm.nih.gov/case?id=1"
        for name, address in zip(IDS, addresses, strict=True)
    ]
    head = "Type,U_id,ID_Image,Img_Large,URL_Article_image"
    (release / "images_overview.csv").write_text("\n".join([head, *rows]))
    space = casegraph.open(tmp_path / "workspace", create=True, originals_urls=site.url)
    space.documents.ingest(release)
    return space


def test_originals_come_by_the_links_of_the_release_and_stand_apart_from_the_reduced(
    site: LoopbackSite, tmp_path: Path
) -> None:
    with opened(tmp_path, site) as space:
        before = space.documents.case("MPX1")
        report = space.originals.fetch("MPX1")
        assert (report.fetched, len(report.originals), report.failed, report.without_link) == (2, 2, (), ())
        found = space.originals.of(before)
        for name in IDS:
            original = found[f"medpix2:{name}"]
            assert space.originals.png(original) == decode_image(large(name)).png
            assert original.url == f"{site.url}//imgs/512/{name}.png"
            assert not (tmp_path / "workspace" / "objects" / original.object_key).exists()
        assert space.documents.case("MPX1") == before


def test_originals_that_are_there_are_not_asked_for_again(site: LoopbackSite, tmp_path: Path) -> None:
    with opened(tmp_path, site) as space:
        space.originals.fetch("MPX1")
        site.asked.clear()
        report = space.originals.fetch("MPX1")
    assert (report.fetched, len(report.originals), site.asked) == (0, 2, [])


def test_a_case_without_links_says_so(site: LoopbackSite, tmp_path: Path) -> None:
    with opened(tmp_path, site) as space:
        report = space.originals.fetch("MPX2")
    assert (report.originals, report.without_link) == ((), ("medpix2:MPX2_synpic1",))


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.CUT_SHORT, Fault.CUT_UNNOTICED, Fault.PAGE, Fault.HANG])
def test_a_fault_is_passed_over_by_asking_again(fault: Fault, site: LoopbackSite, tmp_path: Path) -> None:
    site.fails("synpic1", fault)
    with opened(tmp_path, site) as space:
        assert space.originals.fetch("MPX1").fetched == 2


def test_a_page_instead_of_an_image_is_named_and_not_kept(site: LoopbackSite, tmp_path: Path) -> None:
    site.fails("synpic1", *[Fault.PAGE] * 2)
    with opened(tmp_path, site) as space:
        report = space.originals.fetch("MPX1")
    assert [(one.image_id, "E-PIC-002" in one.reason) for one in report.failed] == [("medpix2:MPX1_synpic1", True)]
    assert len(report.originals) == 1


def test_a_run_that_broke_off_keeps_what_it_had(site: LoopbackSite, tmp_path: Path) -> None:
    site.fails("synpic2", *[Fault.SERVER_ERROR] * 2)
    with opened(tmp_path, site) as space:
        with pytest.raises(EngineUnreachable, match="answers 500"):
            space.originals.fetch("MPX1")
        assert space.originals.fetch("MPX1").fetched == 1


def test_t40_links_to_other_hosts_are_not_asked(site: LoopbackSite, tmp_path: Path) -> None:
    with (
        loopback_site(served) as inner,
        opened(tmp_path, site, f"{inner.url}/{IDS[0]}.png", "http://169.254.169.254/latest/a.png") as space,
    ):
        report = space.originals.fetch("MPX1")
    assert ["is not asked" in one.reason for one in report.failed] == [True, True]
    assert not inner.asked
    assert not site.asked


def test_originals_go_with_their_case(site: LoopbackSite, tmp_path: Path) -> None:
    with opened(tmp_path, site) as space:
        space.originals.fetch("MPX1")
        space.documents.delete("MPX1")
    assert [path for path in (tmp_path / "workspace" / "originals").rglob("*") if path.is_file()] == []


def test_an_original_that_was_damaged_on_the_disk_is_told(site: LoopbackSite, tmp_path: Path) -> None:
    with opened(tmp_path, site) as space:
        (first, _) = space.originals.fetch("MPX1").originals
        (tmp_path / "workspace" / "originals" / first.object_key).write_bytes(b"other")
        with pytest.raises(casegraph.DamagedFile, match="damaged"):
            space.originals.png(first)
