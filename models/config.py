"""piyao.toml, read once into typed records.

An unknown key, a wrong type or a value out of range is one sentence that names the key, its line
and the mend; nothing is guessed.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, get_type_hints

from models import address, folders
from models.errors import ConfigError
from models.sections import (
    AuditConfig,
    BackupConfig,
    DeskConfig,
    ModelConfig,
    OfficeConfig,
    PublicConfig,
    QueueConfig,
    RetentionConfig,
    Source,
    UploadsConfig,
    WindowConfig,
)
from models.toml_text import TomlText


@dataclass(frozen=True)
class Config:
    path: Path
    data_dir: Path
    desk: DeskConfig = field(default_factory=DeskConfig)
    office: OfficeConfig = field(default_factory=OfficeConfig)
    queue: QueueConfig = field(default_factory=QueueConfig)
    window: WindowConfig = field(default_factory=WindowConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    retention: RetentionConfig = field(default_factory=RetentionConfig)
    public: PublicConfig = field(default_factory=PublicConfig)
    audit: AuditConfig = field(default_factory=AuditConfig)
    backup: BackupConfig = field(default_factory=BackupConfig)
    uploads: UploadsConfig = field(default_factory=UploadsConfig)
    sources: tuple[Source, ...] = ()

    def __post_init__(self) -> None:
        public = dataclasses.replace(
            self.public,
            dir=folders.site_of(self.data_dir, self.public.dir),
            host=self.public.host or self.desk.host,
            port=self.public.port or (self.desk.port + 1 if self.desk.port else 0),
        )
        # the class is frozen; and no folder depends on where the command was started
        object.__setattr__(self, "public", public)

    @property
    def store(self) -> Path:
        return self.data_dir / "piyao.db"

    @property
    def heads(self) -> Path | None:
        """The file that keeps the heads of the audit log; None: an address does, or nothing."""
        kept = self.audit.heads
        return self.path.parent / kept if kept and not is_address(kept) else None


SECTIONS: dict[str, type] = {
    "desk": DeskConfig,
    "office": OfficeConfig,
    "queue": QueueConfig,
    "window": WindowConfig,
    "model": ModelConfig,
    "retention": RetentionConfig,
    "public": PublicConfig,
    "audit": AuditConfig,
    "backup": BackupConfig,
    "uploads": UploadsConfig,
}
SOURCE_KEYS: dict[str, type] = {
    "name": str,
    "kind": str,
    "url": str,
    "every": float,
    "label": str,
    "allow_private": bool,
    "enabled": bool,
}
RANGES: dict[str, tuple[float, float]] = {
    "port": (0, 65535),
    "cases_a_night": (1, 100_000),
    "risk_line": (0, 1),
    "sample_share": (0, 1),
    "collect_every": (1, 86_400),
    "score_every": (0.2, 3_600),
    "every": (1, 86_400),
    "wordings": (1_000, 20_000_000),
    "days": (1, 3_650),
    "posts_days": (1, 3_650),
    "closed_days": (1, 3_650),
    "sign_ins_days": (200, 3_650),
    "keep": (1, 10_000),
    "keep_days": (0, 3_650),
    "alarm_after": (60, 2_592_000),
    "files_a_day": (1, 100_000),
    "mb_a_day": (1, 1_000_000),
    "keep_free_mb": (0, 1_000_000),
}


def is_address(text: str) -> bool:
    """Whether a place that may be a file or a web address is an address."""
    return "://" in text


def load(path: Path | str) -> Config:
    """The configuration in ``path``. Raises ``ConfigError``: what, which line, how to mend it."""
    try:
        path = Path(path).absolute()
    except FileNotFoundError:
        raise ConfigError(
            "the current folder is gone", str(path), "go to another, or name the whole path"
        ) from None
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError("no such file", str(path), "`piyao init` writes one") from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigError(
            f"is not UTF-8 ({error.reason})", f"{path}, line {line}", "save it as UTF-8"
        ) from None
    except OSError as error:
        raise ConfigError(
            f"cannot be read ({error.strerror})", str(path), "mend its rights, or name another file"
        ) from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"is not TOML ({error})", str(path), "mend that line, or start anew with `piyao init`"
        ) from None
    return _Reader(path, text).config(table)


def write_template(path: Path) -> None:
    """Write a commented configuration to start from; never over an existing file."""
    try:
        with path.open("x", encoding="utf-8") as out:
            out.write(files("models").joinpath("template.toml").read_text("utf-8"))
    except FileExistsError:
        raise ConfigError("is there already", str(path), "edit it, or name another file") from None
    except OSError as error:
        raise ConfigError(
            f"cannot be written ({error})", str(path), "name another folder"
        ) from None


@dataclass(frozen=True)
class _Reader(TomlText):
    def config(self, table: dict[str, Any]) -> Config:
        known = [*SECTIONS, "data_dir", "source"]
        for key in table:
            if key not in known:
                raise self.wrong(
                    key, "is not a section or key of piyao.toml", self.meant(key, known)
                )
        data_dir = table.get("data_dir", "piyao-data")
        if not isinstance(data_dir, str):
            raise self.wrong("data_dir", "must be a text in quotes", "write a folder")
        folder = self.path.parent / data_dir
        parts = {
            name: self.record(name, kind, table.get(name, {})) for name, kind in SECTIONS.items()
        }
        public = parts["public"]
        named = table.get("public", {}).get("dir", "")  # "." is a name, and "" is none
        site = folder / named if named else folders.site_of(folder, Path())
        if folder.resolve().is_relative_to(site.resolve()):  # the store and its key are in there
            raise self.wrong(
                "dir",
                "would publish the data folder itself",
                'write a folder of its own: "site"',
                "public",
            )
        desk = parts["desk"]
        if public.serve and desk.port and public.port == desk.port:
            raise self.wrong("port", "is the desk's own", "name another, or none", "public")
        if public.base_url:
            self.address("base_url", public.base_url, "public")
        if not re.fullmatch(r"(?:([01]\d|2[0-3]):[0-5]\d)?", parts["model"].renew_at):
            raise self.wrong("renew_at", "is no time of day", 'write it like "03:30"', "model")
        heads = parts["audit"].heads
        if is_address(heads):
            self.address("heads", heads, "audit")
        elif heads:
            kept = (self.path.parent / heads).resolve()
            if any(kept.is_relative_to(each.resolve()) for each in (folder, site)):
                raise self.wrong(
                    "heads",
                    "lies inside the data folder, whose loss or rollback it is to show",
                    "name a file elsewhere, best on another disk or machine",
                    "audit",
                )
        raw = table.get("source", [])
        if not isinstance(raw, list):
            raise self.wrong("source", "must be a list", "write each source under [[source]]")
        sources = tuple(self.source(item, n, parts["queue"]) for n, item in enumerate(raw))
        names = [source.name for source in sources]
        for n, name in enumerate(names):
            if name in names[:n]:
                raise self.wrong(
                    "name", f"“{name}” is used by two sources", "rename one", f"source {n + 1}"
                )
        return Config(path=self.path, data_dir=folder, sources=sources, **parts)

    def record(self, section: str, kind: type, table: Any) -> Any:
        if not isinstance(table, dict):
            raise self.wrong(section, "must be a section", f"write [{section}] on its own line")
        hints = get_type_hints(kind)
        values = {}
        for key, value in table.items():
            if key not in hints:
                raise self.wrong(
                    key, f"is not a key of [{section}]", self.meant(key, hints), section
                )
            values[key] = self.value(key, value, hints[key], section)
        if (
            section == "office" and "name" in values
        ):  # an office that is named is nowhere the sample
            values = {"short": values["name"], "code": "", "place": ""} | values
        return kind(**values)

    def source(self, table: Any, n: int, queue: QueueConfig) -> Source:
        where = f"source {n + 1}"
        if not isinstance(table, dict):
            raise self.wrong("source", "must be a list of sections", "write [[source]]")
        for key in table:
            if key not in SOURCE_KEYS:
                raise self.wrong(
                    key, "is not a key of [[source]]", self.meant(key, SOURCE_KEYS), where
                )
        values = {
            key: self.value(key, value, SOURCE_KEYS[key], where) for key, value in table.items()
        }
        for key in ("name", "url"):
            if not values.get(key):
                raise self.wrong("", f"the {where} has no {key}", f'write {key} = "…"', where)
        if not re.fullmatch(r"[\w.-]{1,60}", values["name"]):
            raise self.wrong(
                "name",
                f"“{values['name']}” has odd characters",
                "use letters, digits, - and _",
                where,
            )
        self.address("url", values["url"], where)
        return Source(
            **{"kind": "feed", "every": queue.collect_every, "label": values["name"], **values}
        )

    def address(self, key: str, url: str, where: str) -> None:
        what, mend = address.fault(url)
        if what:
            raise self.wrong(key, what, mend, where)

    def value(self, key: str, value: Any, kind: Any, where: str) -> Any:
        low, high = RANGES.get(key, (float("-inf"), float("inf")))
        return self.checked(key, value, kind, where, low, high)
