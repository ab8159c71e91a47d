"""The desks of all agents, made from World; commands become events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any
from uuid import uuid4

from agents_ui.desk import port
from agents_ui.shell.port import AgentState, Person, PhoneLogin, Unavailable
from contactcentre.core import commands, events, offering
from contactcentre.core.agent.orders import registers
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import signals
from contactcentre.core.call.callback_moves import UNCONNECTED
from contactcentre.core.call.demand import home
from contactcentre.core.call.purpose import looked_at
from contactcentre.core.call.state import TALKS, Call, Phase
from contactcentre.core.world import World
from contactcentre.engine.clock import now
from contactcentre.engine.figures import Figures
from contactcentre.engine.inbox import SAFE_WITHIN_S, Crowded, Inbox, NotSafeYet
from contactcentre.engine.live import LINE, Live
from contactcentre.features.crisis.service import notice
from contactcentre.features.desk.colleagues import colleagues
from contactcentre.features.desk.commands import event_of
from contactcentre.features.desk.phone_secret import PhoneSecrets
from contactcentre.features.desk.turn import Turn
from contactcentre.features.desk.view import call_view, memo_view, onward, promise_view

PROMISES = 20
"""So many of an agent's own are shown."""


class DeskService:
    """Keeps `agents_ui.desk.port.Desks`. `records` gives calls as the journal has them, `offered`
    says whether there is a service of that code."""

    def __init__(
        self,
        world: World,
        inbox: Inbox,
        figures: Figures,
        live: Live,
        secrets: PhoneSecrets,
        records: Callable[[Sequence[str]], Awaitable[Sequence[Call]]],
        *,
        offered: Callable[[str], bool],
        sip_domain: str,
        websocket: str,
        turn: Turn | None = None,
    ) -> None:
        self._world = world
        self._inbox = inbox
        self._figures = figures
        self._live = live
        self._secrets = secrets
        self._records = records
        self._offered = offered
        self._sip_domain = sip_domain
        self._websocket = websocket
        self._turn = turn
        self._seq = 0
        self._hotline = self._hotline_now()
        self._round = -1

    # --- coming and going ------------------------------------------------------------------

    async def open(self, person: Person, *, again: bool = False) -> PhoneLogin | None:
        """See `Desks`. One secret lasts as long as the log-in, over reloads and restarts.

        A telephone on a table has a secret of its own, and a mobile none: no page is given any.
        """
        agent = self._world.agents[person.agent_id or ""]
        if again and agent.state is State.LOGGED_OUT and agent.reason is not None:
            return None
        secret = await self._secrets.of(agent)
        with suppress(port.NotYetOnDisk):  # whoever logs in while the disk is stuck is needed
            await self._submit(commands.AgentLoggedIn(at=now(), agent_id=agent.agent_id))
        return self._login(agent, secret) if secret else None

    async def phone(self, agent_id: str) -> PhoneLogin | None:
        """See `Desks`."""
        agent = self._world.agents[agent_id]
        secret = await self._secrets.of(agent) if registers(agent) else ""
        return self._login(agent, secret) if secret else None

    def is_phone(self, agent_id: str) -> bool:
        """See `Desks`."""
        agent = self._world.agents.get(agent_id)
        return agent is not None and registers(agent)

    def phone_changes(self, agent_id: str) -> AbstractContextManager[AsyncIterator[None]]:
        """See `Desks`."""
        return self._secrets.changes(agent_id)

    def _login(self, agent: Agent, secret: str) -> PhoneLogin:
        return PhoneLogin(
            uri=f"sip:{agent.endpoint}@{self._sip_domain}",
            password=secret,
            websocket=self._websocket,
            display_name=agent.name,
            turn=self._turn.of(agent.endpoint, now()) if self._turn else None,
            relayed=self._turn is not None and self._turn.only,
        )

    async def close(self, agent_id: str) -> None:
        """See `Desks`. The phone is withdrawn by the effect that follows."""
        with suppress(port.NotYetOnDisk):
            await self._submit(commands.AgentLoggedOut(at=now(), agent_id=agent_id))

    def on_duty(self, agent_id: str) -> bool:
        """See `Desks`."""
        return agent_id in self._world.network.agents

    # --- seeing ----------------------------------------------------------------------------

    def changes(self, agent_id: str) -> AbstractContextManager[AsyncIterator[None]]:
        """See `Desks`."""
        return self._live.watch(agent_id)

    def state(self, agent_id: str) -> AgentState:
        """See `Desks`."""
        state: AgentState = self._world.agents[agent_id].state.value
        return state

    def view(self, agent_id: str) -> port.DeskView:
        """See `Desks`."""
        agent = self._world.agents[agent_id]
        self._seq += 1
        call, beside = (self._world.calls.get(key) for key in (agent.call_id or "", _beside(agent)))
        given = self._world.callbacks.given_by(agent_id)
        return port.DeskView(
            seq=self._seq,
            at=now(),
            state=self.state(agent_id),
            reason=offering.reason(agent, call),
            since=agent.since,
            wanted="READY" if agent.wants_ready else "NOT_READY",
            wanted_reason=agent.wanted_reason or None,
            phone=agent.connected,
            device=self._world.network.device(agent_id)[0],
            devices=self._devices(agent_id),
            resting_until=agent.resting_until if agent.reason == agent.resting_for else None,
            microphone=agent.microphone,
            telephony=self._world.telephony,
            call=self._call(call, agent) if call is not None else None,
            beside=self._call(beside, agent) if beside is not None else None,
            unsaved=tuple(self._unsaved(agent)),
            laid_aside=len(self._laid_aside(agent)),
            gone_at=agent.gone_at,
            help_since=agent.help_since,
            promises=tuple(
                promise_view(one, one.callback) for one in given[:PROMISES] if one.callback
            ),
            promised=len(given),
            memos=tuple(map(memo_view, agent.memos)),
            last_dial=agent.last_dial,
            line=self.hotline().line,
            crisis=notice(self._world.crisis.crisis),
        )

    def _devices(self, agent_id: str) -> tuple[port.Device, ...]:
        profile = self._world.network.agents.get(agent_id)
        return profile.devices if profile is not None else ()

    def municipality(self, agent_id: str) -> str:
        """See `Desks`."""
        network = self._world.network
        call = self._world.calls.get(self._world.agents[agent_id].call_id or "")
        if call is None:
            return network.place(network.agents[agent_id].centre_id).municipality
        return call.choice.municipality or home(call, network).municipality

    def _unsaved(self, agent: Agent) -> list[port.CallView]:
        calls = (self._world.calls.get(c) for c in agent.unsaved if c != agent.call_id)
        return [self._call(call, agent) for call in calls if call is not None]

    def _laid_aside(self, agent: Agent) -> list[str]:
        return [key for key in agent.unsaved if key not in self._world.calls]

    async def laid_aside(self, agent_id: str) -> Sequence[port.LaidAside]:
        """See `Desks`."""
        calls = await self._recorded(self._laid_aside(self._world.agents[agent_id]))
        return tuple(
            port.LaidAside(
                call_id=call.call_id,
                arrived_at=call.arrived_at,
                queue_label=self._world.network.queue(call.queue).labels,
                came_by=call.came_by,
            )
            for call in calls
        )

    async def _recorded(self, call_ids: Sequence[str]) -> Sequence[Call]:
        try:
            async with asyncio.timeout(SAFE_WITHIN_S):
                return await self._records(call_ids)
        except TimeoutError:
            raise Unavailable from None

    def _call(self, call: Call, agent: Agent) -> port.CallView:
        promised = call.callback is not None and call.phase in UNCONNECTED
        dials = self._world.matcher.dials
        barred = dials.barred(call.caller, agent.agent_id, now()) if promised else ""
        return call_view(call, agent, self._world.network, barred)

    def hotline(self) -> port.HotlineView:
        """See `Desks`. Made once in a round."""
        this_round = self._live.round(LINE)
        if this_round != self._round:
            self._round, self._hotline = this_round, self._hotline_now()
        return self._hotline

    def hotline_changes(self) -> AbstractContextManager[AsyncIterator[None]]:
        """See `Desks`."""
        return self._live.watch(LINE)

    def _hotline_now(self) -> port.HotlineView:
        return port.HotlineView(
            telephony=self._world.telephony,
            line=self._line(),
            crisis=notice(self._world.crisis.crisis),
        )

    def _line(self) -> port.LineView:
        waiting = [
            call.queueing.queued_at
            for call in self._world.calls.values()
            if call.phase in (Phase.WAITING, Phase.OFFERED) and call.queueing.queued_at is not None
        ]
        return port.LineView(
            waiting=len(waiting),
            longest_since=min(waiting, default=None),
            service_level=self._figures.window(now()).service_level,
        )

    def note(self, agent_id: str, call_id: str) -> str:
        """See `Desks`."""
        call, _ = looked_at(self._world.calls, call_id, agent_id)
        return call.record.note

    def municipalities(self) -> Sequence[tuple[str, str]]:
        """See `Desks`."""
        return self._world.network.municipality_names

    def onward(self, agent_id: str, call_id: str, *, service: str) -> Sequence[port.Onward]:
        """See `Desks`."""
        call = self._world.calls.get(call_id)
        talks = call is not None and call.phase in (Phase.TALKING, Phase.HELD)
        if call is None or not talks or call.talk.agent_id != agent_id:
            raise LookupError
        return tuple(onward(call, service, self._world))

    def colleagues(
        self, agent_id: str, call_id: str, *, service: str, text: str
    ) -> port.Colleagues:
        """See `Desks`."""
        call, asker = self._world.calls.get(call_id), self._world.network.agents.get(agent_id)
        own = call is not None and call.phase in TALKS and call.talk.agent_id == agent_id
        if call is None or asker is None or not own:
            raise LookupError
        return colleagues(call, asker, self._world, service=service, text=text)

    # --- doing -----------------------------------------------------------------------------

    async def command(self, agent_id: str, name: str, args: Mapping[str, Any]) -> bool:
        """See `Desks`."""
        event = event_of(agent_id, name, args, at=now())
        if not all(map(self._offered, self._chosen_services(event))) or not self._stands(event):
            raise port.BadCommand("bad-arguments")
        if isinstance(event, commands.ContactChosen):
            return await self._submit(_begun(event))
        call_id: str = getattr(event, "call_id", "")
        if call_id in self._laid_aside(self._world.agents[agent_id]):
            await self._take_in_hand(agent_id, call_id)
        return isinstance(event, commands.RecordTurnedTo) or await self._submit(event)

    def _chosen_services(self, event: events.AgentEvent) -> frozenset[str]:
        """Those that are new: one that went out of the catalogue stays on the record."""
        match event:
            case commands.RecordSaved():
                call = self._world.calls.get(event.call_id)
                kept = call.record.services if call is not None else ()
                return frozenset(event.services) - frozenset(kept)
            case commands.QueueTransferChosen(service=service) if service:
                return frozenset({service})
            case _:
                return frozenset()

    def _stands(self, event: events.AgentEvent) -> bool:
        """Whether there is the place of which a record tells."""
        if not isinstance(event, commands.RecordSaved) or not event.municipality:
            return True
        return event.municipality in self._world.network.municipalities

    async def leave(self, agent_id: str) -> None:
        """See `Desks`. Only a browser in mid-call loses anything by it."""
        agent = self._world.agents[agent_id]
        if agent.state is State.TALKING and agent.call_id is not None and agent.browser:
            lost = commands.AudioLost(at=now(), agent_id=agent_id, call_id=agent.call_id)
            await self._submit(lost)

    async def _take_in_hand(self, agent_id: str, call_id: str) -> None:
        """The journal has a record that was laid aside; what is done to it comes after this."""
        for call in await self._recorded([call_id]):
            self._inbox.post(
                signals.RecordOpened(at=now(), agent_id=agent_id, call_id=call_id, call=call)
            )

    async def _submit(self, event: events.Event) -> bool:
        try:
            return await self._inbox.submit(event)
        except NotSafeYet:
            raise port.NotYetOnDisk from None
        except Crowded:
            raise Unavailable from None


def _beside(agent: Agent) -> str:
    return agent.beside.call_id if agent.beside is not None else ""


def _begun(event: commands.ContactChosen) -> signals.ContactBegun:
    """What came without a call has no name of the exchange's: it gets one here."""
    return signals.ContactBegun(
        at=event.at, agent_id=event.agent_id, call_id=uuid4().hex, channel=event.channel
    )
