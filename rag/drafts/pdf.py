"""A draft as PDF: the lines of its text, on pages that each carry the label. The same draft gives the same bytes."""

from __future__ import annotations

import html
import io
from collections.abc import Mapping
from typing import Any

from rag.drafts.render import label_of, standing_line, to_text

MARGIN_PT = 54
FONT, BOLD = "Vera", "VeraBd"  # Bitstream Vera, which comes with reportlab


def to_pdf(document: Mapping[str, Any]) -> bytes:
    """Return the document of a draft as PDF."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    known = _fonts()
    body = ParagraphStyle("body", fontName=FONT, fontSize=9, leading=12.5)
    heading = ParagraphStyle("heading", parent=body, fontName=BOLD, spaceBefore=8)
    parts: list[Any] = []
    for line in to_text(document).splitlines():
        if not line:
            parts.append(Spacer(1, 4))
            continue
        shown = html.escape(_drawable(line.strip(), known))  # reportlab reads markup in what it is given
        parts.append(Paragraph(shown, heading if line.isupper() else body))
    file = io.BytesIO()
    foot = _drawable(" ".join(filter(None, (label_of(document), standing_line(document)))), known)

    def draw_foot(canvas: Any, template: Any) -> None:
        canvas.setFont(FONT, 6.5)
        canvas.drawString(MARGIN_PT, MARGIN_PT / 2, f"{foot}  {template.page}")

    template = SimpleDocTemplate(
        file,
        pagesize=A4,
        margins=MARGIN_PT,
        leftMargin=MARGIN_PT,
        rightMargin=MARGIN_PT,
        title="Draft",
        author=str(document["author"])[:100],
        # uncompressed, so that a file can be searched for the draft that it names; without the time of writing
        pageCompression=0,
        invariant=1,
    )
    standing = document.get("standing")
    template.keywords = [f"Draft {standing['draft_id']}, version {standing['version']}" if standing else "Draft"]
    template.build(parts, onFirstPage=draw_foot, onLaterPages=draw_foot)
    return file.getvalue()


def _fonts() -> Any:
    """Register the fonts; return the characters that they can draw."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    fonts: dict[str, Any] = {name: TTFont(name, f"{name}.ttf") for name in (FONT, BOLD)}
    for name, font in fonts.items():
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(font)  # pyright: ignore[reportUnknownMemberType]
    return fonts[FONT].face.charToGlyph


def _drawable(text: str, known: Any) -> str:
    """Return the text with each character that the font lacks named by its number, not lost."""
    return "".join(letter if letter == " " or ord(letter) in known else f"[U+{ord(letter):04X}]" for letter in text)
