"""The published site on the desk's own port, read-only: for who is at the desk, and old addresses."""

from __future__ import annotations

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from desk.public import files
from desk.web import anyone


@anyone
@require_safe
def file(request: HttpRequest, path: str = "") -> HttpResponseBase:
    """One file of the site; a folder means its index.html. Nothing outside the folder, no listing."""
    found = files.find(settings.PIYAO.public.dir, path)
    if found is None:
        raise Http404
    response = FileResponse(found.content, content_type=found.kind)
    response["Content-Length"] = str(found.held.st_size)
    for name, value in files.HEADERS.items():
        response[name] = value
    return response
