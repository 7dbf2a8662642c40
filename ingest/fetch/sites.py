"""Which hosts may be asked, and how often. Whatever an answer, a link or a redirect says, no other is ever asked.

A host that is public by its nature must also be reached at a public address: a name that leads into the local network
is refused before anything is sent. A host that the user set is taken as they set it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import httpx

from ingest.errors import EngineRefused, InputError

_PORTS = {"http": 80, "https": 443}
MAX_ADDRESS = 2000  # characters


@dataclass(frozen=True)
class Site:
    """A host that may be asked.

    Attributes
    ----------
    address : str
        Its base address, such as ``https://eutils.ncbi.nlm.nih.gov``.
    per_s : float
        How many requests a second it is asked at most.
    public : bool
        Whether it has to be reached over TLS and at a public address.
    """

    address: str
    per_s: float
    public: bool = True

    def __post_init__(self) -> None:
        if self.public and parse_address(self.address).scheme != "https":
            raise InputError(f"{self.origin} is asked over https only. Give its address with https.")

    @property
    def origin(self) -> str:
        """Its scheme, host and port."""
        return origin_of(parse_address(self.address))

    def at(self, path: str) -> str:
        """Return the address of something at this site, below its base address."""
        return f"{self.address.rstrip('/')}/{path.lstrip('/')}"


def site_at(address: str, default: str, per_s: float) -> Site:
    """Return the site at an address; one that the user set in place of the default need not be public."""
    return Site(address, per_s, public=address == default)


def parse_address(text: str) -> httpx.URL:
    """Return a web address.

    Raises
    ------
    InputError
        If it is none, or carries a password.
    """
    try:
        url = httpx.URL(text) if len(text) <= MAX_ADDRESS else httpx.URL("")
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL("")
    if url.scheme not in _PORTS or not url.host or url.userinfo:
        raise InputError("a fetch address is invalid. Expected https:// or http:// and a host, without password.")
    return url


def origin_of(url: httpx.URL) -> str:
    """Return scheme, host and port of an address."""
    return f"{url.scheme}://{url.host}:{url.port or _PORTS.get(url.scheme, 0)}"


def shown(url: httpx.URL | str) -> str:
    """Return how a message calls an address: host and path, never what was asked there, which may hold a key."""
    url = httpx.URL(url)
    return f"{url.host}{url.path if url.path != '/' else ''}"


def by_origin(sites: Iterable[Site]) -> Mapping[str, Site]:
    """Return sites by scheme, host and port; of two at one host the slower rate holds."""
    found: dict[str, Site] = {}
    for site in sites:
        known = found.setdefault(site.origin, site)
        if site.per_s < known.per_s:
            found[site.origin] = site
    return found


class Guard:
    """Looks at a connection before anything is sent over it. Given to httpx as the extension ``trace``.

    Through a proxy that the user set, the proxy looks up the name: then only the name can be checked.
    """

    def __init__(self, site: Site, host: str) -> None:
        self._site = site
        self._host = host
        self._called = ""

    def __call__(self, event: str, told: Mapping[str, Any]) -> None:
        """Take note of one step of a connection.

        Raises
        ------
        EngineRefused
            If it leads to an address that is not public.
        """
        if event == "connection.connect_tcp.started":
            self._called = str(told["host"])
        elif event == "connection.connect_tcp.complete" and self._site.public and self._called == self._host:
            peer = told["return_value"].get_extra_info("server_addr")
            if not is_public(str(peer[0])):
                raise EngineRefused(
                    f"the name {self._host} leads into a local network, so nothing was asked there. Check the name "
                    "server of this machine."
                )


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the open internet."""
    ip = ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return ip.is_global and not ip.is_multicast
