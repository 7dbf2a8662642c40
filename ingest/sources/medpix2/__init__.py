"""Read MedPix 2.0: the published release in a folder, or a MongoDB that holds it.

Siragusa et al., MedPix 2.0, Data Science and Engineering 2025, doi 10.1007/s41019-025-00297-8.
"""

from __future__ import annotations

from ingest.sources.medpix2.build import build_case, read_cases
from ingest.sources.medpix2.folder import read_release
from ingest.sources.medpix2.mongodb import read_mongodb
from ingest.sources.medpix2.records import Record, Release
from ingest.sources.medpix2.source import MedPix2

__all__ = ["MedPix2", "Record", "Release", "build_case", "read_cases", "read_mongodb", "read_release"]
