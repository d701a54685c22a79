"""证据: the cards of a case, and what a verdict still needs (能否核定)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.casework import evidence, workflow
from models.casework import gates as gating
from models.casework.gates import Gate
from models.casework.records import Case, CaseState, Evidence
from models.harm import Topic
from models.roles import Officer

DEPARTMENTS = {
    Topic.EPIDEMIC: "疾控值班",
    Topic.FOOD: "市场监管值班",
    Topic.DISASTER: "应急管理值班",
    Topic.MEDICINE: "药品监管值班",
    Topic.PRODUCTION: "应急管理值班",
    Topic.SAFETY: "公安值班",
    Topic.SCHOOL: "教育局值班",
    Topic.FINANCE: "金融监管值班",
    Topic.UTILITY: "住建值班",
}


@dataclass(frozen=True)
class Card:
    item: Evidence
    number: int  # 证据 1, as the desk counts them
    nature: str
    who: str
    withdrawn_by: str  # "": it stands
    short_hash: str  # 9c1e…a7

    @property
    def by_side(self) -> bool:
        """只作旁证: it is shown, and does not count for the verdict."""
        return not self.item.counts and not self.item.adverse


def cards(items: Sequence[Evidence], labels: Mapping[int, str]) -> tuple[Card, ...]:
    """The items, numbered in the order they came. First stands what counts for the verdict, then what
    does not, then what speaks against it, then what was withdrawn."""
    found = [
        Card(
            item,
            number,
            evidence.NATURES.get(item.nature, item.nature),
            labels.get(item.added_by, ""),
            labels.get(item.withdrawn_by, "") if item.withdrawn_at else "",
            f"{item.sha256[:4]}…{item.sha256[-2:]}",
        )
        for number, item in enumerate(items, start=1)
    ]
    return tuple(
        sorted(
            found,
            key=lambda card: (
                card.item.withdrawn_at is not None,
                card.item.adverse,
                not card.item.counts,
            ),
        )
    )


def summary(items: Sequence[Evidence]) -> str:
    """3 项支持，1 项不利"""
    kept = [item for item in items if item.withdrawn_at is None]
    adverse = sum(item.adverse for item in kept)
    words = [f"{sum(item.counts for item in kept)} 项计入"]
    beside = sum(not item.counts and not item.adverse for item in kept)
    if beside:
        words.append(f"{beside} 项旁证")
    if adverse:
        words.append(f"{adverse} 项不利")
    return "，".join(words) if kept else "还没有证据"


@dataclass(frozen=True)
class Panel:
    """能否核定: what a verdict needs, and which of it the main button of the page supplies next."""

    gates: tuple[Gate, ...]
    uncounted: tuple[tuple[int, str], ...]  # number of an item, and why it does not count
    missing: int
    next: str  # claim, evidence, lead, sample, verdict
    department: str


def panel(case: Case, items: Sequence[Evidence], officer: Officer) -> Panel | None:
    """The panel of an open case; None once it was decided or dismissed."""
    if case.state not in workflow.UNDECIDED:
        return None
    gates = tuple(gating.gates(case, items))
    missing = [gate for gate in gates if not gate.ok]
    wanted = "verdict"
    if case.state is CaseState.WAITING:
        wanted = "claim"
    elif missing:
        wanted = {"lead": "lead", "sample": "sample"}.get(missing[0].code, "evidence")
    beside = tuple((n, item.uncounted) for n, item in enumerate(items, start=1) if item.uncounted)
    return Panel(gates, beside, len(missing), wanted, DEPARTMENTS.get(case.topic, ""))
