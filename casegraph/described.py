"""What the docstrings of classes say of their fields, put where a JSON schema says it.

A class lists its fields under ``Attributes``; its schema then holds that text at each field, and above the fields
what stands before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_SECTION = re.compile(r"^(\w+)\n-{3,}$", re.MULTILINE)
_ATTRIBUTES = re.compile(r"^(\w+(?:, \w+)*) : .*\n((?: {4}.*(?:\n|$))+)", re.MULTILINE)
_JSON_NAMES = {"None": "null", "True": "true", "False": "false"}


def with_field_descriptions(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema in which each class of it describes its fields.

    Raises
    ------
    KeyError
        If a docstring describes a field that its class does not have.
    """
    inner = {name: _described(part) for name, part in schema.get("$defs", {}).items()}
    return {**_described(schema), **({"$defs": inner} if inner else {})}


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    text, *sections = _SECTION.split(schema.get("description", ""))
    found = dict(zip(sections[::2], sections[1::2], strict=True))
    fields = {name: {**part} for name, part in schema.get("properties", {}).items()}
    for name, meaning in _meanings(found.get("Attributes", "")):
        fields[name]["description"] = _in_json(meaning)
    return {
        **schema,
        **({"description": _in_json(text.strip())} if text else {}),
        **({"properties": fields} if fields else {}),
    }


def _meanings(attributes: str) -> Iterator[tuple[str, str]]:
    for names, meaning in _ATTRIBUTES.findall(attributes):
        for name in names.split(", "):
            yield name, " ".join(meaning.split())


def _in_json(text: str) -> str:
    """Return a text with the constants of Python by their names in JSON."""
    return re.sub(r"\b(?:None|True|False)\b", lambda found: _JSON_NAMES[found.group()], text)
