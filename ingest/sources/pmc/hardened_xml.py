"""Read XML that strangers wrote: no DTD is fetched, no entity is expanded, nothing leaves the machine.

libxml2 bounds depth, names and text itself as long as `huge_tree` is off; a document that declares entities of its own
is refused whole, as no journal article needs one.
"""

from __future__ import annotations

from html.entities import html5
from typing import Any, TypeAlias

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] (lxml has no types)

from ingest.errors import RejectedRecord

XmlElement: TypeAlias = Any
"""An element of lxml, which has no types of its own."""

MAX_XML_BYTES = 30_000_000  # the longest articles of PMC have some 10 MB


def parse_xml(content: bytes, place: str) -> XmlElement:
    """Return the root of a document, its names without namespaces.

    Raises
    ------
    RejectedRecord
        If it is not well-formed XML, too large, or declares entities; the message quotes nothing of it.
    """
    if len(content) > MAX_XML_BYTES:
        raise RejectedRecord(place, f"has {len(content)} bytes; at most {MAX_XML_BYTES} are read.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, attribute_defaults=False,
        huge_tree=False, remove_comments=True, remove_pis=True, recover=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f" at line {line}" if line else ""
        raise RejectedRecord(place, f"is not well-formed XML{where}. Fetch the file again.") from None
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise RejectedRecord(place, "declares entities of its own, which is how XML bombs are built; it is not read.")
    return _without_namespaces(root)


def _without_namespaces(root: XmlElement) -> XmlElement:
    for element in root.iter(etree.Element):
        element.tag = local_name(element)
        for name in [name for name in element.attrib if "}" in str(name)]:
            element.attrib[str(name).rpartition("}")[2]] = element.attrib.pop(name)
    return root


def local_name(element: XmlElement) -> str:
    """Return the name of an element without its namespace; empty for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def is_entity(node: XmlElement) -> bool:
    """Tell whether a node is an entity reference, which is left as it stands."""
    return node.tag is etree.Entity


def as_text(element: XmlElement) -> str:
    """Return an element as XML."""
    return str(etree.tostring(element, encoding="unicode"))


def text_of_entity(node: XmlElement) -> str:
    """Return what an entity reference stands for, as HTML has it: journals write ``&nbsp;`` and the like."""
    return html5.get(f"{(node.text or '').strip('&;')};", " ")
