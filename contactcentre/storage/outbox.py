"""What is to be sent: written in the transaction of its cause, sent a moment later by one poller.

So nothing is sent of what was not done, and nothing that was done is forgotten. What a message says
is kept until it is sent, or given up; `features/outbox` sends.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.storage import tables as models

Kind = Literal["mail", "webhook", "sms"]

MOST_WAITING: Final = 5_000
"""Messages on their way at a time; a server that is away for a day is no reason to keep more."""
LONGEST_SUBJECT: Final = 200
LONGEST_BODY: Final = 60_000
LARGEST_ATTACHMENT: Final = 5_000_000
TERM_S: Final = 24 * 3600.0

_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message to one receiver. `to` is an address of e-mail, a URL or a number; `cause` names
    what it comes of, as in `alert/3f2a`."""

    kind: Kind
    to: str
    cause: str
    body: str
    subject: str = ""
    attachment: bytes | None = None
    attachment_name: str = ""
    personal: bool = False  # whether `to` is a citizen's
    term_s: float = TERM_S  # then it need not come any more


class TooLarge(ValueError):
    """More than a message may say or carry."""


class Full(Exception):
    """So many wait already that nothing more is taken."""


async def add(connection: AsyncConnection, *messages: Outgoing, at: float) -> None:
    """Send these once the transaction is done. Raises `Full` and `TooLarge`, and adds none then."""
    if not messages:
        return
    rows = [_row(one, at) for one in messages]
    box = models.outbox
    waiting = select(func.count()).select_from(box).where(box.c.state == "waiting")
    if (await connection.scalar(waiting) or 0) + len(rows) > MOST_WAITING:
        raise Full
    await connection.execute(box.insert(), rows)


def one_line(text: str) -> str:
    """As a header may have it: without any break of a line."""
    return _BREAKS.sub(" ", text).strip()[:LONGEST_SUBJECT]


def _row(one: Outgoing, at: float) -> dict[str, object]:
    if len(one.body) > LONGEST_BODY or len(one.attachment or b"") > LARGEST_ATTACHMENT:
        raise TooLarge(one.cause)
    return {
        "message_id": uuid.uuid4().hex,
        "kind": one.kind,
        "to": one.to,
        "cause": one.cause,
        "subject": one_line(one.subject),
        "body": one.body,
        "attachment": one.attachment,
        "attachment_name": one_line(one.attachment_name),
        "personal": one.personal,
        "made_at": at,
        "expires_at": at + one.term_s,
        "next_try_at": at,
        "tries": 0,
        "state": "waiting",
    }
