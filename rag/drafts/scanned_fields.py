"""What scans show: the fields of the body that are scanned, and their organs in the order of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ingest.concepts.lexicon import concepts
from ingest.vocabulary import Region


@dataclass(frozen=True)
class Organ:
    """An organ, as a report heads it: the places that are of it with all their parts, and findings that only it has."""

    name: str
    places: frozenset[str]
    findings: frozenset[str]


@dataclass(frozen=True)
class ScannedField:
    """What a scan shows, and its organs in the order of a report.

    Attributes
    ----------
    named_by : frozenset of str
        Places that name this field rather than another of its region.
    """

    name: str
    region: Region
    organs: tuple[Organ, ...]
    named_by: frozenset[str] = frozenset()

    @property
    def organ_names(self) -> tuple[str, ...]:
        """Return the names of its organs."""
        return tuple(organ.name for organ in self.organs)

    @cached_property
    def of_places(self) -> Mapping[str, str]:
        """By place, the organ that it is of."""
        return {place: organ.name for organ in self.organs for place in organ.places}

    @cached_property
    def of_findings(self) -> Mapping[str, str]:
        """By finding, the organ that alone has it."""
        return {finding: organ.name for organ in self.organs for finding in organ.findings}

    def count_of(self, places: Iterable[str]) -> int:
        """Return how many of the places are of this field."""
        return sum(place in self.named_by or organ_of(place, self.of_places) is not None for place in places)


def organ_of(place: str, organs: Mapping[str, str]) -> str | None:
    """Return the organ of a place, or of the nearest place that it is a part of."""
    level = (place,)
    while level:
        found = next((organs[one] for one in level if one in organs), None)
        if found:
            return found
        known = concepts()
        level = tuple(above for one in level if one in known for above in known[one].part_of)
    return None


def _organ(name: str, places: str, findings: str = "") -> Organ:
    return Organ(
        name,
        frozenset(f"anatomy:{place}" for place in places.split()),
        frozenset(f"finding:{finding}" for finding in findings.split()),
    )


def _places(names: str) -> frozenset[str]:
    return frozenset(f"anatomy:{name}" for name in names.split())


_KIDNEYS = _organ(
    "Kidneys and ureters", "kidney ureter renal-vein", "hydronephrosis kidney-stone pyelonephritis horseshoe-kidney"
)
_BLADDER = _organ("Bladder", "urinary-bladder")
_REPRODUCTIVE = _organ("Reproductive organs", "prostate testis uterus ovary vagina", "fibroid varicocele endometriosis")
_NODES = _organ("Lymph nodes", "lymph-node", "lymphadenopathy")

FIELDS: tuple[ScannedField, ...] = (
    ScannedField(
        "head",
        Region.HEAD,
        (
            _organ(
                "Brain",
                "brain posterior-fossa middle-cranial-fossa cerebellopontine-angle",
                "brain-atrophy brain-herniation midline-shift sulcal-effacement loss-of-gray-white-differentiation "
                "white-matter-lesion demyelination gliosis encephalitis heterotopia schizencephaly polymicrogyria "
                "chiari-malformation intracranial-hemorrhage multiple-sclerosis insular-ribbon-sign",
            ),
            _organ(
                "Ventricles",
                "lateral-ventricle third-ventricle fourth-ventricle septum-pellucidum",
                "hydrocephalus transependymal-flow",
            ),
            _organ(
                "Meninges and extra-axial spaces",
                "basal-cistern",
                "subarachnoid-hemorrhage subdural-hematoma epidural-hematoma leptomeningeal-enhancement dural-tail "
                "meningitis pneumocephalus",
            ),
            _organ(
                "Sella",
                "sella-turcica suprasellar-region pituitary-gland cavernous-sinus optic-chiasm",
                "empty-sella",
            ),
            _organ(
                "Vessels",
                "middle-cerebral-artery circle-of-willis carotid-artery vertebral-artery",
                "aneurysm arteriovenous-malformation hyperdense-artery-sign vasospasm",
            ),
            _organ("Orbits", "orbit optic-nerve", "proptosis optic-neuritis"),
            _organ(
                "Sinuses and temporal bones",
                "paranasal-sinus nasal-cavity temporal-bone",
                "sinusitis mastoiditis cholesteatoma",
            ),
            _organ("Skull and scalp", "skull scalp mandible maxilla", "craniosynostosis encephalocele"),
        ),
    ),
    ScannedField(
        "neck",
        Region.HEAD,
        (
            _organ("Pharynx and larynx", "pharynx larynx"),
            _organ("Salivary glands", "parotid-gland"),
            _organ("Thyroid", "thyroid", "goiter"),
            _organ("Vessels", "carotid-artery vertebral-artery"),
            _NODES,
        ),
        named_by=_places("neck"),
    ),
    ScannedField(
        "chest",
        Region.THORAX,
        (
            _organ(
                "Lungs and airways",
                "lung trachea bronchus",
                "consolidation infiltrate ground-glass-opacity atelectasis interstitial-thickening honeycombing "
                "cavitation tree-in-bud emphysema bronchiectasis air-trapping air-bronchogram pneumonia "
                "interstitial-lung-disease peribronchial-thickening reticulonodular-pattern pulmonary-edema "
                "silhouette-sign luftsichel-sign",
            ),
            _organ(
                "Pleura",
                "pleura",
                "pneumothorax tension-pneumothorax pleural-effusion pleural-thickening hydropneumothorax hemothorax "
                "empyema mesothelioma split-pleura-sign",
            ),
            _organ(
                "Heart and pericardium",
                "heart pericardium",
                "cardiomegaly pericardial-effusion pericardial-thickening dextrocardia septal-defect",
            ),
            _organ(
                "Mediastinum and hila",
                "mediastinum hilum-of-lung thymus esophagus",
                "mediastinal-widening pneumomediastinum hilar-enlargement thymoma",
            ),
            _organ(
                "Great vessels",
                "aorta thoracic-aorta pulmonary-artery superior-vena-cava subclavian-artery",
                "pulmonary-embolism coarctation patent-ductus-arteriosus westermark-sign hampton-hump",
            ),
            _organ("Chest wall and diaphragm", "rib breast axilla diaphragm", "elevation-of-diaphragm"),
        ),
    ),
    ScannedField(
        "abdomen",
        Region.ABDOMEN,
        (
            _organ("Liver", "liver portal-vein", "hepatomegaly cirrhosis hepatocellular-carcinoma portal-venous-gas"),
            _organ(
                "Gallbladder and bile ducts",
                "gallbladder bile-duct",
                "gallstone biliary-dilatation cholecystitis choledocholithiasis cholangitis pneumobilia biloma",
            ),
            _organ("Spleen", "spleen", "splenomegaly"),
            _organ("Pancreas", "pancreas", "pancreatitis pseudocyst"),
            _organ("Adrenal glands", "adrenal-gland", "pheochromocytoma"),
            _KIDNEYS,
            _organ(
                "Stomach and bowel",
                "stomach bowel",
                "bowel-obstruction dilated-bowel bowel-intussusception volvulus diverticulum appendicitis "
                "appendicolith pneumatosis double-bubble-sign",
            ),
            _organ(
                "Peritoneum and mesentery",
                "peritoneum mesentery",
                "ascites free-air peritonitis omental-caking hemoperitoneum",
            ),
            _organ("Vessels", "aorta abdominal-aorta inferior-vena-cava superior-mesenteric-artery"),
            _NODES,
        ),
    ),
    ScannedField("pelvis and urinary tract", Region.REPRODUCTIVE_AND_URINARY, (_KIDNEYS, _BLADDER, _REPRODUCTIVE)),
    ScannedField(
        "bones and joints",
        Region.SPINE_AND_MUSCLES,
        (
            _organ(
                "Bones",
                "bone bone-marrow humerus femur tibia fibula iliac-bone",
                "fracture marrow-edema lytic-lesion sclerotic-lesion bone-erosion bone-destruction bone-remodeling "
                "periosteal-reaction cortical-disruption bone-expansion osteopenia osteomyelitis sequestrum nonunion "
                "avulsion osteosarcoma chondrosarcoma ewing-sarcoma osteochondroma osteoma fibrous-dysplasia",
            ),
            _organ(
                "Joints and cartilage",
                "meniscus",
                "joint-effusion effusion dislocation joint-space-narrowing subchondral-cyst osteophyte "
                "osteochondral-defect synovitis arthritis lipohemarthrosis meniscal-tear",
            ),
            _organ(
                "Ligaments and tendons",
                "anterior-cruciate-ligament",
                "ligament-tear tendon-tear tendinosis double-pcl-sign",
            ),
            _organ("Soft tissues", "muscle soft-tissue skin", "soft-tissue-mass cellulitis fasciitis myositis"),
        ),
        named_by=_places("shoulder elbow hand hip knee foot"),
    ),
    ScannedField(
        "spine",
        Region.SPINE_AND_MUSCLES,
        (
            _organ(
                "Vertebrae and alignment",
                "vertebra sacrum bone bone-marrow",
                "fracture compression-fracture spondylolisthesis scoliosis marrow-edema lytic-lesion sclerotic-lesion",
            ),
            _organ("Discs", "intervertebral-disc", "disc-herniation disc-space-narrowing disc-desiccation discitis"),
            _organ("Spinal canal and cord", "spinal-cord spinal-canal", "spinal-stenosis cord-compression syrinx"),
            _organ("Soft tissues", "muscle soft-tissue skin", "soft-tissue-mass"),
        ),
        named_by=_places("spine"),
    ),
)
