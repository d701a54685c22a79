"""Visit a source."""

from __future__ import annotations

import subprocess
import tempfile

import crawler.run
from jobs.shared import Desk, log
from models.errors import PiyaoError
from models.intake import runs, sources
from models.store import Store

COLLECT_TIMEOUT = 180.0


def collect(desk: Desk, db: Store, name: str) -> None:
    """One visit to one source, in a process of its own: what it breaks is only itself."""
    if not sources.get(db, name).enabled:
        return
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(  # noqa: S603  (our own interpreter, our own module)
            crawler.run.command(None, desk.config.store, name),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        waited = 0.0
        while child.poll() is None and waited < COLLECT_TIMEOUT and not desk.stop.wait(0.1):
            waited += 0.1
        if child.poll() is None:
            child.kill()
            child.wait()
            runs.close_abandoned(db, name)
        said.seek(0)
        words = said.read(4000).decode("utf-8", "replace").strip()
    if child.returncode and not desk.stop.is_set():
        log.warning("%s", words or f"{name}: exit {child.returncode}")
        last = runs.last(db, name)
        raise PiyaoError(last.message if last and last.message else "采集没有成功", name)
