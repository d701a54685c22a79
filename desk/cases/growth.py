"""The growth curve of a claim: SVG coordinates written by the server, and the same as a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk import clock
from models.china_time import in_china
from models.ranking.spread import GrowthPoint, Wording

WIDTH, TOP, BASE = 858, 8, 72  # the plot; labels stand left of it and below
LEFT, RIGHT = 28, 856
STEPS = 12  # rows of the table


@dataclass(frozen=True)
class Mark:
    """A vertical line where the wording that spread most was first seen."""

    x: float
    text_x: float
    word: str
    anchor: str  # start or end: on which side of the line the word stands


@dataclass(frozen=True)
class Curve:
    posts: str  # points of a polyline
    doubting: str
    area: str
    top: int  # the value of the upper line
    middle: int
    ticks: tuple[tuple[float, str, str], ...]  # x, word, anchor
    label_x: float
    label_y: float
    doubt_y: float
    mark: Mark | None
    table: tuple[tuple[datetime, int, int], ...]
    summary: str


def curve(points: Sequence[GrowthPoint], wordings: Sequence[Wording]) -> Curve | None:
    """The cumulative curve; None where there are not two posts at two times to draw."""
    if len(points) < 2 or points[0].at == points[-1].at:
        return None
    start, end = points[0].at, points[-1].at
    top = ceiling(points[-1].posts)

    def x(at: datetime) -> float:
        return round(LEFT + (at - start) / (end - start) * (RIGHT - LEFT), 1)

    def y(count: int) -> float:
        return round(BASE - count / top * (BASE - TOP), 1)

    seen: dict[float, GrowthPoint] = {x(point.at): point for point in points}
    line = " ".join(f"{at:g},{y(point.posts):g}" for at, point in seen.items())
    doubts = " ".join(f"{at:g},{y(point.doubting):g}" for at, point in seen.items())
    near = at_share(points, 0.66)
    return Curve(
        posts=line,
        doubting=doubts,
        area=f"{LEFT},{BASE} {line} {RIGHT},{BASE}",
        top=top,
        middle=top // 2,
        ticks=_ticks(start, end),
        label_x=round(LEFT + 0.66 * (RIGHT - LEFT), 1),
        label_y=max(y(near.posts) - 8, 12),
        doubt_y=min(max(y(near.doubting) - 6, y(near.posts) + 14), BASE - 4),
        mark=_mark(x, wordings),
        table=table(points),
        summary=f"{clock.hour_minute(start)} 到 {clock.hour_minute(end)} 共 {points[-1].posts} 帖，"
        f"其中 {points[-1].doubting} 帖有人求证或质疑",
    )


def ceiling(count: int) -> int:
    """A round even number at or above ``count``, for the upper line.

    >>> [ceiling(n) for n in (2, 5, 47, 61, 180)]
    [2, 6, 50, 80, 200]
    """
    if count <= 10:
        return count + count % 2
    unit = 10 ** int(math.log10(count))
    return next(int(unit * step) for step in (1, 2, 3, 4, 5, 6, 8, 10) if unit * step >= count)


def at_share(points: Sequence[GrowthPoint], share: float) -> GrowthPoint:
    """The last point before this share of the time."""
    at = points[0].at + (points[-1].at - points[0].at) * share
    return [point for point in points if point.at <= at][-1]


def _ticks(start: datetime, end: datetime) -> tuple[tuple[float, str, str], ...]:
    form = "%m-%d %H:%M" if end - start >= timedelta(hours=36) else "%H:%M"
    anchors = ("start", "middle", "middle", "end")
    return tuple(
        (
            round(LEFT + n / 3 * (RIGHT - LEFT), 1),
            in_china(start + (end - start) * n / 3).strftime(form),
            anchor,
        )
        for n, anchor in enumerate(anchors)
    )


def _mark(x: Callable[[datetime], float], wordings: Sequence[Wording]) -> Mark | None:
    """Where the wording that is now the largest came up, unless it was the first."""
    if len(wordings) < 2 or wordings[0].posts < 3:
        return None
    at = x(wordings[0].first_at)
    if at - LEFT < 40 or at > RIGHT - 20:
        return None
    left = at > (LEFT + RIGHT) / 2
    word = f"{clock.hour_minute(wordings[0].first_at)} 起换成现在最多的说法"
    return Mark(at, at - 6 if left else at + 6, word, "end" if left else "start")


def table(points: Sequence[GrowthPoint]) -> tuple[tuple[datetime, int, int], ...]:
    """At most ``STEPS`` rows of time, posts, posts that drew a doubt; the last is the newest."""
    every = max(1, math.ceil(len(points) / STEPS))
    rows = list(points[::every])
    if rows[-1] is not points[-1]:
        rows.append(points[-1])
    return tuple((point.at, point.posts, point.doubting) for point in rows)
