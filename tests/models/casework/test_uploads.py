"""What one person uploads in a day, asked by the function and held by the store itself."""

from __future__ import annotations

import shutil
from datetime import timedelta
from itertools import count

import pytest

from models import store
from models.casework import cases, evidence, uploads
from models.casework.records import Case
from models.config import UploadsConfig
from models.errors import RuleBroken
from models.roles import Officer
from models.store import Store
from tests import case_steps
from tests.conftest import People

MB = 2**20
_FILES = count()


def add(db: Store, case: Case, by: Officer, original: bytes | None = None, **more: str) -> int:
    """An upload; each another file, unless the test names one."""
    if original is None:
        original = f"file {next(_FILES)}".encode()
    words = {"title": "登记答复", "finding": "该车未出厂", **more}
    return evidence.add(db, case.id, original=original, by=by, **words).id


def test_files_of_a_day_are_counted_and_the_next_day_begins_anew(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads.set_limits(db, UploadsConfig(files_a_day=2, mb_a_day=10))
    case = case_steps.claimed(db, people)
    for _ in range(2):
        add(db, case, people.verifier)
    with pytest.raises(
        RuleBroken, match="今天已传 2 个文件.*最多 2 个、10 MB.*只剩 0 个"
    ) as caught:
        add(db, case, people.verifier)
    assert caught.value.rule == "upload-quota" and "明天再传" in caught.value.mend
    add(db, case, people.monitor)  # another person's day is another's
    tomorrow = store.now() + timedelta(days=1)
    monkeypatch.setattr(store, "clock", lambda: tomorrow)
    assert uploads.left(db, people.verifier) == uploads.Uploads(2, 10 * MB)
    add(db, case, people.verifier)


def test_bytes_of_a_day_are_counted(db: Store, people: People) -> None:
    uploads.set_limits(db, UploadsConfig(mb_a_day=3))
    case = case_steps.claimed(db, people)
    add(db, case, people.verifier, b"x" * (2 * MB))
    with pytest.raises(RuleBroken, match=r"2 MB.*只剩 199 个、1\.0 MB"):
        add(db, case, people.verifier, b"y" * (MB + 1))
    add(db, case, people.verifier, b"z" * MB)
    assert uploads.left(db, people.verifier) == uploads.Uploads(198, 0)


def test_casework_goes_on_when_the_day_is_used_up(db: Store, people: People) -> None:
    uploads.set_limits(db, UploadsConfig(files_a_day=1))
    case = case_steps.claimed(db, people)
    add(db, case, people.verifier)
    for n in range(3):  # an address and words are no upload
        add(db, case, people.verifier, b"", url=f"https://a.example/{n}", title=f"答复{n}")
    cases.release(db, case.id, case.version, by=people.verifier)


def test_the_store_refuses_what_goes_around_the_function(
    db: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads.set_limits(db, UploadsConfig(files_a_day=1, mb_a_day=1))
    case = case_steps.claimed(db, people)
    monkeypatch.setattr(uploads, "check", lambda *_: None)
    with pytest.raises(Exception, match="rule:upload-quota"):
        add(db, case, people.verifier, b"x" * (MB + 1))
    add(db, case, people.verifier)
    with pytest.raises(Exception, match="rule:upload-quota"):
        add(db, case, people.verifier)
    for sql in ("DELETE FROM uploads", "UPDATE uploads SET bytes = 0", "DELETE FROM upload_limits"):
        with pytest.raises(Exception, match="rule:upload-quota"):
            db.execute(sql)


def test_a_disk_that_is_nearly_full_takes_no_files_and_all_else(db: Store, people: People) -> None:
    free = shutil.disk_usage(db.path.parent).free // MB
    uploads.set_limits(db, UploadsConfig(keep_free_mb=free + 1_000))
    case = case_steps.claimed(db, people)
    with pytest.raises(RuleBroken, match=r"磁盘只剩 \d+ MB，暂不收文件") as caught:
        add(db, case, people.verifier, b"x" * 100_000)
    assert caught.value.rule == "upload-disk"
    add(db, case, people.verifier, b"a note")
    add(db, case, people.verifier, b"", url="https://a.example/")
