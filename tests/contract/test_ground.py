"""What an insider with valid roles tries at a running desk (``piyao up``), by HTTP alone.

Each test is a story of issue 15: evidence that is one thing entered twice, a notice whose ground is
taken away, cases and hazards of colleagues, hazards ended alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import store
from models.casework import corrections, evidence, queue
from models.casework.records import Case, CaseState
from models.known import claims
from models.people import officers
from models.publishing import notices
from models.publishing.records import NoticeState
from tests.http_officer import Answer, HttpOfficer
from tests.http_server import Answer as Page
from tests.http_server import Server
from tests.running_desk import RunningDesk, rss, running
from tests.waiting import until

BANK = "内部消息：农信社明天起取不出钱了，城北网点已经排长队，大家赶紧去取，不要等"
WATER = "城北水厂停水三天，大家赶紧接水囤水，自来水公司不让说，内部消息已经定了"
FISH = "实验小学午餐里吃出老鼠头，校方在压消息，家长群都传疯了，请大家转发"
MILK = "幼儿园的早餐奶喝了拉肚子，医院里躺了十几个孩子，家长快看看"
PLAGUE = "车牌浙BL1234的车刚从武汉回到白兔潭，车上有确诊新型肺炎病人，看到要报警"


class House:
    """The running desk with its officers, each in a session of their own."""

    def __init__(self, desk: RunningDesk) -> None:
        self.desk = desk
        for name in ("zhiban", "hecha", "fuhe", "fabu"):
            setattr(self, name, HttpOfficer(desk.address, name, desk.password))

    zhiban: HttpOfficer  # monitor
    hecha: HttpOfficer  # verifier
    fuhe: HttpOfficer  # another verifier
    fabu: HttpOfficer  # publisher

    def case(self, words: str) -> Case:
        with store.using(self.desk.config.store) as db:
            every = [case for view in queue.VIEWS for case in queue.cases(db, view)]
            return next(case for case in every if words in case.claim)

    def hazard(self, words: str, topic: str) -> Case:
        """The case of these words, named a hazard by the monitor whatever the machine said."""
        self.zhiban.post(f"/cases/{self.case(words).number}/topic/", topic=topic)
        found = self.case(words)
        assert found.hazard
        return found

    def prove(
        self, who: HttpOfficer, case: Case, n: int, refutes: str, **changed: object
    ) -> Answer:
        given: dict[str, object] = {
            "title": f"{'甲乙丙丁'[n]}单位答复", "finding": f"{'甲乙丙丁'[n]}单位核对过，没有这回事",
            "nature": "document", "refutes": refutes, "url": f"https://gov{n}.example/answer",
            "primary": "on", "independent": "on",
        }  # fmt: skip
        return who.post(f"/cases/{case.number}/evidence/", **given | changed)

    def decide(self, who: HttpOfficer, case: Case, **changed: object) -> Answer:
        page = who.get(f"/cases/{case.number}/verdict/").text
        hidden = dict(re.findall(r'name="(version|evidence_hash)" value="([^"]*)"', page))
        answers = {
            "literal": "wrong",
            "hazard": "excluded",
            "outcome": "",
            "ground": "两家都核对过",
        }
        return who.post(f"/cases/{case.number}/verdict/", **hidden | answers | changed)

    def published(self, words: str, refutes: str) -> tuple[Case, int]:
        """An ordinary case taken all the way; the id of its notice."""
        case = self.case(words)
        assert self.hecha.post(f"/cases/{case.number}/claim/").status == 200
        for n in (0, 1):
            assert "计入" in self.prove(self.hecha, case, n, refutes).words
        assert self.decide(self.hecha, case).status == 200
        with store.using(self.desk.config.store) as db:
            notice = notices.of_case(db, case.id)[0]
        assert self.hecha.post(f"/notices/{notice.id}/submit/", hash=notice.hash).status == 200
        assert self.fabu.post(f"/notices/{notice.id}/approve/", hash=notice.hash).status == 200

        def out() -> bool:
            with store.using(self.desk.config.store) as db:
                return notices.get(db, notice.id).state is NoticeState.PUBLISHED

        until(out, "the notice is not published")
        return self.case(words), notice.id


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    texts = (BANK, WATER, FISH, MILK, PLAGUE)
    with Server() as forum:
        feed = rss([(f"p{n}", f"a{n}", text) for n, text in enumerate(texts)])
        forum.answers["/feed.xml"] = Page(feed, etag='"1"')
        with running(folder, forum.url + "/feed.xml", risk_line=0.0) as desk:

            def opened() -> bool:
                with store.using(desk.config.store) as db:
                    return len(queue.cases(db, "todo")) == len(texts)

            until(opened, "the claims are not in the queue")
            yield House(desk)


def test_one_thing_entered_twice_carries_no_debunk(house: House) -> None:
    case = house.case("停水三天")
    house.hecha.post(f"/cases/{case.number}/claim/")
    house.prove(house.hecha, case, 0, "，")
    house.prove(house.hecha, case, 0, "，")
    page = house.hecha.get(f"/cases/{case.number}/").words
    assert "不是说法里有实义的字" in page and "还差" in page
    house.prove(house.hecha, case, 0, "停水三天", url="http://www.gov0.example:80/answer/?spm=1#2")
    again = house.prove(house.zhiban, case, 0, "停水三天", title="甲 单位答复")
    assert "只作旁证：与证据 2 是同一件" in again.words
    refused = house.decide(house.hecha, case)
    assert refused.status == 422 and "证据至少 2 项" in refused.words
    assert house.case("停水三天").state is CaseState.VERIFYING


def test_what_is_public_keeps_its_ground_or_is_owed(house: House) -> None:
    case, notice = house.published("取不出钱", "取不出钱")
    assert house.hecha.post(f"/cases/{case.number}/reopen/", reason="有人来电质疑").status == 200
    with store.using(house.desk.config.store) as db:
        items = evidence.of_case(db, case.id)
    for item in items:  # a monitor takes all of it away
        path = f"/cases/{case.number}/evidence/{item.id}/withdraw/"
        silent = house.zhiban.post(path)
        assert silent.status == 422 and "撤下要写理由" in silent.words
        assert house.zhiban.post(path, reason="材料与本案无关").status == 200
    for path in (f"/cases/{case.number}/dismiss/", f"/queue/{case.id}/dismiss/"):
        dropped = house.zhiban.post(path, version=house.case("取不出钱").version, reason="trivial")
        assert dropped.status == 422 and "先撤回通告" in dropped.words
    for page in ("/", "/queue/?view=owed", f"/cases/{case.number}/"):
        shown = house.hecha.get("/today/" if page == "/" else page)
        assert "待更正" in shown.words, page
    with store.using(house.desk.config.store) as db:
        (owed,) = corrections.owed(db)
        assert (owed.notice_id, owed.why) == (notice, "evidence")
        assert claims.search(db, origin=claims.OWN) == []
    closed = house.decide(
        house.hecha, case, literal="unknown", hazard="unknown", outcome="not_a_claim"
    )
    assert closed.status == 422 and "先撤回通告" in closed.words
    assert house.hecha.post(f"/notices/{notice}/retract/", reason="依据都撤下了").status == 200
    with store.using(house.desk.config.store) as db:
        assert corrections.owed(db) == []
    assert "待更正" not in house.hecha.get(f"/cases/{case.number}/").words


def test_a_colleagues_case_is_not_decided_and_a_held_hazard_not_dismissed(house: House) -> None:
    case = house.hazard("老鼠头", "food")
    house.hecha.post(f"/cases/{case.number}/claim/")
    stale = house.decide(
        house.fuhe, case, literal="unknown", hazard="unknown", outcome="unverified"
    )
    assert stale.status == 409 and "由核查 07领取" in stale.words
    for path in (f"/cases/{case.number}/dismiss/", f"/queue/{case.id}/dismiss/"):
        dropped = house.zhiban.post(path, version=house.case("老鼠头").version, reason="trivial")
        assert dropped.status == 409 and "由核查 07领取" in dropped.words
    assert house.fuhe.post(f"/cases/{case.number}/wait/").status == 422
    assert house.fuhe.post(f"/cases/{case.number}/release/").status == 422
    with store.using(house.desk.config.store) as db:
        hecha = officers.by_username(db, "hecha")
    now = house.case("老鼠头")
    assert hecha and (now.state, now.holder_id) == (CaseState.VERIFYING, hecha.id)


def test_a_hazard_with_a_witness_is_dropped_by_two(house: House) -> None:
    case = house.hazard("早餐奶", "food")
    path = f"/cases/{case.number}"
    house.zhiban.post(f"{path}/claim/")
    house.prove(house.zhiban, case, 0, "", adverse="on", primary="", nature="witness")
    house.zhiban.post(f"{path}/release/")
    assert "不立案要两个人" in house.zhiban.get(f"{path}/").words
    said = house.zhiban.post(f"{path}/dismiss/", reason="trivial")
    assert said.status == 200 and "还没有结束" in said.words and "不能再同意自己" in said.words
    for address in (f"{path}/dismiss/", f"/queue/{case.id}/dismiss/"):
        again = house.zhiban.post(address, reason="trivial")
        assert again.status == 422 and "你已提议过" in again.words
    assert house.case("早餐奶").state is CaseState.WAITING
    for page in ("/today/", "/review/", "/queue/?view=second"):
        mine, theirs = house.zhiban.get(page).words, house.fuhe.get(page).words
        told = {"/today/": "件等你看过", "/review/": "等第二人结案"}.get(page, "早餐奶")
        assert told in theirs and told not in mine, page
    assert "同意不立案：影响很小" in house.fuhe.get(f"{path}/").words
    assert house.fuhe.post(f"{path}/dismiss/", reason="trivial").status == 200
    assert house.case("早餐奶").state is CaseState.DISMISSED


def test_a_hazard_is_ended_as_no_claim_by_two(house: House) -> None:
    case = house.hazard("白兔潭", "epidemic")
    house.hecha.post(f"/cases/{case.number}/claim/")
    ending = {"literal": "unknown", "hazard": "unknown", "outcome": "not_a_claim"}
    alone = house.hecha.post(
        f"/cases/{case.number}/dismiss/", version=house.case("白兔潭").version, reason="not_a_claim"
    )
    assert alone.status == 422 and "不能由一个人" in alone.words
    proposed = house.decide(house.hecha, case, **ending)
    assert proposed.status == 200 and "等另一位核查员核定" in proposed.words
    assert house.case("白兔潭").state is CaseState.WAITING
    house.hecha.post(f"/cases/{case.number}/claim/")
    again = house.decide(house.hecha, case, **ending)
    assert again.status == 422 and "你已提议过" in again.words
    house.hecha.post(f"/cases/{case.number}/release/")
    house.fuhe.post(f"/cases/{case.number}/claim/")
    assert "核查 07 提议按" in house.fuhe.get(f"/cases/{case.number}/verdict/").words
    assert house.decide(house.fuhe, case, **ending).status == 200
    assert house.case("白兔潭").state is CaseState.CLOSED
