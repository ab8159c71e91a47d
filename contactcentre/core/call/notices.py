"""Known events: what a caller is told of before the wait, and when that was the answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from contactcentre.core.call.state import Call
from contactcentre.core.config.notice import PREFIX, Notice
from contactcentre.core.values import replace

SATISFIED_S = 30.0
"""Who hangs up so soon after a notice has begun was informed by it (docs/glossary.md)."""


def common(notices: Iterable[Notice], call: Call, at: float) -> tuple[str, ...]:
    """The prompts of those that every caller is told and this one was not told yet."""
    return untold(notices, call.heard.notices, at)


def untold(notices: Iterable[Notice], heard: Collection[str], at: float) -> tuple[str, ...]:
    """The same of somebody who has heard those (ids)."""
    return tuple(one.prompt for one in _new(notices, heard, at) if not one.queues)


def of_queue(notices: Iterable[Notice], call: Call, queue: str, at: float) -> tuple[str, ...]:
    """The prompts of those that callers of the queue are told, and every caller."""
    new = _new(notices, call.heard.notices, at)
    return tuple(one.prompt for one in new if not one.queues or queue in one.queues)


def _new(notices: Iterable[Notice], heard: Collection[str], at: float) -> Iterable[Notice]:
    return (one for one in notices if one.in_force(at) and one.notice_id not in heard)


def told(call: Call, prompts: Iterable[str], at: float) -> Call:
    """The call once these prompts are said."""
    new = ids(prompts)
    if not new:
        return call
    return replace(call, heard=replace(call.heard, notices=(*call.heard.notices, *new), at=at))


def ids(prompts: Iterable[str]) -> tuple[str, ...]:
    """Of the notices among these prompts."""
    return tuple(key.removeprefix(PREFIX) for key in prompts if key.startswith(PREFIX))


def informed(call: Call, at: float) -> bool:
    """Whether a caller who hangs up now has got what the call was for by a notice."""
    return call.heard.at is not None and at - call.heard.at <= SATISFIED_S
