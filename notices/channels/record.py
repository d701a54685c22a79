"""What the public site holds about one notice: the file ``n/<year>-<n>.json``.

It is the site's own list, and every page is drawn from it, so that list, feed and page cannot
disagree. It holds nothing that the public page does not show, but the number of the case.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.casework.records import NoticeKind
from models.outcome import Outcome
from models.publishing.records import Notice, NoticeState
from notices import words
from notices.forms import render
from notices.page import PUBLISH, RETRACT, SUPERSEDE, Page, identity

FORMAT = 1


@dataclass(frozen=True)
class Earlier:
    """A revision that was replaced by a correction: its text stays readable."""

    revision: int
    hash: str
    at: datetime
    title: str
    findings: tuple[str, ...]
    quote: str
    log_seq: int = 0
    log_hash: str = ""


@dataclass(frozen=True)
class Line:
    """One line under 依据."""

    title: str
    at: datetime
    marks: tuple[int, ...]


@dataclass(frozen=True)
class Record:
    number: str
    revision: int
    action: str  # publish, supersede, retract
    kind: NoticeKind
    outcome: Outcome | None
    hash: str
    title: str
    findings: tuple[str, ...]
    quote: str
    closing: str
    issued_on: datetime
    at: datetime  # of this revision, or of its retraction
    first_at: datetime  # when the number first went out
    opened_at: datetime
    place: str
    case: str
    basis: tuple[Line, ...]
    review_on: datetime | None
    reason: str
    earlier: tuple[Earlier, ...]
    log_seq: int = 0  # the head of the audit log when this was let out; 0: the site is older
    log_hash: str = ""

    @property
    def slug(self) -> str:
        return words.slug(self.number)

    @property
    def log(self) -> str:
        """The head of the audit log, as ``piyao audit verify`` takes it; "" where there is none."""
        return f"{self.log_seq} {self.log_hash}" if self.log_hash else ""

    @property
    def identity(self) -> str:
        return identity(self.number, self.case, self.issued_on)

    @property
    def story(self) -> tuple[str, datetime]:
        """The case it is about; a store that was set back may give the case's number again."""
        return self.case, self.opened_at

    @property
    def answers(self) -> bool:
        """Whether it gives what 正在核实 waits for; a retracted one answers nothing any more."""
        return self.kind is not NoticeKind.VERIFYING and not self.retracted

    @property
    def retracted(self) -> bool:
        return self.action == RETRACT

    @property
    def corrected(self) -> bool:
        return bool(self.earlier) and not self.retracted

    @property
    def state(self) -> str:
        """有效, 已更正 or 已撤回: what the verify page says first."""
        return "已撤回" if self.retracted else "已更正" if self.earlier else "有效"

    @property
    def open(self) -> bool:
        """A page about a claim that has no conclusion, or whose hazard is not excluded."""
        return self.kind in (NoticeKind.VERIFYING, NoticeKind.STATEMENT)

    @property
    def order(self) -> tuple[int, int]:
        """A retraction comes after the publication of the same revision, and nothing goes back."""
        return self.revision, (PUBLISH, SUPERSEDE, RETRACT).index(self.action)

    @property
    def notice(self) -> Notice:
        """The record as a notice, for the forms of ``notices.forms.render``."""
        return Notice(
            id=0,
            case_id=0,
            number=self.number,
            kind=self.kind,
            state=NoticeState.RETRACTED if self.retracted else NoticeState.PUBLISHED,
            outcome=self.outcome,
            revision=self.revision,
            title=self.title,
            findings=self.findings,
            quote=self.quote,
            closing=self.closing,
            issued_on=self.issued_on,
            hash=self.hash,
            drafted_by=0,
            submitted_by=0,
            updated_at=self.at,
            published_at=self.first_at,
            retracted_for=self.reason if self.retracted else "",
        )


def of_page(page: Page, before: Record | None) -> Record:
    """The record of a page, given what the site holds under its number.

    Pure: publishing the same page again, after it went out or after a kill half-way, gives the
    same record.
    """
    notice = page.notice
    shown = render.face(notice, page.office)
    earlier = (
        tuple(old for old in before.earlier if old.revision < notice.revision) if before else ()
    )
    if before is not None and before.revision < notice.revision:
        earlier = (
            *earlier,
            Earlier(
                before.revision,
                before.hash,
                before.at,
                before.title,
                before.findings,
                before.quote,
                before.log_seq,
                before.log_hash,
            ),
        )
    return Record(
        number=notice.number,
        revision=notice.revision,
        action=page.kind,
        kind=notice.kind,
        outcome=notice.outcome,
        hash=notice.hash,
        title=shown.title,
        findings=shown.findings,
        quote=shown.quote,
        closing=shown.closing,
        issued_on=notice.issued_on or page.at,
        at=page.at,
        first_at=before.first_at if before else page.at,
        opened_at=page.opened_at,
        place=words.said(notice, page.place),
        case=page.case,
        basis=tuple(
            Line(words.said(notice, item.title), item.at, item.marks) for item in page.basis
        ),
        review_on=page.review_on,
        reason=words.said(notice, page.reason),
        earlier=earlier,
        log_seq=page.log_seq,
        log_hash=page.log_hash,
    )


def dump(record: Record) -> bytes:
    """The record as JSON, keys sorted: the same record is the same bytes."""
    fields = {"format": FORMAT, **dataclasses.asdict(record)}
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, indent=1, default=_plain)
    return text.encode() + b"\n"


def load(content: bytes) -> Record:
    """The inverse of ``dump``. Raises ``ValueError`` where it is no record of ours."""
    fields: dict[str, Any] = json.loads(content)
    if fields.pop("format", None) != FORMAT:
        raise ValueError("not a record of this site")
    times = ("issued_on", "at", "first_at", "opened_at", "review_on")
    fields |= {key: _time(fields[key]) for key in times}
    fields["kind"] = NoticeKind(fields["kind"])
    fields["outcome"] = Outcome(fields["outcome"]) if fields["outcome"] else None
    fields["findings"] = tuple(fields["findings"])
    fields["basis"] = tuple(
        Line(item["title"], _time(item["at"]), tuple(item["marks"]))  # type: ignore[arg-type]
        for item in fields["basis"]
    )
    fields["earlier"] = tuple(
        Earlier(**{**item, "at": _time(item["at"]), "findings": tuple(item["findings"])})
        for item in fields["earlier"]
    )
    return Record(**fields)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in a record")
