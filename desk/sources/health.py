"""The health of a source in one word, from its runs; nothing here touches the network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from models.config import Source
from models.intake import floods, runs, sources
from models.intake.floods import Flood
from models.intake.records import CrawlRun
from models.store import Store

QUIET_CELLS = 6  # three hours without a new post, where posts were coming in before
FLOODS = "刷屏"
STEP = 6  # pixels from cell to cell


@dataclass(frozen=True)
class Cell:
    x: int
    tone: str  # none, quiet, ok1..ok3, silent (suspiciously quiet), failed


@dataclass(frozen=True)
class Health:
    source: Source
    word: str
    tone: str  # "", due, off
    icon: str
    message: str
    cells: tuple[Cell, ...]
    last: CrawlRun | None
    last_hour: int
    usual_hour: float
    rank: int  # worst first
    flood: Flood | None = None

    @property
    def kind(self) -> str:
        return {"feed": "订阅"}.get(self.source.kind, self.source.kind)

    @property
    def every(self) -> str:
        seconds = self.source.every
        return f"{seconds:g} 秒" if seconds < 60 else f"{seconds / 60:g} 分钟"


def of_source(db: Store, source: Source) -> Health:
    """The health of one source now."""
    strip = runs.by_half_hour(db, source.name)
    last = runs.last(db, source.name)
    silent = _silent(strip)
    flood = floods.of_source(db, source.name)
    word, tone, icon, rank = _word(source, last, silent, flood)
    return Health(
        source=source,
        word=word,
        tone=tone,
        icon=icon,
        message=_told(flood) if word == FLOODS and flood else last.message if last else "",
        cells=_cells(strip, silent),
        last=last,
        last_hour=sum(cell.new for cell in strip[-2:]),
        usual_hour=sum(cell.new for cell in strip) / 24,
        rank=rank,
        flood=flood,
    )


def _told(flood: Flood) -> str:
    waiting = f"{flood.waiting:,} 条" if flood.waiting < floods.COUNTED else "十万条以上"
    return (
        f"一小时内新帖 {flood.new:,} 条、改写 {flood.rewritten:,} 次，{waiting}还等着打分；"
        "其他来源照样轮到，不受影响。不该这样多，就先暂停它"
    )


def worst_first(db: Store) -> list[Health]:
    """All sources, the worst first, in the order of piyao.toml within a kind."""
    return sorted(
        (of_source(db, source) for source in sources.all(db)), key=lambda health: health.rank
    )


def _silent(strip: list[runs.HalfHour]) -> int:
    """How many of the newest half hours brought suspiciously nothing; 0: all is as usual."""
    quiet = 0
    for cell in reversed(strip):
        if cell.state not in ("quiet", "none") or cell.new:
            break
        quiet += 1
    before = strip[: len(strip) - quiet]
    busy = sum(1 for cell in before if cell.new)
    asked = any(cell.state == "quiet" for cell in strip[-QUIET_CELLS:])
    return quiet if asked and quiet >= QUIET_CELLS and busy * 2 >= len(before) > 0 else 0


def _word(
    source: Source, last: CrawlRun | None, silent: int, flood: Flood | None
) -> tuple[str, str, str, int]:
    if not source.enabled:
        return "暂停", "off", "", 4
    if last is None:
        return "还没有采集", "off", "", 2
    if last.outcome == "failed":
        return "取不到", "due", "alert", 0
    if flood:
        return FLOODS, "due", "alert", 0
    if silent:
        return (
            f"安静 {timedelta(minutes=30 * silent) // timedelta(hours=1)} 小时",
            "due",
            "clock",
            1,
        )
    if last.broken:
        return f"正常，{last.broken} 条读不了", "", "check", 2
    return ("正在采集" if last.outcome == "running" else "正常"), "", "check", 3


def _cells(strip: list[runs.HalfHour], silent: int) -> tuple[Cell, ...]:
    most = max((cell.new for cell in strip), default=0) or 1
    found = []
    for place, cell in enumerate(strip):
        if place >= len(strip) - silent:
            tone = "silent"
        elif cell.state == "ok":
            tone = f"ok{1 + min(2, 3 * cell.new // (most + 1))}"
        else:
            tone = cell.state
        found.append(Cell(place * STEP, tone))
    return tuple(found)
