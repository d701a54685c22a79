"""Crawls on a store of their own, and a server, as the tests of ``contract`` have them."""

from __future__ import annotations

from tests.contract.conftest import crawls, server  # noqa: F401
