"""A period's log out of the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from sqlalchemy import RowMapping, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.core.call.leg import Purpose
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.whatif.replay.period_log import (
    Left,
    LoggedCall,
    PeriodLog,
    Presence,
    RefusedOffer,
)
from routing.model import levels

WARM_UP_S = 3600.0
"""So much before the period is replayed too, uncounted: it begins with the line as it was."""

COOL_DOWN_S = 3600.0
"""So long after the period agents are known, for those who wait at its end."""

_contacts, _legs, _intervals = models.contacts.c, models.legs.c, models.agent_intervals.c

_REFUSALS = (
    Result.MISSED,
    Result.REJECTED,
    Result.BUSY,
    Result.UNREACHABLE,
    Result.CALLER_LEFT,
)

_ENGAGED = frozenset({"RESERVED", "TALKING", "WRAP_UP"})


async def record(engine: AsyncEngine, from_at: float, to_at: float) -> PeriodLog:
    """All that was recorded of the calls queued in the period, and of the hour before it."""
    begins_at, ends_at = from_at - WARM_UP_S, to_at + COOL_DOWN_S
    async with database.snapshot(engine) as connection:
        contacts = await _rows(connection, _queued(begins_at, to_at))
        ringing_back = frozenset(await connection.scalars(_ringing_back(begins_at)))
        answered = await _rows(connection, _answered(begins_at))
        refused = await _rows(connection, _refused(begins_at, ends_at))
        intervals = await _rows(connection, _overlapping(begins_at, ends_at))
    return PeriodLog(
        from_at=from_at,
        to_at=to_at,
        calls=tuple(_calls(contacts, answered, intervals)),
        refused=tuple(
            RefusedOffer(
                agent_id=row["agent_id"],
                at=row["from_at"],
                ended_at=row["to_at"],
                result=row["why"],
            )
            for row in refused
        ),
        presences=tuple(_presence(row, ringing_back) for row in intervals),
    )


def _presence(row: RowMapping, ringing_back: AbstractSet[str]) -> Presence:
    """Who rings somebody back cannot be rung: callbacks are not replayed, their time is."""
    away = row["call_id"] in ringing_back and row["state"] in _ENGAGED
    return Presence(
        agent_id=row["agent_id"],
        from_at=row["from_at"],
        to_at=row["to_at"],
        state="NOT_READY" if away else row["state"],
        reason="callback" if away else row["reason"],
    )


def _queued(begins_at: float, to_at: float) -> Select[Any]:
    """What rang in; who is rung back rang in before."""
    return (
        select(models.contacts)
        .where(
            _contacts.queued_at >= begins_at,
            _contacts.queued_at < to_at,
            _contacts.callback_of.is_(None),
            _contacts.direction == "in",
        )
        .order_by(_contacts.queued_at, _contacts.call_id)
    )


def _ringing_back(begins_at: float) -> Select[Any]:
    """The ids of the calls out that may have kept agents busy, and of messages."""
    ends = (_contacts.ended_at >= begins_at) | _contacts.ended_at.is_(None)
    rung = _contacts.callback_of.is_not(None) | (_contacts.direction == "out")
    return select(_contacts.call_id).where(rung, ends)


def _answered(begins_at: float) -> Select[Any]:
    """The latest first."""
    return (
        select(models.legs)
        .where(
            _legs.from_at >= begins_at,
            _legs.answered_at.is_not(None),
            _legs.purpose == Purpose.OFFER,
        )
        .order_by(_legs.from_at.desc())
    )


def _refused(begins_at: float, ends_at: float) -> Select[Any]:
    """Offers that came to nothing."""
    return (
        select(models.legs)
        .where(
            _legs.from_at.between(begins_at, ends_at),
            _legs.answered_at.is_(None),
            _legs.why.in_(_REFUSALS),
            _legs.purpose == Purpose.OFFER,
        )
        .order_by(_legs.from_at)
    )


def _overlapping(begins_at: float, ends_at: float) -> Select[Any]:
    """States that touch the time. An agent's past is long: the first condition keeps it out."""
    lasts = (_intervals.to_at > begins_at) | _intervals.to_at.is_(None)
    return (
        select(models.agent_intervals)
        .where(_intervals.from_at < ends_at, lasts)
        .order_by(_intervals.from_at, _intervals.agent_id)
    )


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[RowMapping]:
    return list((await connection.execute(query)).mappings())


def _calls(
    contacts: Iterable[RowMapping], answered: Iterable[RowMapping], intervals: Iterable[RowMapping]
) -> Iterable[LoggedCall]:
    """A call may have been answered twice: the first time ended its wait."""
    offers = {row["call_id"]: row for row in answered}
    wrapped: dict[str, float] = {}
    for row in intervals:
        if row["state"] == "WRAP_UP" and row["call_id"] and row["to_at"] is not None:
            before = wrapped.get(row["call_id"], 0.0)
            wrapped[row["call_id"]] = before + row["to_at"] - row["from_at"]
    callers: dict[str, int] = {}
    for row in contacts:
        yield _call(row, offers.get(row["call_id"]), wrapped.get(row["call_id"]), callers)


def _call(
    row: RowMapping,
    offer: RowMapping | None,
    wrap_up_s: float | None,
    callers: dict[str, int],
) -> LoggedCall:
    caller = None if row["caller"] is None else callers.setdefault(row["caller"], len(callers))
    wait_s, left = _left(row)
    talk_s = _between(row, "answered_at", "talk_ended_at")
    ring_s = None if offer is None else _between(offer, "from_at", "answered_at")
    return LoggedCall(
        queued_at=row["queued_at"],
        queue=row["first_queue"] or row["queue"],
        language=row["language"],
        dialled=row["dialled"],
        skills=levels(dict(row["skills"])),
        municipality=row["municipality"],
        caller=caller,
        wait_s=wait_s,
        left=left,
        agent_id=row["agent_id"],
        ring_s=ring_s,
        talk_s=talk_s,
        # A record that was saved in the talk leaves no wrap-up.
        wrap_up_s=wrap_up_s if wrap_up_s is not None or talk_s is None else 0.0,
    )


def _left(row: RowMapping) -> tuple[float | None, Left | None]:
    wait_s = _between(row, "queued_at", "answered_at")
    if wait_s is not None:
        return wait_s, "answered"
    wait_s = _between(row, "queued_at", "ended_at")
    if wait_s is None:
        return None, None
    return wait_s, "abandoned" if row["outcome"] == Outcome.ABANDONED else "otherwise"


def _between(row: Mapping[Any, Any], start: str, end: str) -> float | None:
    if row[start] is None or row[end] is None:
        return None
    return max(0.0, float(row[end] - row[start]))
