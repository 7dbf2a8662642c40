"""Sample cases of our own: texts and images in the format of a MedPix 2.0 release, for the demo, docs and tests."""

from ingest.sample.release import write_sample

__all__ = ["write_sample"]
