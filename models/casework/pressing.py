"""How pressing a case is, among those that wait with it: 1 低, 2 中, 3 高, 4 紧急.

A level is a promise: within its limit somebody looks. So no more waiting cases have a level than the
desk can read within the limit; of 200 a night 4 are 紧急 (30 minutes), 17 are 高 or more (2 hours),
50 are 中 or more (6 hours). The gravest by ``priority`` have it; where graver ones come, the least
grave goes down a level and keeps the clock it was given. A quiet night makes nothing urgent that
is not: each level also has a least priority.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from models.casework.priority import LEAST, LIMITS
from models.store import Store, dump

A_NIGHT = timedelta(hours=24)


def room(level: int, cases_a_night: int) -> int:
    """How many waiting cases may have this level, 2 to 4, or a higher one; at least one."""
    return max(1, round(cases_a_night * (LIMITS[level] / A_NIGHT)))


def level(priority: float, above: int, cases_a_night: int) -> int:
    """The level of a case with ``above`` waiting cases before it.

    >>> [level(0.9, above, 200) for above in (0, 3, 4, 16, 17, 49, 50)], level(0.01, 0, 200)
    ([4, 4, 3, 3, 2, 2, 1], 1)
    """
    return next(
        (n for n in (4, 3, 2) if priority >= LEAST[n] and above < room(n, cases_a_night)), 1
    )


def levels(
    db: Store, fresh: Mapping[int, float], waiting: Collection[int], cases_a_night: int
) -> tuple[dict[int, int], dict[int, int]]:
    """The levels of clusters whose priority is known anew, ``fresh``, and of the cases (by their id)
    that go down for it. ``waiting`` are those of the clusters whose case waits, or begins to."""
    kept = db.conn.execute(_WAITING, [room(2, cases_a_night) + len(fresh), dump(list(fresh))])
    # of equals the case that was there first
    line: list[tuple[float, int, int, int]] = [
        (-priority, 0, case_id, before) for case_id, priority, before in kept
    ]
    line += [(-priority, 1, cluster_id, 0) for cluster_id, priority in fresh.items()]
    told: dict[int, int] = {}
    down: dict[int, int] = {}
    above = 0
    for priority, new, key, before in sorted(line):
        found = level(-priority, above, cases_a_night)
        if new:
            told[key] = found
        elif found < before:
            down[key] = found
        above += not new or key in waiting
    return told, down


# the foremost, and whoever has a level to lose
_WAITING = """WITH fresh AS (SELECT value AS id FROM json_each(?2))
    SELECT id, priority, level FROM (SELECT id, priority, level, cluster_id FROM cases
        WHERE state = 'waiting' ORDER BY priority DESC, id LIMIT ?1)
        WHERE cluster_id NOT IN fresh
    UNION SELECT id, priority, level FROM cases
        WHERE state = 'waiting' AND level > 1 AND cluster_id NOT IN fresh"""
