"""The rules of the desk as tables: who may do what, which state follows which, what a verdict allows.

``docs/workflow.md`` is drawn from these tables (``python -m models.workflow``), so the picture
cannot lie. RELIABILITY 3.1, 3.2 and 3.4 are the law here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.errors import RuleBroken
from models.records import (
    Case,
    CaseState,
    Evidence,
    Hazard,
    Literal,
    NoticeKind,
    Outcome,
    Role,
)

MAY: dict[Role, frozenset[str]] = {
    Role.VIEWER: frozenset({"see"}),
    Role.MONITOR: frozenset({"see", "claim", "dismiss", "evidence", "lead", "reword"}),
    Role.VERIFIER: frozenset(
        {"see", "claim", "dismiss", "evidence", "lead", "reword"}
        | {"decide", "draft", "submit", "review", "refuse", "retract", "library"}
    ),
    Role.PUBLISHER: frozenset({"see", "draft", "approve", "refuse", "settle", "retract"}),
    Role.ADMIN: frozenset({"see", "sources", "accounts", "library"}),
    Role.MACHINE: frozenset({"see", "open", "draft"}),
}


@dataclass(frozen=True)
class Transition:
    action: str  # as in the audit log: case.claim
    before: tuple[CaseState, ...]
    after: CaseState
    needs: str  # the permission in MAY
    label: str


S = CaseState
TRANSITIONS: dict[str, Transition] = {
    move.action: move
    for move in (
        Transition("claim", (S.WAITING, S.NEEDS_EVIDENCE), S.VERIFYING, "claim", "领取"),
        Transition("release", (S.VERIFYING,), S.WAITING, "claim", "放回"),
        Transition("wait", (S.VERIFYING,), S.NEEDS_EVIDENCE, "claim", "待补证"),
        Transition(
            "dismiss", (S.WAITING, S.VERIFYING, S.NEEDS_EVIDENCE), S.DISMISSED, "dismiss", "不立案"
        ),
        Transition("restore", (S.DISMISSED,), S.WAITING, "dismiss", "撤销不立案"),
        Transition("resurface", (S.DISMISSED,), S.WAITING, "open", "不立案后又传开，回到队列"),
        Transition("decide", (S.VERIFYING, S.NEEDS_EVIDENCE), S.DECIDED, "decide", "核定"),
        Transition("close", (S.VERIFYING, S.NEEDS_EVIDENCE), S.CLOSED, "decide", "核定，不出通告"),
        Transition("submit", (S.DECIDED,), S.IN_REVIEW, "submit", "送审"),
        Transition("refuse", (S.IN_REVIEW,), S.DECIDED, "refuse", "退回"),
        Transition("publish", (S.IN_REVIEW,), S.PUBLISHED, "approve", "发出"),
        Transition(
            "reopen",
            (S.DECIDED, S.IN_REVIEW, S.CLOSED, S.PUBLISHED),
            S.VERIFYING,
            "decide",
            "重新核查",
        ),
    )
}


def move(case: Case, action: str) -> CaseState:
    """The state after ``action``. Raises ``RuleBroken`` where the table has no such move."""
    step = TRANSITIONS[action]
    if case.state not in step.before:
        raise RuleBroken(
            "transition",
            f"案件{case.number}现在是“{case.state.label}”，不能{step.label}",
            "刷新页面，看看别人做了什么",
        )
    return step.after


OUTCOMES: dict[Literal, tuple[Outcome, ...]] = {
    Literal.WRONG: (Outcome.FALSE,),
    Literal.PARTLY: (Outcome.MISLEADING, Outcome.OUTDATED),
    Literal.RIGHT: (Outcome.TRUE,),
    Literal.UNKNOWN: (Outcome.UNVERIFIED, Outcome.NOT_A_CLAIM),
}
DEBUNKABLE = (Outcome.FALSE, Outcome.MISLEADING, Outcome.OUTDATED)


def outcomes(literal: Literal) -> tuple[Outcome, ...]:
    """The verdict words that answer one leads to; the first is derived, the rest may be chosen."""
    return OUTCOMES[literal]


def kind_for(outcome: Outcome, hazard: Hazard) -> NoticeKind | None:
    """What may be issued on a verdict; None: nothing.

    A claim wrong in detail may still be right as a warning: unless the hazard is excluded only a
    clarification can issue. *Unverified is not false*: it allows 正在核实 and nothing else.
    """
    if outcome in DEBUNKABLE:
        return NoticeKind.DEBUNK if hazard is Hazard.EXCLUDED else NoticeKind.STATEMENT
    if outcome is Outcome.TRUE:
        return NoticeKind.CONFIRMATION
    return NoticeKind.VERIFYING if outcome is Outcome.UNVERIFIED else None


def people_needed(case: Case) -> int:
    """Different people between claim and public: 2, and 3 for a hazard topic. The machine is none."""
    return 3 if case.hazard else 2


@dataclass(frozen=True)
class Gate:
    """One line of 能否核定."""

    code: str
    label: str
    ok: bool
    count: str
    mend: str  # what supplies it


LEAD_HOURS = 2


def gates(case: Case, evidence: Sequence[Evidence]) -> list[Gate]:
    """What a verdict 不实, 误导 or 旧闻 needs (RELIABILITY 3.2), each with its count and its mend."""
    counting = [item for item in evidence if item.counts]
    primary = sum(item.primary for item in counting)
    independent = sum(item.independent for item in counting)
    found = [
        Gate("two", "证据至少 2 项", len(counting) >= 2, f"{len(counting)} 项计入", "添加证据"),
        Gate("primary", "至少 1 项一手", primary >= 1, f"{primary} 项", "添加一手证据"),
        Gate(
            "independent",
            "至少 1 项来自非当事方",
            independent >= 1,
            f"{independent} 项",
            "向非当事方取证",
        ),
        Gate(
            "refutes",
            "写明反驳哪几个字",
            bool(counting),
            f"{len(counting)} / {sum(not e.adverse and e.withdrawn_at is None for e in evidence)}",
            "写明反驳的原话",
        ),
    ]
    if case.hazard:
        found += [
            Gate(
                "lead",
                f"{case.topic.label}类：预警线索转主管部门",
                case.lead_sent_at is not None,
                f"已转{case.lead_sent_to}" if case.lead_sent_at else f"限 {LEAD_HOURS} 小时内",
                "转主管部门",
            ),
            Gate(
                "sample",
                f"{case.topic.label}类：写明留样状态",
                bool(case.sample_status),
                case.sample_status or "未写",
                "写明留样状态",
            ),
        ]
    return found


def check_verdict(
    case: Case, evidence: Sequence[Evidence], literal: Literal, outcome: Outcome, ground: str
) -> None:
    """Raise ``RuleBroken`` where the verdict may not be given on this evidence."""
    if outcome not in outcomes(literal):
        raise RuleBroken(
            "answers-and-outcome",
            f"结论“{outcome.label}”与第一题的回答“{literal.label}”不一致",
            "改回答，或改结论",
        )
    if len(ground.strip()) < 4:
        raise RuleBroken("ground", "没有写核定理由", "写明依据，至少 4 个字")
    if missing := shortfall(case, evidence, outcome):
        raise RuleBroken(
            "evidence-before-verdict",
            f"还不能核定为“{outcome.label}”：" + "；".join(gate.label for gate in missing),
            "；".join(dict.fromkeys(gate.mend for gate in missing))
            + "。证据不够时可以选“暂无法核实”",
        )


def shortfall(case: Case, evidence: Sequence[Evidence], outcome: Outcome) -> list[Gate]:
    """The gates this outcome needs and the evidence, as it stands now, does not pass.

    Asked at the verdict, and again at each step towards the public: evidence can be withdrawn.
    """
    if outcome in DEBUNKABLE:
        return [gate for gate in gates(case, evidence) if not gate.ok]
    first = [e for e in evidence if e.primary and e.withdrawn_at is None and not e.adverse]
    if outcome is Outcome.TRUE and not first:
        return [Gate("primary", "至少 1 项一手", False, "0 项", "添加一手证据")]
    return []


def drawing() -> str:
    """The workflow as a Mermaid page, for ``docs/workflow.md``."""
    lines = [
        "# The workflow of a case",
        "",
        "Drawn from `models/workflow.py` by `python -m models.workflow`; a test compares the two.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> waiting: machine opens",
        *(f"    {state.value}: {state.label}" for state in CaseState),
        *(
            f"    {before.value} --> {step.after.value}: {action} {step.label}"
            for action, step in TRANSITIONS.items()
            for before in step.before
        ),
        "```",
        "",
        "## Who may",
        "",
        "| action | " + " | ".join(role.label for role in MAY) + " |",
        "| --- |" + " --- |" * len(MAY),
        *(
            f"| {action} | "
            + " | ".join("✓" if action in may else "" for may in MAY.values())
            + " |"
            for action in sorted(set().union(*MAY.values()))
        ),
        "",
        "## What a verdict allows",
        "",
        "| outcome | hazard excluded | hazard not excluded or unknown |",
        "| --- | --- | --- |",
        *(
            f"| {outcome.label} | {_kind(outcome, Hazard.EXCLUDED)} "
            f"| {_kind(outcome, Hazard.STANDING)} |"
            for outcome in Outcome
        ),
        "",
        "An ordinary notice takes 2 different people, a hazard topic 3: verdict, a reviewer of that",
        "field, and an approver who touched nothing of it. The machine counts as nobody.",
    ]
    return "\n".join(lines) + "\n"


def _kind(outcome: Outcome, hazard: Hazard) -> str:
    kind = kind_for(outcome, hazard)
    return kind.label if kind else "—"


if __name__ == "__main__":
    print(drawing(), end="")
