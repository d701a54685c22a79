"""The sections of piyao.toml as typed records: their keys, and what holds where nothing is said."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DeskConfig:
    host: str = "127.0.0.1"
    port: int = 8400  # 0: any free port
    hosts: tuple[str, ...] = ()  # names the desk is reached by, behind a proxy
    https: bool = False  # True behind a TLS proxy: secure cookies, HSTS
    proxy: str = ""  # address of the proxy in front, whose X-Forwarded-For is believed


@dataclass(frozen=True)
class OfficeConfig:
    name: str = "江州市网络谣言核查中心"
    short: str = "江州核查中心"
    code: str = "江核通"
    place: str = "江州"
    mark: str = "辟"


@dataclass(frozen=True)
class QueueConfig:
    cases_a_night: int = (
        200  # that the desk can read; the line follows it (``models.ranking.line``)
    )
    risk_line: float = 0.5  # the lowest line, of a night on which everything can be read; 0..1
    sample_share: float = 0.05  # share of low-scored posts shown to officers all the same; 0..1
    collect_every: float = 300.0  # seconds; a source's own `every` goes first
    score_every: float = 5.0


@dataclass(frozen=True)
class WindowConfig:
    """With how many wordings a new post is compared. Posts and clusters of a wording that leaves
    this window stay as they are."""

    wordings: int = 1_000_000  # about 2 GB of store; those not met for longest leave first
    days: int = 180  # a wording that was not met for so long leaves


@dataclass(frozen=True)
class ModelConfig:
    renew_at: str = "03:30"  # of the day in China; "" = never by itself


@dataclass(frozen=True)
class RetentionConfig:
    posts_days: int = 30  # posts without a case, and the keyed hashes of all authors
    closed_days: int = 180  # posts of closed cases
    sign_ins_days: int = 200  # the law asks for logs of six months at least


@dataclass(frozen=True)
class BackupConfig:
    folder: str = ""  # "": the clock makes none
    key_folder: str = ""  # "": beside the folder, with a word that it belongs elsewhere
    every: float = 900.0  # seconds
    keep: int = 24  # the newest ones …
    keep_days: int = 14  # … and the last one of each of so many days
    alarm_after: float = 3_600.0  # seconds without a good one


@dataclass(frozen=True)
class UploadsConfig:
    """What one person may upload in a day (of China)."""

    files_a_day: int = 200
    mb_a_day: int = 500
    keep_free_mb: int = 500  # of the disk: below it nothing is uploaded, and casework goes on


@dataclass(frozen=True)
class PublicConfig:
    base_url: str = ""  # "": where the process of the site listens
    dir: Path = Path()  # Path(): see ``models.folders``
    serve: bool = True  # False: a web server of the operator's serves ``dir``
    host: str = ""  # "": the desk's
    port: int = 0  # 0: the one after the desk's


@dataclass(frozen=True)
class AuditConfig:
    heads: str = ""  # a file outside the data folder, or an address; "": kept nowhere else


@dataclass(frozen=True)
class Source:
    """One place where posts come from, as piyao.toml names it, and what its last visit left."""

    name: str
    kind: str  # feed
    url: str
    every: float  # seconds between runs
    allow_private: bool = False
    enabled: bool = True
    label: str = ""
    etag: str = ""
    last_modified: str = ""
