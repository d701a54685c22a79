"""The path from HTTP to case: feeds over local HTTP, the real visits, scores, clusters and cases.

``python -m benchmarks.bench_path --before CHECKOUT`` walks the same posts in this checkout and in one
of a commit before (with a ``.venv`` of its own), in turn, and sets the times side by side; without
``--before`` it walks them in this one. ``--grow N`` goes on to N posts in this one and draws posts a second over posts stored into ``--plot``. Posts
are those of the shared sets in an order drawn once, and, when those are used up, halves of two.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import research, results
from tests.http_server import Answer, Server
from tests.running_desk import rss

ROOT = Path(__file__).parents[1]
PAGE = 2000  # posts of a feed
SEED = 20261129
PARTS = ("collect", "score", "queue")


class Pages(dict[str, Answer]):
    """Feeds by their number, made when they are asked for."""

    def __init__(self, folder: Path, last: int) -> None:
        super().__init__()
        self.bodies = []
        for path in sorted(folder.glob("*.jsonl.gz")):
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                self.bodies += [row["text"] for row in map(json.loads, lines) if row.get("text")]
        random.Random(SEED).shuffle(self.bodies)
        self.last = last

    def text(self, n: int) -> str:
        if n < len(self.bodies):
            return self.bodies[n]
        draw = random.Random(SEED + n)
        one, other = draw.choice(self.bodies), draw.choice(self.bodies)
        return one[: len(one) // 2] + other[len(other) // 2 :]

    def get(self, path: str, default: Any = None) -> Any:
        number = path.strip("/")
        if not number.isdigit() or int(number) >= self.last:
            return default
        numbers = range(int(number) * PAGE, (int(number) + 1) * PAGE)
        return Answer(rss([(f"p{n}", f"a{n % 9973}", self.text(n)) for n in numbers]))


def walk(checkout: Path, url: str, last: int, step: int) -> Iterator[dict[str, Any]]:
    """What the worker says of each step, in the checkout's own Python and code."""
    with tempfile.TemporaryDirectory(prefix="piyao-bench-") as folder:
        worker = subprocess.Popen(
            [
                str(checkout / ".venv/bin/python"),
                str(ROOT / "benchmarks/path_worker.py"),
                *(folder, url, "0", str(last), str(step)),
            ],
            cwd=checkout,
            env={"PYTHONPATH": str(checkout), "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
        )
        assert worker.stdout is not None
        yield from map(json.loads, worker.stdout)
        if worker.wait():
            sys.exit(f"the worker in {checkout.name} failed")


def paired(before: Path, url: str, pages: int, rounds: int) -> list[str]:
    """Rows of a table: seconds of each part in both checkouts, and how many times as fast."""
    found: dict[str, list[dict[str, Any]]] = {"before": [], "now": []}
    for _ in range(rounds):
        for name, checkout in (("before", before), ("now", ROOT)):
            (line,) = walk(checkout, url, pages, pages)
            print(name, line["seconds"], flush=True)
            found[name].append(line)
    last = [lines[-1] for lines in found.values()]
    assert len({(line["posts"], line["clusters"], line["cases"]) for line in last}) == 1, last
    rows = []
    for part in (*PARTS, "all"):
        spans = {
            name: [
                sum(line["seconds"].values()) if part == "all" else line["seconds"][part]
                for line in lines
            ]
            for name, lines in found.items()
        }
        ratio = statistics.median(
            old / new for old, new in zip(spans["before"], spans["now"], strict=True)
        )
        cells = [f"{statistics.median(spans[name]):.1f} s" for name in ("before", "now")]
        rows.append(f"| {part} | {' | '.join(cells)} | {ratio:.1f} |")
    peaks = [f"{line['peak'] / 1e6:,.0f} MB" for line in last]
    disk = [f"{line['bytes'] / line['posts'] / 1000:.2f} kB" for line in last]
    rows += [f"| peak memory | {' | '.join(peaks)} | |", f"| disk a post | {' | '.join(disk)} | |"]
    return rows


def alone(url: str, pages: int) -> list[str]:
    """Rows of a table: seconds of each part and posts a second, in this checkout."""
    (line,) = walk(ROOT, url, pages, pages)
    spans = line["seconds"] | {"all": sum(line["seconds"].values())}
    return [
        f"| {part} | {spans[part]:.1f} s | {line['posts'] / spans[part]:,.0f} |"
        for part in (*PARTS, "all")
    ]


def grown(url: str, pages: int, step: int) -> list[tuple[int, float, float, float, float]]:
    """(posts stored, posts a second of this step, the same of the clock's processor time, MB
    resident, kB a post on disk)."""
    points = []
    for line in walk(ROOT, url, pages, step):
        rate = line["new"] / sum(line["seconds"].values())
        disk = line["bytes"] / line["posts"] / 1000
        busy = line["new"] / line["processor"]
        points.append((line["posts"], rate, busy, line["resident"] / 1e6, disk))
        print(f"{line['posts']:,} {rate:,.0f}/s {line['seconds']}", flush=True)
    return points


def plot(points: list[tuple[int, float, float, float, float]]) -> str:
    """An SVG of posts a second over posts stored: by the clock on the wall, which other work on the
    machine bends, and by the processor time of the jobs, which it bends less."""
    wide, high, left, low = 720, 300, 64, 40
    most, top = points[-1][0], max(max(point[1:3]) for point in points) * 1.15
    wall, busy = (
        " ".join(
            f"{left + (wide - left - 16) * point[0] / most:.1f},"
            f"{(high - low) * (1 - point[which] / top):.1f}"
            for point in points
        )
        for which in (1, 2)
    )
    marks = [
        f'<text x="{left - 8}" y="{(high - low) * (1 - share) + 12:.0f}" text-anchor="end">'
        f"{top * share:,.0f}</text>"
        for share in (0, 0.25, 0.5, 0.75)
    ] + [
        f'<text x="{left + (wide - left - 16) * share:.0f}" y="{high - 20}" text-anchor="middle">'
        f"{most * share:,.0f}</text>"
        for share in (0.25, 0.5, 0.75, 1)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide + 24} {high}" role="img"'
        ' font-family="sans-serif" font-size="12" fill="#444">'
        "<title>Posts a second from a feed to queued cases, by posts stored</title>"
        f'<path d="M{left},0V{high - low}H{wide}" fill="none" stroke="#999"/>'
        f'<polyline points="{busy}" fill="none" stroke="#1a5fb4" stroke-width="2"/>'
        f'<polyline points="{wall}" fill="none" stroke="#999" stroke-width="2"/>'
        f"{''.join(marks)}"
        f'<text x="{wide / 2}" y="{high - 4}" text-anchor="middle">posts stored</text>'
        f'<text x="{left + 8}" y="12">posts/s</text>'
        f'<text x="{wide}" y="12" text-anchor="end" fill="#1a5fb4">scored, filed and opened, by'
        " processor time</text>"
        f'<text x="{wide}" y="28" text-anchor="end">from feed to case, by the clock</text></svg>\n'
    )


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_path")
    parser.add_argument("--before", type=Path, help="a checkout of the commit before, with .venv")
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--grow", type=int, default=0, help="posts to grow to")
    parser.add_argument("--plot", type=Path, help="where the curve of the growth goes (SVG)")
    parser.add_argument("--data", type=Path, help="folder of *.jsonl.gz with a text in each row")
    given = parser.parse_args(argv)
    shared = research.paths(research.OLD)
    folder = given.data or (shared[0].parent if shared else None)
    if folder is None:
        print("bench_path: skipped, the shared sets are not here (PIYAO_DATA names their folder)")
        return
    last = max(given.posts, given.grow) // PAGE
    with Server() as forum:
        forum.answers = Pages(folder, last)
        if given.before:
            rows = paired(given.before.resolve(), forum.url, given.posts // PAGE, given.rounds)
            results.append(
                "benchmarks.bench_path --before",
                [
                    f"{given.posts:,} posts in {given.posts // PAGE} feeds over local HTTP, until they"
                    f" are queued cases; medians of {given.rounds} rounds in turn.",
                    "",
                    "| part | before | now | times as fast |",
                    "| --- | --- | --- | --- |",
                    *rows,
                ],
            )
        if not given.before and not given.grow:
            results.append(
                "benchmarks.bench_path",
                [
                    f"{given.posts:,} posts in {given.posts // PAGE} feeds over local HTTP, until they"
                    " are queued cases.",
                    "",
                    "| part | time | posts/s |",
                    "| --- | --- | --- |",
                    *alone(forum.url, given.posts // PAGE),
                ],
            )
        if given.grow:
            points = grown(forum.url, given.grow // PAGE, 5)
            shown = [point for point in points if point[0] % 50_000 == 0 or point is points[0]]
            results.append(
                f"benchmarks.bench_path --grow {given.grow}",
                [
                    "| posts stored | posts/s from feed to case | without visits, by processor time |"
                    " MB resident | kB a post on disk |",
                    "| --- | --- | --- | --- | --- |",
                    *(
                        f"| {posts:,} | {rate:,.0f} | {busy:,.0f} | {memory:,.0f} | {disk:.2f} |"
                        for posts, rate, busy, memory, disk in shown
                    ),
                ],
            )
            if given.plot:
                given.plot.write_text(plot(points), encoding="utf-8")


if __name__ == "__main__":
    main()
