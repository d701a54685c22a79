"""A night at an invented desk: about 25 cases, their posts, one known claim, sources and accounts.

Everything goes through the functions of ``models``; names, numbers and stories are invented.
``fill(db)`` is deterministic for a given moment, so that pictures and tests do not drift.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from classifier.entities import find
from classifier.likeness import filing
from classifier.text.spelling import normalise, segment
from models import store
from models.casework import (
    cases,
    evidence,
    opening,
    verdicts,
)
from models.casework.records import (
    Case,
    Hazard,
    Literal,
    NoticeKind,
)
from models.config import Source
from models.harm import Topic
from models.intake import posts, runs, sources
from models.intake.records import Post, Reply
from models.known import claims, likeness
from models.known.likeness import Match, Relation
from models.outcome import Outcome
from models.people import officers
from models.publishing import notices, outbox, reviews
from models.publishing.records import Delivery
from models.publishing.revisions import Draft
from models.ranking import clusters, scores
from models.ranking.line import Line
from models.ranking.records import Reason, Score
from models.roles import Officer, Role
from models.store import Store
from models.text import clean
from models.upkeep import jobs

NIGHT = datetime(2026, 11, 24, 19, 12, 8, tzinfo=UTC)  # 03:12:08 on 25 November in China
LINE = Line.at(0.6)
ASKING = ("真的假的", "求证", "有官方消息吗", "假的吧，上次就有人这么说")
OTHER = ("转给家里人了", "注意安全", "我也看到了", "等通知吧", "知道了")


@dataclass(frozen=True)
class Story:
    """One claim: its wordings with how many posts each, and how it is to rank."""

    wordings: tuple[tuple[str, int], ...]
    topic: Topic
    risk: float
    ago: int  # minutes since the first post
    opened: int  # minutes since the case was opened
    accounts: int
    replies: int = 0
    doubts: int = 0
    sampled: bool = False
    terms: tuple[str, ...] = field(default=())


STORIES = (
    Story(
        (
            ("车牌浙BL1234的车刚从武汉回到白兔潭，车上有确诊患者，见到请报警", 31),
            ("车牌浙BL1284的车刚从武汉回到东渡，车上有疑似患者，见到请报警", 9),
            ("一辆大货车刚从武汉回到白兔潭，司机发烧不肯下车，车上有确诊患者", 7),
        ),
        Topic.EPIDEMIC,
        0.93,
        178,
        12,
        21,
        47,
        18,
        terms=("确诊", "见到请报警", "刚从"),
    ),
    Story(
        (
            ("东渡桥下游河堤渗水，住低处的今晚快搬走", 50),
            ("东渡桥河堤渗水了，住低处的今晚快搬", 13),
        ),
        Topic.DISASTER,
        0.86,
        120,
        5,
        38,
        40,
        9,
        terms=("快搬走", "今晚"),
    ),
    Story(
        (("实验小学午餐里吃出老鼠头，校方在压消息", 29),),
        Topic.FOOD,
        0.88,
        50,
        16,
        24,
        30,
        8,
        terms=("压消息", "吃出"),
    ),
    Story(
        (("石桥中学明天停课，家长群都通知了", 18),),
        Topic.SCHOOL,
        0.82,
        180,
        48,
        9,
        25,
        11,
        terms=("停课", "都通知了"),
    ),
    Story(
        (
            ("临江一家农信社明天取不出钱，赶紧去排队", 30),
            ("临江农信社明天取不出钱了，赶紧排队去", 4),
        ),
        Topic.FINANCE,
        0.90,
        360,
        20,
        12,
        30,
        5,
        terms=("取不出钱", "赶紧"),
    ),
    Story(
        (("菜场有人开无牌面包车抢小孩，已经丢了两个", 15),),
        Topic.SAFETY,
        0.91,
        300,
        8,
        11,
        12,
        3,
        terms=("抢小孩", "丢了"),
    ),
    Story(
        (("凌晨四点还有一次五级余震，内部消息", 11),),
        Topic.OTHER,
        0.76,
        60,
        160,
        8,
        16,
        5,
        terms=("内部消息", "余震"),
    ),
    Story(
        (("下月起社保必须补缴满十五年，不补就作废", 9),),
        Topic.POLICY,
        0.64,
        480,
        50,
        7,
        terms=("作废", "必须"),
    ),
    Story(
        (("城北水厂停水三天，赶紧接水", 14),),
        Topic.UTILITY,
        0.84,
        90,
        30,
        10,
        12,
        6,
        terms=("停水", "赶紧"),
    ),
    Story(
        (("吃大蒜煮水三天就能防流感，医院都不说", 22),),
        Topic.MEDICINE,
        0.79,
        540,
        11,
        15,
        20,
        3,
        terms=("医院都不说", "防流感"),
    ),
    Story(
        (("化工园昨晚漏氯气，晨练的都别出门", 17),),
        Topic.PRODUCTION,
        0.87,
        75,
        22,
        13,
        18,
        7,
        terms=("漏氯气", "别出门"),
    ),
    Story(
        (("三号线隧道渗水停运一周，早高峰别坐", 12),),
        Topic.UTILITY,
        0.71,
        200,
        100,
        9,
        9,
        4,
    ),
    Story((("南湖公园周末要收门票，一人三十", 6),), Topic.POLICY, 0.66, 260, 120, 5, 6, 2),
    Story((("快递里寄来的口罩有迷药，闻一下就倒", 5),), Topic.SAFETY, 0.83, 150, 50, 6, 4, 2),
    Story(
        (("高速路口今晚查一辆红色货车，车上拉的是病死猪", 8),), Topic.FOOD, 0.75, 140, 40, 6, 7, 3
    ),
    Story((("人民医院急诊夜里只剩一个医生，别去", 5),), Topic.OTHER, 0.62, 95, 70, 4, 5, 2),
    Story((("东门地铁口塌陷，公交已经绕行", 10),), Topic.DISASTER, 0.68, 40, 18, 9, 8, 3),
    Story((("农业银行下周起取款要预约三天", 7),), Topic.FINANCE, 0.69, 330, 150, 6, 6, 2),
    Story((("东门菜场的白菜今天便宜一半", 2),), Topic.OTHER, 0.06, 240, 252, 2, sampled=True),
    Story((("今晚月亮好圆，江边好多人拍照", 3),), Topic.OTHER, 0.03, 120, 245, 3, sampled=True),
    Story(
        (("有没有人一起拼车去省城，周五下午走", 5),), Topic.OTHER, 0.09, 180, 90, 5, sampled=True
    ),
)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """The clock of the house stands at ``moment``."""
    before = store.clock
    store.clock = lambda: moment
    try:
        yield
    finally:
        store.clock = before


def people(db: Store) -> dict[str, Officer]:
    """One or two officers a role, by short names; without logins."""
    wanted = (
        ("viewer", Role.VIEWER, 1, ()),
        ("monitor", Role.MONITOR, 3, ()),
        ("verifier", Role.VERIFIER, 7, (Topic.EPIDEMIC, Topic.FOOD)),
        ("colleague", Role.VERIFIER, 5, (Topic.EPIDEMIC, Topic.DISASTER)),
        ("publisher", Role.PUBLISHER, 2, ()),
        ("admin", Role.ADMIN, 1, ()),
    )
    return {
        name: officers.by_username(db, name) or officers.add(db, name, role, number, fields)
        for name, role, number, fields in wanted
    }


def open_case(db: Store, story: Story, moment: datetime, source: str = "forum") -> Case:
    """Posts, scores and cluster of one story, and its case, opened in its time."""
    total = sum(count for _, count in story.wordings)
    first = moment - timedelta(minutes=story.ago)
    cluster_id: int | None = None
    n = 0
    for text, count in story.wordings:
        for _ in range(count):
            share = n / max(total - 1, 1)
            published = first + timedelta(minutes=story.ago) * share**0.45
            cluster_id = _post(db, story, text, n, min(published, moment), cluster_id, source)
            n += 1
    words = normalise(clean(" ".join(text for text, _ in story.wordings)))
    with at(moment - timedelta(minutes=story.opened)):
        case = opening.refresh(db, cluster_id or 0, " ".join(segment(words)), LINE)
    assert case is not None
    return case


def _post(
    db: Store, story: Story, text: str, n: int, published: datetime, home: int | None, source: str
) -> int:
    total = sum(count for _, count in story.wordings)
    said = [
        Reply((ASKING if k < story.doubts else OTHER)[k % 4], published, f"r{k}")
        for k in range(story.replies)
        if k % total == n
    ]
    doubts = sum(1 for k in range(story.doubts) if k % total == n)
    post = Post(
        source=source,
        native_id=f"{story.wordings[0][0]}-{n}",
        text=text,
        url=f"https://bbs.example/{zlib.crc32(repr((text, n)).encode()) % 1_000_000}",
        published_at=published,
        author=f"account-{n % story.accounts}",
        replies=tuple(said),
    )
    posts.add(db, post)
    stored = posts.unscored(db, 1)[0]
    print_ = filing.fingerprint(stored.text)
    (cluster,) = clusters.file(db, [clusters.Filing(stored.id, home or -1, print_)])
    weights = tuple(Reason(term, 2.4 - 0.3 * k) for k, term in enumerate(story.terms))
    score = Score(
        stored.id,
        story.risk,
        weights,
        story.topic,
        find.entities_in(stored.text, published),
        doubts,
        "seed",
        published,
    )
    scores.save(db, [score], sample_share=1.0 if story.sampled else 0.0, line=LINE)
    return cluster


def known(db: Store, who: dict[str, Officer], moment: datetime) -> int:
    """A claim that was verified and debunked in March, published on the site; its notice's id."""
    story = Story(
        (("车牌浙BL1234的车从省城回来，车上有确诊患者，见到报警", 12),),
        Topic.SAFETY, 0.9, 120, 60, 8, 6, 3,
    )  # fmt: skip
    with at(moment):
        case = open_case(db, story, moment)
        cases.claim(db, case.id, by=who["verifier"])
        for title, finding, refutes in (
            ("车辆登记答复", "号牌登记为重型货车，三月检修，未出厂。", "从省城回来"),
            ("接诊点书面答复", "接诊点当日没有收治过外地车辆送来的患者。", "车上有确诊患者"),
        ):
            evidence.add(
                db, case.id, title=title, finding=finding, refutes=refutes, primary=True,
                independent=True, original=finding.encode(), media_type="text/plain",
                by=who["verifier"],
            )  # fmt: skip
        verdicts.decide(
            db, case.id, None, literal=Literal.WRONG, hazard=Hazard.EXCLUDED,
            outcome=Outcome.FALSE, ground="两项一手证据都不支持。", by=who["verifier"],
        )  # fmt: skip
        draft = Draft(
            NoticeKind.DEBUNK, "外地车辆载患者返乡一事不属实", ("经查，该车三月检修，未出厂。",),
            "有车载患者返乡", "请以官方信息为准。",
            tuple(item.id for item in evidence.of_case(db, case.id)),
        )  # fmt: skip
        notice = notices.start(db, case.id, draft, by=officers.MACHINE)
        reviews.submit(db, notice.id, notice.hash, by=who["verifier"])
        reviews.approve(db, notice.id, notices.get(db, notice.id).hash, by=who["publisher"])
        row = outbox.take(db, "seed")
        assert row is not None
        outbox.settle(db, row.id, row.fence, Delivery.SENT, "site/1")
    return notice.id


SOURCES = (
    ("hotline", "政务微信留言", 120, "failed"),
    ("dongjiang", "东江论坛 · 城北版", 300, "silent"),
    ("forum", "江州微博同城", 60, "busy"),
    ("hotline2", "市民热线转办", 300, "calm"),
    ("tieba", "白兔潭镇贴吧", 300, "busy"),
    ("video", "短视频评论 · 江州", 120, "busy"),
    ("neighbour", "邻市通告订阅", 600, "calm"),
    ("river", "水文站公开水位", 600, "calm"),
    ("old", "旧城区业主论坛", 300, "paused"),
)


def feed_sources(db: Store, moment: datetime, by: Officer) -> None:
    """Sources with a day of runs: one failing, one suspiciously quiet, one paused, the rest well."""
    sources.sync(
        db,
        [
            Source(name, "feed", f"https://{name}.example/feed", float(every), label=label)
            for name, label, every, _ in SOURCES
        ],
    )
    for k, (name, _, _, state) in enumerate(SOURCES):
        if state == "paused":
            with at(moment):
                sources.set_paused(db, name, True, by=by)
            continue
        for half in range(48):
            started = moment - timedelta(minutes=30 * (48 - half) - 3)
            day = 1 if 6 <= half <= 40 else 0
            new = (3 + day * 9 + (half * 7 + k * 5) % 6) * {"busy": 4, "calm": 1}.get(state, 2) // 4
            outcome, message, broken = "ok", "", 0
            if state == "failed" and half >= 45:
                outcome, message, new = "failed", "对方拒绝：登录已过期，请重新授权", 0
            if state == "silent" and half >= 42:
                outcome, new = "unchanged", 0
            with at(started):
                run = runs.start(db, name)
                runs.finish(
                    db, run, outcome, fetched=new, new=new, broken=broken, bytes=900 * new,
                    message=message,
                )  # fmt: skip
    with at(moment):
        runs.fault(
            db, None, "video", "条目没有编号", "第 14 条", "在来源设置里指明编号字段",
            "<item><title>早市</title></item>".encode(),
        )  # fmt: skip


def fill(db: Store, moment: datetime = NIGHT) -> dict[str, Officer]:
    """The whole night; returns the officers by short name."""
    who = people(db)
    notice_id = known(db, who, moment - timedelta(days=258))
    feed_sources(db, moment, who["admin"])
    found = [
        open_case(db, story, moment, "forum" if k % 2 else "tieba")
        for k, story in enumerate(STORIES)
    ]
    with at(moment - timedelta(minutes=4)):
        march = db.value("SELECT id FROM claims WHERE notice_id = ?", notice_id)
        for story, score, relation in ((0, 0.93, Relation.SAME), (5, 0.62, Relation.ELSEWHERE)):
            match = Match(march, score, relation)
            likeness.link(db, found[story].id, [match], claims.edition(db))
        cases.send_lead(db, found[1].id, to="水利", by=who["monitor"])
        cases.claim(db, found[1].id, by=who["verifier"])
        cases.claim(db, found[8].id, by=who["monitor"])
        cases.claim(db, found[7].id, by=who["colleague"])
        cases.wait_for_evidence(db, found[7].id, by=who["colleague"])
        cases.dismiss(db, found[20].id, reason="not_a_claim", by=who["monitor"])
        for name, problem in (("crawl", ""), ("score", ""), ("publish", ""), ("backup", "")):
            jobs.started(db, name)
            jobs.ended(db, name, problem)
    return who
