"""One case as a row of the queue: what is shown, and why the case is there, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from desk import clock
from desk.library import beside
from desk.templatetags.piyao import share, shown
from models.casework import corrections
from models.casework.records import Case, CaseState
from models.harm import Topic
from models.known import likeness
from models.learning import editions
from models.people import officers
from models.ranking import need
from models.roles import Officer
from models.store import Store
from models.text import hidden_count

AT_MOST = 4
CONTENTS = (
    ("plate", "含车牌"),
    ("school", "含学校"),
    ("hospital", "含医院"),
    ("phone", "含电话"),
    ("count", "含人数"),
    ("time", "含时间"),
)
SAMPLED_THINGS = (Topic.FOOD, Topic.MEDICINE)  # where a physical sample decides


@dataclass(frozen=True)
class Chip:
    """One reason. ``number`` is set in bold between ``before`` and ``after``."""

    before: str
    number: str = ""
    after: str = ""
    tone: str = ""  # "", due, accent, dashed
    icon: str = ""
    minor: bool = False  # left out on a phone
    long: str = ""  # words before ``before``, left out on a phone

    @property
    def words(self) -> str:
        return f"{self.long}{self.before} {self.number} {self.after}".strip()


@dataclass(frozen=True)
class Row:
    case: Case
    claim: str
    chips: tuple[Chip, ...]
    need: str  # 需核查度 in a word …
    hundred: str  # … and as so many of a hundred
    due: clock.Due
    holder: str  # 待领取, 核查 07 在核, or why it is no longer to be done
    gone: bool  # another took it, or it ended, since the list was drawn

    @property
    def name(self) -> str:
        """What a screen reader says for the row."""
        reasons = "，".join(chip.words for chip in self.chips)
        return f"{self.case.level_word}：{self.claim}。{reasons}。{self.due.word}，{self.holder}"

    def cells(self) -> dict[str, tuple[object, ...]]:
        """What may change in place, by cell; compared by the poll."""
        return {
            "chips": self.chips,
            "need": (self.need, self.hundred),
            "left": (self.due.at, self.holder, self.gone),
        }


def rows(db: Store, found: list[Case], officer: Officer, now: datetime) -> list[Row]:
    """The cases as rows for this officer."""
    labels, rate = officers.labels(db), editions.base_rate(db)
    return [row(db, case, officer, now, labels, rate) for case in found]


def row(
    db: Store, case: Case, officer: Officer, now: datetime, labels: Mapping[int, str], rate: float
) -> Row:
    """The case as a row; ``rate`` is the desk's base rate."""
    holder, gone = held(case, officer, labels)
    return Row(
        case=case,
        claim=shown(case.claim, officer),
        chips=reasons(db, case, now),
        need=need.word(case.risk, rate),
        hundred=need.figure(case.risk, rate),
        due=clock.left(case.due_at, now, case.opened_at),
        holder=holder,
        gone=gone,
    )


def held(case: Case, officer: Officer, labels: Mapping[int, str]) -> tuple[str, bool]:
    """Who has the case, in words, and whether it is out of this officer's hands."""
    if not case.state.open:
        return case.state.label, True
    if not case.holder_id:
        return ("待领取" if case.state is CaseState.WAITING else case.state.label), False
    who = "我" if case.holder_id == officer.id else labels.get(case.holder_id, "")
    word = "在核" if case.state is CaseState.VERIFYING else case.state.label
    return f"{who} {word}" if who != "我" else f"我{word}", False


def reasons(db: Store, case: Case, now: datetime) -> tuple[Chip, ...]:
    """Why the case is in the queue, as at most four chips.

    Where there are more, the least telling are left out: accounts, then doubt, then contents.
    """
    found: dict[str, Chip | None] = {
        "sampled": _sampled(case),
        "picked": Chip("人工立案", tone="dashed") if case.picked else None,
        "owed": _owed(db, case, now),
        "duty": _duty(case, now),
        "posts": Chip("", str(case.posts), f"帖 · {clock.span(case.first_at, case.last_at)}"),
        "accounts": Chip("", str(case.accounts), "个账号", minor=True)
        if case.accounts > 1
        else None,
        "hidden": _hidden(case),
        "contents": _contents(case),
        "doubt": _doubt(case),
        "likeness": _likeness(db, case),
    }
    have = {name: chip for name, chip in found.items() if chip}
    for name in ("accounts", "doubt", "contents", "hidden"):
        if len(have) > AT_MOST:
            have.pop(name, None)
    return tuple(have.values())[:AT_MOST]


def _sampled(case: Case) -> Chip | None:
    if not case.sampled:
        return None
    return Chip(f"低分抽样 {settings.PIYAO.queue.sample_share:.0%}", tone="dashed")


def _owed(db: Store, case: Case, now: datetime) -> Chip | None:
    found = corrections.of_case(db, case.id)
    if not found:
        return None
    due = min(found, key=lambda each: each.due_at)
    return Chip(f"待更正 · {clock.left(due.due_at, now, due.since).word}", tone="due", icon="alert")


def _duty(case: Case, now: datetime) -> Chip | None:
    if not case.hazard:
        return None
    if case.topic in SAMPLED_THINGS and not case.sample_status:
        word = f"{case.topic.label} · 需留样状态"
    elif case.lead_sent_at is None:
        word = f"{case.topic.label} · 未转主管部门"
    else:
        word = f"预警线索 · 已转{case.lead_sent_to} {clock.when(case.lead_sent_at, now)}"
    return Chip(word, tone="due", icon="shield")


def _hidden(case: Case) -> Chip | None:
    count = hidden_count(case.claim)
    return Chip("含隐形字符", str(count), tone="due") if count else None


def _contents(case: Case) -> Chip | None:
    kinds = {entity.kind for entity in case.entities}
    return next((Chip(word, minor=True) for kind, word in CONTENTS if kind in kinds), None)


def _doubt(case: Case) -> Chip | None:
    if case.replies < 3 or case.doubts * 5 < case.replies:
        return None
    return Chip("求证回复", share(case.doubts, case.replies))


def _likeness(db: Store, case: Case) -> Chip | None:
    like = beside.nearest(likeness.of_case(db, case.id))
    if like is None:
        return None
    what = beside.like_what(like.known)
    return Chip("相似", f"{like.score:.2f}", tone="accent", icon="link", long=what)
