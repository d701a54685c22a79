"""Name beside each open case those that tell the same story in other words."""

from __future__ import annotations

from classifier.known import stories
from classifier.known.library import Library
from classifier.likeness import filing, wording
from classifier.ranking import new_posts
from jobs.shared import Desk, each
from models import china_time
from models.casework import neighbours
from models.casework.neighbours import Waiting
from models.ranking import clusters, spread
from models.store import Store, now

WORDINGS = 3  # of a case, that are looked for


def neighbour(desk: Desk, db: Store) -> None:
    """Compare the cases that say a new thing with all that are open or ended lately; a hundred at a time, the
    most urgent first, so that a flood of cases keeps no other job waiting."""
    words = up_to_date(desk, db)

    def find(case: Waiting) -> None:
        if desk.stop.is_set():
            return
        found = stories.alike(desk.stories, case.id, _wordings(db, case))
        have = {told.case_id for told in found}
        found += [t for t in _of_plates(db, case) if t.case_id not in have]
        neighbours.put(db, case, [(t.case_id, t.near, t.relation) for t in found], words)

    each(neighbours.waiting(db), find, "找说同一件事的案件")


def up_to_date(desk: Desk, db: Store) -> int:
    """Bring the index of claims of cases up to date with the store; returns ``last_words`` of it.

    Made anew once a day, without those that ended too long ago.
    """
    words = neighbours.last_words(
        db
    )  # read first: what changes while we read is read again next time
    day = china_time.day(now())
    if not 0 <= desk.story_words <= words or desk.story_day != day:
        desk.stories = Library.of(neighbours.texts(db))
    elif desk.story_words < words:
        gone, new = neighbours.changed(db, desk.story_words)
        desk.stories.remove(gone)
        desk.stories.add(new)
    desk.story_words, desk.story_day = words, day
    return words


def _wordings(db: Store, case: Waiting) -> list[str]:
    """The claim, and what the posts say otherwise; not the one that the claim begins."""
    begun = case.claim.removesuffix("…")
    told = (w.text for w in spread.wordings(db, case.cluster_id, WORDINGS))
    others = [text for text in told if not " ".join(text.split()).startswith(begun)]
    return [case.claim, *others[: WORDINGS - 1]]


def _of_plates(db: Store, case: Waiting) -> list[stories.Told]:
    """The cases whose wordings are filed under a plate that the claim names."""
    if not wording.of_text(case.claim).plates:
        return []
    keys = filing.fingerprint(case.claim).keys
    near = new_posts.nearest(keys, clusters.holders(db, keys))
    filed = {cluster for cluster, _ in clusters.filed(db, near).values()} - {case.cluster_id}
    return stories.plated(case.claim, neighbours.of_clusters(db, filed))
