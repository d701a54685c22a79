import gzip
import os
import re
import stat
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.text import lexicon, marks
from classifier.text.spelling import (
    LINK,
    USER,
    normalise,
    segment,
)
from models.errors import PiyaoError
from models.text import MAX_CHARS

PIECES = st.sampled_from(
    ["疫.情", "v信", "➕薇", "@张三", "http://t.cn/Ab1", "浙ＢＬ１２３４", "車子", "\u200b", "\ud800", "\u202e"]
    + ["新 冠 肺 炎", "塔吉克斯坦", "！！！！！！", "哈哈哈哈哈哈", "加ＶＸ", "www.a.cn", "Q扣扣", "〔链接〕", "\x00", "İ"]
    + ["[视频]", "O网页链接", "央视新闻的微博视频", "...展开全文c", "[组图共9张]", "http://链接"]
)  # fmt: skip
ANYTHING = st.lists(st.one_of(st.text(st.characters(), max_size=12), PIECES), max_size=8).map(
    "".join
)


@given(ANYTHING)
@settings(max_examples=400, deadline=None)
def test_normalising_twice_is_normalising_once(text):
    once = normalise(text)
    assert normalise(once) == once
    assert len(once) <= MAX_CHARS


@given(ANYTHING)
@settings(max_examples=200, deadline=None)
def test_words_joined_are_the_text_without_its_blanks(text):
    plain = normalise(text)
    for engine in ("rjieba", "jieba"):
        assert "".join("".join(segment(plain, engine)).split()) == "".join(plain.split())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("疫.情", "疫情"),
        ("新.冠.肺.炎", "新冠肺炎"),
        ("疫\u200b情", "疫情"),
        ("加ＶX", "加微信"),
        ("➕薇", "加微信"),
        ("v信", "微信"),
        ("紧急擴散", "紧急扩散"),
        ("浙ＢＬ１２３４", "浙bl1234"),
        ("看http://t.cn/RxYz这里", f"看{LINK}这里"),
        ("@平安江苏 求证", f"{USER} 求证"),
        ("快看！！！！！！", "快看!!!"),
    ],
)
def test_a_disguise_is_undone(written, meant):
    assert normalise(written) == meant


@pytest.mark.parametrize("text", ["北京.上海", "增加威胁", "3.14", "塔吉克斯坦", "tv信号"])
def test_what_is_no_disguise_stays(text):
    assert normalise(text) == text


def test_a_lone_surrogate_and_nul_do_not_crash():
    assert normalise("a\ud800\x00b") == "a\ufffdb"
    assert segment("a\ud800疫情") == ["a", "\ufffd", "疫情"]


def test_an_unknown_engine_is_refused():
    with pytest.raises(ValueError, match="engine"):
        segment("疫情", "snow")


@pytest.mark.slow
def test_a_planted_jieba_cache_in_the_shared_folder_is_not_read(monkeypatch, tmp_path):
    (tmp_path / "jieba.cache").write_bytes(b"planted")
    before = (tmp_path / "jieba.cache").stat()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    lexicon.tokenizer.cache_clear()
    assert segment("车上有确诊病人", "jieba") == ["车上", "有", "确诊", "病人"]
    assert (tmp_path / "jieba.cache").stat().st_mtime_ns == before.st_mtime_ns
    assert os.listdir(tmp_path) == ["jieba.cache"], "no cache is written there either"
    assert stat.S_ISREG(Path(tmp_path / "jieba.cache").stat().st_mode)


def test_the_words_shipped_are_those_of_jieba_byte_for_byte():
    """Another dictionary would cut other words and weigh other rarities, without a word."""
    jieba = pytest.importorskip("jieba")
    shipped = gzip.decompress(lexicon.WORDS.read_bytes())
    assert shipped == Path(jieba.__file__).with_name("dict.txt").read_bytes()


def test_a_slow_engine_that_is_not_installed_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "jieba", None)
    lexicon.tokenizer.cache_clear()
    with pytest.raises(PiyaoError, match=re.escape("pip install 'piyao[jieba]'")):
        segment("车上有确诊病人", "jieba")


def test_no_post_can_write_a_mark_of_kind():
    assert normalise(f"a{marks.PLATE_MARK}b") == "ab"
    assert marks.typed(normalise("车牌浙BL1234，12人，http://t.cn/x")).count(marks.PLATE_MARK) == 1


@pytest.mark.slow
def test_fallback_engine_is_jieba_where_rjieba_is_missing(monkeypatch):
    from classifier.text import spelling as module

    monkeypatch.setattr(module, "rjieba", None)
    assert segment("车上有确诊病人") == ["车上", "有", "确诊", "病人"]


@pytest.mark.parametrize("name", ["@用户123", "@a1", "@用户1@b_2", "@张三3"])
def test_names_in_a_row_take_one_round_however_many(name):
    once = normalise(name * 600)
    assert once == normalise(once) and name.lower() not in once
    assert normalise("写信给a1@b2.cn") == "写信给a1@b2.cn"


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ("水没了[视频]", "水没了"),
        ("出事了 O秒拍视频 ", "出事了"),
        ("敬请关注 某地晚报的微博视频 @某人", "敬请关注 @用户"),
        ("L某地晚报的微博视频http://t.cn/x", LINK),
        ("点击O网页链接 看", f"点击{LINK} 看"),
        ("桥塌了http://链接", f"桥塌了{LINK}"),
        ("文章很长...展开全文c", "文章很长"),
        ("[组图共9张] 桥塌了", "桥塌了"),
    ],
)
def test_what_a_platform_writes_beside_a_post_is_no_part_of_it(posted, said):
    assert normalise(posted) == said


@pytest.mark.parametrize(
    "text",
    [
        "车祸现场的微博视频很吓人",
        "全文展开了调查",
        "大家请转发微博",
        "这条链接有毒",
        "视频里的人说水没了",
    ],
)
def test_what_only_sounds_like_it_stays(text):
    assert normalise(text) == text
