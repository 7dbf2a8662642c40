"""The page of the documentation about what commands write with ``--json``, made from the schemas of the documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from casegraph.json_documents import ALSO_WRITTEN_BY, DOCUMENTS, file_name_of, schema_of

PAGE = """\
<!-- Made from the types in casegraph/json_documents.py by docs/build_pages.py. -->

# The JSON contract

With `--json` a command writes one JSON document to standard output and nothing else; sentences for people, warnings and
errors go to standard error. Keys are stable: new ones may come, none goes or changes its meaning within a major
version. Unknown values are `null`. Ids look like `medpix2:MPX9001` (case) and `medpix2:MPX9001_synpic90001`
(image); wherever a command takes a case, the short form `MPX9001` will do while only one source has it. What to know of
how an answer came to be stands in `notices`, in sentences, each with the command that changes it where there is one.

Exit codes: 0 success, also when nothing was found; 1 a check found problems or the operation failed; 2 wrong usage or
input; 3 finished, but some records were quarantined; 4 busy, or an engine is unreachable; 130 stopped by Ctrl-C; 141
whoever read the output has left.

Each document has a [JSON schema](https://json-schema.org) that a test holds it to. Below are the
[documents by command](#documents), then the [objects](#objects) and [values](#values) that stand in them.
"""


def json_page() -> str:
    """Return the page: each document with its keys, then the objects and the values that documents share."""
    schemas = {command: schema_of(command) for command in DOCUMENTS}
    inner: dict[str, dict[str, Any]] = {}
    for schema in schemas.values():
        inner |= schema.get("$defs", {})
    return "\n".join(
        [
            PAGE,
            "## Documents\n",
            *(_document(command, schema) for command, schema in schemas.items()),
            "## Objects\n",
            *(_object(name, part) for name, part in sorted(inner.items()) if "enum" not in part),
            "## Values\n",
            *(_values(name, part) for name, part in sorted(inner.items()) if "enum" in part),
        ]
    )


def _document(command: str, schema: dict[str, Any]) -> str:
    others = "".join(f", `{other}`" for other in ALSO_WRITTEN_BY.get(command, ()))
    written = f"[Schema](schemas/{file_name_of(command)}){f'. Also written by{others[1:]}' if others else ''}."
    return f"### {command}\n\n{_text(schema)}{written}\n{_keys(schema)}"


def _object(name: str, schema: dict[str, Any]) -> str:
    return f"### {name}\n\n{_text(schema).rstrip()}\n{_keys(schema)}"


def _values(name: str, schema: dict[str, Any]) -> str:
    return f"### {name}\n\n{_text(schema)}One of {', '.join(f'`{value}`' for value in schema['enum'])}.\n"


def _text(schema: dict[str, Any]) -> str:
    text = schema.get("description", "").replace("``", "`")
    return f"{text}\n\n" if text else ""


def _keys(schema: dict[str, Any]) -> str:
    """Return the table of an object's keys; an object without any of its own is told by what it holds."""
    if "properties" not in schema:
        return f"\nAn {_type(schema)}.\n"
    told = any("description" in field for field in schema["properties"].values())
    head = ["| key | type | meaning |", "|---|---|---|"] if told else ["| key | type |", "|---|---|"]
    return "\n".join(["", *head, *_rows(schema, told=told), ""])


def _rows(schema: dict[str, Any], *, told: bool) -> Iterator[str]:
    for name, field in schema["properties"].items():
        missing = "" if name in schema["required"] else " (may be missing)"
        row = f"| `{name}`{missing} | {_type(field)} |"
        yield f"{row} {field.get('description', '').replace('``', '`').rstrip('.')} |" if told else row


def _type(field: dict[str, Any]) -> str:
    """Return the type of a value in words: ``list of [Reason](#reason)``, ``string or null``."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in field:
        return " or ".join(_type(choice) for choice in field["anyOf"])
    return {"array": _list, "object": _mapping}.get(field.get("type", ""), _simple)(field)


def _list(field: dict[str, Any]) -> str:
    if "prefixItems" in field:
        return f"list of {', '.join(_type(item) for item in field['prefixItems'])}"
    return f"list of {_type(field['items'])}"


def _mapping(field: dict[str, Any]) -> str:
    values = field.get("additionalProperties", True)
    of_what = "" if values is True else f" of {_type(values)}"
    return f"object{of_what}{f' by {_type(names)}' if (names := field.get('propertyNames')) else ''}"


def _simple(field: dict[str, Any]) -> str:
    return str(field.get("type", "any"))
