"""Who works at the desk: roles, officers, and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.harm import Topic


class Role(StrEnum):
    """What an account may do. The words on pages are in ``label``."""

    VIEWER = "viewer"
    MONITOR = "monitor"
    VERIFIER = "verifier"
    PUBLISHER = "publisher"
    ADMIN = "admin"
    MACHINE = "machine"  # the scheduler: collects, ranks and drafts; counts as nobody

    @property
    def label(self) -> str:
        return {
            "viewer": "观察员",
            "monitor": "值班员",
            "verifier": "核查员",
            "publisher": "发布员",
            "admin": "管理员",
            "machine": "机器",
        }[self.value]

    @property
    def short(self) -> str:
        return {"machine": "机器", "admin": "管理"}.get(self.value, self.label.removesuffix("员"))


@dataclass(frozen=True)
class Officer:
    """An account of the desk. Shown by role and number (核查 07), never by name."""

    id: int
    username: str
    role: Role
    number: int
    fields: tuple[Topic, ...] = ()  # hazard topics this officer may review
    active: bool = True
    owes: bool = False  # signs in with a one-time code, and has not chosen a password since
    changed_at: datetime | None = None  # by an administrator; None: never since the founding
    epoch: int = 0  # sessions that began in an earlier one have ended

    @property
    def label(self) -> str:
        return (
            self.role.label if self.role is Role.ADMIN else f"{self.role.short} {self.number:02d}"
        )


MAY: dict[Role, frozenset[str]] = {
    Role.VIEWER: frozenset({"see"}),
    Role.MONITOR: frozenset({"see", "claim", "dismiss", "evidence", "lead", "reword"}),
    Role.VERIFIER: frozenset(
        {"see", "claim", "dismiss", "evidence", "lead", "reword"}
        | {"decide", "draft", "submit", "review", "refuse", "retract", "library"}
    ),
    Role.PUBLISHER: frozenset({"see", "draft", "approve", "refuse", "settle", "retract"}),
    Role.ADMIN: frozenset({"see", "sources", "accounts", "library"}),
    Role.MACHINE: frozenset({"see", "open", "draft"}),
}
