"""kill -9 while the model is renewed: the old model or the new one is in use, each whole."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest

from classifier.learning import editions as model_editions
from classifier.learning import night
from models import audit, store
from models.learning import editions
from tests import desk_lessons
from tests.reliability import process_roles
from tests.reliability.forked_processes import Nursery, can_trace

pytestmark = pytest.mark.kill
MOMENTS = 6
needs_strace = pytest.mark.skipif(bool(can_trace()), reason=can_trace())


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with one edition that waits, and enough later verdicts to try it on."""
    folder = tmp_path_factory.mktemp("evening")
    real, gone = store.clock, timedelta(days=-2)
    store.clock = lambda: real() + gone
    try:
        with store.using(process_roles.configured(folder).store) as db:
            team = desk_lessons.team(db)
            desk_lessons.decide(db, team, 0, 3)
            night.renew(db, process_roles.WEIGHTS, 0.05)
            gone = timedelta(days=-1)
            desk_lessons.decide(db, team, 3, 20)
            db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        store.clock = real
    return folder


def whole(folder: Path) -> list[str]:
    """What is wrong with the models of a desk; and the versions it may have in use."""
    found = []
    with store.using(process_roles.configured(folder).store) as db:
        for edition in editions.all(db):
            model_editions.load(db, edition.version)  # raises where it is not as it was made
        running, problem = model_editions.in_use(db, process_roles.WEIGHTS, process_roles.WEIGHTS)
        if problem:
            found.append(problem)
        used = [use.version for use in editions.uses(db)]
        said = [e.object for e in audit.newest(db) if e.action == "model.use"]
        if sorted(said) != sorted(f"model:{version}" for version in used):
            found.append(f"in use {used}, in the log {said}")
        if used and running.version != used[-1]:
            found.append(f"{running.version} scores, {used[-1]} is in use")
        if not audit.verify(db).ok:
            found.append("the audit chain is broken")
    return found


def goes_on(nursery: Nursery, folder: Path) -> list[str]:
    """The desk as the kill left it, and after the renewal that catches up."""
    found = whole(folder)
    assert nursery.run("night", folder=str(folder)) == 0
    found += whole(folder)
    with store.using(process_roles.configured(folder).store) as db:
        if len(editions.all(db)) != 2 or len(editions.uses(db)) != 1:
            found.append(f"{editions.all(db)} {editions.uses(db)}")
        names = {edition.version for edition in editions.all(db)}
        if {path.name for path in model_editions.folder(db).iterdir()} != names:
            found.append("something half-written is left")
    shutil.rmtree(folder)
    return found


@needs_strace
def test_a_renewal_killed_wherever_it_meets_the_disk_leaves_one_whole_model(
    nursery: Nursery, quick: Path, evening: Path
) -> None:
    found, kills = [], 0
    for call in ("fsync", "rename"):
        count = 1
        while True:
            folder = quick / f"{call}-{count}"
            shutil.copytree(evening, folder)
            killed = nursery.killed_at(call, count, "night", folder=str(folder))
            found += [f"{call} {count}: {wrong}" for wrong in goes_on(nursery, folder)]
            if not killed:
                break
            kills += 1
            count += 1
    assert kills >= 6 and not found, f"{kills} kills\n" + "\n".join(found)


def test_a_renewal_killed_at_any_moment_leaves_one_whole_model(
    nursery: Nursery, quick: Path, evening: Path, luck: random.Random
) -> None:
    shutil.copytree(evening, quick / "whole")
    began = time.monotonic()
    assert nursery.run("night", folder=str(quick / "whole")) == 0
    length = time.monotonic() - began
    found = []
    for n in range(MOMENTS):
        folder = quick / str(n)
        shutil.copytree(evening, folder)
        pid = nursery.start("night", folder=str(folder))
        time.sleep(luck.random() * length)
        if nursery.ended(pid) is None:
            os.kill(pid, signal.SIGKILL)
            nursery.wait(pid)
        found += [f"moment {n}: {wrong}" for wrong in goes_on(nursery, folder)]
    assert not found, "\n".join(found)
