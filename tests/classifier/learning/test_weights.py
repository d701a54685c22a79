import ast
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import classifier
from classifier.learning import card, examples, train
from classifier.ranking import model
from models.errors import InputError

ROOT = Path(classifier.__file__).parent
CARD = json.loads((model.WEIGHTS / "card.json").read_text(encoding="utf-8"))


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(model.WEIGHTS, tmp_path / "weights"))


def labelled(path, n=30, **more):
    rows = []
    for i in range(n):
        rows.append(
            {"text": f"紧急扩散 有毒 {'甲乙丙丁'[i % 4]}", "label": 1, "cluster": f"a{i}", **more}
        )
        rows.append(
            {"text": f"今天吃面 {'春夏秋冬'[i % 4]}", "label": 0, "cluster": f"b{i}", **more}
        )
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_weights_that_are_saved_load_and_score_the_same(tmp_path):
    made = train.run([labelled(tmp_path / "a.jsonl")], tmp_path / "out", evaluate=False)
    loaded = model.load(tmp_path / "out")
    assert loaded.version == made.version
    risks = loaded.risks(["紧急扩散 有毒", "今天吃面"])
    assert risks[0] > 0.5 > risks[1]
    model.save(loaded, tmp_path / "again")
    again = model.load(tmp_path / "again")
    assert np.array_equal(again.risks(["紧急扩散"]), loaded.risks(["紧急扩散"]))
    assert made.card["calibration"]["reliability"]


def test_a_changed_byte_is_refused(copy):
    data = bytearray((copy / "model.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (copy / "model.npz").write_bytes(data)
    with pytest.raises(InputError, match="not the file"):
        model.load(copy)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "other"}', "[" * 100_000, "null"])
def test_a_foreign_manifest_is_refused(copy, text):
    (copy / "model.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        model.load(copy)


@pytest.mark.slow
def test_arrays_that_do_not_fit_are_refused(copy):
    with np.load(copy / "model.npz") as arrays:
        held = dict(arrays)
    strange = held["steps"].copy()
    strange[0, 0] = 99
    wrong = [("coef", held["coef"][:-1]), ("coef", held["coef"] * np.nan), ("steps", strange)]
    for name, value in [*wrong, ("dubious", held["dubious"][:-1])]:
        np.savez_compressed(copy / "model.npz", **(held | {name: value}))
        _resign(copy)
        with pytest.raises(InputError, match="fit together"):
            model.load(copy)


def test_pickled_objects_inside_are_refused(copy):
    np.savez_compressed(
        copy / "model.npz", characters=np.array([{}], dtype=object), allow_pickle=True
    )
    _resign(copy)
    with pytest.raises(InputError):
        model.load(copy)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="no readable weights"):
        model.load(tmp_path / "nowhere")


def _resign(folder):
    import hashlib

    about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    about["sha256"] = hashlib.sha256((folder / "model.npz").read_bytes()).hexdigest()
    (folder / "model.json").write_text(json.dumps(about), encoding="utf-8")


def test_nothing_in_the_room_can_unpickle():
    banned = {"pickle", "cPickle", "marshal", "joblib", "dill", "shelve", "cloudpickle"}
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & banned, path.name
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                assert ast.unparse(node.value) == "False", path.name


def test_the_shipped_weights_keep_only_what_five_posts_share_and_stay_small():
    assert CARD["features"]["min_posts_a_feature"] >= 5
    assert CARD["features"]["author_features"] == 0
    assert sum(path.stat().st_size for path in model.WEIGHTS.iterdir()) < 9_000_000
    learner = model.load().classifier
    assert max(map(len, learner.features.characters)) <= 3
    assert len(learner.coef) == len(learner.features.names)


def test_the_card_names_every_set_its_terms_its_scores_and_its_limits():
    assert set(CARD["data"]) == set(card.TERMS)
    assert all(row["terms"] and row["rows"] for row in CARD["data"].values())
    assert set(CARD["scores"]) >= {
        "cluster_folds",
        "random_folds",
        "streams",
        "questions",
        "by_topic",
    }
    assert CARD["limits"] and CARD["version"] == model.load().version
    assert CARD["calibration"]["expected_calibration_error"] < 0.03


def test_one_claim_told_often_teaches_once_and_sources_of_negatives_weigh_the_same(tmp_path):
    rows = [{"text": f"说法{i}", "label": 1, "cluster": "x"} for i in range(9)]
    rows += [{"text": f"普通{i}", "label": 0, "source": "big"} for i in range(8)]
    rows += [{"text": f"日常{i}", "source": "small"} for i in range(2)]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    kept = examples.one_a_cluster(examples.read_examples([path]).examples)
    assert sum(e.label for e in kept) == 1 and len(kept) == 11
    weights = examples.weights(kept)
    by = {
        s: sum(w for w, e in zip(weights, kept, strict=True) if e.source == s)
        for s in ("big", "small")
    }
    assert by["big"] == pytest.approx(by["small"]) == pytest.approx(5 * examples.ORDINARY)


def test_too_few_of_a_label_is_told(tmp_path):
    with pytest.raises(InputError, match="at least"):
        train.run([labelled(tmp_path / "a.jsonl", n=3)], tmp_path / "out")


def test_bad_rows_are_left_out_and_counted(tmp_path):
    path = labelled(tmp_path / "a.jsonl")
    path.write_text(path.read_text() + '\nnot json\n{"label": 1}\n{"text": "x", "label": 7}\n')
    reading = examples.read_examples([path])
    assert len(reading.examples) == 60 and len(reading.left_out) == 3


def test_the_model_card_in_the_docs_is_the_one_of_the_shipped_weights():
    page = ROOT.parent / "docs" / "model-card.md"
    drawn = page.with_name("images") / "reliability.svg"
    assert page.read_text(encoding="utf-8") == card.markdown(CARD), "run `make docs`"
    assert drawn.read_text(encoding="utf-8") == card.diagram(CARD), "run `make docs`"
