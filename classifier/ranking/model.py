"""The shipped model: scores posts, says why, is saved as npz and JSON and loads nothing else.

A folder of weights holds ``model.npz`` (numbers and vocabulary, no objects), ``model.json`` (what
they are, with the SHA-256 of the npz), ``crowd.json`` (what replies tell) and ``card.json`` (data,
scores, limits). Nothing is ever unpickled; a folder that was changed by hand or made by another
program is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from classifier.ranking import asking_replies, familiarity, reasons, replies
from classifier.ranking.cues import NAMES
from classifier.ranking.features import Features
from classifier.ranking.linear import BATCH, Head, LinearClassifier, Parameters, expit
from classifier.ranking.replies import Crowd
from classifier.text.document import Document
from models.errors import InputError
from models.intake.records import Post
from models.ranking.records import Reason

WEIGHTS = Path(__file__).parents[1] / "weights"
FORMAT = "piyao-weights-2"
EXPLAIN_FROM = 0.15  # 较低: below it nobody reads reasons
MOST_BYTES = 200_000_000


@dataclass(frozen=True)
class Rating:
    """``risk`` 0..1, calibrated on an even mix (card.json); reasons strongest first."""

    risk: float
    reasons: tuple[Reason, ...]
    doubts: int = 0  # replies that ask or doubt
    checkable: float | None = None  # 0..1: a checkable claim of public concern; None: not told
    dubious: float | None = None  # 0..1: worded like claims later judged not true; None: not told
    strange: float = 0.0  # 0..1: share of its character pairs that the weights have never seen
    unfamiliar: bool = False  # too unlike anything seen: nobody should go by the risk alone


CHECKABLE, DUBIOUS = "checkable", "dubious"


@dataclass(frozen=True)
class Model:
    """A fitted classifier with its version, and what else is asked of a post (``heads``, by name;
    the rank never uses them), and what its replies tell (``answers``)."""

    classifier: LinearClassifier
    version: str
    heads: Mapping[str, Head] = field(default_factory=dict)
    answers: Crowd = field(default_factory=replies.shipped)

    def score(self, posts: Sequence[Post], explain_from: float = EXPLAIN_FROM) -> list[Rating]:
        """Judge posts, title and text together; what replies say is added by ``crowd.lift``.

        Author, source, likes and reposts are never looked at. Reasons are worked out from
        ``explain_from`` upwards; below it they are empty.
        """
        return self.rate([Document(post.whole) for post in posts], posts, explain_from)

    def rate(
        self,
        documents: Sequence[Document],
        posts: Sequence[Post],
        explain_from: float = EXPLAIN_FROM,
    ) -> list[Rating]:
        """``score`` of posts whose texts (``Post.whole``) are read already."""
        out: list[Rating] = []
        for start in range(0, len(posts), BATCH):
            part = slice(start, start + BATCH)
            out += self._batch(documents[part], posts[part], explain_from)
        return out

    def risks(self, texts: Sequence[str]) -> np.ndarray:
        """Risks (n_texts,) of bare texts, without reasons; the fast way for files and streams."""
        return expit(self.classifier.decision_function(texts))

    def _batch(
        self, documents: Sequence[Document], posts: Sequence[Post], explain_from: float
    ) -> list[Rating]:
        learner = self.classifier
        typed = [document.typed for document in documents]
        described = learner.features.describe(typed, [each.in_typed for each in documents])
        heard = [replies.lift(post.replies, self.answers) for post in posts]
        risks = expit(learner.log_odds(described) + [lift for lift, _ in heard]).tolist()
        told = {name: head.chance(described).tolist() for name, head in self.heads.items()}
        strange = familiarity.strange(described).tolist()
        high = [i for i, risk in enumerate(risks) if risk >= explain_from]
        words = [documents[i].words for i in high]
        weights = learner.slope * learner.coef
        own = zip(
            high, reasons.explain(described, high, words, weights, learner.features), strict=True
        )
        why = {
            i: tuple(sorted((*found, *heard[i][1]), key=lambda reason: -abs(reason.weight)))
            for i, found in own
        }
        return [
            Rating(
                risks[i],
                why.get(i, ()),
                asking_replies.count(post.replies),
                checkable=told[CHECKABLE][i] if CHECKABLE in told else None,
                dubious=told[DUBIOUS][i] if DUBIOUS in told else None,
                strange=strange[i],
                unfamiliar=familiarity.unfamiliar(documents[i].typed, strange[i]),
            )
            for i, post in enumerate(posts)
        ]


def save(model: Model, folder: Path, card: dict[str, Any] | None = None) -> None:
    """Write the files; each is replaced only when it is whole."""
    learner, features = model.classifier, model.classifier.features
    arrays = {
        "characters": _pack(features.characters),
        "idf": features.idf.astype(np.float32),
        "steps": features.steps,
        "coef": learner.coef.astype(np.float32),
        **{name: head.coef.astype(np.float16) for name, head in model.heads.items()},
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    about = {
        "format": FORMAT,
        "version": model.version,
        "sha256": hashlib.sha256(buffer.getvalue()).hexdigest(),
        "parameters": asdict(learner.parameters),
        "cues": list(NAMES),
        "intercept": learner.intercept,
        "slope": learner.slope,
        "offset": learner.offset,
        "heads": {
            name: {"intercept": head.intercept, "slope": head.slope, "offset": head.offset}
            for name, head in model.heads.items()
        },
    }
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / "model.npz", buffer.getvalue())
    _replace(folder / "model.json", _json(about))
    replies.save(model.answers, folder / "crowd.json")
    if card is not None:
        _replace(folder / "card.json", _json(card))


def load(folder: Path | str | None = None) -> Model:
    """The model in a folder of weights; without one, the shipped model.

    Raises ``InputError`` when a file is missing, was tampered with, or is none of ours.
    """
    folder = Path(folder) if folder else WEIGHTS
    mend = "restore the folder, or train anew with `piyao train`"
    try:
        about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        if (folder / "model.npz").stat().st_size > MOST_BYTES:
            raise InputError("the weights are too large to be ours", str(folder), mend)
        data = (folder / "model.npz").read_bytes()
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"no readable weights ({error})", str(folder), mend) from error
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise InputError("model.json is not of this format", str(folder), mend)
    if hashlib.sha256(data).hexdigest() != about.get("sha256"):
        raise InputError("model.npz is not the file that model.json names", str(folder), mend)
    try:
        return _build(about, data, replies.load(folder / "crowd.json"))
    except (KeyError, TypeError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise InputError(f"the weights do not fit together ({error})", str(folder), mend) from error


def _build(about: dict[str, Any], data: bytes, answers: Crowd) -> Model:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        characters, steps = _unpack(arrays["characters"]), arrays["steps"].astype(float)
        idf, coef = arrays["idf"].astype(float), arrays["coef"].astype(float)
        heads = {
            name: Head(arrays[name].astype(float), **{k: float(v) for k, v in told.items()})
            for name, told in about["heads"].items()
        }
    if about["cues"] != list(NAMES):
        raise ValueError("the cues are not those of this version")
    if steps.ndim != 2 or steps.shape[1] != 2 or not np.isin(steps[:, 0], range(len(NAMES))).all():
        raise ValueError("the steps are of no cue")
    parameters = Parameters(**about["parameters"])
    features = Features(
        characters,
        idf,
        steps,
        parameters.longest,
        parameters.cue_scale,
        parameters.detail_scale,
    )
    widths = {len(coef), *(len(head.coef) for head in heads.values())}
    if len(idf) != len(characters) or widths != {features.width}:
        raise ValueError("lengths differ")
    if not all(np.isfinite(each).all() for each in (idf, coef, *(h.coef for h in heads.values()))):
        raise ValueError("not finite")
    learner = LinearClassifier(
        coef,
        float(about["intercept"]),
        float(about["slope"]),
        float(about["offset"]),
        features=features,
        parameters=parameters,
    )
    return Model(learner, str(about["version"]), heads, answers)


def _pack(terms: Mapping[str, int]) -> np.ndarray:
    return np.frombuffer("\n".join(terms).encode(), dtype=np.uint8)


def _unpack(packed: np.ndarray) -> dict[str, int]:
    terms = packed.tobytes().decode().split("\n")
    return {term: i for i, term in enumerate(terms)} if terms != [""] else {}


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
