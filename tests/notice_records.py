"""Notices, cases and evidence of an invented desk, for the tests of ``notices``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from models.casework.records import (
    Case,
    CaseState,
    Evidence,
    Hazard,
    Literal,
    NoticeKind,
    Verdict,
)
from models.config import OfficeConfig
from models.harm import Topic
from models.outcome import Outcome
from models.publishing.records import Notice, NoticeState
from models.ranking.records import Entity
from notices.page import Basis, Page

OFFICE = OfficeConfig(
    name="江州市网络谣言核查中心", short="江州核查中心", code="江核通", place="江州"
)
AT = datetime(2026, 11, 24, 19, 58, tzinfo=UTC)  # 03:58 on the 25th in China
CLAIM = "车牌浙BL1234的车刚从武汉回到白兔潭，车上有确诊患者，见到请报警"
HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "{{7*7}} {% raw %} {{ cycler.__init__.__globals__ }}",
    '#set page(fill: red) $x$ @ref <label> #eval("1")',
    "甲\u202e乙\u200b丙\x00丁\ud800戊",
    "=1+1\x1b[31m]]>&amp;\ufffe",
)


def notice(**changed: Any) -> Notice:
    fields: dict[str, Any] = {
        "id": 7,
        "case_id": 1,
        "number": "〔2026〕87 号",
        "kind": NoticeKind.DEBUNK,
        "state": NoticeState.PUBLISHED,
        "outcome": Outcome.FALSE,
        "revision": 1,
        "title": "没有载有确诊患者的车辆从武汉返回白兔潭",
        "findings": (
            "网传号牌浙BL1234登记为重型货车，11月22日起在宁波检修，未出厂。",
            "白兔潭接诊点在院6人，均为普通感冒；11月20日以来采样212份，均为阴性。",
        ),
        "quote": CLAIM,
        "closing": "转发之前先核实。",
        "issued_on": AT,
        "hash": "7be409c1" + "0" * 52 + "f20a",
        "drafted_by": 0,
        "submitted_by": 2,
        "updated_at": AT,
        "basis": (1, 2),
    }
    return Notice(**{**fields, **changed})


def case(**changed: Any) -> Case:
    fields: dict[str, Any] = {
        "id": 1,
        "number": "J-1125-014",
        "cluster_id": 1,
        "claim": CLAIM,
        "topic": Topic.EPIDEMIC,
        "state": CaseState.DECIDED,
        "risk": 0.9,
        "priority": 0.7,
        "level": 4,
        "posts": 47,
        "accounts": 21,
        "replies": 10,
        "doubts": 4,
        "first_at": AT,
        "last_at": AT,
        "opened_at": AT,
        "due_at": AT,
        "holder_id": 2,
        "sampled": False,
        "reasons": (),
        "entities": (Entity("place", "白兔潭", "白兔潭"),),
        "version": 1,
    }
    return Case(**{**fields, **changed})


def evidence(n: int = 1, **changed: Any) -> Evidence:
    fields: dict[str, Any] = {
        "id": n,
        "case_id": 1,
        "title": "车辆登记答复",
        "finding": f"号牌登记为重型货车，第{n}次查询",
        "url": "https://records.example/1",
        "primary": True,
        "independent": True,
        "adverse": False,
        "nature": "record",
        "refutes": "刚从武汉回到白兔潭",
        "captured_at": AT,
        "sha256": "a" * 64,
        "media_type": "text/plain",
        "size": 10,
        "added_by": 2,
        "added_at": AT,
    }
    return Evidence(**{**fields, **changed})


def verdict(outcome: Outcome = Outcome.FALSE, hazard: Hazard = Hazard.EXCLUDED) -> Verdict:
    literal = {
        Outcome.FALSE: Literal.WRONG,
        Outcome.MISLEADING: Literal.PARTLY,
        Outcome.OUTDATED: Literal.PARTLY,
        Outcome.TRUE: Literal.RIGHT,
    }.get(outcome, Literal.UNKNOWN)
    return Verdict(1, 1, literal, hazard, outcome, "依据充分", "b" * 64, 2, AT, None)


def page(made: Notice | None = None, **changed: Any) -> Page:
    made = made or notice()
    fields: dict[str, Any] = {
        "notice": made,
        "office": OFFICE,
        "kind": "publish",
        "at": made.issued_on or AT,
        "case": "J-1125-014",
        "opened_at": AT,
        "place": "白兔潭",
        "basis": (Basis("车辆登记答复", AT, (0,)), Basis("接诊点书面答复", AT, (1,))),
    }
    return Page(**{**fields, **changed})
