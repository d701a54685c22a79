"""Whether an item of evidence only repeats what we said ourselves: our notice proves nothing."""

from __future__ import annotations

import json
import re
import unicodedata

from models import sameness
from models.store import Store

_NUMBER = re.compile(r"[〔\[【(]\s*(\d{4})\s*[〕\]】)]\s*(?:第\s*)?(\d{1,6})\s*号")
_LEAST = 8  # letters and ideographs; a shorter title stands in many a text


def repeats(
    db: Store,
    case_id: int,
    title: str,
    finding: str,
    url: str,
    original: str | None,
    own_site: str,
) -> bool:
    """Whether the item names a number of ours, stands on our site, holds the words of a notice that
    we issued, or finds, with nothing but an address, what our notice on another case found.

    ``original``: the text of its file, "" where that is not readable; None: no file. Two documents
    of their own may find the same in the same words ("没有接到相关报警").
    """
    site, address = sameness.address(own_site), sameness.address(url) if url else ""
    if site and (address == site or address.startswith((f"{site}/", f"{site}?"))):
        return True
    told = unicodedata.normalize("NFKC", f"{title}\n{finding}\n{original or ''}")
    for year, serial in _NUMBER.findall(told):
        if db.value("SELECT 1 FROM notices WHERE year = ? AND serial = ?", int(year), int(serial)):
            return True
    held, found = sameness.words(original or ""), sameness.words(finding)
    for row in db.query(_ISSUED):
        if len(words := sameness.words(row["title"])) >= _LEAST and words in held:
            return True
        if original is None and row["case_id"] != case_id:
            said = [row["title"], *json.loads(row["findings"])]
            if found in map(sameness.words, said):
                return True
    return False


_ISSUED = """SELECT n.case_id, r.title, r.findings FROM notices n
    JOIN revisions r ON r.notice_id = n.id AND r.revision = n.revision WHERE n.number <> ''"""
