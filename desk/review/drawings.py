"""Images of notices for the desk's pages: drawn one at a time by a process of their own, and kept.

Who asks for many waits for few: at most ``MOST`` requests are in the lane, at most ``EACH`` of one
officer; the next is told to come again. So no number of requests holds the threads of the pages.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import select
import subprocess
import sys
import threading
from collections import OrderedDict

from desk import lane
from desk.lane import Lane
from models.config import OfficeConfig
from models.errors import InputError, PiyaoError
from models.publishing.records import Notice
from notices.forms import draughtsman

KEPT = 48 * 2**20  # bytes of images, some 300
MOST, EACH = 4, 2
PATIENCE = 30.0  # seconds for one drawing; then its process is replaced


class Busy(PiyaoError):
    """Others' drawings go first; ask again in ``seconds``."""

    seconds = 3


class Drawings:
    """The lane, the process behind it, and what it drew."""

    def __init__(self) -> None:
        self.kept: OrderedDict[str, bytes] = OrderedDict()
        self.size = 0
        self.lane = Lane(MOST, EACH)
        self.keeping = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None

    def image(self, notice: Notice, office: OfficeConfig, shape: str, who: int) -> bytes:
        """The notice as PNG. Raises ``Busy``, and ``InputError`` for what cannot be drawn."""
        order = draughtsman.order(notice, office, shape)
        name = hashlib.sha256(order).hexdigest()
        if (found := self._found(name)) is not None:
            return found
        try:
            with self.lane.enter(str(who)):
                found = self._found(name)  # drawn for another while this one waited
                if found is None:
                    found = self._draw(order)
                    self._keep(name, found)
                return found
        except lane.Busy:
            raise Busy("正在画别的图", mend="过几秒再看") from None

    def _found(self, name: str) -> bytes | None:
        with self.keeping:
            if name in self.kept:
                self.kept.move_to_end(name)
            return self.kept.get(name)

    def _keep(self, name: str, image: bytes) -> None:
        with self.keeping:
            self.kept[name] = image
            self.size += len(image)
            while self.size > KEPT:
                self.size -= len(self.kept.popitem(last=False)[1])

    def _draw(self, order: bytes) -> bytes:
        for _ in range(2):  # one that died between two drawings is followed by another
            try:
                return self._ask(self._running(), order)
            except TimeoutError:
                self._end()
                break
            except (OSError, EOFError):
                self._end()
        raise InputError("画图的进程没有画出来", mend="刷新再试")

    def _ask(self, process: subprocess.Popen[bytes], order: bytes) -> bytes:
        assert process.stdin is not None and process.stdout is not None  # noqa: S101  (pipes)
        draughtsman.send(process.stdin, order)
        if not select.select([process.stdout], [], [], PATIENCE)[0]:
            raise TimeoutError("no picture in time")
        letter = process.stdout.read(1)
        content = draughtsman.receive(process.stdout)
        if letter == draughtsman.ERROR:
            raise InputError(*json.loads(content))
        return content

    def _running(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "notices.forms.draughtsman"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
        return self.process

    def _end(self) -> None:
        if self.process is not None:
            self.process.kill()
            with contextlib.suppress(OSError):  # the rest of an order that nobody reads
                self.process.communicate()
            self.process = None


DRAWINGS = Drawings()
