"""Statements that are put together from names: each name quoted, each value a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def insertion(table: str, row: Mapping[str, Any]) -> str:
    columns, marks = ", ".join(map(quoted, row)), ", ".join("?" * len(row))
    return f"INSERT INTO {quoted(table)} ({columns}) VALUES ({marks})"  # noqa: S608  (quoted)


def quoted(name: str) -> str:
    """A table or column as SQL takes it whatever its characters.

    >>> quoted("by")
    '"by"'
    """
    return '"' + name.replace('"', '""') + '"'
