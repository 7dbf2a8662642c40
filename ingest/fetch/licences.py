"""Which licences an article may have to be fetched."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.errors import InputError
from ingest.licences import licence_name
from ingest.sources.pmc.licences import licence_of

TAKEN = ("CC0", "CC BY", "CC BY-NC", "CC BY-NC-SA")
"""Those that let everybody use and change an article, for other than commercial ends at least."""
OTHER = "other"
"""What has no licence of Creative Commons, or none that is stated."""
KNOWN = (*TAKEN, "CC BY-SA", "CC BY-ND", "CC BY-NC-ND", OTHER)


def licence_kind(licence: str | None) -> str:
    """Return which of the known licences a text names, without its version.

    Examples
    --------
    >>> licence_kind("CC BY-NC 4.0")
    'CC BY-NC'
    >>> licence_kind("NO-CC CODE")
    'other'
    """
    named = licence_name(licence_of(licence or "") or "")
    return named if named in KNOWN else OTHER


def parse_licences(texts: Iterable[str]) -> frozenset[str]:
    """Return the licences that a user names; without any, those that are taken by default.

    Raises
    ------
    InputError
        If one is not known.
    """
    known = {one.casefold().replace(" ", "-"): one for one in KNOWN}
    wanted: set[str] = set()
    for text in texts:
        named = known.get("-".join(text.casefold().split()))
        if named is None:
            raise InputError(f"{text!r} is not a known article licence. Expected one of: {', '.join(KNOWN)}.")
        wanted.add(named)
    return frozenset(wanted or TAKEN)
