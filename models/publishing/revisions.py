"""The wordings of a notice: numbered, and never changed once they are kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from models.casework import evidence
from models.casework.records import NoticeKind
from models.errors import RuleBroken
from models.outcome import Outcome
from models.personal.admission import clean
from models.publishing import wording
from models.publishing.records import Notice
from models.roles import Officer
from models.store import Store, dump, now, stamp, time

_ABOUT = """SELECT v.outcome, c.claim FROM notices n JOIN cases c ON c.id = n.case_id
    LEFT JOIN verdicts v ON v.id = n.verdict_id WHERE n.id = ?"""


@dataclass(frozen=True)
class Draft:
    """The words of a notice, as the machine or an officer wrote them."""

    kind: NoticeKind
    title: str
    findings: tuple[str, ...]
    quote: str
    closing: str
    basis: tuple[int, ...] = ()  # evidence ids named under 依据


@dataclass(frozen=True)
class Revision:
    revision: int
    draft: Draft
    edited_by: int
    at: datetime


def of_notice(db: Store, notice: Notice) -> list[Revision]:
    """Every revision of a notice, oldest first."""
    return [
        Revision(
            row["revision"],
            Draft(
                notice.kind,
                row["title"],
                tuple(json.loads(row["findings"])),
                row["quote"],
                row["closing"],
                tuple(json.loads(row["basis"])),
            ),
            row["edited_by"],
            time(row["at"]) or now(),
        )
        for row in db.rows(
            "SELECT * FROM revisions WHERE notice_id = ? ORDER BY revision", notice.id
        )
    ]


def add(db: Store, case_id: int, notice_id: int, revision: int, draft: Draft, by: Officer) -> None:
    """Keep a wording of a notice, in the caller's transaction. Raises ``RuleBroken`` where a part of
    it is missing, names evidence of another case, or says what the verdict does not carry."""
    if not set(draft.basis) <= {item.id for item in evidence.of_case(db, case_id)}:
        raise RuleBroken("notice-basis", "依据里有别案的证据", "只选本案的证据")
    title, quote, closing = (
        clean(draft.title, 60),
        clean(draft.quote, 300),
        clean(draft.closing, 200),
    )
    findings = [clean(item, 300) for item in draft.findings if clean(item, 300)]
    if len(title) < 4:
        raise RuleBroken("notice-title", "通告没有标题", "写一句说明真相的话")
    if len(findings) > 9:
        raise RuleBroken("notice-findings", "通告最多 9 条", "合并相近的几条")
    about = db.row(_ABOUT, notice_id) or {}
    parts = wording.parts(title, findings, closing)
    outcome = Outcome(about["outcome"]) if about["outcome"] else None
    if wrong := wording.faults(draft.kind, outcome, parts, quote, about["claim"]):
        raise RuleBroken("unverified-is-not-false", "；".join(wrong), "只写查明的和还在查的")
    db.insert(
        "revisions",
        {
            "notice_id": notice_id,
            "revision": revision,
            "title": title,
            "findings": dump(findings),
            "quote": quote,
            "closing": closing,
            "basis": dump(list(draft.basis)),
            "edited_by": by.id,
            "at": stamp(now()),
        },
    )
