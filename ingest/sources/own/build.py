"""From a row of the table to a case: texts verbatim, values normalised, each with its line in the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingest.case import Case, Image, LedgerEntry
from ingest.errors import RejectedRecord
from ingest.ids import CaseId, ImageId, PatientId
from ingest.normalise.age import normalise_age
from ingest.normalise.diagnosis import normalise_diagnosis
from ingest.normalise.differential import normalise_differential
from ingest.normalise.modality import SPELLINGS, normalise_technique
from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.place import normalise_location, normalise_region
from ingest.normalise.plane import normalise_plane, normalise_view
from ingest.normalise.sex import normalise_sex
from ingest.normalise.text import look_up, normalise_line, normalise_text
from ingest.normalise.written_age import parse_age
from ingest.sources.own.files import ListedFiles, short_names
from ingest.sources.own.table import CASE, IMAGE, TableRow
from ingest.sources.pmc.histories import patient_told
from ingest.sources.source import SourceCase
from ingest.vocabulary import Modality, Section

SOURCE = "own"
"""Name of this source, the first part of each case id."""

MAX_TEXT = 1_000_000  # characters of one text
MAX_ID = 100  # characters
MAX_FILE_NAME = 300  # characters of a path below the folder of images
PATIENT, AGE, SEX, IMAGES = "patient", "age", "sex", "images"
SECTIONS = {
    str(section): section
    for section in Section
    if section not in {Section.CAPTION, Section.TOPIC_TITLE, Section.TOPIC_DISCUSSION}
}
"""Columns of ``cases.csv`` whose text becomes a section of the case."""

CASE_COLUMNS = (CASE, PATIENT, AGE, SEX, *SECTIONS, IMAGES)
IMAGE_COLUMNS = (IMAGE, CASE, "modality", "plane", "region", "location", "caption")
_MODALITIES: Mapping[str, Modality] = (
    {spelling: said.modality for spelling, said in SPELLINGS.items()}
    | {modality.label.casefold(): modality for modality in Modality}
    | {modality.casefold(): modality for modality in Modality}
)


def case_id_of(row: TableRow) -> CaseId:
    """Return the id of the case that a row tells of.

    Raises
    ------
    RejectedRecord
        If it gives none, or one that is too long.
    """
    short = row.values.get(CASE, "").strip()
    if not short or len(short) > MAX_ID or "\n" in short:
        raise RejectedRecord(row.place, f"line {row.line} has no id of at most {MAX_ID} characters in '{CASE}'.")
    return CaseId.of(SOURCE, short)


def require_fitting(row: TableRow) -> None:
    """Refuse a row with more values than columns, or with a text that no case can have.

    Raises
    ------
    RejectedRecord
        With the line; it quotes no value.
    """
    if row.beyond:
        raise RejectedRecord(
            row.place, f"line {row.line} has more values than there are columns. Put texts with separators in quotes."
        )
    for column, value in row.values.items():
        if len(value) > MAX_TEXT:
            raise RejectedRecord(row.place, f"line {row.line} has more than {MAX_TEXT} characters in '{column}'.")
        if "\0" in value:
            raise RejectedRecord(row.place, f"line {row.line} has a NUL character in '{column}'.")


def build_case(row: TableRow, images: Sequence[TableRow], files: ListedFiles) -> SourceCase:
    """Return the case of a row with its images, not yet read; `images` are the rows that describe some of them.

    Raises
    ------
    RejectedRecord
        If it has no id, or does not fit.
    """
    case_id = case_id_of(row)
    require_fitting(row)
    sections, text_ledger = _sections(row)
    history = sections.get(Section.HISTORY)
    age, sex = _age(row.values.get(AGE), history), normalise_sex(row.values.get(SEX), history)
    diagnosis = normalise_diagnosis(row.values.get(Section.DIAGNOSIS))
    differential = normalise_differential(row.values.get(Section.DIFFERENTIAL_DIAGNOSIS))
    confirmation = normalise_line(row.values.get(Section.CONFIRMATION))
    patient, patient_ledger = patient_told(_patient_id(case_id, row), history, age, sex)
    listed, found, ambiguous, image_ledger = _images(case_id, row, images, files)
    case = Case(
        case_id=case_id,
        source=SOURCE,
        patient=patient,
        sections=sections,
        diagnosis=diagnosis.value,
        differential_diagnosis=differential.value or (),
        confirmation=confirmation.value,
        images=listed,
        ledger=(
            *patient_ledger,
            diagnosis.entry("diagnosis"),
            differential.entry("differential_diagnosis"),
            confirmation.entry("confirmation"),
            *text_ledger,
            *image_ledger,
        ),
        source_values={name: value for name, value in row.values.items() if name and name not in CASE_COLUMNS},
    )
    return SourceCase(case, {name: files.paths[path] for name, path in found.items()}, ambiguous)


def _patient_id(case_id: CaseId, row: TableRow) -> PatientId:
    named = row.values.get(PATIENT, "").strip()
    return PatientId.of(SOURCE, named) if named else PatientId.of_case(case_id)


def _age(raw: str | None, history: str | None) -> Normalised[float]:
    """Return the age in years; a number alone is years, 0 and 1 too."""
    answer = normalise_age(raw, history)
    written = parse_age(raw or "")
    if answer.rule is Rule.AMBIGUOUS and written is not None:
        return Normalised(raw, written.years, Rule.YEARS)
    return answer


def _sections(row: TableRow) -> tuple[dict[Section, str], list[LedgerEntry]]:
    """Return the texts that say something; one that says nothing ("n/a") is told in the ledger."""
    sections: dict[Section, str] = {}
    ledger: list[LedgerEntry] = []
    for column, section in SECTIONS.items():
        if column not in row.values:
            continue
        text = normalise_text(row.values[column])
        if text.value is not None:
            sections[section] = text.value
        else:
            ledger.append(text.entry(f"sections.{section}"))
    return sections, ledger


def _images(
    case_id: CaseId, row: TableRow, described: Sequence[TableRow], files: ListedFiles
) -> tuple[tuple[Image, ...], dict[str, str], dict[str, str], list[LedgerEntry]]:
    """Return the images of a case, the path of each that was found, why one was not, and the ledger.

    They stand in this order: those that the case lists, those that are described, those in the case's own folder.
    """
    listed = [name.strip() for name in row.values.get(IMAGES, "").replace("\n", ";").split(";") if name.strip()]
    told = {one.values[IMAGE].strip(): one for one in described}
    if any(len(name) > MAX_FILE_NAME for name in (*listed, *told)):
        raise RejectedRecord(
            row.place, f"line {row.line} or an image of it names a file with more than {MAX_FILE_NAME} characters."
        )
    paths: dict[str, Sequence[str]] = {}
    values: dict[str, TableRow | None] = {}
    for reference in [*listed, *told, *files.of_case(case_id.short)]:
        possible = files.named(reference)
        known = possible[0] if len(possible) == 1 else reference
        paths.setdefault(known, possible)
        values[known] = told.get(reference) or values.get(known)
    images: list[Image] = []
    ledger: list[LedgerEntry] = []
    found: dict[str, str] = {}
    ambiguous: dict[str, str] = {}
    for short, (reference, possible) in zip(short_names(list(paths)), paths.items(), strict=True):
        image_id = ImageId.of(SOURCE, f"{case_id.short}_{short}")
        image, entries = _image(image_id, values[reference])
        images.append(image)
        ledger += entries
        if len(possible) == 1:
            found[image_id] = possible[0]
        elif possible:
            ambiguous[image_id] = f"{len(possible)} files carry its name: {', '.join(possible)}. Write its path"
    return tuple(images), found, ambiguous, ledger


def _image(image_id: ImageId, row: TableRow | None) -> tuple[Image, list[LedgerEntry]]:
    """Return an image as the table describes it; of one that it does not describe only the id is known."""
    if row is None:
        return Image(image_id), []
    said = {column: row.values.get(column) for column in IMAGE_COLUMNS}
    modality = look_up(said["modality"], _MODALITIES)
    technique = normalise_technique(said["modality"])
    plane, view = normalise_plane(said["plane"]), normalise_view(said["plane"])
    region, location = normalise_region(said["region"]), normalise_location(said["location"])
    caption = normalise_text(said["caption"])
    image = Image(
        image_id,
        modality=modality.value,
        technique=technique.value or (),
        plane=plane.value,
        view=view.value,
        region=region.value,
        anatomical_location=location.value,
        caption=caption.value,
        source_values={name: value for name, value in row.values.items() if name and name not in {IMAGE, CASE}},
    )
    normalised: dict[str, Normalised[Any]] = {
        "modality": modality,
        "plane": plane,
        "view": view,
        "region": region,
        "anatomical_location": location,
    }
    return image, [value.entry(f"images[{image_id}].{name}") for name, value in normalised.items()]
