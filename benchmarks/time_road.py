"""From a release folder to searchable graph and vectors: seconds and peak memory, stage by stage.

Usage: CASEGRAPH_MEDPIX2=folder python -m benchmarks.time_road
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import casegraph
from benchmarks.apart import load
from benchmarks.record import append_row


def main() -> None:
    """Measure one run, then a second one that changes nothing."""
    source = os.environ.get("CASEGRAPH_MEDPIX2")
    if not source:
        sys.exit("set CASEGRAPH_MEDPIX2 to a MedPix 2.0 release folder.")
    with tempfile.TemporaryDirectory() as folder, casegraph.open(Path(folder) / "workspace", create=True) as space:
        for run in ("first", "second"):
            start = time.perf_counter()
            report = space.documents.ingest(source)
            ingested = time.perf_counter()
            space.indexing.run()
            indexed = time.perf_counter()
            append_row(
                "time_road",
                run=run,
                cases=report.cases,
                images=report.images,
                ingest_s=round(ingested - start, 1),
                index_s=round(indexed - ingested, 1),
                total_s=round(indexed - start, 1),
                peak_memory_mb=_peak_memory_mb(),
                load=load(),
            )


def _peak_memory_mb() -> int:
    """Peak resident memory of this process plus that of its largest child, in MB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (own + child) // 1024


if __name__ == "__main__":
    main()
