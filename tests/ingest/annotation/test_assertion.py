"""What a text asserts of a finding, and on which side. The texts are our own."""

import time

import pytest

from ingest.annotation.annotate import annotate_text
from ingest.annotation.sentences import sentence_ends
from ingest.vocabulary import ConceptKind, Section

P, A, U, H = "present", "absent", "uncertain", "historical"


def readings(text, section=Section.FINDINGS):
    return {
        text[a.start : a.end]: str(a.assertion)
        for a in annotate_text(text, section)
        if a.kind in (ConceptKind.FINDING, ConceptKind.TREATMENT, ConceptKind.EXAM)
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There is a mass.", {"mass": P}),
        ("No mass, hemorrhage or midline shift.", {"mass": A, "hemorrhage": A, "midline shift": A}),
        ("Without hydrocephalus", {"hydrocephalus": A}),
        ("No evidence of fracture.", {"fracture": A}),
        ("Negative for pneumothorax", {"pneumothorax": A}),
        ("The lungs are free of consolidation.", {"consolidation": A}),
        ("Pleural effusion is absent.", {"Pleural effusion": A}),
        ("An effusion was not seen.", {"effusion": A}),
        ("Aneurysm has been ruled out.", {"Aneurysm": A}),
        ("Infarct was excluded.", {"Infarct": A}),
        ("w/o ascites", {"ascites": A}),
        ("There is no mass but edema is seen.", {"mass": A, "edema": P}),
        ("No mass. Edema is seen.", {"mass": A, "Edema": P}),
        ("No mass; edema is seen", {"mass": A, "edema": P}),
        ("No mass\nEdema", {"mass": A, "Edema": P}),
        ("No mass; however, a cyst", {"mass": A, "cyst": P}),
        ("No abnormality except a small cyst.", {"cyst": P}),
        ("The mass, which shows no calcification, with necrosis", {"mass": P, "calcification": A, "necrosis": P}),
        ("No new tumor.", {}),
        ("Not as bright as the aorta, with edema", {"edema": P}),
        ("Absence of a cyst as well as atrophy", {"cyst": A, "atrophy": P}),
        ("The previously noted mass", {"mass": P}),
        ("A non-invasive procedure", {}),
        ("A mass (no calcification) with edema", {"mass": P, "calcification": A, "edema": P}),
        ("No change in the mass.", {"mass": P}),
        ("No increase in edema", {"edema": P}),
        ("Not only edema is seen", {"edema": P}),
        ("Walks without difficulty, swelling of the knee", {"swelling": P}),
        ("No enhancement of the mass.", {"enhancement": A, "mass": P}),
        ("The mass shows no enhancement.", {"mass": P, "enhancement": A}),
        ("Large mass and hydrocephalus is not seen", {"mass": A, "hydrocephalus": A}),
        ("Mass is large and hydrocephalus is not seen", {"Mass": P, "hydrocephalus": A}),
        ("CT without contrast: mass", {"CT": P, "mass": P}),
        ("CT W/O contrast demonstrating a mass", {"CT": P, "mass": P}),
        ("Non-contrast CT, mass", {"CT": P, "mass": P}),
        ("A non-enhancing mass", {"enhancing": A, "mass": P}),
        ("Nonenhancing mass", {"Nonenhancing": A, "mass": P}),
        ("An unenhancing mass", {"unenhancing": A, "mass": P}),
        ("No change, indicating a benign lesion", {"lesion": P}),
        ("No flow, consistent with thrombosis", {"thrombosis": P}),
        ("Absent ventricle and a cyst", {"cyst": P}),
        ("Absence of a dissection or coarctation", {"dissection": A, "coarctation": A}),
        ("As would be seen if there was a coarctation", {"coarctation": U}),
        ("Abscess could not be entirely excluded.", {"Abscess": U}),
        ("CT was neg for fracture", {"CT": P, "fracture": A}),
        ("A cyst that was not appreciated on ultrasound", {"cyst": P, "ultrasound": P}),
        ("A stone not present on previous CT", {"stone": P, "CT": H}),
        ("Without injury, history of pneumonia", {"pneumonia": H}),
        ("No significant history of pneumonia", {"pneumonia": A}),
        ("The mass is likely a hemangioma.", {"mass": P, "hemangioma": U}),
        ("A hemangioma is likely.", {"hemangioma": U}),
        ("This makes abscess unlikely.", {"abscess": U}),
        ("An abscess was unlikely because there was no edema.", {"abscess": U, "edema": A}),
        ("Differential considerations include abscess and tumor.", {"abscess": U, "tumor": U}),
        ("There is a suggestion of edema.", {"edema": U}),
        ("No suggestion of edema.", {"edema": A}),
        ("No fracture in the setting of osteopenia", {"fracture": A, "osteopenia": P}),
        ("Possible abscess", {"abscess": U}),
        ("This may represent an infarct.", {"infarct": U}),
        ("Suspicious for metastasis", {"metastasis": U}),
        ("Abscess cannot be excluded.", {"Abscess": U}),
        ("Tumor versus abscess", {"Tumor": U, "abscess": U}),
        ("Hemorrhage vs. calcification", {"Hemorrhage": U, "calcification": U}),
        ("Likely thrombus with edema", {"thrombus": U, "edema": P}),
        ("No mass, possible edema", {"mass": A, "edema": U}),
        ("A mass, possibly a cyst", {"mass": P, "cyst": U}),
        ("Rule out fracture", {"fracture": U}),
        ("History of stroke.", {"stroke": H}),
        ("History of stroke, now with hydrocephalus", {"stroke": H, "hydrocephalus": P}),
        ("Prior infarct", {"infarct": H}),
        ("Prior CT showed a mass", {"CT": H, "mass": H}),
        ("Previous chest x-ray demonstrated a nodule and an effusion.", {"chest x-ray": H, "nodule": H, "effusion": H}),
        ("Prior MRI of the brain had shown edema, now with a mass", {"MRI": H, "edema": H, "mass": P}),
        ("Prior CT showed a mass, but MRI showed a cyst.", {"CT": H, "mass": H, "MRI": P, "cyst": P}),
        ("Prior CT showed no mass.", {"CT": H, "mass": A}),
        ("Compared with the prior CT, a mass has grown.", {"CT": H, "mass": P}),
        ("Old fracture of a rib", {"fracture": H}),
        ("No prior history of tumor", {"tumor": A}),
        ("No significant past history of aneurysm", {"aneurysm": A}),
        ("3 week history of swelling", {"swelling": P}),
        ("Family history of aneurysm", {}),
        ("Family Hx: aneurysm", {}),
        ("The effusion has resolved.", {"effusion": H}),
        ("A 3.5 cm mass, no edema", {"mass": P, "edema": A}),
        ("No mass was seen by Dr. Smith, hemorrhage or cyst", {"mass": A, "hemorrhage": A, "cyst": A}),
        ("No mass is seen on CT.", {"mass": A, "CT": P}),
        ("No CT was made.", {"CT": A}),
        ("CT showed no fracture.", {"CT": P, "fracture": A}),
        ("Non-calcified nodule", {"nodule": P}),
    ],
)
def test_assertion(text, expected):
    assert readings(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Status post craniotomy", {"craniotomy": H}),
        ("S/p nephrectomy, now on chemotherapy", {"nephrectomy": H, "chemotherapy": P}),
        ("She underwent resection.", {"resection": P}),
        ("Antibiotics were not given.", {"Antibiotics": A}),
        ("Surgery is planned.", {"Surgery": U}),
    ],
)
def test_assertion_of_treatments(text, expected):
    assert readings(text, Section.TREATMENT) == expected


def test_anatomy_is_never_denied():
    anatomy = [a for a in annotate_text("No mass in the liver", Section.FINDINGS) if a.kind is ConceptKind.ANATOMY]
    assert [(a.concept_id, a.assertion) for a in anatomy] == [("anatomy:liver", P)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A left frontal mass.", {"mass": "left"}),
        ("Left-sided pneumothorax", {"pneumothorax": "left"}),
        ("Bilateral pleural effusions", {"pleural effusions": "bilateral"}),
        ("Effusions on both sides", {"Effusions": "bilateral"}),
        ("A mass in the right upper lobe", {"mass": "right"}),
        ("Right mass. Cyst.", {"mass": "right", "Cyst": None}),
        ("Right mass, and a cyst", {"mass": "right", "cyst": None}),
        ("Effusion and left pneumothorax", {"Effusion": None, "pneumothorax": "left"}),
        ("Right effusion and left pneumothorax", {"effusion": "right", "pneumothorax": "left"}),
        ("Left greater than right effusions", {"effusions": "bilateral"}),
        ("A right-handed man with a mass", {"mass": None}),
        ("The cyst was left untreated", {"cyst": None}),
        ("Thrombus in the left atrium", {"Thrombus": None}),
        ("Mass at L4, R hip", {"Mass": None}),
        ("Rt hip fracture", {"fracture": "right"}),
        ("Mass in the L frontal lobe", {"Mass": "left"}),
        ("Mass at the L spine", {"Mass": None}),
        ("L to R shunt, mass", {"mass": None}),
        ("Nodule in the right middle lobe", {"Nodule": "right"}),
        ("Both early and delayed enhancement", {"enhancement": None}),
        ("Nodules in both lungs", {"Nodules": "bilateral"}),
        ("Mass extends to the left apex", {"Mass": None, "extends to": "left"}),
        ("Opacity in the left lower lobe consistent with pneumonia", {"Opacity": "left", "pneumonia": "left"}),
        ("A hyperdense, heterogeneous mass on the left", {"hyperdense": "left", "mass": "left"}),
        ("Bibasilar atelectasis", {"atelectasis": "bilateral"}),
        ("A mass in the left kidney and a cyst in the spleen", {"mass": "left", "cyst": None}),
        ("Mass in the left kidney and mass in the right kidney, cyst", {"Mass": "left", "mass": "right", "cyst": None}),
        ("Left effusion and atelectasis in the lower lobe", {"effusion": "left", "atelectasis": "left"}),
        ("In the left femur, there is edema.", {"edema": "left"}),
        ("A cyst. Within the right lung, a nodule", {"cyst": None, "nodule": "right"}),
        ("CT: In addition, in the left femur, edema", {"edema": "left"}),
        ("In a child with a left mass, a cyst", {"mass": "left", "cyst": None}),
        ("Reduced attenuation (darker) in the left lobe", {"Reduced attenuation": "left"}),
        ("Effusion (more on the right) and a mass", {"Effusion": None, "mass": None}),
        ("Bi-apical opacities and bihilar adenopathy", {"opacities": "bilateral", "adenopathy": "bilateral"}),
        ("Bitemporal hemianopsia and a mass", {"mass": None}),
        (
            "A hypodense and minimally enhancing lesion at the right apex",
            {"hypodense": "right", "enhancing": "right", "lesion": "right"},
        ),
    ],
)
def test_laterality(text, expected):
    found = {
        text[a.start : a.end]: a.laterality
        for a in annotate_text(text, Section.FINDINGS)
        if a.kind is ConceptKind.FINDING
    }
    assert found == expected


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", [""]),
        ("One. Two", ["One.", " Two"]),
        ("A 3.5 cm mass. No", ["A 3.5 cm mass.", " No"]),
        ("Dr. Smith saw it.", ["Dr. Smith saw it."]),
        ("Seen.Not seen", ["Seen.", "Not seen"]),
        ("a\nb\r\nc", ["a\n", "b\r", "\n", "c"]),
        ("x vs. y! z", ["x vs. y!", " z"]),
        (f"{'long line ' * 7}\ngoes on", [f"{'long line ' * 7}\ngoes on"]),
    ],
)
def test_sentences_end_at_full_stops_and_line_ends(text, sentences):
    ends = sentence_ends(text)
    assert [text[start:end] for start, end in zip([0, *ends], ends, strict=False)] == sentences


@pytest.mark.parametrize(
    "unit",
    [
        *("no mass ", "mass, ", "no ", "(", "mass ) ( ", ". ", "a", " ", "left mass and ", "mass versus ", "the mass "),
        *("\n", "is not seen ", "mass is not seen ", "A.", "possible mass in the "),
    ],
)
def test_t34_long_texts_take_linear_time(unit):
    text = unit * (50_000 // len(unit))
    annotate_text("warm", Section.DISCUSSION)
    start = time.process_time()
    annotate_text(text, Section.DISCUSSION)
    assert time.process_time() - start < 1.5  # quadratic time would be minutes
