"""Learning what is ordinary here with no verdict: what it may move, and who cannot make it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from classifier.learning import editions as model_editions
from classifier.learning import first_night, night, prior, settling
from classifier.learning import matrix as matrices
from classifier.learning.prior import Prior
from classifier.learning.settling import SETTLING
from classifier.ranking import model
from classifier.ranking.model import Model
from jobs import learn
from jobs.shared import Desk
from models import audit, store
from models.config import Config, ModelConfig
from models.errors import InputError, RuleBroken
from models.learning import editions
from models.people import officers
from models.store import Store
from tests import desk_lessons, everyday_desk

pytestmark = pytest.mark.slow

LINE = 0.6
RUMOR = "听说东渡镇进了一辆外地牌照的车，车上有确诊病人，大家看到请报警"
SANK = 0.02  # a story may lose so much of its place among everyday posts, whoever writes what


@pytest.fixture(scope="module")
def shipped() -> Model:
    return model.load()


@pytest.fixture(scope="module")
def held(shipped: Model) -> Prior:
    return prior.load(model.WEIGHTS, shipped.classifier.features.width)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock of the house by hours."""
    gone = [0.0]
    real = store.clock
    monkeypatch.setattr(store, "clock", lambda: real() + timedelta(hours=gone[0]))

    def hours(count: float) -> None:
        gone[0] += count

    return hours


def texts(count: int, seed: int = 0, about: str = "") -> list[str]:
    return [post.text for post in everyday_desk.idle(count, seed, about)]


def above(judge: Model, text: str, among: list[str]) -> float:
    """The share of everyday posts that stand above a text."""
    return float((judge.risks(among) > judge.risks([text])[0]).mean())


def a_day(db: Store, later: Callable[[float], None], seed: int = 0) -> None:
    """Twelve hours of everyday posts."""
    for hour in range(6):
        everyday_desk.fill(db, everyday_desk.idle(150, seed=seed + hour))
        later(2)


# ---- the step -----------------------------------------------------------------------------------


def test_what_everybody_here_says_becomes_ordinary_and_rumors_stay(
    shipped: Model, held: Prior
) -> None:
    moved = settling.settle(shipped, held, texts(600, about="确诊病例"))
    here = texts(200, seed=9, about="确诊病例")
    assert moved.risks(here).mean() < 0.9 * shipped.risks(here).mean()
    claims, plain = desk_lessons.written()
    assert above(moved, RUMOR, plain + here) <= above(shipped, RUMOR, plain + here) + SANK
    assert (
        first_night._rank(moved, claims, plain) > first_night._rank(shipped, claims, plain) - 0.02
    )
    again = settling.settle(shipped, held, texts(600, about="确诊病例"))
    assert np.array_equal(again.classifier.coef, moved.classifier.coef)
    assert settling.settle(shipped, held, []) is shipped


def test_no_run_of_characters_moves_further_than_its_bound(shipped: Model, held: Prior) -> None:
    firm = replace(SETTLING, share=100.0)
    moved = settling.settle(shipped, held, ["外地牌照的车"] * 300, firm)
    step = np.abs(moved.classifier.coef - shipped.classifier.coef)
    runs = step[: len(shipped.classifier.features.characters)]
    assert SETTLING.most / 2 < runs.max() <= SETTLING.most + 1e-9


def test_few_posts_move_little(shipped: Model, held: Prior) -> None:
    few, many = (
        np.abs(settling.settle(shipped, held, texts(n)).classifier.coef - shipped.classifier.coef)
        for n in (30, 900)
    )
    assert 0 < few.sum() < many.sum() / 3


def test_the_mean_rumor_is_told_what_it_was_told(shipped: Model, held: Prior) -> None:
    moved = settling.settle(shipped, held, texts(600)).classifier

    def told(learner: object) -> float:
        mean = held.means[1]
        return learner.slope * (mean[:-1] @ learner.coef + learner.intercept) + learner.offset

    assert told(moved) == pytest.approx(told(shipped.classifier))


def test_the_prior_is_the_bowl_of_training_in_its_mean_directions(shipped: Model) -> None:
    """Against the loss of training, doubled and halved by finite differences along the mean posts."""
    claims, plain = desk_lessons.written()
    learner = shipped.classifier
    rows = matrices.typed(learner.features, learner.features.typed(claims + plain))
    labels = np.array([1] * len(claims) + [0] * len(plain))
    weights = np.where(labels == 1, 1.0, 3.0)
    found = prior.of(learner, rows, labels, weights)
    signs = np.where(labels == 1, 1.0, -1.0)
    near = signs * (rows @ learner.coef + learner.intercept) < 1
    for side, label in ((0, 0), (1, 1)):
        own = near & (labels == label)
        assert found.masses[side] == pytest.approx(2 * learner.parameters.C * weights[own].sum())
        mean = np.average(rows[own].toarray(), axis=0, weights=weights[own])
        assert found.means[side] == pytest.approx(np.append(mean, 1.0))
    assert found.spread.min() >= 0 and found.spread[-1] == pytest.approx(0, abs=1e-6)


def test_a_prior_that_was_changed_or_is_of_other_weights_is_refused(
    tmp_path: Path, held: Prior
) -> None:
    width = len(held.spread) - 1
    prior.save(held, tmp_path)
    back = prior.load(tmp_path, width)
    assert np.allclose(back.means, held.means, atol=1e-3)
    with pytest.raises(InputError, match="does not fit"):
        prior.load(tmp_path, width + 1)
    (tmp_path / prior.FILE).write_bytes((tmp_path / prior.FILE).read_bytes()[:-50])
    with pytest.raises(InputError):
        prior.load(tmp_path, width)
    (tmp_path / prior.FILE).unlink()
    with pytest.raises(InputError, match="no readable"):
        prior.load(tmp_path, width)


# ---- the night ----------------------------------------------------------------------------------


def test_a_night_without_a_decision_adapts_after_its_first_hours(
    db: Store, shipped: Model, later: Callable[[float], None]
) -> None:
    everyday_desk.fill(db, everyday_desk.idle(150))
    later(2)
    assert first_night.settle(db, shipped, LINE) is None, "too few to know"
    a_day(db, later, seed=1)
    made = first_night.settle(db, shipped, LINE)
    assert made and made.ground and made.lessons == 0 and editions.current(db) == made.version
    assert (made.ground.sources, made.ground.drawn_from) == (3, 1050) and made.ground.terms
    assert editions.uses(db)[-1].why == editions.SETTLED
    told = {entry.action: entry for entry in audit.of_object(db, f"model:{made.version}")}
    assert told["model.settle"].detail["sources"] == 3 and "model.use" in told
    assert first_night.settle(db, shipped, LINE) is None, "not before some hours"
    later(4)
    assert first_night.settle(db, shipped, LINE) is None, "and not for hardly more"
    a_day(db, later, seed=10)
    second = first_night.settle(db, shipped, LINE)
    assert second and second.base == shipped.version and second.version == editions.current(db)
    model_editions.load(db, second.version)
    assert audit.verify(db).ok


def test_what_an_officer_chose_and_what_verdicts_taught_is_not_overruled(
    db: Store, shipped: Model, later: Callable[[float], None]
) -> None:
    a_day(db, later)
    made = first_night.settle(db, shipped, LINE)
    assert made
    model_editions.use(db, shipped, shipped.version)
    later(30)
    a_day(db, later, seed=20)
    assert first_night.settle(db, shipped, LINE) is None and not editions.may_settle(db)
    with pytest.raises(RuleBroken):
        editions.use(db, made.version, editions.SETTLED, by=officers.MACHINE)
    model_editions.use(db, shipped, made.version)
    assert editions.may_settle(db), "chosen again, it goes on"
    desk_lessons.decide(db, desk_lessons.team(db), 0, 4)
    taught = night.renew(db, shipped, 0.05, line=LINE).made
    assert taught and not taught.ground
    model_editions.use(db, shipped, taught.version, "nightly")
    later(30)
    a_day(db, later, seed=30)
    assert first_night.settle(db, shipped, LINE) is None
    assert editions.current(db) == taught.version


def test_an_edition_under_which_known_claims_sink_is_kept_and_not_used(
    db: Store, shipped: Model, later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seed's claims, and everyday posts that turn the weights round."""
    from jobs.recognise import enter_starter_claims

    enter_starter_claims(db)
    a_day(db, later)
    turned = replace(shipped.classifier, coef=-shipped.classifier.coef)
    monkeypatch.setattr(settling, "settle", lambda *_: replace(shipped, classifier=turned))
    made = first_night.settle(db, shipped, LINE)
    assert made and editions.get(db, made.version) and editions.current(db) == ""


def test_the_clock_settles_and_a_desk_without_a_time_never_does(
    db: Store, tmp_path: Path, later: Callable[[float], None]
) -> None:
    a_day(db, later)
    learn.settle(Desk(Config(tmp_path, tmp_path, model=ModelConfig(renew_at=""))), db)
    assert editions.all(db) == []
    learn.settle(Desk(Config(tmp_path, tmp_path)), db)
    assert len(editions.all(db)) == 1


# ---- who cannot make it -------------------------------------------------------------------------


def test_a_flood_of_one_story_in_many_wordings_does_not_become_ordinary(
    db: Store, shipped: Model, later: Callable[[float], None]
) -> None:
    """20,000 posts by as many accounts, none of which is filed with another."""
    a_day(db, later)
    everyday_desk.fill(db, everyday_desk.flood(20_000))
    later(2)
    made = first_night.settle(db, shipped, LINE)
    assert made and made.ground and editions.current(db) == made.version
    _, plain = desk_lessons.written()
    moved = model_editions.load(db, made.version)
    assert above(moved, RUMOR, plain) <= above(shipped, RUMOR, plain) + SANK
    assert not {"东渡", "外地车", "确诊"} & set(made.ground.terms)


@pytest.mark.parametrize("accounts", [5, 100])
def test_who_seeds_a_rumors_words_for_days_moves_it_little(
    db: Store, shipped: Model, later: Callable[[float], None], accounts: int
) -> None:
    """Benign posts, all different, around the words of a story that is to come."""
    seeded = ("外地牌照的车", "东渡镇", "车上有确诊病人", "看到请报警")
    for day in range(3):
        a_day(db, later, seed=100 * day)
        for n, words in enumerate(seeded):
            told = everyday_desk.idle(100, 1000 + 10 * day + n, words, source="source-0")
            everyday_desk.fill(
                db, (replace(post, author=f"b{i % accounts}") for i, post in enumerate(told))
            )
        later(12)
    made = first_night.settle(db, shipped, LINE)
    assert made
    _, plain = desk_lessons.written()
    moved = model_editions.load(db, made.version)
    assert above(moved, RUMOR, plain) <= above(shipped, RUMOR, plain) + SANK


def test_texts_of_a_megabyte_are_read_in_no_time(shipped: Model) -> None:
    assert len(settling.unlike(["东" * 1_000_000, *texts(20)])) >= 20
