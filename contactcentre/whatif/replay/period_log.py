"""What is recorded of a period: its calls, its refused offers, and when each agent was at work.

No personal data: callers are numbered in the order of their first call, agents stand by the ids of
the configuration, and nobody's number, name, note or key press is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from routing.model import Levels

SCHEMA = 1

Left = Literal["answered", "abandoned", "otherwise"]
"""How a call left its queue; `otherwise` is a callback, a message, a fault: nobody's patience."""

Refusal = Literal["missed", "rejected", "busy", "unreachable", "caller_left"]
"""`caller_left`: had not answered yet when the caller hung up."""


class BadLog(ValueError):
    """The file cannot be used; says what is wrong, and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCall:
    """A call that entered a queue. Times are in seconds, UTC; `wait_s` None: it waits still."""

    queued_at: float
    queue: str
    language: str
    dialled: str  # the hotline's number
    skills: Levels = ()
    municipality: str = ""  # chosen in the menu; its id
    caller: int | None = None  # None: withheld
    wait_s: float | None = None
    left: Left | None = None
    agent_id: str | None = None
    ring_s: float | None = None  # from the offer that was answered to the answer
    talk_s: float | None = None  # hold included
    wrap_up_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedOffer:
    """An agent who was rung and did not answer, from the offer to its end."""

    agent_id: str
    at: float
    ended_at: float
    result: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """One state of one agent; `to_at` None: until the end of the record."""

    agent_id: str
    from_at: float
    to_at: float | None
    state: Literal["LOGGED_OUT", "NOT_READY", "READY", "RESERVED", "TALKING", "WRAP_UP"]
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodLog:
    """A period. Calls before `from_at` are its warm-up and are not counted."""

    from_at: float
    to_at: float
    calls: tuple[LoggedCall, ...] = ()
    refused: tuple[RefusedOffer, ...] = ()
    presences: tuple[Presence, ...] = ()
    schema: int = SCHEMA

    @property
    def counted(self) -> Sequence[int]:
        """The numbers of the calls of the period itself."""
        return [
            number
            for number, call in enumerate(self.calls)
            if self.from_at <= call.queued_at < self.to_at
        ]


def encoded(past: PeriodLog) -> bytes:
    """The file's content: JSON, one log."""
    return msgspec.json.format(msgspec.json.encode(past), indent=1)


def read(path: Path) -> PeriodLog:
    """Raises `BadLog` with the file's name and the place in it."""
    try:
        past = msgspec.json.decode(path.read_bytes(), type=PeriodLog)
    except OSError as error:
        raise BadLog(f"{path.name}: cannot be read") from error
    except msgspec.DecodeError as error:
        raise BadLog(f"{path.name}: {error}") from error
    if past.schema != SCHEMA:
        raise BadLog(f"{path.name}: schema {past.schema} is not known, only {SCHEMA}")
    _check(past, path.name)
    return past


def _check(past: PeriodLog, name: str) -> None:
    """Times that cannot be would only lead to nonsense later."""
    if past.from_at >= past.to_at:
        raise BadLog(f"{name}: from_at must be before to_at")
    for number, call in enumerate(past.calls):
        lengths: dict[str, Any] = {
            "wait_s": call.wait_s,
            "ring_s": call.ring_s,
            "talk_s": call.talk_s,
            "wrap_up_s": call.wrap_up_s,
        }
        for field, value in lengths.items():
            if value is not None and value < 0:
                raise BadLog(f"{name}: calls[{number}].{field} is below 0")
