"""A call's way through the line: since when, where before, and what is asked of its agent."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from contactcentre.core.values import replace
from routing.model import Levels


class Earmark(Struct, frozen=True, kw_only=True):
    """Somebody who leads agents has given the call to one of them; until then at the latest."""

    agent_id: str
    by: str
    until: float


class Queueing(Struct, frozen=True, kw_only=True):
    """All that a call has as one who waits, or did."""

    skills: Levels = ()
    services: tuple[str, ...] = ()  # suggested to the agent
    queued_at: float | None = None  # waits are counted from here
    place_at: float | None = None  # the line's order; earlier than queued_at after a dropped line
    entered_at: float | None = None  # the present queue
    been_in: tuple[str, ...] = ()  # queues that the caller was taken out of
    forgiven: int = 0  # of the legs, from the first: what they refused counts no more
    first: bool = False  # before all others, by somebody's word
    earmark: Earmark | None = None

    def entered(
        self, at: float, *, skills: Levels, services: Iterable[str], left: str = ""
    ) -> Queueing:
        """In a queue; the wait so far goes along. `left` is the queue before, if it is another."""
        return replace(
            self,
            skills=skills,
            services=tuple(dict.fromkeys(services)),
            queued_at=at if self.queued_at is None else self.queued_at,
            place_at=at if self.place_at is None else self.place_at,
            entered_at=at,
            been_in=(*self.been_in, left) if left else self.been_in,
            earmark=None,
        )

    def served(self) -> Queueing:
        """An agent has answered: what was decided for this wait counts no more."""
        return replace(self, first=False, earmark=None)


NOT_QUEUED = Queueing()
