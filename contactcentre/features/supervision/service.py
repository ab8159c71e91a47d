"""What supervisors do with calls and agents: read, allowed, done, and put on record.

The act itself is an event like all others; it counts when the engine has it, also while the
database is away. Then the record is the journal's, which keeps who, what and why with the event.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields
from typing import Any, Final, TypeVar
from uuid import uuid4

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.shell.permissions import Act, may, reach
from agents_ui.shell.port import Person, Unavailable
from agents_ui.supervision import port
from contactcentre.core import acting, acts, events
from contactcentre.core.agent.state import Agent
from contactcentre.core.call.state import Call
from contactcentre.core.config.assignment import Inseparable
from contactcentre.core.config.network import Network
from contactcentre.core.world import World
from contactcentre.engine.clock import now
from contactcentre.engine.inbox import Crowded, NotSafeYet
from contactcentre.engine.live import BOARD, Live
from contactcentre.features.board.sight import BoardSight
from contactcentre.features.supervision import assignments, choices, memos, undo
from contactcentre.storage import audit, database
from contactcentre.storage.audit import Action, AuditEntry

log = structlog.get_logger(__name__)

Submit = Callable[[events.Event], Awaitable[bool]]
"""Puts a fact into the inbox; see `Inbox.submit`."""

_OURS: Final = frozenset({"at", "by", "by_id"})
_Listening = acts.ListenAsked | acts.ListenTurned | acts.ListenEnded
_LISTENING: Final = (acts.ListenAsked, acts.ListenTurned, acts.ListenEnded)
_ASSIGNED: Final[Mapping[str, type[assignments.Assigned]]] = {
    "queues": acts.QueuesAssigned,
    "skills": acts.SkillsAssigned,
}
A = TypeVar("A", bound=acts.SupervisorAct)
_LINKED: Final = (acts.CallEndForced, acts.AgentReleased, acts.CallerGiven)
"""What can be done only while the exchange can be told."""


class SupervisionService:
    """Keeps `agents_ui.supervision.port.Supervision`."""

    def __init__(
        self,
        world: World,
        submit: Submit,
        live: Live,
        storage: AsyncEngine,
        *,
        listens: bool,
        person: Callable[[str], str],
    ) -> None:
        """`listens`: whether supervisors may listen at all; `person`: what stands for a number in
        the audit log."""
        self._listens = listens
        self._person = person
        self._world = world
        self._submit = submit
        self._live = live
        self._storage = storage

    # --- seeing ----------------------------------------------------------------------------

    def call(self, call_id: str, *, person: Person) -> port.CallChoices:
        """See `Supervision`."""
        call = self._seen_call(call_id, person)
        given = call.queueing.earmark
        agent = self._world.agents.get(given.agent_id) if given is not None else None
        name = agent.name if agent is not None else ""
        listens = self._listens and may(person, Act.CALLS_LISTEN) and person.agent_id is not None
        return choices.of_call(self._world, call, name, person, listens=listens)

    def agent(self, agent_id: str, *, person: Person) -> port.AgentChoices:
        """See `Supervision`."""
        return choices.of_agent(self._world, self._seen_agent(agent_id, person, Act.AGENTS_FORCE))

    def candidates(self, call_id: str, text: str, *, person: Person) -> port.AgentOptions:
        """See `Supervision`."""
        self._seen_call(call_id, person)
        sight = self._sight(person, Act.CALLS_LEAD)
        return choices.candidates(self._world, call_id, text, sight)

    def _sight(self, person: Person, act: Act) -> BoardSight:
        return BoardSight(self._world, reach(person.grants, act))

    def _seen_call(self, call_id: str, person: Person) -> Call:
        call = self._world.calls.get(call_id)
        if call is None or not self._sight(person, Act.CALLS_LEAD).call(call):
            raise LookupError(call_id)
        return call

    def _seen_agent(self, agent_id: str, person: Person, act: Act) -> Agent:
        agent = self._world.agents.get(agent_id)
        if agent is None or not self._sight(person, act).agent(agent_id):
            raise LookupError(agent_id)
        return agent

    def memos(self, *, person: Person) -> port.MemoRoom:
        """See `Supervision`."""
        return memos.room(self._world, self._sight(person, Act.AGENTS_TELL))

    async def write_memo(self, text: str, to: str, *, person: Person) -> int:
        """See `Supervision`."""
        agents = memos.recipients(self._world, self._sight(person, Act.AGENTS_TELL), to)
        if not agents and to != "all":
            raise LookupError(to)
        if not agents:
            return 0
        said = {"memo_id": uuid4().hex, "text": text.strip(), "agents": agents}
        by = {"at": now(), "by": person.name, "by_id": person.user_id}
        try:
            event = msgspec.convert({**said, **by}, acts.MemoWritten)
        except msgspec.ValidationError as wrong:
            raise port.BadAct("bad-arguments") from wrong
        await self._submitted(event)
        await self._write(
            AuditEntry(
                at=event.at,
                who=event.by_id,
                action=Action.MEMO_WRITTEN,
                object=event.memo_id,
                details={"to": to, "count": len(agents)},
            )
        )
        return len(agents)

    # --- doing -----------------------------------------------------------------------------

    async def lead_call(self, name: str, args: Mapping[str, Any], *, person: Person) -> port.Done:
        """See `Supervision`. A call is given to an agent whom the person leads."""
        event = _event(name, args, person)
        if not isinstance(event, events.CallEvent) or isinstance(event, _LISTENING):
            raise port.BadAct("unknown-act")
        self._seen_call(event.call_id, person)
        if isinstance(event, events.AgentEvent):
            self._seen_agent(event.agent_id, person, Act.CALLS_LEAD)
        return await self._do(event, name, event.call_id, Action.CALL_LED)

    async def listen(self, name: str, args: Mapping[str, Any], *, person: Person) -> port.Done:
        """See `Supervision`. On the phone of one's own desk."""
        own = {"listener": person.agent_id or "-"} if name == "listen" else {}
        event = _event(name, {**args, **own}, person)
        if not isinstance(event, _LISTENING):
            raise port.BadAct("unknown-act")
        call = self._world.calls.get(event.call_id)
        if call is None or not self._sight(person, Act.CALLS_LISTEN).call(call):
            raise LookupError(event.call_id)
        obstacle = self._deaf(event)
        if obstacle:
            return port.Done(done=False, why=obstacle)
        await self._written_down(event, call)
        done = await self._submitted(event)
        self._live.nudge(BOARD)
        return port.Done(done=done, why="" if done else "gone")

    def _deaf(self, event: _Listening) -> port.Obstacle:
        if not isinstance(event, acts.ListenAsked):
            return ""
        if not self._listens:
            return "no-policy"
        return acting.deaf(self._world, event.call_id, event.listener)

    async def _written_down(self, event: _Listening, call: Call) -> None:
        """Before anything is heard. An end counts in any case, and the leg tells of it too."""
        mode = "" if isinstance(event, acts.ListenEnded) else event.mode
        entry = AuditEntry(
            at=event.at,
            who=event.by_id,
            action=Action.CALL_LISTENED,
            object=event.call_id,
            purpose=event.why if isinstance(event, acts.ListenAsked) else "",
            person=self._person(call.caller) if call.caller else "",
            details={"mode": mode, "agent": call.talk.agent_id or ""},
        )
        try:
            async with self._storage.begin() as connection:
                await audit.write(connection, entry)
        except database.AWAY:
            if mode:
                raise Unavailable from None

    async def assign(self, name: str, args: Mapping[str, Any], *, person: Person) -> port.Done:
        """See `Supervision`."""
        if name not in _ASSIGNED:
            raise port.BadAct("unknown-act")
        event = _made(_ASSIGNED[name], args, person)
        self._seen_agent(event.agent_id, person, Act.AGENTS_FORCE)
        published = self._world.crisis.published
        if not assignments.known(event, published):
            raise port.BadAct("bad-arguments")
        back = assignments.undo(published, event.agent_id)
        try:
            await self._kept(event, published)
        except Inseparable:
            return port.Done(done=False, why="inseparable")
        await self._submitted(event)
        self._live.nudge(BOARD)
        return port.Done(done=True, undo=back)

    async def _kept(self, event: assignments.Assigned, published: Network) -> None:
        """With its row in the audit log, or not at all."""
        entry = AuditEntry(
            at=event.at,
            who=event.by_id,
            action=Action.AGENT_LED,
            object=event.agent_id,
            purpose=event.why,
            details=_given(event, published),
        )
        opened = database.transaction(self._storage, part="board", away=Unavailable)
        async with opened as connection:
            await assignments.give(connection, published, event)
            await audit.write(connection, entry)

    async def lead_agent(self, name: str, args: Mapping[str, Any], *, person: Person) -> port.Done:
        """See `Supervision`."""
        event = _event(name, args, person)
        if isinstance(event, events.CallEvent) or not isinstance(event, events.AgentEvent):
            raise port.BadAct("unknown-act")
        self._seen_agent(event.agent_id, person, Act.AGENTS_FORCE)
        return await self._do(event, name, event.agent_id, Action.AGENT_LED)

    async def _do(
        self, event: acts.SupervisorAct, name: str, key: str, action: Action
    ) -> port.Done:
        obstacle = self._obstacle(event)
        if obstacle:
            return port.Done(done=False, why=obstacle)
        before = self._standing(key)
        if not await self._submitted(event):
            return port.Done(done=False, why="gone")
        after = self._standing(key)
        await self._note(event, name, key, action, before, after)
        self._live.nudge(BOARD)
        return port.Done(done=True, undo=undo.of(name, key, before, after))

    def _obstacle(self, event: acts.SupervisorAct) -> port.Obstacle:
        """Told in words before it is tried; World looks once more."""
        if isinstance(event, _LINKED) and not self._world.telephony:
            return "no-telephony"
        match event:
            case acts.CallEarmarked():
                return acting.obstacle(self._world, event.call_id, event.agent_id)
            case acts.CallMoved():
                return self._moved(self._world.calls[event.call_id], event.queue)
            case acts.CallWithdrawn(ending="callback"):
                caller = self._world.calls[event.call_id].caller
                number = self._world.network.callback_number(caller)
                return "no-number" if number is None else ""
            case _:
                return ""

    def _moved(self, call: Call, queue: str) -> port.Obstacle:
        if queue == call.queue:
            return "same"
        return "promised" if self._world.callbacks.is_promised(call, queue) else ""

    async def _submitted(self, event: acts.SupervisorAct) -> bool:
        try:
            return await self._submit(event)
        except NotSafeYet:
            return True  # it counts already; a slow disk must not hold the page up
        except Crowded:
            raise Unavailable from None

    def _standing(self, key: str) -> Mapping[str, Any]:
        """What an act may change, of that call or agent."""
        call, agent = self._world.calls.get(key), self._world.agents.get(key)
        if call is not None:
            given = call.queueing.earmark
            return {
                "phase": call.phase.value,
                "queue": call.queue,
                "first": call.queueing.first,
                "earmark": given.agent_id if given is not None else "",
            }
        if agent is not None:
            wanted = "ready" if agent.wants_ready else agent.wanted_reason
            return {
                "state": agent.state.value,
                "reason": agent.reason or "",
                "wanted": wanted,
                "calls": list(agent.calls),
            }
        return {}

    async def _note(
        self,
        event: acts.SupervisorAct,
        name: str,
        key: str,
        action: Action,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        concerned = before.get("calls", [])  # the calls that the agent had
        changed = [one for one in before if one != "calls" and before[one] != after.get(one)]
        details: dict[str, Any] = {
            "act": name,
            "before": {one: before[one] for one in changed},
            "after": {one: after.get(one) for one in changed},
        }
        if isinstance(event, acts.CallEarmarked):
            details["agent"] = event.agent_id
        if concerned:
            details["calls"] = concerned
        entry = AuditEntry(
            at=event.at,
            who=event.by_id,
            action=action,
            object=key,
            purpose=event.why if isinstance(event, acts.ReasonedAct) else "",
            details=details,
        )
        await self._write(entry)

    async def _write(self, entry: AuditEntry) -> None:
        try:
            async with self._storage.begin() as connection:
                await audit.write(connection, entry)
        except database.AWAY as error:
            log.warning("act_not_audited", action="act_not_audited", error=type(error).__name__)


def _event(name: str, args: Mapping[str, Any], person: Person) -> acts.SupervisorAct:
    """The event that an act is. Raises `BadAct`, which does not quote the page."""
    kind = acts.ACTS.get(name)
    if kind is None:
        raise port.BadAct("unknown-act")
    return _made(kind, args, person)


def _given(event: assignments.Assigned, published: Network) -> Mapping[str, Any]:
    """What stood, and stands; what says less is told as it was said."""
    if isinstance(event, acts.QueuesAssigned):
        before = assignments.assigned(published, event.agent_id)
        return {"act": "queues", "before": before, "after": event.queues}
    given = {"skills": dict(event.skills), "languages": dict(event.languages)}
    stood = assignments.standing(published, event.agent_id)
    before_ = None if stood is None else {kind: dict(of) for kind, of in stood.items()}
    return {"act": "skills", "before": before_, "after": given}


def _made(kind: type[A], args: Mapping[str, Any], person: Person) -> A:
    """Raises `BadAct`."""
    if not args.keys() <= {field.name for field in fields(kind)} - _OURS:
        raise port.BadAct("bad-arguments")
    ours = {"at": now(), "by": person.name, "by_id": person.user_id}
    try:
        return msgspec.convert({**args, **ours}, kind)
    except msgspec.ValidationError as wrong:
        raise port.BadAct("bad-arguments") from wrong
