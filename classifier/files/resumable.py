"""A long output that was broken off: how far it came, so that the next run goes on from there.

``out.part`` grows; ``out.part.json`` says now and then which rows of which input stand in its first
bytes, written whole (a new file moved over the old one) after those bytes are on the disk. So it
never promises more than there is, and what stands behind the promise is cut off and made again.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from models.errors import InputError

EVERY = 1.0  # seconds between two notes
HEAD = 1 << 20  # bytes of the input that its mark is made of, with its size and date


@dataclass
class Progress:
    """``rows`` of the input are done and fill ``size`` bytes; ``told`` is the caller's own."""

    rows: int = 0
    size: int = 0
    told: dict[str, Any] = field(default_factory=dict)


class Unfinished:
    """The growing file and its note; made by ``opened``."""

    def __init__(self, part: Path, note: Path, mark: str, file: IO[bytes], at: Progress) -> None:
        self.part, self.file, self.at = part, file, at
        self._note, self._mark, self._noted = note, mark, time.monotonic()

    def add(self, data: bytes, rows: int, told: dict[str, Any]) -> None:
        """Append what ``rows`` further rows gave; noted at most every ``EVERY`` seconds."""
        self.file.write(data)
        self.at = Progress(self.at.rows + rows, self.at.size + len(data), told)
        if rows and time.monotonic() - self._noted >= EVERY:
            self.note()

    def note(self) -> None:
        """Write down how far it came; the bytes first, then the promise."""
        self.file.flush()
        os.fsync(self.file.fileno())
        fresh = self._note.with_name(self._note.name + ".new")
        value = {"mark": self._mark, **vars(self.at)}
        fresh.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        fresh.replace(self._note)
        self._noted = time.monotonic()

    def drop(self) -> None:
        """Nothing is worth to be kept: the file and its note go."""
        self.part.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def finish(self, out: Path) -> None:
        """The file is whole: move it to ``out``; the note goes."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.part.replace(out)
        self._note.unlink(missing_ok=True)


def mark(path: Path, *how: str) -> str:
    """What an output depends on: the input (size, date, first megabyte) and ``how`` it is made."""
    with path.open("rb") as file:
        head = hashlib.sha256(file.read(HEAD)).hexdigest()
    about = path.stat()
    return "|".join((head, str(about.st_size), str(about.st_mtime_ns), *how))


@contextmanager
def opened(out: Path, mark: str) -> Iterator[Unfinished]:
    """The unfinished file of ``out``, cut to what its note promises, if the note has this mark.

    Raises ``InputError`` while another process writes the same output.
    """
    part, note = out.with_name(out.name + ".part"), out.with_name(out.name + ".part.json")
    with part.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            mend = "wait for it, or name another output"
            raise InputError("another process writes it now", str(out), mend) from error
        at = _read(note, mark, os.fstat(file.fileno()).st_size)
        if not at.rows:  # a promise about another input must not outlive the bytes it was about
            note.unlink(missing_ok=True)
        file.truncate(at.size)
        work = Unfinished(part, note, mark, file, at)
        try:
            yield work
        except BaseException:
            if not work.at.rows:  # nothing to go on from
                part.unlink(missing_ok=True)
            raise


def _read(note: Path, mark: str, size: int) -> Progress:
    try:
        value = json.loads(note.read_text(encoding="utf-8"))
        if value.pop("mark") == mark and value["size"] <= size:
            return Progress(**value)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass  # no note, or none of ours: from the start
    return Progress()
