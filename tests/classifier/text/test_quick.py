import json
import re
import subprocess
import sys
from importlib import resources

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import sparse

import classifier
from classifier import quick
from classifier.ranking import cues
from classifier.ranking.features import Features, _tfidf
from tests.where import SAMPLE

swift = quick.prepare()
pytestmark = pytest.mark.skipif(swift is None, reason="numba is not installed")

BODIES = [json.loads(line)["text"] for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
LATIN = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
WRITTEN = (
    "疫.情|新.冠.肺.炎|v信|➕薇|+v|加VX|加 薇|vx|weixin|@张三|@用户12|@用户|http://t.cn/Ab1|t.cn/x|www.a.cn"
    "|浙ＢＬ１２３４|浙B·L1234|粤Z1234港|13812345678|0731-1234567|400-123-4567|110|3.14|1,000,000|①②½㎡"
    "|車子|擴散|软件|影片|回覆|打坏|沈默|塔吉克斯坦|北京.上海|新 冠|疫 情|新\n冠|丶|新丶冠.肺"
    "|！！！！！！|哈哈哈哈哈哈|……|...|。。。。。|~~~~~|   |\t\n|\r\n|\u3000|\xa0|\u2028|〔链接〕|【|】|#话题#|#|[泪]|《心》"
    "|❤️|👨\u200d👩\u200d👧|🇨🇳|\u200b|\u202e|\ufeff|\ud800|\udfff\ud800|\x00|\x85|\x1c|İ|Σ|ß|ﬁ|ﾡ|ㅠㅠ|e\u0301|が|か\u3099"
    "|\u115f|\ue000|\ue004|\U000e0041|\U00030001|\U0010ffff|𝕏|ⅷ|ﷺ|￣|´|据网友说的消息|求扩散|自我|我国|我|告诉你|真的吗|//@"
    "|扣扣|企鹅号|新馆费炎|薪冠肺炎|役情通报|意情爆发|情|信|.|·|*|_|、|+|=|-|\ufffd"
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


def slowly(texts, features):
    """The rows of ``features.transform`` without any compiled loop."""
    typed = quick.plain(texts)
    characters = _tfidf(features._runs(typed), features.characters_, features.idf_)
    cued = sparse.csr_matrix(features.cue_block(cues.rows(typed)))
    return sparse.hstack([characters, cued], format="csr")


@pytest.fixture(scope="module")
def fitted():
    features = Features(min_df=1).fit(BODIES)
    width = features.transform(BODIES[:1]).shape[1]
    return features, np.random.default_rng(0).normal(size=width)


@given(st.lists(ANYTHING, min_size=1, max_size=12))
@settings(max_examples=250, deadline=None)
@example(["", " ", "\u200b 加 v", "a\ud800\x00b", "新\u200b.冠", "\r\n疫\r情"])
def test_any_text_is_typed_as_the_plain_way_types_it(texts):
    assert swift.typed(texts) == quick.plain(texts)


@given(st.lists(ANYTHING, min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_any_text_gets_the_margin_of_the_plain_way(fitted, texts):
    features, coef = fitted
    assert (
        np.abs(swift.margins(texts, features, coef) - slowly(texts, features) @ coef).max() < 1e-9
    )


def test_every_character_alone_and_between_two_others():
    every = [chr(point) for point in range(0x20000)]
    assert swift.typed(every) == quick.plain(every)
    wrapped = [f"新{c}冠" for c in every[:0x3000]] + [f"a{c}{c}{c}{c}{c}1" for c in every[:0x3000]]
    assert swift.typed(wrapped) == quick.plain(wrapped)


def test_hostile_texts_get_the_same_margin(fitted):
    features, coef = fitted
    hostile = [
        "1,2" * 3_000, "字" * 30_000, "." * 20_001, "浙b" * 2_000, "http://" * 900, "@" * 3_000,
        "新.冠" * 2_000, "ﷺ" * 2_000, "[" * 4_000, "据" + "的" * 4_000, "#" * 4_001, "1" * 8_000,
        "\U00030001字", "字\U000e0100", "\ud83d", "e\u0301" * 50, "", "\n", "\u200b" * 5_000, "加" * 4_000,
        "➕ " * 3_000, "0731-" * 700, "\U0010ffff" * 3,
    ]  # fmt: skip
    assert swift.typed(hostile) == quick.plain(hostile)
    found = swift.margins(hostile, features, coef)
    assert np.abs(found - slowly(hostile, features) @ coef).max() < 1e-9
    assert swift.margins([], features, coef).shape == (0,)


def test_few_posts_go_the_slow_way():
    assert swift._typed(BODIES)[2].mean() > 0.97


def test_a_margin_depends_on_its_own_text_only(fitted):
    features, coef = fitted
    together = swift.margins(BODIES[:40], features, coef)
    alone = [swift.margins([body], features, coef)[0] for body in BODIES[:40]]
    assert together.tolist() == alone


PATTERNS = [
    r"a|ab|abc", r"(?:ab?){2,3}c", r"x[^x]{1,4}x", r"\d+(?:[.,]\d+)*", r"(?<!自)我(?!国|们国家)", r"[ab]+b",
    r"(?:a|b(?=c)|c)+d", r"据.{0,3}(?:报|说)", r"a(?!b(?!c))", r"\w+\s\w", r"[^\W\d]{2}", r"(?<=a)b+",
]  # fmt: skip


@given(st.text(st.sampled_from("abcdx我自国们家据报说的1.,\n ２"), max_size=40))
@settings(max_examples=300, deadline=None)
def test_the_machine_finds_what_re_finds(subject):
    patterns = [re.compile(p) for p in PATTERNS] + [re.compile(r"\w+", re.ASCII)]
    made = _machine(tuple(patterns))
    points, ends = swift._laid([subject])
    out = np.empty((1, 1 + len(patterns)), np.int32)
    assert swift.kernels.counted(points, ends, made, out)
    assert out[0].tolist() == [len(subject), *(len(p.findall(subject)) for p in patterns)]


_made = {}


def _machine(patterns):
    if patterns not in _made:
        _made[patterns] = swift._arrays(swift.programs.compiled(patterns))
    return _made[patterns]


@pytest.mark.parametrize("pattern", [r"(a)\1", r"^a", r"a*", r"a+?b", r"(?<!ab)c", r"a\b"])
def test_what_the_machine_cannot_do_is_refused(pattern):
    with pytest.raises(swift.programs.Unsupported):
        swift.programs.compiled([re.compile(pattern)])


@pytest.mark.slow
def test_every_phrase_that_opencc_changes_is_known():
    """Its dictionary changes some phrases whose characters it leaves alone; those go the plain way."""
    folder = resources.files("opencc") / "clib"
    tool, phrases = folder / "bin" / "opencc_dict", folder / "share" / "opencc" / "TSPhrases.ocd2"
    if not tool.is_file():
        pytest.skip("this wheel of opencc ships no opencc_dict")
    order = [str(tool), "-i", str(phrases), "-f", "ocd2", "-t", "text", "-o", "/dev/stdout"]
    told = subprocess.run(order, capture_output=True, check=True, encoding="utf-8").stdout
    keys = [line.split("\t")[0] for line in told.splitlines() if "\t" in line]
    assert len(keys) > 300
    around = [f"在{key}了" for key in keys]
    assert swift.typed(around) == quick.plain(around)


def test_the_blocks_are_the_same(fitted):
    features, _ = fitted
    typed = quick.plain(BODIES)
    block, rows = swift.blocks(typed, features)
    assert block.has_canonical_format and block.shape == (len(typed), len(features.characters_))
    assert abs(block - slowly(BODIES, features)[:, : block.shape[1]]).max() < 1e-12
    assert (rows == cues.rows(typed)).all()
    assert swift.blocks(["\U00030001"], features) is None


@pytest.mark.parametrize("trouble", [ImportError, RuntimeError, OSError])
def test_without_numba_every_text_goes_the_plain_way(fitted, monkeypatch, trouble):
    """It may be missing, have nowhere to keep what it compiles, or no room for it."""

    class Missing:
        def find_spec(self, name, path=None, target=None):
            if name == "classifier.swift":
                raise trouble(name)

    features, coef = fitted
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    monkeypatch.delitem(sys.modules, "classifier.swift")
    monkeypatch.delattr(classifier, "swift")
    quick.prepare.cache_clear()
    try:
        assert quick.prepare() is None and not quick.pays(quick.WORTH)
        assert quick.typed(BODIES[:9]) == quick.plain(BODIES[:9])
        found = quick.margins(BODIES[:9], features, coef)
        assert np.abs(found - slowly(BODIES[:9], features) @ coef).max() < 1e-9
    finally:
        quick.prepare.cache_clear()


@pytest.mark.slow
def test_few_texts_never_load_numba():
    told = (
        "import sys; from classifier.ranking import model; model.load().risks(['紧急扩散']);"
        "sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", told], cwd=SAMPLE.parents[2]).returncode == 0


def test_a_text_that_goes_the_plain_way_takes_no_other_along(fitted):
    features, coef = fitted
    mixed = [f"{body}\u0301" for body in BODIES[:40]] + ["\U00030001字"]
    alone = [swift.margins([text], features, coef)[0] for text in mixed]
    assert swift.margins(mixed, features, coef).tolist() == alone
