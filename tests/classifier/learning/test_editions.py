"""Editions of the model: whole on disk or not there, tried before use, reversible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import piyao
from classifier.learning import editions as model_editions
from classifier.learning import night, renewal
from classifier.ranking import model, new_posts
from classifier.ranking.model import Model
from jobs import learn, rank
from jobs.shared import Desk
from models import audit, store
from models.casework import queue
from models.config import Config, ModelConfig
from models.errors import InputError
from models.intake import posts
from models.intake.records import Post
from models.learning import editions, withdrawals
from models.learning.editions import Edition
from models.people import officers
from models.store import Store
from tests import case_steps, desk_lessons
from tests.conftest import People

pytestmark = pytest.mark.slow

SHARE = 0.05


@pytest.fixture(scope="module")
def shipped() -> Model:
    return model.load()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock of the house."""
    gone = [0.0]
    real = store.clock
    monkeypatch.setattr(store, "clock", lambda: real() + timedelta(days=gone[0]))

    def days(count: float) -> None:
        gone[0] += count

    return days


def kept(db: Store, shipped: Model, version: str, shift: float = 1.0) -> Edition:
    learner = replace(shipped.classifier, intercept=shipped.classifier.intercept + shift)
    about = Edition(version, shipped.version, store.now(), store.now(), "", 1, 1, 1, 0, 0.01)
    return model_editions.keep(db, replace(shipped, classifier=learner, version=version), about)


def scored_by(db: Store, post_id: int) -> str:
    """The version of the weights that scored the post."""
    return str(db.value("SELECT model FROM scores WHERE post_id = ?", post_id))


def test_an_edition_comes_back_as_it_was_made(db: Store, shipped: Model) -> None:
    made = kept(db, shipped, "one")
    back = model_editions.load(db, "one")
    text = ["河堤渗水，快搬走", "今晚吃面"]
    assert back.version == made.version == "one"
    assert np.all(back.risks(text) > shipped.risks(text))
    assert editions.get(db, "one") == made
    assert [p.name for p in model_editions.folder(db).iterdir()] == ["one"], "nothing half-written"
    assert "model.renew" in {entry.action for entry in audit.newest(db)}


def test_an_edition_is_never_overwritten(db: Store, shipped: Model) -> None:
    first = kept(db, shipped, "one")
    assert kept(db, shipped, "one", shift=5.0) == first
    assert model_editions.digest(model_editions.folder(db) / "one") == first.digest


@pytest.mark.parametrize("name", ["model.json", "model.npz"])
def test_a_tampered_edition_is_refused_and_the_last_good_one_goes_on(
    db: Store, shipped: Model, name: str
) -> None:
    for version in ("one", "two"):
        kept(db, shipped, version)
        model_editions.use(db, shipped, version)
    file = model_editions.folder(db) / "two" / name
    file.write_bytes(file.read_bytes()[:-9] + b"-tampered")
    with pytest.raises(InputError) as caught:
        model_editions.use(db, shipped, "two")
    assert "\n" not in str(caught.value) and caught.value.mend
    found, problem = model_editions.in_use(db, shipped, shipped)
    assert found.version == "one" == editions.current(db)
    assert "one goes on" in problem and "\n" not in problem
    assert editions.uses(db)[-1].why == "fallback"
    (model_editions.folder(db) / "one" / "model.json").unlink()
    found, _ = model_editions.in_use(db, shipped, shipped)
    assert found is shipped and editions.current(db) == shipped.version
    assert model_editions.in_use(db, shipped, shipped) == (shipped, "")


def test_weights_that_load_and_are_not_those_that_were_made_are_refused(
    db: Store, shipped: Model
) -> None:
    kept(db, shipped, "one")
    file = model_editions.folder(db) / "one" / "model.json"
    file.write_bytes(file.read_bytes() + b"\n")  # still the same to a reader of JSON
    with pytest.raises(InputError, match="not those that were made"):
        model_editions.load(db, "one")


def test_only_an_edition_of_this_desk_can_be_used(db: Store, shipped: Model) -> None:
    with pytest.raises(InputError, match="model list"):
        model_editions.use(db, shipped, "../../weights")
    assert editions.current(db) == ""


def test_a_model_is_not_used_before_it_stood_its_trial_on_later_verdicts(
    db: Store, shipped: Model, later: Callable[[float], None]
) -> None:
    team = desk_lessons.team(db)
    assert night.renew(db, shipped, SHARE) == night.Night(None, None)
    desk_lessons.decide(db, team, 0, 20)
    later(1)
    first = night.renew(db, shipped, SHARE)
    assert first.made and first.made.lessons == 40 and first.made.accounts == 4
    assert first.trial is None and editions.current(db) == ""
    later(1)
    case_steps.cluster_of(db, ["一件小事"], risk=0.1)
    later(1)
    assert night.renew(db, shipped, SHARE).made is None, "nothing new was taught"
    assert len(list(model_editions.folder(db).iterdir())) == 1
    model_editions.folder(db).rename(db.path.with_name("lost"))
    again = night.renew(db, shipped, SHARE).made
    assert again and again.lessons == 40, "what is lost is made anew"
    desk_lessons.decide(db, team, 20, 24)
    later(1)
    assert night.renew(db, shipped, SHARE).trial is None, "eight verdicts tell nothing"
    desk_lessons.decide(db, team, 24, 45)
    later(1)
    done = night.renew(db, shipped, SHARE)
    assert done.trial and done.trial.not_worse
    assert done.trial.against == shipped.version and done.trial.lessons >= renewal.LATER
    assert editions.current(db) == done.trial.version
    assert done.made and done.made.lessons == 90
    said = audit.of_object(db, f"model:{done.trial.version}")
    assert [entry.action for entry in said] == ["model.use", "model.renew"]
    assert audit.verify(db).ok


def test_who_chose_while_a_broken_edition_was_read_is_not_overruled(
    db: Store, shipped: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("one", "two"):
        kept(db, shipped, version)
        model_editions.use(db, shipped, version)
    (model_editions.folder(db) / "two" / "model.npz").write_bytes(b"spoilt")
    real = model_editions.digest

    def slow(home: Path) -> str:
        with store.using(db.path) as other:
            editions.use(other, shipped.version, "chosen", by=officers.MACHINE)
        return real(home)

    monkeypatch.setattr(model_editions, "digest", slow)
    model_editions.in_use(db, shipped, shipped)
    assert editions.current(db) == shipped.version


def test_a_worse_model_is_not_swapped_in(
    db: Store, shipped: Model, later: Callable[[float], None]
) -> None:
    """Twenty accounts err alike for a day; the verdicts of the days after do not bear it out."""
    team = desk_lessons.team(db, 20)
    desk_lessons.decide(db, team, 0, 30, turned_round=True)
    later(1)
    bad = night.renew(db, shipped, SHARE).made
    desk_lessons.decide(db, team, 30, 46)
    later(1)
    done = night.renew(db, shipped, SHARE)
    assert bad and done.trial and done.trial.version == bad.version
    assert done.trial.result == "worse" and editions.current(db) == ""


def test_verdicts_of_one_account_try_nothing(
    db: Store, shipped: Model, later: Callable[[float], None]
) -> None:
    team = desk_lessons.team(db)
    desk_lessons.decide(db, team, 0, 4)
    later(1)
    night.renew(db, shipped, SHARE)
    desk_lessons.decide(db, team[:1], 4, 24)
    later(1)
    assert night.renew(db, shipped, SHARE).trial is None


def test_a_withdrawn_lesson_is_not_learned(
    db: Store, shipped: Model, people: People, later: Callable[[float], None]
) -> None:
    case_steps.teach(db, "河堤渗水，快搬走", 1, people.verifier)
    wrong = case_steps.teach(db, "今晚吃面", 1, people.verifier)
    withdrawals.withdraw(db, wrong.id, reason="误判", by=people.verifier)
    made = night.renew(db, shipped, SHARE).made
    assert made and made.lessons == 1


def test_a_running_clock_takes_up_the_model_in_use_and_old_scores_stay(
    db: Store, tmp_path: Path, shipped: Model, people: People
) -> None:
    desk = Desk(Config(tmp_path, tmp_path), model=shipped)
    posts.add(db, Post("forum", "old", "今晚月亮好圆，江边好多人拍照"))
    rank.score(desk, db)
    waiting = case_steps.open_case(db, text="石桥中学明天停课，家长群都通知了")
    settled = case_steps.teach(db, "三号线隧道渗水停运一周", 1, people.verifier)
    kept(db, shipped, "one")
    model_editions.use(db, shipped, "one")
    posts.add(db, Post("forum", "new", "刚到家，煮了一锅粥"))
    rank.score(desk, db)
    assert desk.model.version == "one" and desk.shipped is shipped
    assert {post.text: scored_by(db, post.id) for post in posts.newest(db)} == {
        "今晚月亮好圆，江边好多人拍照": shipped.version,
        "刚到家，煮了一锅粥": "one",
        waiting.claim: "one",
        settled.claim: "test",
    }
    model_editions.use(db, shipped, shipped.version)
    rank.score(desk, db)
    assert desk.model is shipped
    assert queue.cases(db, "todo")[0].id == waiting.id


def test_what_a_swap_lets_be_read_again_is_read_by_the_new_model_in_the_midst_of_a_round(
    db: Store, tmp_path: Path, shipped: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(Config(tmp_path, tmp_path), model=shipped)
    waiting = case_steps.open_case(db, text="石桥中学明天停课，家长群都通知了")
    kept(db, shipped, "one")
    posts.add(db, Post("forum", "new", "刚到家，煮了一锅粥"))
    batch = new_posts.score_new

    def swapped_meanwhile(*given: Any) -> int:
        done = batch(*given)
        if not editions.current(db):
            with store.using(db.path) as other:
                model_editions.use(other, shipped, "one")
        return done

    monkeypatch.setattr(new_posts, "score_new", swapped_meanwhile)
    rank.score(desk, db)
    (post,) = posts.of_cluster(db, waiting.cluster_id)
    assert scored_by(db, post.id) == "one"


def test_a_night_is_renewed_once_and_one_slept_through_is_caught_up_once(
    db: Store, tmp_path: Path, shipped: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights: list[str] = []
    monkeypatch.setattr(night, "renew", lambda *_, **__: nights.append(store.now().isoformat()))
    desk = Desk(Config(tmp_path, tmp_path), model=shipped)

    def at(moment: str) -> int:
        when = store.datetime.fromisoformat(moment)
        monkeypatch.setattr(store, "clock", lambda: when)
        learn.renew(desk, db)
        return len(nights)

    assert at("2026-01-10T19:29:00+00:00") == 1, "the night before was never renewed"
    assert at("2026-01-10T19:29:30+00:00") == 1
    assert at("2026-01-10T19:30:00+00:00") == 2, "03:30 in China"
    assert at("2026-01-11T19:29:00+00:00") == 2
    assert at("2026-01-15T03:00:00+00:00") == 3, "four nights slept through are one"
    assert at("2026-01-15T03:01:00+00:00") == 3
    desk.config = replace(desk.config, model=ModelConfig(renew_at=""))
    assert at("2026-02-15T03:01:00+00:00") == 3


def test_a_renewal_that_fails_is_said_and_waits_for_the_next_night(
    db: Store, tmp_path: Path, shipped: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise InputError("no room")

    monkeypatch.setattr(night, "renew", refused)
    desk = Desk(Config(tmp_path, tmp_path), model=shipped)
    with pytest.raises(InputError):
        learn.renew(desk, db)
    learn.renew(desk, db)


# ---- the command --------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path, db: Store) -> Callable[..., tuple[int, str]]:
    (tmp_path / "piyao.toml").write_text('data_dir = "."\n', encoding="utf-8")

    def command(*words: str) -> tuple[int, str]:
        told = ["model", *words, "--config", str(tmp_path / "piyao.toml")]
        found = CliRunner().invoke(piyao.main, told, env={"COLUMNS": "200"})
        return found.exit_code, found.output

    return command


def test_the_command_renews_lists_and_goes_back(
    db: Store, shipped: Model, run: Callable[..., tuple[int, str]]
) -> None:
    assert run("renew") == (0, "没有等待比较的版本。没有新的核定可学。\n")
    desk_lessons.decide(db, desk_lessons.team(db), 0, 3)
    code, said = run("renew")
    (made,) = editions.all(db)
    assert code == 0 and made.version in said and "6 条样例" in said
    code, said = run("list")
    assert code == 0 and shipped.version in said and "等够后来的核定" in said
    assert run("use", made.version)[0] == 0 and editions.current(db) == made.version
    assert run("use", shipped.version)[0] == 0 and editions.current(db) == shipped.version
    assert [use.by for use in editions.uses(db)] == [officers.MACHINE.id] * 2
    code, said = run("use", "nothing")
    assert code == 1 and said.startswith("Error: ") and said.count("\n") == 1
