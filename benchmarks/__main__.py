"""Run the benchmarks in turn, each in a process of its own; one that lacks data or a server says so and is skipped.

Usage: python -m benchmarks [NAME ...]    or    make bench ARGS="time_ingest time_search"
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from benchmarks.apart import run_apart, run_benchmark

NAMES = tuple(path.stem for kind in ("time", "quality") for path in sorted(Path(__file__).parent.glob(f"{kind}_*.py")))


def main() -> None:
    """Run those that are named, or all."""
    arguments = argparse.ArgumentParser(prog="benchmarks", description=f"Benchmarks: {', '.join(NAMES)}.")
    arguments.add_argument("name", nargs="*", help="which to run; all if none is named")
    wanted = arguments.parse_args().name or NAMES
    unknown = sorted(set(wanted) - set(NAMES))
    if unknown:
        sys.exit(f"there is no benchmark '{unknown[0]}'. There are: {', '.join(NAMES)}.")
    for name in wanted:
        print(f"{name} ...", flush=True)
        start = time.perf_counter()
        skipped, _ = run_apart(run_benchmark, name)
        seconds = f"{time.perf_counter() - start:.0f} s"
        print(f"{name}: skipped, {skipped}" if skipped else f"{name}: {seconds}", flush=True)


if __name__ == "__main__":
    main()
