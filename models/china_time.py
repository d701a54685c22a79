"""The time of day in China, where the desk works: one offset, no summer time."""

from __future__ import annotations

from models import driver  # noqa: F401  # isort: skip  (first: one SQLite library)
from datetime import timedelta, timezone

CHINA = timezone(timedelta(hours=8))
