"""What every page shows around its content: the tabs, who is on, the theme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from desk import alarms, last_step
from desk.accounts import told
from models.casework import queue
from models.china_time import in_china
from models.people import officers
from models.publishing import notices
from models.publishing.records import NoticeState

TABS = (  # area, word, second key after g, route
    ("today", "今日", "t", "today:page"),
    ("queue", "队列", "q", "queue:list"),
    ("review", "待审", "p", "review:list"),
    ("notices", "通告", "n", "review:published"),
    ("library", "已知说法", "k", "library:list"),
    ("sources", "来源", "s", "sources:list"),
    ("model", "模型", "m", "model:page"),
)


@dataclass(frozen=True)
class Tab:
    area: str
    word: str
    key: str
    href: str
    count: int | None = None


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of ``base.html``. A view may pass its own ``area`` to mark another tab."""
    officer = getattr(request, "officer", None)
    context: dict[str, Any] = {
        "office": settings.PIYAO.office,
        "theme": request.COOKIES.get("theme")
        if request.COOKIES.get("theme") in ("light", "dark")
        else "",
        "officer": officer,
        "now": getattr(request, "now", None),
        "area": area(request),
    }
    if officer is not None:
        context |= {
            "tabs": [] if officer.owes else tabs(request, officer),
            "account_news": [line for line in told.unseen(request.db, officer) if line.own],
            "shift": shift(request.now),
            "may": Permissions(officer),
            "undo": last_step.offered(request),
            "alarms": alarms.said(request.db, request.now),
        }
    return context


def area(request: HttpRequest) -> str:
    """Which tab the address belongs to: the app_name of its urls; a case belongs to 队列."""
    found = getattr(request, "resolver_match", None)
    name = found.app_name if found else ""
    return {"cases": "queue"}.get(name, name)


class Permissions:
    """``{% if may.claim %}`` in templates: asks the one function that decides."""

    def __init__(self, officer: Any) -> None:
        self._officer = officer

    def __getitem__(self, action: str) -> bool:
        return bool(officers.may(self._officer, action))


def tabs(request: HttpRequest, officer: Any) -> list[Tab]:
    """The tabs whose pages exist, and how many cases and notices wait in 队列 and 待审."""
    counted = {
        "queue": lambda: queue.counts(request.db, officer).get("todo", 0),
        "review": lambda: len(notices.in_states(request.db, NoticeState.IN_REVIEW)),
    }
    found = []
    for area, word, key, route in TABS:
        try:
            href = reverse(route)
        except NoReverseMatch:
            continue
        count = counted[area]() if area in counted else None
        found.append(Tab(area, word, f"g {key}", href, count))
    return found


def shift(now: datetime) -> str:
    """Which shift the moment belongs to.

    >>> from datetime import UTC
    >>> shift(datetime(2026, 11, 24, 19, 12, tzinfo=UTC))
    '夜班'
    """
    hour = in_china(now).hour
    return "早班" if 8 <= hour < 16 else "中班" if 16 <= hour < 24 else "夜班"
