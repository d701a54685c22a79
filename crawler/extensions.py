"""What a run did, written down when it ends."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from scrapy import signals

from crawler.harvest import Harvest, Trouble
from models import store
from models.errors import PiyaoError
from models.intake import runs


class RunRecord:
    """Counts what passes and closes the ``CrawlRun`` with it. Holds the store for the pipeline."""

    def __init__(self, crawler: Any) -> None:
        self.db = store.open(Path(crawler.settings["PIYAO_STORE"]), migrate=False)
        self.run_id = crawler.settings.getint("PIYAO_RUN")
        self.counts: Counter[str] = Counter()
        self.stored: Counter[str] = Counter()
        self.failure = ""  # why nothing could be used, for people
        self.notes: Counter[str] = Counter()
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(self.spider_error, signal=signals.spider_error)
        crawler.signals.connect(self.item_error, signal=signals.item_error)

    @classmethod
    def from_crawler(cls, crawler: Any) -> RunRecord:
        return cls(crawler)

    def note(self, source: str, harvest: Harvest, stored: Counter[str]) -> None:
        """Count a harvest that is in the store, and keep its troubles."""
        self.stored += stored
        self.counts["responses"] += 1
        self.counts["bytes"] += harvest.size
        self.counts["unchanged"] += harvest.unchanged
        with self.db.atomic():  # one transaction: each would wait for the disk by itself
            for trouble in harvest.troubles:
                self.trouble(source, trouble)

    def trouble(self, source: str, trouble: Trouble) -> None:
        self.counts["broken"] += trouble.lost
        if trouble.fatal:
            self.failure = self.failure or str(trouble)
        else:
            self.notes[trouble.what] += 1
        if trouble.raw:  # an answer that never came is the run's message, not a piece of input
            where, mend = trouble.where, trouble.mend
            runs.fault(self.db, self.run_id, source, trouble.what, where, mend, trouble.raw)

    def spider_error(self, failure: Any, response: Any, spider: Any) -> None:
        self.failure = self.failure or "采集程序出错，这次没有读完；请看日志"

    def item_error(self, item: Any, response: Any, spider: Any, failure: Any) -> None:
        error = failure.value
        why = error.what if isinstance(error, PiyaoError) else type(error).__name__
        self.failure = self.failure or f"帖子没能存下（{why}）；下次采集会再读"

    def spider_closed(self, spider: Any, reason: str) -> None:
        if reason != "finished" and not self.failure:
            self.failure = {
                "closespider_timeout": "网站太慢，一分钟内没有读完",
                "memusage_exceeded": "内容太占内存，已停下",
                "shutdown": "采集被停下，已收的帖子都在；下次采集会补齐",
            }.get(reason, f"采集提前结束（{reason}）")
        if not self.failure and not self.counts["responses"]:
            self.failure = "网站没有给出内容"
        all_unchanged = self.counts["responses"] == self.counts["unchanged"]
        outcome = "failed" if self.failure else "unchanged" if all_unchanged else "ok"
        notes = "；".join(f"{what}（{n} 处）" for what, n in self.notes.most_common(3))
        runs.finish(
            self.db,
            self.run_id,
            outcome,
            fetched=sum(self.stored.values()) + self.counts["broken"],
            new=self.stored["new"],
            updated=self.stored["updated"],
            broken=self.counts["broken"],
            bytes=self.counts["bytes"],
            message=self.failure or notes,
        )
