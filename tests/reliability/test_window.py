"""kill -9 while posts are clustered: the index of wordings is whole, and goes on as if never killed."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

import pytest

from classifier.likeness import filing
from classifier.ranking import new_posts
from models import store
from models.intake import posts
from models.intake.records import Post
from models.ranking import clusters
from models.store import Store
from tests.reliability import process_roles
from tests.reliability.forked_processes import Nursery, can_trace

pytestmark = pytest.mark.kill
POSTS, WORDINGS, KILLS = 320, 120, 12


def told(luck: random.Random) -> list[Post]:
    """Posts in many wordings of few claims, with exact copies among them."""
    texts = [
        luck.choice(process_roles.TEXTS) + luck.choice(process_roles.TEXTS)[:12]
        for _ in range(POSTS)
    ]
    return [Post("town", str(n), text) for n, text in enumerate(texts)]


def state(db: Store) -> list[list[tuple[object, ...]]]:
    """All that a restart must find: every post's cluster, the wordings, their keys."""
    asked = ("SELECT id, cluster_id FROM posts", "SELECT * FROM wordings", "SELECT * FROM bands")
    return [[tuple(row) for row in db.conn.execute(f"{sql} ORDER BY 1, 2")] for sql in asked]


def broken(db: Store) -> list[str]:
    """What does not hold, at whatever moment the process died."""
    count = {
        "posts scored without a cluster, or the other way": "FROM posts"
        " WHERE (scored_at IS NULL) <> (cluster_id IS NULL)",
        "keys without a wording": "FROM bands WHERE (key, wording_id) NOT IN"
        " (SELECT k.value, w.id FROM wordings w, json_each(w.keys) k)",
        "keys of a wording that are not on file": "FROM wordings w, json_each(w.keys) k"
        " WHERE (k.value, w.id) NOT IN (SELECT key, wording_id FROM bands)",
        "a wrong count": "FROM filed_wordings WHERE filed <> (SELECT count(*) FROM wordings)",
    }
    return [what for what, sql in count.items() if db.value(f"SELECT count(*) {sql}")]


@pytest.fixture
def unbroken(nursery: Nursery, quick: Path, luck: random.Random) -> Path:
    """A store in which all was clustered without a kill; beside it, in ``killed``, it still waits."""
    whole = quick / "whole"
    whole.mkdir()
    with store.using(whole / "piyao.db") as db:
        posts.add_many(db, told(luck))
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copytree(whole, quick / "killed")
    assert nursery.run("filing", folder=str(whole), wordings=WORDINGS) == 0
    return whole / "piyao.db"


def ends_alike(nursery: Nursery, killed: Path, whole: Path) -> None:
    assert nursery.run("filing", folder=str(killed.parent), wordings=WORDINGS) == 0
    with store.using(killed) as db, store.using(whole) as unbroken:
        assert state(db) == state(unbroken)
        assert db.value("SELECT filed FROM filed_wordings") == WORDINGS
        assert 1 < db.value("SELECT count(DISTINCT cluster_id) FROM posts") < POSTS


@pytest.mark.skipif(bool(can_trace()), reason=can_trace())
def test_a_kill_at_any_write_of_the_clustering_loses_no_wording_and_changes_no_cluster(
    nursery: Nursery, quick: Path, luck: random.Random, unbroken: Path
) -> None:
    path, kills = quick / "killed" / "piyao.db", 0
    count = {"folder": str(path.parent), "wordings": WORDINGS}
    while kills < KILLS and nursery.killed_at("pwrite64", luck.randint(1, 120), "filing", **count):
        kills += 1
        with store.using(path) as db:
            assert broken(db) == []
    assert kills >= 5
    ends_alike(nursery, path, unbroken)


def test_a_kill_at_any_moment_of_the_clustering_loses_no_wording_and_changes_no_cluster(
    nursery: Nursery, quick: Path, luck: random.Random, unbroken: Path
) -> None:
    path = quick / "killed" / "piyao.db"
    for _ in range(KILLS):
        child = nursery.start("filing", folder=str(path.parent), wordings=WORDINGS)
        time.sleep(luck.uniform(0.02, 0.3))
        nursery.kill(child)
        with store.using(path) as db:
            assert broken(db) == []
    ends_alike(nursery, path, unbroken)


def test_what_another_process_filed_is_found_by_the_keys_of_this_one(
    nursery: Nursery, quick: Path, luck: random.Random
) -> None:
    with store.using(quick / "piyao.db") as db:
        posts.add_many(db, told(luck))
        assert nursery.run("filing", folder=str(quick), wordings=POSTS) == 0
        for row in db.rows(
            "SELECT w.*, p.text FROM wordings w JOIN posts p ON p.id = w.post_id ORDER BY w.id"
        ):
            print_ = filing.fingerprint(row["text"])
            assert (print_.digest, store.dump(print_.keys)) == (row["digest"], row["keys"])
            holders = clusters.holders(db, print_.keys)
            assert not print_.keys or row["id"] in new_posts.nearest(print_.keys, holders, POSTS)
            assert clusters.copied(db, [print_.digest]) == {row["digest"]: row["cluster_id"]}
