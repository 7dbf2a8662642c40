"""From a record of the source to a case: texts verbatim, values normalised, each with its line in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from ingest.case import Case, Image, LedgerEntry, Patient, Topic
from ingest.ids import PatientId
from ingest.normalise.acr_code import normalise_acr_code
from ingest.normalise.age import normalise_age
from ingest.normalise.diagnosis import normalise_diagnosis
from ingest.normalise.differential import normalise_differential
from ingest.normalise.modality import normalise_modality, normalise_technique
from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.place import normalise_location, normalise_region
from ingest.normalise.plane import normalise_depiction, normalise_plane, normalise_view
from ingest.normalise.sex import normalise_sex
from ingest.normalise.text import normalise_line, normalise_text, null_rule
from ingest.sources.medpix2.records import SOURCE, CaseDocument, Description, Record, Release
from ingest.sources.pmc.histories import patient_told
from ingest.vocabulary import Section

Value = TypeVar("Value")

CASE_SECTIONS = {
    "Title": Section.TITLE,
    "History": Section.HISTORY,
    "Exam": Section.EXAM,
    "Findings": Section.FINDINGS,
    "Differential Diagnosis": Section.DIFFERENTIAL_DIAGNOSIS,
    "Case Diagnosis": Section.DIAGNOSIS,
    "Diagnosis By": Section.CONFIRMATION,
    "Discussion": Section.DISCUSSION,
    "Treatment & Follow Up": Section.TREATMENT,
}
TOPIC_SECTIONS = {"Title": Section.TOPIC_TITLE, "Disease Discussion": Section.TOPIC_DISCUSSION}

IMAGE_KEYS = (
    "Type",
    "ACR Codes",
    "Age",
    "Caption",
    "Figure Part",
    "Modality",
    "Plane",
    "Sex",
    "Location",
    "Location Category",
)
"""What the release says of each image; kept as written in `Image.source_values`, None where it says nothing."""

NO_DESCRIPTION = "the source lists the image without describing it"


def read_cases(release: Release) -> Iterator[Case]:
    """Yield the cases of a release in source order, their images not yet read."""
    for record in release.records:
        yield build_case(record, release.splits, release.links)


def build_case(record: Record, splits: Mapping[str, tuple[str, ...]], links: Mapping[str, tuple[str, ...]]) -> Case:
    """Return the case of one record, its images not yet read."""
    document = record.document
    case_id = f"{SOURCE}:{document.u_id}"
    patient, patient_ledger = _patient(case_id, record)
    sections, source_values, text_ledger = _texts(record)
    topic, topic_ledger = _topic(document)
    images, image_ledger = _images(record, links)
    diagnosis = normalise_diagnosis(document.case.get("Case Diagnosis"))
    differential = normalise_differential(document.case.get("Differential Diagnosis"))
    confirmation = normalise_line(document.case.get("Diagnosis By"))
    split = _split(splits.get(document.u_id, ()))
    return Case(
        case_id=case_id,
        source=SOURCE,
        patient=patient,
        sections=sections,
        diagnosis=diagnosis.value,
        differential_diagnosis=differential.value or (),
        confirmation=confirmation.value,
        topic=topic,
        images=images,
        ledger=(
            *patient_ledger,
            diagnosis.entry("diagnosis"),
            differential.entry("differential_diagnosis"),
            confirmation.entry("confirmation"),
            *topic_ledger,
            *text_ledger,
            *image_ledger,
            *((split.entry("split"),) if split.conflict else ()),
        ),
        split=split.value,
        problems=record.problems,
        source_values=source_values,
    )


def _split(names: tuple[str, ...]) -> Normalised[str]:
    """Return the split of a case with all its images; of several, the one that is held out furthest: nothing leaks."""
    rule = Rule.TWO_SPLITS if len(names) > 1 else Rule.AS_WRITTEN
    return Normalised("; ".join(names) or None, names[-1] if names else None, rule, conflict=len(names) > 1)


def _patient(case_id: str, record: Record) -> tuple[Patient, list[LedgerEntry]]:
    """Return the patient; age and sex stand with each image, and images that differ are a conflict."""
    history = record.document.case.get("History")
    age = _agreed(record.descriptions, "Age", lambda raw: normalise_age(raw, history))
    sex = _agreed(record.descriptions, "Sex", lambda raw: normalise_sex(raw, history))
    return patient_told(PatientId.of_case(case_id), history, age, sex)


def _agreed(
    descriptions: tuple[Description, ...], key: str, normalise: Callable[[str | None], Normalised[Value]]
) -> Normalised[Value]:
    """Return the first value that is understood, else the first; "58" and "58.0" agree, and NaN contradicts nothing."""
    written = [description.values[key] for description in descriptions if key in description.values]
    telling = [raw for raw in written if null_rule(raw) is None] or written
    answers = [normalise(raw) for raw in dict.fromkeys(telling)] or [normalise(None)]
    chosen = next((answer for answer in answers if answer.value is not None), answers[0])
    return chosen.in_conflict(any(answer.value != chosen.value for answer in answers))


def _texts(record: Record) -> tuple[dict[Section, str], dict[str, str | None], list[LedgerEntry]]:
    """Divide texts into sections and the rest; a text that says nothing ("N/A") is kept in the rest, as written."""
    sections: dict[Section, str] = {}
    rest: dict[str, str | None] = dict(record.document.extra)
    ledger: list[LedgerEntry] = []
    parts = (("Case", record.document.case, CASE_SECTIONS), ("Topic", record.document.topic, TOPIC_SECTIONS))
    for part, texts, known in parts:
        for key, raw in texts.items():
            section = known.get(key)
            text = normalise_text(raw)
            if section is not None and text.value is not None:
                sections[section] = text.value
            else:
                rest[f"{part}.{key}"] = raw
                ledger += [text.entry(f"sections.{section}")] if section is not None else []
    return sections, rest, ledger


def _topic(document: CaseDocument) -> tuple[Topic, list[LedgerEntry]]:
    texts = document.topic
    title = normalise_line(texts.get("Title"))
    acr_code = normalise_acr_code(texts.get("ACR Code"), written_as_number="ACR Code" in document.topic_numbers)
    category = normalise_line(texts.get("Category"))
    ledger = [
        title.entry("topic.title"),
        acr_code.entry("topic.acr_code"),
        category.entry("topic.pathology_category"),
    ]
    return Topic(title.value, acr_code.value, category.value), ledger


def _images(record: Record, links: Mapping[str, tuple[str, ...]]) -> tuple[tuple[Image, ...], list[LedgerEntry]]:
    """Return the described images in source order, then those that are only listed."""
    types = record.document.types
    described = {description.image_name for description in record.descriptions}
    images: list[Image] = []
    ledger: list[LedgerEntry] = []
    for description in record.descriptions:
        image, entries = _image(description, types.get(description.image_name), links)
        images.append(image)
        ledger += entries
    for name, kind in types.items():
        if name not in described:
            modality = normalise_modality(None, kind)
            image_id = f"{SOURCE}:{name}"
            images.append(Image(image_id, modality=modality.value, links=links.get(name, ()), problem=NO_DESCRIPTION))
            ledger.append(modality.entry(f"images[{image_id}].modality"))
    return tuple(images), ledger


def _image(
    description: Description, listed_type: str | None, links: Mapping[str, tuple[str, ...]]
) -> tuple[Image, list[LedgerEntry]]:
    values = description.values
    modality_text, plane_text, type_text = values.get("Modality"), values.get("Plane"), values.get("Type")
    lists_disagree = None not in (listed_type, type_text) and listed_type != type_text
    modality = normalise_modality(modality_text, type_text or listed_type).in_conflict(lists_disagree)
    technique = normalise_technique(modality_text)
    plane = normalise_plane(plane_text)
    view = normalise_view(plane_text)
    depiction = normalise_depiction(plane_text, modality_text)
    region = normalise_region(values.get("Location Category"))
    location = normalise_location(values.get("Location"))
    acr_code = normalise_acr_code(values.get("ACR Codes"), written_as_number="ACR Codes" in description.numbers)
    caption = normalise_text(values.get("Caption"))
    image = Image(
        image_id=f"{SOURCE}:{description.image_name}",
        modality=modality.value,
        technique=technique.value or (),
        plane=plane.value,
        view=view.value,
        depiction=depiction.value,
        region=region.value,
        anatomical_location=location.value,
        acr_code=acr_code.value,
        caption=caption.value,
        links=links.get(description.image_name, ()),
        source_values={key: values.get(key) for key in IMAGE_KEYS} | dict(values),
    )
    normalised: dict[str, Normalised[object]] = {
        "modality": modality,
        "technique": technique,
        "plane": plane,
        "view": view,
        "depiction": depiction,
        "region": region,
        "anatomical_location": location,
        "acr_code": acr_code,
    }
    if caption.rule is not Rule.AS_WRITTEN:
        normalised["caption"] = caption
    return image, [value.entry(f"images[{image.image_id}].{name}") for name, value in normalised.items()]
