"""The log of the desk: what strangers send is one safe line, and so many lines a minute.

Whoever may send a request writes into it (a host that is not ours, half a form, a method that no
page has). So a request that is refused leaves no traceback, no line is longer than ``LINE``, and a
logger that has said ``LINES`` within a minute says afterwards how many it left out. What went wrong
in our own code keeps its traceback, under the same bounds.
"""

from __future__ import annotations

import logging
import time
from typing import TextIO

from models.text import terminal

LINE = 400  # characters
TRACEBACK = 6000  # characters of its end, which names the fault
LINES = 60  # of one logger in a minute
MINUTE = 60.0


class OneLine(logging.Formatter):
    """One line a record without control characters; a traceback only where our own code failed."""

    def format(self, record: logging.LogRecord) -> str:
        record.message = terminal(record.getMessage()[: 2 * LINE])
        record.asctime = self.formatTime(record, self.datefmt)
        line = self.formatMessage(record)
        line = line if len(line) <= LINE else f"{line[: LINE - 1]}…"
        found = record.exc_info
        if not found or found[0] is None:
            return line
        if refused(record):
            return f"{line} [{found[0].__name__}]"
        return f"{line}\n{self.formatException(found)[-TRACEBACK:]}"


def refused(record: logging.LogRecord) -> bool:
    """Whether the record tells of a request that was refused, not of a fault of ours."""
    if record.name.startswith("django.security"):
        return True
    return record.name == "django.request" and int(getattr(record, "status_code", 500)) < 500


class Bounded(logging.StreamHandler[TextIO]):
    """Writes ``LINES`` records of a logger in a minute, and then how many more there were."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._said: dict[str, tuple[float, int]] = {}  # by logger: the minute's begin, its records

    def emit(self, record: logging.LogRecord) -> None:  # under the handler's lock
        moment = time.monotonic()
        since, said = self._said.get(record.name, (moment, 0))
        if moment - since >= MINUTE:
            if said > LINES:
                self._left_out(record, said - LINES)
            since, said = moment, 0
        self._said[record.name] = since, said + 1
        if said < LINES:
            super().emit(record)
        elif said == LINES:
            words = f"more than {LINES} lines within a minute; the rest is counted only"
            super().emit(_note(record, words))

    def _left_out(self, record: logging.LogRecord, count: int) -> None:
        super().emit(_note(record, f"{count} lines were left out"))


def _note(record: logging.LogRecord, words: str) -> logging.LogRecord:
    return logging.LogRecord(record.name, logging.WARNING, "", 0, words, None, None)
