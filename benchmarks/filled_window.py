"""A window full of posts that never were: pieces of real ones, and others that retell them."""

from __future__ import annotations

import collections
import itertools
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import models.driver  # noqa: F401  (first: one SQLite library)
from benchmarks import every_post
from classifier.likeness import filing, wording
from models import store


def stream(
    bodies: Sequence[str], seed: str, window: Sequence[str] = ()
) -> Iterator[tuple[str, str]]:
    """Posts made of pieces of real ones, words parted by tabs, each with what it retells ("": it is
    new, as half are) in one to three other words: one of the last 500, or as often one of ``window``."""
    draw = random.Random(seed)
    told: collections.deque[str] = collections.deque(maxlen=500)
    while True:
        source = ""
        if told and draw.random() < 0.5:
            source = draw.choice(window if window and draw.random() < 0.5 else told)
            words = source.split("\t")
            for _ in range(draw.randint(1, 3)):
                words[draw.randrange(len(words))] = draw.choice(draw.choice(bodies).split("\t"))
        else:
            first, second = (draw.choice(bodies).split("\t") for _ in range(2))
            words = first[: draw.randint(1, len(first))] + second[-draw.randint(1, len(second)) :]
        told.append("\t".join(words[:120]))
        yield told[-1], source


def fill(path: Path, bodies: Sequence[str], size: int, seed: str, old: bool) -> None:
    """``size`` more wordings, each with its post and cluster, in one go; keys last, and in order."""
    with store.using(path) as db:
        for pragma in ("synchronous=OFF", "cache_size=-1500000", "wal_autocheckpoint=100000"):
            db.conn.execute(f"PRAGMA {pragma}")
        at, day = store.stamp(store.now()), store.now().toordinal()
        begin = int(db.value("SELECT coalesce(max(id), 0) FROM posts"))
        filed = int(db.value("SELECT coalesce(max(id), 0) FROM wordings"))
        trigger = db.value("SELECT sql FROM sqlite_master WHERE name = 'wordings_are_filed'")
        with db.atomic():
            db.conn.execute("DROP TRIGGER wordings_are_filed")
            for n, (told, _) in enumerate(itertools.islice(stream(bodies, seed), size), begin + 1):
                text = told.replace("\t", "")
                db.conn.execute("INSERT INTO clusters VALUES (?, ?, ?, 0)", [n, at, at])
                db.conn.execute(
                    "INSERT INTO posts VALUES (?, 'bench', ?, '', '', ?, NULL, ?, ?, ?, '', 0,"
                    " 0, ?, ?)",
                    [n, str(n), text, at, at, at, n, at],
                )
                if old:
                    every_post.file(db, n, *every_post.keys(wording.form(text)))
                    continue
                print_ = filing.fingerprint(text)
                db.conn.execute(
                    "INSERT INTO wordings (digest, cluster_id, post_id, seen, keys, form)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    [print_.digest, n, n, day, store.dump(print_.keys), print_.form],
                )
            db.conn.execute(
                "INSERT INTO bands SELECT k.value, w.id FROM wordings w, json_each(w.keys) k"
                " WHERE w.id > ? ORDER BY 1, 2",
                [filed],
            )
            db.conn.execute("UPDATE filed_wordings SET filed = (SELECT count(*) FROM wordings)")
            db.conn.execute(trigger)
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
