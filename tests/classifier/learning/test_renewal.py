"""Learning from the desk: what moves, what stays, and how little one account can do."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.metrics import roc_auc_score

from classifier.learning import matrix, renewal
from classifier.learning.renewal import RECIPE
from classifier.ranking import model
from classifier.ranking.model import Model
from models.learning.lessons import Lesson
from tests import desk_lessons

DAY = datetime(2026, 1, 1, tzinfo=UTC)
# one account may move the rank figure on a fixed set by less than this, whatever it decides
ONE_ACCOUNT = 0.04


def lesson(n: int, text: str, label: int, by: int = 1, **more: object) -> Lesson:
    told: dict = {"seen": "line", "chance": 1.0, "at": DAY + timedelta(hours=n), "why": ""}
    return Lesson(n, (text,), label, by=by, **(told | more))


@pytest.fixture(scope="module")
def shipped() -> Model:
    return model.load()


@pytest.fixture(scope="module")
def written() -> tuple[list[str], list[str]]:
    return desk_lessons.written()


def rank(judge: Model, texts: Sequence[str], labels: Sequence[int]) -> float:
    return float(roc_auc_score(labels, judge.risks(texts)))


# ---- the fit ------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", [renewal.squared_hinge, renewal.logistic])
@given(z=st.floats(-20, 20))
def test_slopes_are_those_of_the_losses(loss: renewal.Loss, z: float) -> None:
    near = np.array([z - 1e-5, z, z + 1e-5])
    value, slope = loss(near)
    assert (value >= 0).all()
    assert slope[1] == pytest.approx((value[2] - value[0]) / 2e-5, abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_fit_is_at_the_minimum_of_what_is_written(seed: int) -> None:
    """Against the objective written out, and any step away from it."""
    draw = np.random.default_rng(seed)
    dense = draw.normal(size=(30, 6)) * (draw.random((30, 6)) < 0.6)
    labels, weights = draw.choice([-1.0, 1.0], 30), draw.random(30) * 5
    base, height = draw.normal(size=6), 0.3
    coef, intercept = renewal._moved(
        sparse.csr_matrix(dense), labels, weights, base, height, RECIPE
    )

    def objective(b: np.ndarray, c: float) -> float:
        short = np.maximum(1 - labels * (dense @ b + c), 0)
        held = RECIPE.precision * ((b - base) @ (b - base) + (c - height) ** 2 / 100)
        return float(weights @ short**2 + held / 2)

    best = objective(coef, intercept)
    for _ in range(30):
        step = draw.normal(size=7) * 0.05
        assert objective(coef + step[:6], intercept + step[6]) >= best - 1e-4 * best


def test_nothing_learned_leaves_the_shipped_model(shipped: Model) -> None:
    assert renewal.renew(shipped, [], []) is shipped


def test_the_same_lessons_make_the_same_weights_and_leave_the_shipped_ones(
    shipped: Model,
) -> None:
    before = shipped.classifier.coef.copy()
    told = [lesson(1, "河堤渗水，快搬走", 1), lesson(2, "今晚吃面", 0)]
    a, b = (renewal.renew(shipped, told, ["早安"]) for _ in range(2))
    assert np.array_equal(a.classifier.coef, b.classifier.coef)
    assert np.array_equal(shipped.classifier.coef, before)


def test_a_lesson_moves_what_is_worded_like_it_most(shipped: Model) -> None:
    texts = [
        "紧急通知，石桥水厂今晚停水，请转告家人",
        "养鱼塘冒泡了，怕是要地震",
        "我家的猫会自己开门，教教我",
    ]
    told = [f"紧急通知：{place}水厂停水，速速转告" for place in ("临江", "东渡", "白兔潭")]
    misses = [lesson(n, text, 0, by=n) for n, text in enumerate(told)]
    hit = lesson(9, "隔壁县养鱼塘冒泡，说是要地震", 1)

    def margins(judge: Model) -> np.ndarray:
        features = judge.classifier.features
        rows = matrix.typed(features, features.typed(texts))
        return matrix.margins(rows, judge.classifier)

    water, _, cat = margins(renewal.renew(shipped, misses, [])) - margins(shipped)
    assert water < -abs(cat)
    _, pond, cat = margins(renewal.renew(shipped, [hit], [])) - margins(shipped)
    assert pond > abs(cat)


def test_posts_that_nobody_was_shown_are_weak_negatives(
    shipped: Model, written: tuple[list[str], list[str]]
) -> None:
    _, plain = written
    hit = [lesson(1, "河堤渗水，快搬走", 1)]
    alone, among = renewal.renew(shipped, hit, []), renewal.renew(shipped, hit, plain[:100])
    assert among.risks(plain[100:]).mean() < alone.risks(plain[100:]).mean()


def test_the_desks_lessons_make_a_better_ranking_of_what_it_has_not_seen(
    shipped: Model, written: tuple[list[str], list[str]]
) -> None:
    told, texts, labels = school(written)
    renewed = renewal.renew(shipped, told, [])
    assert rank(renewed, texts, labels) > rank(shipped, texts, labels)


@pytest.mark.slow
def test_a_risk_still_means_what_it_says_after_renewal(
    shipped: Model, written: tuple[list[str], list[str]]
) -> None:
    """On an even mix of claims and posts that were not learned from."""
    told, texts, labels = school(written)
    risks, truth = renewal.renew(shipped, told, []).risks(texts), np.array(labels)
    mix = np.where(truth == 1, (truth == 0).sum() / (truth == 1).sum(), 1.0)
    assert np.average(risks, weights=mix) == pytest.approx(0.5, abs=0.1)
    high = risks >= 0.7
    assert np.average(truth[high], weights=mix[high]) > 0.7


# ---- who may move how much ----------------------------------------------------------------------


def school(
    written: tuple[list[str], list[str]], accounts: int = 4
) -> tuple[list[Lesson], list[str], list[int]]:
    """Honest lessons from every other text, decided by some accounts; the rest to be judged."""
    claims, plain = written
    told = [(text, 1) for text in claims[::2]] + [(text, 0) for text in plain[::2]]
    held = [(text, 1) for text in claims[1::2]] + [(text, 0) for text in plain[1::2]]
    lessons = [lesson(n, text, label, by=1 + n % accounts) for n, (text, label) in enumerate(told)]
    return lessons, [text for text, _ in held], [label for _, label in held]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 7), st.integers(0, 1)), min_size=1, max_size=60),
    st.floats(0.05, 0.5),
    st.floats(0, 500),
)
def test_no_account_weighs_more_than_its_bound(
    decided: list[tuple[int, int]], share: float, floor: float
) -> None:
    recipe = replace(RECIPE, share=share, floor=floor, ceiling=1500.0)
    told = [lesson(n, chr(0x4E00 + 40 * n) * 9, label, by) for n, (by, label) in enumerate(decided)]
    weights = renewal.influence(told, recipe)
    assert (weights >= 0).all()
    for account in {by for by, _ in decided}:
        own = sum(w for w, x in zip(weights, told, strict=True) if x.by == account)
        whole = sum(RECIPE.hit if x.label else RECIPE.miss for x in told if x.by == account)
        bound = min(max(share * weights.sum(), floor), 1500.0)
        assert own <= bound * 1.001 + 1e-9
        assert own == pytest.approx(min(whole, bound), rel=1e-6, abs=1e-9)  # and is held no lower


@pytest.mark.parametrize(
    ("share", "floor", "told_by", "weighed"),
    [
        (0.2, 0.0, [9, 4, 4, 1], [0, 0, 0, 0]),  # of four somebody makes up more than a fifth
        (0.249, 0.0, [9, 4, 4, 1], [0, 0, 0, 0]),  # and more than a little under a quarter
        (0.2, 60.0, [9, 4, 4, 1], [60, 60, 60, 20]),
        (0.2, 0.0, [9, 4, 4, 3, 2], [40, 40, 40, 40, 40]),  # of five all must weigh the same
        (0.2, 0.0, [9, 1, 1, 1, 1, 1], [25, 20, 20, 20, 20, 20]),  # 25 is a fifth of 125
    ],
    ids=["too few, no floor", "one nearly too few", "too few", "just enough", "one does most"],
)
def test_what_each_account_weighs_where_few_decide(
    share: float, floor: float, told_by: list[int], weighed: list[float]
) -> None:
    told = [
        lesson(10 * by + n, chr(0x4E00 + 40 * (10 * by + n)) * 9, 0, by)
        for by, many in enumerate(told_by)
        for n in range(many)
    ]
    weights = renewal.influence(told, replace(RECIPE, share=share, floor=floor))
    found = np.bincount([x.by for x in told], weights)
    assert found == pytest.approx(weighed)


def test_five_who_share_the_work_are_not_held_back() -> None:
    told = [lesson(n, chr(0x4E00 + 40 * n) * 9, n % 2, by=n % 5) for n in range(50)]
    assert renewal.influence(told).tolist() == [
        RECIPE.hit if x.label else RECIPE.miss for x in told
    ]


def test_a_claim_decided_fifty_times_counts_once() -> None:
    claim = "车牌浙BL{}的车刚从武汉回到白兔潭，车上有确诊患者，见到请报警"
    told = [lesson(n, claim.format(1000 + n), 0, by=n % 5) for n in range(50)]
    assert renewal.influence(told).sum() == pytest.approx(RECIPE.miss)


def test_one_of_the_random_sample_stands_for_those_not_drawn() -> None:
    told = [
        lesson(1, "河堤渗水，低处快搬", 1),
        lesson(2, "今晚吃面加两个蛋", 1, by=2, seen="sample", chance=0.5),
        lesson(3, "我家的猫会开门了", 1, by=3, seen="sample", chance=0.001),
    ]
    weights = renewal.influence(told) / RECIPE.hit
    assert weights.tolist() == [1, 2, RECIPE.drawn]


@dataclass(frozen=True)
class Desk:
    """A first week: honest lessons of four accounts, what is to be judged, what somebody may spoil."""

    honest: list[Lesson]
    held: list[str]
    labels: list[int]
    claims: list[str]
    plain: list[str]


def week(seed: int) -> Desk:
    claims, plain = desk_lessons.written()
    draw = random.Random(seed)
    claims, plain = claims + desk_lessons.starter(), list(plain)
    draw.shuffle(claims)
    draw.shuffle(plain)
    told = [(text, 1) for text in claims[100:140]] + [(text, 0) for text in plain[80:160]]
    return Desk(
        [lesson(n, text, label, by=1 + n % 4) for n, (text, label) in enumerate(told)],
        claims[:100] + plain[:80],
        [1] * 100 + [0] * 80,
        claims[140:640],
        [text + "！" * n for n in range(8) for text in plain[160:]][:500],
    )


@pytest.mark.slow
@pytest.mark.parametrize("label", [0, 1], ids=["claims dismissed", "idle posts kept"])
def test_one_account_cannot_turn_the_model_and_five_over_weeks_can(
    shipped: Model, label: int
) -> None:
    """500 wrong decisions, against 120 honest ones. The mean of two weeks drawn anew."""
    moved: dict[int, list[float]] = {1: [], 5: []}
    for seed in range(2):
        desk = week(seed)
        before = rank(renewal.renew(shipped, desk.honest, []), desk.held, desk.labels)
        for accounts, found in moved.items():
            wrong = [
                lesson(1000 + n, text, label, by=100 + n % accounts)
                for n, text in enumerate(desk.plain if label else desk.claims)
            ]
            assert len(wrong) == 500
            turned = renewal.renew(shipped, desk.honest + wrong, [])
            found.append(before - rank(turned, desk.held, desk.labels))
    alone, together = np.mean(moved[1]), np.mean(moved[5])
    assert abs(alone) < ONE_ACCOUNT
    assert together > alone + 0.01


@pytest.mark.slow
def test_what_one_account_weighs_does_not_grow_with_what_it_decides(shipped: Model) -> None:
    desk = week(0)
    for many in (100, 300, 500):
        wrong = [lesson(1000 + n, text, 0, by=9) for n, text in enumerate(desk.claims[:many])]
        weights = renewal.influence(desk.honest + wrong)
        assert weights[len(desk.honest) :].sum() <= 0.201 * weights.sum()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_rank_figure_is_the_area_under_the_roc_curve(seed: int) -> None:
    draw = np.random.default_rng(seed)
    scores, weights = draw.integers(0, 5, 20) / 5, draw.random((3, 20))
    hits = np.arange(20) % 3 == 0
    told = [roc_auc_score(hits, scores, sample_weight=each) for each in weights]
    assert renewal._ranks(scores, hits, weights) == pytest.approx(told)


def test_a_trial_on_years_of_verdicts_fits_into_memory() -> None:
    hits = np.arange(6000) % 2 == 0
    weights = np.ones((2, 6000))
    tracemalloc.start()
    renewal._ranks(np.arange(6000) / 6000, hits, weights)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000, "pairs of claims: 72 MB"
