"""Of which talk a recording is, and whether it is whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.core.call.leg import Leg
from contactcentre.core.call.state import Call
from contactcentre.storage import tables as models
from contactcentre.storage.sealed_talks import State, TalkFacts
from contactcentre.telephony.talk_files import TalkFile, TalkSound

SLACK_S: Final = 2.0
SLACK: Final = 0.05
"""So much shorter than its talk a recording may be: what is heard of an answer comes a moment after
it, and telephones send nothing while nobody speaks."""

_legs, _contacts = models.legs.c, models.contacts.c


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedTalk:
    """One leg of an agent. `hold_s`: nothing is recorded so long."""

    leg_id: str
    call_id: str
    agent_id: str
    queue: str
    basis: str
    from_at: float
    to_at: float
    hold_s: float

    def state(self, sound: TalkSound) -> State:
        """What is to be thought of its recording."""
        if not sound.closed:
            return "truncated"
        wanted = self.to_at - self.from_at - self.hold_s
        return "short" if sound.seconds < wanted * (1 - SLACK) - SLACK_S else "whole"

    def facts(self, sound: TalkSound, size: int) -> TalkFacts:
        """As it is kept."""
        return TalkFacts(
            leg_id=self.leg_id,
            call_id=self.call_id,
            agent_id=self.agent_id,
            queue=self.queue,
            basis=self.basis,
            from_at=self.from_at,
            to_at=self.to_at,
            seconds=sound.seconds,
            state=self.state(sound),
            sha256=sound.sha256,
            size=size,
        )


def known(calls: Iterable[Call]) -> Mapping[str, tuple[Call, Leg]]:
    """The legs of agents in these calls, by their ids."""
    return {leg.leg_id: (call, leg) for call in calls for leg in call.offers}


def of_leg(call: Call, leg: Leg) -> RecordedTalk | None:
    """The talk of a leg that is over; None of one of which nothing is to be kept."""
    if leg.recorded is None or leg.answered_at is None or leg.ended_at is None:
        return None
    return RecordedTalk(
        leg_id=leg.leg_id,
        call_id=call.call_id,
        agent_id=leg.agent_id,
        queue=call.queue,
        basis=leg.recorded.basis,
        from_at=leg.answered_at,
        to_at=leg.ended_at,
        hold_s=leg.hold_s,
    )


def unknown(file: TalkFile, written_at: float) -> RecordedTalk:
    """Nobody remembers it: the file alone says when it was, and in which call."""
    return RecordedTalk(
        leg_id=file.leg_id,
        call_id=file.call_id,
        agent_id="",
        queue="",
        basis="",
        from_at=written_at,
        to_at=written_at,
        hold_s=0.0,
    )


_QUERY = (
    select(models.legs, _contacts.queue)
    .join(models.contacts, _contacts.call_id == _legs.call_id)
    .where(_legs.to_at.is_not(None))
)


async def kept(connection: AsyncConnection, leg_id: str) -> RowMapping | None:
    """The row of a leg that is over, with its call's `queue`."""
    query = _QUERY.where(_legs.leg_id == leg_id)
    return (await connection.execute(query)).mappings().one_or_none()


async def erased(connection: AsyncConnection, call_ids: Sequence[str]) -> frozenset[str]:
    """Those of them whose citizen's data were erased, perhaps before the talk was sealed."""
    gone = _contacts.forgotten_at.is_not(None) & _contacts.caller.is_(None)
    query = select(_contacts.call_id).where(_contacts.call_id.in_(call_ids), gone)
    return frozenset((await connection.execute(query)).scalars())


async def lacking(
    connection: AsyncConnection, since: float, until: float, at_most: int
) -> list[RecordedTalk]:
    """Talks that ended between these instants and were to be recorded, and have no row."""
    there = select(models.recordings.c.leg_id).where(models.recordings.c.leg_id == _legs.leg_id)
    query = _QUERY.where(
        _legs.recorded.is_not(None),
        _legs.to_at.between(since, until),
        _legs.to_at - _legs.answered_at > SLACK_S,
        ~there.exists(),
    )
    rows = (await connection.execute(query.limit(at_most))).mappings()
    return [talk for row in rows if (talk := of_row(row)) is not None]


def of_row(row: RowMapping) -> RecordedTalk | None:
    """The same of a row of `kept`."""
    if row["recorded"] is None or row["answered_at"] is None:
        return None
    return RecordedTalk(
        leg_id=row["leg_id"],
        call_id=row["call_id"],
        agent_id=row["agent_id"] or "",
        queue=row["queue"],
        basis=row["recorded"],
        from_at=row["answered_at"],
        to_at=row["to_at"],
        hold_s=row["hold_s"],
    )
