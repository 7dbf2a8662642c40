"""Compare what a question asks for with what a case says, finding by finding, disease by disease, image by image.

Where both have a finding and not at the same place, it differs, and both places are told.
"""

from __future__ import annotations

from collections.abc import Iterator

from ingest.annotation.annotate import annotate_text, concepts
from ingest.annotation.apart import Spot
from ingest.concepts.diagnosis import diagnosis_concept_id
from ingest.concepts.diagnosis_names import name_of_concept
from ingest.concepts.diagnosis_parents import all_broader, disease_key
from ingest.concepts.lexicon import says_little, whole_and_parts, with_narrower
from ingest.normalise.age_words import age_in_words
from ingest.vocabulary import Section
from rag.search.diagnoses import is_named
from rag.search.facts import Asked, Facts, ImageLabels, Spots
from rag.search.reasons import HitReason, HitReasons, Line, on_lines
from rag.search.spots import meeting, names, told
from rag.search.traits import Aspect

_PARTS_TOLD = 2
_NO_SPOT = frozenset({Spot()})
# Ages from which on a patient is of the group.
_AGE_GROUPS = (
    (65, "elderly"),
    (40, "middle-aged"),
    (18, "young adult"),
    (12, "adolescent"),
    (2, "child"),
    (0, "infant"),
)
_ADULT, _NEAR_YEARS = 18, 10  # adults of two groups, but so near in age, are neither alike nor different
Told = Iterator[tuple[Line, HitReason]]


def hit_reasons(asked: Asked, case: Facts) -> HitReasons:
    """Return the three lines for a case."""
    findings = list(_of_findings(asked.facts, case))
    found = {reason.name.casefold() for line, reason in findings if line is not Line.LACKS}  # these say where
    told_of = [
        *((line, reason) for line, reason in _of_diseases(asked, case) if reason.name.casefold() not in found),
        *findings,
        *_of_places(asked, case),
        *_of_images(asked.facts, case),
        *_of_patient(asked.facts, case),
    ]
    return on_lines(told_of, _also_shown(asked.facts, case))


def _of_diseases(asked: Asked, case: Facts) -> Told:
    for disease in asked.diseases:
        name = name_of_concept(disease.name) if disease.name == disease.concept_id else disease.name
        if case.diagnosis and is_named(disease, case.diagnosis):
            yield Line.SHARES, HitReason(Aspect.DIAGNOSIS, name, name)
        elif any(is_named(disease, considered) for considered in case.considered):
            yield Line.SHARES, HitReason(Aspect.CONSIDERED, name, f"{name} (considered)")
        else:
            yield Line.LACKS, HitReason(Aspect.DIAGNOSIS, name, name)
            if case.diagnosis:
                yield from _above_both(_all_above(disease.concept_id), _with_broader(case.diagnosis))
    if asked.facts.diagnosis and case.diagnosis:
        yield from _of_diagnoses(asked.facts, asked.facts.diagnosis, case, case.diagnosis)


def _of_diagnoses(asked: Facts, own: str, case: Facts, other: str) -> Told:
    shared = list(_above_both(_with_broader(own), _with_broader(other)))
    yield from shared
    if shared:
        return
    for name, considered, where in ((own, case.considered, "here"), (other, asked.considered, "there")):
        if disease_key(name) in map(disease_key, considered):
            called = name_of_concept(disease_key(name))
            yield Line.SHARES, HitReason(Aspect.CONSIDERED, called, f"{called} (considered {where})")


def _above_both(one: frozenset[str], other: frozenset[str]) -> Told:
    """Yield the narrowest diseases that are above both, or that both are."""
    both = one & other
    for concept_id in sorted(both):
        if not any(concept_id in all_broader(narrower) for narrower in both - {concept_id}):
            name = name_of_concept(concept_id)
            yield Line.SHARES, HitReason(Aspect.DIAGNOSIS, name, name)


def _with_broader(diagnosis: str) -> frozenset[str]:
    concept_id = diagnosis_concept_id(diagnosis)
    return _all_above(concept_id) if concept_id else frozenset()


def _all_above(concept_id: str) -> frozenset[str]:
    return all_broader(concept_id) | {concept_id}


def _of_findings(asked: Facts, case: Facts) -> Told:
    for concept_id, spots in _narrowest(asked.shown).items():
        if not says_little(concept_id) or _kinds_in(concept_id, {**case.shown, **case.uncertain}):
            yield _of_asked(concept_id, spots, case)
    for concept_id, spots in asked.denied.items():
        yield from _of_denied(concept_id, spots, asked, case)


def _of_asked(concept_id: str, spots: frozenset[Spot], case: Facts) -> tuple[Line, HitReason]:
    """Say how a case has a finding that is asked for."""
    for found, doubt in ((case.shown, ""), (case.uncertain, "uncertain")):
        kinds = _kinds_in(concept_id, found)
        met = [(kind, there) for kind in kinds if (there := meeting(told(spots), told(found[kind])))]
        if met:  # of several, the one whose text says where, if it was asked where
            kind, there = min(met, key=lambda one: spots != _NO_SPOT and one[1] == _NO_SPOT)
            return Line.SHARES, _finding(concept_id, kind, "" if spots == _NO_SPOT else names(there), doubt)
        if kinds and not doubt:
            elsewhere = names({spot for kind in kinds for spot in found[kind]})
            return Line.DIFFERS, _finding(concept_id, kinds[0], f"{elsewhere}; asked: {names(spots)}")
    denied = case.denied.get(concept_id, frozenset())
    if not meeting(spots, denied):
        return Line.LACKS, _finding(concept_id, concept_id)
    where = "" if Spot() in denied or spots != _NO_SPOT else names(denied)
    return Line.LACKS, _finding(concept_id, concept_id, f"ruled out: {where}" if where else "ruled out")


def _of_denied(concept_id: str, spots: frozenset[Spot], asked: Facts, case: Facts) -> Told:
    """Say how a case has a finding that is asked to be absent; nothing where it does not speak of it."""
    name = concepts()[concept_id].name
    if says_little(concept_id):
        return
    for kind in _kinds_in(concept_id, case.shown):
        if kind not in asked.shown and meeting(spots, case.shown[kind]):
            yield Line.DIFFERS, _finding(concept_id, kind, "asked: none")
            return
    if meeting(spots, case.denied.get(concept_id, frozenset())):
        yield Line.SHARES, HitReason(Aspect.ABSENT_FINDING, name, f"no {name}")


def _finding(concept_id: str, kind: str, *said: str) -> HitReason:
    name = concepts()[concept_id].name
    called = name if kind == concept_id else f"{name}: {concepts()[kind].name}"
    beside = "; ".join(filter(None, said))
    return HitReason(Aspect.FINDING, name, f"{called} ({beside})" if beside else called, concept_id)


def _kinds_in(concept_id: str, found: Spots) -> list[str]:
    """Return the finding itself and its kinds, as far as they are found and say something: a mass, no "lesion"."""
    kinds = with_narrower(concept_id)
    telling = (name for name in found if name in kinds and not says_little(name))
    return sorted(telling, key=lambda name: name != concept_id)


def _narrowest(shown: Spots) -> dict[str, frozenset[Spot]]:
    """Leave out what another finding is a kind of."""
    return {
        name: spots
        for name, spots in shown.items()
        if not any(other != name and other in with_narrower(name) for other in shown)
    }


def _of_places(asked: Asked, case: Facts) -> Told:
    """Say whether a case speaks of the places that are asked for, but of those that stand beside a finding already."""
    for concept_id in asked.places:
        if _stands_beside_a_finding(concept_id, asked.facts, case):
            continue
        name = concepts()[concept_id].name
        parts = sorted(concepts()[part].name for part in whole_and_parts(concept_id) & case.places)
        if not parts:
            yield Line.LACKS, HitReason(Aspect.ANATOMY, name, name)
        else:
            words = name if name in parts else f"{name}: {', '.join(parts[:_PARTS_TOLD])}"
            yield Line.SHARES, HitReason(Aspect.ANATOMY, name, words)


def _stands_beside_a_finding(place: str, asked: Facts, case: Facts) -> bool:
    """Tell whether a place is that of a finding which the case has at a place of its own, or on the other side."""
    for name, spots in asked.shown.items():
        found = frozenset(spot for kind in _kinds_in(name, case.shown) for spot in case.shown[kind])
        if found and place in {spot.place for spot in spots}:
            return any(spot.place for spot in found) or not meeting(spots, told(found))
    return False


def _of_images(asked: Facts, case: Facts) -> Told:
    for aspect in ImageLabels().by_aspect:
        wanted, found = (
            {str(label) for image in facts.images if (label := image.by_aspect[aspect])} for facts in (asked, case)
        )
        for name in sorted(wanted & found):
            yield Line.SHARES, HitReason(aspect, name, name)
        if wanted and found and wanted.isdisjoint(found):
            name = ", ".join(sorted(found))
            yield Line.DIFFERS, HitReason(aspect, name, f"{name} (asked: {', '.join(sorted(wanted))})")


def _of_patient(asked: Facts, case: Facts) -> Told:
    if asked.age_years is not None and case.age_years is not None:
        ages = asked.age_years, case.age_years
        wanted, group = map(_age_group, ages)
        if wanted == group:
            yield Line.SHARES, HitReason(Aspect.AGE, group, group)
        elif min(ages) < _ADULT or abs(ages[0] - ages[1]) > _NEAR_YEARS:
            words = f"{age_in_words(case.age_years)} (asked: {age_in_words(asked.age_years)})"
            yield Line.DIFFERS, HitReason(Aspect.AGE, group, words)
    if asked.sex and case.sex:
        if asked.sex == case.sex:
            yield Line.SHARES, HitReason(Aspect.SEX, case.sex, case.sex)
        else:
            yield Line.DIFFERS, HitReason(Aspect.SEX, case.sex, f"{case.sex} (asked: {asked.sex})")


def _age_group(age_years: float) -> str:
    return next(name for begins, name in _AGE_GROUPS if age_years >= begins)


def _also_shown(asked: Facts, case: Facts) -> Iterator[HitReason]:
    """Yield the findings that only the case has, but those that its diagnosis is named by."""
    of_diagnosis = {mention.concept_id for mention in annotate_text(case.diagnosis or "", Section.FINDINGS)}
    known = {kind for concept_id in (*asked.shown, *asked.denied) for kind in with_narrower(concept_id)}
    for concept_id in _narrowest(case.shown):
        if concept_id not in known | of_diagnosis and not says_little(concept_id):
            yield _finding(concept_id, concept_id)
