"""撤下、改过的: what an approver would not see on the notice: what of its case was taken away or changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from desk.cases.proof import Card
from models.casework import acts
from models.casework.acts import Act
from models.harm import Topic
from models.store import Store


@dataclass(frozen=True)
class Gone:
    """An item that was withdrawn: by whom, when, and why in their words ("" where none were asked)."""

    card: Card
    who: str
    why: str


@dataclass(frozen=True)
class Said:
    """A wording of the claim, or a topic of the case; ``text`` is "" where nobody kept the words."""

    text: str
    who: str
    at: datetime
    officers: bool  # not the machine's


@dataclass(frozen=True)
class History:
    gone: tuple[Gone, ...]  # what spoke against the verdict first
    wordings: tuple[Said, ...]  # oldest first: the first, all of officers, the one of now
    between: tuple[Said, ...]  # what the machine put in between, as copies outnumbered one another
    topics: tuple[Said, ...]
    fields: tuple[Topic, ...]  # in which it has to be reviewed

    @property
    def against(self) -> int:
        """How many items that speak against the verdict were taken away."""
        return sum(each.card.item.adverse for each in self.gone)

    @property
    def summary(self) -> str:
        """撤下不利证据 1 条，改写说法 1 次; "" where nothing was taken away or changed."""
        by_machine = len(self.between) + sum(not each.officers for each in self.wordings) - 1
        counted = (
            (self.against, "撤下不利证据 {} 条"),
            (len(self.gone) - self.against, "撤下其他证据 {} 条"),
            (sum(each.officers for each in self.wordings), "改写说法 {} 次"),
            (by_machine, "机器换过 {} 次说法"),
            (len(self.topics) - 1, "改过 {} 次类别"),
        )
        return "，".join(words.format(count) for count, words in counted if count > 0)


def history(db: Store, case_id: int, cards: Sequence[Card], labels: Mapping[int, str]) -> History:
    """What was taken away from a case and what was changed in it since it was opened."""
    gone = [
        Gone(card, labels.get(card.item.withdrawn_by, ""), card.item.withdrawn_for)
        for card in cards
        if card.item.withdrawn_at
    ]
    wordings = _said(acts.of_case(db, case_id, "claim"), labels)
    last = len(wordings) - 1
    kept = [n for n, each in enumerate(wordings) if each.officers or n in (0, last)]
    topics = _said(acts.of_case(db, case_id, "topic"), labels)
    return History(
        gone=tuple(sorted(gone, key=lambda each: not each.card.item.adverse)),
        wordings=tuple(wordings[n] for n in kept),
        between=tuple(each for n, each in enumerate(wordings) if n not in kept),
        topics=tuple(replace(each, text=Topic(each.text).label) for each in topics),
        fields=acts.fields(db, case_id),
    )


def _said(found: Sequence[Act], labels: Mapping[int, str]) -> list[Said]:
    """The acts that changed the words; those that said the same again are hands, and no news."""
    return [
        Said(act.became, labels.get(act.by, ""), act.at, act.by != 0)
        for act in found
        if not act.became or act.became != act.was
    ]
