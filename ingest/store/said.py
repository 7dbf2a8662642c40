"""Values that a case keeps as its source said them, read for filters: the year, licence and keywords of its article."""

from __future__ import annotations

import re

from ingest.licences import licence_name

_YEAR = re.compile(r"\d{4}", re.ASCII)


def whole(said: str) -> list[str]:
    """Return a text as the one value that it is."""
    return [said]


def listed(said: str) -> list[str]:
    """Return the items of a list that is divided by semicolons."""
    return [item for part in said.split(";") if (item := part.strip())]


def year_in(said: str) -> list[int]:
    """Return the year that a date names."""
    found = _YEAR.search(said)
    return [int(found[0])] if found else []


def name_of_licence(said: str) -> list[str]:
    """Return the licence without its version."""
    return [licence_name(said)]
