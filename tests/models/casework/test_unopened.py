"""Under the line: listed, turned, searched, opened by an officer; never lost, never doubled."""

from __future__ import annotations

import html
import re

import pytest

from models import audit
from models.casework import (
    cases,
    opening,
    queue,
    unopened,
)
from models.errors import Forbidden, NotFound
from models.harm import Topic
from models.intake import posts
from models.intake.records import Post
from models.ranking import scores, spread
from models.ranking.line import Line
from models.ranking.records import Score
from tests import score_history, seeded_night
from tests.django_desk import Desk

WARNING = "我家住河边，今早看到堤脚渗水比昨天大了"


def low(
    desk: Desk, text: str, first_hand: float, topic: Topic = Topic.OTHER, risk: float = 0.1
) -> int:
    return score_history.low(desk.db, desk.moment, text, first_hand, topic, risk)


def get(desk: Desk, address: str, name: str = "monitor") -> str:
    answer = desk.client(name).get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_first_hand_accounts_come_first_and_chatter_only_under_all(desk: Desk) -> None:
    strong, weak = low(desk, WARNING, 0.9, Topic.DISASTER), low(desk, "楼下好像有点煤气味", 0.5)
    chatter = low(desk, "今天吃了火锅，开心", 0.0)
    found = [each.cluster_id for each in unopened.listed(desk.db, first_hand=0.45)]
    assert found == [strong, weak]
    assert {strong, weak, chatter} <= {
        each.cluster_id for each in unopened.listed(desk.db, limit=200)
    }
    page = get(desk, "/queue/below/")
    assert page.index("堤脚渗水") < page.index("煤气味") and "火锅" not in page
    assert "灾害" in page and "险情" in page and "不表示真假" in page
    assert "火锅" in get(desk, "/queue/below/?all=1")


def test_an_old_account_leaves_the_list_and_is_still_found(desk: Desk) -> None:
    cluster = low(desk, WARNING, 0.9)
    desk.later(days=4)
    assert "堤脚渗水" not in get(desk, "/queue/below/")
    assert "堤脚渗水" in get(desk, "/queue/below/?all=1&q=堤脚")
    assert "堤脚渗水" in get(desk, f"/queue/below/{cluster}/")


def test_conditions_are_the_address_and_can_be_taken_off(desk: Desk) -> None:
    low(desk, WARNING, 0.9, Topic.DISASTER)
    low(desk, "楼下好像有点煤气味", 0.5)
    page = get(desk, "/queue/below/?topic=disaster&q=渗水")
    assert "堤脚渗水" in page and "煤气味" not in page and page.count('class="filter on"') == 2
    assert "没有这样的线下帖文" in get(desk, "/queue/below/?q=火星")
    for odd in ("?topic=evil&page=x&q=%00", "?page=99999", "?q=%25_'\"; DROP TABLE posts"):
        get(desk, f"/queue/below/{odd}")


def test_the_list_is_also_json_with_plates_masked(desk: Desk) -> None:
    low(desk, "我家楼下停着浙BL1234，一直在漏油", 0.9)
    told = desk.client("monitor").get("/queue/below/?format=json").json()
    assert told["total"] == 1 and told["claims"][0]["text"].startswith("我家楼下停着浙BL****")
    assert told["claims"][0]["signs"] and told["claims"][0]["need"] == 0.0011


def test_pages_turn_through_every_claim_once(desk: Desk) -> None:
    made = {low(desk, f"第{n}号楼的煤气味今天又重了", 0.5) for n in range(70)}
    seen: list[str] = []
    address = "/queue/below/"
    while address:
        page = get(desk, address)
        seen += re.findall(r'class="belowtext" data-item href="/queue/below/(\d+)/"', page)
        after = re.search(r'href="(\?[^"]*page=\d+)" data-key="\]"', page)
        address = f"/queue/below/{after[1]}" if after else ""
    assert len(seen) == len(set(seen)) and made <= {int(number) for number in seen}


def test_an_officer_opens_a_case_that_says_so(desk: Desk) -> None:
    cluster = low(desk, WARNING, 0.9, Topic.DISASTER)
    answer = desk.client("monitor").post(f"/queue/below/{cluster}/open/")
    case = cases.of_cluster(desk.db, cluster)
    assert case is not None and answer["Location"] == f"/cases/{case.number}/"
    assert case.picked and not case.sampled and case.hazard
    assert [each.action for each in audit.of_object(desk.db, f"case:{case.id}")] == [
        "case.pick",
        "case.open",
    ]
    assert audit.verify(desk.db).ok
    assert "人工立案" in get(desk, f"/queue/?case={case.id}")
    assert "从线下帖文里立案" in get(desk, f"/cases/{case.number}/")
    assert "堤脚渗水" not in get(desk, "/queue/below/")
    again = desk.client("verifier").post(f"/queue/below/{cluster}/open/")
    assert again["Location"] == answer["Location"]
    assert len([each for each in queue.cases(desk.db) if each.cluster_id == cluster]) == 1
    refreshed = opening.refresh(desk.db, cluster, "渗水", Line.at(0.8))
    assert refreshed is not None and refreshed.picked and refreshed.id == case.id


def test_who_may_not_claim_sees_the_list_and_no_button(desk: Desk) -> None:
    cluster = low(desk, WARNING, 0.9)
    page = get(desk, "/queue/below/", "viewer")
    assert "堤脚渗水" in page and "belowopen" not in page and "立案：值班员、核查员" in page
    with pytest.raises(Forbidden):
        unopened.open_case(desk.db, cluster, "", by=desk.people["viewer"])
    with pytest.raises(NotFound):
        unopened.open_case(desk.db, 9999, "", by=desk.people["monitor"])


def test_a_claim_in_many_posts_is_one_row_and_speaks_by_its_witness(desk: Desk) -> None:
    cluster = low(desk, "堤脚渗水", 0.3)
    other = low(desk, WARNING, 0.9)
    desk.db.conn.execute("UPDATE posts SET cluster_id = ? WHERE cluster_id = ?", [cluster, other])
    found = unopened.listed(desk.db, first_hand=0.45)
    assert [(each.text, each.posts) for each in found] == [(WARNING, 2)]
    assert unopened.count(desk.db, first_hand=0.45) == 1
    assert len(spread.wordings(desk.db, cluster)) == 2


def test_the_two_questions_stand_apart_and_are_no_verdict(desk: Desk) -> None:
    case = queue.cases(desk.db, "todo")[0]
    for address in (f"/queue/?case={case.id}", f"/cases/{case.number}/"):
        assert "可核查的说法" not in get(desk, address)  # weights that do not answer say nothing
    desk.db.conn.execute(
        "UPDATE cases SET checkable = 0.8, dubious = 0.5, unfamiliar = 1, model = '2026-11'"
        " WHERE id = ?",
        [case.id],
    )
    for address in (f"/queue/?case={case.id}", f"/cases/{case.number}/"):
        page = get(desk, address)
        assert "可核查的说法</dt><dd>明确" in page
        assert "写法与已判不实的信息相像</dt><dd>中" in page
        assert "模型没见过这样的内容，别只凭分数" in page
        assert "模型 2026-11<" in page and "谣言" not in page


def test_a_hazard_that_its_words_leave_open_is_told_as_a_doubt(desk: Desk) -> None:
    case = next(each for each in queue.cases(desk.db, "todo") if each.topic is Topic.EPIDEMIC)
    told = '可能涉及疫情</dt><dd class="due">字面没有明说'
    for claim, doubtful in (("公司有人中招了", True), ("公司有人确诊了", False)):
        cases.reword(desk.db, case.id, claim=claim, by=desk.people["monitor"])
        for address in (f"/queue/?case={case.id}", f"/cases/{case.number}/"):
            assert (told in get(desk, address)) == doubtful


def test_what_the_foremost_post_was_told_is_told_of_the_case(desk: Desk) -> None:
    cluster = low(desk, "楼下好像有点煤气味", 0.2, risk=0.3)
    posts.add(desk.db, Post("forum", "b", "楼下煤气味越来越重了", published_at=desk.moment))
    second = posts.unscored(desk.db, 1)[0]
    desk.db.conn.execute("UPDATE posts SET cluster_id = ? WHERE id = ?", [cluster, second.id])
    told = Score(
        second.id, 0.9, (), Topic.OTHER, (), 0, "new", desk.moment,
        checkable=0.7, dubious=0.2, unfamiliar=True,
    )  # fmt: skip
    scores.save(desk.db, [told], line=Line.at(0.8))
    case = opening.refresh(desk.db, cluster, "煤气味", Line.at(0.8))
    assert case is not None
    assert (case.checkable, case.dubious, case.unfamiliar) == (0.7, 0.2, True)
    assert case.model == "new"


def test_no_page_shows_a_score_as_certain(desk: Desk) -> None:
    case = queue.cases(desk.db, "todo")[0]
    desk.db.conn.execute("UPDATE cases SET risk = 0.9999 WHERE id = ?", [case.id])
    for address, told in (
        ("/queue/", "每百 99<"),
        (f"/cases/{case.number}/", "很高 99<"),
        ("/queue/?format=json", '"need": 0.99'),
    ):
        page = get(desk, address)
        assert told in page and "每百 100" not in page and '"need": 1' not in page
    assert desk.moment == seeded_night.NIGHT
