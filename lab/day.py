"""A full day in the journal, for whoever starts a service on it: so many calls, as they go.

Written in seconds, past the service: each call is a run of states like those that World makes, told
in the records that the engine would have journaled. Most are answered and recorded, some hang up in
line, some before it. The same seed makes the same day.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from contactcentre.core import commands, events
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call.leg import Leg
from contactcentre.core.call.state import Call, CallerChannel, CallRecord, MenuChoice, Phase, Talk
from contactcentre.core.config.network import Network
from contactcentre.core.line.memory import Memory
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.core.values import replace
from contactcentre.engine import figures
from contactcentre.storage.entry import Entry
from contactcentre.storage.spool_file import SpoolFile
from ivr.interpreter import Cursor

Some = TypeVar("Some")

QUEUES = Network(version=0)
"""All of them as they are where nobody has said anything."""

GROUP = 5000
ABANDONED, LEFT_MENU = 0.08, 0.05
"""The shares of callers who hang up in line, and before it."""

OTHERWISE = (
    *((Outcome.CALLBACK, ""), (Outcome.VOICEMAIL, ""), (Outcome.PBX_LOST, "")),
    *((Outcome.TURNED_AWAY, why) for why in ("waited", "full", "closed", "nobody")),
)
"""How else somebody leaves the line, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """So many calls, evenly from `begins` to `ends` (UTC seconds), for these agents and queues;
    `otherwise` is the share of those in line who leave it neither answered nor hung up."""

    calls: int
    begins: float
    ends: float
    queues: Sequence[str] = ("general", "taxes")
    agents: Sequence[str] = tuple(f"a{number}" for number in range(1, 701))
    dialled: str = "60000100"
    flow: tuple[str, int] = ("hotline", 1)
    seed: int = 1
    otherwise: float = 0.0

    def entries(self) -> Iterator[Entry]:
        """The journal of that day, one call after the other."""
        dice = random.Random(self.seed)  # noqa: S311 - nothing is kept secret by it
        step_s = (self.ends - self.begins) / max(1, self.calls)
        seq, memory = int(self.begins * 1e6), Memory()
        for number in range(self.calls):
            before = None
            for entry in self._call(number, self.begins + number * step_s, dice):
                seq += 1
                (call,) = entry.calls
                memory.touched = {}
                memory.note(call, entry.at)
                yield dataclasses.replace(
                    entry,
                    seq=seq,
                    callers=tuple(memory.touched.values()),
                    left=_some(figures.left(before, call, QUEUES)),
                    ended=_some(figures.end(before, call)),
                )
                before = call

    def _call(self, number: int, at: float, dice: random.Random) -> Iterator[Entry]:
        call = self._arrived(f"{self.seed:08x}{number:024x}", at, dice)
        yield _entry(_arrival(call), call)
        if dice.random() < LEFT_MENU:
            yield _hung_up(call, at + 9.0, Outcome.LEFT_MENU)
            return
        call = self._queued(call, at + 8.0, dice)
        yield _entry(
            events.DigitsEntered(at=at + 8.0, call_id=call.call_id, step=1, digits="1"), call
        )
        wait_s = dice.expovariate(1 / 30)
        if dice.random() < ABANDONED:
            yield _hung_up(call, at + 8.0 + wait_s, Outcome.ABANDONED)
            return
        if self.otherwise and dice.random() < self.otherwise:
            yield _hung_up(call, at + 8.0 + wait_s, *dice.choice(OTHERWISE))
            return
        yield from self._talk(call, at + 8.0 + wait_s, dice)

    def _arrived(self, call_id: str, at: float, dice: random.Random) -> Call:
        flow, version = self.flow
        return Call(
            call_id=call_id,
            channel=CallerChannel(
                name=f"PJSIP/carrier-{call_id[-8:]}", unique_id=f"{int(at)}.{call_id[-6:]}"
            ),
            caller=f"+3712{dice.randrange(10**7):07d}",
            dialled=self.dialled,
            arrived_at=at,
            phase=Phase.MENU,
            since=at,
            choice=MenuChoice(cursor=Cursor(flow=flow, version=version, node="matter")),
        )

    def _queued(self, call: Call, at: float, dice: random.Random) -> Call:
        return replace(
            call,
            phase=Phase.WAITING,
            since=at,
            queue=dice.choice(self.queues),
            choice=replace(call.choice, matter="benefits"),
            queueing=replace(
                call.queueing, skills=(("benefits", 1),), queued_at=at, place_at=at, entered_at=at
            ),
        )

    def _talk(self, call: Call, at: float, dice: random.Random) -> Iterator[Entry]:
        agent_id, talk_s = dice.choice(self.agents), dice.expovariate(1 / 180)
        offer_id = f"{call.call_id}-1"
        offer = Leg(leg_id=offer_id, agent_id=agent_id, at=at, ring_until=at + 20.0)
        agent = Agent(agent_id=agent_id, endpoint=f"a-{agent_id}", name=agent_id, phone=True)
        agent = replace(agent, state=State.RESERVED, since=at, call_id=call.call_id)
        call = replace(call, phase=Phase.OFFERED, since=at, legs=(offer,))
        yield _entry(events.LegDialed(at=at, offer_id=offer_id, leg="x"), call, agent)
        offer = replace(offer, rang_at=at + 0.2)
        call = replace(call, legs=(offer,))
        yield _entry(events.LegRang(at=at + 0.2, offer_id=offer_id), call)
        at += 4.0
        offer = replace(offer, answered_at=at)
        talk = Talk(agent_id=agent_id, answered_at=at)
        call = replace(call, phase=Phase.TALKING, since=at, legs=(offer,), talk=talk)
        call = replace(call, record=CallRecord(note="tautas skaitīšana, pārrunāts " * 3))
        agent = replace(agent, state=State.TALKING, since=at)
        yield _entry(events.LegAnswered(at=at, offer_id=offer_id), call, agent)
        at += talk_s
        offer = offer.over(at, Result.CALLER_LEFT)
        ended = replace(call, legs=(offer,), talk=replace(talk, ended_at=at))
        agent = replace(agent, state=State.WRAP_UP, since=at, unsaved=(call.call_id,))
        over = _hung_up(ended, at, Outcome.ANSWERED)
        yield dataclasses.replace(over, agents=(agent,))
        yield _saved(over.calls[0], replace(agent, unsaved=(), call_id=None), at + 20.0)


def write(path: Path, day: Day, *, sent: bool = True) -> None:
    """Make that day's journal in a new file; `sent`: the database holds all of it."""
    file = SpoolFile(path)
    entries, last = day.entries(), 0
    while group := list(islice(entries, GROUP)):
        file.write(group)
        last = group[-1].seq
    if sent:
        file.mark_sent(last)
    file.close()


def _some(one: Some | None) -> tuple[Some, ...]:
    return () if one is None else (one,)


def _arrival(call: Call) -> events.CallArrived:
    return events.CallArrived(
        at=call.arrived_at,
        call_id=call.call_id,
        channel=call.channel.name,
        channel_id=call.channel.unique_id,
        caller=call.caller,
        dialled=call.dialled,
    )


def _hung_up(call: Call, at: float, outcome: Outcome, why: str = "") -> Entry:
    ended = replace(
        call,
        phase=Phase.ENDED,
        since=at,
        end=replace(call.end, at=at, by="caller", outcome=outcome, why=why),
    )
    return _entry(events.CallerHungUp(at=at, call_id=call.call_id), ended)


def _saved(call: Call, agent: Agent, at: float) -> Entry:
    done = replace(call.record, services=("VSAA-KOPS",), saved_at=at)
    saved = commands.RecordSaved(
        at=at,
        agent_id=agent.agent_id,
        call_id=call.call_id,
        kind="consultation",
        services=done.services,
        outcome="answered",
        finish=True,
    )
    rested = replace(agent, state=State.READY, since=at)
    return _entry(saved, replace(call, record=done), rested)


def _entry(event: events.Event, call: Call, agent: Agent | None = None) -> Entry:
    return Entry(
        seq=0,
        at=event.at,
        kind=type(event).__name__,
        call_id=call.call_id,
        agent_id=agent.agent_id if agent is not None else None,
        event=event,
        calls=(call,),
        agents=(agent,) if agent is not None else (),
    )
