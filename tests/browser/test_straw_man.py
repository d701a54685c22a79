"""An insider with valid roles at a running desk: every step is a signed-in POST over HTTP.

A verifier rewords a hazard to a straw man, names another hazard, takes away a monitor's eyewitness,
files lead and sample, and then wants to give the independent review. A publisher wants to approve
the own words that a verifier pasted.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from models.casework import cases, evidence, queue
from models.casework.records import Case
from models.harm import Topic
from models.people import officers
from models.publishing import notices
from models.publishing.records import Notice, NoticeState
from models.roles import Role
from models.store import Store
from tests.browser.pages import Enter, press_having_looked
from tests.seeded_desk import NightDesk
from tests.seeded_night import NIGHT, at

pytestmark = pytest.mark.browser

SEEN = "24 日 21 时许，亲眼看见这辆车停在白兔潭镇口，司机在咳嗽。"
STRAW = "一辆刚从武汉回到白兔潭的车会飞"
WHY = "来电人后来说看不清车牌，不算数"


def send(page: Page, path: str, **fields: Any) -> tuple[int, str]:
    """A POST with this officer's own session and CSRF token; the status and the page that answers."""
    token = next(c["value"] for c in page.context.cookies() if "csrf" in c["name"])
    address = re.sub("(//[^/]*)/.*", r"\1", page.url) + path
    answer = page.request.post(
        address,
        data=urlencode({"csrfmiddlewaretoken": token, **fields}, doseq=True),
        headers={"Referer": address, "Content-Type": "application/x-www-form-urlencoded"},
        max_redirects=0,
    )
    return answer.status, answer.text()


def done(page: Page, path: str, **fields: Any) -> None:
    status, said = send(page, path, **fields)
    assert status == 302, (path, status, re.sub("<[^>]*>|\\s+", " ", said)[-3000:])


def case_of(db: Store, words: str) -> Case:
    return next(
        case for view in queue.VIEWS for case in queue.cases(db, view) if words in case.claim
    )


def proof(title: str, url: str, **more: Any) -> dict[str, Any]:
    return {
        "title": title,
        "finding": f"{title}：逐项核对过，与说法不符，记录在案。",
        "nature": "record",
        "url": f"https://gov.example/{url}",
        **more,
    }


def decided(page: Page, db: Store, case: Case) -> None:
    done(
        page,
        f"/cases/{case.number}/verdict/",
        version=cases.get(db, case.id).version,
        evidence_hash=evidence.set_hash(evidence.of_case(db, case.id)),
        literal="wrong",
        hazard="excluded",
        outcome="false",
        ground="两处书面答复都与说法相反，已存档",
    )


def newest(db: Store, case: Case) -> Notice:
    return notices.of_case(db, case.id)[0]


def agree(page: Page, db: Store, notice: Notice, step: str) -> tuple[int, str]:
    return send(page, f"/notices/{notice.id}/{step}/", hash=notices.get(db, notice.id).hash)


def hire(db: Store, name: str, *fields: Topic) -> None:
    """One more verifier, who signs in as the others do."""
    with at(NIGHT - timedelta(days=2)):  # by now no account that an administrator just made
        officers.add(db, name, Role.VERIFIER, fields=fields)
    columns = [row["name"] for row in db.query("PRAGMA table_info(auth_user)")]
    taken = {"id": "NULL", "username": f"'{name}'"}
    chosen = ", ".join(taken.get(column, column) for column in columns)
    db.execute(f"INSERT INTO auth_user SELECT {chosen} FROM auth_user WHERE username = 'verifier'")


def test_a_straw_man_gets_no_review_from_its_maker_and_the_approver_sees_it(
    desk: NightDesk, enter: Enter, db: Store
) -> None:
    hire(db, "third", Topic.EPIDEMIC)
    hire(db, "fourth", Topic.DISASTER)
    case = case_of(db, "浙BL1234")
    first, home = case.claim, f"/cases/{case.number}"
    monitor, insider, verifier = enter("monitor"), enter("colleague"), enter("verifier")
    done(monitor, f"{home}/evidence/", **proof("群众目击", "a", finding=SEEN, adverse="on"))
    (seen,) = evidence.of_case(db, case.id)

    done(insider, f"{home}/reword/", version=cases.get(db, case.id).version, claim=STRAW)
    done(insider, f"{home}/topic/", version=cases.get(db, case.id).version, topic="disaster")
    done(insider, f"{home}/evidence/{seen.id}/withdraw/", reason=WHY)
    done(insider, f"{home}/lead/", version=cases.get(db, case.id).version, to="市疾控值班室")
    done(insider, f"{home}/sample/", version=cases.get(db, case.id).version, status="不涉及实物")

    done(verifier, f"{home}/claim/", version=cases.get(db, case.id).version)
    refuted = {"refutes": "刚从武汉回到白兔潭", "primary": "on", "independent": "on"}
    done(verifier, f"{home}/evidence/", **proof("车辆登记答复", "b", **refuted))
    done(monitor, f"{home}/evidence/", **proof("卡口过车记录", "c", **refuted))
    decided(verifier, db, case)
    notice = newest(db, case)
    done(verifier, f"/notices/{notice.id}/submit/", hash=newest(db, case).hash)

    status, said = agree(insider, db, notice, "review")
    assert status == 422 and "你撤下过证据，不能复核" in said
    insider.goto(f"{desk.address}/notices/{notice.id}/")
    expect(insider.get_by_role("button", name="专业复核")).to_have_count(0)

    publisher = enter("publisher", f"/notices/{notice.id}/")
    assert agree(enter("third"), db, notice, "review")[0] == 302
    status, said = agree(publisher, db, notice, "approve")
    assert status == 422 and "灾害类要先有专业复核" in said  # both fields that were ever named
    assert agree(enter("fourth"), db, notice, "review")[0] == 302

    publisher.reload()
    changed = publisher.locator("#changed")
    for words in (SEEN, "值班 03", "核查 05", WHY, STRAW, first, "疫情", "灾害"):
        expect(changed).to_contain_text(words)
    expect(publisher.locator("#spread")).to_contain_text("车牌浙BL1234的车刚从武汉回到白兔潭")
    expect(publisher.locator("main")).not_to_contain_text("没有人记下不利的证据")
    beforehand = publisher.locator("#approval .beforehand")
    expect(beforehand).to_contain_text("撤下不利证据 1 条，改写说法 1 次，改过 1 次类别")
    approve = publisher.get_by_role("button", name="批准本稿")
    assert publisher.evaluate(  # above the button, and above the sentences
        """() => ['#approval .beforehand', '#changed'].map((each, n) =>
            document.querySelector(each).getBoundingClientRect().bottom <=
            document.querySelector(['[data-approve] button', '#sentences'][n]).getBoundingClientRect().top
        ).every(Boolean)"""
    )
    assert "先看" in beforehand.inner_text() and approve.count() == 1
    press_having_looked(publisher, "批准本稿")
    assert notices.get(db, notice.id).state is NoticeState.APPROVED


def test_a_publisher_does_not_approve_own_words_that_a_verifier_pasted(
    desk: NightDesk, enter: Enter, db: Store
) -> None:
    case = case_of(db, "农信社")
    home = f"/cases/{case.number}"
    verifier, publisher = enter("verifier"), enter("publisher")
    done(verifier, f"{home}/claim/", version=case.version)
    refuted = {"refutes": "明天取不出钱", "primary": "on", "independent": "on"}
    done(verifier, f"{home}/evidence/", **proof("银行书面答复", "d", **refuted))
    done(verifier, f"{home}/evidence/", **proof("网点现场记录", "e", **refuted))
    decided(verifier, db, case)
    old = newest(db, case)
    words = {
        "title": "临江农信社正常营业，取款不受限制",
        "findings": "网点现场记录显示各窗口照常办理取款。",
        "quote": old.quote,
        "closing": old.closing,
        "basis": [str(each) for each in old.basis],
    }
    done(publisher, f"/notices/{old.id}/edit/", revision=old.revision, **words)

    done(verifier, f"{home}/reopen/", version=cases.get(db, case.id).version, reason="再核一次")
    decided(verifier, db, case)
    new = newest(db, case)
    assert new.id != old.id
    done(verifier, f"/notices/{new.id}/edit/", revision=new.revision, **words)
    done(verifier, f"/notices/{new.id}/submit/", hash=notices.get(db, new.id).hash)
    status, said = agree(publisher, db, new, "approve")
    assert status == 422 and "你写过本案的通告，不能批准" in said
    publisher.goto(f"{desk.address}/notices/{new.id}/")
    expect(publisher.get_by_role("button", name="批准本稿")).to_have_count(0)
    expect(publisher.locator("main")).to_contain_text("没有人记下不利的证据。")
    expect(publisher.locator("#changed")).to_have_count(0)
