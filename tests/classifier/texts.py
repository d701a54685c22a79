"""Texts as people and their adversaries write them, for tests that hold two ways equal."""

import json
from pathlib import Path

from hypothesis import strategies as st

SAMPLE = Path(__file__).parents[2] / "crawler" / "sample" / "posts.jsonl"
BODIES = [json.loads(line)["text"] for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
LATIN = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
WRITTEN = (
    "疫.情|新.冠.肺.炎|v信|➕薇|+v|加VX|加 薇|vx|weixin|@张三|@用户12|@用户|http://t.cn/Ab1|t.cn/x|www.a.cn"
    "|浙ＢＬ１２３４|浙B·L1234|粤Z1234港|使014578|13812345678|0731-1234567|400-123-4567|110|3.14|1,000,000|①②½㎡"
    "|車子|擴散|软件|影片|回覆|打坏|沈默|塔吉克斯坦|北京.上海|新 冠|疫 情|新\n冠|丶|新丶冠.肺|武汉|白兔潭镇|湘雅医院"
    "|！！！！！！|哈哈哈哈哈哈|……|...|。。。。。|~~~~~|   |\t\n|\r\n|\u3000|\xa0|\u2028|〔链接〕|【|】|#话题#|#|[泪]|《心》"
    "|❤️|👨\u200d👩\u200d👧|🇨🇳|\u200b|\u202e|\ufeff|\ud800|\udfff\ud800|\x00|\x85|\x1c|İ|Σ|ß|ﬁ|ﾡ|ㅠㅠ|e\u0301|が|か\u3099"
    "|\u115f|\ue000|\ue004|\U000e0041|\U00030001|\U0010ffff|𝕏|ⅷ|ﷺ|￣|´|据网友说的消息|求扩散|自我|我国|我|告诉你|真的吗|//@"
    "|扣扣|企鹅号|新馆费炎|薪冠肺炎|役情通报|意情爆发|情|信|.|·|*|_|、|+|=|-|\ufffd|昨天下午3点|12人|死了两个|从|回到"
)
PIECES = st.sampled_from(WRITTEN.split("|"))
ANYTHING = st.lists(
    st.one_of(
        st.text(HAN, min_size=1, max_size=6),
        st.text(LATIN, max_size=5),
        st.text(st.characters(), max_size=3),
        PIECES,
        st.tuples(PIECES, st.integers(2, 6)).map(lambda pair: pair[0] * pair[1]),
        st.sampled_from(BODIES).flatmap(
            lambda body: st.integers(0, len(body)).map(lambda i: body[i : i + 30])
        ),
    ),
    max_size=9,
).map("".join)
HOSTILE = [
    "1,2" * 3_000, "字" * 30_000, "." * 20_001, "浙b" * 2_000, "http://" * 900, "@" * 3_000,
    "新.冠" * 2_000, "ﷺ" * 2_000, "[" * 4_000, "据" + "的" * 4_000, "#" * 4_001, "1" * 8_000,
    "\U00030001字", "字\U000e0100", "\ud83d", "e\u0301" * 50, "", "\n", "\u200b" * 5_000, "加" * 4_000,
    "➕ " * 3_000, "0731-" * 700, "\U0010ffff" * 3,
]  # fmt: skip
