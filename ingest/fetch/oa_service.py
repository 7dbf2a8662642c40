"""The OA Web Service: for each open article a record with its licence and a link to its package.

https://www.ncbi.nlm.nih.gov/pmc/tools/oa-service. The National Library of Medicine announced in February 2026 that the
packages behind it go in August 2026; it is kept for mirrors of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from ingest.errors import EngineError
from ingest.fetch.article_record import ArticleRecord, FileToFetch
from ingest.fetch.client import PoliteClient
from ingest.fetch.entrez import parse_answer
from ingest.fetch.pace import MayPassError
from ingest.fetch.sites import Site, parse_address
from ingest.sources.pmc.hardened_xml import XmlElement, local_name

PATH = "pmc/utils/oa/oa.fcgi"
MAX_ANSWER_BYTES = 1_000_000
_NOT_OPEN = frozenset({"idIsNotOpenAccess", "idDoesNotExist"})


@dataclass(frozen=True)
class OaService:
    """The service, and the site that its links of scheme ftp lead to, which is asked over its own scheme instead."""

    client: PoliteClient
    site: Site
    packages: Site

    def record(self, pmcid: str) -> ArticleRecord:
        """Return what it says of an article. Raises EngineError."""
        url = f"{self.site.at(PATH)}?id={pmcid}"
        return self.client.ask(url, lambda content: self._read(content, pmcid), max_bytes=MAX_ANSWER_BYTES)

    def _read(self, content: bytes, pmcid: str) -> ArticleRecord:
        root = parse_answer(content, "the OA service")
        if local_name(root) != "OA":
            raise MayPassError("the OA service answers with something else than a record.", unreachable=False)
        error = root.find("error")
        if error is not None and error.get("code") in _NOT_OPEN:
            return ArticleRecord(pmcid, is_open=False)
        record = root.find(f"records/record[@id='{pmcid}']")
        if record is None:
            raise MayPassError(f"the OA service gives no record of {pmcid}.", unreachable=False)
        return ArticleRecord(
            pmcid, True, record.get("license"), record.get("retracted") == "yes", tuple(self._package(record, pmcid))
        )  # fmt: skip

    def _package(self, record: XmlElement, pmcid: str) -> list[FileToFetch]:
        links = [link.get("href") or "" for link in record.findall("link") if link.get("format") == "tgz"]
        return [FileToFetch(self._address(link, pmcid), f"{pmcid}.tar.gz") for link in links[:1]]

    def _address(self, link: str, pmcid: str) -> str:
        """Return the address of a package at the site of packages.

        Raises
        ------
        EngineError
            If the link leads elsewhere.
        """
        try:
            url = httpx.URL(link)
        except (httpx.InvalidURL, ValueError):
            url = httpx.URL("")
        base = parse_address(self.packages.address)
        if url.scheme not in ("ftp", "https", "http") or url.host != base.host or url.userinfo:
            raise EngineError(f"the OA service links {pmcid} with another host than {base.host}, which is not asked.")
        return str(base.copy_with(raw_path=url.raw_path))
