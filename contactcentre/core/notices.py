"""Known events: what callers are told of before they wait, and when that was their answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from contactcentre.core.call import Call

SATISFIED_S = 30.0
"""Who hangs up so soon after a notice has begun was informed by it (docs/glossary.md)."""

PREFIX = "notice/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One known event: its words in each language, its time, and its queues (none: every caller).

    `until_at` is None while nobody knows the end.
    """

    notice_id: str
    texts: Mapping[str, str]
    from_at: float
    until_at: float | None = None
    queues: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        """Refuse what could not be told."""
        if not self.texts.get("lv", "").strip():
            raise ValueError(f"notice {self.notice_id}: the Latvian text is missing")
        if self.until_at is not None and self.until_at <= self.from_at:
            raise ValueError(f"notice {self.notice_id}: it ends before it begins")

    @property
    def prompt(self) -> str:
        """The prompt that says it; its text is the notice's own."""
        return PREFIX + self.notice_id

    def in_force(self, at: float) -> bool:
        """Whether it is told at that instant."""
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


def common(notices: Iterable[Notice], call: Call, at: float) -> tuple[str, ...]:
    """The prompts of those that every caller is told and this one was not told yet."""
    return tuple(one.prompt for one in _new(notices, call, at) if not one.queues)


def of_queue(notices: Iterable[Notice], call: Call, queue: str, at: float) -> tuple[str, ...]:
    """The prompts of those that callers of the queue are told, and every caller."""
    new = _new(notices, call, at)
    return tuple(one.prompt for one in new if not one.queues or queue in one.queues)


def _new(notices: Iterable[Notice], call: Call, at: float) -> Iterable[Notice]:
    return (one for one in notices if one.in_force(at) and one.notice_id not in call.notices)


def told(call: Call, prompts: Iterable[str], at: float) -> Call:
    """The call once these prompts are said."""
    new = tuple(key.removeprefix(PREFIX) for key in prompts if key.startswith(PREFIX))
    return replace(call, notices=(*call.notices, *new), noticed_at=at) if new else call


def informed(call: Call, at: float) -> bool:
    """Whether a caller who hangs up now has got what the call was for by a notice."""
    return call.noticed_at is not None and at - call.noticed_at <= SATISFIED_S
