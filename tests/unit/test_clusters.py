"""Clusters: one claim in many wordings, found again after a restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from models import cases, clusters, posts, scores, store
from models.records import Post
from models.store import Store
from tests import steps

START = datetime(2020, 1, 26, 0, 0, tzinfo=UTC)


def stored(db: Store, n: int, text: str, author: str = "", doubts: int = 0) -> int:
    at = START + timedelta(hours=n)
    posts.add(db, Post("forum", str(n), text, author=author, published_at=at))
    post_id = int(db.value("SELECT id FROM posts WHERE native_id = ?", str(n)))
    scores.save(db, [steps.score(post_id, doubts=doubts)])
    return post_id


def test_a_post_with_no_cluster_gets_one_of_its_own(db: Store) -> None:
    first = clusters.assign(db, stored(db, 1, "甲"), None, [1, 2], b"a")
    second = clusters.assign(db, stored(db, 2, "乙"), None, [3, 4], b"b")
    assert first != second


def test_candidates_share_a_band_the_nearest_first(db: Store) -> None:
    cluster = clusters.assign(db, stored(db, 1, "甲"), None, [1, 2, 3], b"a")
    clusters.assign(db, stored(db, 2, "乙"), None, [3, 4, 5], b"b")
    clusters.assign(db, stored(db, 3, "丙"), None, [7], b"c")
    found = clusters.candidates(db, [1, 2, 3, 9])
    assert [(each.text, each.shared, each.signature) for each in found] == [
        ("甲", 3, b"a"),
        ("乙", 1, b"b"),
    ]
    assert found[0].cluster_id == cluster
    assert clusters.candidates(db, []) == []
    assert clusters.candidates(db, [99]) == []


def test_one_wording_of_a_cluster_is_one_candidate(db: Store) -> None:
    cluster = clusters.assign(db, stored(db, 1, "甲"), None, [1], b"a")
    for n in range(2, 6):
        clusters.assign(db, stored(db, n, "甲"), cluster, [1], b"a")
    assert len(clusters.candidates(db, [1])) == 1


def test_a_63_bit_key_is_kept_whole(db: Store) -> None:
    key = (1 << 63) - 1
    clusters.assign(db, stored(db, 1, "甲"), None, [key], b"a")
    assert [each.shared for each in clusters.candidates(db, [key])] == [1]


def test_a_post_that_is_scored_again_stays_where_it_is_with_its_new_bands(db: Store) -> None:
    post = stored(db, 1, "甲")
    cluster = clusters.assign(db, post, None, [1], b"a")
    other = clusters.assign(db, stored(db, 2, "乙"), None, [2], b"b")
    assert clusters.assign(db, post, other, [8], b"z") == cluster
    assert clusters.candidates(db, [1]) == []
    assert clusters.candidates(db, [8])[0].signature == b"z"


def test_the_index_outlives_a_restart(db: Store) -> None:
    clusters.assign(db, stored(db, 1, "甲"), None, [1], b"a")
    again = store.open(db.path)
    assert [each.text for each in clusters.candidates(again, [1])] == ["甲"]
    again.close()


def test_a_cluster_is_stale_until_its_case_has_seen_it(db: Store) -> None:
    cluster = clusters.assign(db, stored(db, 1, "甲"), None, [1], b"a")
    assert clusters.stale(db) == [cluster]
    clusters.seen(db, cluster)
    assert clusters.stale(db) == []
    clusters.assign(db, stored(db, 2, "甲"), cluster, [1], b"a")
    assert clusters.stale(db) == [cluster]


def test_a_cluster_is_told_by_its_most_posted_wording(db: Store) -> None:
    cluster = clusters.assign(db, stored(db, 1, "少见", "a"), None, [1], b"a")
    for n, author in ((2, "b"), (3, "b"), (4, "")):
        clusters.assign(db, stored(db, n, "常见", author), cluster, [1], b"a")
    found = clusters.get(db, cluster)
    assert found
    assert (found.claim, found.posts, found.accounts) == ("常见", 4, 2)
    assert (found.first_at, found.last_at) == (
        START + timedelta(hours=1),
        START + timedelta(hours=4),
    )
    told = [(each.text, each.posts, each.accounts) for each in clusters.wordings(db, cluster)]
    assert told == [("常见", 3, 1), ("少见", 1, 1)]
    assert clusters.get(db, 99) is None


def test_growth_counts_posts_and_the_doubted_ones_up(db: Store) -> None:
    cluster = None
    for n, doubts in ((1, 0), (3, 2), (2, 1)):
        cluster = clusters.assign(db, stored(db, n, "甲", doubts=doubts), cluster, [1], b"a")
    curve = clusters.growth(db, cluster or 0)
    assert [(point.posts, point.doubting) for point in curve] == [(1, 0), (2, 1), (3, 2)]
    assert [point.at for point in curve] == sorted(point.at for point in curve)


def test_a_post_that_is_not_there_cannot_be_assigned(db: Store) -> None:
    with pytest.raises(KeyError):
        clusters.assign(db, 99, None, [1], b"a")
    assert db.value("SELECT count(*) FROM clusters") == 0


def work(db: Store, job: Callable[[], object]) -> int:
    """How much SQLite did for a job: thousands of its own instructions."""
    done = [0]

    def tick() -> int:
        done[0] += 1
        return 0

    db.conn.set_progress_handler(tick, 1000)
    job()
    db.conn.set_progress_handler(None, 0)
    return done[0]


def copies(db: Store, cluster: int | None, numbers: range) -> int:
    with db.atomic():
        for n in numbers:
            cluster = clusters.assign(db, stored(db, n, "同一条说法"), cluster, [1, 2, 3], b"a")
    return cluster or 0


def test_a_claim_posted_again_and_again_costs_no_more_to_look_up(db: Store) -> None:
    """Each look-up happens while the store is locked: 200 posts of a flood must not lock it out."""
    cluster = copies(db, None, range(300))
    before = work(db, lambda: clusters.candidates(db, [1, 2, 3]))
    copies(db, cluster, range(300, 1500))
    assert work(db, lambda: clusters.candidates(db, [1, 2, 3])) <= before * 1.2 + 2
    (found,) = clusters.candidates(db, [1, 2, 3])
    assert (found.cluster_id, found.text) == (cluster, "同一条说法")


def test_a_case_of_many_copies_costs_in_proportion_to_them(db: Store) -> None:
    cluster = copies(db, None, range(200))
    before = work(db, lambda: cases.refresh(db, cluster, "", steps.LINE))
    copies(db, cluster, range(200, 1600))  # eight times as many
    assert work(db, lambda: cases.refresh(db, cluster, "", steps.LINE)) <= before * 16
