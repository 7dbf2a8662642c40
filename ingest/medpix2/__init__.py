"""Read MedPix 2.0: the published release in a folder, or a MongoDB that holds it.

Siragusa et al., MedPix 2.0, Data Science and Engineering 2025, doi 10.1007/s41019-025-00297-8.
"""

from __future__ import annotations

from ingest.medpix2.build import build_case, read_cases
from ingest.medpix2.folder import read_release
from ingest.medpix2.mongodb import read_mongodb
from ingest.medpix2.records import Record, Rejection, Release

__all__ = ["Record", "Rejection", "Release", "build_case", "read_cases", "read_mongodb", "read_release"]
