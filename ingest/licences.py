"""What a licence allows, by its name: an item under ``CC BY-NC 4.0`` may not be used commercially."""

from __future__ import annotations

import re
from functools import lru_cache

FREE = ("CC0", "CC BY", "CC BY-SA", "Public Domain")
"""Licences that let everybody use, change and hand on a work, for money too; without their version."""

NOT_STATED = "not stated"
"""What stands for the licence of a case whose source names none."""

_BOTH = "; "
_CREATIVE = re.compile(r"CC BY(?:-[A-Z]{2}){0,2}")
_KNOWN = 1000  # of a million items the licences are a few dozen
_VERSION = re.compile(r"\s+v?\d+(?:\.\d+)*(?:\s+\w+)?$")
_ADDRESSES = {
    "CC0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "Public Domain": "https://creativecommons.org/publicdomain/mark/1.0/",
}


@lru_cache(_KNOWN)
def licence_name(licence: str) -> str:
    """Return a licence without its version, as filters ask for it.

    Examples
    --------
    >>> licence_name("CC BY-NC 4.0"), licence_name("CC0 1.0"), licence_name("CC BY 4.0 International")
    ('CC BY-NC', 'CC0', 'CC BY')
    """
    return _VERSION.sub("", licence.strip())


def is_free(licence: str | None) -> bool:
    """Tell whether a licence lets everybody use, change and hand on the work; one that is not stated does not."""
    return licence is not None and licence_name(licence) in FREE


@lru_cache(_KNOWN)
def stricter_licence(licence: str | None, other: str | None) -> str | None:
    """Return that of two licences under which a work stands that has a part under each; the first where they are alike.

    Both stand side by side where neither asks for all that the other does; no filter lets such a pair in as free or by
    the name of one. What is not stated gives way to what is.

    Examples
    --------
    >>> stricter_licence("CC BY 4.0", "CC BY-NC"), stricter_licence("CC BY", None)
    ('CC BY-NC', 'CC BY')
    >>> stricter_licence("CC BY-SA", "CC BY-NC")
    'CC BY-SA; CC BY-NC'
    """
    if licence is None or other is None:
        return licence or other
    asked, others = _conditions(licence), _conditions(other)
    if asked >= others:
        return licence
    return other if asked <= others else f"{licence}{_BOTH}{other}"


def _conditions(licence: str) -> frozenset[str]:
    """Return what a licence asks for; one that we do not know asks for all that free ones do, and for itself."""
    asked: set[str] = set()
    for name in map(licence_name, licence.split(_BOTH)):
        if _CREATIVE.fullmatch(name):
            asked.update(name.removeprefix("CC ").split("-"))
        elif name not in FREE:
            asked.update(("BY", "SA", name))
    return frozenset(asked)


@lru_cache(_KNOWN)
def licence_address(licence: str) -> str | None:
    """Return the web address of a licence of Creative Commons; None for others.

    Examples
    --------
    >>> licence_address("CC BY-NC 3.0"), licence_address("CC BY"), licence_address("house rules")
    ('https://creativecommons.org/licenses/by-nc/3.0/', 'https://creativecommons.org/licenses/by/4.0/', None)
    """
    name = licence_name(licence)
    if name in _ADDRESSES:
        return _ADDRESSES[name]
    if not _CREATIVE.fullmatch(name):
        return None
    version = re.search(r"\d\.\d", licence)
    return f"https://creativecommons.org/licenses/{name[3:].casefold()}/{version[0] if version else '4.0'}/"
