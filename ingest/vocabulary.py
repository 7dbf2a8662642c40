"""The controlled values of a case: one enum owns each list, everything else asks it.

Modalities are the codes of DICOM attribute Modality (0008,0060), PS3.3 C.7.3.1.1.1.
Regions are the five values of `Location Category` in MedPix 2.0.
"""

from __future__ import annotations

from enum import StrEnum


class Modality(StrEnum):
    """Kind of equipment that made an image, as a DICOM modality code."""

    CT = "CT"
    MR = "MR"
    US = "US"
    CR = "CR"
    DX = "DX"
    MG = "MG"
    NM = "NM"
    PT = "PT"
    XA = "XA"
    RF = "RF"
    ES = "ES"
    ECG = "ECG"
    OP = "OP"
    SM = "SM"
    GM = "GM"
    XC = "XC"
    OT = "OT"

    @property
    def label(self) -> str:
        """The modality in words, for people."""
        return _MODALITY_LABELS[self]


_MODALITY_LABELS = {
    Modality.CT: "computed tomography",
    Modality.MR: "magnetic resonance",
    Modality.US: "ultrasound",
    Modality.CR: "computed radiography",
    Modality.DX: "digital radiography",
    Modality.MG: "mammography",
    Modality.NM: "nuclear medicine",
    Modality.PT: "positron emission tomography",
    Modality.XA: "X-ray angiography",
    Modality.RF: "fluoroscopy",
    Modality.ES: "endoscopy",
    Modality.ECG: "electrocardiography",
    Modality.OP: "ophthalmic photography",
    Modality.SM: "slide microscopy",
    Modality.GM: "general microscopy",
    Modality.XC: "photograph",
    Modality.OT: "other",
}


class Plane(StrEnum):
    """Orientation of a slice."""

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"
    OBLIQUE = "oblique"


class View(StrEnum):
    """Projection of a radiograph."""

    AP = "AP"
    PA = "PA"
    LATERAL = "lateral"
    FRONTAL = "frontal"


class Depiction(StrEnum):
    """What an image is: a scan, a photograph, a drawing, ..."""

    SCAN = "scan"
    RECONSTRUCTION_3D = "3D reconstruction"
    MONTAGE = "montage"
    PHOTOGRAPH = "photograph"
    DRAWING = "drawing"
    GROSS_PATHOLOGY = "gross pathology"


class Region(StrEnum):
    """Region of the body, as MedPix 2.0 divides it."""

    HEAD = "Head"
    THORAX = "Thorax"
    ABDOMEN = "Abdomen"
    SPINE_AND_MUSCLES = "Spine and Muscles"
    REPRODUCTIVE_AND_URINARY = "Reproductive and Urinary System"


class Sex(StrEnum):
    """Sex of a patient, where the source says or implies it."""

    FEMALE = "female"
    MALE = "male"


class AgeUnit(StrEnum):
    """Unit in which the age of a patient was told."""

    DECADES = "decades"
    YEARS = "years"
    MONTHS = "months"
    WEEKS = "weeks"
    DAYS = "days"
    HOURS = "hours"


class Section(StrEnum):
    """A text of a case that people wrote; kept verbatim, and what an annotation's span points into.

    The order is the order of a report, then of the discussion of the disease.
    """

    TITLE = "title"
    HISTORY = "history"
    EXAM = "exam"
    FINDINGS = "findings"
    DIFFERENTIAL_DIAGNOSIS = "differential_diagnosis"
    DIAGNOSIS = "diagnosis"
    CONFIRMATION = "confirmation"
    DISCUSSION = "discussion"
    TREATMENT = "treatment"
    TOPIC_TITLE = "topic_title"
    TOPIC_DISCUSSION = "topic_discussion"
    CAPTION = "caption"  # of an image: the annotation then names the image


class Assertion(StrEnum):
    """Whether a text says that a finding is there.

    The four values follow the ConText algorithm (Harkema et al., J Biomed Inform 2009).
    """

    PRESENT = "present"
    ABSENT = "absent"
    UNCERTAIN = "uncertain"
    HISTORICAL = "historical"


class AnnotationSubject(StrEnum):
    """Whom a mention speaks of: this patient, or patients with the disease as the literature knows them."""

    PATIENT = "patient"
    LITERATURE = "literature"


class Setting(StrEnum):
    """How a finding of a patient was made: by asking and examining, or in images."""

    CLINICAL = "clinical"
    IMAGING = "imaging"


class AttributeKind(StrEnum):
    """What else a text says of a finding in the same breath; the words stand in `ingest/concepts/attributes.json`."""

    SEQUENCE = "sequence"
    PHASE = "phase"
    MARGIN = "margin"
    COMPOSITION = "composition"
    COMPARTMENT = "compartment"
    NUMBER = "number"
    SIZE = "size"  # as written, with its unit: "3.2 x 2.1 cm"
    CHRONICITY = "chronicity"
    NORMALITY = "normality"  # of an anatomy, never of a finding


class Laterality(StrEnum):
    """Side of the body."""

    LEFT = "left"
    RIGHT = "right"
    BILATERAL = "bilateral"


class ConceptKind(StrEnum):
    """What a concept of the lexicon is."""

    FINDING = "finding"
    ANATOMY = "anatomy"
    TREATMENT = "treatment"
    EXAM = "exam"
    CLINICAL = "clinical"  # what the patient tells, has or is examined for: symptom, sign, laboratory, risk


class Status(StrEnum):
    """Whether everything that the source promised of a case could be read."""

    COMPLETE = "complete"
    PARTIAL = "partial"
