"""A process that judges batches of texts with the piyao it stands in, old or new: see bench_judgement.

Reads a JSON list of texts a line and answers with the seconds of processor time that it took and what
was said of each. Run with the other checkout as its folder and first path.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import models.driver  # noqa: F401  (first: one SQLite library)

try:
    from classifier.ranking import judge, model
    from models.intake.records import Post
except ImportError:  # before the wings
    from models.records import Post

    from classifier import judge, model

AT = datetime(2026, 1, 1, tzinfo=UTC)


def told(judgement: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(judgement).items() if name != "topic"} | {
        "topic": judgement.topic.label
    }


def main() -> None:
    weights = model.load()
    judge.judge(weights, [Post("bench", "0", "车从武汉回到白兔潭，看到要报警")])  # tables are made
    for line in sys.stdin:
        posts = [Post("bench", str(i), t, published_at=AT) for i, t in enumerate(json.loads(line))]
        start = time.process_time()
        judged = judge.judge(weights, posts)
        spent = time.process_time() - start
        sys.stdout.write(json.dumps([spent, [told(each) for each in judged]]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
