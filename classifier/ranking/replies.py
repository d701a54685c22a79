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
from datetime import timedelta
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

from classifier.ranking import asking_replies
from classifier.text import marks
from classifier.text.spelling import HAN, normalise, segment
from models.errors import InputError
from models.intake.records import Reply
from models.ranking.records import Reason

FILE = Path(__file__).parents[1] / "weights" / "crowd.json"
FORMAT = "piyao-crowd-1"
CAP = 4.0  # log-odds
HOUR = timedelta(hours=1)
READ = 200  # replies of a post that are read
ASKS = ("〔求证〕", "〔质疑〕")  # patterns of ``doubts``, counted beside the words
REASONS = 3
_WORD = re.compile(f"[{HAN}]")
_RETOLD = re.compile(f"//{marks.USER_MARK}")  # what follows was written by somebody before


@dataclass(frozen=True)
class Crowd:
    """``terms``: log-odds a doubling of the replies that hold it; ``start`` at most 0."""

    terms: Mapping[str, float]
    start: float = 0.0
    cap: float = CAP


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
    floor = asking_replies.lift(sum(any(asking_replies.kinds_of(reply)) for reply in own))
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
    typed = (marks.typed(normalise(reply.text)) for reply in islice(replies, READ))
    return {_RETOLD.split(text, maxsplit=1)[0].strip() for text in typed}


def said(own: Iterable[str]) -> dict[str, float]:
    """Terms of different replies: log2(1 + how many hold it). Words of two characters and
    more, and ``ASKS``."""
    found = Counter(chain.from_iterable(map(_terms, own)))
    return {term: math.log2(1 + n) for term, n in found.items()}


@lru_cache(maxsize=4096)
def _terms(own: str) -> frozenset[str]:
    words = {word for word in segment(own) if len(word) > 1 and _WORD.search(word)}
    return frozenset(
        words | {a for a, hit in zip(ASKS, asking_replies.kinds_of(own), strict=True) if hit}
    )


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
