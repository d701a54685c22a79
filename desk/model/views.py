"""模型: one sentence, then what it rests on. Everything here is about scores, nothing about people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from classifier.learning import drift as measure
from desk.model import charts
from desk.queue.lines import flooded
from desk.web import DeskRequest, allow
from models.learning import drift, editions, everyday, withdrawals
from models.learning.drift import ScoreCounts, Week
from models.learning.editions import Edition
from models.people import officers
from models.ranking import moving, need
from models.store import Store

WEEKS = 8
FEWEST = 20  # with fewer decided cases of the sample nothing is said of the rest
SETTLED = "只学日常帖，没有核定可比"
RESULTS = {"not_worse": "不差，可换", "worse": "差，不换"}
UNTRIED = "等以后的核定来比"
WITHDRAWN = 50  # listed, the newest


@dataclass(frozen=True)
class State:
    """Whether the scores of this week are like those of the four weeks before."""

    words: str
    due: bool
    index: float | None
    before: ScoreCounts
    late: ScoreCounts


@dataclass(frozen=True)
class Missed:
    """What the random sample of the last four weeks says of all posts under the line."""

    looked: int  # decided cases of the sample
    found: int  # of those, worth a check
    low: int  # all posts under the line
    about: int  # of those, probably worth a check
    least: int
    most: int


def state(db: Store, now: datetime) -> State:
    """The sentence of the page and of 今日."""
    late = drift.this_week(db, now)
    month = late.first - timedelta(days=28), late.first - timedelta(days=1)
    before = drift.score_counts(db, *month)
    index = measure.stability(before.bands, late.bands)
    if index is None:
        few = f"这一周 {late.posts} 帖，之前四周 {before.posts} 帖，各满 {measure.FEWEST} 帖才比"
        return State(f"打分还太少，看不出变化：{few}", False, None, before, late)
    stranger = late.strange > measure.STRANGER * before.strange and late.strange > 0.05
    if index > measure.ALARM:
        words = f"打分分布变了：PSI {index:.2f}，超过 {measure.ALARM:.2f}。先看帖文，别只凭分数"
    elif stranger:
        words = (
            f"没见过的写法多了：{charts.percent(late.strange)}，之前四周 {charts.percent(before.strange)}。"
            "先看帖文，别只凭分数"
        )
    elif index > measure.LOOK:
        words = f"打分分布有些变化：PSI {index:.2f}，超过 {measure.ALARM:.2f} 报警"
    else:
        words = f"打分分布和之前四周一样：PSI {index:.2f}，超过 {measure.ALARM:.2f} 报警"
    return State(words, index > measure.ALARM or stranger, index, before, late)


def missed(weeks: list[Week]) -> Missed | None:
    """How many posts under the line are probably worth a check; None while too few are decided."""
    looked = sum(week.found.sampled for week in weeks)
    found = sum(week.found.sampled_found for week in weeks)
    low = sum(week.scores.low for week in weeks)
    if looked < FEWEST:
        return None
    least, most = measure.interval(found, looked)
    share = found / looked
    return Missed(looked, found, low, round(share * low), round(least * low), round(most * low))


@allow("see")
@require_safe
def page(request: DeskRequest) -> HttpResponse:
    """The state, the two charts with their tables, the sample, the versions, the thresholds."""
    db, queue = request.db, settings.PIYAO.queue
    weeks = drift.weeks(db, request.now, queue.sample_share, WEEKS)
    line = moving.current(db, queue)
    now, rate, labels = state(db, request.now), editions.base_rate(db), officers.labels(db)
    context: dict[str, Any] = {
        "state": now,
        "weeks": list(reversed(weeks)),
        "histogram": charts.histogram(now.before, now.late) if now.late.posts else None,
        "lines": charts.lines(weeks),
        "missed": missed(weeks[-4:]),
        "models": models(db),
        "settled": editions.newest_settled(db),
        "everyday": everyday,
        "settling": editions.may_settle(db),
        "withdrawn": [
            (each, labels.get(each.by, "")) for each in withdrawals.newest(db, WITHDRAWN)
        ],
        "withdrawn_in_all": withdrawals.count(db),
        "strange": charts.percent(now.late.strange),
        "strange_before": charts.percent(now.before.strange),
        "over": charts.percent(now.late.over / max(now.late.posts, 1)),
        "over_before": charts.percent(now.before.over / max(now.before.posts, 1)),
        "words": words(),
        "rate": f"{100 * rate:.1f}",
        "line": (need.word(line.common, rate), need.figure(line.common, rate)),
        "hazard_line": (need.word(line.hazard, rate), need.figure(line.hazard, rate)),
        "cases_a_night": line.cases,
        "flooded": flooded(db, line, rate),
        "share": f"{queue.sample_share:.0%}",
        "fewest": FEWEST,
        "alarm": measure.ALARM,
        "stranger": measure.STRANGER,
    }
    return render(request, "model/page.html", context)


def words() -> list[tuple[str, str]]:
    """The words of 需核查度, and how many of a hundred such posts are worth a check."""
    tops = [0, *(least for least, _ in need.WORDS)]
    return [
        (
            word,
            f"{least} 条以上" if not top else f"{least} – {top} 条" if least else f"{top} 条以下",
        )
        for (least, word), top in zip(need.WORDS, tops, strict=False)
    ]


def models(db: Store) -> list[dict[str, Any]]:
    """Each version that scored or was renewed here, newest first, with its trial."""
    scored = {each.version: each for each in drift.scorings(db)}
    made = {each.version: each for each in editions.all(db)}
    current = editions.current(db) or next(iter(scored), "")
    found = []
    for name in dict.fromkeys([*made, *scored]):
        edition = made.get(name)
        trial = edition.trial if edition else None
        found.append(
            {
                "version": name,
                "current": name == current,
                "scored": scored.get(name),
                "edition": edition,
                "trial": trial,
                "result": RESULTS[trial.result] if trial else _untried(edition),
            }
        )
    return found


def _untried(edition: Edition | None) -> str:
    if edition is None:
        return ""
    return SETTLED if edition.ground else UNTRIED
