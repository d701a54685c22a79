"""Cases that tell the same story in other words, beside one another.

The clock finds them, an officer decides what they are. That two cases are neighbours moves no state,
changes no place in the queue and is no evidence. A case that was dismissed is nobody's neighbour.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from models.casework.cases import of_row
from models.casework.records import Case
from models.casework.workflow import UNDECIDED, in_sql
from models.known.likeness import Relation
from models.store import Store, dump, now, stamp

SHOWN = 3  # beside a case
HELD = 8  # kept of each case, so that a story told 20,000 times costs no page more
LATELY = timedelta(days=7)  # a case that ended so long ago is not named any more


@dataclass(frozen=True)
class Neighbour:
    """Another case that may tell the same story."""

    case: Case
    relation: Relation


def of_case(db: Store, case_id: int, limit: int = SHOWN) -> list[Neighbour]:
    """Its neighbours that are open or ended lately: the same claim first, then what says the opposite or
    the story of another place or day, then the rest, the nearest first."""
    return [
        Neighbour(of_row(row), Relation(row["relation"]))
        for row in db.query(_OF_CASE, [case_id, stamp(now() - LATELY), limit])
    ]


_OF_CASE = """SELECT c.*, n.relation FROM sound_neighbours n JOIN cases c ON c.id = n.other_id
    WHERE n.case_id = ? AND (c.closed_at IS NULL OR c.closed_at >= ?)
    ORDER BY CASE n.relation WHEN 'same' THEN 0 WHEN 'related' THEN 2 ELSE 1 END,
    n.near DESC, c.id LIMIT ?"""


# ---- what the clock compares --------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """A case to be compared, and the number of the words that it says by now."""

    id: int
    cluster_id: int
    claim: str
    words: int


def waiting(db: Store, limit: int = 100) -> list[Waiting]:
    """Undecided cases that say what was not compared yet, the most urgent first."""
    return [Waiting(*row) for row in db.conn.execute(_WAITING, [limit])]


_WAITING = f"""SELECT c.id, c.cluster_id, c.claim, w.changed FROM case_words w
    JOIN cases c ON c.id = w.case_id WHERE w.compared < w.changed AND c.state IN {in_sql(UNDECIDED)}
    ORDER BY c.priority DESC, c.id LIMIT ?"""  # noqa: S608  (states of ours)


def last_words(db: Store) -> int:
    """A number that grows whenever a case says another thing."""
    return int(db.value("SELECT last FROM word_changes"))


def texts(db: Store) -> Iterator[tuple[int, str]]:
    """(id, claim) of every case that is open or ended lately."""
    yield from db.conn.execute(
        f"SELECT id, claim FROM cases WHERE {_TOLD} ORDER BY id",  # noqa: S608
        [stamp(now() - LATELY)],
    ).fetchall()


_TOLD = "state <> 'dismissed' AND (closed_at IS NULL OR closed_at >= ?)"


def changed(db: Store, since: int) -> tuple[list[int], list[tuple[int, str]]]:
    """What an index that holds the words of ``since`` lacks: ids to take out, and (id, claim) to put in
    then. A case that says another thing is in both, one that was dismissed in the first."""
    rows = db.conn.execute(_CHANGED, [since]).fetchall()
    return [row[0] for row in rows], [(row[0], row[1]) for row in rows if not row[2]]


_CHANGED = """SELECT c.id, c.claim, c.state = 'dismissed' FROM case_words w JOIN cases c
    ON c.id = w.case_id WHERE w.changed > ? ORDER BY w.changed"""


def of_clusters(db: Store, cluster_ids: Collection[int]) -> list[tuple[int, str]]:
    """(id, claim) of the cases of these clusters that are open or ended lately."""
    return db.conn.execute(
        f"SELECT id, claim FROM cases WHERE {_TOLD}"  # noqa: S608
        " AND cluster_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        [stamp(now() - LATELY), dump(list(cluster_ids))],
    ).fetchall()


def put(db: Store, case: Waiting, found: Sequence[tuple[int, float, Relation]], known: int) -> None:
    """Keep what was found beside a case, here and beside each of the others.

    ``found``: other case, how near (0..1), relation; ``known``: ``last_words`` of what they were found
    in. One that says another thing by now, or was dismissed, is left out; it is compared by itself. Did the
    case itself change meanwhile, nothing is kept and it waits on.
    """
    with db.atomic():
        if db.value("SELECT changed FROM case_words WHERE case_id = ?", case.id) != case.words:
            return
        db.conn.execute("DELETE FROM neighbours WHERE case_id = ?", [case.id])
        for other_id, near, relation in found:
            values = [
                case.id,
                other_id,
                relation.value,
                min(max(near, 0.0), 1.0),
                case.words,
                known,
            ]
            db.conn.execute(_PUT, values)
            db.conn.execute(_PUT_BACK, values)
            db.conn.execute(_PRUNE, [other_id, HELD])
        db.conn.execute(_PRUNE, [case.id, HELD])
        db.conn.execute("UPDATE case_words SET compared = changed WHERE case_id = ?", [case.id])


_OTHER = """FROM case_words w JOIN cases c ON c.id = w.case_id
    WHERE w.case_id = ?2 AND w.changed <= ?6 AND c.state <> 'dismissed'"""
_PUT = f"INSERT OR REPLACE INTO neighbours SELECT ?1, ?2, ?3, ?4, ?5, w.changed {_OTHER}"
_PUT_BACK = f"INSERT OR REPLACE INTO neighbours SELECT ?2, ?1, ?3, ?4, w.changed, ?5 {_OTHER}"
# those that hold no more go first
_PRUNE = """DELETE FROM neighbours WHERE case_id = ?1 AND other_id NOT IN (
    SELECT n.other_id FROM neighbours n LEFT JOIN sound_neighbours s USING (case_id, other_id)
    WHERE n.case_id = ?1 ORDER BY s.other_id IS NULL, n.relation = 'related', n.near DESC, n.other_id
    LIMIT ?2)"""
