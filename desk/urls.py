"""The addresses of the desk: one prefix an area; the area's own urls.py says the rest."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from desk import alarms, web

AREAS = {
    "queue": "queue/",
    "cases": "cases/",
    "review": "",  # /review/ and /notices/
    "today": "today/",
    "library": "library/",
    "sources": "sources/",
    "model": "model/",
    "audit": "audit/",
    "accounts": "",
    "public": "site/",
}

urlpatterns: list[URLPattern | URLResolver] = [
    path("", web.home, name="home"),
    path("theme/", web.theme, name="theme"),
    path("alarm/", alarms.page, name="alarm"),
    *(
        path(prefix, include(f"desk.{area}.urls"))
        for area, prefix in AREAS.items()
        if find_spec(f"desk.{area}") and find_spec(f"desk.{area}.urls")
    ),
]

handler400 = web.bad_request
handler403 = web.permission_denied
handler404 = web.page_not_found
handler500 = web.server_error
