"""Known claims from outside, hostile ones too: a bad row costs itself and one sentence."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

import crawler.claims
import piyao
from crawler.claims import Found, review, rows
from models import store
from models.casework.records import NoticeKind
from models.config import PublicConfig
from models.errors import InputError
from models.harm import Topic
from models.known import claims, imports
from models.known.claims import Standing
from models.known.imports import Given
from models.outcome import Outcome
from models.store import Store
from notices.channels.site import Site
from notices.forms import image
from notices.page import RETRACT
from tests import costs
from tests.notice_records import HOSTILE, OFFICE, notice, page

CSV = """编号,说法,其他说法,结论,真相,类别,来源,链接,日期
1,塑料大米,假米 | 胶米,不实,塑料比大米贵,食品,科普,https://a.example/1,2019年3月5日
2,"有逗号，
还有换行",,误导,,,,,
3,,,不实,,,,,
4,明天停水三天,,大概吧,,水电交通,,ftp://a.example,昨天
"""


def read(body: bytes | str, content_type: str = "") -> list[Found]:
    body = body.encode() if isinstance(body, str) else body
    return list(crawler.claims.read_claims(io.BytesIO(body), content_type))


def good(found: list[Found]) -> list[Given]:
    return [each for each in found if isinstance(each, Given)]


def faults(found: list[Found]) -> list[str]:
    return [str(each) for each in found if isinstance(each, InputError)]


# ---- tables and lines ---------------------------------------------------------------------------


def test_a_table_with_chinese_heads_is_read_and_its_bad_row_named() -> None:
    found = read(CSV)
    first, second, fourth = good(found)
    assert first == Given(
        "塑料大米", Standing.FALSE, "1", ("假米", "胶米"), "塑料比大米贵", Topic.FOOD, "科普",
        "https://a.example/1", "2019-03-05",
    )  # fmt: skip
    assert second.claim == "有逗号，\n还有换行" and second.standing is Standing.MISLEADING
    assert (fourth.standing, fourth.dated, fourth.topic) == (Standing.UNCLEAR, "", Topic.UTILITY)
    assert faults(found) == ["第 5 行: 没有写说法; 在 claim（说法）里写一句，至少 4 个字"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_spreadsheet_is_read_as_it_was_saved(encoding: str, mark: str) -> None:
    text = f"说法{mark}结论\n网上说明天停水{mark}不实\n"
    (found,) = read(text.encode(encoding))
    assert isinstance(found, Given)
    assert (found.claim, found.standing) == ("网上说明天停水", Standing.FALSE)


@pytest.mark.parametrize(
    ("codec", "mark", "claim"),
    [
        ("utf-16", "\t", "喝盐水能防病"),  # Excel's Unicode text
        ("big5", ",", "網傳喝鹽水能防止病毒感染"),
        ("gb18030", ";", "网传喝盐水能防止病毒感染"),
    ],
)
def test_a_table_in_any_encoding_gives_the_claim_and_never_rubbish(
    codec: str, mark: str, claim: str
) -> None:
    (found,) = read(f"claim{mark}verdict\r\n{claim}{mark}false\r\n".encode(codec))
    assert isinstance(found, Given)
    assert (found.claim, found.standing) == (claim, Standing.FALSE)


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("說法,結論,來源,時間", "網傳喝鹽水能防病,不實,科普,2020-01-26"),
        ("內容,查核結果,出處,發布時間", "網傳喝鹽水能防病,❌ 含有不實訊息,科普,2020-01-26"),
        ("訊息;判定;來源;日期", "網傳喝鹽水能防病;RUMOR;科普;2020-01-26"),
        ("text\treplyType\tsource\tcreatedAt", "網傳喝鹽水能防病\tRUMOR\t科普\t2020-01-26"),
    ],
)
def test_traditional_heads_are_read_like_simplified_ones(head: str, row: str) -> None:
    (found,) = read(f"{head}\n{row}\n")
    assert found == Given(
        "網傳喝鹽水能防病", Standing.FALSE, source="科普", dated="2020-01-26"
    ), found  # fmt: skip


@pytest.mark.parametrize(
    ("word", "standing"),
    [
        ("含有不實訊息", Standing.FALSE), ("RUMOR", Standing.FALSE), ("⭕ 不實資訊", Standing.FALSE),
        ("含有正確訊息", Standing.UNCLEAR), ("NOT_RUMOR", Standing.UNCLEAR), ("含有個人意見", Standing.UNCLEAR),
        ("不在查證範圍", Standing.UNCLEAR), ("OPINIONATED", Standing.UNCLEAR), ("部分錯誤", Standing.MISLEADING),
    ],
)  # fmt: skip
def test_a_verdict_in_the_words_of_cofacts_is_what_it_says_and_never_a_guess(
    word: str, standing: Standing
) -> None:
    (found,) = read(f"說法,結論\n網傳喝鹽水能防病,{word}\n")
    assert isinstance(found, Given) and found.standing is standing


@pytest.mark.parametrize(
    "claim", ["true", "false", "NaN", "12345", "[true]", '{"text": true}', '"12345"']
)
def test_what_is_no_text_is_no_claim_and_costs_a_sentence(claim: str) -> None:
    review = f'{{"@type": "ClaimReview", "claimReviewed": {claim}, "reviewRating": {{"alternateName": "false"}}}}'
    (found,) = read(review)
    assert "没有写说法" in str(found), found
    (found,) = read(f'{{"claim": {claim}, "verdict": "false"}}\n')
    assert "没有写说法" in str(found), found


@pytest.mark.slow
@pytest.mark.parametrize("line", ['{"x": 1}', "{broken", '{"@type": "ClaimReview"}'])
def test_lines_without_a_claim_cost_no_more_than_their_number(line: str) -> None:
    row = '{"claim": "读得了的那一条", "verdict": "false"}\n'
    assert costs.linear(lambda n: read(row + f"{line}\n" * n), 2_000)
    assert costs.linear(lambda n: read("說法,結論\n读得了的那一条,不实\n" + ",不實\n" * n), 2_000)


def test_lines_of_json_stand_each_for_itself() -> None:
    lines = [
        json.dumps({"claim": "第一条说法", "verdict": "false", "wordings": ["另一种", 7, None]}),
        "{broken",
        "[" * 100_000,
        json.dumps("只是一句话"),
        "",
        json.dumps({"@type": "ClaimReview", "claimReviewed": "第二条说法", "url": "https://a.example/2"}),
    ]  # fmt: skip
    found = read("\n".join(lines))
    assert [each.claim for each in good(found)] == ["第一条说法", "第二条说法"]
    assert good(found)[0].wordings == ("另一种", "7")
    assert [fault[:5] for fault in faults(found)] == ["第 2 行", "第 3 行", "第 4 行"]


@pytest.mark.slow
def test_a_line_of_fifty_megabytes_is_passed_over_and_the_next_is_read() -> None:
    long = b'{"claim": "' + b"x" * (50 * 1024 * 1024) + b'"}\n'
    row = '{"claim": "在长行之后的说法"}\n'.encode()
    for body in (row + long + row, long + row):
        found = read(body)
        assert len(faults(found)) == 1 and "一行超过 4 MB" in faults(found)[0]
        assert [each.claim for each in good(found)][-1] == "在长行之后的说法"
    found = read(b"claim\n" + b"y" * (50 * 1024 * 1024) + b"\n" + "长行之后\n".encode())
    assert [each.claim for each in good(found)] == ["长行之后"] and len(faults(found)) == 1


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file() -> None:
    class Endless(io.BytesIO):
        """Fifty thousand rows, none of them held."""

        served = 0

        def read(self, size: int | None = -1) -> bytes:
            self.served += 1000
            lines = (f"第{self.served + n}条说法,不实\n" for n in range(1000))
            head = "claim,verdict\n" if self.served == 1000 else ""
            return (head + "".join(lines)).encode() if self.served <= 50_000 else b""

    import tracemalloc

    tracemalloc.start()
    count = sum(1 for _ in rows.claims(Endless()))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 50_000 and most < 1_500_000


# ---- ClaimReview --------------------------------------------------------------------------------

REVIEW = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "url": "https://a.example/r/1",
    "claimReviewed": "喝茶能防流感",
    "author": {"@type": "Organization", "name": "某核查组织"},
    "datePublished": "2020-02-03T08:00:00Z",
    "itemReviewed": {"@type": "Claim", "appearance": [{"text": "听说喝茶防流感"}]},
    "reviewRating": {"@type": "Rating", "alternateName": "False"},
}


@pytest.mark.parametrize(
    "document",
    [
        REVIEW,
        [REVIEW],
        {"@graph": [{"@type": "WebPage"}, REVIEW]},
        {"dataFeedElement": [{"item": [REVIEW]}]},
        {**REVIEW, "@type": ["ClaimReview", "Article"]},
        {**REVIEW, "@type": "https://schema.org/ClaimReview"},
    ],
)
@pytest.mark.parametrize("wrap", ["json", "pretty", "page"])
def test_a_review_is_found_however_it_is_wrapped(document: object, wrap: str) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=1 if wrap == "pretty" else None)
    if wrap == "page":
        text = f'<!doctype html><p>字</p><script type="application/ld+json">{text}</script>'
    assert read(text) == [
        Given(
            "喝茶能防流感",
            Standing.FALSE,
            "https://a.example/r/1",
            ("听说喝茶防流感",),
            "",
            Topic.OTHER,
            "某核查组织",
            "https://a.example/r/1",
            "2020-02-03",
        )  # fmt: skip
    ]


@pytest.mark.parametrize(
    ("rating", "standing"),
    [
        ({"alternateName": "不实"}, Standing.FALSE),
        ({"alternateName": "Mostly false"}, Standing.MISLEADING),
        ({"alternateName": "旧闻"}, Standing.OUTDATED),
        ({"alternateName": "属实"}, Standing.TRUE),
        ({"alternateName": "not false", "ratingValue": 1, "worstRating": 1, "bestRating": 5},
         Standing.UNCLEAR),
        ({"ratingValue": "1", "worstRating": "1", "bestRating": "5"}, Standing.FALSE),
        ({"ratingValue": 2, "worstRating": 1, "bestRating": 5}, Standing.MISLEADING),
        ({"ratingValue": 5, "worstRating": 1, "bestRating": 5}, Standing.TRUE),
        ({"ratingValue": 1}, Standing.UNCLEAR),
        ({"ratingValue": 1, "worstRating": 3, "bestRating": 3}, Standing.UNCLEAR),
        ({"ratingValue": "nan", "worstRating": 1, "bestRating": 5}, Standing.UNCLEAR),
        ({"ratingValue": 9, "worstRating": 1, "bestRating": 5}, Standing.UNCLEAR),
        ({"ratingValue": [[[]]]}, Standing.UNCLEAR),
        ("False", Standing.FALSE), (None, Standing.UNCLEAR), ([], Standing.UNCLEAR),
    ],
)  # fmt: skip
def test_a_rating_we_do_not_know_is_unclear_and_never_false(
    rating: object, standing: Standing
) -> None:
    assert review.rating(rating) is standing


def test_reviews_of_one_page_are_several_claims() -> None:
    found = good(read(json.dumps([REVIEW, {**REVIEW, "claimReviewed": "喝酒能防流感"}])))
    assert [each.native_id for each in found] == [
        "https://a.example/r/1",
        "https://a.example/r/1#2",
    ]


def test_a_page_without_reviews_says_so() -> None:
    assert "没有 ClaimReview" in faults(read("<html><p>字</p></html>"))[0]
    broken = '<script type="application/ld+json">{"@type": </script>'
    assert "JSON-LD 写坏了" in faults(read(broken))[0]


# ---- another piyao ------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr(image, "pngs", lambda *_, **__: [b"\x89PNG"])
    return Site(PublicConfig("https://jz.example", tmp_path / "site"), OFFICE)


FALSE = notice()
TRUE = notice(
    number="〔2026〕88 号",
    kind=NoticeKind.CONFIRMATION,
    outcome=Outcome.TRUE,
    quote="“三号线”停运一天",
)
OPEN = notice(number="〔2026〕86 号", kind=NoticeKind.VERIFYING, outcome=None, quote="河堤渗水")
SPOKEN = notice(number="〔2026〕85 号", kind=NoticeKind.STATEMENT, quote="厂里漏了气")


def test_the_feed_of_our_own_site_reads_back_what_was_published(
    site: Site, db: Store, tmp_path: Path
) -> None:
    for made in (FALSE, TRUE, OPEN, SPOKEN):
        site.publish(page(made, case=f"J-{made.number}"))
    feed = (tmp_path / "site" / "feed.atom").read_bytes()
    found = {each.native_id.rpartition("/")[2]: each for each in good(read(feed))}
    assert not faults(read(feed)) and len(found) == 3  # 正在核实 has no finding
    first = found["2026-87.html"]
    assert first.claim == "车牌浙BL****的车刚从武汉回到白兔潭，车上有确诊患者，见到请报警"
    assert first.standing is Standing.FALSE and first.truth == FALSE.title
    assert (first.source, first.dated) == (OFFICE.short, "2026-11-25")
    assert first.url == first.native_id == "https://jz.example/n/2026-87.html"
    assert found["2026-88.html"].standing is Standing.TRUE
    assert found["2026-85.html"].standing is Standing.UNCLEAR  # a statement rates nothing
    pages = (tmp_path / "site" / "n" / "2026-87.html").read_bytes()
    (reviewed,) = good(read(pages))  # and its page, as ClaimReview, is the same claim
    assert (reviewed.native_id, reviewed.claim) == (first.native_id, first.claim)

    imports.put(db, "邻市", found.values())
    site.publish(page(FALSE, case=f"J-{FALSE.number}", kind=RETRACT, reason="证据有误"))
    tally = imports.put(db, "邻市", good(read((tmp_path / "site" / "feed.atom").read_bytes())))
    assert tally.gone == 1
    assert not claims.search(db, "白兔潭，车上有确诊")


def test_what_a_retracted_page_says_takes_the_claim_back(site: Site, tmp_path: Path) -> None:
    site.publish(page(FALSE, case=f"J-{FALSE.number}"))
    site.publish(page(FALSE, case=f"J-{FALSE.number}", kind=RETRACT, reason="证据有误"))
    (found,) = read((tmp_path / "site" / "n" / "2026-87.html").read_bytes())
    assert isinstance(found, Given) and found.gone
    assert found.native_id == "https://jz.example/n/2026-87.html"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_in_a_notice_come_back_as_words(
    site: Site, tmp_path: Path, text: str
) -> None:
    site.publish(page(notice(quote=f"网上说{text}是真的", title=f"没有{text}这回事")))
    (found,) = good(read((tmp_path / "site" / "feed.atom").read_bytes()))
    assert found.claim.startswith("网上说") and found.claim.endswith("是真的")


def test_an_entity_bomb_and_a_feed_of_something_else_cost_a_sentence() -> None:
    bomb = """<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">
    <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
    <!ENTITY x SYSTEM "file:///etc/passwd">]><feed xmlns="http://www.w3.org/2005/Atom">
    <entry><id>1</id><title>〔网传不实〕&c;&x;</title><content>近日，网传“&c;&x;”。</content></entry></feed>"""
    found = read(bomb)
    assert len(found) == 1 and "root:" not in str(found)
    assert len(str(found)) < 2000
    forum = "<rss><channel><item><title>一个帖子</title></item></channel></rss>"
    assert "不是辟谣通告的条目" in faults(read(forum))[0]


# ---- anything -----------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@drawn(
    st.one_of(
        st.binary(max_size=400),
        st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=8),
            lambda inner: st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["@type", "@graph", "claim", "claimReviewed", "reviewRating",
                                 "wordings", "url", "itemReviewed", "appearance", "x"]),
                inner | st.just("ClaimReview"), max_size=6,
            ),
            max_leaves=20,
        ).map(lambda value: json.dumps(value).encode()),
    )
)  # fmt: skip
def test_nothing_makes_it_raise(body: bytes) -> None:
    for found in read(body):
        assert isinstance(found, Given | InputError)
        if isinstance(found, Given):
            imports._row(found)


def test_a_cut_or_shuffled_file_never_raises() -> None:
    chance = random.Random(7)
    for whole in (CSV.encode(), json.dumps([REVIEW] * 3).encode(), b"\x00" * 50, b"\xff\xfe<"):
        for _ in range(40):
            body = bytearray(whole[: chance.randrange(len(whole) + 1)])
            for _ in range(chance.randrange(4)):
                if body:
                    body[chance.randrange(len(body))] = chance.randrange(256)
            read(bytes(body))


# ---- the command --------------------------------------------------------------------------------


def run(folder: Path, *words: str) -> str:
    (folder / "piyao.toml").write_text('data_dir = "data"\n', encoding="utf-8")
    done = CliRunner().invoke(
        piyao.main,
        ["claims", *words, "--config", str(folder / "piyao.toml")],
        env={"COLUMNS": "160"},
    )
    return done.output


def test_import_list_and_withdraw_at_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "known.csv").write_text(CSV, encoding="gb18030")
    said = run(tmp_path, "import", str(tmp_path / "known.csv"), "--name", "邻市")
    assert "邻市: 3 new, 0 changed, 0 as before, 0 taken back by the source, 1 not read" in said
    assert "第 5 行: 没有写说法" in said
    assert "3 as before" in run(tmp_path, "import", str(tmp_path / "known.csv"), "--name", "邻市")
    listed = run(tmp_path, "list", "--search", "大米")
    assert "塑料大米" in listed and "停水" not in listed and "不实" in listed
    with store.using(tmp_path / "data" / "piyao.db") as db:
        claim_id = claims.search(db, "大米")[0].id
    assert "塑料大米" in run(tmp_path, "withdraw", str(claim_id))
    assert "塑料大米" not in run(tmp_path, "list")
    assert "塑料大米" in run(tmp_path, "list", "--withdrawn")


def test_what_cannot_be_imported_is_one_sentence(tmp_path: Path) -> None:
    for words in (("nowhere.csv", "--name", "x"), (str(tmp_path), "--name", "x")):
        said = run(tmp_path, "import", *words)
        assert said.startswith("Error: ") and said.count("\n") == 1 and "Traceback" not in said
    assert "没有 99 号" in run(tmp_path, "withdraw", "99")
    assert "range" in run(tmp_path, "withdraw", "9" * 30)
    assert "range" in run(tmp_path, "list", "--top", "-1")


def test_an_import_of_which_nothing_can_be_read_has_failed(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html><p>无</p></html>", encoding="utf-8")
    said = run(tmp_path, "import", str(tmp_path / "page.html"), "--name", "x")
    assert "没有 ClaimReview" in said and "Error: " in said.splitlines()[-1]


@pytest.mark.parametrize("body", ["[]", "claim,verdict\n", "\0" * 8])
def test_an_import_of_a_file_that_holds_no_claim_has_failed(tmp_path: Path, body: str) -> None:
    (tmp_path / "empty.csv").write_text(body, encoding="utf-8")
    said = run(tmp_path, "import", str(tmp_path / "empty.csv"), "--name", "x")
    assert "holds no claim" in said.splitlines()[-1] and "Traceback" not in said


@pytest.mark.parametrize("closed", [False, True])
def test_a_quote_out_of_place_makes_no_claim_of_several(closed: bool) -> None:
    rows = [f"第{n}种说法,不实" for n in range(9)]
    rows[3] = '"' + rows[3]
    if closed:
        rows[6] = '"' + rows[6]
    found = read("claim,verdict\n" + "\n".join(rows) + "\n")
    kept = [0, 1, 2, 7, 8] if closed else [0, 1, 2]
    assert [each.claim for each in good(found)] == [f"第{n}种说法" for n in kept]
    why = "第 5 到 8 行: 不是 CSV，或引号没有收尾" if closed else "第 5 到 10 行: 引号没有收尾"
    assert faults(found) == [f"{why}; 这几行没有收"]


def test_half_a_character_never_becomes_others() -> None:
    text = "喝白酒能杀病毒的说法"
    for at in range(len(text.encode()) - 1):
        broken = text.encode()[:at] + text.encode()[at + 2 :]
        found = read("说法,结论\n网上说明天停水,不实\n".encode() + broken + ",不实\n".encode())
        assert len(good(found)) == 1 and len(faults(found)) == 1, at
