"""Image files that a command is given: decoded, with what was assumed or changed on the way said on stderr."""

from __future__ import annotations

from pathlib import Path

from casegraph.cases import TEXT_SEEN, DecodedImage, format_box
from casegraph.workspace import Workspace
from ui.cli.output import warn


def read_image(space: Workspace, file: Path) -> DecodedImage:
    """Decode an image file. Raises InputError and RejectedFile."""
    image = space.decode(file)
    for notice in image.notices:
        warn(f"note: {file.name}: {notice}")
    if image.text_px:
        where = ", ".join(map(format_box, image.text_px))
        warn(f"note: {file.name}: {TEXT_SEEN} At (left,top,right,bottom): {where}.")
    return image
