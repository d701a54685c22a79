"""Sends what waits in the outbox, each row at most once (RELIABILITY 3.3).

``outbox.take`` commits *in flight* before anything leaves the house. Then the page is built from the
approved revision and nothing else, and given to the channel; ``outbox.settle`` records how that ended. A
row whose channel did not answer is *unknown*, and is never simply sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.casework import cases
from models.config import Config, OfficeConfig
from models.errors import PiyaoError
from models.publishing import notices, outbox, refusals, reviews
from models.publishing.records import Delivery, Notice, Publication
from models.store import Store, now
from notices import republishing, words
from notices.channels import Channel, Receipt, Rejected
from notices.page import PUBLISH, RETRACT, SUPERSEDE, Page, identity

LOOK_EVERY = timedelta(minutes=10)  # between two looks into a list that may lack what is out
RETRY_EVERY = timedelta(seconds=30)  # between two looks, where a second copy would change nothing
ORDER = (PUBLISH, SUPERSEDE, RETRACT)


@dataclass(frozen=True)
class Result:
    """How one row of the outbox ended, for the log and the command."""

    publication: int
    number: str
    channel: str
    kind: str
    state: Delivery
    message: str  # one sentence for people


def deliver(
    db: Store, channels: Mapping[str, Channel], config: Config, holder: str = "deliver"
) -> list[Result]:
    """Look up the unknown, then send every queued row. One result a row that changed."""
    done = settle_unknown(db, channels)
    while (publication := outbox.take(db, holder)) is not None:
        done.append(_send(db, publication, channels, config.office))
    return done


def settle_unknown(
    db: Store, channels: Mapping[str, Channel], looked: dict[int, datetime] | None = None
) -> list[Result]:
    """Ask each channel's own list about rows with an unknown outcome.

    Found: sent. Not found in a list that is authoritative, by a channel that drops a second copy:
    queued again. Else it stays unknown, is looked up again after 10 minutes, and a person decides
    (``models.publishing.outbox.resolve``). ``looked`` remembers the last look of this process.
    """
    looked = _LOOKED if looked is None else looked
    done = []
    for publication in outbox.in_state(db, Delivery.UNKNOWN):
        channel = channels.get(publication.channel)
        last = looked.get(publication.id)
        if channel is None:
            continue
        resends = channel.authoritative and channel.dedupes
        # abs: after the clock was set back the last look lies in the future; do not wait for it
        if last is not None and abs(now() - last) < (RETRY_EVERY if resends else LOOK_EVERY):
            continue
        looked[publication.id] = now()
        notice = notices.get(db, publication.notice_id)
        try:
            receipt = channel.look_up(notice.number)
        except Exception as error:  # the list cannot be read: nothing is known, nothing changes
            done.append(
                _result(publication, notice, Delivery.UNKNOWN, f"查不到渠道的列表：{error}")
            )
            continue
        if receipt is not None and _of_another(db, receipt, notice):
            message = f"编号{notice.number}在渠道里是另一条通告（{receipt.title}）：这一条没有发出"
            refusals.reject(db, publication.id, message)
            done.append(_result(publication, notice, Delivery.REJECTED, message))
        elif receipt is not None and _covers(receipt, publication):
            outbox.found(db, publication.id, receipt.reference)
            done.append(_result(publication, notice, Delivery.SENT, "渠道的列表里有，已发"))
        elif resends:
            outbox.requeue(db, publication.id)
            done.append(_result(publication, notice, Delivery.QUEUED, "渠道里没有，重新排队"))
        else:
            looks, seconds = outbox.looked(db, publication.id)
            if looks >= 2 and seconds >= LOOK_EVERY.total_seconds():
                done.append(
                    _result(
                        publication, notice, Delivery.UNKNOWN, f"查了 {looks} 次没有找到，请人确认"
                    )
                )
    return done


_LOOKED: dict[int, datetime] = {}  # by publication: when this process last asked its channel


def _send(
    db: Store, publication: Publication, channels: Mapping[str, Channel], office: OfficeConfig
) -> Result:
    notice = notices.get(db, publication.notice_id)
    state, receipt, message = Delivery.SENT, "", ""
    try:
        if publication.kind == RETRACT and not _reached(db, publication):
            message = "没有发到过这个渠道，不用撤回"
        else:
            page = _page(db, publication, notice, office)
            channel = channels.get(publication.channel)
            if channel is None:
                raise Rejected(
                    f"没有装“{publication.channel}”这个渠道", mend="装上它，或改通告的渠道"
                )
            receipt = channel.publish(page).reference
    except Rejected as error:
        # a retraction that was refused is still owed: it stays open until a person or the channel ends it
        state = Delivery.UNKNOWN if publication.kind == RETRACT else Delivery.REJECTED
        message = str(error)
    except Exception as error:  # whatever it is, the page may be out
        state, message = Delivery.UNKNOWN, f"{type(error).__name__}: {error}"
    if not outbox.settle(db, publication.id, publication.fence, state, receipt, message):
        state, message = Delivery.UNKNOWN, "发送超时，已按结果不明处理"
    return _result(publication, notice, state, message)


def _page(db: Store, publication: Publication, notice: Notice, office: OfficeConfig) -> Page:
    """The page of the approved revision. Raises ``Rejected`` before anything can go out."""
    try:
        if publication.kind != RETRACT:
            check(db, publication, notice)
        return republishing.page_of(db, publication, notice, office)
    except Rejected:
        raise
    except PiyaoError as error:
        raise Rejected(str(error)) from error


def check(db: Store, publication: Publication, notice: Notice) -> None:
    """Raise ``Rejected`` unless this is exactly what was approved and it uses 谣言 only where it may."""
    approved = {
        step.hash
        for step in reviews.approvals(db, notice.id)
        if step.step == "approve" and step.revision == publication.revision
    }
    if notice.revision != publication.revision or notice.hash not in approved:
        raise Rejected(f"通告{notice.number}的正文与批准时不一样，没有发出", mend="重新送审")
    if faults := [*words.faults(notice), *reviews.unfit(db, notice)]:
        raise Rejected("；".join(faults), f"通告{notice.number}")


def _reached(db: Store, publication: Publication) -> bool:
    """Whether the notice went, or may have gone, to this channel."""
    return any(
        row.channel == publication.channel
        and row.kind == PUBLISH
        and row.state in (Delivery.SENT, Delivery.UNKNOWN, Delivery.IN_FLIGHT)
        for row in outbox.of_notice(db, publication.notice_id)
    )


def _covers(receipt: Receipt, publication: Publication) -> bool:
    """Whether what the channel holds is this row's page, or a later one of the same notice."""
    held = (receipt.revision, ORDER.index(receipt.kind))
    return held >= (publication.revision, ORDER.index(publication.kind))


def _of_another(db: Store, receipt: Receipt, notice: Notice) -> bool:
    """Whether the channel holds another notice under this number: the store was set back since."""
    if not receipt.identity or notice.issued_on is None:
        return False
    case = cases.get(db, notice.case_id).number
    return receipt.identity != identity(notice.number, case, notice.issued_on)


def _result(publication: Publication, notice: Notice, state: Delivery, message: str) -> Result:
    return Result(
        publication.id, notice.number, publication.channel, publication.kind, state, message
    )
