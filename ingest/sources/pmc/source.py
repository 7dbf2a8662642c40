"""Case reports as a source: a folder of journal articles, in the words of the port."""

from __future__ import annotations

from pathlib import Path

from ingest.errors import SourceError
from ingest.sources.pmc.article import SOURCE
from ingest.sources.pmc.figure_files import forget_listings
from ingest.sources.pmc.folder import articles_below, files_below, looks_like_articles
from ingest.sources.pmc.stream import Articles
from ingest.sources.source import Reading
from ingest.store.views import SourceView


class CaseReports:
    """Journal articles in a folder, a package or a single file, as PubMed Central hands them out."""

    name = SOURCE
    expects = (
        "a folder of case reports, JATS or BioC articles as .xml, .nxml or .json with their figures beside them, or as "
        ".tar.gz packages"
    )
    views: tuple[SourceView, ...] = ()

    def recognises(self, address: str) -> bool:
        """Tell whether it is an article, a package, or a folder with one of them."""
        return "://" not in address and looks_like_articles(Path(address))

    def read(self, address: str, images: Path | None = None) -> Reading:
        """Read the articles; they come with the stream, one by one.

        Raises
        ------
        SourceError
            If there is nothing at the address, or no folder of images where one is named.
        """
        path = Path(address)
        if not path.exists():
            raise SourceError(f"there is no file '{path}'. Expected {self.expects}.")
        if images is not None and not images.is_dir():
            raise SourceError(f"there is no folder of images '{images}'.")
        forget_listings()
        folder = images or (path if path.is_dir() else None)
        count = sum(1 for _ in articles_below(path)) if path.is_dir() else 1
        files = sum(1 for _ in files_below(folder)) if folder else 0
        return Reading(address, Articles(path, images), count, folder, files)
