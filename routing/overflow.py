"""Where a waiting caller may go instead: by a key, or because waiting has become no use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import AfterValidator

from routing.circles import Relax

Do = Literal["stay", "callback", "voicemail", "queue", "hang_up"]
When = Literal["waited", "full", "nobody", "closed"]

KEYS = frozenset("0123456789")

LONGEST_S = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What becomes of the caller.

    `queue` and `relax` belong to "queue": the caller goes there with the wait so far, and that
    queue's skills are asked for as `relax` says. `prompts` are said first; where there are none,
    the usual words of the way. `max_s` is the longest message of "voicemail".
    """

    do: Do
    queue: str = ""
    relax: Relax = field(default_factory=Relax)
    prompts: tuple[str, ...] = ()
    max_s: float = 120.0

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if (self.do == "queue") != bool(self.queue):
            raise ValueError("'queue' is given where, and only where, 'do' is queue")
        if self.relax != Relax(skills_at_most=self.relax.skills_at_most, drop=self.relax.drop):
            raise ValueError(
                "'relax' is of skills only; languages are relaxed by a queue's circles"
            )
        if self.do == "stay" and self.prompts:
            raise ValueError("'prompts' are said to who is moved, not to who stays")
        if not 5 <= self.max_s <= 600:
            raise ValueError("'max_s' is from 5 to 600 seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overflow(Way):
    """A way that is taken by itself, and when.

    "waited": after `after_s` seconds in the queue. "full": at entry, where `size` callers or more
    stand in it. "nobody": nobody is logged in who could answer, for all that the last ring asks.
    "closed": the calendar of that name (the common one if empty) is not open.
    """

    when: When
    after_s: float = 0.0
    size: int = 0
    calendar: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        Way.__post_init__(self)
        if (self.when == "waited") != (self.after_s > 0):
            raise ValueError("'after_s' is given where, and only where, 'when' is waited")
        if self.after_s > LONGEST_S:
            raise ValueError(f"'after_s' is at most {LONGEST_S:g} seconds")
        if (self.when == "full") != (self.size > 0) or self.size < 0:
            raise ValueError("'size' is given where, and only where, 'when' is full")
        if self.calendar and self.when != "closed":
            raise ValueError("'calendar' belongs to 'when: closed'")


def checked_keys(keys: Mapping[str, Way]) -> Mapping[str, Way]:
    """The keys of a queue. Raises `ValueError` for what is no digit, or would lead nowhere."""
    for key, way in keys.items():
        if key not in KEYS:
            raise ValueError(f"key '{key}': one digit from 0 to 9")
        if way.do == "stay":
            raise ValueError(f"key '{key}': leads nowhere")
    return keys


Keys = Annotated[Mapping[str, Way], AfterValidator(checked_keys)]
"""Ways by the digit that leads there."""
