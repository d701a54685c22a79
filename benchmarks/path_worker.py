"""The desk's jobs over feeds that ``bench_path`` serves; run with the Python of the checkout measured.

``path_worker.py FOLDER URL FIRST LAST STEP``: visits the sources ``URL/FIRST`` to ``URL/LAST``,
``STEP`` of them at a time, scores, and opens cases. After each step it prints a line of JSON.
Knows the names of the checkout it stands in and those of the one before the wings.
"""

from __future__ import annotations

from models import driver  # noqa: F401  # isort: skip  (first: one SQLite library)

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models import config, store

try:
    from jobs.collect import collect
    from jobs.open_cases import open_cases as queue
    from jobs.rank import score
    from jobs.shared import Desk
    from models.config import Source
    from models.intake import sources
except ImportError:
    from models.records import Source

    from models import sources
    from scheduler import Desk, collect, queue, score


def main(folder: Path, url: str, first: int, last: int, step: int) -> None:
    desk = Desk(config.Config(folder, folder))
    desk.config.store.with_suffix(".key").write_bytes(bytes(32))  # the same random sample each time
    names = [str(page) for page in range(first, last)]
    with store.using(desk.config.store) as db:
        found = [Source(name, "feed", f"{url}/{name}", 60, allow_private=True) for name in names]
        sources.sync(db, found)
        for start in range(0, len(names), step):
            before, busy = count(db, "posts"), time.process_time()
            visited = names[start : start + step]
            took = {
                "collect": timed(lambda names=visited: [collect(desk, db, n) for n in names]),
                "score": timed(lambda: score(desk, db)),
                "queue": timed(lambda: queue(desk, db)),
            }
            db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            line = {
                "posts": count(db, "posts"),
                "new": count(db, "posts") - before,
                "cases": count(db, "cases"),
                "clusters": count(db, "clusters"),
                "bytes": desk.config.store.stat().st_size,
                "resident": resident(),
                "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                "seconds": took,
                "processor": time.process_time() - busy,  # of this process: visits are others
            }
            print(json.dumps(line), flush=True)
    if hasattr(desk, "visits"):
        desk.visits.close()


def count(db: Any, table: str) -> int:
    return int(db.value(f"SELECT count(*) FROM {table}"))


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:6]))
