"""What is forgotten, and when: with a clock that is told the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from models import audit, store
from models.casework import cases, evidence, opening
from models.casework.records import CaseState, NoticeKind
from models.config import RetentionConfig, Source
from models.intake import posts, runs, sources
from models.intake.records import Post, Reply
from models.people import officers, sign_ins
from models.publishing import notices
from models.ranking import spread
from models.ranking.line import Line
from models.store import Store
from models.upkeep import retention
from tests import case_steps
from tests.conftest import People

RULES = RetentionConfig()
Days = Callable[[float], None]


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> Days:
    at = [datetime(2026, 1, 1, tzinfo=UTC)]
    monkeypatch.setattr(store, "clock", lambda: at[0])

    def later(count: float) -> None:
        at[0] += timedelta(days=count)

    return later


def count(db: Store, table: str) -> int:
    return int(db.value(f"SELECT count(*) FROM {table}"))


def keys(db: Store) -> int:
    return int(db.value("SELECT count(*) FROM posts WHERE author_key <> ''"))


def test_posts_without_a_case_go_after_thirty_days_with_all_that_hangs_on_them(
    db: Store, days: Days
) -> None:
    case_steps.cluster_of(db, ["闲话一句"], risk=0.1)
    days(30)
    assert retention.expire(db, RULES)["posts"] == 0
    days(0.1)
    assert retention.expire(db, RULES)["posts"] == 1
    for table in ("posts", "replies", "scores", "wordings", "bands", "clusters"):
        assert count(db, table) == 0, table


def test_a_post_that_was_not_scored_yet_stays(db: Store, days: Days) -> None:
    posts.add(db, Post("forum", "1", "没来得及看"))
    days(40)
    assert retention.expire(db, RULES)["posts"] == 0


def test_posts_of_an_open_case_stay_and_their_authors_keys_go(db: Store, days: Days) -> None:
    case = case_steps.open_case(db)
    assert keys(db) == 1
    days(31)
    gone = retention.expire(db, RULES)
    assert (gone["posts"], gone["closed_posts"], gone["author_keys"]) == (0, 0, 1)
    assert (count(db, "posts"), keys(db)) == (1, 0)
    assert retention.expire(db, RULES)["author_keys"] == 0
    assert cases.get(db, case.id).state is CaseState.WAITING


def test_an_authors_key_does_not_come_back_while_the_feed_still_shows_the_post(
    db: Store, days: Days
) -> None:
    case_steps.open_case(db)
    days(31)
    retention.expire(db, RULES)
    posts.add(
        db, Post("forum", "post-1", case_steps.CLAIM, author="post-1", replies=(Reply("真的吗"),))
    )
    assert keys(db) == 0


def test_a_closed_case_loses_its_posts_after_180_days_and_keeps_all_else(
    db: Store, people: People, days: Days
) -> None:
    notice = case_steps.published(db, people)
    head = audit.verify(db)
    days(180)
    assert retention.expire(db, RULES)["closed_posts"] == 0
    days(0.1)
    assert retention.expire(db, RULES)["closed_posts"] == 1
    assert count(db, "posts") == count(db, "scores") == 0
    case = cases.get(db, notice.case_id)
    assert case.claim == case_steps.CLAIM
    assert spread.wordings(db, case.cluster_id) == []
    assert notices.get(db, notice.id).title == notice.title
    assert evidence.original(db, 1, by=officers.MACHINE)[0]
    assert (count(db, "verdicts"), count(db, "approvals"), count(db, "outbox")) == (1, 2, 1)
    assert audit.verify(db, (head.entries, head.head)).ok


def test_a_case_taken_up_again_keeps_its_posts(db: Store, people: People, days: Days) -> None:
    case = case_steps.open_case(db)
    cases.dismiss(db, case.id, reason="known", by=people.monitor)
    days(170)
    cases.restore(db, case.id, by=people.monitor)
    days(30)
    assert retention.expire(db, RULES)["closed_posts"] == 0


def test_what_a_claim_brings_when_it_returns_after_half_a_year_stays(
    db: Store, people: People, days: Days
) -> None:
    notice = case_steps.published(db, people)
    case = cases.get(db, notice.case_id)
    days(181)
    case_steps.cluster_of(db, ["又来了"], cluster_id=case.cluster_id)
    assert retention.expire(db, RULES)["closed_posts"] == 1
    assert [post.text for post in posts.of_cluster(db, case.cluster_id)] == ["又来了"]


def test_faults_runs_and_failed_sign_ins_go_in_their_time(db: Store, days: Days) -> None:
    sources.sync(db, [Source("forum", "feed", "https://forum.example.cn/rss.xml", 300)])
    run = runs.start(db, "forum")
    runs.fault(db, run, "forum", "读不懂", "第 3 条", "请网站改", b"<broken")
    sign_ins.failed(db, "account", "place", None, "officer.sign_in_failed")
    days(31)
    gone = retention.expire(db, RULES)
    assert (gone["faults"], gone["runs"], gone["sign_ins"]) == (1, 1, 0)
    days(170)
    assert retention.expire(db, RULES)["sign_ins"] == 1


def test_failed_sign_ins_are_kept_for_the_six_months_of_the_law(tmp_path: object) -> None:
    from models import config

    assert RULES.sign_ins_days >= 184
    assert config.RANGES["sign_ins_days"][0] >= 184


def test_forgetting_is_logged_in_counts_and_doing_nothing_is_not(db: Store, days: Days) -> None:
    case_steps.cluster_of(db, ["闲话一句"], risk=0.1)
    retention.expire(db, RULES)
    assert count(db, "audit") == 0
    days(31)
    retention.expire(db, RULES)
    (entry,) = audit.newest(db)
    assert entry.action == "store.expire"
    assert entry.detail["posts"] == 1


def test_shorter_rules_forget_sooner(db: Store, days: Days) -> None:
    case_steps.cluster_of(db, ["闲话一句"], risk=0.1)
    days(2)
    assert retention.expire(db, RetentionConfig(posts_days=1))["posts"] == 1


def test_nothing_in_the_store_is_keyed_by_or_lists_an_author(db: Store) -> None:
    """No table of people: the keyed hash is one column of posts, without an index to find it by."""
    for table in db.table_names():
        for column in db[table].columns:
            named = any(word in column.name for word in ("author", "user", "poster", "handle"))
            assert not named or (table, column.name) in {
                ("posts", "author_key"),
                ("officers", "username"),
            }, (table, column.name)
    indexed = {name for index in db["posts"].indexes for name in index.columns}
    assert "author_key" not in indexed


def test_authors_do_not_move_the_score_of_a_post(db: Store) -> None:
    cluster = case_steps.cluster_of(db, ["甲", "乙"])
    before = db.rows("SELECT * FROM scores")
    db.execute("UPDATE posts SET author_key = 'x'")
    assert db.rows("SELECT * FROM scores") == before
    found = opening.refresh(db, cluster, "", Line.at(0.0))
    assert found and found.accounts == 1


def test_a_verifying_notice_of_an_open_case_does_not_close_it(
    db: Store, people: People, days: Days
) -> None:
    case = case_steps.claimed(db, people)
    case_steps.submit(db, case_steps.draft(db, case, NoticeKind.VERIFYING), people.verifier)
    case_steps.approve(db, notices.get(db, 1), people.publisher)
    case_steps.send(db)
    days(200)
    assert retention.expire(db, RULES)["closed_posts"] == 0


def test_many_posts_go_a_few_at_a_time_so_that_nobody_waits_long(
    db: Store, days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_steps.cluster_of(db, [f"闲话第{n}句" for n in range(7)], risk=0.1)
    days(31)
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    free: list[bool] = []
    monkeypatch.setattr(retention, "sleep", lambda _: free.append(not db.conn.in_transaction))
    assert retention.expire(db, RULES)["posts"] == 7
    assert free == [True, True]
    assert (count(db, "posts"), count(db, "clusters")) == (0, 0)
    assert sorted(entry.detail["posts"] for entry in audit.newest(db)) == [1, 3, 3]


def test_a_source_that_is_down_does_not_fill_the_disk_with_its_error_pages(
    db: Store, days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources.sync(db, [Source("forum", "feed", "https://forum.example.cn/rss.xml", 300)])
    for n in range(5):
        runs.fault(db, None, "forum", "读不懂", "全部", "", f"<p>error {n}".encode())
    runs.fault(db, None, "other", "读不懂", "全部", "", b"<p>error")
    monkeypatch.setattr(retention, "FAULTS_KEPT", 3)
    assert retention.expire(db, RULES)["faults"] == 2
    kept = [(each["source"], each["raw"]) for each in db.query("SELECT * FROM faults ORDER BY id")]
    assert [raw[-1:] for _, raw in kept] == [b"2", b"3", b"4", b"r"]


def test_ended_sessions_go_and_living_ones_stay(db: Store) -> None:
    db.execute("CREATE TABLE django_session (session_key TEXT, expire_date TEXT)")
    db.execute("INSERT INTO django_session VALUES ('old', '2020-01-01 00:00:00.000000')")
    db.execute("INSERT INTO django_session VALUES ('new', '2999-01-01 00:00:00.000000')")
    assert retention.expire(db, RULES)["sessions"] == 1
    assert db.value("SELECT session_key FROM django_session") == "new"
