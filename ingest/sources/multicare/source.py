"""A release of MultiCaRe as a source, in the words of the port."""

from __future__ import annotations

from pathlib import Path

from ingest.errors import SourceError
from ingest.sources.multicare.folder import SOURCE, Table, looks_like_release, release_files
from ingest.sources.multicare.joined import index_of
from ingest.sources.multicare.stream import MultiCaReRelease
from ingest.sources.multicare.tables import expected_values
from ingest.sources.source import Reading
from ingest.store.views import SourceView


class MultiCaRe:
    """The tables and images of a release in a folder, all of them or those that a user has."""

    name = SOURCE
    expects = (
        "a folder with a release of MultiCaRe, or what you have of it: cases.parquet, captions_and_labels.csv and the "
        "other tables, with the images below it"
    )
    views: tuple[SourceView, ...] = ()

    def recognises(self, address: str) -> bool:
        """Tell whether a folder has a table of a release."""
        return "://" not in address and looks_like_release(Path(address))

    def read(self, address: str, images: Path | None = None) -> Reading:
        """Read what can be joined into an index on the disk; the cases come with the stream, one by one.

        Raises
        ------
        SourceError
            If there is nothing to make cases of, or a table is cut short or damaged.
        """
        path = Path(address)
        if not path.exists():
            raise SourceError(f"there is no folder '{path}'. Expected {self.expects}.")
        files = release_files(path, images)
        cases = files.tables.get(Table.CASES)
        expected = expected_values(cases, "case_id") if cases else 0
        index, count = index_of(files)
        return Reading(
            address,
            MultiCaReRelease(files, index),
            expected or index.count_patients(),
            files.images,
            count,
            files.missing,
        )
