"""The plate's case at two moments of its night, for pictures and pages under test.

``seeds.fill`` opens it; here officers verify it (``plate_evidence``) and write its notice
(``plate_draft``). Everything is invented and goes through the functions of ``models``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from models.casework import (
    cases,
    evidence,
    queue,
    verdicts,
)
from models.casework.records import (
    Case,
    Hazard,
    Literal,
    NoticeKind,
)
from models.outcome import Outcome
from models.people import officers
from models.publishing import notices, reviews
from models.publishing.records import Notice
from models.publishing.revisions import Draft
from models.roles import Officer
from models.store import Store
from tests.seeded_night import NIGHT, at


def plate(db: Store) -> Case:
    """The open case of the truck with plate 浙BL1234."""
    return next(case for case in queue.cases(db, "todo") if "浙BL1234" in case.claim)


def plate_evidence(db: Store, who: Mapping[str, Officer], moment: datetime = NIGHT) -> Case:
    """Claimed, with two items that count, one that stands beside, one against."""
    case = plate(db)
    with at(moment - timedelta(minutes=11)):
        cases.claim(db, case.id, by=who["verifier"])
    for minutes, by, item in (
        (
            14,
            "monitor",
            {
                "title": "群众来电",
                "finding": "24 日 21 时许，镇口停过一辆外地牌照货车，未记下车牌。",
                "nature": "witness",
                "adverse": True,
            },
        ),
        (
            7,
            "verifier",
            {
                "title": "车辆登记答复",
                "finding": "号牌登记为重型货车，11 月 22 日起在宁波检修，未出厂。",
                "refutes": "刚从武汉回到白兔潭",
                "primary": True,
                "independent": True,
            },
        ),
        (
            6,
            "monitor",
            {
                "title": "卡口过车查询",
                "finding": "11 月 20 日以来本县无此车过车记录。查无记录不单独计入。",
                "nature": "no_record",
                "independent": True,
            },
        ),
        (
            3,
            "monitor",
            {
                "title": "接诊点书面答复",
                "finding": "白兔潭接诊点在院 6 人，均已确诊为普通感冒，24 日无转入。",
                "refutes": "车上有确诊患者",
                "primary": True,
                "independent": True,
            },
        ),
    ):
        with at(moment - timedelta(minutes=minutes)):
            evidence.add(
                db,
                case.id,
                by=who[by],
                original=str(item["finding"]).encode(),
                media_type="text/plain",
                **item,  # type: ignore[arg-type]
            )
    with at(moment - timedelta(minutes=2)):
        return cases.set_sample_status(db, case.id, None, status="不涉及实物", by=who["verifier"])


def plate_draft(
    db: Store, who: Mapping[str, Officer], case: Case, moment: datetime = NIGHT
) -> Notice:
    """Decided by 核查 07, redrafted by 核查 11, in its second draft, sent for review."""
    items = {item.title: item.id for item in evidence.of_case(db, case.id)}
    basis = (items["车辆登记答复"], items["接诊点书面答复"])
    closing = "请广大市民不信谣、不传谣，发现新的情况可在“查一查”提交核查。"
    with at(moment - timedelta(minutes=1)):
        cases.send_lead(db, case.id, to="疾控值班", by=who["monitor"])
        verdicts.decide(
            db,
            case.id,
            None,
            literal=Literal.WRONG,
            hazard=Hazard.EXCLUDED,
            outcome=Outcome.FALSE,
            ground="市疾控值班室 03:18 书面答复：白兔潭 11 月 20 日以来采样 212 份均为阴性，无在管输入病例。",
            by=who["verifier"],
        )
        first = Draft(
            NoticeKind.DEBUNK,
            "没有载有确诊患者的车辆从武汉返回白兔潭",
            (
                "网传号牌浙BL1234登记为重型货车，近期没有来过我县。",
                "白兔潭接诊点在院 6 人，均已确诊为普通感冒。",
            ),
            "车牌浙BL1234的车刚从武汉回到白兔潭，车上有确诊患者",
            closing,
            basis,
        )
        notice = notices.start(db, case.id, first, by=officers.MACHINE)
        second = Draft(
            first.kind,
            first.title,
            (
                "网传号牌浙BL1234登记为重型货车，11 月 22 日起在宁波检修，未出厂。",
                "白兔潭接诊点在院 6 人，均已确诊为普通感冒，24 日无转入。",
            ),
            first.quote,
            closing,
            basis,
        )
        notice = notices.edit(db, notice.id, 1, second, by=who["verifier"])
    with at(moment):
        return reviews.submit(db, notice.id, notice.hash, by=who["verifier"])
