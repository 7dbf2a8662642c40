"""PubMed and PubMed Central on loopback: the shapes of the E-utilities, the OA service and the cloud service.

Written from their manuals (NBK25499, the OA Web Service, the PMC Cloud Service); the articles are our own.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from articles import ONE_PATIENT
from loopback_site import Answer, Asked, LoopbackSite, loopback_site
from release_folder import noise_png

DAYS = [date(2020, 1, 31), date(2020, 2, 29), date(2020, 12, 31), date(2021, 1, 1), date(2021, 2, 28)]
ESEARCH_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" '
    '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
)


@dataclass(frozen=True)
class Published:
    """An article: `pmcid` is None where PubMed alone knows it; without a package its text is given alone."""

    pmid: str
    day: date
    pmcid: str | None
    licence: str = "CC BY"
    retracted: bool = False
    open: bool = True
    package: bool = True
    figures: Mapping[str, bytes] = field(default_factory=lambda: {"scan1.jpg": noise_png(1), "scan2.jpg": noise_png(2)})

    @property
    def xml(self) -> bytes:
        return ONE_PATIENT.replace("PMC9000001", self.pmcid or "").encode()

    @property
    def packed(self) -> bytes:
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w") as package:
            for name, data in {"main.nxml": self.xml, **self.figures, "main.pdf": b"%PDF"}.items():
                member = tarfile.TarInfo(f"{self.pmcid}/{name}")
                member.size = len(data)
                package.addfile(member, io.BytesIO(data))
        return gzip.compress(content.getvalue(), mtime=0)


def published(count: int, **changes: object) -> list[Published]:
    """Return articles on days spread over fourteen months."""
    return [
        Published(str(500 + n), DAYS[n % len(DAYS)], f"PMC{7000 + n}", **changes)  # pyright: ignore[reportArgumentType]
        for n in range(count)
    ]


@dataclass
class LoopbackPmc:
    """The services, and what they may be asked."""

    articles: Sequence[Published]
    max_listed: int = 10_000
    unknown_term: str = ""
    site: LoopbackSite = field(init=False)

    @property
    def url(self) -> str:
        return self.site.url

    def answer(self, asked: Asked) -> Answer:
        utilities = {"esearch": self._esearch, "elink": self._elink, "efetch": self._efetch, "oa": self._oa}
        name = asked.path.rpartition("/")[2].removesuffix(".fcgi")
        if asked.path.endswith(".fcgi"):
            return Answer(utilities[name](asked).encode(), headers={"Content-Type": "text/xml"})
        if asked.path == "/":
            return Answer(self._listing(asked).encode())
        content = self._files().get(asked.path)
        return Answer(content) if content is not None else Answer(b"<Error><Code>NoSuchKey</Code></Error>", 404)

    def _esearch(self, asked: Asked) -> str:
        first, last = (date(*map(int, asked.value(name).split("/"))) for name in ("mindate", "maxdate"))
        is_pmc = asked.value("db") == "pmc"
        found = [one for one in self.articles if first <= one.day <= last and (one.pmcid or not is_pmc)]
        ids = [(one.pmcid or "")[3:] if is_pmc else one.pmid for one in found][: self.max_listed]
        start, size = int(asked.value("retstart")), int(asked.value("retmax"))
        listed = "".join(f"<Id>{one}</Id>" for one in ids[start : start + size])
        unknown = f"<ErrorList><PhraseNotFound>{self.unknown_term}</PhraseNotFound></ErrorList>"
        return (
            f"{ESEARCH_HEAD}<eSearchResult><Count>{len(found)}</Count><RetMax>{size}</RetMax>"
            f"<RetStart>{start}</RetStart><IdList>{listed}</IdList>{unknown if self.unknown_term else ''}"
            "</eSearchResult>"
        )

    def _elink(self, asked: Asked) -> str:
        by_pmid = {one.pmid: one.pmcid for one in self.articles}
        sets = []
        for pmid in asked.values["id"]:
            pmcid = by_pmid[pmid]
            found = f"<Link><Id>{(pmcid or '')[3:]}</Id></Link>"
            link = f"<LinkSetDb><DbTo>pmc</DbTo><LinkName>pubmed_pmc</LinkName>{found}</LinkSetDb>"
            sets.append(f"<LinkSet><IdList><Id>{pmid}</Id></IdList>{link if pmcid else ''}</LinkSet>")
        return f"<eLinkResult>{''.join(sets)}</eLinkResult>"

    def _efetch(self, asked: Asked) -> str:
        article = self._of(f"PMC{asked.value('id')}")
        whole = article.xml.decode().partition("?>\n")[2].partition("\n")[2]
        body = whole if article.open else whole.replace("<body>", "<!--").replace("</body>", "-->")
        return f'<?xml version="1.0" ?>\n<!DOCTYPE pmc-articleset>\n<pmc-articleset>{body}</pmc-articleset>'

    def _oa(self, asked: Asked) -> str:
        article = self._of(asked.value("id"))
        if not article.open:
            return f"<OA><error code=\"idIsNotOpenAccess\">identifier '{article.pmcid}' is not Open Access</error></OA>"
        host = self.site.url.removeprefix("http://").partition(":")[0]
        package = f'<link format="tgz" href="ftp://{host}/pub/pmc/oa_package/ab/cd/{article.pmcid}.tar.gz"/>'
        pdf = f'<link format="pdf" href="ftp://{host}/pub/pmc/oa_pdf/ab/cd/main.{article.pmcid}.pdf"/>'
        retracted = "yes" if article.retracted else "no"
        return (
            f'<OA><records returned-count="1" total-count="1"><record id="{article.pmcid}" citation="J" '
            f'license="{article.licence}" retracted="{retracted}">{package if article.package else ""}{pdf}'
            "</record></records></OA>"
        )

    def _listing(self, asked: Asked) -> str:
        prefix = asked.value("prefix")
        versions = [prefix + number for number in ("1/", "2/")] if self._of(prefix.removesuffix(".")) else []
        found = "".join(f"<CommonPrefixes><Prefix>{one}</Prefix></CommonPrefixes>" for one in versions)
        return f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{found}</ListBucketResult>'

    def _files(self) -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        for one in self.articles:
            name = f"{one.pmcid}.2"
            files[f"/pub/pmc/oa_package/ab/cd/{one.pmcid}.tar.gz"] = one.packed
            inside = {f"{name}/{name}.xml": one.xml} | {f"{name}/{file}": data for file, data in one.figures.items()}
            files |= {f"/{key}": data for key, data in inside.items()}
            files[f"/metadata/{name}.json"] = json.dumps(self._metadata(one, name, inside)).encode()
        return files

    def _metadata(self, one: Published, name: str, inside: Mapping[str, bytes]) -> dict[str, object]:
        links = {key: f"s3://pmc-oa-opendata/{key}?md5={hashlib.md5(data).hexdigest()}" for key, data in inside.items()}
        text = links.pop(f"{name}/{name}.xml")
        return {
            "pmcid": one.pmcid,
            "version": 2,
            "is_pmc_openaccess": one.open,
            "is_retracted": one.retracted,
            "license_code": one.licence,
            "xml_url": text if one.package else None,
            "media_urls": [*links.values(), f"s3://pmc-oa-opendata/{name}/film.mp4?md5={'0' * 32}"],
        }

    def _of(self, pmcid: str) -> Published:
        return next(one for one in self.articles if one.pmcid == pmcid)


@contextmanager
def loopback_pmc(articles: Sequence[Published], **changes: object) -> Iterator[LoopbackPmc]:
    """Serve articles."""
    services = LoopbackPmc(articles, **changes)  # pyright: ignore[reportArgumentType]
    with loopback_site(services.answer) as site:
        services.site = site
        yield services
