"""What an agent is to be told, and what somebody did to the agent: kept until it has been seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

MEMOS: Final = 20
"""So many are kept for one agent; the oldest go first."""

MemoKind = Literal[
    "message",
    "ready",
    "not_ready",
    "logged_out",
    "released",
    "caller_given",
    "queues",
    "skills",
    "help",
    "answered",
    "settled",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """`by` is a name, `text` a supervisor's own words: the message, or the reason. A message went
    to so many `recipients`. Of what is answered, or settled, it is who did so, and of which card.
    """

    memo_id: str
    at: float
    kind: MemoKind
    by: str
    text: str = field(default="", repr=False)
    recipients: int = 1
