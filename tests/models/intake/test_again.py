"""A post is known again under another id, and two posts are never taken for one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models import sameness
from models.intake import posts
from models.intake.records import Post
from models.store import Store

AT = datetime(2020, 1, 26, 1, 5, tzinfo=UTC)
LINK = "http://forum.example/read?id=31"
POST = Post("forum", "s-8842-31", "听说城东水厂今晚停水检修", LINK, published_at=AT)


def visits(db: Store, *each: list[Post]) -> list[dict[str, int]]:
    return [dict(posts.add_many(db, seen)) for seen in each]


@pytest.mark.parametrize(
    "again",
    [
        replace(POST, native_id="s-9913-31"),
        replace(POST, native_id="31?t=1580000000"),
        replace(POST, native_id="https://forum.example/read?id=31", url="https://forum.example/read?id=31"),
        replace(POST, native_id=LINK + "&spm=a2.3", url=LINK + "&spm=a2.3&utm_source=wx"),
        replace(POST, native_id="x", url=LINK + "&PHPSESSID=0f8a1c"),
        replace(POST, native_id="x", url=LINK + "&sid=0f8a1c77d2e34b5596aa"),
        replace(POST, native_id="x", published_at=None),
        replace(POST, native_id="x", published_at=AT + timedelta(hours=3)),  # dated anew at each visit
        replace(POST, native_id="x", author="某人"),
    ],
)  # fmt: skip
def test_an_id_that_changes_makes_no_second_post(db: Store, again: Post) -> None:
    assert visits(db, [POST], [again])[1].get("new", 0) == 0
    (only,) = posts.newest(db)
    assert (only.native_id, only.url, only.published_at) == (POST.native_id, LINK, AT)
    if not again.author:
        assert visits(db, [again], [replace(again, native_id="y")]) == [{"same": 1}, {"same": 1}]


@pytest.mark.parametrize(
    "other",
    [
        replace(POST, native_id="x", text="听说城东水厂明晚停水检修"),
        replace(POST, native_id="x", title="求证"),
        replace(POST, native_id="x", url="http://forum.example/read?id=32"),
        replace(POST, native_id="x", url=LINK + "&sid=32"),  # a story, not a session
        replace(POST, native_id="x", url=LINK + "#floor-2"),
        replace(POST, native_id="x", url=""),
        replace(POST, native_id="x", source="board"),
    ],
)
def test_another_link_or_other_words_are_another_post(db: Store, other: Post) -> None:
    assert visits(db, [POST], [other]) == [{"new": 1}, {"new": 1}]


def test_two_ids_in_one_visit_are_two_posts_in_every_later_visit(db: Store) -> None:
    two = [POST, replace(POST, native_id="s-8843-31")]
    assert visits(db, two, two, two[::-1]) == [{"new": 2}, {"same": 2}, {"same": 2}]
    # both under new ids: each is one of the two, and none is a third
    assert visits(db, [replace(post, native_id=post.native_id + "b") for post in two]) == [
        {"same": 2}
    ]
    assert visits(db, [*two, replace(POST, native_id="c")]) == [{"same": 2, "new": 1}]


def test_at_a_link_that_posts_share_the_time_tells_them_apart(db: Store) -> None:
    first, second = POST, replace(POST, native_id="other", text="桥也封了吗")
    later = replace(POST, native_id="third", published_at=AT + timedelta(minutes=4))
    assert visits(db, [first, second], [second, later]) == [{"new": 2}, {"same": 1, "new": 1}]
    assert visits(db, [replace(first, native_id="first again")]) == [{"same": 1}]


def test_at_a_link_that_a_visit_shows_twice_an_undated_post_is_nobodys_double(db: Store) -> None:
    here = [
        replace(POST, native_id="x", published_at=None),
        replace(POST, native_id="y", text="桥也封了吗"),
    ]
    assert visits(db, [POST], here) == [{"new": 1}, {"new": 2}]


def test_of_two_in_one_visit_one_is_the_stored_post(db: Store) -> None:
    two = [replace(POST, native_id="x"), replace(POST, native_id="y")]
    assert visits(db, [POST], two) == [{"new": 1}, {"same": 1, "new": 1}]


def test_two_authors_are_two_posts(db: Store) -> None:
    one, two = replace(POST, author="甲"), replace(POST, native_id="x", author="乙")
    assert visits(db, [one], [two]) == [{"new": 1}, {"new": 1}]


def test_what_one_visit_met_is_remembered_over_its_pages(db: Store) -> None:
    met: set[tuple[str, str]] = set()
    assert posts.add_many(db, [POST], met) == {"new": 1}
    assert posts.add(db, replace(POST, native_id="next page"), met) == "new"
    assert len(met) == 2


def test_a_great_visit_is_cut_and_its_ids_are_known_in_every_part(
    db: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posts, "AT_ONCE", 1)
    assert visits(db, [replace(POST, native_id=str(n)) for n in range(4)]) == [{"new": 4}]


def test_a_date_moves_no_post_to_a_later_time(db: Store) -> None:
    visits(db, [POST], [replace(POST, published_at=AT + timedelta(days=1))])
    assert posts.newest(db)[0].published_at == AT
    visits(db, [replace(POST, published_at=AT - timedelta(days=1))])
    assert posts.newest(db)[0].published_at == AT - timedelta(days=1)


def test_a_place_in_a_page_is_a_page() -> None:
    assert sameness.page(LINK + "#a") != sameness.page(LINK + "#b")
    assert sameness.page(LINK + "&spm=1#a") == sameness.page(LINK.replace("http", "https") + "#a")
    assert sameness.page("") == sameness.page("javascript:x") == ""
