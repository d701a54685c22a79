"""A real HTTP server for the crawler's tests: says what it is told and counts who came.

``Server()`` is a context manager on a free loopback port. ``answers`` maps a path to an ``Answer``;
``connections`` counts TCP connections, ``hits`` requests by path.
"""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.waiting import HANG


@dataclass
class Answer:
    """What a path says. ``stream`` sends so many bytes of ``body`` repeated, without a length."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str = ""  # conditional GET: a request that names it gets 304
    last_modified: str = ""
    stream: int = 0
    pause: float = 0.0  # seconds between pieces of the body
    length: int | None = None  # a Content-Length that is not true
    hold: threading.Event | None = None  # nothing is answered before it is set


class Server:
    """Serves until the ``with`` block ends."""

    def __init__(
        self,
        *,
        certificate: tuple[Path, Path] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.answers: dict[str, Answer] = {}
        self.hits: Counter[str] = Counter()
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.posted: list[bytes] = []
        self.connections = 0
        self.sent = 0  # bytes of bodies
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer._answer(self)

            def do_POST(self) -> None:
                outer.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
                outer._answer(self)

            def log_message(self, *arguments: Any) -> None:
                pass

        class Listener(ThreadingHTTPServer):
            daemon_threads = True

            def get_request(self) -> Any:
                outer.connections += 1
                return super().get_request()

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # clients that hang up are what half the tests are about

        self._listener = Listener((host, port), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._listener.socket = context.wrap_socket(
                self._listener.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port: int = self._listener.server_address[1]
        self.url = f"{'https' if certificate else 'http'}://{host}:{self.port}"

    def __enter__(self) -> Server:
        threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown()
        self._listener.server_close()

    def _answer(self, request: Any) -> None:
        path = request.path
        self.hits[path] += 1
        self.requests.append((path, dict(request.headers)))
        answer = self.answers.get(path) or Answer(status=404)
        if answer.hold:
            answer.hold.wait(HANG)
        asked = request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")
        unchanged = (answer.etag and asked[0] == answer.etag) or (
            answer.last_modified and asked[1] == answer.last_modified
        )
        request.send_response(304 if unchanged else answer.status)
        headers = dict(answer.headers)
        if answer.etag:
            headers["ETag"] = answer.etag
        if answer.last_modified:
            headers["Last-Modified"] = answer.last_modified
        if answer.stream:
            headers["Connection"] = "close"
        elif not unchanged:
            headers["Content-Length"] = str(
                len(answer.body) if answer.length is None else answer.length
            )
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        if unchanged:
            return
        for piece in _pieces(answer):
            request.wfile.write(piece)
            self.sent += len(piece)
            time.sleep(answer.pause)
        if answer.stream or answer.length is not None:
            request.close_connection = True


def _pieces(answer: Answer) -> Iterator[bytes]:
    if answer.stream:
        unit = answer.body * max(1, 65_536 // max(1, len(answer.body)))
        for _ in range(answer.stream // len(unit) + 1):
            yield unit
    elif answer.pause:
        for start in range(0, len(answer.body), 64):
            yield answer.body[start : start + 64]
    else:
        yield answer.body


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody vouches for, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, secret
