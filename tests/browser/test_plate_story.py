"""The story Piyao is built for, from five posts on a feed to a public page, in a real browser.

A whole desk (``piyao up``) crawls a feed over HTTP; officers work in Debian's chromium.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from models import audit, store
from models.casework import cases, queue
from models.casework.records import Case, CaseState
from models.publishing import notices
from tests.browser.pages import Enter, press_having_looked
from tests.http_server import Answer, Server
from tests.running_desk import RunningDesk, rss, running
from tests.waiting import until

pytestmark = pytest.mark.browser

WORDINGS = (
    "车牌号浙BL1234的车刚从武汉回到白兔潭，车上有确诊新型肺炎病人，看到要报警",
    "浙BL1234这辆车刚从武汉回到白兔潭，车上有确诊的新型肺炎病人，大家看到请马上报警",
    "紧急扩散：车牌浙BL1234，刚从武汉回到白兔潭，车上有新型肺炎确诊病人，看见请报警！",
    "白兔潭的注意了，车牌号浙B·L1234的车刚从武汉回来，车上有确诊新型肺炎病人，看到要报警",
    "转：车牌号浙BL1234的车从武汉回到白兔潭了，车上有一个确诊的新型肺炎病人，看到一定要报警",
)
ORDINARY = "内部消息：农信社明天起取不出钱了，城北网点已经排长队，大家赶紧去取，不要等"
VAGUE = "听说实验中学明天全校停课，家长群都在转，说是内部通知，不知道为什么不让说"
TALK = ("今天中午食堂的红烧肉不错", "周末有人一起去爬山吗", "求推荐一家修手机的店，屏幕碎了")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    items = [(f"p{n}", f"account{n}", text) for n, text in enumerate(WORDINGS + TALK)]
    items += [("bank", "b", ORDINARY), ("school", "s", VAGUE)]
    with Server() as forum:
        forum.answers["/feed.xml"] = Answer(rss(items), etag='"1"')
        folder = tmp_path_factory.mktemp("desk")
        with running(folder, forum.url + "/feed.xml") as made:
            until(lambda: found(made, "浙"), "the plate case is not in the queue")
            yield made


def found(desk: RunningDesk, words: str) -> Case | None:
    """The case whose claim holds these words, as the store has it now."""
    with store.using(desk.config.store) as db:
        everything = [case for view in queue.VIEWS for case in queue.cases(db, view)]
    return next((case for case in everything if words in case.claim), None)


def the(desk: RunningDesk, words: str) -> Case:
    case = found(desk, words)
    assert case is not None
    return case


def add_evidence(page: Page, desk: RunningDesk, case: Case, title: str, refutes: str) -> None:
    page.goto(f"{desk.address}/cases/{case.number}/evidence/#add")
    form = page.locator("#add form")
    if not form.locator("[name=title]").is_visible():
        page.locator("#add > summary").click()
    form.locator("[name=title]").fill(title)
    form.locator("[name=finding]").fill(f"{title}：经逐项核对，说法与记录不符。")
    form.locator("[name=refutes]").fill(refutes)
    form.locator("[name=primary]").check()
    form.locator("[name=independent]").check()
    form.locator("[type=file]").set_input_files(
        {"name": "reply.txt", "mimeType": "text/plain", "buffer": title.encode()}
    )
    form.get_by_role("button", name="存为证据").click()
    expect(page.locator("#evidence")).to_contain_text(title)


def decide(page: Page, desk: RunningDesk, case: Case, literal: str, hazard: str) -> None:
    page.goto(f"{desk.address}/cases/{case.number}/verdict/")
    page.check(f"input[name=literal][value={literal}]", force=True)
    page.check(f"input[name=hazard][value={hazard}]", force=True)
    page.fill("textarea[name=ground]", "两处书面答复都与说法相反，已存档")
    page.get_by_role("button", name="提交核定").click()
    expect(page).not_to_have_url(re.compile("/verdict/"))


def notice_id(desk: RunningDesk, case: Case) -> int:
    """The draft that the clock wrote of a decided case."""

    def drafted() -> int:
        with store.using(desk.config.store) as db:
            return next((n.id for n in notices.of_case(db, case.id) if n.state.value == "draft"), 0)

    until(drafted, f"no draft of {case.number}")
    return drafted()


def press(page: Page, desk: RunningDesk, notice: int, button: str) -> None:
    page.goto(f"{desk.address}/notices/{notice}/")
    press_having_looked(page, button)


def force(page: Page, address: str, **fields: str) -> int:
    """A forged POST with this officer's own session and CSRF token; returns the status."""
    token = next(c["value"] for c in page.context.cookies() if "csrf" in c["name"])
    answer = page.request.post(
        address,
        form={"csrfmiddlewaretoken": token, **fields},
        headers={"Referer": address},
        max_redirects=0,
    )
    return answer.status


def seen_hash(desk: RunningDesk, notice: int) -> str:
    with store.using(desk.config.store) as db:
        return notices.get(db, notice).hash


def words(page: Page) -> str:
    """What the page says, without the office's own name, which may hold the word 谣言."""
    page.evaluate("document.querySelectorAll('[data-office-name]').forEach(e => e.remove())")
    return page.locator("main").inner_text()


def state(desk: RunningDesk, case: Case) -> CaseState:
    with store.using(desk.config.store) as db:
        return cases.get(db, case.id).state


def test_five_wordings_make_one_case_with_its_plate(desk: RunningDesk) -> None:
    until(lambda: the(desk, "浙B").posts == len(WORDINGS), "the wordings are not one case")
    case = the(desk, "浙B")
    assert case.hazard and case.topic.label == "疫情"
    assert [e.value for e in case.entities if e.kind == "plate"] == ["浙BL1234"]
    assert case.accounts == len(WORDINGS)


def test_hazard_takes_four_people_from_feed_to_public_page(desk: RunningDesk, enter: Enter) -> None:
    until(lambda: the(desk, "浙B").posts == len(WORDINGS), "the wordings are not one case")
    case = the(desk, "浙B")
    verifier = enter("hecha")
    second = enter("fuhe")
    publisher = enter("fabu")
    viewer = enter("guancha")
    page_of = f"{desk.address}/cases/{case.number}/"

    verifier.goto(page_of)
    expect(verifier.locator("main")).to_contain_text("浙B·L1234")
    verifier.get_by_role("button", name=re.compile("^领取")).click()
    add_evidence(verifier, desk, case, "车辆登记答复", "白兔潭")  # in each wording
    add_evidence(enter("zhiban"), desk, case, "接诊点书面答复", "新型肺炎")  # two finders
    verifier.goto(page_of)
    verifier.locator("#id_to").fill("市疾控值班室")
    verifier.get_by_role("button", name=re.compile("转主管部门")).click()
    verifier.locator("#id_status").select_option("不涉及实物")
    verifier.get_by_role("button", name="写明留样").click()
    expect(verifier.locator("#gate")).to_contain_text("都齐了")
    decide(verifier, desk, case, "wrong", "excluded")

    notice = notice_id(desk, case)
    approve = f"{desk.address}/notices/{notice}/approve/"
    press(verifier, desk, notice, "送审")
    publisher.goto(f"{desk.address}/notices/{notice}/")
    expect(publisher.get_by_role("button", name="批准本稿")).to_have_count(0)
    assert force(publisher, approve, hash=seen_hash(desk, notice)) == 422, "no field review yet"
    for page in (verifier, viewer):
        page.goto(f"{desk.address}/notices/{notice}/")
        expect(page.get_by_role("button", name="批准本稿")).to_have_count(0)
        assert force(page, approve, hash=seen_hash(desk, notice)) == 403
    review = f"{desk.address}/notices/{notice}/review/"
    assert force(verifier, review, hash=seen_hash(desk, notice)) == 422, "decided it himself"
    publisher.goto(f"{desk.address}/notices/{notice}/")
    assert "谣言" not in words(publisher)

    press(second, desk, notice, "专业复核，同意")
    assert force(second, approve, hash=seen_hash(desk, notice)) == 403
    press(publisher, desk, notice, "批准本稿")
    until(lambda: state(desk, case) is CaseState.PUBLISHED, "the notice is not out")

    public = enter("", "/site/", java_script_enabled=False)
    public.get_by_role("link", name=re.compile("网传")).first.click()
    expect(public.locator("body")).to_contain_text("网传不实")
    text = public.locator("body").inner_text()
    assert "浙BL****" in text and "浙BL1234" not in text
    data = [
        json.loads(block)
        for block in public.locator("script[type='application/ld+json']").all_inner_texts()
    ]
    assert any(item.get("@type") == "ClaimReview" for item in data), data
    picture = public.request.get(public.url.replace(".html", ".png"))
    assert picture.ok and picture.body().startswith(b"\x89PNG")
    with store.using(desk.config.store) as db:
        assert audit.verify(db).ok


def test_ordinary_claim_takes_two_people_and_not_one(desk: RunningDesk, enter: Enter) -> None:
    until(lambda: found(desk, "取不出钱"), "the bank case is not in the queue")
    case = the(desk, "取不出钱")
    assert not case.hazard
    verifier, publisher = enter("hecha"), enter("fabu")
    verifier.goto(f"{desk.address}/cases/{case.number}/")
    verifier.get_by_role("button", name=re.compile("^领取")).click()
    add_evidence(verifier, desk, case, "农信社柜面答复", "取不出钱")
    add_evidence(verifier, desk, case, "金融监管部门答复", "排长队")
    decide(verifier, desk, case, "wrong", "excluded")
    notice = notice_id(desk, case)
    press(verifier, desk, notice, "送审")
    approve = f"{desk.address}/notices/{notice}/approve/"
    assert force(verifier, approve, hash=seen_hash(desk, notice)) == 403
    assert state(desk, case) is CaseState.IN_REVIEW
    press(publisher, desk, notice, "批准本稿")
    until(lambda: state(desk, case) is CaseState.PUBLISHED, "the notice is not out")


def test_unverified_claim_offers_no_debunk(desk: RunningDesk, enter: Enter) -> None:
    until(lambda: found(desk, "停课"), "the school case is not in the queue")
    case = the(desk, "停课")
    verifier = enter("hecha")
    verifier.goto(f"{desk.address}/cases/{case.number}/")
    verifier.get_by_role("button", name=re.compile("^领取")).click()
    decide(verifier, desk, case, "unknown", "unknown")
    notice = notice_id(desk, case)
    verifier.goto(f"{desk.address}/notices/{notice}/")
    body = words(verifier)
    assert "正在核实" in body and "辟谣通告" not in body and "谣言" not in body


def test_viewer_changes_nothing_even_by_forged_request(desk: RunningDesk, enter: Enter) -> None:
    case = the(desk, "浙B")
    viewer = enter("guancha")
    viewer.goto(f"{desk.address}/cases/{case.number}/")
    assert "浙BL1234" not in viewer.content() and "浙B·L1234" not in viewer.content()
    assert viewer.locator("main form").count() == 0
    for step in ("claim", "dismiss", "verdict", "evidence", "lead", "reword", "reopen"):
        status = force(viewer, f"{desk.address}/cases/{case.number}/{step}/", version="1")
        assert status == 403, step


def test_new_post_reaches_the_queue_while_the_desk_runs(desk: RunningDesk, tmp_path: Path) -> None:
    with Server() as forum:
        forum.answers["/feed.xml"] = Answer(rss([("x1", "n", TALK[0])]))
        with running(tmp_path, forum.url + "/feed.xml") as other:
            claim = "紧急通知！化工厂刚才爆炸，毒气往城里飘，已经死了几十个人，赶紧关窗，转给家人"
            start = time.monotonic()
            forum.answers["/feed.xml"] = Answer(rss([("x1", "n", TALK[0]), ("x2", "m", claim)]))
            until(lambda: found(other, "化工厂"), "the new post is not in the queue")
            print(f"from the forum to the queue in {time.monotonic() - start:.1f} s")
