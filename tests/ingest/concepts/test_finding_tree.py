"""What a finding is a kind of: a tree that a radiologist would draw, and where it begins on purpose."""

from __future__ import annotations

import pytest

from ingest.concepts.lexicon import concepts, with_broader, with_narrower
from ingest.vocabulary import ConceptKind

# Why a finding is a kind of nothing. A new one has a parent in findings.json, or a place here.
ROOTS = {
    "others are kinds of it": """
        abnormal-signal calcification compression congenital-anomaly contrast-enhancement defect deformity
        degenerative-change demyelination dilatation displacement disruption ectopic-gas edema effacement effusion
        embolus enlargement expansion fibrosis fistula fluid-collection fluid-level fracture gliosis height-loss
        hemorrhage hyperdensity infection inflammation interstitial-lung-disease ischemia lesion
        loss-of-gray-white-differentiation medical-device necrosis obstruction opacity ossification osteopenia
        phakomatosis stenosis stone tear tendinosis thickening thrombus torsion vascular-malformation volume-loss
        widening
    """,
    "how dense, bright, echogenic, perfused or active something is": """
        air-density decreased-uptake fat-attenuation fluid-attenuation hyperechogenicity
        hyperlucency hypervascularity hypodensity hypoechogenicity increased-uptake intermediate-signal internal-echoes
        isodensity isointensity mosaic-attenuation oligemia perfusion-defect restricted-diffusion soft-tissue-density
        washout
    """,
    "an effect of the technique on the image": """
        acoustic-enhancement acoustic-shadowing artifact blooming-artifact flow-void
    """,
    "how something else is bounded, built or shaped": """
        angulation architectural-distortion asymmetry bowing cavitation central-scar chondroid-matrix cleft flattening
        heterogeneity indentation irregularity loculation nodularity protrusion septation spiculation splaying thinning
        tortuosity
    """,
    "what something does to its neighbours": """
        adhesion encasement extension extravasation infiltration invasion involvement mass-effect obliteration prolapse
        retraction tethering
    """,
    "a sign that is seen with several diseases, and is none of them": """
        air-bronchogram beak-sign claw-sign comet-tail-sign crescent-sign double-bubble-sign double-pcl-sign
        eye-of-the-tiger-sign fat-stranding filling-defect halo-sign honeycombing lateral-femoral-notch-sign
        linguine-sign luftsichel-sign omental-caking silhouette-sign split-pleura-sign string-sign target-sign
        westermark-sign whirl-sign
    """,
    "a deposit: neither a stone nor a process": """
        fatty-infiltration hemosiderin mucus-plugging vegetation
    """,
    "an injury, or what is left of one: a fracture is no dislocation": """
        avulsion bone-fragment contusion dislocation dissection foreign-body laceration loose-body nonunion
        postoperative-change posttraumatic-change radiation-change rupture sprain
    """,
    "bone that is lost, added or pressed, whatever the reason": """
        bone-destruction bone-erosion bone-remodeling bone-resorption collapse disc-space-narrowing enthesophyte
        hyperostosis joint-space-narrowing marrow-replacement osteophyte periosteal-reaction sequestrum spondylolysis
    """,
    "an organ at a wrong place, too small, overgrown, empty, too full or blocked: no wider word is in use": """
        air-trapping ascites bowel-intussusception cardiac-tamponade disc-herniation brain-herniation diverticulum
        elevation-of-diaphragm empty-sella encephalomalacia engorgement hernia hyperplasia hypoinflation hypoplasia
        ileus mucocele occlusion proptosis retinal-detachment syrinx collateral-vessel feeding-vessel ulcer
        phthisis-bulbi
    """,
    "a disease with a name of its own: what it is a kind of is told of the diagnosis": """
        acute-respiratory-distress-syndrome alzheimer-disease amyloid-angiopathy amyloidosis atherosclerosis
        cardiomyopathy ectopic-pregnancy emphysema endometriosis fibromuscular-dysplasia hemochromatosis
        intracranial-hypertension langerhans-cell-histiocytosis leukodystrophy paget-disease polycystic-kidney-disease
        portal-hypertension prion-disease pseudomyxoma-peritonei pulmonary-hypertension rickets sarcoidosis
        thyroid-eye-disease wernicke-encephalopathy
    """,
}
FINDINGS = [concept for concept in concepts().values() if concept.kind is ConceptKind.FINDING]
ROOT_NAMES = [f"finding:{name}" for names in ROOTS.values() for name in names.split()]


def test_every_parent_exists_is_of_the_same_kind_and_leads_to_no_cycle():
    for concept in concepts().values():
        reached, rest = set[str](), list(concept.is_a)
        while rest:
            parent = concepts()[rest.pop()]
            assert parent.kind is concept.kind, concept.concept_id
            assert parent.concept_id != concept.concept_id
            rest += () if parent.concept_id in reached else parent.is_a
            reached.add(parent.concept_id)


def test_no_parent_is_above_another_parent_of_the_same_concept():
    twice = {
        (concept.concept_id, parent)
        for concept in concepts().values()
        for parent in concept.is_a
        if any(parent in with_broader(other) - {other} for other in concept.is_a)
    }
    assert twice == set()


def test_a_finding_without_parent_stands_on_the_list_with_its_reason():
    assert len(ROOT_NAMES) == len(set(ROOT_NAMES))
    assert sorted(c.concept_id for c in FINDINGS if not c.is_a) == sorted(ROOT_NAMES)


def test_the_roots_that_others_are_kinds_of_are_named_so():
    heads = {f"finding:{name}" for name in ROOTS["others are kinds of it"].split()}
    assert heads == {name for name in ROOT_NAMES if len(with_narrower(name)) > 1}


@pytest.mark.parametrize(
    ("narrower", "broader"),
    [
        ("carcinoma", "malignancy"),
        ("adenocarcinoma", "malignancy"),
        ("sarcoma", "malignancy"),
        ("lymphoma", "malignancy"),
        ("metastasis", "malignancy"),
        ("glioblastoma", "malignancy"),
        ("malignancy", "tumor"),
        ("glioma", "tumor"),
        ("tumor", "lesion"),
        ("mass", "lesion"),
        ("hematoma", "hemorrhage"),
        ("subdural-hematoma", "intracranial-hemorrhage"),
        ("intracranial-hemorrhage", "hemorrhage"),
        ("pulmonary-edema", "edema"),
        ("marrow-edema", "edema"),
        ("stress-fracture", "fracture"),
        ("pneumonia", "infection"),
        ("appendicitis", "inflammation"),
        ("pleural-effusion", "effusion"),
        ("consolidation", "opacity"),
        ("t2-hyperintensity", "signal-hyperintensity"),
        ("lacunar-infarct", "infarct"),
        ("avascular-necrosis", "necrosis"),
        ("pseudoaneurysm", "aneurysm"),
        ("free-air", "ectopic-gas"),
        ("septal-defect", "congenital-anomaly"),
        ("insular-ribbon-sign", "loss-of-gray-white-differentiation"),
        ("catheter", "medical-device"),
    ],
)
def test_a_radiologist_rolls_it_up(narrower: str, broader: str):
    assert f"finding:{broader}" in with_broader(f"finding:{narrower}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("edema", "mass-effect"),
        ("midline-shift", "mass-effect"),
        ("mass", "tumor"),
        ("tumor", "mass"),
        ("glioma", "malignancy"),
        ("osteoma", "malignancy"),
        ("disc-herniation", "hernia"),
        ("brain-herniation", "hernia"),
        ("joint-space-narrowing", "stenosis"),
        ("consolidation", "pneumonia"),
        ("bone-island", "tumor"),
        ("hyperplasia", "tumor"),
    ],
)
def test_what_only_goes_along_with_it_or_shares_a_word_is_no_kind_of_it(one: str, other: str):
    assert f"finding:{other}" not in with_broader(f"finding:{one}")
