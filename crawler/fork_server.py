"""A process that has imported the whole crawler and forks a child for each visit to a source.

``python -m crawler.fork_server STORE``, started by ``crawler.visits`` with a socket as its input.
Importing takes seconds and a fork milliseconds. The server itself reads nothing that came from a
source, so a source can take down only the child that visits it, and nothing here ever grows.

Each request is one byte with two files: the socket of the visit, and where the child writes its
log. On the socket the child is told which source to visit; it answers with its process number and,
at the end, with its exit code. A child that breaks off closes the socket without a code.
"""

from __future__ import annotations

from models import driver  # noqa: F401  # isort: skip  (first: one SQLite library)

import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crawler import logs, run

log = logging.getLogger(__name__)


def main(store: Path) -> int:
    """Serve until nobody holds the other end of standard input."""
    logs.to_stderr()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the clock, and the clock ends us
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the children
    requests = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    warm()
    while True:
        told, files, _, _ = socket.recv_fds(requests, 1, 2)
        if not told:
            return 0
        try:
            child = os.fork()
        except OSError as error:  # the visitor sees its socket close, and says so
            log.error("no process for a visit: %s", error)
            child = -1
        if child == 0:
            requests.close()
            _visit(store, *files)
        for file in files:
            os.close(file)


def warm() -> None:
    """Import what a visit needs: the own spiders and every part that Scrapy's settings name.

    Twisted's reactor is not among it. It is made by each child, because it belongs to one process.
    """
    import _strptime  # noqa: F401
    import encodings.idna  # noqa: F401

    import scrapy.crawler
    import twisted.web.client  # noqa: F401

    import crawler.kinds  # noqa: F401

    settings = scrapy.crawler.Settings()
    settings.setmodule("crawler.settings")
    for name in settings:
        _load(settings[name])


def _load(value: Any) -> None:
    """Import the classes named in a setting: a path, or a mapping with paths as keys or values."""
    from scrapy.utils.misc import load_object

    if isinstance(value, Mapping):
        for key, item in value.items():
            _load(key)
            _load(item)
    elif isinstance(value, str) and value.startswith(("scrapy.", "crawler.")):
        try:
            load_object(value)
        except (ImportError, NameError) as error:  # a part that is switched off may not load
            log.debug("%s does not load: %s", value, error)


def _visit(store: Path, line_file: int, log_file: int) -> None:
    """Make one visit in this child, and end the process."""
    code = run.WRONG
    line = socket.socket(fileno=line_file)
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(log_file, 2)
        os.close(log_file)
        source = json.loads(line.makefile(encoding="utf-8").readline())
        line.sendall(b"%d\n" % os.getpid())
        threading.Thread(target=_end_with, args=(line,), daemon=True).start()
        code = run.visit(store, source)
        line.sendall(b"%d\n" % code)
    finally:
        sys.stderr.flush()
        os._exit(code)  # nothing of the server is cleaned up by its child


def _end_with(line: socket.socket) -> None:
    """End this process as soon as the visitor hangs up: nobody waits for it any more."""
    while line.recv(1):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
