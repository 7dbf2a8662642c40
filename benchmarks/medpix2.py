"""Where the real MedPix 2.0 release lies: the environment says it, none of it is in the repository."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def release_folder() -> Path:
    """Return the folder that CASEGRAPH_MEDPIX2 names, or end the program with a sentence."""
    folder = os.environ.get("CASEGRAPH_MEDPIX2")
    if not folder:
        sys.exit("set CASEGRAPH_MEDPIX2 to a MedPix 2.0 release folder.")
    return Path(folder)
