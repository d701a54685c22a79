"""The posts of the sample forum: their mix, their stories, and what they must not hold."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.sample import feed, forum, pages
from crawler.sample.board import MAX_TEXT
from crawler.sample.forum import Clock
from models.personal import mask
from models.personal.plates import PLATE

THREADS = forum.load()
LABELS = forum.labels()


def test_kinds_keep_the_promised_mix() -> None:
    counts = Counter(label.kind for label in LABELS.values())
    assert 290 <= counts.total() <= 320
    assert set(counts) == set(forum.KINDS)
    share = {kind: count / counts.total() for kind, count in counts.items()}
    assert 0.18 <= share["rumor"] <= 0.24
    assert 0.06 <= share["warning"] <= 0.09
    assert 0.30 <= share["ordinary"] <= 0.40
    assert all(counts[kind] >= 12 for kind in forum.KINDS)


def test_the_plate_story_runs_in_at_least_six_wordings() -> None:
    story = {one.text for one in THREADS if LABELS[one.id].story == "plate"}
    plates = {found.group() for text in story for found in PLATE.finditer(text)}
    assert len(story) >= 6
    assert {"浙BL1234", "浙BL1284"} <= plates
    assert any("东渡" in text and "浙BL1284" in text for text in story)
    assert any("白兔潭" in text and "浙BL1234" in text for text in story)


def test_twelve_rumor_stories_have_several_wordings_each() -> None:
    stories = Counter(label.story for label in LABELS.values() if label.kind == "rumor")
    assert len(stories) == 12
    assert min(stories.values()) >= 4


def test_rumors_grow_towards_the_opening() -> None:
    times = [one.at for one in THREADS if LABELS[one.id].kind == "rumor"]
    assert sum(-60 <= at <= 0 for at in times) > sum(-360 <= at < -180 for at in times)


def test_rumors_and_warnings_alike_are_doubted_by_some() -> None:
    doubt = re.compile("求证|真的吗|真的假的|假的吧|谣言吧|官方说法")
    for kind in ("rumor", "warning"):
        of_kind = [one for one in THREADS if LABELS[one.id].kind == kind]
        doubted = [one for one in of_kind if any(doubt.search(r.text) for r in one.replies)]
        assert 0 < len(doubted) < len(of_kind)


def test_ids_of_posts_and_replies_are_unique_and_say_nothing() -> None:
    ids = [one.id for one in THREADS] + [reply.id for one in THREADS for reply in one.replies]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"\d+(-\d+)?", one) for one in ids)


def test_texts_are_distinct_and_of_many_lengths() -> None:
    lengths = [len(one.text) for one in THREADS]
    assert len({one.text for one in THREADS}) == len(THREADS)
    assert sum(length > 200 for length in lengths) >= 5
    assert sum(length < 40 for length in lengths) >= 100
    assert max(lengths) <= MAX_TEXT


def test_no_post_holds_an_address_a_phone_number_or_a_path() -> None:
    text = forum.POSTS.read_text(encoding="utf-8")
    assert not re.search(r"https?:|www\.|\.(com|cn|org|net)\b|/(work|home|tmp|root)\b", text)
    for one in THREADS:
        said = "\n".join((one.title, one.text, one.author, *(r.text for r in one.replies)))
        assert mask.phones_and_ids(said) == said


def test_the_label_of_a_post_is_in_no_page_and_no_feed(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in forum.POSTS.read_text(encoding="utf-8").splitlines()]
    marked = [row | {"kind": "rumor", "story": "KENNWORT"} for row in rows[:3]]
    path = tmp_path / "posts.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in marked), encoding="utf-8")
    opened = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    seen = forum.visible(forum.load(path), Clock(opened), opened + timedelta(minutes=1))
    served = feed.render(seen, "http://127.0.0.1:8000").decode() + pages.board(seen)
    served += "".join(pages.thread(one) for one in seen)
    assert seen[0].text in pages.thread(seen[0])
    assert "KENNWORT" not in served
    assert "rumor" not in served
