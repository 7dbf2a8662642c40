from __future__ import annotations

import pytest

from ingest.normalise.panel_captions import panel_captions


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
        ("((a), (b)) before and ((c), (d)) after surgery", None),
        ("Left: CT. Right: MRI.", {"left": "Left: CT.", "right": "Right: MRI."}),
    ],
)
def test_a_caption_is_cut_by_its_letters(caption: str, expected: dict[str, str] | None) -> None:
    found = panel_captions(caption)
    names = [panel.panel for panel in found.panels]
    if expected is None:
        assert names == ["a", "b", "c", "d"]
        return
    assert {name: found.text_of(name, caption) for name in names} == expected


@pytest.mark.parametrize(
    "caption", ["Mature bone (B) and marrow (M).", "A 45-year-old man with CT.", "Vitamin A. B cells.", "Scan (R).", ""]
)
def test_letters_that_are_no_alphabet_cut_nothing(caption: str) -> None:
    assert panel_captions(caption).panels == ()


def test_what_stands_before_the_first_letter_and_a_legend_are_shared() -> None:
    caption = "Coronary angiogram. (a) Left. (b) Right. RCA: right coronary artery."
    found = panel_captions(caption)
    assert [caption[start:end] for start, end in found.shared] == ["Coronary angiogram.", "RCA: right coronary artery."]
