"""A full disk is loud, applies nothing by half, lets people read, and is over when it is over."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import scheduler
from crawler.harvest import Cursor, Harvest
from crawler.pipelines import store_harvest
from models import audit, store
from models.casework import cases, queue
from models.casework.records import CaseState
from models.errors import StoreError
from models.intake import posts, sources
from models.intake.records import Post
from models.store import Store
from models.upkeep import jobs
from models.upkeep.lease import Lease
from tests.reliability import process_roles
from tests.reliability.checker import breaches
from tests.reliability.client_log import Ledger, read
from tests.waiting import until


@dataclass
class Disk:
    """A folder whose space can be taken away and given back."""

    folder: Path
    fill: Callable[[Store], None]
    free: Callable[[Store], None]


@pytest.fixture(params=["tmpfs of 2 MiB", "max_page_count"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    if request.param == "max_page_count":  # SQLite's own bound, where nothing may be mounted

        def fill(db: Store) -> None:
            db.conn.execute(f"PRAGMA max_page_count={db.value('PRAGMA page_count')}")

        yield Disk(tmp_path, fill, lambda db: db.conn.execute("PRAGMA max_page_count=100000"))  # type: ignore[arg-type,return-value]
        return
    with mounted(tmp_path / "small", "2m") as folder:
        ballast = folder / "ballast"
        yield Disk(folder, lambda db: fill_up(ballast), lambda db: ballast.unlink())


class mounted:
    """A small file system of its own."""

    def __init__(self, folder: Path, size: str) -> None:
        self.folder, self.size = folder, size

    def __enter__(self) -> Path:
        self.folder.mkdir()
        argv = ["mount", "-t", "tmpfs", "-o", f"size={self.size}", "piyao-test", str(self.folder)]
        try:
            found = subprocess.run(argv, capture_output=True, text=True)
        except FileNotFoundError:
            pytest.skip("there is no mount command here")
        if found.returncode:
            pytest.skip(f"a tmpfs cannot be mounted here: {found.stderr.strip()}")
        return self.folder

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "-l", str(self.folder)], check=True)


def fill_up(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as out:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    out.write(b"\0" * size)
            except OSError:
                continue


def office(folder: Path) -> tuple[Store, Ledger]:
    """A desk with three cases, of which officers have begun to work."""
    db, ledger = process_roles.staffed(folder), Ledger(folder.parent / "office.ledger")
    desk = process_roles.clock(folder)
    process_roles.collect(db, ledger, 1)
    process_roles.turn(desk, db)
    process_roles.round_of(db, ledger)
    process_roles.round_of(db, ledger)
    return db, ledger


def batch(number: int, size: int = 40) -> Harvest:
    found = [Post("town", f"full-{number}-{n}", f"停水三天，第{n}楼。" * 60) for n in range(size)]
    return Harvest(tuple(found), cursor=Cursor(str(100 + number)))


def fills(db: Store, ledger: Ledger) -> int:
    """Batches until the disk is full; the number of the one that found no room."""
    for number in range(500):
        harvest = batch(number)
        try:
            store_harvest(db, "town", harvest)
        except StoreError as error:
            assert "full" in str(error), error  # loud, and it says why
            return number
        for post in harvest.posts:
            ledger.note("post", source="town", native_id=post.native_id)
    raise AssertionError("the disk is never full")


def test_a_batch_without_room_is_refused_whole_and_comes_in_when_there_is_room(disk: Disk) -> None:
    db, ledger = office(disk.folder)
    disk.fill(db)
    lost = fills(db, ledger)
    cursor = sources.get(db, "town").etag
    assert cursor != str(100 + lost), "a cursor passed posts that are not there"
    assert not db.value("SELECT count(*) FROM posts WHERE native_id LIKE ?", f"full-{lost}-%")
    assert breaches(db.path, read(ledger.path), settled=False) == []
    disk.free(db)
    counts, troubles = store_harvest(db, "town", batch(lost))
    assert counts["new"] == 40 and not troubles
    assert sources.get(db, "town").etag == str(100 + lost)
    db.close()


def test_officers_read_everything_and_their_steps_fail_whole(disk: Disk) -> None:
    db, ledger = office(disk.folder)
    first, second, publisher = process_roles.staff(db)
    disk.fill(db)
    fills(db, ledger)
    entries = audit.verify(db).entries
    refused = 0
    for case in queue.cases(db, "todo"):
        for n in range(400):  # the last free bytes may still carry a step or two
            before = cases.get(db, case.id)
            try:
                cases.reword(db, case.id, claim=f"{before.claim[:60]}（{n}）", by=first)
                entries += 1
            except StoreError as error:
                assert "full" in str(error) and "disk" in error.mend
                assert cases.get(db, case.id) == before
                refused += 1
                break
    assert refused
    assert audit.verify(db).ok and audit.verify(db).entries == entries
    assert posts.count(db) >= 3 and posts.newest(db, 5) and cases.get(db, 1).claim
    assert breaches(db.path, read(ledger.path), settled=False) == []
    disk.free(db)
    assert process_roles.round_of(db, ledger) and audit.verify(db).ok
    db.close()


def test_a_lease_and_a_sending_are_not_half_taken(disk: Disk) -> None:
    db, ledger = office(disk.folder)
    disk.fill(db)
    fills(db, ledger)
    taken = 0
    with pytest.raises(StoreError):
        for n in range(100_000):
            jobs.ended(db, f"job {n}", "x" * 400)
            taken += 1
    assert db.value("SELECT count(*) FROM jobs WHERE name LIKE 'job %'") == taken
    disk.free(db)
    jobs.ended(db, "job after")
    db.close()


def test_the_clock_outlives_a_full_disk_and_goes_on_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The scheduler does not die of it: that would end the desk after five deaths in a minute."""
    monkeypatch.setattr(scheduler, "STORE_AGAIN", 0.2)
    with mounted(tmp_path / "small", "3m") as folder:
        db, ledger = office(folder)
        desk = process_roles.clock(folder, Lease(heartbeat=0.2))
        thread = threading.Thread(target=scheduler.run, args=(desk,))
        thread.start()
        try:
            until(lambda: _finished(db, "watch"), "the clock does not start")
            fill_up(folder / "ballast")
            with pytest.raises(StoreError):
                for number in range(10_000):
                    posts.add(db, batch(number, 1).posts[0])
            until(lambda: "full" in caplog.text, "the full disk is not loud")
            assert thread.is_alive() and posts.count(db) >= 3
            (folder / "ballast").unlink()
            last = _finished(db, "score")
            until(lambda: _finished(db, "score") != last, "no job goes on")
            assert thread.is_alive()
        finally:
            desk.stop.set()
            thread.join()
        assert breaches(db.path, read(ledger.path), settled=False) == []
        db.close()


def _finished(db: Store, name: str) -> object:
    return next((job.finished_at for job in jobs.all(db) if job.name == name), None)


def test_half_a_step_is_seen_where_the_transaction_is_taken_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard taken out: every statement commits by itself, and the disk is full in between."""
    db, ledger = office(tmp_path)
    first, _, _ = process_roles.staff(db)
    case = next(c for c in queue.cases(db, "todo") if c.state is CaseState.VERIFYING)

    def no_room(*_: object, **__: object) -> int:
        raise StoreError("database or disk is full")

    class Half(store.Store):
        def atomic(self) -> object:  # type: ignore[override]
            return threading.Lock()  # a context manager that does nothing

    monkeypatch.setattr(audit, "append", no_room)
    half = Half(db.path)
    with pytest.raises(StoreError):
        cases.wait_for_evidence(half, case.id, by=first)
    half.close()
    found = breaches(db.path, read(ledger.path), settled=False)
    assert "I4" in {breach.invariant for breach in found}
    db.close()
