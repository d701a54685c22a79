"""The audit log replayed against the tables: is the chain whole, and does the store still say what
the log says was written?

A chain alone shows an entry that was changed. Replayed, it shows a row that was changed: an approver,
a text, a verdict, an original; a row that is gone, and one that no entry knows. A head noted outside
the store shows what neither can: a tail cut off, a file rolled back, a chain made anew.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from models import chain, driver, guarded
from models.store import Store

SAID = 50  # findings that are listed; the rest are counted
_COLUMNS = "seq, at, actor, action, object, detail, bound, prev, hash"
RESTORED = "store.restore"  # the action of ``models.upkeep.restored.wake``
_UNREADABLE = (driver.library.Error, UnicodeDecodeError, ValueError, TypeError)


@dataclass(frozen=True)
class Finding:
    """One thing that does not agree. ``row`` is its name (``approvals:3``), "" for an entry."""

    # of entries: missing, changed, noted, cut; of rows: rewritten, again, gone, back, unknown, unreadable;
    # altered, unsummed, taken (``models.sums``); of what lies around them: lost, damaged
    kind: str
    seq: int  # of the entry that is wrong, or that knew the row last; 0: none did
    row: str = ""
    why: str = ""

    def __str__(self) -> str:
        table, _, key = self.row.partition(":")
        return self._said(WORDS[self.kind][0], f"{table} {key}".strip(), self.why)

    @property
    def in_words(self) -> str:
        """The same for pages, in Chinese."""
        table, _, key = self.row.partition(":")
        row = f"{TABLES.get(table, table)} {key}".strip()
        return self._said(WORDS[self.kind][1], row, self.why.strip())

    def _said(self, words: str, row: str, why: str) -> str:
        return words.format(seq=self.seq, before=self.seq - 1, row=row, why=why)


WORDS = {
    "missing": ("entry #{seq} is missing", "缺第 {seq} 条记录"),
    "changed": ("entry #{seq} was changed", "第 {seq} 条记录被改过"),
    "noted": ("entry #{seq} is not the one noted{why}", "第 {seq} 条记录与留存的指纹不同（{why}）"),
    "cut": (
        "entries after #{before} were cut off{why}",
        "第 {before} 条之后的记录被截掉了（{why}）",
    ),
    "rewritten": ("{row} is not what entry #{seq} wrote", "{row} 与第 {seq} 条记录写下的不同"),
    "again": (
        "entry #{seq} writes {row} anew, which is written once",
        "第 {seq} 条记录改写了 {row}，它写下以后不能再改",
    ),
    "gone": ("{row} is gone, entry #{seq} wrote it", "{row} 不见了，第 {seq} 条记录写下过它"),
    "unknown": ("{row} was written by no entry", "{row} 没有任何记录写下过"),
    "back": (
        "{row} is there again, entry #{seq} deleted it",
        "{row} 又出现了，第 {seq} 条记录已删去它",
    ),
    "unreadable": ("{row} cannot be read ({why})", "{row} 读不出来（{why}）"),
    "altered": (
        "{row} is not what was stored: a bit flipped, or another program wrote there",
        "{row} 与存入时不同（磁盘出错，或被别的程序改过）",
    ),
    "unsummed": ("{row} was not written by piyao", "{row} 不是本系统写入的"),
    "taken": ("{row} is gone, and piyao did not delete it", "{row} 不见了，本系统没有删除过它"),
    "lost": ("the heads kept outside are not what they were: {why}", "留在外面的指纹少了：{why}"),
    "damaged": ("the file is damaged: {why}", "数据文件损坏：{why}"),
}
TABLES = {
    "audit": "记录",
    "officers": "账号",
    "cases": "案件",
    "evidence": "证据",
    "verdicts": "结论",
    "notices": "通告",
    "revisions": "通告文稿",
    "approvals": "审批",
    "outbox": "发送",
    "claims": "已知说法",
    "withdrawn_lessons": "撤下的样例",
    "editions": "模型版本",
    "settled_editions": "按日常帖生成的模型",
    "edition_uses": "模型启用",
    "posts": "帖文",
    "replies": "回复",
    "scores": "评分",
    "wordings": "帖文的说法",
    "clusters": "帖文分组",
    "sources": "来源",
    "crawl_runs": "抓取记录",
    "faults": "抓取故障",
    "case_claims": "相似说法",
    "case_words": "案件说法的次序",
    "neighbours": "说的可能是同一件事的案件",
    "uploads": "上传记录",
    "settings": "设置",
}


@dataclass(frozen=True)
class Verification:
    """What ``verify`` found. ``seq`` is the first broken entry, or the entry of the first row that
    does not agree; 0 when all is whole."""

    ok: bool
    entries: int
    head: str
    message: str
    seq: int = 0
    findings: tuple[Finding, ...] = ()  # at most ``SAID``
    rows: int = 0  # compared
    aside: tuple[Aside, ...] = ()  # restores that left heads behind


@dataclass(frozen=True)
class Aside:
    """A restore, and how many noted heads are of the store that it put aside. No fault, and never
    kept quiet: who rolls a desk back leaves at least this."""

    seq: int  # of the entry that says so
    at: str
    after: int  # the entry that the backup ended with
    heads: int

    def __str__(self) -> str:
        return (
            f"{self.heads} heads noted after entry #{self.after} are of the store that "
            f"the restore of {self.at[:16]} (entry #{self.seq}) put aside"
        )

    @property
    def in_words(self) -> str:
        """The same for pages, in Chinese."""
        return (
            f"第 {self.after} 条之后留存的 {self.heads} 个指纹属于恢复备份时换下的数据"
            f"（恢复见第 {self.seq} 条记录）"
        )


class Head(NamedTuple):
    """The last entry of a log, as it was noted outside the store."""

    seq: int
    hash: str
    where: str = ""  # it was noted
    at: str = ""  # when; "": nobody knows


def verify(db: Store, heads: Iterable[tuple[int, str] | Head] = ()) -> Verification:
    """Recompute the whole chain, and compare every guarded row with the last entry that wrote it.

    ``heads`` were noted outside the store earlier. The chain ends at its first broken entry: what
    comes after is not believed, and the rows are compared only where it is whole. A head that was
    noted after the backup which a restore in the log brought back, and before that restore, is of
    the store that was put aside.
    """
    told: dict[int, list[Head]] = defaultdict(list)
    for head in (Head(*each) for each in heads):
        told[head.seq].append(head)
    seq, prev = 0, chain.GENESIS
    strayed: list[Head] = []  # not what this log has at their place
    restores: list[tuple[int, str, int]] = []
    last: dict[str, tuple[str, int]] = {}
    broken: Finding | None = None
    again: list[Finding] = []
    with db.reading():  # entries and rows of one moment, whoever writes meanwhile
        try:
            for seq, row in enumerate(_entries(db), start=1):
                broken = _link(seq, prev, row)
                if broken:
                    break
                prev = row[8]
                strayed += [head for head in told.pop(seq, ()) if head.hash != prev]
                if row[3] == RESTORED:
                    restores.append((seq, row[1], int(json.loads(row[5])["entries"])))
                if row[6]:
                    for name, digest in json.loads(row[6]).items():
                        before = last.get(name)
                        if before and guarded.kept(name, before[0]) != guarded.kept(name, digest):
                            again.append(Finding("again", seq, name))  # and not believed
                        else:
                            last[name] = (digest, seq)
        except _UNREADABLE as error:
            broken = Finding("unreadable", seq + 1, f"audit:{seq + 1}", str(error))
        if broken:
            return Verification(False, seq - 1, prev, str(broken), broken.seq, (broken,))
        strayed += [head for seq_told in sorted(told) for head in told[seq_told]]
        left, aside = _put_aside(strayed, restores)
        if left:
            found = _strayed(left, seq)
            return Verification(False, seq, prev, str(found), found.seq, (found,), aside=aside)
        rows = len(last)
        wrong = [*again[:SAID], *islice(_compared(db, last), SAID)][:SAID]
    if wrong:
        first = min(wrong, key=lambda each: each.seq)
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        return Verification(
            False, seq, prev, f"{first}{more}", first.seq or seq, tuple(wrong), rows, aside
        )
    said = f"{seq} entries, chain whole, {rows} rows agree"
    message = "; ".join([said, *map(str, aside)])
    return Verification(True, seq, prev, message, rows=rows, aside=aside)


def _entries(db: Store) -> Iterator[tuple[Any, ...]]:
    return iter(db.conn.execute(f"SELECT {_COLUMNS} FROM audit ORDER BY seq"))  # noqa: S608


def _link(seq: int, prev: str, row: tuple[Any, ...]) -> Finding | None:
    if row[0] != seq:
        return Finding("missing", seq)
    if row[7] != prev or row[8] != chain.link(prev, *row[:7]):
        return Finding("changed", seq)
    return None


def _put_aside(
    strayed: Iterable[Head], restores: Sequence[tuple[int, str, int]]
) -> tuple[list[Head], tuple[Aside, ...]]:
    """The heads that no restore explains, and the restores that explain others."""
    left: list[Head] = []
    counted: dict[tuple[int, str, int], int] = {}
    for head in strayed:
        for restore in restores:
            _, at, entries = restore
            if head.seq > entries and head.at and head.at <= at:
                counted[restore] = counted.get(restore, 0) + 1
                break
        else:
            left.append(head)
    return left, tuple(Aside(*restore, heads=count) for restore, count in counted.items())


def _strayed(left: Sequence[Head], entries: int) -> Finding:
    within = [head for head in left if head.seq <= entries]
    if within:
        return Finding("noted", within[0].seq, why=within[0].where)
    return Finding("cut", entries + 1, why=left[-1].where)


def _compared(db: Store, last: dict[str, tuple[str, int]]) -> Iterator[Finding]:
    for each in guarded.GUARDED:
        try:
            for key, digest in guarded.all_of(db.conn, each):
                name = f"{each.table}:{key}"
                said, seq = last.pop(name, (None, 0))
                if said is None:
                    yield Finding("unknown", 0, name)
                elif said == guarded.GONE:
                    yield Finding("back", seq, name)
                elif said != digest:
                    yield Finding("rewritten", seq, name)
        except _UNREADABLE as error:
            yield Finding("unreadable", 0, each.table, str(error))
    for name, (said, seq) in last.items():
        if said != guarded.GONE:
            yield Finding("gone", seq, name)
