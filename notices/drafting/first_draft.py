"""The draft that the machine has ready: from what the store knows of a case when it is asked.

Three places ask: the clock, the verdict page, and the officer who presses 起草. They get the same.
"""

from __future__ import annotations

from datetime import datetime

from models.casework import evidence, verdicts
from models.casework.records import Case
from models.config import OfficeConfig
from models.known import likeness
from models.known.likeness import Relation
from models.publishing import notices
from models.publishing.revisions import Draft
from models.store import Store
from notices.drafting import drafts


def write(db: Store, case: Case, office: OfficeConfig, today: datetime) -> Draft:
    """The words of a first draft. Raises ``RuleBroken`` where the verdict allows no notice.

    Without a verdict it is 正在核实, which names our own notice on the same claim, or else what
    another source said of it, as background. With one it says what our own evidence says.
    """
    verdict = verdicts.current(db, case.id)
    items = evidence.of_case(db, case.id)
    if verdict is None:
        for like in likeness.of_case(db, case.id):
            if not like.relation.tells:
                continue
            if like.known.own:
                return drafts.adapt(notices.get(db, like.known.notice_id), case, office, today)
            if like.relation is Relation.SAME and like.known.source:
                return drafts.with_background(like.known, case, office, today)
    return drafts.draft(case, verdict, items, office, today)
