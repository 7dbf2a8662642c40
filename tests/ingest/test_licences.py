"""Of two licences the stricter one holds, and where neither is, both."""

from __future__ import annotations

import pytest

from ingest.licences import is_free, licence_address, stricter_licence


@pytest.mark.parametrize(
    ("licence", "other", "expected"),
    [
        ("CC BY 4.0", "CC BY", "CC BY 4.0"),
        ("CC BY", "CC BY-NC", "CC BY-NC"),
        ("CC BY-NC-ND 4.0", "CC BY-ND", "CC BY-NC-ND 4.0"),
        ("CC0", "CC BY-SA 3.0", "CC BY-SA 3.0"),
        ("Public Domain", "CC0 1.0", "Public Domain"),
        ("CC BY", "house rules", "house rules"),
        (None, "CC BY", "CC BY"),
        ("CC BY-NC", None, "CC BY-NC"),
        (None, None, None),
        ("CC BY-SA", "CC BY-NC", "CC BY-SA; CC BY-NC"),
        ("CC BY-NC", "house rules", "CC BY-NC; house rules"),
        ("CC BY-SA; CC BY-NC", "CC BY-NC", "CC BY-SA; CC BY-NC"),
        ("CC BY-SA; CC BY-NC", "CC BY-NC-ND-SA", "CC BY-SA; CC BY-NC; CC BY-NC-ND-SA"),
    ],
)
def test_the_stricter_of_two_licences_holds(licence, other, expected):
    assert stricter_licence(licence, other) == expected


def test_two_licences_side_by_side_are_not_free_and_have_no_one_address():
    both = stricter_licence("CC BY-SA 4.0", "CC BY-NC 4.0")
    assert not is_free(both)
    assert both is not None
    assert licence_address(both) is None
