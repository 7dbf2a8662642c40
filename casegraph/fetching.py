"""Fetch cases from the net into folders that an ingest reads. No workspace is needed, and nothing else is fetched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from casegraph.settings import Settings
from ingest.errors import InputError, StorageError
from ingest.fetch.article_record import ArticleService, ServiceName
from ingest.fetch.client import PoliteClient
from ingest.fetch.cloud_service import CloudService
from ingest.fetch.entrez import Database, Entrez
from ingest.fetch.finding import FetchQuestion
from ingest.fetch.licences import parse_licences
from ingest.fetch.medpix import MedPixReport, fetch_pages
from ingest.fetch.medpix_page import read_shape
from ingest.fetch.named_searches import NamedSearch, search_terms
from ingest.fetch.oa_service import OaService
from ingest.fetch.pmc import FailedArticle, FetchReport, PmcFetcher
from ingest.fetch.sites import Site, site_at
from ingest.fetch.windows import DateWindow
from ingest.images.decoder import Decoder
from ingest.progress import ProgressCallback, ignore_progress

__all__ = [
    "Database",
    "FailedArticle",
    "FetchReport",
    "MedPixReport",
    "NamedSearch",
    "ServiceName",
    "fetch_medpix",
    "fetch_pmc",
    "original_sites",
]

# NCBI takes 3 requests a second, 10 of who sends a key: https://www.ncbi.nlm.nih.gov/books/NBK25497
PER_S, PER_S_WITH_KEY = 3.0, 10.0
FILES_PER_S = 10.0  # the bucket names no rate; a folder of articles should not be a burden either
ORIGINALS_PER_S = 3.0  # neither host names a rate; NLM takes 3 requests a second elsewhere
_EMAIL = re.compile(r"[^@\s<>()]{1,64}@[^@\s<>()]{1,255}", re.ASCII)


def fetch_pmc(
    settings: Settings,
    query: str,
    folder: Path,
    *,
    first: date,
    last: date,
    named: NamedSearch | None = None,
    database: Database = Database.PUBMED,
    service: ServiceName = ServiceName.CLOUD,
    licences: Sequence[str] = (),
    limit: int | None = None,
    on_progress: ProgressCallback = ignore_progress,
) -> FetchReport:
    """Fetch the open articles of PubMed Central that a query finds, those that are there not again.

    Parameters
    ----------
    settings : Settings
        Whose e-mail address NCBI is told, the key, and the addresses of the services.
    query : str
        In the words of the database; may be empty where `named` is not.
    folder : Path
        Where the articles go; `casegraph ingest` reads it.
    first, last : date
        The days of publication, both included.
    named : NamedSearch, optional
        A search that a published data set was made by; the query narrows it.
    licences : sequence of str
        Those that articles may have, in place of CC0, CC BY, CC BY-NC and CC BY-NC-SA.
    limit : int, optional
        How many to fetch at most in this run.

    Raises
    ------
    InputError
        If the e-mail address is missing, or the query cannot be asked.
    BusyError, StorageError
        If another process fetches into the folder, or it cannot be written to.
    EngineError
        If a service fails. What was fetched until then stays, and the next run goes on from it.
    """
    if first > last:
        raise InputError(f"the first day, {first}, comes after the last, {last}. Swap them.")
    terms = search_terms(query, named, database)
    if not _EMAIL.fullmatch(settings.ncbi_email):
        raise InputError("NCBI asks for an e-mail address. Give yours: CASEGRAPH_NCBI_EMAIL.")
    wanted = parse_licences(licences)
    key = settings.ncbi_api_key.get_secret_value() if settings.ncbi_api_key else None
    rate = PER_S_WITH_KEY if key else PER_S
    utilities = _site(settings, "ncbi_eutils_url", rate)
    oa, packages = _site(settings, "pmc_oa_url", PER_S), _site(settings, "pmc_packages_url", PER_S)
    cloud = _site(settings, "pmc_cloud_url", FILES_PER_S)
    sites = (utilities, cloud) if service is ServiceName.CLOUD else (utilities, oa, packages)
    with PoliteClient(sites, contact=settings.ncbi_email) as client:
        entrez = Entrez(client, utilities, settings.ncbi_email, key)
        articles: ArticleService = (
            CloudService(client, cloud) if service is ServiceName.CLOUD else OaService(client, oa, packages)
        )
        question = FetchQuestion(terms, DateWindow(first, last), database)
        fetcher = PmcFetcher(client, entrez, service, articles)
        return fetcher.fetch(question, folder, licences=wanted, limit=limit, on_progress=on_progress)


def _site(settings: Settings, name: str, per_s: float) -> Site:
    return site_at(getattr(settings, name), Settings.model_fields[name].default, per_s)


def fetch_medpix(
    settings: Settings,
    pages: Sequence[str],
    folder: Path,
    *,
    shape: Path | None = None,
    on_progress: ProgressCallback = ignore_progress,
) -> MedPixReport:
    """Fetch pages of MedPix cases into a release folder, those that are there not again.

    Parameters
    ----------
    shape : Path, optional
        A table of CSS selectors in place of our own, which is an assumed shape.

    Raises
    ------
    InputError
        If the shape cannot be used, or no host is named of which pages may be fetched.
    EngineUnreachable
        If a host does not answer. What was fetched until then stays.
    StorageError
        If the folder cannot be written to.
    """
    selectors = read_shape(shape)
    try:
        with PoliteClient(original_sites(settings)) as client, Decoder(children=1) as decoder:
            return fetch_pages(pages, folder, selectors, client, decode=decoder.decode, on_progress=on_progress)
    except OSError as error:
        raise StorageError(f"cannot write below '{folder}': {error.strerror}. Name another folder.") from error


def original_sites(settings: Settings) -> list[Site]:
    """Return the hosts of which pages and full-size images may be fetched. Raises InputError where none is named."""
    default = str(Settings.model_fields["originals_urls"].default).split()
    sites = [Site(one, ORIGINALS_PER_S, public=one in default) for one in settings.originals_urls.split()]
    if not sites:
        raise InputError("no host is named to fetch originals from. Name one: CASEGRAPH_ORIGINALS_URLS.")
    return sites
