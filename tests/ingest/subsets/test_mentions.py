"""Images stand in a text where their figures are first mentioned, each once."""

from __future__ import annotations

import pytest
from case_factory import make_image

from ingest.subsets.mentions import with_images
from ingest.subsets.recipe import Mentions


def image(label, panel=None):
    return make_image("x", source_values={"label": label, **({"panel": panel} if panel else {})})


def of_release(label, component):
    return make_image("x", source_values={"label": label, "component": component})


ONE = [image("Figure 1")]
PANELS = [image("Figure 1", "a"), image("Figure 1", "b"), image("Figure 2")]
RELEASED = [of_release("Figure 1", "a"), of_release("Figure 1", "b"), of_release("Figure 2", "undivided")]


@pytest.mark.parametrize(
    ("text", "images", "expected", "order"),
    [
        ("A mass (Fig. 1) was seen.", ONE, "A mass <0> was seen.", (0,)),
        ("A mass (see Figure 1).", ONE, "A mass <0>.", (0,)),
        ("Figure 1 shows a mass.", ONE, "<0> shows a mass.", (0,)),
        ("CT (Fig. 1B, then Fig. 1A).", PANELS[:2], "CT (<1>, then <0>).", (1, 0)),
        ("CT (Figs. 1A, B and 2).", PANELS, "CT <0><1><2>.", (0, 1, 2)),
        ("CT (Figure 1) and MRI (Figure 2).", PANELS, "CT <0><1> and MRI <2>.", (0, 1, 2)),
        ("Seen (Fig. 1), again (Fig. 1).", ONE, "Seen <0>, again.", (0,)),
        ("Seen (Fig. 1). Figure 1 says it.", ONE, "Seen <0>. Figure 1 says it.", (0,)),
        ("Seen (Fig. 7).", ONE, "Seen (Fig. 7).\n<0>", (0,)),
        ("No figure.", PANELS[:2], "No figure.\n<0><1>", (0, 1)),
        ("CT (Fig. 1B, then Fig. 1A).", RELEASED, "CT (<1>, then <0>).\n<2>", (1, 0, 2)),
        ("MRI (Fig. 2B).", RELEASED[2:], "MRI <0>.", (0,)),
        ("", ONE, "<0>", (0,)),
        ("Figure 1", [make_image("x")], "Figure 1\n<0>", (0,)),
    ],
)
def test_an_image_takes_the_place_of_its_first_mention(text, images, expected, order):
    files = [f"f{place}" for place in range(len(images))]
    by_path = with_images(text, images, files, Mentions.PATH)
    assert by_path.order == order
    for place, file in enumerate(files):
        expected_path = expected.replace(f"<{place}>", f"[{file}]")
        expected = expected_path
    assert by_path.text == expected


def test_marks_come_in_the_order_of_the_images():
    placed = with_images("B (Fig. 2), A (Fig. 1).", [image("Figure 1"), image("Figure 2")], ["a", "b"], Mentions.MARK)
    assert placed.text == "B <image>, A <image>."
    assert placed.order == (1, 0)
