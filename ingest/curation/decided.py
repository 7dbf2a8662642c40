"""Apply what people decided to a case, and keep each decided case as the source has it.

`curated` is a function of the case as it was read and of the decisions about it, nothing else. So deciding at once
and ingesting again end in the same content digest, and a withdrawal needs no source: the case as read is kept beside
the decisions for as long as any of them holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.annotation.annotate import annotate
from ingest.case import Case, Image, LedgerEntry, parse_case, to_document
from ingest.curation.corrections import corrected, ledger_field, parse_value, require_correctable
from ingest.curation.decisions import Action, Box, Decision, active_decisions, by_case
from ingest.errors import InputError
from ingest.images.burned_in import BURNED_IN, burned_in
from ingest.images.decoding import DecodedImage
from ingest.images.derived import derived_image, format_box
from ingest.images.objects import ObjectStore
from ingest.normalise.normalised import Normalised, Rule
from ingest.remedies import Remedy, RemedyAction
from ingest.store.interface import Change, DocumentStore, Writer

AS_READ = "as-read"
"""Kind under which the store keeps a decided case as the source has it."""

Keep = Callable[[DecodedImage], str]


@dataclass(frozen=True)
class Decided:
    """The decisions that hold, and each decided case as it was last read."""

    decisions: Mapping[str, tuple[Decision, ...]]
    as_read: Mapping[str, Case]


def read_decided(store: DocumentStore) -> Decided:
    """Return what people decided, by case."""
    return Decided(by_case(active_decisions(store)), cases_as_read(store))


def cases_as_read(store: DocumentStore) -> dict[str, Case]:
    """Return the decided cases as the source has them, rejected ones too."""
    return {case_id: parse_case(document) for case_id, document in store.records(AS_READ).items()}


def kept_object_keys(store: DocumentStore) -> set[str]:
    """Return the objects that no live case may name and that are kept all the same: originals of decided images."""
    cases = cases_as_read(store).values()
    return {key for case in cases for image in case.images for key in image.object_keys}


def forget_as_read(writer: Writer, case_id: str) -> None:
    """Forget a case as the source has it; for whoever deletes a case, since it holds the whole of its text."""
    writer.delete_record(AS_READ, case_id)


def keep_as_read(writer: Writer, decided: Decided, case: Case) -> None:
    """Keep the case as read while decisions about it hold, and no longer."""
    known = decided.as_read.get(case.case_id)
    if case.case_id not in decided.decisions:
        if known is not None:
            forget_as_read(writer, case.case_id)
    elif known != case:
        writer.save_record(AS_READ, case.case_id, to_document(case))


def write_curated(store: DocumentStore, objects: ObjectStore, writer: Writer, case_id: str) -> Change | None:
    """Write a case as the decisions want it by now; None where there is nothing to decide on or to write.

    Whoever made a decision or withdrew one calls this: it starts from the case as read, never from the last outcome.
    """
    decided = read_decided(store)
    live = store.get(case_id).case if store.has(case_id) else None
    case = decided.as_read.get(case_id) or live
    if case is None:
        return None
    keep_as_read(writer, decided, case)
    outcome = curated(case, decided.decisions.get(case_id, ()), objects, objects.put)
    if outcome is not None:
        change = writer.write_cases([annotate(outcome)])[0]
    else:
        change = writer.delete_case(case_id) if live is not None else None
    _remove_derived(store, objects, live, outcome)
    return change


def _remove_derived(store: DocumentStore, objects: ObjectStore, before: Case | None, after: Case | None) -> None:
    """Remove the derived images that a case had and nothing names any more; originals are always kept."""
    gone = _derived_keys(before) - _derived_keys(after)
    if gone:
        images = [image for stored in store.cases() for image in stored.case.images]
        named = {key for image in images for key in (image.object_key, image.derived_from)}
        for object_key in gone - named - kept_object_keys(store):
            objects.remove(object_key)


def _derived_keys(case: Case | None) -> set[str]:
    images = case.images if case else ()
    return {image.object_key for image in images if image.object_key and image.derived_from}


def curated(case: Case, decisions: Sequence[Decision], objects: ObjectStore, keep: Keep) -> Case | None:
    """Return a case as read with the decisions about it applied in order; None where it is rejected.

    Raises
    ------
    InputError
        If a correction does not fit the vocabulary any more; the message names the decision.
    """
    if any(decision.action is Action.REJECT_CASE for decision in decisions):
        return None
    for decision in decisions:
        if decision.action is Action.ACCEPT:
            case = _accepted(case, decision)
        elif decision.action is Action.CORRECT:
            case = _corrected(case, decision)
    case = _with_derived_images(case, decisions, objects, keep)
    for decision in decisions:
        if decision.action is Action.REJECT_IMAGE:
            case = _without_image(case, decision)
    return case


def _accepted(case: Case, decision: Decision) -> Case:
    """Settle an entry of the ledger that still says what was accepted."""
    entry = case.current_ledger.get(ledger_field(decision.field or "", decision.image_id))
    if entry is None or (entry.raw, entry.value) != (decision.raw, decision.value):
        return case
    return _with_entry(case, replace(entry, rule=str(Rule.ACCEPTED), conflict=False))


def _corrected(case: Case, decision: Decision) -> Case:
    """Put the corrected value in; a source that changed its word since then is in conflict with it."""
    if decision.image_id is not None and not _has_image(case, decision.image_id):
        return case
    try:
        field = require_correctable(decision.field or "")
        value = parse_value(field, decision.value or "")
    except InputError as error:
        raise InputError(
            f"decision {decision.decision_id} cannot be applied: {error} Withdraw it.",
            remedy=Remedy(RemedyAction.WITHDRAW_DECISION, decision.decision_id),
        ) from error
    name = field.ledger_field(decision.image_id)
    before = case.current_ledger.get(name)
    raw = before.raw if before else None
    entry = Normalised(raw, value, Rule.CORRECTED, conflict=raw != decision.raw).entry(name)
    stored_value = () if value is None and field.path in ("differential_diagnosis", "technique") else value
    return _with_entry(corrected(case, field, stored_value, decision.image_id), entry)


def _without_image(case: Case, decision: Decision) -> Case:
    """Take the pixels of an image away; its name and what is said of it stay."""
    image = _image(case, decision.image_id)
    if image is None:
        return case
    reason = decision.reason or str(Rule.REJECTED)
    entry = _image_entry(image, Rule.REJECTED, None)
    gone = replace(image, object_key=None, grey_values=None, problem=None, rejected=reason)
    return _with_entry(_with_image(case, gone), entry)


def _with_derived_images(case: Case, decisions: Sequence[Decision], objects: ObjectStore, keep: Keep) -> Case:
    for image in case.images:
        about = [d for d in decisions if d.image_id == image.image_id and d.action in (Action.CROP, Action.MARK_TEXT)]
        if not about or image.object_key is None:
            continue
        if any(decision.raw != image.pixel_sha256 for decision in about):
            case = _withheld(case, image)
            continue
        boxes = [box for decision in about if decision.action is Action.MARK_TEXT for box in decision.boxes_px]
        crops = [decision.boxes_px[0] for decision in about if decision.action is Action.CROP]
        crop = crops[-1] if crops else None
        made = derived_image(objects.read(image.object_key), boxes, crop)
        case = _with_derived(case, _derived(image, made, keep(made), crop), boxes)
    return case


def _derived(image: Image, made: DecodedImage, object_key: str, crop: Box | None) -> Image:
    return replace(
        image,
        object_key=object_key,
        pixel_sha256=made.pixel_sha256,
        width_px=made.width_px,
        height_px=made.height_px,
        derived_from=image.object_key,
        crop_box_px=crop,
        grey_values=None,  # they show what was redacted
        source_values=_looked_at_again(image.source_values, made),
    )


def _looked_at_again(values: Mapping[str, str | None], made: DecodedImage) -> Mapping[str, str | None]:
    """Return what is told of an image with the text that is still burned in, where any was."""
    still = burned_in(made) if BURNED_IN in values else None
    kept = {name: value for name, value in values.items() if name != BURNED_IN}
    return {**kept, BURNED_IN: still} if still else kept


def _with_derived(case: Case, image: Image, boxes: Sequence[Box]) -> Case:
    """Put a derived image in, and say in the ledger what was done."""
    case = _with_image(case, image)
    if boxes:
        case = _with_entry(case, _image_entry(image, Rule.TEXT_REDACTED, "; ".join(map(format_box, boxes))))
    if image.crop_box_px:
        case = _with_entry(case, _image_entry(image, Rule.CROPPED, format_box(image.crop_box_px)))
    return case


def _withheld(case: Case, image: Image) -> Case:
    """Show nothing where a person marked other pixels: what was redacted then may stand elsewhere now."""
    problem = f"{Rule.IMAGE_CHANGED}; withdraw that decision and look again"
    entry = _image_entry(image, Rule.IMAGE_CHANGED, None)
    withheld = replace(image, object_key=None, grey_values=None, problem=problem)
    return _with_entry(_with_image(case, withheld), entry)


def _image_entry(image: Image, rule: Rule, value: str | None) -> LedgerEntry:
    """Return the line of the ledger for an image's pixels; its raw value is the object as it was read."""
    original = image.derived_from or image.object_key
    return LedgerEntry(ledger_field("pixels", image.image_id), original, str(rule), value)


def _has_image(case: Case, image_id: str) -> bool:
    return _image(case, image_id) is not None


def _image(case: Case, image_id: str | None) -> Image | None:
    return next((image for image in case.images if image.image_id == image_id), None)


def _with_image(case: Case, image: Image) -> Case:
    return replace(case, images=tuple(image if image.image_id == one.image_id else one for one in case.images))


def _with_entry(case: Case, entry: LedgerEntry) -> Case:
    return replace(case, ledger=(*case.ledger, entry))
