"""Evidence: what a verdict rests on. Kept as it came, with its hash; withdrawn, never deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from models import audit, sameness
from models.casework import cases, counting, own_notices, uploads
from models.casework.records import CaseState, Evidence
from models.errors import NotFound, RuleBroken, StoreError
from models.people import officers
from models.personal import admission
from models.personal.admission import clean
from models.roles import Officer
from models.store import Store, dump, now, stamp, time

NATURES = {
    "document": "书面答复、公文",
    "record": "登记、监控、业务记录",
    "measurement": "检测、现场查看",
    "report": "权威媒体报道",
    "witness": "群众反映、证人",
    "no_record": "查无记录",
    "self_denial": "当事方自己否认",
    "own_notice": "本中心以前的通告",
}
MAX_BYTES = 16 * 1024 * 1024
AGAIN = timedelta(minutes=10)  # within which the same item from the same hand was sent twice


def add(
    db: Store,
    case_id: int,
    *,
    title: str,
    finding: str,
    by: Officer,
    url: str = "",
    primary: bool = False,
    independent: bool = False,
    adverse: bool = False,
    nature: str = "document",
    refutes: str = "",
    original: bytes = b"",
    media_type: str = "",
    captured_at: datetime | None = None,
    own_site: str = "",
) -> Evidence:
    """Attach one item. ``original`` is the document itself; without it the written finding stands.

    The item counts for a debunk only with an original or an address, the words of the claim that
    it refutes, and a nature that can contradict anything ("no record" cannot), and only once
    (``models.casework.counting``). ``own_site``: where our notices stand, which prove nothing.
    An item that its officer has just added, to the letter, is that item: the answer to the first
    sending was lost on the way. Raises ``RuleBroken`` on missing words, an original over 16 MB, or more
    than ``uploads`` allows.
    """
    if len(original) > MAX_BYTES:
        raise RuleBroken("evidence-size", "原件超过 16 MB", "压缩后再传，或只传关键页")
    title, finding = clean(title, 80), clean(finding, 500)
    url, refutes = admission.evidence_address(url), clean(refutes, 200)
    uploaded = len(original)
    text = sameness.readable(original, media_type) if original else None
    what = {
        "name": sameness.name(title),
        "gist": sameness.words(finding),
        "address": sameness.address(url) if url else "",
        "document": "" if text is None else sameness.document(original, text),
        "quoted": sameness.content(refutes),
    }
    if len(title) < 2 or len(finding) < 4 or not what["gist"]:
        raise RuleBroken("evidence-words", "证据要有标题和一句内容", "写明是什么、说明了什么")
    if nature not in NATURES:
        raise RuleBroken("evidence-nature", "没有选证据的性质", "选一项")
    if not original and not what["address"]:
        raise RuleBroken(
            "evidence-original",
            f"“{url}”不是能打开的地址" if url else "没有原件，也没有出处",
            "上传原件（照片、文件），或写出处地址",
        )
    if not original:
        # the written record of what was found at the address, as the officer saw it
        original, media_type = f"{title}\n{finding}\n{url}\n".encode(), "text/plain"
    with db.atomic():
        officers.require(db, by, "evidence")
        told = {
            "case_id": case_id,
            "title": title,
            "finding": finding,
            "url": url,
            "is_primary": int(primary),
            "independent": int(independent),
            "adverse": int(adverse),
            "nature": nature,
            "refutes": refutes,
            "sha256": hashlib.sha256(original).hexdigest(),
            "added_by": by.id,
        }
        case = cases.get(db, case_id)
        if not case.state.open:
            raise RuleBroken(
                "closed", f"案件是“{case.state.label}”，不能再加证据", "先重新核查，再加证据"
            )
        if twin := _just_added(db, told):
            return get(db, twin)
        if uploaded:
            uploads.check(db, by, uploaded)
        if (
            not adverse
            and refutes
            and refutes not in case.claim
            and not _in_posts(db, case.cluster_id, refutes)
        ):
            raise RuleBroken("refutes", f"说法里没有“{refutes}”这几个字", "从说法里照抄被反驳的字")
        item_id = db.insert(
            "evidence",
            {
                **told,
                "captured_at": stamp(captured_at or now()),
                "media_type": clean(media_type, 100) or "application/octet-stream",
                "original": original,
                "added_at": stamp(now()),
                **what,
                "own": int(own_notices.repeats(db, case_id, title, finding, url, text, own_site)),
            },
        )
        item = get(db, item_id)
        audit.append(
            db,
            by,
            "evidence.add",
            f"case:{case_id}",
            {"evidence": item.id, "sha256": item.sha256, "counts": item.counts},
        )
        return item


def _just_added(db: Store, told: dict[str, Any]) -> int:
    """The item that says this to the letter and still stands; 0: none was added of late."""
    same = " AND ".join(f"{column} = ?" for column in told)
    sql = f"SELECT id FROM evidence WHERE {same} AND withdrawn_at IS NULL AND added_at > ? ORDER BY id"  # noqa: S608
    return int(db.value(sql, *told.values(), stamp(now() - AGAIN)) or 0)


def _in_posts(db: Store, cluster_id: int, words: str) -> bool:
    return bool(
        db.value(
            "SELECT 1 FROM posts WHERE cluster_id = ? AND instr(text, ?) LIMIT 1", cluster_id, words
        )
    )


# every column but the original itself, which may be 16 MB
_EVIDENCE = """SELECT id, case_id, title, finding, url, is_primary, independent, adverse, nature,
    refutes, captured_at, sha256, media_type, length(original) AS size, added_by, added_at,
    withdrawn_at, withdrawn_by, withdrawn_for, name, gist, address, document, own FROM evidence """


def _evidence(row: dict[str, Any]) -> Evidence:
    return Evidence(
        id=row["id"],
        case_id=row["case_id"],
        title=row["title"],
        finding=row["finding"],
        url=row["url"],
        primary=bool(row["is_primary"]),
        independent=bool(row["independent"]),
        adverse=bool(row["adverse"]),
        nature=row["nature"],
        refutes=row["refutes"],
        captured_at=time(row["captured_at"]) or now(),
        sha256=row["sha256"],
        media_type=row["media_type"],
        size=row["size"],
        added_by=row["added_by"],
        added_at=time(row["added_at"]) or now(),
        withdrawn_at=time(row["withdrawn_at"]),
        withdrawn_by=row["withdrawn_by"] or 0,
        withdrawn_for=row["withdrawn_for"],
        name=row["name"],
        gist=row["gist"],
        address=row["address"],
        document=row["document"],
        own=bool(row["own"]),
    )


def get(db: Store, evidence_id: int) -> Evidence:
    """One item, counted beside the others of its case."""
    case_id = db.value("SELECT case_id FROM evidence WHERE id = ?", evidence_id)
    if case_id is None:
        raise NotFound(f"没有 {evidence_id} 号证据")
    return next(item for item in of_case(db, case_id) if item.id == evidence_id)


def of_case(db: Store, case_id: int) -> list[Evidence]:
    """All items of a case, withdrawn ones too, oldest first."""
    rows = db.rows(_EVIDENCE + "WHERE case_id = ? ORDER BY id", case_id)
    claim = db.value("SELECT claim FROM cases WHERE id = ?", case_id) or ""
    return counting.counted(claim, [_evidence(row) for row in rows])


def original(db: Store, evidence_id: int, *, by: Officer) -> tuple[bytes, str]:
    """The stored original and its media type, for an officer; that it was read is logged.

    Raises ``StoreError`` where its hash no longer fits.
    """
    row = db.row("SELECT original, media_type, sha256 FROM evidence WHERE id = ?", evidence_id)
    if row is None:
        raise NotFound(f"没有 {evidence_id} 号证据")
    if hashlib.sha256(row["original"]).hexdigest() != row["sha256"]:
        raise StoreError(f"{evidence_id} 号证据的原件与入库时的指纹不符", mend="从备份恢复")
    with db.atomic():
        thing = f"case:{get(db, evidence_id).case_id}"
        audit.append(db, by, "evidence.read", thing, {"evidence": evidence_id})
    return row["original"], row["media_type"]


def withdraw(db: Store, evidence_id: int, *, reason: str = "", by: Officer) -> Evidence:
    """Take an item out of the count. It stays readable, and approvals that rested on it are void.

    What another added goes only with a ``reason``, which stays with the item and in the log. What a
    notice in public loses by it is an owed correction (``models.casework.corrections``). Raises
    ``RuleBroken`` without the reason, and while the case counts as published.
    """
    reason = clean(reason, 500)
    with db.atomic():
        officers.require(db, by, "evidence")
        item = get(db, evidence_id)
        if item.withdrawn_at:
            return item
        case = cases.get(db, item.case_id)
        if case.state is CaseState.PUBLISHED:  # a notice that is out rests on it
            raise RuleBroken("closed", "通告已经发出，证据不能悄悄撤下", "先撤回通告或重新核查")
        _check_reason(db, item, reason, by)
        gone = {"withdrawn_at": stamp(now()), "withdrawn_by": by.id, "withdrawn_for": reason}
        db.update("evidence", evidence_id, gone)
        detail = {"evidence": evidence_id, "added_by": item.added_by, "adverse": item.adverse}
        audit.append(
            db, by, "evidence.withdraw", f"case:{item.case_id}", detail | {"reason": reason}
        )
        return get(db, evidence_id)


REASON_CHARS = 4  # letters and ideographs; marks say nothing
ADVERSE_REASON_CHARS = 8  # where another's adverse item goes, which the approver has to see


def _check_reason(db: Store, item: Evidence, reason: str, by: Officer) -> None:
    least = ADVERSE_REASON_CHARS if item.adverse else REASON_CHARS
    if item.added_by == by.id or len(sameness.words(reason)) >= least:
        return
    who, what = officers.get(db, item.added_by).label, "不利证据" if item.adverse else "证据"
    raise RuleBroken(
        "reason",
        f"这一项{what}是{who}加的，撤下要写理由",
        f"写明为什么不该算数，至少 {least} 个字，审核人会看到",
    )


def set_hash(items: Sequence[Evidence]) -> str:
    """SHA-256 over the evidence set as it stands: which items, what they are, what was withdrawn.

    What an author took back is gone as if it had never been. What somebody else took away stays in
    the hash with its reason: whoever agreed before it, has not agreed to that.
    """
    return hashlib.sha256(
        dump(
            [
                [item.id, item.sha256, item.title, item.finding, item.counts, item.adverse]
                for item in sorted(items, key=lambda item: item.id)
                if item.withdrawn_at is None
            ]
            + [
                [item.id, item.sha256, item.withdrawn_by, item.withdrawn_for]
                for item in items
                if item.withdrawn_at and item.withdrawn_by != item.added_by
            ]
        ).encode()
    ).hexdigest()
