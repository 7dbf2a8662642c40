"""The address of a MongoDB, for documents and for a source alike: checked piece by piece, and taken apart.

A password shows in no message, not even in part: what stands where a password might stand is never quoted.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, unquote_plus

from ingest.errors import InputError
from ingest.spelling import did_you_mean

SCHEMES = ("mongodb://", "mongodb+srv://")
FORM = "Write mongodb://user:password@host:27017/database"
ESCAPED = (
    "with special characters of the password percent-encoded "
    "(@ is %40, : is %3A, / is %2F, % is %25, # is %23, ? is %3F, [ is %5B)"
)

_WITHOUT_PASSWORD = {"gssapi", "mongodb-x509", "mongodb-aws", "mongodb-oidc"}  # they log in by other means
_FILES = {"tlscafile", "tlscertificatekeyfile", "tlscrlfile"}
_SECRET_WORDS = ("password", "passphrase", "token", "secret")  # tlsCertificateKeyFilePassword, proxyPassword, ...
_PROPERTIES = "authmechanismproperties"  # NAME:value,NAME:value
_BAD_LOGIN = re.compile(r"[@\[\]\s]|%(?![0-9A-Fa-f]{2})|:.*:")
_HOST = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^\[\]:\s]+)(:([0-9]{1,5}))?")
_MAX_PORT = 65_535


@dataclass(frozen=True)
class MongoAddress:
    """An address that is well-formed.

    Attributes
    ----------
    uri : str
        The whole of it, with its secrets.
    shown : str
        User, hosts and database: what messages name.
    kept : str
        The same with its options, all but secret ones; files that it names are named from the root.
    user : str or None
        Who logs in, as it is written in the address.
    has_password : bool
        Whether it carries one.
    """

    uri: str = field(repr=False)
    shown: str
    kept: str
    user: str | None
    has_password: bool

    @property
    def lacks_password(self) -> bool:
        """Tell whether it names a user who can only log in with a password, and has none."""
        return self.user is not None and not self.has_password and not self._logs_in_by_other_means

    @property
    def with_place_for_password(self) -> str:
        """Return what to write, but for the password: with ``PASSWORD`` in its place."""
        return self.kept if self.user is None else self.kept.replace(f"://{self.user}@", f"://{self.user}:PASSWORD@", 1)

    @property
    def _logs_in_by_other_means(self) -> bool:
        options = dict(_pairs(self.kept.partition("?")[2]))
        return any(
            name.lower() == "authmechanism" and value.lower() in _WITHOUT_PASSWORD for name, value in options.items()
        )


def read_mongo_address(uri: str) -> MongoAddress:
    """Check an address and take it apart; nothing is sent.

    Raises
    ------
    InputError
        If it is not well-formed; the message names what is wrong, and no part of a password.
    """
    scheme, mark, rest = uri.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    after = rest[len(authority) :]
    login, at, hosts = authority.rpartition("@")
    if "@" in after or (at and _BAD_LOGIN.search(login)):
        raise InputError(f"the login in the MongoDB address cannot be read. {FORM}, {ESCAPED}.")
    user, _, password = login.partition(":")
    if at and not user:
        raise InputError(f"the MongoDB address has a login without a user. {FORM}.")
    _require_hosts(hosts)
    place, question, options = after.partition("?")
    for pair in _split(options):
        _require_option(pair)
    kept = "&".join(filter(None, (_kept(pair) for pair in _split(options) if not _is_secret(pair))))
    shown = f"{scheme}{mark}{user}{at}{hosts}{place}"
    return MongoAddress(uri, shown, f"{shown}{question if kept else ''}{kept}", user or None, bool(password))


def _require_hosts(hosts: str) -> None:
    for host in hosts.split(","):
        found = _HOST.fullmatch(host)
        if found is None or not 0 < int(found[3] or 1) <= _MAX_PORT:
            raise InputError(
                f"the host or the port in the MongoDB address cannot be read. {FORM}, an IPv6 host in brackets, "
                f"{ESCAPED}."
            )


def _split(options: str) -> list[str]:
    return [pair for pair in re.split("[&;]", options) if pair]


def _pairs(options: str) -> Iterator[tuple[str, str]]:
    for pair in _split(options):
        name, _, value = pair.partition("=")
        yield unquote(name), unquote_plus(value)


def _require_option(pair: str) -> None:
    """Refuse an option that pymongo does not know, or whose value it cannot read: it would go on without."""
    from pymongo.errors import PyMongoError
    from pymongo.uri_parser import split_options

    name, is_pair, _ = pair.partition("=")
    if not is_pair:
        raise InputError(f"option '{name}' of the MongoDB address has no value. Write {name}=VALUE.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            split_options(pair, warn=True)
    except (PyMongoError, ValueError, TypeError, OSError, Warning) as error:
        if name.lower() not in _known_options():
            hint = did_you_mean(name, _known_options().values()) or "Leave it away."
            raise InputError(f"MongoDB knows no option '{name}' of an address. {hint}") from None
        raise InputError(_of_bad_value(pair, error)) from None


def _of_bad_value(pair: str, error: Exception) -> str:
    """Say what is wrong with the value of an option; without the value where it may be secret."""
    name, _, value = pair.partition("=")
    if _is_secret(pair) or name.lower() == _PROPERTIES:
        return f"option '{name}' of the MongoDB address has a value that cannot be read. Correct it."
    if name.lower() in _FILES:
        return f"option '{name}' of the MongoDB address names a file that cannot be read: '{unquote_plus(value)}'."
    said = str(error).replace("\n", " ").rstrip(".")
    return f"option '{name}' of the MongoDB address cannot be '{value}': {said}."


def _known_options() -> dict[str, str]:
    """Return the options of an address as MongoDB spells them, by their small letters."""
    from pymongo.uri_parser_shared import URI_OPTIONS

    return {name.lower(): name for name in URI_OPTIONS}


def _is_secret(pair: str) -> bool:
    name = unquote(pair.partition("=")[0]).lower()
    return name != _PROPERTIES and any(word in name for word in _SECRET_WORDS)


def _kept(pair: str) -> str | None:
    """Return an option as it is remembered: its files from the root, without secret properties of a login."""
    name, _, value = pair.partition("=")
    if name.lower() in _FILES:
        return f"{name}={quote(str(Path(unquote_plus(value)).expanduser().absolute()), safe='/:')}"
    if name.lower() == _PROPERTIES:
        known = re.split(",|%2C", value, flags=re.IGNORECASE)
        plain = [one for one in known if not _is_secret(re.split(":|%3A", one, maxsplit=1, flags=re.IGNORECASE)[0])]
        return f"{name}={','.join(plain)}" if plain else None
    return pair
