"""The draughtsman: a process that draws images of notices, one at a time, behind everybody's work.

``python -m notices.forms.draughtsman`` reads orders from its standard input and writes pictures, until
that closes: it ends with the process that started it. A drawing takes half a second of a processor,
which the pages of a desk would miss.

An order is a length and a JSON text; an answer is a letter (P a picture, E an error in JSON), a
length and the bytes.
"""

from __future__ import annotations

import dataclasses
import json
import os
import struct
import sys
from datetime import datetime
from typing import IO, Any

from models.casework.records import NoticeKind
from models.config import OfficeConfig
from models.errors import PiyaoError
from models.outcome import Outcome
from models.publishing.records import Notice, NoticeState

NICE = 10
PICTURE, ERROR = b"P", b"E"
_TIMES = ("issued_on", "updated_at", "published_at")


def order(notice: Notice, office: OfficeConfig, shape: str) -> bytes:
    """What to draw, as bytes: the same notice is the same order."""
    fields = {
        "notice": dataclasses.asdict(notice),
        "office": dataclasses.asdict(office),
        "shape": shape,
    }
    return json.dumps(fields, sort_keys=True, default=_plain).encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in an order")


def read(held: bytes) -> tuple[Notice, OfficeConfig, str]:
    """The inverse of ``order``."""
    fields: dict[str, Any] = json.loads(held)
    notice = fields["notice"]
    notice |= {key: datetime.fromisoformat(notice[key]) for key in _TIMES if notice[key]}
    notice["kind"], notice["state"] = NoticeKind(notice["kind"]), NoticeState(notice["state"])
    notice["outcome"] = Outcome(notice["outcome"]) if notice["outcome"] else None
    notice["findings"], notice["basis"] = tuple(notice["findings"]), tuple(notice["basis"])
    return Notice(**notice), OfficeConfig(**fields["office"]), fields["shape"]


def send(to: IO[bytes], content: bytes, letter: bytes = b"") -> None:
    to.write(letter + struct.pack(">I", len(content)) + content)
    to.flush()


def receive(line: IO[bytes]) -> bytes:
    """One message. Raises ``EOFError`` where the other side is gone."""
    size = line.read(4)
    content = line.read(struct.unpack(">I", size)[0]) if len(size) == 4 else b""
    if len(size) < 4 or len(content) < struct.unpack(">I", size)[0]:
        raise EOFError("the other side is gone")
    return content


def main(orders: IO[bytes], pictures: IO[bytes]) -> None:
    """Draw what is ordered until nobody orders any more."""
    from notices.forms import image

    os.nice(NICE)
    while True:
        try:
            notice, office, shape = read(receive(orders))
        except EOFError:
            return
        try:
            send(pictures, image.image(notice, office, shape), PICTURE)
        except PiyaoError as error:
            send(pictures, json.dumps([error.what, error.where, error.mend]).encode(), ERROR)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
