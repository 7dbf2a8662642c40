"""Read case reports: JATS, NXML and BioC articles of PubMed Central and of journals, as cases of their patients."""

from __future__ import annotations

from ingest.sources.pmc.source import CaseReports

__all__ = ["CaseReports"]
