"""The PMC Cloud Service: open articles as single files in a bucket that everybody may read, each with its MD5.

https://pmc.ncbi.nlm.nih.gov/tools/pmcaws, as it is since February 2026: ``PMC123.2/`` holds the second version of an
article, ``metadata/PMC123.2.json`` tells its licence and its files as ``s3://pmc-oa-opendata/PMC123.2/F1.jpg?md5=...``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from ingest.errors import EngineError
from ingest.fetch.article_record import ArticleRecord, FileToFetch, is_plain_name
from ingest.fetch.checksums import Checksum
from ingest.fetch.client import PoliteClient
from ingest.fetch.entrez import parse_answer
from ingest.fetch.pace import MayPassError
from ingest.fetch.sites import Site
from ingest.sources.pmc.figure_files import is_image_name
from ingest.sources.pmc.hardened_xml import local_name

BUCKET = "pmc-oa-opendata"
MAX_ANSWER_BYTES = 2_000_000
MAX_FILES = 1_000
_MD5 = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True)
class CloudService:
    """The bucket."""

    client: PoliteClient
    site: Site

    def record(self, pmcid: str) -> ArticleRecord:
        """Return what it says of the newest version of an article. Raises EngineError."""
        listing = f"{self.site.at('')}?list-type=2&delimiter=/&prefix={pmcid}."
        versions = self.client.ask(listing, lambda content: _versions(content, pmcid), max_bytes=MAX_ANSWER_BYTES)
        if not versions:
            return ArticleRecord(pmcid, is_open=False)
        name = f"{pmcid}.{max(versions)}"
        url = self.site.at(f"metadata/{name}.json")
        return self.client.ask(url, lambda content: self._read(content, pmcid, name), max_bytes=MAX_ANSWER_BYTES)

    def _read(self, content: bytes, pmcid: str, name: str) -> ArticleRecord:
        told = _json_object(content, f"metadata of {name}")
        if told.get("pmcid") != pmcid or not isinstance(told.get("is_pmc_openaccess"), bool):
            raise MayPassError(f"metadata of {name} is of another form than expected.", unreachable=False)
        if not told["is_pmc_openaccess"]:
            return ArticleRecord(pmcid, is_open=False)
        licence = told.get("license_code")
        retracted = told.get("is_retracted") is not False
        files = tuple(self._files(told, pmcid, name))
        return ArticleRecord(pmcid, True, licence if isinstance(licence, str) else None, retracted, files)

    def _files(self, told: Mapping[str, Any], pmcid: str, name: str) -> Iterator[FileToFetch]:
        """Yield the images and then the text: what lies in a folder with its text is whole.

        Where there is no text nothing is yielded; the E-utilities have it.
        """
        text = told.get("xml_url")
        if not isinstance(text, str) or not text:
            return
        media = told.get("media_urls")
        links = [one for one in media if isinstance(one, str)] if isinstance(media, list) else []
        for link in (*links[:MAX_FILES], text):
            file = self._file(link, pmcid, name)
            if link is text or is_image_name(Path(file.place)):
                yield file

    def _file(self, link: str, pmcid: str, name: str) -> FileToFetch:
        parts = urlsplit(link)
        key = parts.path.removeprefix("/")
        folder, _, file_name = key.partition("/")
        if (parts.scheme, parts.netloc, folder) != ("s3", BUCKET, name) or not is_plain_name(file_name):
            raise EngineError(f"the cloud service names a file of {pmcid} outside its folder, which is not fetched.")
        md5 = parse_qs(parts.query).get("md5", [""])[0].lower()
        checksums = (Checksum("md5", md5),) if _MD5.fullmatch(md5) else ()
        return FileToFetch(self.site.at(quote(key)), f"{pmcid}/{file_name}", checksums)


def _versions(content: bytes, pmcid: str) -> list[int]:
    """Return the versions that an article has in the listing of a bucket."""
    root = parse_answer(content, "the cloud service")
    if local_name(root) != "ListBucketResult":
        raise MayPassError("the cloud service answers with something else than a listing.", unreachable=False)
    names = (element.text or "" for element in root.iterfind("CommonPrefixes/Prefix"))
    found = (re.fullmatch(re.escape(pmcid) + r"\.([1-9][0-9]{0,3})/", name, re.ASCII) for name in names)
    return [int(version[1]) for version in found if version]


def _json_object(content: bytes, what: str) -> Mapping[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        raise MayPassError(f"{what} is not JSON.", unreachable=False) from None
    if not isinstance(value, dict):
        raise MayPassError(f"{what} is not a JSON object.", unreachable=False)
    return value
