"""Known events: what a caller is told of before the wait, and when that was the answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from contactcentre.core.call.state import Call, Heard
from contactcentre.core.config.notice import PREFIX, Notice

SATISFIED_S = 30.0
"""Who hangs up so soon after a notice has begun was informed by it (docs/glossary.md)."""


def common(notices: Iterable[Notice], call: Call, at: float) -> tuple[str, ...]:
    """The prompts of those that every caller is told and this one was not told yet."""
    return tuple(one.prompt for one in _new(notices, call, at) if not one.queues)


def of_queue(notices: Iterable[Notice], call: Call, queue: str, at: float) -> tuple[str, ...]:
    """The prompts of those that callers of the queue are told, and every caller."""
    new = _new(notices, call, at)
    return tuple(one.prompt for one in new if not one.queues or queue in one.queues)


def _new(notices: Iterable[Notice], call: Call, at: float) -> Iterable[Notice]:
    return (one for one in notices if one.in_force(at) and one.notice_id not in call.heard.notices)


def told(call: Call, prompts: Iterable[str], at: float) -> Call:
    """The call once these prompts are said."""
    new = tuple(key.removeprefix(PREFIX) for key in prompts if key.startswith(PREFIX))
    return replace(call, heard=Heard(notices=(*call.heard.notices, *new), at=at)) if new else call


def informed(call: Call, at: float) -> bool:
    """Whether a caller who hangs up now has got what the call was for by a notice."""
    return call.heard.at is not None and at - call.heard.at <= SATISFIED_S
