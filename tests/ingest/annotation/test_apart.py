"""What a case shows and what it denies are told apart by their places, or not at all."""

from __future__ import annotations

import pytest

from ingest.annotation.apart import Spot, told_apart

KIDNEY, LIVER, BRAIN, LOBE = (f"anatomy:{name}" for name in ("kidney", "liver", "brain", "frontal-lobe"))


@pytest.mark.parametrize(
    ("shown", "denied", "expected"),
    [
        ([Spot(KIDNEY, "left")], [Spot(LIVER)], (("left kidney",), ("liver",))),
        ([Spot(KIDNEY, "left")], [Spot(KIDNEY, "right")], (("left kidney",), ("right kidney",))),
        ([Spot(KIDNEY, "left"), Spot()], [Spot(LIVER), Spot()], (("left kidney",), ("liver",))),
        ([Spot(KIDNEY, "left")], [Spot(KIDNEY)], None),
        ([Spot(KIDNEY, "bilateral")], [Spot(KIDNEY, "right")], None),
        ([Spot(LOBE)], [Spot(BRAIN)], None),  # a part of it
        ([Spot(BRAIN)], [Spot(LOBE)], None),
        ([Spot(KIDNEY)], [Spot()], None),
        ([Spot()], [Spot(LIVER)], None),
        ([Spot("", "left")], [Spot("", "right")], None),
    ],
)
def test_spots_are_told_apart_where_none_holds_the_other(shown, denied, expected):
    apart = told_apart(shown, denied)
    assert (apart and (apart.shown, apart.denied)) == expected
