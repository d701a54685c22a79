"""The case page and its steps, by Django's client on a store on disk."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from desk.cases import growth, presence, timeline
from models import audit
from models.casework import cases, evidence, queue, uploads
from models.casework.records import Case, CaseState, NoticeKind
from models.config import UploadsConfig
from models.harm import Topic
from models.people import officers
from models.publishing import notices
from models.text import clean
from tests import plate_case, seeded_night
from tests.desk.test_hostile import HOSTILE
from tests.django_desk import Desk

RUMOR = "谣" + "言"


def words(answer: Any) -> str:
    """What a reader of the page reads, without what only the office's name may say."""
    text = answer.content.decode()
    text = re.sub(r"<span data-office-name>.*?</span>", "", text)
    text = re.sub(r"<(script|style).*?</\1>", "", text, flags=re.S)
    return unescape(re.sub(r"<[^>]*>", "", text))


def inline_code(page: str) -> list[str]:
    """Attributes that would run or style something, as a browser reads the page."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(name for name, _ in attrs if name == "style" or name.startswith("on"))

    Reader().feed(page)
    return found


@pytest.fixture(autouse=True)
def nobody_looks() -> None:
    presence._seen.clear()


def plate(desk: Desk) -> Case:
    return plate_case.plate(desk.db)


def item(**changed: Any) -> dict[str, Any]:
    return {
        "title": "车辆登记答复",
        "finding": "号牌登记为重型货车，未出厂。",
        "nature": "document",
        "refutes": "刚从武汉回到白兔潭",
        "url": "https://example.org/answer",
        "primary": "on",
        "independent": "on",
    } | changed


def post(desk: Desk, who: str, address: str, **data: Any) -> Any:
    return desk.client(who).post(address, data)


def test_the_page_shows_claim_spread_wordings_evidence_and_log(desk: Desk) -> None:
    case = plate_case.plate_evidence(desk.db, desk.people)
    answer = desk.client("verifier").get(f"/cases/{case.number}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "车牌浙BL1234的车刚从武汉回到白兔潭" in page
    assert '<polyline class="posts"' in page and "看数据表" in page
    assert "中 12" in words(answer) and "不表示真假" in page
    assert '<span class="differs">浙BL1284</span>' in page
    assert "车牌 浙BL1234 → 浙BL1284" in words(answer) and "车牌 不提 浙BL1234" in words(answer)
    assert "一手" in page and "非当事方" in page and "只作旁证" in page and "对结论不利" in page
    assert "当时结论 不实" in page and 'class="verdict false"' not in page
    assert re.search(r"值班 03\s+添加证据：接诊点书面答复", words(answer))
    assert re.search(r"#\d+", words(answer))


def test_an_id_leads_to_the_number_and_an_unknown_case_is_a_chinese_page(desk: Desk) -> None:
    case = plate(desk)
    client = desk.client("monitor")
    assert client.get(f"/cases/{case.id}/")["Location"] == f"/cases/{case.number}/"
    for wrong in ("J-9999-001", "99999", "%3Cscript%3E"):
        answer = client.get(f"/cases/{wrong}/")
        assert answer.status_code == 404 and "没有找到" in answer.content.decode()
        assert "<script>" not in answer.content.decode().replace("<script src", "")


def test_claim_release_wait_and_dismiss_by_plain_forms(desk: Desk) -> None:
    case = plate(desk)
    at = f"/cases/{case.number}"
    steps = (
        ("claim", {}, CaseState.VERIFYING),
        ("wait", {}, CaseState.NEEDS_EVIDENCE),
        ("claim", {}, CaseState.VERIFYING),
        ("release", {}, CaseState.WAITING),
        ("dismiss", {"reason": "elsewhere"}, CaseState.DISMISSED),
        ("restore", {}, CaseState.WAITING),
    )
    for name, data, state in steps:
        version = cases.get(desk.db, case.id).version
        answer = post(desk, "monitor", f"{at}/{name}/", version=version, **data)
        assert answer.status_code == 302, name
        assert cases.get(desk.db, case.id).state is state, name


def test_the_second_to_claim_is_told_who_was_first(desk: Desk) -> None:
    case = plate(desk)
    assert post(desk, "verifier", f"/cases/{case.number}/claim/").status_code == 302
    answer = post(desk, "monitor", f"/cases/{case.number}/claim/")
    assert answer.status_code == 409 and "核查 07" in answer.content.decode()


def test_a_step_from_a_stale_page_changes_nothing_and_keeps_the_words(desk: Desk) -> None:
    case = plate(desk)
    cases.claim(desk.db, case.id, by=desk.people["verifier"])
    data = {"version": case.version, "claim": "改写的一句话"}
    answer = post(desk, "verifier", f"/cases/{case.number}/reword/", **data)
    page = answer.content.decode()
    assert answer.status_code == 409 and "刚被核查 07改过" in page
    assert (
        '<details id="reword" class="headform" open>' in page and ">改写的一句话</textarea>" in page
    )
    assert cases.get(desk.db, case.id).claim == case.claim


def test_reword_lead_sample_and_topic(desk: Desk) -> None:
    case = plate(desk)
    at = f"/cases/{case.number}"
    assert post(desk, "monitor", f"{at}/reword/", claim="浙BL1234的车从武汉回来").status_code == 302
    assert post(desk, "monitor", f"{at}/lead/", to="疾控值班").status_code == 302
    assert post(desk, "monitor", f"{at}/sample/", status="不涉及实物").status_code == 302
    found = cases.get(desk.db, case.id)
    assert found.claim == "浙BL1234的车从武汉回来"
    assert (found.lead_sent_to, found.sample_status) == ("疾控值班", "不涉及实物")
    answer = post(desk, "monitor", f"{at}/topic/", topic="school")
    assert answer.status_code == 422 and "不能改成一般类" in answer.content.decode()
    assert cases.get(desk.db, case.id).topic is Topic.EPIDEMIC


def test_evidence_is_added_counts_and_can_be_withdrawn(desk: Desk) -> None:
    case = plate(desk)
    address = f"/cases/{case.number}/evidence/"
    assert post(desk, "monitor", address, **item()).status_code == 302
    added = evidence.of_case(desk.db, case.id)[0]
    assert added.counts and added.primary and added.independent
    page = desk.client("monitor").get(f"/cases/{case.number}/").content.decode()
    assert f"sha256 {added.sha256[:4]}…{added.sha256[-2:]}" in page
    answer = post(desk, "monitor", f"{address}{added.id}/withdraw/")
    assert answer.status_code == 302
    assert evidence.get(desk.db, added.id).withdrawn_at is not None
    assert "已撤下" in desk.client("monitor").get(f"/cases/{case.number}/").content.decode()


def test_a_faulty_form_comes_back_with_what_was_typed_and_the_fault_named(desk: Desk) -> None:
    case = plate(desk)
    address = f"/cases/{case.number}/evidence/"
    for changed, said in (
        ({"url": ""}, "上传原件，或写出处地址"),
        ({"url": "javascript:alert(1)"}, "地址要以 http"),
        ({"refutes": "说法里没有的字"}, "从说法里照抄"),
        ({"nature": "hearsay"}, "选一项"),
        ({"finding": ""}, "写一句，说明了什么"),
        ({"captured_at": "2030-01-01T00:00"}, "取证时间在将来"),
    ):
        answer = post(desk, "monitor", address, **item(**changed))
        page = answer.content.decode()
        assert answer.status_code == 422 and said in page, changed
        assert 'value="车辆登记答复"' in page and '<details id="add" class="addform" open>' in page
    assert evidence.of_case(desk.db, case.id) == []


def test_an_original_is_kept_and_handed_out_as_a_file_that_nothing_runs(desk: Desk) -> None:
    case = plate(desk)
    hostile = b"<script>alert(1)</script>"
    upload = SimpleUploadedFile("evil.html", hostile, content_type="text/html")
    answer = post(desk, "monitor", f"/cases/{case.number}/evidence/", **item(original=upload))
    assert answer.status_code == 302
    added = evidence.of_case(desk.db, case.id)[0]
    file = desk.client("publisher").get(f"/cases/{case.number}/evidence/{added.id}/original/")
    assert file.content == hostile
    assert file["Content-Type"] == "application/octet-stream"
    assert file["Content-Disposition"].startswith("attachment;")
    assert file["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in file["Content-Security-Policy"]


def test_an_original_of_another_case_is_not_found_under_this_one(desk: Desk) -> None:
    case = plate_case.plate_evidence(desk.db, desk.people)
    other = next(c for c in queue.cases(desk.db, "todo") if c.id != case.id)
    added = evidence.of_case(desk.db, case.id)[0]
    client = desk.client("verifier")
    assert client.get(f"/cases/{case.number}/evidence/{added.id}/original/").status_code == 200
    assert client.get(f"/cases/{other.number}/evidence/{added.id}/original/").status_code == 404
    answer = post(desk, "verifier", f"/cases/{other.number}/evidence/{added.id}/withdraw/")
    assert answer.status_code == 404
    assert evidence.get(desk.db, added.id).withdrawn_at is None


def test_an_original_over_sixteen_megabytes_is_refused(desk: Desk) -> None:
    case = plate(desk)
    upload = SimpleUploadedFile("big.bin", b"0" * (evidence.MAX_BYTES + 1))
    answer = post(desk, "monitor", f"/cases/{case.number}/evidence/", **item(original=upload))
    assert answer.status_code == 422 and "超过 16 MB" in answer.content.decode()


def test_the_main_button_is_the_next_missing_thing(desk: Desk) -> None:
    case = plate(desk)
    client = desk.client("verifier")

    def primary() -> str:
        page = client.get(f"/cases/{case.number}/").content.decode()
        found = re.findall(r'class="button[^"]* primary"[^>]*>([^<]+)', page.split('id="gate"')[1])
        return found[0].strip()

    assert primary() == "领取"
    cases.claim(desk.db, case.id, by=desk.people["verifier"])
    assert primary() == "添加证据"
    answers = {"verifier": ("刚从武汉回到白兔潭", 1), "monitor": ("车上有确诊患者", 2)}
    for who, (refutes, n) in answers.items():
        given = item(refutes=refutes, finding=f"答复之{n}", url=f"https://example.org/{n}")
        post(desk, who, f"/cases/{case.number}/evidence/", **given)
    assert primary() == "转主管部门"
    post(desk, "verifier", f"/cases/{case.number}/lead/", to="疾控值班")
    assert primary() == "写明留样"
    post(desk, "verifier", f"/cases/{case.number}/sample/", status="不涉及实物")
    assert primary() == "核定"


def test_an_observer_sees_masked_plates_and_no_buttons(desk: Desk) -> None:
    case = plate_case.plate_evidence(desk.db, desk.people)
    for part in ("", "posts/", "log/"):
        page = desk.client("viewer").get(f"/cases/{case.number}/{part}").content.decode()
        assert "BL1234" not in page and "B·L1234" not in page, part
    page = desk.client("viewer").get(f"/cases/{case.number}/").content.decode()
    assert "浙BL****" in page and "L****" in page
    assert re.findall(r'<form method="post" action="/cases', page) == []
    assert "核定：核查员" in page and "加证据：值班员、核查员" in page
    added = evidence.of_case(desk.db, case.id)[0]
    address = f"/cases/{case.number}/evidence/{added.id}/original/"
    assert desk.client("viewer").get(address).status_code == 403


def test_buttons_a_role_may_not_use_are_absent(desk: Desk) -> None:
    case = plate_case.plate_evidence(desk.db, desk.people)
    monitor = desk.client("monitor").get(f"/cases/{case.number}/").content.decode()
    assert "/verdict/" not in monitor and "/evidence/" in monitor
    verifier = desk.client("verifier").get(f"/cases/{case.number}/").content.decode()
    assert "/verdict/" in verifier
    publisher = desk.client("publisher").get(f"/cases/{case.number}/").content.decode()
    assert f"/cases/{case.number}/claim/" not in publisher


def test_the_machine_or_an_officer_drafts_only_verifying_on_an_open_case(desk: Desk) -> None:
    case = plate(desk)
    answer = post(desk, "verifier", f"/cases/{case.number}/draft/")
    notice = notices.of_case(desk.db, case.id)[0]
    assert answer["Location"] == f"/notices/{notice.id}/"
    assert notice.kind is NoticeKind.VERIFYING


@pytest.mark.slow
def test_text_of_others_is_inert_and_the_word_is_hidden(desk: Desk) -> None:
    for n, text in enumerate((*HOSTILE, f"都说这是{RUMOR}，谣\u200b言止于智者，学校停课")):
        story = seeded_night.Story(
            ((text, 4 + n), (text + "变", 2)),
            Topic.OTHER,
            0.95,
            30,
            2,
            3,
            5,
            2,
            terms=(clean(text)[:9],),
        )
        case = seeded_night.open_case(desk.db, story, desk.moment)
        cases.claim(desk.db, case.id, by=desk.people["verifier"])
        hostile = item(title=text[:60], finding=text[:200], refutes="", url="https://x.example/<b>")
        sendable = {
            k: v.encode("utf-8", "replace").decode().replace("\0", "") for k, v in hostile.items()
        }
        assert (
            post(desk, "verifier", f"/cases/{case.number}/evidence/", **sendable).status_code == 302
        )
        for part in ("", "posts/", "log/", "verdict/"):
            answer = desk.client("verifier").get(f"/cases/{case.number}/{part}")
            page = answer.content.decode()
            assert answer.status_code == 200, (text, part)
            assert "<script>alert" not in page and not re.search(r"<img[^>]*onerror", page)
            assert "\u202e" not in page and "\u200b" not in page
            assert 'href="javascript' not in page and "https://x.example/<b>" not in page
            assert RUMOR not in words(answer), part
            assert inline_code(page) == []


def test_posts_show_no_author_and_no_live_link(desk: Desk) -> None:
    case = plate(desk)
    page = desk.client("monitor").get(f"/cases/{case.number}/posts/").content.decode()
    assert page.count('class="posttext"') == 47
    assert "account-" not in page and "bbs.example" not in page


def test_a_poll_says_nothing_until_something_happened(desk: Desk) -> None:
    case = plate(desk)
    client = desk.client("monitor")
    page = client.get(f"/cases/{case.number}/").content.decode()
    address = unescape(re.search(r'id="pulse" hx-get="([^"]+)"', page)[1])  # type: ignore[index]
    assert client.get(address).status_code == 204
    cases.claim(desk.db, case.id, by=desk.people["verifier"])
    answer = client.get(address)
    assert answer.status_code == 200 and "核查 07：领取" in answer.content.decode()


def test_who_else_looks_at_the_case_is_said_and_forgotten(desk: Desk) -> None:
    case = plate(desk)
    desk.client("verifier").get(f"/cases/{case.number}/")
    there = desk.client("monitor").get(f"/cases/{case.number}/").content.decode()
    assert "核查 07 也在看本案" in there
    for _ in range(2):  # the monitor stays, the verifier left
        desk.later(seconds=30)
        gone = desk.client("monitor").get(f"/cases/{case.number}/").content.decode()
    assert "也在看本案" not in gone


def test_every_action_of_the_audit_log_has_its_words(desk: Desk) -> None:
    case = plate_case.plate_evidence(desk.db, desk.people)
    plate_case.plate_draft(desk.db, desk.people, case)
    entries = audit.newest(desk.db, 500)
    about = [entry for entry in entries if entry.object.startswith("case:")]
    for event in timeline.events(about, officers.labels(desk.db), []):
        assert not re.search(r"[a-z]+\.[a-z]+", event.what), event
    pages = desk.client("viewer").get("/audit/").content.decode().split("<tbody>")[1]
    told = re.sub(
        r'<td class="hash">.*?</td>|<[^>]*>|http\S+|site/\d+|\b[0-9a-f]{2,}\b', " ", pages
    )
    assert "照字面不符合事实" in told and "隐患已排除" in told
    for code in ("wrong", "excluded", "publish", "debunk", "site"):
        assert not re.search(rf"\b{code}\b", told), code
    assert "账号" not in re.sub("添加账号|启用账号", "", told)  # by role and number, as everywhere


@pytest.mark.parametrize("posts", [2, 9, 47, 180, 2500])
def test_the_curve_stays_in_its_frame(posts: int) -> None:
    from datetime import timedelta

    from models.ranking.spread import GrowthPoint

    points = [
        GrowthPoint(seeded_night.NIGHT + timedelta(minutes=n), n + 1, n // 3) for n in range(posts)
    ]
    drawn = growth.curve(points, [])
    assert drawn is not None and drawn.top >= posts and len(drawn.table) <= growth.STEPS + 1
    for pair in drawn.posts.split():
        x, y = map(float, pair.split(","))
        assert growth.LEFT <= x <= growth.RIGHT and growth.TOP <= y <= growth.BASE
    assert growth.curve(points[:1], []) is None


def test_a_file_too_many_is_refused_in_words_and_what_was_typed_stays(desk: Desk) -> None:
    uploads.set_limits(desk.db, UploadsConfig(files_a_day=1))
    case = queue.cases(desk.db, "todo", limit=1)[0]
    client, address = desk.client("verifier"), f"/cases/{case.number}/evidence/"

    def send(document: bytes) -> Any:
        file = SimpleUploadedFile("a.txt", document, "text/plain")
        words = {
            "title": "车辆登记答复",
            "nature": "document",
            "finding": "该车未出厂",
            "original": file,
        }
        return client.post(address, words)

    assert "你今天还可传 1 个文件、500 MB" in client.get(f"/cases/{case.number}/").content.decode()
    assert send(b"no such car").status_code == 302
    answer = send(b"no such car either")
    body = answer.content.decode()
    assert answer.status_code == 429
    assert "今天已传 1 个文件" in body and 'value="车辆登记答复"' in body
    assert "你今天还可传 0 个文件" in body


def test_a_withdrawal_that_is_refused_is_where_the_eye_falls(desk: Desk) -> None:
    """The card is far down the page: the field has the focus, with JavaScript and without."""
    case = plate(desk)
    post(desk, "monitor", f"/cases/{case.number}/evidence/", **item())
    (found,) = evidence.of_case(desk.db, case.id)
    way = f"/cases/{case.number}/evidence/{found.id}/withdraw/"
    answer = desk.client("colleague").post(way, {"reason": "不对"})
    assert answer.status_code == 422
    page = answer.content.decode()
    (field,) = re.findall(r"<input[^>]*name=\"reason\" maxlength[^>]*autofocus[^>]*>", page)
    assert 'value="不对"' in field and 'aria-invalid="true"' in field
    assert 'role="alert">没有撤下：' in page
