"""A web address as an operator may write it: what is wrong with one, never with its password."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LONGEST = 2000  # characters


def fault(url: str) -> tuple[str, str]:
    """What makes ``url`` no address that a desk can ask, and how to mend it; two "" where it is one.

    >>> fault("https://forum.example.cn/rss.xml")
    ('', '')
    >>> fault("https://night:secret@forum.example.cn/rss.xml")[0]
    'holds a name or a password before its host'
    """
    if not url.lower().startswith(("http://", "https://")):
        return "must begin with https:// or http://", "write the address"
    if len(url) > LONGEST:
        return f"is longer than {LONGEST:,} characters", "write a shorter address"
    if not url.isprintable() or " " in url or "\\" in url:
        return "has a space, a backslash or a character that cannot be seen", "write it anew"
    try:
        parts = urlsplit(url)
        if "@" in parts.netloc:
            return (
                "holds a name or a password before its host",
                "take out all up to the @: what a browser sees without signing in is read",
            )
        host, port = parts.hostname or "", parts.port
        if not re.fullmatch(r"[0-9a-f:.]+", host):
            host.encode("idna")
    except ValueError:  # brackets, a port, a name longer than a name can be
        return "has a host or a port that is none", "write it like https://forum.example.cn/rss.xml"
    if not host or port == 0:
        return "names no host that can be asked", "write it like https://forum.example.cn/rss.xml"
    return "", ""


def shown(url: str) -> str:
    """The address for a message: without what stands before an @ of its host.

    >>> shown("https://night:se@cret@forum.example.cn/a@b")
    'https://…@forum.example.cn/a@b'
    """
    return re.sub(r"(//)[^/?#]*@", r"\1…@", url)
