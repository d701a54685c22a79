"""The published site on the desk's own port, read-only: for who is at the desk, and old addresses."""

from __future__ import annotations

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseNotFound
from django.urls import reverse
from django.views.decorators.http import require_safe

from desk.public import files
from desk.web import anyone
from models import folders
from notices.channels import pages


@anyone
@require_safe
def file(request: HttpRequest, path: str = "") -> HttpResponseBase:
    """One file of the site; a folder means its index.html. Nothing outside the folder, no listing; what
    is not there is said in the site's own look."""
    found = files.find(settings.PIYAO.public.dir, path)
    response: HttpResponseBase
    if found is None or found.name == folders.NOT_FOUND:
        root = reverse("public:home")
        response = HttpResponseNotFound(pages.not_found(settings.PIYAO.office, root))
    else:
        response = FileResponse(found.content, content_type=found.kind)
        response["Content-Length"] = str(found.held.st_size)
    for name, value in files.HEADERS.items():
        response[name] = value
    return response
