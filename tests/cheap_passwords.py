"""The desk's settings with a password hash that costs nothing, for desks under test.

``tests/conftest.py`` names this module in PIYAO_SETTINGS, which every process that a test
starts inherits. No configuration file can name it, and it is not part of an installation.
"""

from __future__ import annotations

from desk.settings import *  # noqa: F403

PASSWORD_HASHERS = ["tests.cheap_hasher.OneRound"]
