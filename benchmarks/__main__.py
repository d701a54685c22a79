"""``make bench``: every figure anew, each beside its baseline of the same run, into RESULTS.md."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.results import FILE

MODULES = (
    "bench_quality",
    "bench_plate_story",
    "bench_rerank",
    "bench_ablation",
    "bench_weeks",
    "bench_calibration",
    "bench_throughput",
    "bench_judgement",
    "bench_clusters",
    "bench_stories",
    "bench_known",
    "bench_desk",
    "bench_path",
    "bench_floods",
    "bench_encodings",
    "bench_warnings",
    "bench_hazard",
    "bench_research",
    "bench_crowd",
)


def main() -> int:
    """Each benchmark in a process of its own; the exit code is the number that failed."""
    FILE.unlink(missing_ok=True)
    return sum(
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode != 0
        for name in MODULES
    )


if __name__ == "__main__":
    sys.exit(main())
