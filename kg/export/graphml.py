"""The graph as GraphML, written piece by piece.

A list becomes JSON text. XML 1.0 cannot hold some control characters: they become U+FFFD.

References
----------
GraphML: http://graphml.graphdrawing.org/specification.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from kg.questions.neighbourhood import Node, Relationship

# Every property that a node or relationship may have is declared before the first; these are all that rows make.
NODE_PROPERTIES: Mapping[str, str] = {
    "label": "string",
    "name": "string",
    "folded": "string",
    "patient_id": "string",
    "case_id": "string",
    "image_id": "string",
    "concept_id": "string",
    "code": "string",
    "title": "string",
    "pmcid": "string",
    "sex": "string",
    "age_years": "double",
    "source": "string",
    "split": "string",
    "modality": "string",
    "technique": "string",
    "plane": "string",
    "view": "string",
    "depiction": "string",
    "object_key": "string",
    "pixel_sha256": "string",
    "codes": "string",
    "aliases": "string",
}
RELATIONSHIP_PROPERTIES: Mapping[str, str] = {
    "type": "string",
    "mention_id": "string",
    "field": "string",
    "start": "long",
    "end": "long",
    "annotator": "string",
    "laterality": "string",
    "setting": "string",
    "place": "string",
    "place_key": "string",
    "sequence": "string",
    "phase": "string",
    "margin": "string",
    "composition": "string",
    "compartment": "string",
    "number": "string",
    "size": "string",
    "size_mm": "double",
    "chronicity": "string",
    "normality": "string",
    "case_id": "string",
    "assertion": "string",
    "name": "string",
    "confirmation": "string",
    "rank": "long",
    "acr_code": "string",
    "pathology_category": "string",
    "sex": "string",
    "age_years": "double",
    "score": "double",
    "why": "string",
}
# Char of XML 1.0, section 2.2, turned round.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_ENDS = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
TAIL = "</graph>\n</graphml>\n"


def head_lines() -> Iterator[str]:
    """Yield everything before the first node."""
    yield HEAD
    for owner, properties in (("node", NODE_PROPERTIES), ("edge", RELATIONSHIP_PROPERTIES)):
        for name, kind in properties.items():
            yield f'<key id="{owner}_{name}" for="{owner}" attr.name="{name}" attr.type="{kind}"/>\n'
    yield '<graph id="casegraph" edgedefault="directed">\n'


def node_lines(nodes: Iterable[Node]) -> Iterator[str]:
    """Yield the nodes, one a line."""
    for node in nodes:
        data = _data("node", {"label": node.label, **node.properties})
        yield f"<node id={_attribute(node.key)}>{data}</node>\n"


def relationship_lines(relationships: Iterable[Relationship]) -> Iterator[str]:
    """Yield the relationships, one a line."""
    for relationship in relationships:
        ends = f"source={_attribute(relationship.source)} target={_attribute(relationship.target)}"
        yield f"<edge {ends}>{_data('edge', {'type': relationship.type, **relationship.properties})}</edge>\n"


def _data(owner: str, properties: Mapping[str, Any]) -> str:
    return "".join(f'<data key="{owner}_{name}">{_text(value)}</data>' for name, value in properties.items())


def _text(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (list, tuple)) else str(value)
    return escape(_clean(text), {"\r": "&#13;"})


def _attribute(text: str) -> str:
    return quoteattr(_clean(text), _LINE_ENDS)


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
