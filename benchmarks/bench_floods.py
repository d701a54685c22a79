"""Officers' pages before, during and after floods: a real ``piyao up`` on a seeded night.

``python -m benchmarks.bench_floods [KIND ...]``. Three officers open a page, think for a fifth of a
second, and open the next, each page of the mix in turn; a page that is not there after two minutes
counts as two minutes. Before the flood is the baseline of each line.
"""

from __future__ import annotations

from models import driver  # noqa: F401  # isort: skip  (first: one SQLite library)

import http.cookiejar
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import results
from benchmarks.floods import FLOODS
from models import config, store
from models.casework import queue
from models.casework.records import NoticeKind
from models.people import officers
from models.publishing import notices
from models.publishing.revisions import Draft
from tests import seeded_night
from tests.running_desk import answers, free_port
from tests.waiting import until

PAGES = ("/queue/", "/today/", "/cases/{case}/", "/review/", "/notices/", "/sources/")
OFFICERS = ("monitor", "verifier", "publisher")
PASSWORD = "night-desk-of-jiangzhou"
THINK, PATIENCE = 0.2, 120.0
BEFORE, DURING, AFTER = 6.0, 15.0, 6.0  # seconds


@dataclass(frozen=True)
class Seat:
    """One officer in front of a browser."""

    opener: urllib.request.OpenerDirector
    jar: http.cookiejar.CookieJar

    @property
    def cookie(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    def get(self, address: str) -> tuple[float, bool]:
        """How long a page took, and whether it came."""
        start = time.perf_counter()
        try:
            with self.opener.open(address, timeout=PATIENCE) as answer:
                answer.read()
            return time.perf_counter() - start, True
        except OSError:
            return max(time.perf_counter() - start, PATIENCE), False


def sign_in(desk: str, name: str) -> Seat:
    jar = http.cookiejar.CookieJar()
    seat = Seat(urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar)), jar)
    page = seat.opener.open(f"{desk}/login/", timeout=PATIENCE).read().decode()
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    said = {"username": name, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    seat.opener.open(f"{desk}/login/", urlencode(said).encode(), timeout=PATIENCE).read()
    return seat


def measure(
    desk: str, seats: list[Seat], pages: list[str], seconds: float
) -> list[tuple[float, bool]]:
    """What every officer's pages took, for so many seconds."""
    found: list[tuple[float, bool]] = []
    end = time.monotonic() + seconds

    def work(seat: Seat, n: int) -> None:
        while time.monotonic() < end:
            found.append(seat.get(desk + pages[n % len(pages)]))
            n += 1
            time.sleep(THINK)

    threads = [threading.Thread(target=work, args=(seat, n)) for n, seat in enumerate(seats)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def p95(found: list[tuple[float, bool]]) -> float:
    times = sorted(seconds for seconds, _ in found)
    return statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def said(found: list[tuple[float, bool]]) -> str:
    lost = sum(not came for _, came in found)
    slowest = max(seconds for seconds, _ in found)
    words = f"{p95(found):.2f} (worst {slowest:.2f}, {len(found)} pages)"
    return words + (f", **{lost} lost**" if lost else "")


def seed(path: Path) -> None:
    """A night with 40 drafts, in a process of its own: Django is set up once a process."""
    from desk import serve

    made = config.load(path)
    serve.prepare(made)
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User

    with store.using(made.store) as db:
        hashed = make_password(PASSWORD)
        for name in seeded_night.fill(db):
            User.objects.create(username=name, password=hashed)
        for n, case in enumerate(queue.cases(db, "todo", limit=60)):
            words = Draft(
                NoticeKind.VERIFYING,
                f"{case.claim[:24]}，正在核实",
                (f"第{n}条：正在核实。",),
                "",
                "",
                (),
            )
            notices.start(db, case.id, words, by=officers.MACHINE)


@contextmanager
def desk() -> Iterator[tuple[str, str, str]]:
    """A running desk: its address, the site's, and the number of a case."""
    with tempfile.TemporaryDirectory(prefix="piyao-bench-") as name:
        folder = Path(name)
        path, port, site = folder / "piyao.toml", free_port(), free_port()
        apart = "serve" in config.PublicConfig.__dataclass_fields__
        lines = f'data_dir = "data"\n[desk]\nport = {port}\n'
        path.write_text(lines + (f"[public]\nport = {site}\n" if apart else ""), encoding="utf-8")
        order = "import sys; from pathlib import Path; from benchmarks import bench_floods as b; "
        subprocess.run([sys.executable, "-c", order + f"b.seed(Path({str(path)!r}))"], check=True)
        with store.using(config.load(path).store) as db:
            case = queue.cases(db, "todo", limit=1)[0].number
        with (folder / "up.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "piyao", "up", "--config", str(path)], stdout=log, stderr=log
            )
            try:
                address = f"http://127.0.0.1:{port}"
                public = f"http://127.0.0.1:{site}" if apart else f"{address}/site"
                until(lambda: answers(address + "/login/"), "the desk does not answer")
                until(lambda: answers(public + "/index.html"), "the site does not answer")
                yield address, public, case
            finally:
                process.terminate()
                process.wait()


def flooded(kind: str, address: str, site: str, seats: list[Seat], pages: list[str]) -> str:
    """One line of the table."""
    cookie = sign_in(address, "viewer" if "viewer" in kind else "colleague").cookie
    before = measure(address, seats, pages, BEFORE)
    order = [sys.executable, "-m", "benchmarks.floods", kind, address, site, cookie]
    with subprocess.Popen(order, stdout=subprocess.PIPE, text=True) as flood:
        try:
            assert flood.stdout is not None and flood.stdout.readline().strip()
            during = measure(address, seats, pages, DURING)
            public = measure(site, seats[:1], ["/index.html"], 2)
        finally:
            flood.kill()
    after = measure(address, seats, pages, AFTER)
    cells = (f"{FLOODS[kind][1]} {kind}", said(before), said(during), said(after), said(public))
    return "| " + " | ".join(cells) + " |"


def main(kinds: list[str]) -> None:
    lines = [
        "Officers' pages, p95 in seconds; three officers, a fifth of a second between pages.",
        "",
        "| flood | before | during | after | public page during |",
        "| --- | --- | --- | --- | --- |",
    ]
    with desk() as (address, site, case):
        seats = [sign_in(address, name) for name in OFFICERS]
        pages = [page.format(case=case) for page in PAGES]
        measure(address, seats, pages, 3)  # templates and the like are loaded once
        for kind in kinds or FLOODS:
            lines.append(flooded(kind, address, site, seats, pages))
            print(lines[-1], file=sys.stderr, flush=True)
    results.append("benchmarks.bench_floods", lines)


if __name__ == "__main__":
    main(sys.argv[1:])
