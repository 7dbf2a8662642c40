"""Files that a face writes for its user: whole or not at all."""

from __future__ import annotations

from ingest.files import write_file

__all__ = ["write_file"]
