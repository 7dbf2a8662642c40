"""Image files that a command is given: decoded, with what was assumed or changed on the way said on stderr."""

from __future__ import annotations

from pathlib import Path

from casegraph.cases import DecodedImage
from casegraph.workspace import Workspace
from ui.cli.output import warn


def read_image(space: Workspace, file: Path) -> DecodedImage:
    """Decode an image file. Raises InputError and RejectedFile."""
    image = space.decode(file)
    for notice in image.notices:
        warn(f"note: {file.name}: {notice}")
    return image
