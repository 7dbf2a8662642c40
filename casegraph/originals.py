"""The full-size images of cases, fetched by the links of their source and kept apart from the reduced ones."""

from __future__ import annotations

from casegraph.engines import Engines
from casegraph.fetching import original_sites
from ingest.case import Case
from ingest.fetch.client import PoliteClient
from ingest.fetch.originals import FailedOriginal, Original, OriginalsReport, fetch_originals
from ingest.progress import ProgressCallback, ignore_progress

__all__ = ["FailedOriginal", "Original", "Originals", "OriginalsReport"]


class Originals:
    """The originals of one workspace, in its folder ``originals``."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def fetch(self, case_id: str, *, on_progress: ProgressCallback = ignore_progress) -> OriginalsReport:
        """Fetch the originals of a case that are not there yet.

        Raises
        ------
        UnknownCase
            If there is no such case.
        InputError
            If no host is named of which originals may be fetched.
        EngineUnreachable
            If a host does not answer. What was fetched until then stays.
        """
        case = self._engines.store.get(case_id).case
        with PoliteClient(original_sites(self._engines.settings)) as client:
            return fetch_originals(case, self._engines.originals, client, self._engines.decoder.decode, on_progress)

    def of(self, case: Case) -> dict[str, Original]:
        """Return the originals of a case that are there, by image."""
        found = {image.image_id: self._engines.originals.of_image(image.image_id) for image in case.images}
        return {image_id: original for image_id, original in found.items() if original}

    def png(self, original: Original) -> bytes:
        """Return the pixels of an original. Raises DamagedFile."""
        return self._engines.originals.objects.read(original.object_key)
