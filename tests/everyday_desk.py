"""A desk that nobody decided on yet: posts that this project made up, scored, each in a cluster."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from functools import cache

from models.intake import posts
from models.intake.records import Post
from models.ranking import clusters, scores
from models.ranking.clusters import Filing, Fingerprint
from models.store import Store
from tests import case_steps, desk_lessons


def fill(db: Store, told: Iterable[Post], risk: float = 0.1) -> None:
    """The posts, scored under the line, each a cluster of its own, which is what spreading one story over
    many wordings comes to at worst."""
    before = db.value("SELECT coalesce(max(id), 0) FROM posts")
    posts.add_many(db, list(told))
    rows = db.execute("SELECT id, text FROM posts WHERE id > ? ORDER BY id", [before]).fetchall()
    scores.save(db, [case_steps.score(row[0], risk) for row in rows])
    clusters.file(
        db,
        [
            Filing(post_id, -1 - n, Fingerprint((post_id,), post_id, text))
            for n, (post_id, text) in enumerate(rows)
        ],
    )


@cache
def _words() -> tuple[str, ...]:
    _, plain = desk_lessons.written()
    pairs = {text[i : i + 2] for text in plain for i in range(len(text) - 1)}
    return tuple(sorted(pair for pair in pairs if pair.isalpha() and not pair.isascii()))


def idle(count: int, seed: int = 0, about: str = "", source: str = "") -> Iterator[Post]:
    """Posts of nobody's concern from three sources, each by an account of its own; ``about`` is said
    in all of them."""
    draw = random.Random(seed)
    for n in range(count):
        words = "".join(draw.choices(_words(), k=draw.randint(8, 25)))
        name = f"{seed}-{n}"
        yield Post(
            source or f"source-{n % 3}", name, f"{words[:10]}{about}{words[10:]}", author=name
        )


def flood(count: int, source: str = "source-0") -> Iterator[Post]:
    """One story in many wordings, each by an account of its own, within one hour."""
    draw = random.Random(1)
    parts = (
        ("听说", "刚刚", "紧急通知", "朋友说", "大家注意", "速看"),
        ("东渡镇", "东渡", "我们东渡镇", "隔壁东渡镇"),
        ("来了一辆外地车", "进了一辆外地牌照的车", "停了辆外地车"),
        ("，车上有确诊病人", "，车上的人确诊了", "，说是有疑似患者"),
        ("，千万别出门", "，大家别出门", "，赶紧转给家人", "，看到请报警"),
    )
    for n in range(count):
        text = "".join(draw.choice(part) for part in parts)
        yield Post(source, f"flood-{n}", f"{text}{draw.choice(_words())}{n}", author=f"f{n}")
