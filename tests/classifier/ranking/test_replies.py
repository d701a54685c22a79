import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.learning import replies as reply_lessons
from classifier.learning.replies import Answered
from classifier.ranking import asking_replies, replies
from models.errors import InputError
from models.intake.records import Reply

NOON = datetime(2013, 5, 1, 12, tzinfo=UTC)
WORDS = ["求证", "假的吧", "谣言，别信", "哈哈哈", "转发微博", "太好了", "真可怕", "支持", "", "//@用户: 假的"]  # fmt: skip


def reply(text, minutes=5):
    return Reply(text, NOON + timedelta(minutes=minutes))


def answered(words, label, n=30, log_odds=0.0):
    return [
        Answered("帖子", tuple(reply(f"{w}{i}") for w in words), NOON, label, log_odds)
        for i in range(n)
    ]


@pytest.fixture(scope="module")
def taught():
    return reply_lessons.learn(
        answered(["太假", "坑人"], 1) + answered(["开心", "恭喜"], 0) + answered(["天气"], 0)
    )


def test_a_post_without_replies_scores_as_its_text():
    assert replies.lift([]) == (0.0, ())


def test_words_of_replies_under_rumors_lift_and_others_do_not(taught):
    up, why = replies.lift([reply("太假"), reply("坑人啊")], taught)
    assert up > 0.3 and why[0].weight == round(up, 3) and "太假" in why[0].term
    assert replies.lift([reply("开心"), reply("恭喜"), reply("从未见过的词")], taught) == (0.0, ())


def test_having_replies_is_no_reason(taught):
    assert taught.start <= 0
    assert replies.lift([reply(f"{i}") for i in range(50)], taught) == (0.0, ())


def test_a_reply_copied_a_hundred_times_is_one_reply(taught):
    once, often = [reply("求证，太假")], [reply("求证，太假")] * 100
    assert replies.lift(once, taught)[0] == replies.lift(often, taught)[0]


def test_praise_does_not_wash_away_what_was_asked(taught):
    asked = [reply("求证"), reply("真的假的"), reply("谣言吧")]
    praise = [reply(f"开心 恭喜 {'好' * i}") for i in range(100)]
    assert replies.lift([*praise, *asked], taught)[0] >= asking_replies.lift(3)


def test_what_a_retold_post_said_is_not_counted_as_the_reply(taught):
    assert replies.lift([reply("//@用户: 太假 坑人")], taught) == (0.0, ())


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=20), max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_replies_lift_between_nothing_and_the_cap(texts):
    value, why = replies.lift([reply(text) for text in texts])
    assert 0 <= value <= replies.CAP and bool(why) == (value > 0)


@given(st.lists(st.sampled_from(WORDS), max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_of_replies_does_not_matter(texts, random):
    told = [reply(text) for text in texts]
    mixed = random.sample(told, len(told))
    assert replies.lift(mixed)[0] == pytest.approx(replies.lift(told)[0])


def test_only_what_the_text_does_not_say_is_learned():
    words = ["太假", "坑人"]
    unknown = reply_lessons.learn(answered(words, 1) + answered(["开心"], 0))
    known = reply_lessons.learn(
        answered(words, 1, log_odds=6.0) + answered(["开心"], 0, log_odds=-6.0)
    )
    assert 0 <= known.terms["太假"] < unknown.terms["太假"] / 5


def test_a_rare_word_and_a_name_are_not_learned():
    rare = answered(["坑人"], 1, n=reply_lessons.FEWEST - 1)
    learned = reply_lessons.learn(
        rare + answered(["北京", "太假"], 1) + answered(["开心"], 0)
    ).terms
    assert "太假" in learned and not {"北京", "坑人"} & learned.keys()


def test_replies_after_the_first_hour_teach_nothing():
    late = [Answered("帖子", (reply("坑人", 120), reply("太假")), NOON, 1, 0.0) for _ in range(30)]
    assert "坑人" not in reply_lessons.learn(late + answered(["开心"], 0)).terms


def test_what_is_saved_loads_the_same(taught, tmp_path):
    replies.save(taught, tmp_path / "crowd.json")
    assert replies.load(tmp_path / "crowd.json") == taught


def changed(told, **more):
    return json.dumps({**told, **more})


def test_a_changed_or_foreign_file_is_refused(taught, tmp_path):
    file = tmp_path / "crowd.json"
    replies.save(taught, file)
    told = json.loads(file.read_text("utf-8"))
    terms = {**told["terms"], "开心": 9.0}
    for text in ("", "[]", "null", "{}", "[" * 100_000, changed(told, terms=terms), changed(told, cap=50.0), changed(told, format="x")):  # fmt: skip
        file.write_text(text, "utf-8")
        with pytest.raises(InputError, match="crowd weights"):
            replies.load(file)
    with pytest.raises(InputError):
        replies.load(tmp_path / "nowhere.json")


def test_training_reads_files_with_replies_and_passes_over_the_rest(tmp_path):
    rows = [
        {"text": f"说法{side}{i}", "label": side, "t": NOON.timestamp(), "cluster": f"{side}{i}",
         "replies": [{"dt": 60, "text": "太假" if side else "开心"}, {"dt": None, "text": f"{i}"}]}
        for side in (0, 1) for i in range(20)
    ]  # fmt: skip
    bare = [
        {"text": "没有评论", "label": 1},
        {"text": "没有时间", "label": 1, "replies": [{}]},
        [],
        3,
    ]
    file = tmp_path / "a.jsonl"
    file.write_text("\n".join([*map(json.dumps, rows + bare), "{broken"]), "utf-8")
    odds = {row["text"]: 0.0 for row in rows}
    assert len(reply_lessons.read_answered([file], odds)) == 40
    assert len(reply_lessons.read_answered([file], dict(list(odds.items())[:10]))) == 10
    found = reply_lessons.train([file], odds)
    assert found and found.terms["太假"] > 0 > found.terms["开心"]
    assert reply_lessons.train([file], {}) is None


def test_the_shipped_crowd_holds_short_words_and_asks_count_most():
    terms = replies.shipped().terms
    assert all(len(term) <= 8 for term in terms)
    assert min(terms[ask] for ask in replies.ASKS) > 0.5
    value, _ = replies.lift([reply("求证"), reply("真的假的？"), reply("谣言吧")])
    assert asking_replies.lift(3) <= value <= replies.CAP
