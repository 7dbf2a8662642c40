"""Who may change a workspace through the app: whoever the settings allow, else only who sits at the machine itself."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

# What proxies add to a request that they pass on. Any of them tells that its asker may sit elsewhere.
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def may_manage(allowed: bool | None, *, listens_on: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a visitor of the app may fill, index and curate the workspace.

    Parameters
    ----------
    allowed : bool or None
        What the settings say; None leaves it to where the visitor is.
    listens_on : str
        The address that the app listens on.
    headers : mapping
        Of the visitor's request: no proxy may have passed it on, and it must ask for this machine by a name that
        only this machine has for itself.
    """
    if allowed is not None:
        return allowed
    names = {name.casefold(): value for name, value in headers.items()}
    passed_on = any(name in names for name in FORWARDED)
    return is_loopback(listens_on) and not passed_on and _asks_for_loopback(names.get("host", ""))


def is_loopback(host: str) -> bool:
    """Tell whether a name or address is this machine's own, which no other machine can reach."""
    if host.casefold().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _asks_for_loopback(host: str) -> bool:
    return not host or is_loopback(urlsplit(f"//{host}").hostname or "")
