"""What the crowd says: replies raise a post's risk as far as posts answered like that were rumors.

The lift is a logistic regression over the words of the replies with the text's own log-odds as its
offset, so that it learns only what the text does not say already. A word counts by the logarithm of
the *different* replies that hold it: one reply copied a hundred times is one reply. Names of people,
places and bodies are no features. The sum is held between a floor and ``cap``:

- the floor is ``doubts.lift``: what was asked cannot be washed away by hired praise, and it is never
  below 0, so a post without replies, or whose replies were deleted, scores exactly as its text;
- the ceiling, because a crowd can be bought.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit

from classifier import doubts, kinds, lexicon, lines
from classifier.text import HAN, normalise, segment
from models import text as intake
from models.errors import InputError
from models.records import Reason, Reply

FILE = Path(__file__).parent / "weights" / "crowd.json"
FORMAT = "piyao-crowd-1"
CAP = 4.0  # log-odds
HOUR = timedelta(hours=1)
SIZES = (1, 3, 10, 30)  # each post teaches as a desk may meet it: so many replies, all in an hour
READ = 200  # replies of a post that are read
FEWEST = 15  # posts that must hold a word
RIDGE = 5.0
ASKS = ("〔求证〕", "〔质疑〕")  # patterns of ``doubts``, counted beside the words
REASONS = 3
_WORD = re.compile(f"[{HAN}]")
_NAMES = ("nr", "ns", "nt", "nz")
_RETOLD = re.compile(f"//{kinds.USER_MARK}")  # what follows was written by somebody before


@dataclass(frozen=True)
class Crowd:
    """``terms``: log-odds a doubling of the replies that hold it; ``start`` at most 0."""

    terms: Mapping[str, float]
    start: float = 0.0
    cap: float = CAP


@dataclass(frozen=True)
class Answered:
    """A labelled post to learn from: its replies, and the log-odds that its text has on its own,
    told by a model that did not see it."""

    text: str
    replies: tuple[Reply, ...]
    posted_at: datetime
    label: int
    log_odds: float


def lift(replies: Sequence[Reply], crowd: Crowd | None = None) -> tuple[float, tuple[Reason, ...]]:
    """Log-odds (0..cap) that replies add to a post's own, and why.

    Never below ``doubts.lift`` of the different replies that ask or doubt; 0 without replies.
    ``crowd`` is the shipped one if absent.

    >>> lift([])
    (0.0, ())
    """
    if not replies:
        return 0.0, ()
    crowd = crowd or shipped()
    own = _own(replies)
    floor = doubts.lift(sum(any(doubts.kinds_of(reply)) for reply in own))
    shares = {t: crowd.terms[t] * n for t, n in said(own).items() if t in crowd.terms}
    value = max(floor, min(crowd.start + sum(shares.values()), crowd.cap))
    if value <= 0:
        return 0.0, ()
    return value, _reasons(shares, value, len(replies))


def _reasons(shares: Mapping[str, float], value: float, replies: int) -> tuple[Reason, ...]:
    up = sorted((t for t in shares if shares[t] > 0), key=lambda t: (-shares[t], t))[:REASONS]
    words = "、".join(term.strip("〔〕") for term in up)
    told = f"{replies} 条评论（{words}）" if words else f"{replies} 条评论在求证或质疑"
    return (Reason(told, round(value, 3)),)


def _own(replies: Iterable[Reply]) -> set[str]:
    """What replies say themselves, each wording once; what stands after ``//@`` was said before."""
    typed = (kinds.typed(normalise(reply.text)) for reply in islice(replies, READ))
    return {_RETOLD.split(text, maxsplit=1)[0].strip() for text in typed}


def said(own: Iterable[str]) -> dict[str, float]:
    """Terms of different replies: log2(1 + how many hold it). Words of two characters and
    more, and ``ASKS``."""
    found = Counter(chain.from_iterable(map(_terms, own)))
    return {term: math.log2(1 + n) for term, n in found.items()}


@lru_cache(maxsize=4096)
def _terms(own: str) -> frozenset[str]:
    words = {word for word in segment(own) if len(word) > 1 and _WORD.search(word)}
    return frozenset(words | {a for a, hit in zip(ASKS, doubts.kinds_of(own), strict=True) if hit})


def learn(posts: Sequence[Answered], ridge: float = RIDGE, fewest: int = FEWEST) -> Crowd:
    """Terms and their log-odds from answered posts, each cut to ``SIZES`` replies of its first hour.

    Both labels weigh the same. The regression is ridged; ``start`` is kept from rising above 0, so
    that having replies at all never lifts. Terms in fewer than ``fewest`` posts, and names of
    people, places and bodies, are not learned.
    """
    early = [[r for r in p.replies if r.at is None or r.at - p.posted_at <= HOUR] for p in posts]
    cuts = [[said(_own(replies[:size])) for size in SIZES] for replies in early]
    holds = Counter(term for each in cuts for term in set().union(*each))
    kept = sorted(t for t, n in holds.items() if n >= fewest and not _name(t))
    column = {term: i for i, term in enumerate(kept)}
    rows = [(bag, post) for each, post in zip(cuts, posts, strict=True) for bag in each if bag]
    matrix = _matrix([bag for bag, _ in rows], column)
    labels = np.array([post.label for _, post in rows])
    weights = np.where(labels == 1, 0.5 / labels.mean(), 0.5 / (1 - labels.mean())) / len(SIZES)
    offsets = np.array([post.log_odds for _, post in rows])
    coef, start = _regress(matrix, labels, offsets, weights, ridge)
    return Crowd({t: round(float(c), 3) for t, c in zip(kept, coef, strict=True)}, round(start, 3))


def _name(term: str) -> bool:
    return lexicon.tag(term).startswith(_NAMES)


def _matrix(bags: Sequence[Mapping[str, float]], column: Mapping[str, int]) -> sparse.csr_matrix:
    held = [(i, column[t], n) for i, bag in enumerate(bags) for t, n in bag.items() if t in column]
    rows, columns, values = zip(*held, strict=True) if held else ((), (), ())
    return sparse.csr_matrix((values, (rows, columns)), shape=(len(bags), len(column)))


def _regress(
    matrix: sparse.csr_matrix,
    labels: np.ndarray,
    offsets: np.ndarray,
    weights: np.ndarray,
    ridge: float,
) -> tuple[np.ndarray, float]:
    """Ridged logistic regression with an offset a row; the intercept is at most 0."""
    sides, n = 2.0 * labels - 1, matrix.shape[1]

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        coef, start = point[:n], point[n]
        margin = sides * (matrix @ coef + start + offsets)
        slope = -weights * sides * expit(-margin)
        value = weights @ np.logaddexp(0, -margin) + ridge / 2 * coef @ coef
        return float(value), np.r_[matrix.T @ slope + ridge * coef, slope.sum()]

    bounds = [(None, None)] * n + [(None, 0.0)]
    found = minimize(loss, np.zeros(n + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    return found[:n], float(found[n])


def read(paths: Iterable[Path], log_odds: Mapping[str, float]) -> list[Answered]:
    """Answered posts of labelled JSON lines: ``text``, ``label``, ``t``, ``replies`` [{dt, text}].

    ``log_odds`` gives the text's own, by its clean text, out of fold; posts that it does not name
    (copies within a cluster) and posts without replies are passed over.
    """
    out: list[Answered] = []
    for path in paths:
        for line in lines.read(path):
            try:
                row = json.loads(line.text)
                text, label, told = intake.clean(row["text"]), row["label"], row["replies"]
                at = datetime.fromtimestamp(row["t"], UTC)
                replies = tuple(Reply(intake.clean(r["text"]), _at(at, r.get("dt"))) for r in told)
            except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
                continue  # a row without replies or time; the reader of posts tells of bad lines
            if replies and label in (0, 1) and text in log_odds:
                out.append(Answered(text, replies, at, label, log_odds[text]))
    return out


def _at(posted: datetime, seconds: Any) -> datetime | None:
    return None if seconds is None else posted + timedelta(seconds=max(float(seconds), 0.0))


def train(paths: Iterable[Path], log_odds: Mapping[str, float]) -> Crowd | None:
    """``learn`` from what ``read`` finds; None where no post of some label has replies."""
    posts = read(paths, log_odds)
    return learn(posts) if len({post.label for post in posts}) == 2 else None


def save(crowd: Crowd, file: Path = FILE) -> None:
    """Write the crowd as JSON with a digest of itself; the file is replaced only when whole."""
    held = asdict(crowd)
    told = {"format": FORMAT, "sha256": _digest(held), **held}
    part = file.with_name(file.name + ".part")
    part.write_text(json.dumps(told, ensure_ascii=False, indent=0, sort_keys=True) + "\n", "utf-8")
    part.replace(file)


def load(file: Path = FILE) -> Crowd:
    """The crowd in a file. Raises ``InputError`` when it is missing, changed, or none of ours."""
    mend = "restore the file, or train anew with `piyao train`"
    try:
        told = json.loads(file.read_text("utf-8"))
        crowd = Crowd(dict(told["terms"]), float(told["start"]), float(told["cap"]))
        fits = all(math.isfinite(float(v)) for v in (*crowd.terms.values(), crowd.start))
        whole = told["format"] == FORMAT and told["sha256"] == _digest(asdict(crowd))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"no readable crowd weights ({error})", str(file), mend) from error
    if not whole or not fits or crowd.start > 0 or not 0 <= crowd.cap <= CAP:
        raise InputError("the crowd weights are not the file that was written", str(file), mend)
    return crowd


def _digest(held: Mapping[str, Any]) -> str:
    return hashlib.sha256(
        json.dumps(held, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    ).hexdigest()


@lru_cache(maxsize=1)
def shipped() -> Crowd:
    """The weights that come with the classifier."""
    return load()
