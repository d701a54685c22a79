"""Draft notices, and send the approved ones."""

from __future__ import annotations

import notices.sending
from jobs.shared import Desk, each, log
from models import store
from models.casework import opening
from models.casework.records import Case
from models.errors import RuleBroken
from models.people import officers
from models.publishing import notices as papers
from models.store import Store
from notices import channels, numbering
from notices.drafting import first_draft


def draft(desk: Desk, db: Store) -> None:
    """Have a draft ready before the officer opens the page. Sends nothing."""

    def write(case: Case) -> None:
        try:
            words = first_draft.write(db, case, desk.config.office, store.now())
            papers.start(db, case.id, words, by=officers.MACHINE)
        except RuleBroken as error:  # an officer moved the case meanwhile: next round sees it anew
            log.info("no draft for %s: %s", case.number, error)

    each(opening.undrafted(db), write, "起草")


def publish(desk: Desk, db: Store) -> None:
    """Send what officers approved, each at most once."""
    if not desk.lease.holds(db):
        return
    if notices.sending.deliver(db, channels.opened(desk.config), desk.config, desk.lease.holder):
        desk.wake("heads")  # what went out is bound to a head that stands elsewhere too


def take_numbers(desk: Desk, db: Store) -> None:
    """Take into account the numbers that channels hold: at start, and again every hour."""
    numbering.look(db, desk.config)
