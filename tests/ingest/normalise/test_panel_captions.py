from __future__ import annotations

import time

import pytest

from ingest.normalise.panel_captions import panel_captions

AXIAL_CORONAL = (("a", "Axial"), ("b", "Coronal"))


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("Chest CT. (A) Nodule. (B) Effusion.", {"a": "Chest CT. (A) Nodule.", "b": "Chest CT. (B) Effusion."}),
        (
            "MRI, axial (a) and coronal (b) sections.",
            {"a": "MRI, axial (a) sections.", "b": "and coronal (b) sections."},
        ),
        (
            "Images showing (a) axial, (b) coronal views.",
            {"a": "Images showing (a) axial", "b": "Images showing (b) coronal views."},
        ),
        ("(A\u2013C) Before. (D) After.", {**dict.fromkeys("abc", "(A\u2013C) Before."), "d": "(D) After."}),
        (
            "Opacity (c, d), and tibia (a, b).",
            {**dict.fromkeys("ab", "and tibia (a, b)"), **dict.fromkeys("cd", "Opacity (c, d)")},
        ),
        ("A, Axial CT. B, Coronal CT.", {"a": "A, Axial CT.", "b": "B, Coronal CT."}),
        ("CT. a: axial; b: coronal", {"a": "CT. a: axial;", "b": "CT. b: coronal"}),
        ("a Axial CT. b Coronal CT.", {"a": "a Axial CT.", "b": "b Coronal CT."}),
        ("(B) Coronal. (A) Axial.", {"a": "(A) Axial.", "b": "(B) Coronal."}),
        ("(a) Axial. It shows a mass. (b) Coronal.", {"a": "(a) Axial. It shows a mass.", "b": "(b) Coronal."}),
        ("(a) Axial. (b) Coronal. A mass is seen.", {"a": "(a) Axial.", "b": "(b) Coronal. A mass is seen."}),
        ("(a) Axial. Arrow: mass. (b) Coronal.", {"a": "(a) Axial. Arrow: mass.", "b": "(b) Coronal."}),
        ("(a). A mass. (b). Another.", {"a": "(a). A mass.", "b": "(b). Another."}),
        ("Axial (a). Coronal (b). A mass.", {"a": "A mass. Axial (a).", "b": "A mass. Coronal (b)."}),
        (
            "Axial (a) and coronal (b) sections. A mass.",
            {"a": "A mass. Axial (a) sections.", "b": "A mass. and coronal (b) sections."},
        ),
        (
            "CT (axial. a mass) of (a) chest, (b) abdomen.",
            {"a": "CT (axial. a mass) of (a) chest", "b": "CT (axial. a mass) of (b) abdomen."},
        ),
        ("As in Fig. 2. (a) Axial. (b) Coronal.", {one: f"As in Fig. 2. ({one}) {is_}." for one, is_ in AXIAL_CORONAL}),
        ("(a1) Axial. (a2) Coronal. (b) T1.", {"a1": "(a1) Axial.", "a2": "(a2) Coronal.", "b": "(b) T1."}),
        ("(a1-a3) Axial. (b) T1.", {**dict.fromkeys(("a1", "a2", "a3"), "(a1-a3) Axial."), "b": "(b) T1."}),
        (
            "(a)-(c) Axial T1. (d, e) T2.",
            {**dict.fromkeys("abc", "(a)-(c) Axial T1."), **dict.fromkeys("de", "(d, e) T2.")},
        ),
        ("(A-B and D) T1. (C) T2.", {**dict.fromkeys("abd", "(A-B and D) T1."), "c": "(C) T2."}),
        ("(A) T1. (a) is none. (B) T2. (C) CT.", {"a": "(A) T1. (a) is none.", "b": "(B) T2.", "c": "(C) CT."}),
        ("(a) Axial; (b) coronal; (c) sagittal", {"a": "(a) Axial;", "b": "(b) coronal;", "c": "(c) sagittal"}),
        ("a) Axial T1. b) Coronal T2.", {"a": "a) Axial T1.", "b": "b) Coronal T2."}),
        ("a) CT, b) MRI", {"a": "a) CT", "b": "b) MRI"}),
        ("A) CT B) MRI", {"a": "A) CT", "b": "B) MRI"}),
        ("a) CT. b) MRI, c) PET", {"a": "a) CT.", "b": "b) MRI", "c": "c) PET"}),
        ("a) CT (axial), b, c) MRI", {"a": "a) CT (axial)", **dict.fromkeys("bc", "b, c) MRI")}),
        ("(1) CT (2) MRI", {"1": "(1) CT", "2": "(2) MRI"}),
        ("(1) CT: mass. (2) MRI.", {"1": "(1) CT: mass.", "2": "(2) MRI."}),
        ("(1-3) Before. (4) After.", {**dict.fromkeys("123", "(1-3) Before."), "4": "(4) After."}),
        ("(1, 2 and 3) T1; (4): T2", {**dict.fromkeys("123", "(1, 2 and 3) T1;"), "4": "(4): T2"}),
        ("1) CT, 2) MRI.", {"1": "1) CT", "2": "2) MRI."}),
        ("(i) CT (ii) MRI (iii) PET", {"i": "(i) CT", "ii": "(ii) MRI", "iii": "(iii) PET"}),
        (
            "(I) Before. (II and III) After.",
            {"i": "(I) Before.", **dict.fromkeys(("ii", "iii"), "(II and III) After.")},
        ),
        ("i) Axial; ii) coronal CT", {"i": "i) Axial;", "ii": "ii) coronal CT"}),
        ("Chest CT. (1) Mass. (2) Node.", {"1": "Chest CT. (1) Mass.", "2": "Chest CT. (2) Node."}),
        ("Chest CT: (1) axial, (2) coronal", {"1": "Chest CT: (1) axial", "2": "Chest CT: (2) coronal"}),
        ("Findings: (1) axial CT, (2) MRI", {"1": "Findings: (1) axial CT", "2": "Findings: (2) MRI"}),
        ("(a) CT with 1) a mass 2) fluid. (b) T1.", {"a": "(a) CT with 1) a mass 2) fluid.", "b": "(b) T1."}),
        ("Upper: T1. Lower: T2.", {"upper": "Upper: T1.", "lower": "Lower: T2."}),
        ("Left: CT. Right: MRI.", {"left": "Left: CT.", "right": "Right: MRI."}),
    ],
)
def test_a_caption_is_cut_by_its_letters(caption: str, expected: dict[str, str]) -> None:
    found = panel_captions(caption)
    names = [panel.panel for panel in found.panels]
    assert {name: found.text_of(name, caption) for name in names} == expected


@pytest.mark.parametrize(
    "caption",
    [
        "Mature bone (B) and marrow (M).",
        "A 45-year-old man with CT.",
        "Vitamin A. B cells.",
        "Scan (R).",
        "Left: CT.",
        "CT (a) only.",
        "The patient had 1) pain 2) fever.",
        "CT of a patient with a) pain, b) fever.",
        "CT after (1) surgery and (2) radiotherapy.",
        "Symptoms: (1) pain (2) fever",
        "He came with: a) pain, b) fever",
        "1) Loss of sulci\n2) Effacement",
        "CT: 1) mass 2) effusion",
        "CT (1). MRI (2).",
        "Axial CT. Liver (1), spleen (2), kidney (3).",
        "(1) CT (3) MRI",
        "(2) CT (3) MRI",
        "(1) CT (2) MRI (2) PET",
        "(i) CT (II) MRI",
        "(1) CT (ii) MRI",
        "(1) CT only",
        "a) CT only",
        "Hepatitis (type a) and (type b) on CT.",
        "(vitamin a) CT (vitamin b) MRI",
        "",
    ],
)
def test_letters_that_are_no_alphabet_cut_nothing(caption: str) -> None:
    assert panel_captions(caption).panels == ()


def test_what_stands_before_the_first_letter_and_a_legend_are_shared() -> None:
    caption = "Coronary angiogram. (a) Left. (b) Right. RCA: right coronary artery."
    found = panel_captions(caption)
    assert [caption[start:end] for start, end in found.shared] == ["Coronary angiogram.", "RCA: right coronary artery."]


def test_panels_stand_in_the_order_of_the_alphabet_and_one_that_is_not_named_has_what_is_common() -> None:
    caption = "Chest CT. (B) Effusion. (A) Nodule."
    found = panel_captions(caption)
    assert [panel.panel for panel in found.panels] == ["a", "b"]
    assert found.text_of("c", caption) == "Chest CT."


def test_numbers_and_roman_numerals_stand_in_the_order_of_the_caption() -> None:
    numerals = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"]
    roman = panel_captions(" ".join(f"({numeral}) Slice." for numeral in numerals))
    assert [panel.panel for panel in roman.panels] == numerals
    numbers = [str(number) for number in range(1, 12)]
    numbered = panel_captions(" ".join(f"({number}) Slice." for number in numbers))
    assert [panel.panel for panel in numbered.panels] == numbers


@pytest.mark.parametrize("piece", ["i, ", "a) x ", "(1) x ", "1 and "])
def test_a_caption_of_nothing_but_labels_is_read_at_once(piece: str) -> None:
    start = time.monotonic()
    panel_captions(piece * 2_000)
    assert time.monotonic() - start < 5


def test_brackets_around_several_letters_belong_to_them() -> None:
    caption = "((a), (b)) before and ((c), (d)) after surgery"
    found = panel_captions(caption)
    said = {panel.panel: found.text_of(panel.panel, caption) for panel in found.panels}
    assert said == {**dict.fromkeys("ab", "((a), (b)) before and"), **dict.fromkeys("cd", "((c), (d)) after surgery")}


def test_panels_that_are_told_by_position_stand_in_the_order_of_the_caption() -> None:
    assert [panel.panel for panel in panel_captions("Right: MRI. Left: CT.").panels] == ["right", "left"]
    assert [panel.panel for panel in panel_captions("Bottom: MRI. Top: CT.").panels] == ["bottom", "top"]
    assert [panel.panel for panel in panel_captions("Upper: T1. Middle: T2. Lower: CT.").panels] == [
        "upper", "middle", "lower"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("(a) Axial (as in [x. y]). Mass. (b) Coronal.", {"a": "(a) Axial (as in [x. y]). Mass.", "b": "(b) Coronal."}),
        ("Bone] (a) axial (x. y). (b) Coronal.", {"a": "Bone] (a) axial (x. y).", "b": "(b) Coronal."}),
        ("CT, i.e. axial (a) and coronal (b).", {"a": "CT, i.e. axial (a)", "b": "and coronal (b)"}),
        ("(a-b, d) T1. (c) T2.", {**dict.fromkeys("abd", "(a-b, d) T1."), "c": "(c) T2."}),
        (
            "(a1-a2, b1-b2) T1. (c) T2.",
            {**dict.fromkeys(("a1", "a2", "b1", "b2"), "(a1-a2, b1-b2) T1."), "c": "(c) T2."},
        ),
        ("a, axial T1. B, axial. b, coronal.", {}),
        *(
            (
                f"Axial (a) and coronal (b) CT {opening}slice 3; portal phase{closing} of a mass.",
                {
                    "a": f"Axial (a) CT {opening}slice 3; portal phase{closing} of a mass.",
                    "b": f"and coronal (b) CT {opening}slice 3; portal phase{closing} of a mass.",
                },
            )
            for opening, closing in ("()", "[]")
        ),
        ("(A-C, E-G) T1. (D) T2.", {**dict.fromkeys("abcefg", "(A-C, E-G) T1."), "d": "(D) T2."}),
        (
            "(a1-a3, b1-b3) T1. (c) T2.",
            {**dict.fromkeys(("a1", "a2", "a3", "b1", "b2", "b3"), "(a1-a3, b1-b3) T1."), "c": "(c) T2."},
        ),
        ("(a1-b) T1. (c) T2.", {**dict.fromkeys(("a1", "b"), "(a1-b) T1."), "c": "(c) T2."}),
        ("(a1-b2) T1. (c) T2.", {**dict.fromkeys(("a1", "b2"), "(a1-b2) T1."), "c": "(c) T2."}),
        (
            "(a) Old. (b) New. (A) T1. (B) T2. (C) T3.",
            {
                name: f"(a) Old. (b) New. {said}"
                for name, said in zip("abc", ("(A) T1.", "(B) T2.", "(C) T3."), strict=True)
            },
        ),
    ],
)
def test_brackets_abbreviations_and_ranges_in_lists(caption: str, said: dict[str, str]) -> None:
    found = panel_captions(caption)
    assert {panel.panel: found.text_of(panel.panel, caption) for panel in found.panels} == said
