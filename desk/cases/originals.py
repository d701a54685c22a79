"""The stored original of an evidence: handed out as a file, never shown in the desk's own page."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from desk.cases.page import evidence_of, find_case
from desk.web import DeskRequest, allow
from models.casework import evidence

# What may keep its type; everything else (HTML and SVG above all) leaves as plain bytes.
SAFE = {
    "application/pdf": "pdf",
    "audio/mpeg": "mp3",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "text/plain": "txt",
    "video/mp4": "mp4",
}


@allow("evidence", "approve")
@require_safe
def original(request: DeskRequest, number: str, item: int) -> HttpResponse:
    """The bytes as they came. An original cannot be masked, so observers do not get it."""
    case = find_case(request.db, number)
    found = evidence_of(request.db, case, item)
    body, kind = evidence.original(request.db, found.id, by=request.officer)
    kind = kind.split(";")[0].strip().lower()
    safe = kind if kind in SAFE else "application/octet-stream"
    response = HttpResponse(body, content_type=safe)
    name = f"{case.number}-{found.id}-{found.sha256[:8]}.{SAFE.get(kind, 'bin')}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
