"""The library of known claims: finds, tells elsewhere from the same, and never breaks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.known import chance, index, index_files, relation
from classifier.known import (
    library as known,
)
from classifier.known import terms as known_terms
from classifier.known.library import Library
from classifier.learning import chance as known_lessons
from models.known.likeness import Relation

CLAIMS = [
    (1, "喝高度白酒可以杀死体内的新冠病毒"),
    (2, "微波炉加热食物会致癌"),
    (3, "隔夜菜亚硝酸盐超标，吃了会中毒"),
    (4, "浙BL1234的车上有确诊病人，从武汉跑到白兔潭镇，看到请立即报警"),
    (5, "明天起全市加油站停止供油三天"),
    (6, "吃大蒜能预防流感"),
    (7, "西瓜和桃子一起吃会死人"),
    (8, "扫码领鸡蛋会被盗走银行卡里的钱"),
]
SAID = {
    1: "紧急扩散！专家说喝高度白酒可以杀死身体里的新冠病毒，赶快告诉家人",
    2: "求证：都说微波炉加热的食物会致癌，是真的吗？",
    5: "刚接到通知，明天起全市加油站停止供油三天，大家赶紧去排队加油！！！",
    7: "千万注意，西瓜和桃子不能一起吃，一起吃会死人的",
}
ORDINARY = [
    "今天天气真好，和朋友去公园散步，晚上一起吃火锅",
    "终于下班了，累死我了，回家做饭看电视",
    "这部电影太好看了，男主角演得真不错，推荐大家去看",
    "新买的手机到了，拍照效果很好，电池也耐用",
]
TEXTS = st.lists(
    st.sampled_from(["白酒", "杀死病毒", "加油站停油", "微波炉", "致癌", "武汉", "明天", "！"]),
    max_size=9,
)


def test_a_retold_claim_is_found_first_and_called_the_same():
    library = Library.of(CLAIMS)
    for claim_id, said in SAID.items():
        first = library.find([said])[0]
        assert (first.claim_id, first.relation) == (claim_id, Relation.SAME), said
        assert chance.SURE <= first.score <= chance.MOST


def test_ordinary_posts_make_no_known_claim():
    library = Library.of(CLAIMS)
    for said in ORDINARY:
        assert all(match.relation is Relation.RELATED for match in library.find([said])), said


@pytest.mark.parametrize(
    "said",
    [
        "湘B56789的车上有确诊病人，从武汉跑到白兔潭镇，看到请立即报警",
        "浙BL1234的车上有确诊病人，从武汉跑到株洲，看到请立即报警",
    ],
)
def test_the_same_story_with_another_plate_or_place_is_elsewhere_and_never_the_same(said):
    match = Library.of(CLAIMS).find([said])[0]
    assert (match.claim_id, match.relation) == (4, Relation.ELSEWHERE)
    assert match.score >= chance.SURE


PLATES = ["浙BL1234", "湘B56789", "粤Z1234港", "鄂A9K888", "京AD12345"]
PLACES = ["武汉", "哈尔滨", "株洲", "白兔潭镇", "济南市", "呼和浩特"]
STORIES = [
    "一辆{plate}的黑色轿车在{place}偷小孩，已经有三个孩子失踪，请大家转发",
    "{place}有人看到{plate}车上全是发热病人，司机弃车逃跑，请附近的人不要靠近",
]


@given(*[st.sampled_from(each) for each in (STORIES, PLATES, PLATES, PLACES, PLACES)])
@settings(max_examples=40, deadline=None)
def test_no_plate_and_no_place_makes_another_story_the_same(story, plate, other, place, there):
    library = Library.of([(1, story.format(plate=plate, place=place))])
    (match,) = library.find([f"求证：{story.format(plate=other, place=there)}"])
    here = (plate, place) == (other, there)
    assert match.relation is (Relation.SAME if here else Relation.ELSEWHERE)


def test_a_place_under_its_longer_name_is_the_same_place():
    library = Library.of([(1, "武汉中心医院今晚停诊，病人全部转走")])
    assert library.find(["武汉市中心医院今晚停诊，病人全部转走"])[0].relation is Relation.SAME


def test_an_exact_copy_in_any_disguise_is_certain_and_comes_first():
    library = Library.of(CLAIMS)
    for claim_id, claim in CLAIMS:
        first = library.find([claim.replace("，", "，\u200b")])[0]
        assert (first.claim_id, first.score, first.relation) == (claim_id, 1.0, Relation.SAME)


def test_the_best_of_several_wordings_counts_and_each_claim_comes_once():
    library = Library.of([*CLAIMS, (1, "白酒能杀灭病毒")])
    found = library.find([ORDINARY[0], SAID[2], SAID[1], SAID[1]], most=2)
    assert {match.claim_id for match in found} == {1, 2}
    assert found[0].score >= found[1].score
    assert library.find(["白酒能杀灭病毒"])[0].score == 1.0


@given(st.permutations(CLAIMS), st.integers(0, len(CLAIMS)))
@settings(max_examples=15, deadline=None)
def test_the_order_and_the_parts_in_which_claims_come_do_not_matter(claims, at):
    library = Library.of(claims[:at])
    library.add(claims[at:])
    for said in [*SAID.values(), *ORDINARY]:
        assert library.find([said]) == Library.of(CLAIMS).find([said])


@given(
    st.lists(st.tuples(st.integers(1, 9), TEXTS.map("".join)), max_size=8),
    st.sets(st.integers(1, 9)),
)
@settings(max_examples=30, deadline=None)
def test_what_was_removed_is_as_if_it_had_never_been_added(claims, gone):
    library = Library.of(claims[:4])
    library.add(claims[4:])
    library.remove(gone)
    never = Library.of([claim for claim in claims if claim[0] not in gone])
    assert len(library) == len(never)
    for said in ("喝白酒杀死病毒", "武汉明天加油站停油", *(text for _, text in claims)):
        assert library.find([said]) == never.find([said])


@given(
    st.one_of(
        st.text(max_size=80), st.text(st.characters(categories=["Cs", "So", "Co"]), max_size=20)
    )
)
@settings(max_examples=50, deadline=None)
def test_no_text_is_too_hostile(text):
    library = Library.of([*CLAIMS, (9, text)])
    assert all(0 <= match.score <= 1 for match in library.find([text]))
    library.remove([9, 10])


@pytest.mark.parametrize(
    "text", ["", "！！！？？", "\ud800\udfff", "啊" * 20_000, "浙BL1234" * 3_000, "\x00" * 9]
)
def test_empty_endless_and_broken_texts_are_asked_and_kept_without_harm(text):
    library = Library.of([(9, text), *CLAIMS])
    library.find([text])
    assert library.find([CLAIMS[0][1]])[0].claim_id == 1


def test_an_empty_library_finds_nothing_and_can_grow():
    library = Library()
    assert library.find(["微波炉加热食物会致癌"]) == []
    library.add([])
    library.add(CLAIMS)
    assert library.find(["微波炉加热食物会致癌"])[0].claim_id == 2
    library.remove(range(10))
    assert len(library) == 0
    assert library.find(["微波炉加热食物会致癌"]) == []


def test_the_search_is_the_exact_cosine_as_long_as_it_may_read_enough():
    draw = np.random.default_rng(1)
    words = [text for _, claim in CLAIMS for text in claim]
    texts = ["".join(draw.choice(words, 20)) for _ in range(200)]
    stock = index.index_of([*enumerate(texts)])
    _, query = known_terms.terms_of([CLAIMS[3][1]])
    rows, shared = stock.nearest(query)
    rarity = known_terms.rarity()
    for i, text in enumerate(texts):
        terms = known_terms.terms_of([text])[1]
        common = rarity[np.intersect1d(terms, query)].sum()
        assert common == shared[rows == i].sum()
        assert stock.weight[i] == rarity[terms].sum()


def test_a_search_that_may_read_little_still_finds_what_shares_rare_words():
    stock = index.index_of([(i, f"{text}{i}") for i, (_, text) in enumerate(CLAIMS * 50)])
    _, query = known_terms.terms_of(["扫码领鸡蛋会被盗走银行卡里的钱"])
    rows, shared = stock.nearest(query, most=60)
    assert stock.text(rows[np.argmax(shared)]).startswith("扫码领鸡蛋")


# ---- on disk ------------------------------------------------------------------------------------


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(known, "KEPT_FROM", 2)


def test_a_kept_index_is_opened_again_without_cutting_anything_up(tmp_path, large, monkeypatch):
    folder = tmp_path / "store.known"
    before = Library.kept(CLAIMS, folder)
    monkeypatch.setattr(index, "index_of", None)  # would fail if it were built anew
    again = Library.kept(CLAIMS, folder)
    assert again.find([SAID[1]]) == before.find([SAID[1]])
    again.remove([1])
    assert [match.claim_id for match in again.find([SAID[1]])] != [1]


@pytest.mark.parametrize("array", ["rows", "letters", "weight"])
def test_a_damaged_a_cut_and_a_foreign_index_are_built_anew(tmp_path, large, array):
    folder = tmp_path / "store.known"
    right = Library.kept(CLAIMS, folder).find([SAID[1]])
    file = folder / f"{array}.npy"
    data = file.read_bytes()
    for broken in (data[:-1] + bytes([data[-1] ^ 1]), data[:9], b""):
        file.write_bytes(broken)
        assert index_files.load(folder, index_files.digest(CLAIMS)) is None
        assert Library.kept(CLAIMS, folder).find([SAID[1]]) == right
    for broken in ("", "[]", "{}", "[" * 100_000):
        (folder / "shelf.json").write_text(broken)
        assert Library.kept(CLAIMS, folder).find([SAID[1]]) == right


def test_an_index_of_other_claims_is_not_taken(tmp_path, large):
    Library.kept(CLAIMS, tmp_path / "k")
    assert Library.kept(CLAIMS[1:], tmp_path / "k").find([CLAIMS[0][1]])[:1] != [
        known.Match(1, 1.0, Relation.SAME)
    ]


def test_a_disk_that_takes_nothing_costs_only_the_index(tmp_path, large):
    (tmp_path / "file").write_text("")
    library = Library.kept(CLAIMS, tmp_path / "file" / "known")
    assert library.find([SAID[1]])[0].claim_id == 1


# ---- what is shipped ----------------------------------------------------------------------------


def test_the_chance_rises_with_what_is_shared_and_is_never_certain():
    whole = 900.0 * known_terms.UNIT
    chances = chance.chance(np.linspace(0, whole, 50), np.full(50, whole), whole)
    assert (np.diff(chances) >= -1e-9).all()
    assert chances[0] < 0.01
    assert chances[-1] <= chance.MOST


def test_what_is_learned_means_what_it_says():
    draw = np.random.default_rng(1)
    claims, query = draw.uniform(200, 900, 4000), draw.uniform(200, 2000, 4000)
    rows = chance.measures(np.minimum(claims, query) * draw.uniform(0, 1, 4000), claims, query)
    same = draw.uniform(size=4000) < 1 / (1 + np.exp(8 - 14 * rows[:, 0]))
    told = chance.expected(rows, known_lessons.learn(rows, same))
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = (told >= low) & (told < low + 0.2)
        assert told[inside].mean() == pytest.approx(same[inside].mean(), abs=0.06)


def test_the_table_of_rarity_holds_only_what_five_posts_share():
    table = known_terms.learn(["白酒杀毒"] * 4 + ["微波炉"] * 5)
    assert np.count_nonzero(table["rarity"]) == len(
        set(known_terms.terms_of(["微波炉"])[1].tolist())
    )
    assert known_terms.TABLE.stat().st_size < 500_000


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("镇江", "九江"),
        ("镇江市", "浙江"),
        ("沙市区", "长沙"),
        ("东乡县", "广东"),
        ("西乡", "西安"),
    ],
)
def test_a_name_made_with_the_word_for_a_unit_is_no_part_of_another(ours, theirs):
    assert relation.both_miss({ours}, {theirs})
    assert not relation.both_miss({ours}, {ours})
    assert not relation.both_miss({f"江苏省{ours}"}, {ours})


def test_a_story_of_zhenjiang_is_not_that_of_jiujiang():
    claim = "{}长途汽车站昨晚有人持刀伤人，已经三人死亡，凶手在逃"
    (match,) = Library.of([(1, claim.format("九江"))]).find([claim.format("镇江")])
    assert match.relation is Relation.ELSEWHERE


CITIES = [
    "北京",
    "广州",
    "太原",
    "平凉",
    "大同",
    "郑州",
    "海口",
    "三明",
    "哈尔滨",
    "乌兰察布",
    "镇江",
]


@pytest.mark.parametrize("city", CITIES)
def test_the_station_of_one_city_is_never_that_of_another(city):
    claim = "{}火车站昨晚有人持刀伤人，已经三人死亡，凶手在逃，请大家不要出门"
    others = [(n, claim.format(other)) for n, other in enumerate(CITIES) if other != city]
    for match in Library.of(others).find([claim.format(city) + "转发"]):
        assert match.relation is Relation.ELSEWHERE


@pytest.mark.parametrize("city", ["日照", "白银", "朝阳", "大同", "三明"])
def test_a_city_that_is_a_common_word_too_is_another_place(city):
    claim = "听说{}一小区有人被隔离了，整栋楼封了，大家别去"
    for ours, theirs in ((city, "福州"), ("福州", city)):
        (match,) = Library.of([(1, claim.format(theirs))]).find([claim.format(ours) + "转发"])
        assert match.relation is Relation.ELSEWHERE
    (match,) = Library.of([(1, claim.format(city))]).find([claim.format(city) + "转发"])
    assert match.relation is Relation.SAME
