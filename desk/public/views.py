"""The published site, read-only, from ``config.public.dir``."""

from __future__ import annotations

import mimetypes

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils._os import safe_join
from django.views.decorators.http import require_safe

from desk.web import anyone

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
TYPES = {".xml": "application/xml", ".txt": "text/plain", ".json": "application/json"}


@anyone
@require_safe
def file(request: HttpRequest, path: str = "") -> HttpResponseBase:
    """One file of the site; a folder means its index.html. Nothing outside the folder, no listing."""
    root = settings.PIYAO.public.dir.resolve()
    try:
        found = root.joinpath(safe_join(root, path or "index.html")).resolve()
    except (SuspiciousFileOperation, ValueError) as error:
        raise Http404 from error
    hidden = any(part.startswith(".") for part in path.split("/"))
    try:
        if found.is_dir():
            found = found / "index.html"
        if hidden or not found.is_relative_to(root) or not found.is_file():
            raise Http404
    except OSError as error:  # a name that no file can have
        raise Http404 from error
    kind = TYPES.get(found.suffix) or mimetypes.guess_type(found.name)[0]
    response = FileResponse(found.open("rb"), content_type=kind or "application/octet-stream")
    if response["Content-Type"] in (
        "text/html",
        "application/xml",
        "text/plain",
        "application/json",
    ):
        response["Content-Type"] += "; charset=utf-8"
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "public, max-age=60"
    return response
