"""How many bits values really use, and the 8-bit levels that they are shown at.

Files often keep 8 or 12 bits in a container of 16, and say so wrongly or not at all. The depth therefore comes from
what the data hold: a header is believed unless the values exceed it, or stay so far below that all would be black.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_USUAL_DEPTHS = (8, 10, 12, 14)
_SAME_AS_CONTAINER = (16, 32)  # a header that says no more than the container


def depth_of(largest: int, said_bits: int) -> int:
    """Return the bits that values up to `largest` use, where the header says `said_bits`.

    A depth that equals the container's (16, 32) says nothing; then the smallest usual depth that holds the values.
    """
    used = max(int(largest).bit_length(), 1)
    if said_bits not in _SAME_AS_CONTAINER:
        return max(used, said_bits)
    return next((bits for bits in _USUAL_DEPTHS if used <= bits), max(used, 16))


def to_levels(values: np.ndarray, bits: int) -> np.ndarray:
    """Map unsigned values of `bits` bits to 8-bit levels: the high bits of more than 8, a scale for fewer."""
    import numpy as np

    if bits >= 8:
        return (values >> (bits - 8)).astype(np.uint8)
    return (values.astype(np.uint16) * 255 // (2**bits - 1)).astype(np.uint8)


def to_grey(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Map `low` to 0 and `high` to 255, linearly, and clip. An image of one value is black."""
    import numpy as np

    scale = 255.0 / (high - low) if high > low else 0.0
    return np.clip((values - low) * scale + 0.5, 0, 255).astype(np.uint8)
