"""A seeded desk in a process of its own, for browsers: ``python -m tests.seeded_desk FOLDER``.

Prints its address once it listens on a free port. The clock of the house starts at
``seeded_night.NIGHT`` and runs from there, so that times on pages do not drift.
"""

from __future__ import annotations

from tests.where import ROOT

import models.driver  # noqa: F401  isort: skip  (first: one SQLite library)

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from models import config, store
from tests.waiting import HANG

PASSWORD = "night-desk-of-jiangzhou"


@dataclass(frozen=True)
class NightDesk:
    address: str
    config: config.Config
    password: str = PASSWORD


@contextmanager
def running(folder: Path) -> Iterator[NightDesk]:
    """The process, from its first answer to its end."""
    path = folder / "piyao.toml"
    path.write_text('data_dir = "data"\n[desk]\nport = 0\n', encoding="utf-8")
    log = (folder / "desk.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.seeded_desk", str(folder)],
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        cwd=ROOT,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip().rstrip("/")
        assert address, (folder / "desk.log").read_text(encoding="utf-8", errors="replace")
        yield NightDesk(address, config.load(path))
    finally:
        process.terminate()
        process.wait(HANG)
        log.close()


def main(folder: str) -> None:
    from desk import serve
    from tests import seeded_night

    made = config.load(Path(folder) / "piyao.toml")
    serve.prepare(made)
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User

    db = store.open(made.store)
    hashed = make_password(PASSWORD)
    for name in seeded_night.fill(db):
        User.objects.create(username=name, password=hashed)
    db.close()
    started = datetime.now(UTC)
    store.clock = lambda: seeded_night.NIGHT + (datetime.now(UTC) - started)
    serve.serve(made, ready=lambda address: print(address, flush=True))


if __name__ == "__main__":
    main(sys.argv[1])
