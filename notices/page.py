"""What a channel is given: one approved revision on its way out, or its retraction."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.casework.records import Case, Evidence, Verdict
from models.config import OfficeConfig
from models.publishing.records import Notice, NoticeState, Publication
from models.store import stamp
from notices import words

PUBLISH, SUPERSEDE, RETRACT = "publish", "supersede", "retract"  # in the order they can come
ALIKE = 0.5  # a sentence that repeats this share of a finding's character pairs rests on it


@dataclass(frozen=True)
class Basis:
    """One line under 依据: title and time, never the original. ``marks``: the findings it carries."""

    title: str
    at: datetime
    marks: tuple[int, ...]  # indexes of findings


@dataclass(frozen=True)
class Page:
    """One row of the outbox, with all a channel needs. Same row, same page: no clock is read."""

    notice: Notice
    office: OfficeConfig
    kind: str  # publish, supersede (正在核实 has a result), retract
    at: datetime  # when it was approved (or retracted): the time the public reads
    case: str  # number of the case: ties 正在核实 to its result
    opened_at: datetime
    place: str
    basis: tuple[Basis, ...] = ()
    review_on: datetime | None = None
    reason: str = ""  # of a retraction or a correction
    result: str = ""  # supersede: number of the notice that gives the result
    log_seq: int = 0  # the entry of the audit log that let this row go out …
    log_hash: str = ""  # … and its hash, all 64 digits

    @property
    def key(self) -> str:
        """The idempotency key: ASCII, at most 32 characters (some platforms take no more)."""
        return f"piyao-{self.notice.id}-{self.notice.revision}-{self.kind}"

    @property
    def identity(self) -> str:
        """Which notice this is, whatever its number says (``identity``)."""
        return identity(self.notice.number, self.case, self.notice.issued_on or self.at)


def identity(number: str, case: str, issued: datetime) -> str:
    """Which notice carries a number: of this case, numbered in this microsecond.

    A store that was set back counts the same numbers again, and with them the ids of its rows; no
    two approvals fall into one moment. A channel that knows a number with another identity refuses.
    """
    return hashlib.sha256(f"{number}\n{case}\n{stamp(issued)}".encode()).hexdigest()[:32]


def build(
    publication: Publication,
    notice: Notice,
    case: Case,
    verdict: Verdict | None,
    evidence: Sequence[Evidence],
    office: OfficeConfig,
    result: str = "",
    log: tuple[int, str] = (0, ""),
) -> Page:
    """The page of one outbox row from the records it rests on."""
    retract = publication.kind == RETRACT
    state = NoticeState.RETRACTED if retract else NoticeState.PUBLISHED
    named = [item for item in evidence if item.id in notice.basis and not item.adverse]
    return Page(
        notice=dataclasses.replace(notice, state=state),
        office=office,
        kind=publication.kind,
        at=publication.queued_at,
        case=case.number,
        opened_at=case.opened_at,
        place=place_of(case.place if publication.place is None else publication.place, office),
        basis=tuple(
            Basis(
                title=words.said(notice, item.title),
                at=item.captured_at,
                marks=marks(item.finding, notice.findings),
            )
            for item in named
        ),
        review_on=verdict.review_on if verdict is not None and not retract else None,
        reason=words.said(notice, notice.retracted_for) if retract else "",
        result=result,
        log_seq=log[0],
        log_hash=log[1],
    )


def place_of(named: str, office: OfficeConfig) -> str:
    """Where the claim is set, as lists say it: the place that it names, else the office's own."""
    return words.neutral(words.outward(named)) or office.place


def marks(finding: str, sentences: Sequence[str]) -> tuple[int, ...]:
    """Which sentences of the notice rest on this evidence: those that repeat most of its finding.

    An officer may have rewritten or joined them, so whole equality would lose the mark.

    >>> marks("号牌登记为重型货车", ["网传号牌登记为重型货车，未出厂。", "采样均为阴性。"])
    (0,)
    """
    pairs = _pairs(finding)
    if not pairs:
        return ()
    return tuple(
        n
        for n, sentence in enumerate(sentences)
        if len(pairs & _pairs(sentence)) / len(pairs) >= ALIKE
    )


def _pairs(text: str) -> set[str]:
    plain = "".join(character for character in words.outward(text) if character.isalnum())
    return {plain[n : n + 2] for n in range(len(plain) - 1)}
