"""The last step of a session: kept when it is done, shown in the status bar, taken back by ``z``."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from desk.web import DeskRequest
from models.casework.records import Case

UNDO_SECONDS = 60  # how long a page loaded anew offers it; keys.js hides it after ten seconds


def offer(request: DeskRequest, step: str, case: Case, word: str) -> None:
    """Keep the step for ``z``; the frame shows ``word`` in the status bar."""
    request.session["undo"] = {
        "step": step,
        "case": case.id,
        "word": word,
        "at": request.now.timestamp(),
    }


def offered(request: HttpRequest) -> dict[str, Any] | None:
    """The last step of this session, while it may still be taken back from the status bar."""
    last: dict[str, Any] | None = request.session.get("undo")
    fresh = last and request.now.timestamp() - last["at"] < UNDO_SECONDS
    return last if fresh else None


def forget(request: HttpRequest) -> None:
    """Offer nothing any more: the step was taken back, here or on the page of the case."""
    request.session.pop("undo", None)
