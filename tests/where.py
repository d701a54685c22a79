"""Where the house and the data of the tests lie, wherever a test stands in the tree."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
WEIGHTS = ROOT / "classifier" / "weights"
STARTER = ROOT / "classifier" / "known" / "starter.jsonl"
SAMPLE = ROOT / "crawler" / "sample" / "posts.jsonl"
