"""The demo: a living desk on the sample forum, with accounts, and a few claims already settled.

Everything runs through the real parts: the forum is crawled over HTTP by the real spider on the
real clock, and the settled claims went through ``models`` step by step, by the demo's officers.
"""

from __future__ import annotations

from models.publishing import reviews

from models import driver  # noqa: F401  # isort: skip  (first: one SQLite library)

import contextlib
import shutil
import socket
import threading
import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from classifier.ranking import model as weights
from classifier.ranking import new_posts
from desk import serve
from models import config, folders, isolated, store
from models.casework import (
    cases,
    evidence,
    opening,
    queue,
    verdicts,
)
from models.casework.records import Hazard, Literal
from models.config import Config, QueueConfig, Source
from models.errors import StoreError
from models.harm import Topic
from models.intake import posts, sources
from models.intake.records import Post
from models.outcome import Outcome
from models.people import officers
from models.publishing import notices as papers
from models.publishing.revisions import Draft
from models.ranking.line import Line
from models.roles import Officer, Role
from models.store import Store
from notices.drafting import first_draft
from operations import processes

Say = Callable[[str], object]

MARKER = "this-is-a-piyao-demo"
HAZARDS = tuple(topic for topic in Topic if topic.hazard)
ACCOUNTS: dict[str, tuple[Role, int, tuple[Topic, ...], str, str]] = {
    "zhiban": (Role.MONITOR, 3, (), "看队列，领取，不立案", "reads the queue, claims, dismisses"),
    "hecha": (Role.VERIFIER, 7, HAZARDS, "取证，核定，送审", "adds evidence, decides, submits"),
    "fuhe": (Role.VERIFIER, 11, HAZARDS, "复核疫情、食品等通告", "reviews hazard topics"),
    "fabu": (Role.PUBLISHER, 2, (), "批准，发布", "approves and publishes"),
    "guancha": (Role.VIEWER, 1, (), "只看，不改", "looks, changes nothing"),
    "guanli": (Role.ADMIN, 1, (), "管来源和账号", "sources and accounts"),
}


def run(folder: Path, port: int, pace: float, say: Say) -> None:
    """Start forum, pages and clock; say where they are; until Ctrl-C.

    Raises ``StoreError`` where a desk runs in ``folder``, or somebody else's files are there.
    """
    folders.make_closed(folder)
    if any(folder.iterdir()) and not (folder / MARKER).exists():
        raise StoreError("is not a demo's folder", str(folder), "name another with --folder")
    running = StoreError(
        "a demo is running here",
        str(folder),
        "use that one, or stop it with Ctrl-C where it runs; a second one goes with --folder",
    )
    with folders.alone(folder / MARKER, running):
        _empty(folder, running)
        _live(folder, port, pace, say)
    say("Stopped.")


def _live(folder: Path, port: int, pace: float, say: Say) -> None:
    ports = _ports(port)
    made = _configure(folder, *ports)
    say("Preparing the demo …  正在准备示例核查台……")
    password = _people(made)
    _history(made)
    argv = processes.commands(made)
    forum = isolated.python("crawler.sample", "--port", str(ports[2]))
    argv = {"forum": [*forum, "--pace", str(pace), "--until-stdin-closes"], **argv}
    keeper = processes.Keeper(argv, say)
    processes.until_signalled(keeper.stop)
    desk, site, board = (f"http://127.0.0.1:{each}/" for each in ports)

    def ready() -> None:
        if processes.wait_for(f"{desk}login/", keeper.stop) and _first_case(made, keeper.stop):
            say(_welcome(desk, site, board, password, moved=port not in (0, ports[0])))

    keeper.keep(ready)


def _empty(folder: Path, running: StoreError) -> None:
    """Take away what an earlier demo left, but the marker that this one has locked."""
    with contextlib.ExitStack() as others:
        for lock in folder.glob("*.scheduler"):  # ``piyao up`` may run on its configuration
            others.enter_context(folders.alone(lock, running))
        for old in folder.iterdir():
            if old.is_dir() and not old.is_symlink():
                shutil.rmtree(old)
            elif old.name != MARKER:
                old.unlink()


def _first_case(made: Config, stop: threading.Event) -> bool:
    """Wait until a case stands in the queue, as the welcome says; false: told to stop."""
    with store.using(made.store) as db:
        while not queue.counts(db)["todo"]:
            if stop.wait(0.3):
                return False
    return True


def _ports(wanted: int) -> tuple[int, int, int]:
    """Of desk, public site and forum: three in a row, or where one of them is taken any."""
    row = range(wanted, wanted + 3) if 0 < wanted < 65_534 else range(0)
    if row and all(map(_free, row)):
        return row[0], row[1], row[2]
    return _any_port(), _any_port(), _any_port()


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _configure(folder: Path, port: int, site_port: int, forum_port: int) -> Config:
    path = folder / "piyao.toml"
    path.write_text(
        f"""data_dir = "."

[desk]
port = {port}

[public]
dir = "site"
port = {site_port}

[queue]
score_every = 2

[[source]]
name = "forum"
label = "江州论坛（示例）"
url = "http://127.0.0.1:{forum_port}/feed.xml?n=400"
every = 10
allow_private = true
""",
        encoding="utf-8",
    )
    return config.load(path)


def _people(made: Config) -> str:
    serve.prepare(made)
    from desk.accounts import service

    password = service.passphrase()
    with store.using(made.store) as db:
        for username, (role, number, fields, _, _) in ACCOUNTS.items():
            service.add(db, username, password, role, number, fields)
    return password


def _history(made: Config) -> None:
    """Claims of earlier days, each taken through the whole workflow."""
    past = tomllib.loads(files("desk").joinpath("demo_history.toml").read_text("utf-8"))["claim"]
    with store.using(made.store) as db:
        sources.sync(db, [Source("earlier", "feed", "https://piyao.invalid/", 3600, label="往日")])
        everyone = QueueConfig(risk_line=0.0, sample_share=0.0)
        model = weights.load()
        for claim in past:
            posts.add_many(db, [Post("earlier", text, text) for text in claim["posts"]])
            new_posts.score_new(db, model, everyone)
            _settle(db, made, claim)
        sources.sync(db, made.sources)


def _settle(db: Store, made: Config, claim: dict[str, Any]) -> None:
    who = {name: _officer(db, name) for name in ACCOUNTS}
    post = next(p for p in posts.newest(db, 1))
    case = opening.refresh(db, post.cluster_id, "", Line.at(0.0))
    assert case is not None  # noqa: S101  (the line is 0)
    case = cases.claim(db, case.id, by=who["hecha"])
    for item, by in zip(claim["evidence"], ("hecha", "zhiban"), strict=True):  # two finders
        evidence.add(
            db,
            case.id,
            title=item["title"],
            finding=item["finding"],
            refutes=item["refutes"],
            primary=True,
            independent=True,
            original=item["finding"].encode(),
            media_type="text/plain",
            by=who[by],
        )
    if case.hazard:
        cases.send_lead(db, case.id, to=claim["lead"], by=who["hecha"])
        cases.set_sample_status(db, case.id, status="不涉及实物", by=who["hecha"])
    verdicts.decide(
        db,
        case.id,
        None,
        literal=Literal(claim["literal"]),
        hazard=Hazard.EXCLUDED,
        outcome=Outcome(claim["outcome"]),
        ground=claim["ground"],
        by=who["hecha"],
    )
    words = first_draft.write(db, cases.get(db, case.id), made.office, store.now())
    notice = papers.start(db, case.id, words, by=officers.MACHINE)
    notice = papers.edit(
        db,
        notice.id,
        notice.revision,
        Draft(
            notice.kind, claim["title"], notice.findings, notice.quote, notice.closing, notice.basis
        ),
        by=who["hecha"],
    )
    notice = reviews.submit(db, notice.id, notice.hash, by=who["hecha"])
    if case.hazard:
        notice = reviews.review(db, notice.id, notice.hash, by=who["fuhe"])
    reviews.approve(db, notice.id, notice.hash, by=who["fabu"])


def _officer(db: Store, username: str) -> Officer:
    officer = officers.by_username(db, username)
    assert officer is not None  # noqa: S101  (made by _people)
    return officer


def _welcome(desk: str, site: str, forum: str, password: str, moved: bool) -> str:
    accounts = [
        f"    {username:<8} {role.label} {number:02d}  {said}  {what}"
        for username, (role, number, _, said, what) in ACCOUNTS.items()
    ]
    taken = ["  The port asked for was taken: these are others.  指定的端口已被占用，换了别的。"]
    return "\n".join(
        [
            "",
            f"  核查台 desk            {desk}",
            f"  公众网站 public site   {site}",
            f"  示例论坛 sample forum  {forum}",
            *(taken if moved else []),
            "  换端口 other ports: make run PORT=9000  (9000, 9001, 9002)",
            "",
            f"  示例账号，口令都是  accounts, all with the password   {password}",
            *accounts,
            "",
            "  先试：用 hecha 登录，领取最前的案件（c），附两项证据，核定（v），通告稿就写好了。疫情、食品",
            "  一类要两人取证（hecha 和 zhiban），再由 fuhe 复核、fabu 批准。到示例论坛发一条，看它进队列。",
            "  Try first: sign in as hecha, take the top case (c), add two pieces of evidence, decide (v); the",
            "  draft is there. A hazard topic takes two finders (hecha and zhiban), fuhe to review, fabu to",
            "  approve. Post something on the sample forum and see it arrive.",
            "",
            "  按 Ctrl-C 全部停下。Ctrl-C stops everything.",
            "",
        ]
    )
