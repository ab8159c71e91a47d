"""Which talks of an agent's month are to be assessed: chance says so, and says it again. Pure.

Each talk has a place: the first 8 bytes of BLAKE2b over the seed (month, agent, rule) and the
call's id. The least places are drawn. A call's id is made when it comes in, so nobody can know
beforehand where it will stand, and whoever has the ids can reckon it anew.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledTalk:
    """One agent's part of a call that is over and written down. `kept`: there is a recording."""

    call_id: str
    leg_id: str
    kept: bool


def seed(month: int, agent_id: str, rule: str) -> str:
    """As it is shown beneath an assessment."""
    return f"{month} {agent_id} {rule}"


def place(seed: str, call_id: str) -> int:
    """0 to 2**63 - 1, which every database holds."""
    return int.from_bytes(blake2b(f"{seed} {call_id}".encode(), digest_size=8).digest()) >> 1


def due(each_month: int, day: date) -> int:
    """So many are to be drawn by the end of that day: evenly over the month, the first at once."""
    days = monthrange(day.year, day.month)[1]
    return -(-each_month * day.day // days)


def population(talks: Iterable[SampledTalk]) -> Sequence[SampledTalk]:
    """Those with a recording, where there are any; else all: record and note are enough."""
    every = tuple(talks)
    return tuple(one for one in every if one.kept) or every


def drawn(talks: Iterable[SampledTalk], seed: str, count: int) -> Sequence[tuple[int, SampledTalk]]:
    """So many of them at most, with their places."""
    placed = sorted((place(seed, one.call_id), one.call_id, one) for one in talks)
    return [(at, one) for at, _, one in placed[: max(0, count)]]
