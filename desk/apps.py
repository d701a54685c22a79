"""The desk as Django's application: what is connected once, before any page is asked for."""

from __future__ import annotations

from django.apps import AppConfig


class DeskApp(AppConfig):
    name = "desk"

    def ready(self) -> None:
        from django.contrib.auth import user_logged_in

        from desk.web import begin_session

        user_logged_in.connect(begin_session)
