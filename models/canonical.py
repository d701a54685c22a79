"""One spelling of a value: canonical JSON, which hashes are taken over."""

from __future__ import annotations

import json


def dump(value: object) -> str:
    """Canonical JSON: sorted keys, no spaces, UTF-8 (the parts of RFC 8785 that our values need)."""
    return _CANONICAL.encode(value)


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
