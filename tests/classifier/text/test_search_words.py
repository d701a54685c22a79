"""A case is found by words that are cut as those of its posts are."""

from __future__ import annotations

from classifier.text import search_words
from models.casework import queue
from models.store import Store
from tests import case_steps


def test_a_search_finds_the_case_whose_posts_say_its_words(db: Store) -> None:
    case = case_steps.open_case(db, text="石桥中学明天停课，家长群都通知了")
    words = search_words.of_cluster(db, case.cluster_id)
    assert words.split() == sorted({*words.split()}) and "停课" in words.split()
    db.conn.execute("UPDATE case_search SET tokens = ? WHERE rowid = ?", [words, case.id])
    for asked, found in (("停课", [case.id]), ("石桥 停课", [case.id]), ("停水", [])):
        terms = search_words.of_query(asked)
        assert [each.id for each in queue.cases(db, terms=terms)] == found


def test_the_words_are_those_of_the_most_posted_wordings(db: Store) -> None:
    told = [f"石桥中学停课{n}" for n in range(search_words.WORDINGS)]
    cluster = case_steps.cluster_of(
        db, [text for text in told for _ in range(2)] + ["只说一次的豆腐"]
    )
    assert "豆腐" not in search_words.of_cluster(db, cluster)


def test_an_empty_search_asks_nothing() -> None:
    assert search_words.of_query("") == search_words.of_query("  ") == []
