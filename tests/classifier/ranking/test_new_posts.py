"""Posts that come together go where they would go one after the other."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from classifier.likeness.filing import fingerprint
from classifier.ranking import new_posts
from models import store
from models.intake import posts
from models.intake.records import Post
from models.ranking.clusters import Fingerprint
from models.store import Store
from tests.where import SAMPLE

TEXTS = [json.loads(line)["text"] for line in SAMPLE.read_text("utf-8").splitlines()]


def told(seed: int, many: int) -> list[str]:
    """Texts of the sample, copied, shortened, run together, and with a word more."""
    draw = random.Random(seed)
    found: list[str] = []
    for _ in range(many):
        text = draw.choice(found[-40:]) if found and draw.random() < 0.6 else draw.choice(TEXTS)
        shape = draw.random()
        if shape < 0.2:
            text = text[: len(text) * 3 // 4]
        elif shape < 0.4:
            text = "紧急扩散：" + text
        elif shape < 0.5:
            text += draw.choice(TEXTS)[:20]
        found.append(text)
    return found


def homes(db: Store, texts: list[str], at_once: int) -> list[list[tuple[Any, ...]]]:
    """The clusters of the posts and all that the index holds, with so many joined at a time."""
    for start in range(0, len(texts), at_once):
        chunk = texts[start : start + at_once]
        posts.add_many(db, [Post("s", str(start + n), text) for n, text in enumerate(chunk)])
        waiting = posts.unscored(db)
        new_posts.join(db, waiting, [fingerprint(post.text) for post in waiting])
        db.execute("UPDATE posts SET scored_at = changed_at")
        if start % 60 == 0:  # some are scored again, with other words
            db.execute("UPDATE posts SET scored_at = NULL WHERE id % 7 = 1 AND id <= ?", [start])
            again = posts.unscored(db)
            new_posts.join(db, again, [fingerprint(post.text + "？") for post in again])
            db.execute("UPDATE posts SET scored_at = changed_at")
    return [
        [tuple(row) for row in db.conn.execute(sql)]
        for sql in (
            "SELECT id, cluster_id FROM posts ORDER BY id",
            "SELECT id, digest, cluster_id, post_id, keys, form FROM wordings ORDER BY id",
            "SELECT * FROM bands ORDER BY 1, 2",
            "SELECT id, stale FROM clusters ORDER BY id",
        )
    ]


@pytest.mark.parametrize("seed", range(3))
def test_a_batch_makes_the_same_clusters_as_its_posts_one_by_one(
    db: Store, tmp_path: Path, migrated: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts, join = told(seed, 240), new_posts.join
    together = homes(db, texts, 60)

    def one_by_one(db: Store, batch: list[Post], prints: list[Fingerprint]) -> None:
        for post, print_ in zip(batch, prints, strict=True):
            join(db, [post], [print_])

    monkeypatch.setattr(new_posts, "join", one_by_one)
    for each in (migrated, migrated.with_suffix(".key")):
        shutil.copy(each, tmp_path / f"other{each.suffix}")
    with store.using(tmp_path / "other.db") as other:
        assert homes(other, texts, 60) == together
    clusters = {home for _, home in together[0]}
    assert 5 < len(clusters) < len(texts) / 2
