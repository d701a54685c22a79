"""From a case, its verdict and its evidence to the first draft of a notice.

The machine drafts and counts as nobody: every sentence here is for an officer to rewrite.

* ``models.casework.workflow.kind_for`` alone says what may be issued. From "unverified", or from no
  verdict, nothing follows but 正在核实.
* **The title.** A notice's title should state the truth ("城北水厂供水正常"), but a machine cannot
  turn a claim round reliably. It writes a cautious sentence that is true anyway: 网传“…”不符合事实
  where the *whole* claim fits, else 关于网传“…”的核查情况. A claim cut short is never called
  wrong, because the part that is left may be the part that is right.
* **The findings** are the findings of the evidence that counts, one each, in the order they were
  added. Nothing is made up between them.
* Everything that came from outside is masked (plates, phones, ids), without hidden characters and of
  characters that the image can draw: nobody can see, or type, what would have to be mended.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from models.casework.records import (
    Case,
    Evidence,
    NoticeKind,
    Verdict,
)
from models.casework.workflow import kind_for
from models.config import OfficeConfig
from models.errors import RuleBroken
from models.known.claims import Known
from models.publishing import wording
from models.publishing.records import Notice, NoticeState
from models.publishing.revisions import Draft
from notices import words
from notices.forms.environment import macro
from notices.forms.fonts import drawable

TITLE_QUOTE = 20  # characters of the claim in a title, so that it stays on two lines of the image
MAX_QUOTE = 160  # characters of the claim on the notice
MAX_FINDINGS = 8  # the store takes nine; a statement adds one
MAX_SENTENCE = 280


def draft(
    case: Case,
    verdict: Verdict | None,
    evidence: Sequence[Evidence],
    office: OfficeConfig,
    today: datetime,
) -> Draft:
    """The machine's draft. Raises ``RuleBroken`` where the verdict allows no notice at all."""
    kind = _kind(verdict)
    template = f"draft/{kind.value}.txt.j2"
    claim = _one_line(case.claim)
    head, whole = _title_quote(claim)
    outcome = verdict.outcome.value if verdict is not None else ""
    used = _basis(kind, evidence)
    findings = list(dict.fromkeys(_sentence(item.finding) for item in used))[:MAX_FINDINGS]
    findings = [each for each in findings if _fits(each, kind, verdict, claim)]
    if kind is NoticeKind.VERIFYING:
        findings = _progress(case, template)
    if kind is NoticeKind.STATEMENT:
        findings.append(macro(template, "hazard_not_excluded"))
    return Draft(
        kind=kind,
        title=macro(template, "title", quote=head, whole=whole, outcome=outcome),
        findings=tuple(findings),
        quote=_shorten(claim, MAX_QUOTE),
        closing=macro(template, "closing", office=words.short_name(office)),
        basis=tuple(item.id for item in used),
    )


def adapt(
    old: Notice,
    case: Case,
    office: OfficeConfig,
    today: datetime,
    verdict: Verdict | None = None,
    evidence: Sequence[Evidence] = (),
) -> Draft:
    """The draft for a case whose claim is like that of a published notice.

    Being alike proves nothing: this time it may be true. So the draft takes over neither the old
    verdict, nor the old title (it states the old truth about the old place), nor the old findings
    (our own earlier notice does not count as evidence, RELIABILITY 3.2). Without a verdict it is
    正在核实, names the old number and says that its conclusion does not hold here. With a verdict it
    is an ordinary draft on the new evidence, with the old closing line where the kind is the same.
    From a retracted notice nothing is taken.
    """
    fresh = draft(case, verdict, evidence, office, today)
    if old.state is not NoticeState.PUBLISHED or not old.number:
        return fresh
    if fresh.kind is not NoticeKind.VERIFYING:
        closing = old.closing if old.kind is fresh.kind else fresh.closing
        return replace(fresh, closing=words.neutral(closing))
    reference = macro("draft/verifying.txt.j2", "reference", number=old.number)
    return replace(fresh, findings=(*fresh.findings, reference))


def with_background(like: Known, case: Case, office: OfficeConfig, today: datetime) -> Draft:
    """正在核实 that names who spoke of the same claim before, and when.

    It does not say what they found: a notice with the word 不实 and without a verdict would be read
    as a debunk. Officers see their finding on the desk, beside the case.
    """
    fresh = draft(case, None, (), office, today)
    source = words.neutral(_one_line(like.source))
    told = macro("draft/verifying.txt.j2", "background", source=source, dated=like.dated)
    return replace(fresh, findings=(*fresh.findings, told))


def _fits(finding: str, kind: NoticeKind, verdict: Verdict | None, claim: str) -> bool:
    """Whether the verdict carries what a finding says; where not, an officer writes it anew."""
    outcome = verdict.outcome if verdict else None
    return not wording.faults(kind, outcome, [("", finding)], claim, claim)


def _kind(verdict: Verdict | None) -> NoticeKind:
    if verdict is None:
        return NoticeKind.VERIFYING
    kind = kind_for(verdict.outcome, verdict.hazard)
    if kind is None:
        raise RuleBroken(
            "nothing-to-issue",
            f"结论为“{verdict.outcome.label}”，没有可以发的通告",
            "案件可以直接结案",
        )
    return kind


def _basis(kind: NoticeKind, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence that the notice names: what counts, or for 属实 what supports it. Adverse evidence
    is never named."""
    if kind is NoticeKind.VERIFYING:
        return []
    if kind is NoticeKind.CONFIRMATION:
        return [
            item
            for item in evidence
            if not item.adverse
            and item.withdrawn_at is None
            and item.nature not in ("no_record", "own_notice")
            and item.finding.strip()
        ]
    return [item for item in evidence if item.counts and item.finding.strip()]


def _progress(case: Case, template: str) -> list[str]:
    lines = [macro(template, "started", at=case.opened_at)]
    if case.lead_sent_at is not None and case.lead_sent_to:
        to = words.neutral(_one_line(case.lead_sent_to))
        lines.append(macro(template, "lead", to=to))
    return lines


def _one_line(text: str) -> str:
    """Words from outside on one line, masked, and of characters that the image can draw: where a sign
    goes, two digits may meet, so they are masked before and after."""
    return re.sub(r"\s+", " ", words.outward(drawable(words.outward(text)))).strip()


def _sentence(text: str) -> str:
    """One finding: one line, masked, in the words of the house, with a full stop."""
    line = words.neutral(_one_line(text))
    if len(line) > MAX_SENTENCE:  # whole clauses only; the officer sees the rest in the evidence
        head = line[:MAX_SENTENCE]
        line = head[: max(head.rfind(mark) for mark in "。；，") + 1] or head
    return (
        line
        if line.endswith(("。", "！", "？", "；", "”", "）"))
        else line.rstrip(".;,，；、") + "。"
    )


def _shorten(text: str, limit: int) -> str:
    """The claim as quoted: the word 谣言 hidden, cut after a clause where it is too long."""
    text = words.neutral_quote(text).replace("“", "‘").replace("”", "’")
    if len(text) <= limit:
        return text.rstrip("。！!~～ ") or text
    head = text[: limit - 2]
    cut = max(head.rfind(mark) for mark in "。！？；，,;!?")
    return (head[:cut] if cut >= limit // 4 else head) + "……"


def _title_quote(claim: str) -> tuple[str, bool]:
    """The claim for the title and whether it is the whole of it (see the module's docstring)."""
    quote = _shorten(claim, TITLE_QUOTE)
    return quote, not quote.endswith("……")
