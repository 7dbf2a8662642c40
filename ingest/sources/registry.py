"""Which sources there are. A new one is a folder beside this file and a name in `SOURCES`."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.errors import SourceError
from ingest.sources.medpix2 import MedPix2
from ingest.sources.multicare import MultiCaRe
from ingest.sources.own import OwnCases
from ingest.sources.pmc import CaseReports
from ingest.sources.source import Source
from ingest.store.views import SourceView

SOURCES: tuple[Source, ...] = (MedPix2(), MultiCaRe(), OwnCases(), CaseReports())


def source_for(address: str, sources: Sequence[Source] = SOURCES) -> Source:
    """Return the source that an address is meant for: the first that recognises it.

    Raises
    ------
    SourceError
        If none does; the message says what each of them reads.
    """
    found = next((source for source in sources if source.recognises(address)), None)
    if found is None:
        expected = "; or ".join(source.expects for source in sources)
        raise SourceError(f"{_shown(address)} is not a folder, file or address with cases. Expected {expected}.")
    return found


def views_of(sources: Sequence[Source] = SOURCES) -> tuple[SourceView, ...]:
    """Return the views that sources declare."""
    return tuple(view for source in sources for view in source.views)


def _shown(address: str) -> str:
    """Return an address without what may hold a password."""
    scheme, mark, _ = address.partition("://")
    return f"an address of {scheme}{mark}" if mark else address
