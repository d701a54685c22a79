"""The demo: a living desk on the sample forum, with accounts, and a few claims already settled.

Everything runs through the real parts: the forum is crawled over HTTP by the real spider on the
real clock, and the settled claims went through ``models`` step by step, by the demo's officers.
"""

from __future__ import annotations

from models.publishing import reviews

from models import driver  # noqa: F401  # isort: skip  (first: one SQLite library)

import shutil
import socket
import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from classifier.ranking import model as weights
from classifier.ranking import new_posts
from desk import serve
from models import config, isolated, store
from models.casework import (
    cases,
    evidence,
    opening,
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
from models.roles import Officer, Role
from models.store import Store
from notices.drafting import first_draft
from operations import processes

Say = Callable[[str], object]

MARKER = "this-is-a-piyao-demo"
HAZARDS = tuple(topic for topic in Topic if topic.hazard)
ACCOUNTS: dict[str, tuple[Role, int, tuple[Topic, ...], str]] = {
    "zhiban": (Role.MONITOR, 3, (), "reads the queue, claims and dismisses"),
    "hecha": (Role.VERIFIER, 7, HAZARDS, "adds evidence, decides, submits the notice"),
    "fuhe": (Role.VERIFIER, 11, HAZARDS, "second verifier: reviews hazard topics"),
    "fabu": (Role.PUBLISHER, 2, (), "approves and publishes"),
    "guancha": (Role.VIEWER, 1, (), "looks, changes nothing"),
    "guanli": (Role.ADMIN, 1, (), "sources and accounts"),
}


def run(folder: Path, port: int, pace: float, say: Say) -> None:
    """Start forum, pages and clock; say where they are; until Ctrl-C."""
    _fresh(folder)
    port = port if port and _free(port) else _any_port()
    forum_port = _any_port()
    made = _configure(folder, port, forum_port, _any_port())
    say("Preparing the demo …")
    password = _people(made)
    _history(made)
    argv = processes.commands(made)
    forum = isolated.python("crawler.sample", "--port", str(forum_port))
    argv = {"forum": [*forum, "--pace", str(pace), "--until-stdin-closes"], **argv}
    keeper = processes.Keeper(argv, say)
    processes.until_signalled(keeper.stop)
    address = f"http://127.0.0.1:{port}"
    site = f"http://127.0.0.1:{made.public.port}"

    def ready() -> None:
        if processes.wait_for(f"{address}/login/", keeper.stop):
            say(_welcome(address, site, f"http://127.0.0.1:{forum_port}/", password))

    keeper.keep(ready)
    say("Stopped.")


def _fresh(folder: Path) -> None:
    """An empty demo folder; refuses to empty a folder that no demo made."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            raise StoreError("is not a demo's folder", str(folder), "name another with --folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / MARKER).touch()


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


def _configure(folder: Path, port: int, forum_port: int, site_port: int) -> Config:
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
        for username, (role, number, fields, _) in ACCOUNTS.items():
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
    case = opening.refresh(db, post.cluster_id, "", 0.0)
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


def _welcome(address: str, site: str, forum: str, password: str) -> str:
    lines = [
        "",
        f"  辟谣 desk    {address}/",
        f"  public site  {site}/",
        f"  sample forum {forum}  (post something there and see it arrive)",
        "",
        f"  Accounts, all with the password  {password}",
        *(
            f"    {username:<8} {role.label} {number:02d}  {what}"
            for username, (role, number, _, what) in ACCOUNTS.items()
        ),
        "",
        "  Try first: sign in as hecha, take the top case (c), add two pieces of evidence, decide",
        "  (v); the draft is there. A hazard topic then wants fuhe to review and fabu to approve.",
        "  New posts keep coming. Ctrl-C stops everything.",
        "",
    ]
    return "\n".join(lines)
