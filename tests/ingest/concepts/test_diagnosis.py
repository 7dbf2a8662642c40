"""Names of one diagnosis meet, step by step and explained; different diagnoses do not."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.concepts.diagnosis import (
    DiagnosisTable,
    Step,
    diagnosis_codes,
    diagnosis_concept_id,
    diagnosis_name,
    diagnosis_table,
    explain_diagnosis,
)
from ingest.concepts.diagnosis_words import WORD_RULES, plain_words, read_diagnoses

SIDES = ("left", "right", "bilateral", "unilateral")
AMBIGUOUS = "ABC AML ASD CCA GCT HP MCA MCL MCN MI MS NOF OCD PCP PDA PE PNET RA RDS SMA SPN TS"
TABLE_NAMES = [name for entry in read_diagnoses()["diagnoses"] for name in (entry["name"], *entry.get("synonyms", ()))]


@pytest.mark.parametrize(
    "spelling",
    [
        "Arteriovenous Malformation (AVM)",
        "arteriovenous malformation",
        "Arteriovenous Malformation.",
        "  Arteriovenous   Malformation \r\n",
        "Arteriovenous\u00a0Malformation;",
        "ARTERIOVENOUS MALFORMATION (A.V.M.)",
        "- Arteriovenous malformation",
        "“Arteriovenous malformation”",
        "Arterio-venous malformations",
        "AVM",
        "AVMs",
        "A.V.M.",
        "AVM (arteriovenous malformation)",
        "A: Arteriovenous malformation",
    ],
)
def test_spellings_of_one_name_meet(spelling: str) -> None:
    assert diagnosis_concept_id(spelling) == "diagnosis:arteriovenous-malformation"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Carcinoma, renal cell", "Renal cell carcinoma"),
        ("RCC", "Renal Cell Carcinomas (RCC)"),
        ("Hernia, hiatal", "Hiatal hernia"),
        ("Haemangioma", "Hemangioma"),
        ("Cerebral oedema", "Cerebral edema"),
        ("Wilms' tumour", "Nephroblastoma"),
        ("Sub-arachnoid haemorrhage", "SAH"),
        ("Metastases", "Metastasis"),
        ("Hepatic metastases", "Liver metastasis"),
        ("Crohn\u2019s disease", "Crohns disease"),
        ("Crohn's Disease", "Crohn disease"),
        ('TAKAYASU"S ARTERITIS', "Takayasu arteritis"),
        ("Neurofibromatosis Type I", "Neurofibromatosis type 1"),
        ("Neurofibromatosis type 1 (NF1)", "NF1"),
        ("Salter-Harris III fracture", "Salter Harris type 3 fracture"),
        ("Adenocarcinoma of the lung", "Lung adenocarcinoma"),
        ("Coarctation of aorta", "Coarctation of the aorta"),
        ("L1 burst fracture", "Burst fracture of L1"),
        ("Acoustic neuroma (vestibular schwannoma)", "Vestibular schwannoma"),
        ("OPLL - Ossification of the Posterior Longitudinal Ligament", "OPLL"),
        ("Gall bladder carcinoma", "Carcinoma of the gallbladder"),
        ("Disc herniation", "Disk herniation"),
        ("Sj\u00f6gren's syndrome", "Sjogren syndrome"),
        ("Gastro-oesophageal reflux disease", "Gastroesophageal reflux disease"),
    ],
)
def test_names_of_one_diagnosis_meet(one: str, other: str) -> None:
    assert diagnosis_concept_id(one) == diagnosis_concept_id(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Glioma (left)", "Glioma (right)"),
        ("Astrocytoma (III)", "Astrocytoma (II)"),
        ("Astrocytoma, grade 2", "Astrocytoma"),
        ("Type 1 tumor", "Type 2 tumor"),
        ("Acute abscess", "Abscess"),
        ("Low-grade glioma", "High-grade glioma"),
        ("Fracture (PCL)", "Fracture"),
        ("Ischemia (ICA)", "Ischemia"),
        ("Avascular necrosis of the femoral heads", "Avascular necrosis of the femoral head"),
        ("Bilateral avascular necrosis of the femoral heads", "Avascular necrosis of the femoral heads"),
        ("HER2+ breast cancer", "HER2 breast cancer"),
        ("Nodule < 3 cm", "Nodule > 3 cm"),
        ("Hepatitis A", "Hepatitis"),
        ("Non-Hodgkin lymphoma", "Hodgkin lymphoma"),
        ("Nontraumatic aortic dissection", "Traumatic aortic dissection"),
        ("Parosteal osteosarcoma", "Periosteal osteosarcoma"),
        ("Dermoid cyst", "Epidermoid cyst"),
        ("Dermoid tumor", "Desmoid tumor"),
        ("Chondroma", "Enchondroma"),
        ("Lobar holoprosencephaly", "Semilobar holoprosencephaly"),
        ("Hypothyroidism", "Hyperthyroidism"),
        ("Osteopetrosis", "Osteoporosis"),
        ("Renal lymphoma", "Retinal lymphoma"),
        ("Cavernous hemangioma", "Cavernous malformation"),
        ("Pseudotumor cerebri", "Idiopathic intracranial hypertension"),
        ("Septic emboli", "Septic embolism"),
        ("Metastatic adenocarcinoma of the lung", "Lung metastatic adenocarcinoma"),
        ("Lymphoma, leukemia", "Leukemia lymphoma"),
        ("Gastric cancer without metastasis", "Gastric cancer with metastasis"),
        ("Renal cyst (simple)", "Renal cyst (complex)"),
        ("GCT", "Giant cell tumor"),
        ("GCT", "Germ cell tumor"),
        ("AML", "Angiomyolipoma"),
        ("MS", "Multiple sclerosis"),
        ("PE", "Pulmonary embolism"),
        ("\u0915\u094d\u0937\u092f", "\u0915\u0937\u092f"),
    ],
)
def test_names_that_say_different_things_stay_apart(one: str, other: str) -> None:
    assert diagnosis_concept_id(one) != diagnosis_concept_id(other)


def test_each_step_from_a_name_to_its_concept_is_told() -> None:
    assert explain_diagnosis("RCCs") == (
        Step("abbreviation written out", "RCCs", "renal cell carcinomas"),
        Step("singular", "renal cell carcinomas", "renal cell carcinoma"),
    )
    assert [step.rule for step in explain_diagnosis("Acoustic neuromas.")] == [
        "cleaned",
        "words",
        "singular",
        "synonym",
    ]
    assert explain_diagnosis("") == ()


@given(st.text() | st.sampled_from(TABLE_NAMES))
def test_the_steps_lead_from_the_name_to_the_id(name: str) -> None:
    steps = explain_diagnosis(name)
    assert all(step.before != step.after for step in steps)
    if steps:
        assert steps[0].before == name
        assert [step.before for step in steps[1:]] == [step.after for step in steps[:-1]]
        concept_id = diagnosis_concept_id(name)
        assert concept_id is None or concept_id == f"diagnosis:{'-'.join(steps[-1].after.split())}"


@pytest.mark.parametrize("nothing", ["", " \r\n", "...", "-", "()", "\u200b"])
def test_nothing_is_no_diagnosis(nothing: str) -> None:
    assert diagnosis_name(nothing) is None
    assert diagnosis_concept_id(nothing) is None


def test_a_name_keeps_its_letters_and_loses_its_line_ends() -> None:
    assert diagnosis_name(" Crohn\u2019s  Disease (CD).\r\n") == "Crohn's Disease (CD)"


WORDS = [
    *SIDES, "1", "2", "II", "type", "grade", "of", "the", "and", ",", "(", ")", "-", "cyst", "cysts", "tumours", "lung",
    "renal", "RCC", "AVM", "sub", "non", "fractures", "haematoma", "Carcinoma", "gall", "bladder", "metastases", "NF1",
    "(AVM)", "A:", "with", "disease", "'s", "Crohn", "femoral", "heads",
]  # fmt: skip
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=7).map(" ".join)


@given(st.text() | NAMES | st.sampled_from(TABLE_NAMES))
def test_a_name_comes_to_rest(name: str) -> None:
    """The id of a cleaned name, and of the words of an id, is that id again."""
    concept_id = diagnosis_concept_id(name)
    shown = diagnosis_name(name)
    if concept_id is None:
        assert shown is None
        return
    assert shown is not None
    assert diagnosis_name(shown) == shown
    assert diagnosis_concept_id(shown) == concept_id
    words = concept_id.removeprefix("diagnosis:")
    assert words
    assert diagnosis_concept_id(words.replace("-", " ")) == concept_id


def told_apart_by(name: str) -> Counter[str]:
    """What must never differ between two names that meet: digits, and words of side; II is 2."""
    arabic = {"ii": "2", "nf1": "1", "bilaterally": "bilateral"}
    words = [arabic.get(word, word) for word in plain_words(name)]
    digits = Counter(letter for word in words for letter in word if letter.isdigit())
    return digits + Counter({side: 1 for side in SIDES if side in words})


@given(NAMES, NAMES)
def test_names_that_meet_have_the_same_digits_and_sides(one: str, other: str) -> None:
    if diagnosis_concept_id(one) == diagnosis_concept_id(other):
        assert told_apart_by(one) == told_apart_by(other)


@given(
    st.sampled_from(TABLE_NAMES),
    st.sampled_from(["{} {}", "{1}, {0}", "{1} ({0})", "{1} - {0}", "{1} of the {0} lung", "{1} type {0}"]),
    st.lists(st.sampled_from([*SIDES, "1", "2", "III", "IV", ""]), min_size=2, max_size=2, unique=True),
)
def test_a_side_or_a_number_makes_another_diagnosis(name: str, shape: str, qualifiers: list[str]) -> None:
    one, other = (diagnosis_concept_id(shape.format(qualifier, name)) for qualifier in qualifiers)
    assert one != other


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1))
def test_blanks_and_punctuation_around_a_name_do_not_matter(name: str) -> None:
    assert diagnosis_concept_id(f"  {name}. ") == diagnosis_concept_id(name)


def test_the_table_never_names_two_concepts_alike_and_keeps_digits_and_sides() -> None:
    claimed: dict[str, str] = {}
    for entry in read_diagnoses()["diagnoses"]:
        concept_id = diagnosis_concept_id(entry["name"])
        assert concept_id is not None
        for name in (entry["name"], *entry.get("synonyms", ())):
            assert diagnosis_concept_id(name) == concept_id
            assert claimed.setdefault(" ".join(plain_words(name)), concept_id) == concept_id
            assert told_apart_by(name) == told_apart_by(entry["name"])


def test_no_abbreviation_with_two_meanings_is_written_out() -> None:
    assert not set(AMBIGUOUS.split()) & read_diagnoses()["abbreviations"].keys()
    for abbreviation, name in read_diagnoses()["abbreviations"].items():
        assert abbreviation.isupper()
        assert diagnosis_concept_id(abbreviation) == diagnosis_concept_id(name)
        assert diagnosis_concept_id(f"{name} ({abbreviation})") == diagnosis_concept_id(name)


@pytest.mark.parametrize(("rule", "change"), WORD_RULES)
@given(words=st.lists(st.sampled_from([word.casefold() for word in WORDS]), max_size=6))
def test_a_rule_on_words_makes_no_word_empty_and_keeps_digits(rule: str, change, words: list[str]) -> None:
    before = tuple(word for text in words for word in plain_words(text))
    after = change(before)
    assert all(after), rule
    assert bool(after) == bool(before)
    assert told_apart_by(" ".join(after)) == told_apart_by(" ".join(before))


def test_every_merge_can_be_undone_and_every_missed_one_made() -> None:
    ours = diagnosis_table()
    apart = ours.decided(keep_apart=["Acoustic neuroma", "RCC"])
    assert diagnosis_concept_id("Acoustic Neuroma", apart) == "diagnosis:acoustic-neuroma"
    assert [step.rule for step in explain_diagnosis("Acoustic Neuroma", apart)] == ["kept apart"]
    assert diagnosis_concept_id("RCC", apart) == "diagnosis:rcc"
    same = ours.decided(same_as=[("Grawitz tumour", "Renal cell carcinoma")])
    assert diagnosis_concept_id("Grawitz tumour", same) == "diagnosis:renal-cell-carcinoma"
    assert diagnosis_concept_id("Grawitz tumour") == "diagnosis:grawitz-tumor"
    again = apart.decided(same_as=[("Acoustic neuroma", "Vestibular schwannoma")])
    assert diagnosis_concept_id("Acoustic neuroma", again) == "diagnosis:vestibular-schwannoma"
    assert isinstance(again, DiagnosisTable)


def test_a_long_text_is_no_name_and_costs_no_time() -> None:
    prose = "Abscess of the (" * 20_000
    assert len(explain_diagnosis(prose)) <= 2


def test_every_code_exists_and_says_what_the_table_says() -> None:
    import simple_icd_10_cm as icd
    from pydicom.sr.codedict import codes

    meanings: dict[str, set[str | None]] = {}
    for code in codes.SCT.concepts.values():
        bare = re.sub(r" \((?:disorder|finding|morphologic abnormality)\)$", "", code.meaning)
        meanings.setdefault(code.value, set()).update((diagnosis_concept_id(bare), diagnosis_concept_id(code.meaning)))
    for entry in read_diagnoses()["diagnoses"]:
        concept_id = diagnosis_concept_id(entry["name"])
        for scheme, code in entry.get("codes", {}).items():
            if scheme == "SCT":
                assert concept_id in meanings[code], entry["name"]
            else:
                assert scheme == "I10C"
                terms = [icd.get_description(code), *icd.get_inclusion_term(code)]
                assert concept_id in {diagnosis_concept_id(term) for term in terms}, entry["name"]


def test_a_concept_has_its_codes_and_an_unknown_one_has_none() -> None:
    assert diagnosis_codes("diagnosis:aortic-dissection") == {"SCT": "308546005"}
    assert diagnosis_codes("diagnosis:no-such-disease") == {}
