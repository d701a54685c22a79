"""What a channel refused: rows of the outbox that ended, and that somebody has to look at."""

from __future__ import annotations

from models import audit
from models.people import officers
from models.personal.admission import clean
from models.publishing import notices, outbox
from models.publishing.records import Publication
from models.store import Store, now, stamp


def reject(db: Store, publication_id: int, message: str) -> None:
    """Unknown becomes rejected: the channel's own list shows that this can never have gone out."""
    with db.atomic():
        row = {"state": "rejected", "settled_at": stamp(now()), "message": clean(message, 500)}
        if db.update("outbox", publication_id, row, state="unknown"):
            publication = outbox.get(db, publication_id)
            notice = notices.get(db, publication.notice_id)
            audit.append(
                db,
                officers.MACHINE,
                "outbox.rejected",
                f"case:{notice.case_id}",
                {"notice": notice.id, "channel": publication.channel, "kind": publication.kind},
            )


def pending(db: Store) -> list[Publication]:
    """Publications that a channel refused, of notices that are approved all the same, newest first.

    They stay here until the notice is retracted, or replaced by another.
    """
    rows = db.rows(
        "SELECT o.id FROM outbox o JOIN notices n ON n.id = o.notice_id"
        " WHERE o.state = 'rejected' AND o.kind = 'publish' AND n.state IN ('approved', 'published')"
        " ORDER BY o.id DESC"
    )
    return [outbox.get(db, row["id"]) for row in rows]
