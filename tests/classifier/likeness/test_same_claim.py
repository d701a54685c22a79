import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.likeness import same_claim as nearness
from classifier.likeness import wording
from classifier.likeness.differing import differing
from classifier.likeness.filing import fingerprint
from classifier.likeness.grouping import clusters
from classifier.likeness.same_claim import THRESHOLD, same_claim
from classifier.ranking import new_posts
from models.intake import posts
from models.intake.records import Post
from models.text import clean

KEY = 4664077482635  # the least key of STORY
STORY = "车牌号浙BL1234的车刚从武汉回到白兔潭，车上有确诊新型肺炎病人，看到要报警"
WORDINGS = [
    STORY,
    "浙BL1234 这辆车刚从武汉回白兔潭，车里有确诊的新型肺炎病人，大家看到马上报警",
    "紧急扩散：车牌浙BL1234，刚从武汉回到白兔潭，车上有新型肺炎确诊病人，看见请报警",
    "湘A·88888这辆车刚从黄冈回到大石镇，车上有确诊新型肺炎病人，看见赶紧报警",
    "浙ＢＬ１２３４，武.汉回来的，车上有确.诊的，就在白兔潭",
]
OTHERS = [
    "今天白兔潭镇开了第一家超市，大家可以去看看",
    "武汉新增确诊肺炎病人12例，均已隔离治疗",
    "看到一辆车牌苏E12345的车违停，已报警",
    "晚饭吃面，天气不错，明天去爬山",
    "江州马拉松报名结束，抽签结果下周公布",
]


@pytest.mark.parametrize("other", WORDINGS[1:])
def test_a_rewording_of_the_story_is_the_same_claim_and_meets_it(other):
    assert same_claim(STORY, other) >= THRESHOLD
    assert set(fingerprint(STORY).keys) & set(fingerprint(other).keys)


@pytest.mark.parametrize("other", OTHERS)
def test_what_only_shares_words_with_the_story_is_another_claim(other):
    assert same_claim(STORY, other) < THRESHOLD


def test_the_wordings_are_one_cluster_and_the_others_are_alone_in_any_order():
    texts = WORDINGS + OTHERS
    for seed in range(4):
        order = list(range(len(texts)))
        random.Random(seed).shuffle(order)
        homes = dict(zip(order, clusters([texts[i] for i in order]), strict=True))
        assert len({homes[i] for i in range(len(WORDINGS))}) == 1
        assert len(set(homes.values())) == 1 + len(OTHERS)


def test_copies_are_one_cluster_however_many_and_however_little_they_say():
    assert clusters(["转发", STORY] * 300 + ["……"]) == [0, 1] * 300 + [600]


def test_posts_that_come_one_by_one_make_the_same_clusters_in_any_order(db):
    native = iter(range(1000))
    for seed in range(4):
        order = random.Random(seed).sample(WORDINGS + OTHERS, len(WORDINGS + OTHERS))
        homes = {}
        for text in order:
            post = Post("forum", str(next(native)), text)
            posts.add(db, post)
            (stored,) = posts.unscored(db)
            new_posts.join(db, [stored], [fingerprint(text)])
            db.execute("UPDATE posts SET scored_at = changed_at")
            homes[text] = db.value("SELECT cluster_id FROM posts WHERE id = ?", stored.id)
        assert len({homes[text] for text in WORDINGS}) == 1
        assert len(set(homes.values())) == 1 + len(OTHERS)
        db.execute("DELETE FROM wordings")


def test_a_post_joins_a_case_of_many_only_if_it_is_like_those_that_stand_for_it():
    about = fingerprint("江州市第三小学门口有人抢孩子，面包车车牌看不清，家长注意")
    near = [
        fingerprint(f"江州市第{n}小学门口有人抢孩子，面包车没有车牌，家长注意").form
        for n in "二四五"
    ]
    far = [fingerprint(f"江州市第{n}小学门口新开的面包店味道很好").form for n in "二四五"]
    assert nearness.belongs(about, [])
    assert nearness.belongs(about, near)
    assert nearness.belongs(about, near + far[:1])
    assert not nearness.belongs(about, far)
    assert not nearness.belongs(about, near[:1] + far)


def test_a_plate_alone_does_not_make_two_posts_one_claim():
    assert same_claim(STORY, "浙BL1234的车主，你的车灯没关，请移步楼下") < THRESHOLD


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_sameness_is_symmetric_bounded_and_certain_of_itself(a, b):
    found = same_claim(a, b)
    assert 0 <= found <= 1 and found == same_claim(b, a)
    assert same_claim(a, a) == 1


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_keys_fit_sqlite_and_do_not_change(text):
    first = fingerprint(text)
    nearness.wording.of_text.cache_clear()
    assert fingerprint(text) == first
    assert len(first.keys) <= 30 and all(0 <= key < 2**47 for key in (*first.keys, first.digest))


@given(st.text(max_size=200), st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_a_stored_wording_compares_as_its_text_does(a, b):
    stored = [wording.of_form(fingerprint(text).form) for text in (a, b)]
    assert nearness.likeness(*stored) == same_claim(a, b)


def test_what_differs_in_signs_places_and_numbers_alone_is_one_content():
    first, second = (fingerprint(text) for text in ("武汉新增12例！", "宁波新增3例"))
    assert first.digest == second.digest != fingerprint("宁波新增死亡3例").digest
    assert fingerprint("……").digest != fingerprint("？？").digest
    assert fingerprint("……").keys == ()


def test_keys_are_the_same_in_every_version_of_the_house():
    """Stored keys must go on matching: change this number only with a migration that refiles."""
    assert min(fingerprint(STORY).keys) == KEY


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_the_spans_of_a_difference_give_the_text_back(base, other):
    spans = differing(base, other)
    assert "".join(text for text, _ in spans) == clean(other)
    if base == other:
        assert not any(differs for _, differs in spans)


def test_a_difference_names_the_words_that_changed():
    assert ("宁波", True) in differing("车从武汉回来", "车从宁波回来")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.example/a-1", "https://news.example/a-2"),  # its link is what it says
        ("看这个 https://a.example/x", "看这个 https://b.example/y"),
        ("10086", "12345"),
        ("电话 0574-87654321", "电话 0574-12345678"),
        (
            "#求证#明天江北全区停水三天#扩散#大家都来看看这个消息是不是真的啊",
            "#求证#明天海曙多所学校停课#扩散#大家都来看看这个消息是不是真的啊",
        ),
        ("＃急＃江北水厂被投毒＃转＃有知道的朋友吗", "＃急＃海曙学校倒塌了＃转＃有知道的朋友吗"),
        ("#求证 江北全区停水三天 #扩散 求转", "#求证 海曙多所学校停课 #扩散 求转"),
        ("@浙江交警江北三号桥今晚封路", "@浙江交警海曙学校明天停课"),
        ("@王小明同学家江北水厂被投毒了", "@王小明同学家海曙学校停课了"),
        ("@Tony江北水厂被投毒了大家小心", "@Tony海曙学校停课了大家小心"),
        ("@江州发布今天下午化工厂爆炸了", "@江州发布今天下午幼儿园有人抢孩子"),
    ],
)
def test_two_messages_in_one_wrapping_are_two(one: str, other: str) -> None:
    assert same_claim(one, other) < THRESHOLD
    assert fingerprint(one).digest != fingerprint(other).digest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("看！https://news.example/a-1", "看 https://news.example/a-1"),
        ("电话：0574-87654321", "电话 0574-87654321"),
        ("@江州发布 今晚江北三号桥封路", "@江州晚报：今晚江北三号桥封路"),
        ("今晚江北三号桥封路，是不是真的啊", "今晚江北三号桥封路，有知道的朋友吗"),
    ],
)
def test_one_message_in_two_wrappings_is_one(one: str, other: str) -> None:
    assert same_claim(one, other) >= THRESHOLD
    assert fingerprint(one).digest == fingerprint(other).digest
