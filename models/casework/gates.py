"""What must be there before a verdict: the lines of 能否核定 (RELIABILITY 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.casework.records import Case, Evidence, Literal
from models.casework.workflow import DEBUNKABLE, outcomes
from models.errors import RuleBroken
from models.outcome import Outcome


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
        by_two = any(
            one.primary and other.independent and one.added_by != other.added_by
            for one in counting
            for other in counting
        )
        found += [
            Gate(
                "two_finders",
                f"{case.topic.label}类：一手的和非当事方的由两个人取得",
                by_two,
                f"{len({item.added_by for item in counting})} 人取证",
                "请同事取得一手或非当事方证据",
            ),
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
