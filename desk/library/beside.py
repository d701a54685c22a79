"""The known claims beside a case, in the words of the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from classifier.likeness import differing
from desk import changed
from desk.changed import Changed
from desk.templatetags.told import told_to
from models.casework.records import Case
from models.config import OfficeConfig
from models.known import likeness
from models.known.claims import Known
from models.known.likeness import Likeness, Relation
from models.roles import Officer
from models.store import Store


@dataclass(frozen=True)
class Alike:
    """A known claim beside a case. ``spans`` are pieces of its nearest wording, and whether the case
    is worded otherwise there."""

    known: Known
    score: float
    relation: str
    close: bool  # the same story, as it was told or with other names
    related: bool  # no more than that
    spans: tuple[tuple[str, bool], ...]
    changes: tuple[Changed, ...]  # from it to the case, by kind
    finding: str
    source: str
    truth: str


def of_case(db: Store, case: Case, officer: Officer, office: OfficeConfig) -> tuple[Alike, ...]:
    """At most five, the same claim first. Each finding is that of its source, at that time."""
    said = told_to(case.claim, officer)
    return tuple(
        _alike(like, case, said, officer, office) for like in likeness.of_case(db, case.id)
    )


def _alike(like: Likeness, case: Case, said: str, officer: Officer, office: OfficeConfig) -> Alike:
    text = told_to(nearest_text(like.known, case), officer)
    return Alike(
        known=like.known,
        score=like.score,
        relation=like.relation.label,
        close=like.relation.tells,
        related=like.relation is Relation.RELATED,
        spans=tuple(differing.differing(said, text)),
        changes=changed.from_known(text, said) if like.relation is not Relation.RELATED else (),
        finding=finding(like.known),
        source=source(like.known, office),
        truth=told_to(like.known.truth, officer),
    )


def parted(found: Sequence[Alike]) -> tuple[tuple[Alike, ...], tuple[Alike, ...]]:
    """What is told at once, and what is folded away: claims that are merely related, but the nearest
    where there is nothing else."""
    told = tuple(each for each in found if not each.related) or tuple(found[:1])
    return told, tuple(each for each in found if each not in told)


def nearest_text(known: Known, case: Case) -> str:
    """Of the claim and its other wordings the one that has most in common with the case's."""
    texts = (known.claim, *known.wordings)
    return max(texts, key=lambda text: SequenceMatcher(None, case.claim, text, False).ratio())


def finding(known: Known) -> str:
    """当时结论 不实; 后来改为 属实 where the source found otherwise later."""
    if known.before and known.before is not known.standing:
        return f"当时结论 {known.before.label}，后来改为 {known.standing.label}"
    return f"当时结论 {known.standing.label}"


def source(known: Known, office: OfficeConfig) -> str:
    """Who judged it and when: 江核通〔2026〕87 号，2026-03-12."""
    name = f"{office.code}{known.source}" if known.own else known.source or known.origin
    return "，".join(part for part in (told_to(name, None), known.dated) if part)


def nearest(likes: Sequence[Likeness]) -> Likeness | None:
    """The likeness that a row of the queue names: the first that tells the same story."""
    return next((like for like in likes if like.relation.tells), None)


def like_what(known: Known) -> str:
    """与 3 月已结说法 for our own, 与已知说法 for others'."""
    if not known.own:
        return "与已知说法"
    month = known.dated[5:7].lstrip("0")
    return f"与 {month} 月已结说法" if month else "与已结说法"
