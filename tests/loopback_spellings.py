"""This machine, written so that a filter of 127.0.0.1 does not see it."""

from __future__ import annotations

NUMBERS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "0177.1",
    "017700000001",
    "127.000.000.001",
    "0",
]
NAMES = ["localhost", "LOCALHOST", "localhost."]
