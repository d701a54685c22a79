"""Open cases, and keep their numbers."""

from __future__ import annotations

from time import monotonic

from classifier.text import search_words
from jobs.shared import Desk, log
from models.casework import due, opening
from models.errors import PiyaoError, StoreError
from models.ranking import clusters, moving
from models.ranking.line import Line
from models.store import Store

LINE_RESTS = 3.0  # seconds, between two moves of the line


def open_cases(desk: Desk, db: Store) -> None:
    """Open, update and re-prioritise cases."""
    wrong: list[Exception] = []
    line = _line(desk, db)
    while desk.at_work(db) and (stale := clusters.stale(db)):
        _open(db, stale, line, wrong)
        line = _line(desk, db)
    if wrong:
        raise PiyaoError(
            f"立案时有 {len(wrong)} 组没有做成（{type(wrong[0]).__name__}），其余都做了；过一会儿再试",
            mend="详情在日志里",
        )


def _line(desk: Desk, db: Store) -> Line:
    """Where the line stands; moved now and then, at a twentieth of the time at most."""
    began = monotonic()
    if began < desk.line_rests:
        return moving.current(db, desk.config.queue)
    line = moving.move(db, desk.config.queue)
    desk.line_rests = monotonic() + max(LINE_RESTS, 20 * (monotonic() - began))
    return line


def _open(db: Store, stale: list[int], line: Line, wrong: list[Exception]) -> None:
    """Bring the cases of these clusters up to date; where that goes wrong, half by half, down to the
    cluster that is to blame: it is put off, and ``wrong`` gets the reason."""
    try:
        words = search_words.of_clusters(db, due.of(db, stale, line))
        opening.refresh_many(db, stale, words, line)
    except StoreError:
        raise
    except Exception as error:
        if len(stale) > 1:
            half = len(stale) // 2
            _open(db, stale[:half], line, wrong)
            _open(db, stale[half:], line, wrong)
            return
        log.error("the case of cluster %s is put off", stale[0], exc_info=error)
        clusters.put_off(db, stale[0])
        wrong.append(error)
