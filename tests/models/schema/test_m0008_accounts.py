"""An upgraded store takes from its log when its accounts were made, and last changed."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from models import store
from models.people import freshness, officers
from tests.where import DATA

STORES = sorted((DATA / "stores").glob("*.db.gz"))
FOUNDED = {"0.1.0-2026-11-29.db.gz"}  # its accounts were made on the first day, before any case


@pytest.mark.slow
@pytest.mark.parametrize("packed", STORES, ids=lambda path: path.name)
def test_accounts_of_before_have_the_times_of_the_log(packed: Path, tmp_path: Path) -> None:
    path = tmp_path / "piyao.db"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    shutil.copy(packed.with_name(packed.name.replace(".db.gz", ".key")), tmp_path / "piyao.key")
    with store.using(path) as db:
        people = officers.all(db)
        assert people
        for who in people:
            made = db.value(
                "SELECT min(at) FROM audit WHERE object = ? AND action = 'officer.add'",
                f"officer:{who.id}",
            )
            assert made == db.value("SELECT made_at FROM officers WHERE id = ?", who.id)
            assert not who.owes
            if packed.name in FOUNDED:
                assert who.changed_at is None and not freshness.why_not(who, "批准")
            else:
                assert who.changed_at and freshness.is_fresh(who.changed_at, who.changed_at)
