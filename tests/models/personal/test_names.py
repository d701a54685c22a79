"""Whoever wrote a comment stands in its title, in the words of many programs."""

from __future__ import annotations

import pytest

from models.personal import mask, names
from tests import costs


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("Comment on 停水通知 by li.na", "Comment on 停水通知 by 〔账号〕"),
        ("Comment on 停水 by 李娜: 我家也停了", "Comment on 停水 by 〔账号〕: 我家也停了"),
        ("Comment by li.na on 停水通知", "Comment by 〔账号〕 on 停水通知"),
        ("New reply by Li Na: 我家也停了", "New reply by 〔账号〕: 我家也停了"),
        ("Review of 停水 by li.na", "Review of 停水 by 〔账号〕"),
        ("Pingback on 停水 by li.na.", "Pingback on 停水 by 〔账号〕."),
        ("李娜 commented on 停水", "〔账号〕 commented on 停水"),
        ("Li Na replied to 停水", "〔账号〕 replied to 停水"),
        ("停水通知 (by li.na)", "停水通知 (by 〔账号〕)"),
        ("对《停水通知》的评论，来自 li.na", "对《停水通知》的评论，来自 〔账号〕"),
        ("《停水通知》的评论 作者：李娜", "《停水通知》的评论 作者：〔账号〕"),
        ("在〈停水通知〉中，李娜 的留言", "在〈停水通知〉中，〔账号〕 的留言"),
        ("李娜 发表在《停水通知》", "〔账号〕 发表在《停水通知》"),
        ("李娜评论了《停水》", "〔账号〕评论了《停水》"),
    ],
)
def test_the_author_of_a_comment_is_left_out_and_its_words_stay(raw: str, told: str) -> None:
    assert mask.direct(raw) == told
    assert mask.direct(told) == told


@pytest.mark.parametrize(
    "said",
    [
        "很多评论来自外地", "专家回复了大家", "对《通知》的评论，来自 平安宁波", "Comment on 停水 by 宁波日报",
        "《停水》的评论区有人说三天", "供水恢复时间 by 18:00 前后", "消息来自《日报》的评论",
    ],
)  # fmt: skip
def test_what_is_said_and_who_is_an_office_stays(said: str) -> None:
    assert mask.direct(said) == said


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "Comment by ",
        "《a》",
        "\n",
        "评论，来自 ",
        "(by a ",
        "a commented on ",
        "《停水》中，",
        " by",
    ],
)
def test_a_hostile_title_costs_no_more_than_its_length(piece: str) -> None:
    assert costs.linear(lambda n: mask.direct("Comment 评论 by" + piece * (n // len(piece))), 4_000)


@pytest.mark.parametrize(
    "written",
    ["加Ｖ：li_na88", "加微.信 li_na88", "➕薇 li_na88", "微❤：li_na88", "V❤ li_na88", "微-信:li_na88", "ＷＸ：ｌｉ＿ｎａ８８"]
    + ["扣.扣 123456789", "Q.Q:123456789", "🐧123456789", "+V lina_nana", "加v信；li_na88"],
)  # fmt: skip
def test_an_account_behind_a_word_that_is_hidden_from_filters_is_masked(written: str) -> None:
    said = names.without(f"明天停水，{written}，先别喝")
    assert said.startswith("明天停水，") and said.endswith("****，先别喝")


@pytest.mark.parametrize(
    "said",
    [
        "微信支付宝都能用",
        "他在微博说了2020年的事",
        "加微信群，明天停水3天",
        "V5版本的手机",
        "微信公众号都在转",
    ],
)
def test_a_service_that_is_only_named_stays(said: str) -> None:
    assert names.without(said) == said
