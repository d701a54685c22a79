"""An officer at a running desk, over HTTP: signs in, opens pages, sends their forms."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.cookiejar import CookieJar


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    url: str

    @property
    def words(self) -> str:
        """The text of the page, without tags."""
        return " ".join(re.sub(r"<[^>]+>", " ", self.text).split())


class HttpOfficer:
    def __init__(self, address: str, name: str, password: str) -> None:
        self.address = address
        self._jar = CookieJar()
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar)).open
        self.get("/login/")
        assert self.post("/login/", username=name, password=password).status == 200
        assert self.get("/queue/").url.endswith("/queue/"), f"{name} is not signed in"

    def get(self, path: str) -> Answer:
        return self._ask(urllib.request.Request(self.address + path))

    def post(self, path: str, **data: object) -> Answer:
        """A form, with the token of this session; redirects are followed."""
        token = next(cookie.value for cookie in self._jar if "csrf" in cookie.name)
        body = urllib.parse.urlencode(data | {"csrfmiddlewaretoken": token}).encode()
        headers = {"Referer": self.address + path}
        return self._ask(urllib.request.Request(self.address + path, body, headers))

    def _ask(self, request: urllib.request.Request) -> Answer:
        try:
            with self._open(request, timeout=120) as answer:
                return Answer(answer.status, answer.read().decode(), answer.url)
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode(), error.url)
