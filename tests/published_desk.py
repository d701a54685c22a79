"""A desk whose notices went out through the real site, for tests of what must come back."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from models import config as configuration
from models.casework import cases
from models.config import Config
from models.people import officers
from models.publishing import notices
from models.publishing.records import Notice
from models.store import Store
from notices import channels, sending
from tests import case_steps
from tests.conftest import People

CLAIMS = (
    "江州三号桥今晚封闭",
    "东渡水厂明天起停水三天",
    "城北菜场的肉都是病猪肉",
    "石桥中学明天停课",
)


def configure(folder: Path) -> Config:
    """A desk's piyao.toml, with data in ``data`` and backups in ``backups``."""
    path = folder / "piyao.toml"
    path.write_text('data_dir = "data"\n[desk]\nport = 1\n', encoding="utf-8")
    return configuration.load(path)


def approve(db: Store, who: People, claim: str) -> Notice:
    """A claim found false and its notice approved, by as many people as it takes."""
    case = case_steps.open_case(db, text=claim)
    case = cases.claim(db, case.id, case.version, by=who.verifier)
    for title in ("登记答复", "书面答复"):
        case_steps.prove(db, case, who.verifier, title=title, refutes=claim[:6])
    case_steps.decide(db, case, who.verifier)
    words = dataclasses.replace(case_steps.words(db, case), title=f"{claim[:4]}一事不实")
    notice = notices.start(db, case.id, words, by=officers.MACHINE)
    case_steps.submit(db, notice, who.verifier)
    return case_steps.approve(db, notice, who.publisher)


def deliver(db: Store, config: Config) -> list[sending.Result]:
    return sending.deliver(db, channels.opened(config), config)


def publish(db: Store, config: Config, who: People, claim: str) -> Notice:
    """Approved, and out on the site."""
    notice = approve(db, who, claim)
    deliver(db, config)
    return notices.get(db, notice.id)
