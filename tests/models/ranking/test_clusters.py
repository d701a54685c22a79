"""Clusters: one claim in many wordings, found again after a restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from classifier.likeness import filing
from classifier.ranking import new_posts
from models import keys, store
from models.casework import opening
from models.config import WindowConfig
from models.intake import posts
from models.intake.records import Post
from models.ranking import clusters, scores, spread
from models.ranking.clusters import Fingerprint
from models.schema import migrations
from models.store import Store, stamp
from tests import case_steps

START = datetime(2020, 1, 26, 0, 0, tzinfo=UTC)


def stored(db: Store, n: int, text: str, author: str = "", doubts: int = 0) -> int:
    at = START + timedelta(hours=n)
    posts.add(db, Post("forum", str(n), text, author=author, published_at=at))
    post_id = int(db.value("SELECT id FROM posts WHERE native_id = ?", str(n)))
    scores.save(db, [case_steps.score(post_id, doubts=doubts)])
    return post_id


def filed(*keys: int, digest: int = 0, form: str = "") -> Fingerprint:
    return Fingerprint(keys, digest or sum(keys), form)


def candidates(db: Store, keys: list[int], limit: int = new_posts.NEAREST) -> list[str]:
    """The forms of the wordings that a post with these keys is compared with."""
    near = new_posts.nearest(keys, clusters.holders(db, keys), limit)
    filed = clusters.filed(db, near)
    return [filed[wording_id][1] for wording_id in near]


def test_a_post_with_no_cluster_gets_one_of_its_own(db: Store) -> None:
    first = case_steps.assign(db, stored(db, 1, "甲"), None, filed(1, 2))
    second = case_steps.assign(db, stored(db, 2, "乙"), None, filed(3, 4))
    assert first != second


def test_candidates_share_a_key_the_rarest_first(db: Store) -> None:
    cluster = case_steps.assign(db, stored(db, 1, "甲"), None, filed(1, 2, 3, form="a"))
    case_steps.assign(db, stored(db, 2, "乙"), None, filed(3, 4, 5, form="b"))
    case_steps.assign(db, stored(db, 3, "丙"), None, filed(7))
    assert candidates(db, [1, 2, 3, 9]) == ["a", "b"]
    assert candidates(db, [1, 2, 3, 9], limit=1) == ["a"]
    assert candidates(db, []) == []
    assert candidates(db, [99]) == []
    (holder,) = clusters.holders(db, [1])[1]
    assert clusters.filed(db, [holder]) == {holder: (cluster, "a")}


def test_one_rare_key_outweighs_many_common_ones_and_of_two_alike_the_newer_is_first(
    db: Store,
) -> None:
    case_steps.assign(db, stored(db, 1, "甲"), None, filed(1, form="rare"))
    for n in range(2, 12):
        case_steps.assign(db, stored(db, n, "乙"), None, filed(2, 3, 4, digest=n, form=f"{n}"))
    assert candidates(db, [1, 2, 3, 4]) == ["rare", *map(str, range(11, 6, -1))]


def test_copies_stand_behind_one_wording_and_are_found_by_their_content(db: Store) -> None:
    cluster = case_steps.assign(db, stored(db, 1, "甲"), None, filed(1, digest=5))
    for n in range(2, 6):
        case_steps.assign(db, stored(db, n, "甲"), cluster, filed(1, digest=5))
    assert len(candidates(db, [1])) == 1
    assert clusters.copied(db, [5, 6]) == {5: cluster}
    assert db.value("SELECT count(*) FROM posts WHERE cluster_id = ?", cluster) == 5


def test_a_wording_lives_as_long_as_one_post_that_says_it(db: Store) -> None:
    cluster = case_steps.assign(db, stored(db, 1, "甲"), None, filed(1, 2))
    case_steps.assign(db, stored(db, 2, "甲"), cluster, filed(1, 2))
    db.execute("DELETE FROM posts WHERE native_id = '1'")
    assert clusters.copied(db, [3]) == {3: cluster}
    db.execute("DELETE FROM posts WHERE native_id = '2'")
    assert clusters.copied(db, [3]) == {}
    assert db.value("SELECT count(*) FROM bands") == 0


def test_a_63_bit_key_is_kept_whole(db: Store) -> None:
    key = (1 << 63) - 1
    case_steps.assign(db, stored(db, 1, "甲"), None, filed(key))
    assert [len(holders) for holders in clusters.holders(db, [key, key - 1]).values()] == [1]
    assert len(candidates(db, [key])) == 1


def test_a_post_that_is_scored_again_stays_where_it_is_under_both_its_wordings(db: Store) -> None:
    post = stored(db, 1, "甲")
    cluster = case_steps.assign(db, post, None, filed(1))
    other = case_steps.assign(db, stored(db, 2, "乙"), None, filed(2))
    assert case_steps.assign(db, post, other, filed(8)) == cluster
    filed_as = [holder for holders in clusters.holders(db, [1, 8]).values() for holder in holders]
    assert [home for home, _ in clusters.filed(db, filed_as).values()] == [cluster] * 2
    case_steps.assign(db, post, None, filed(2))  # now it says what another cluster says
    assert clusters.copied(db, [2]) == {2: other}


def test_the_index_outlives_a_restart(db: Store) -> None:
    case_steps.assign(db, stored(db, 1, "甲"), None, filed(1, form="a"))
    again = store.open(db.path)
    assert clusters.holders(again, [1]) == clusters.holders(db, [1]) != {}
    assert candidates(again, [1]) == ["a"]
    again.close()


def test_few_wordings_need_nobody_to_stand_for_them_and_many_have_their_first(db: Store) -> None:
    cluster = None
    for n in range(1, clusters.FEW + 1):
        cluster = case_steps.assign(db, stored(db, n, "甲"), cluster, filed(n, form=str(n)))
    assert new_posts.speaking_for(clusters.first_forms(db, [cluster or 0])[cluster or 0]) == ()
    case_steps.assign(db, stored(db, 90, "甲"), cluster, filed(90, form="last"))
    first = clusters.first_forms(db, [cluster or 0])[cluster or 0]
    assert new_posts.speaking_for(first) == tuple(str(n) for n in range(1, clusters.FEW + 1))


# ---- the window ---------------------------------------------------------------------------------


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Days since ``START``: the store's clock is in here."""
    at = [0]
    monkeypatch.setattr(store, "clock", lambda: START + timedelta(days=at[0]))
    return at


def kept(db: Store) -> list[int]:
    """The digests on file, and that the index holds exactly their keys."""
    keys = "SELECT b.value, w.id FROM wordings w, json_each(w.keys) b ORDER BY 1, 2"
    held = [tuple(row) for row in db.conn.execute("SELECT * FROM bands ORDER BY 1, 2")]
    assert held == [tuple(row) for row in db.conn.execute(keys)]
    found = [row["digest"] for row in db.query("SELECT digest FROM wordings ORDER BY digest")]
    assert db.value("SELECT filed FROM filed_wordings") == len(found)
    return found


def test_what_was_not_met_for_long_leaves_the_window_and_keeps_its_cluster(
    db: Store, day: list[int]
) -> None:
    for n in (1, 2, 3):
        case_steps.assign(db, stored(db, n, "甲"), None, filed(n, n + 10, digest=n))
    before = db.rows("SELECT id, cluster_id FROM posts")
    day[0] = 20
    again = clusters.copied(db, [2])[2]
    case_steps.assign(db, stored(db, 4, "甲"), again, filed(2, 12, digest=2))
    day[0] = 30
    assert clusters.slide(db, WindowConfig(days=30)) == 0
    day[0] = 31
    assert clusters.slide(db, WindowConfig(days=30)) == 2
    assert kept(db) == [2]
    assert db.rows("SELECT id, cluster_id FROM posts")[:3] == before


def test_beyond_its_size_the_window_loses_the_longest_unmet(db: Store, day: list[int]) -> None:
    for n in range(1, 6):
        day[0] = 0 if n == 5 else n
        case_steps.assign(db, stored(db, n, "甲"), None, filed(n))
    assert clusters.slide(db, WindowConfig(wordings=3)) == 2
    assert kept(db) == [2, 3, 4]
    assert clusters.slide(db, WindowConfig(wordings=3)) == 0
    assert posts.count(db) == 5 and db.value("SELECT count(*) FROM clusters") == 5


def test_an_open_case_keeps_its_wordings_whatever_their_age_and_a_closed_one_does_not(
    db: Store, day: list[int]
) -> None:
    case = case_steps.open_case(db)
    (digest,) = kept(db)
    case_steps.assign(db, stored(db, 7, "甲"), None, filed(70))
    day[0] = 400
    assert clusters.slide(db, WindowConfig(wordings=0, days=1)) == 1
    assert clusters.copied(db, [digest]) == {digest: case.cluster_id}
    db.execute("UPDATE cases SET closed_at = opened_at")
    assert clusters.slide(db, WindowConfig(wordings=0, days=1)) == 1
    assert kept(db) == []


@pytest.mark.slow
def test_a_store_of_before_is_filed_anew_and_no_post_changes_its_cluster(tmp_path: Path) -> None:
    text, then = "车牌浙BL1234的车刚从武汉回到白兔潭", "2020-01-26T00:00:00.000000Z"
    post = {"source": "forum", "native_id": "1", "text": text, "likes": 0, "reposts": 0}
    post |= dict.fromkeys(("url", "title", "author_key"), "")
    post |= dict.fromkeys(("published_at", "collected_at", "changed_at"), then)
    old = store.Store(tmp_path / "old.db")
    keys.of_store(tmp_path / "old.db", begun=False)
    migrations.migrations.apply(old, stop_before="0002_window")
    old.insert("posts", post)
    old.execute("INSERT INTO clusters VALUES (7, '2020', '2020', 0)")
    old.execute("UPDATE posts SET cluster_id = 7, scored_at = changed_at")
    old.execute("INSERT INTO fingerprints VALUES (1, x'00')")
    old.execute("INSERT INTO bands VALUES (5, 1)")
    old.close()
    with store.using(tmp_path / "old.db") as db:
        (waiting,) = posts.unscored(db)
        print_ = filing.fingerprint(waiting.text)
        assert new_posts.join(db, [waiting], [print_]) == [7]
        assert waiting.cluster_id == clusters.copied(db, [print_.digest])[print_.digest] == 7


# ---- what a cluster tells -----------------------------------------------------------------------


def test_a_cluster_is_stale_until_its_case_has_seen_it(db: Store) -> None:
    cluster = case_steps.assign(db, stored(db, 1, "甲"), None, filed(1))
    assert clusters.stale(db) == [cluster]
    clusters.seen(db, [cluster])
    assert clusters.stale(db) == []
    case_steps.assign(db, stored(db, 2, "甲"), cluster, filed(1))
    assert clusters.stale(db) == [cluster]


def test_a_cluster_is_told_by_its_most_posted_wording(db: Store) -> None:
    cluster = case_steps.assign(db, stored(db, 1, "少见", "a"), None, filed(1))
    for n, author in ((2, "b"), (3, "b"), (4, "")):
        case_steps.assign(db, stored(db, n, "常见", author), cluster, filed(1))
    row = db.row("SELECT first_at, last_at FROM clusters WHERE id = ?", cluster)
    first, last = START + timedelta(hours=1), START + timedelta(hours=4)
    assert row == {"first_at": stamp(first), "last_at": stamp(last)}
    told = [(each.text, each.posts, each.accounts) for each in spread.wordings(db, cluster)]
    assert told == [("常见", 3, 1), ("少见", 1, 1)]
    assert spread.wordings(db, 99) == []


def test_growth_counts_posts_and_the_doubted_ones_up(db: Store) -> None:
    cluster = None
    for n, doubts in ((1, 0), (3, 2), (2, 1)):
        cluster = case_steps.assign(db, stored(db, n, "甲", doubts=doubts), cluster, filed(1))
    curve = spread.growth(db, cluster or 0)
    assert [(point.posts, point.doubting) for point in curve] == [(1, 0), (2, 1), (3, 2)]
    assert [point.at for point in curve] == sorted(point.at for point in curve)


def test_a_post_that_is_not_there_cannot_be_assigned(db: Store) -> None:
    with pytest.raises(KeyError):
        case_steps.assign(db, 99, None, filed(1))
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
            cluster = case_steps.assign(db, stored(db, n, "同一条说法"), cluster, filed(1, 2, 3))
    return cluster or 0


def test_a_claim_posted_again_and_again_costs_no_more_to_look_up(db: Store) -> None:
    """Each look-up happens while the store is locked: 200 posts of a flood must not lock it out."""
    cluster = copies(db, None, range(300))
    before = work(db, lambda: candidates(db, [1, 2, 3]))
    copies(db, cluster, range(300, 1500))
    assert work(db, lambda: candidates(db, [1, 2, 3])) <= before * 1.2 + 2
    ((holder,),) = {tuple(holders) for holders in clusters.holders(db, [1, 2, 3]).values()}
    assert clusters.filed(db, [holder])[holder][0] == cluster


def test_a_slogan_in_many_wordings_costs_no_more_to_look_up(db: Store) -> None:
    def wordings(numbers: range) -> None:
        with db.atomic():
            for n in numbers:
                case_steps.assign(db, stored(db, n, "甲"), None, filed(1, 2, 3, digest=n))

    wordings(range(1, 200))
    before = work(db, lambda: candidates(db, [1, 2, 3]))
    wordings(range(200, 1500))
    assert work(db, lambda: candidates(db, [1, 2, 3])) <= before * 1.2 + 2


def test_a_case_of_many_copies_costs_in_proportion_to_them(db: Store) -> None:
    cluster = copies(db, None, range(200))
    before = work(db, lambda: opening.refresh(db, cluster, "", case_steps.LINE))
    copies(db, cluster, range(200, 1600))  # eight times as many
    assert work(db, lambda: opening.refresh(db, cluster, "", case_steps.LINE)) <= before * 16
