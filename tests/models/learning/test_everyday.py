"""Which posts teach what is ordinary: bounded by claim, account, source and hour; nothing that matters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from models import store
from models.casework import cases
from models.intake import posts
from models.intake.records import Post
from models.learning import everyday
from models.ranking import scores
from models.ranking.clusters import Fingerprint
from models.store import Store
from tests import case_steps
from tests.conftest import People

LINE = 0.6  # of case_steps
SIZE = 60


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Moves the clock of the house."""
    gone = [timedelta()]
    real = store.clock
    monkeypatch.setattr(store, "clock", lambda: real() + gone[0])

    def by(**more: float) -> None:
        gone[0] += timedelta(**more)

    return by


def said(
    db: Store,
    text: str,
    *,
    source: str = "forum",
    account: str = "",
    risk: float = 0.1,
    witness: float = 0.0,
    into: int | None = None,
) -> int:
    """A scored post in a cluster of its own, or in ``into``; returns the cluster."""
    native = f"post-{posts.count(db) + 1}"
    posts.add(db, Post(source, native, text, author=account))
    post_id = db.value("SELECT id FROM posts WHERE native_id = ?", native)
    scores.save(db, [case_steps.score(post_id, risk)])
    db.conn.execute("UPDATE scores SET witness = ? WHERE post_id = ?", [witness, post_id])
    return case_steps.assign(db, post_id, into, Fingerprint((post_id,), post_id, text))


def drawn(db: Store, size: int = SIZE) -> set[str]:
    return set(everyday.drawn(db, LINE, size).texts)


def test_ordinary_posts_are_drawn_once_a_claim(db: Store, later: Callable[..., None]) -> None:
    one = said(db, "今晚吃面")
    said(db, "今晚吃面了", into=one)
    said(db, "月亮好圆", source="board")
    assert drawn(db) == set(), "an hour must pass: a case may yet be opened"
    later(hours=2)
    found = everyday.drawn(db, LINE, SIZE)
    assert set(found.texts) == {"今晚吃面", "月亮好圆"}
    assert (found.sources, found.of) == (2, 2) and found.since
    later(days=8)
    assert drawn(db) == set(), "what was ordinary a week ago is not asked"


def test_nothing_that_matters_is_ordinary(
    db: Store, people: People, later: Callable[..., None]
) -> None:
    case_steps.open_case(db)
    gone = case_steps.open_case(db, text="石桥中学明天停课")
    cases.dismiss(db, gone.id, reason="trivial", by=people.monitor)
    db.conn.execute("UPDATE scores SET risk = 0.1")  # renewed weights think less of them
    said(db, "到线了还没立案", risk=LINE)
    some = said(db, "同一说法里有一帖到线", risk=0.1)
    said(db, "同一说法里有一帖到线！", risk=0.9, into=some)
    said(db, "我家住坝下面，坝脚渗水", witness=0.4)
    many = said(db, "都在传的一句话")
    for n in range(everyday.RETOLD - 1):
        said(db, f"都在传的一句话，第{n}遍", into=many)
    said(db, "今晚吃面")
    later(hours=2)
    assert drawn(db) == {"今晚吃面"}


def test_no_account_source_or_hour_makes_up_what_is_ordinary(
    db: Store, later: Callable[..., None]
) -> None:
    for n in range(40):
        said(db, f"刷屏第{n}句", account="loud", source="forum")
    later(hours=2)
    for hour in range(8):
        for n in range(12):
            said(db, f"{hour}点{n}", account=f"a{hour}-{n}", source=f"s{n % 4}")
        later(hours=2)
    rows = {post.text: post for post in posts.newest(db, 500)}
    found = [rows[text] for text in drawn(db)]
    accounts = Counter(post.author_key for post in found)
    assert max(accounts.values()) == everyday.OF_ACCOUNT == accounts[rows["刷屏第0句"].author_key]
    assert max(Counter(post.source for post in found).values()) <= SIZE // everyday.OF_SOURCE
    hours = Counter(post.collected_at.isoformat()[:13] for post in found)
    assert max(hours.values()) <= SIZE // everyday.OF_HOUR
    assert len(found) > SIZE // 2


def test_one_hour_of_many_sources_is_at_most_a_sixth(db: Store, later: Callable[..., None]) -> None:
    for n in range(40):
        said(db, f"第{n}句", source=f"s{n}")
    later(hours=2)
    found = everyday.drawn(db, LINE, SIZE)
    hours = {post.collected_at.isoformat()[:13] for post in posts.newest(db, 100)}
    assert len(found.texts) <= len(hours) * (SIZE // everyday.OF_HOUR)


def test_a_lone_source_is_at_most_a_third_however_much_it_posts(
    db: Store, later: Callable[..., None]
) -> None:
    for _ in range(5):
        for n in range(30):
            said(db, f"第{posts.count(db)}句{n}", source="forum")
        later(hours=2)
    assert len(drawn(db)) == SIZE // everyday.OF_SOURCE


def test_who_does_not_know_the_key_cannot_choose_what_is_drawn(
    db: Store, later: Callable[..., None]
) -> None:
    for n in range(100):
        said(db, f"第{n}句")
    later(hours=2)
    before = drawn(db, 30)
    assert before == drawn(db, 30)
    db.secret = b"another"
    assert drawn(db, 30) != before
