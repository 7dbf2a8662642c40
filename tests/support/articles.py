"""Journal articles of our own, as JATS and BioC, for tests of reading case reports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from release_folder import noise_png

DOCTYPE = '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS v1.1//EN" "http://dtd.invalid/JATS-archivearticle1.dtd">'


def section(title: str, *parts: str) -> str:
    """A section; parts that are no element yet are paragraphs."""
    inside = "".join(part if part[:2] in ("<s", "<f") else f"<p>{part}</p>" for part in parts)
    return f"<sec><title>{title}</title>{inside}</sec>"


def figure(number: int, caption: str, *files: str) -> str:
    """A figure with its image files."""
    graphics = "".join(f'<graphic xlink:href="{name}"/>' for name in files or (f"scan{number}",))
    return f'<fig id="f{number}"><label>Figure {number}</label><caption><p>{caption}</p></caption>{graphics}</fig>'


def link(number: int, text: str) -> str:
    """A link with a figure."""
    return f'<xref ref-type="fig" rid="f{number}">{text}</xref>'


def jats(
    body: str,
    *,
    pmcid: str = "PMC9000001",
    title: str = "Renal cell carcinoma: a case report",
    abstract: str = "We report a kidney.",
    floats: str = "",
    kind: str = "case-report",
) -> str:
    """An article as PubMed Central keeps it, with a DOCTYPE that leads nowhere."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
{DOCTYPE}
<article article-type="{kind}" xmlns:xlink="http://www.w3.org/1999/xlink"><?properties open_access?>
<front><journal-meta><journal-title-group><journal-title>Journal of Invented Cases</journal-title></journal-title-group>
</journal-meta><article-meta><article-id pub-id-type="pmc">{pmcid}</article-id>
<article-id pub-id-type="doi">10.5555/{pmcid}</article-id><article-id pub-id-type="pmid">123</article-id>
<title-group><article-title>{title}</article-title></title-group>
<contrib-group><contrib><name><surname>Roe</surname><given-names>Ada</given-names></name></contrib></contrib-group>
<pub-date pub-type="epub"><year>2021</year></pub-date>
<permissions><license xlink:href="https://creativecommons.org/licenses/by/4.0/"><license-p>Open.</license-p></license>
</permissions><abstract><p>{abstract}</p></abstract>
<kwd-group><kwd>kidney</kwd><kwd>computed tomography</kwd></kwd-group></article-meta></front>
<body>{body}</body><floats-group>{floats}</floats-group></article>"""


ONE_PATIENT = jats(
    section("1. Introduction", "Such tumours are seen at a median age of 60 years.")
    + section(
        "2. Case Presentation",
        "A 45-year-old man presented with flank pain. His 70-year-old father had the same disease.",
        f"CT showed a mass of the left kidney ({link(1, 'Figure 1')}). MRI confirmed it (Figures {link(2, '2A')},B).",
    )
    + section("3. Discussion", "A 71-year-old woman was reported by others."),
    floats=figure(1, "Axial CT of the abdomen with a renal mass.")
    + figure(2, "(A) Coronal MRI. (B) Sagittal MRI of the left kidney."),
)

TWO_PATIENTS = jats(
    section(
        "Case reports",
        section("Case 1", f"A 3-month-old girl was admitted with fever ({link(1, 'Fig. 1')})."),
        section("Case 2", f"A woman in her 60s presented with cough ({link(2, 'Fig. 2')}). She recovered."),
    )
    + section("Discussion", "Both patients had pneumonia."),
    pmcid="PMC9000002",
    title="Two cases of lobar pneumonia",
    floats=figure(1, "Chest radiograph of the infant.") + figure(2, "Axial CT of the chest."),
)

NO_PATIENT = jats(
    section("Introduction", "Trials matter.")
    + section("Methods", "Patients aged 18-65 years were randomized; the mean age was 45 years."),
    pmcid="PMC9000003",
    title="A trial",
)


def write_articles(folder: Path) -> Path:
    """Write two articles with three patients and one without, each in a folder, one image missing, one too many."""
    for name, text in (("one", ONE_PATIENT), ("two", TWO_PATIENTS), ("trial", NO_PATIENT)):
        (folder / name).mkdir(parents=True)
        (folder / name / "article.xml").write_text(text, encoding="utf-8")
    for seed, name in enumerate(("one/scan1.png", "one/scan2.png", "two/scan1.png", "two/left-over.png")):
        (folder / name).write_bytes(noise_png(seed))
    return folder


def passage(text: str, section_type: str, kind: str = "paragraph", **infons: str) -> dict[str, Any]:
    """A passage of a BioC document."""
    return {"infons": {"section_type": section_type, "type": kind, **infons}, "text": text, "offset": 0}


def bioc_document(pmcid: str, *passages: dict[str, Any], title: str = "A case of gout") -> dict[str, Any]:
    """A BioC document with its front."""
    infons = {"article-id_pmc": pmcid, "license": "CC BY-NC 4.0", "year": "2020", "kwd": "gout; hand"}
    front = passage(title, "TITLE", "front", **infons)
    return {"id": pmcid, "infons": {}, "passages": [front, *passages]}


def bioc_case(pmcid: str, story: str, *files: str) -> dict[str, Any]:
    """A BioC document with a case and its figures."""
    figures = [
        passage(f"CT {n}.", "FIG", "fig_caption", id=f"F{n}", file=file) for n, file in enumerate(files, start=1)
    ]
    return bioc_document(pmcid, passage("Case report", "CASE", "title_1"), passage(story, "CASE"), *figures)


def bioc_collection(documents: Sequence[Any]) -> dict[str, Any]:
    """A BioC collection."""
    return {
        "source": "PMC",
        "date": "20200101",
        "key": "pmc.key",
        "infons": {},
        "bioctype": "x",
        "documents": [*documents],
    }
