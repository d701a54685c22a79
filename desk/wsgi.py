"""The WSGI application, for waitress (``desk.serve``) or any other server."""

from __future__ import annotations

import models.driver  # noqa: F401  isort: skip  (first: one SQLite library)

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
application = get_wsgi_application()
