"""A few cases for the tests of the graph: three that share things, and one whose every text is hostile."""

from __future__ import annotations

from dataclasses import replace

from ingest.case import Annotation, Case, Image, Patient, Topic
from ingest.vocabulary import Assertion, ConceptKind, Laterality, Modality, Plane, Region, Section, Sex

HOSTILE = 'O\'Brien "x" `Case` }) DETACH DELETE n // \\u0060 \u0060 $rows \n MATCH (n) {{}} %s 😀'


def finding(name: str, assertion: Assertion = Assertion.PRESENT, image_id: str | None = None) -> Annotation:
    """A mention of a finding, in the caption of an image or in the findings of the case."""
    return Annotation(
        concept_id=f"finding:{name}",
        kind=ConceptKind.FINDING,
        assertion=assertion,
        section=Section.CAPTION if image_id else Section.FINDINGS,
        start=0,
        end=len(name),
        annotator="test/1",
        laterality=Laterality.LEFT,
        image_id=image_id,
    )


def graph_case(number: int, **changes: object) -> Case:
    """A case with one axial MR image of the brain."""
    case_id = f"test:MPX{number}"
    image = Image(
        image_id=f"{case_id}_synpic{number}",
        object_key=f"ab/{number}.png",
        modality=Modality.MR,
        technique=("T2 weighted",),
        plane=Plane.AXIAL,
        region=Region.HEAD,
        anatomical_location="Brain and Neuro",
        acr_code="1.3",
        caption="mass",
    )
    case = Case(
        case_id=case_id,
        source="test",
        patient=Patient(f"{case_id}_patient", 40.0 + number, Sex.FEMALE),
        diagnosis="Glioblastoma multiforme (GBM)",
        differential_diagnosis=("Glioblastoma", "Metastasis", "Abscess"),
        confirmation="Biopsy",
        topic=Topic("Glioblastoma", "13.36", "Neoplasm, glial"),
        images=(image,),
    )
    return replace(case, **changes)


def image_of(case: Case, **changes: object) -> Image:
    """The first image of a case, changed."""
    return replace(case.images[0], **changes)


def three_cases() -> list[Case]:
    """1 and 2 share a rare finding; 3 shares with them the region and that it rules a mass out."""
    one, two, three = graph_case(1), graph_case(2), graph_case(3)
    return [
        replace(one, annotations=(finding("mass"), finding("edema", image_id=one.images[0].image_id))),
        replace(
            two,
            diagnosis="Cerebral abscess",
            annotations=(finding("mass"), finding("edema"), finding("hemorrhage", Assertion.UNCERTAIN)),
        ),
        replace(
            three,
            diagnosis="Normal variant",
            differential_diagnosis=(),
            topic=Topic(),
            images=(image_of(three, modality=Modality.CT, acr_code=None),),
            annotations=(
                finding("mass", Assertion.ABSENT),
                finding("edema"),
                finding("fracture", Assertion.HISTORICAL),
            ),
        ),
    ]


def hostile_case() -> Case:
    """Every text that reaches the graph is made to break out of a statement."""
    case = graph_case(666)
    return replace(
        case,
        case_id=f"test:{HOSTILE}",
        source=HOSTILE,
        patient=Patient(HOSTILE, 1.0, Sex.MALE),
        diagnosis=HOSTILE,
        differential_diagnosis=(HOSTILE + "2",),
        confirmation=HOSTILE,
        topic=Topic(HOSTILE, HOSTILE, HOSTILE),
        images=(image_of(case, image_id=HOSTILE, anatomical_location=HOSTILE, acr_code=HOSTILE, caption=HOSTILE),),
        annotations=(replace(finding("x", image_id=HOSTILE), concept_id=HOSTILE, annotator=HOSTILE),),
    )
