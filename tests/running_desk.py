"""A whole desk in processes of its own, as ``piyao up`` runs it, on a feed that a test controls."""

from __future__ import annotations

import random
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from xml.etree import ElementTree

from models import config
from tests.waiting import HANG, until


def rss(items: Sequence[tuple[str, str, str]]) -> bytes:
    """A small RSS 2.0 feed of (id, author, text), dated now."""
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    ElementTree.SubElement(channel, "title").text = "测试论坛"
    for native_id, author, text in items:
        item = ElementTree.SubElement(channel, "item")
        for name, value in (
            ("guid", native_id),
            ("link", f"https://forum.invalid/{native_id}"),
            ("author", author),
            ("description", text),
            ("pubDate", format_datetime(datetime.now(UTC))),
        ):
            ElementTree.SubElement(item, name).text = value
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


@dataclass(frozen=True)
class RunningDesk:
    address: str
    path: Path  # piyao.toml
    password: str
    process: subprocess.Popen[bytes]

    @property
    def config(self) -> config.Config:
        return config.load(self.path)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_ports(number: int) -> int:
    """The first of so many free ports in a row, below those that are handed to whoever asks for any."""
    while True:
        first = random.randrange(12_000, 30_000)
        with ExitStack() as stack, suppress(OSError):
            for port in range(first, first + number):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first


def configure(
    folder: Path, feed: str, port: int, every: float = 2, risk_line: float = 0.8
) -> config.Config:
    """A desk's piyao.toml on one private feed."""
    path = folder / "piyao.toml"
    path.write_text(
        f"""data_dir = "data"
[desk]
port = {port}
[public]
port = {free_port()}
[queue]
score_every = 1
risk_line = {risk_line}
[[source]]
name = "forum"
label = "测试论坛"
url = "{feed}"
every = {every}
allow_private = true
""",
        encoding="utf-8",
    )
    return config.load(path)


def accounts(made: config.Config) -> str:
    """The demo's six accounts in this desk's store; returns their password."""
    code = (
        "import models.driver, sys; from operations import demo; from models import config;"
        "print(demo._people(config.load(sys.argv[1])))"
    )
    return subprocess.run(
        [sys.executable, "-c", code, str(made.path)], check=True, capture_output=True, text=True
    ).stdout.strip()


@contextmanager
def running(folder: Path, feed: str, risk_line: float = 0.8) -> Iterator[RunningDesk]:
    """``piyao up`` on ``feed``, ended by Ctrl-C; fails where it leaves a process behind."""
    port = free_port()
    made = configure(folder, feed, port, risk_line=risk_line)
    password = accounts(made)
    log = (folder / "up.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "piyao", "up", "--config", str(made.path)],
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        until(lambda: answers(address + "/login/"), "the desk does not answer")
        yield RunningDesk(address, made.path, password, process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(HANG)
        finally:
            process.kill()
            log.close()


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=30):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
