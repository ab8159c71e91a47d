"""The desks of all agents, made from World; commands become events."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager

from agents_ui.desk import port
from agents_ui.shell.port import AgentState, Person, PhoneLogin, Texts
from contactcentre.core import events
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import menu_versions as menus
from contactcentre.core.call.callback_moves import UNCONNECTED
from contactcentre.core.call.queue_transfer import crew
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import Result
from contactcentre.core.world import World
from contactcentre.engine.clock import now
from contactcentre.engine.figures import Figures
from contactcentre.engine.inbox import Inbox
from contactcentre.engine.live import LINE, Live
from contactcentre.features.crisis.service import notice
from contactcentre.telephony.directory import Directory
from routing.services import queue_for


class DeskService:
    """Keeps `agents_ui.desk.port.Desks`."""

    def __init__(
        self,
        world: World,
        inbox: Inbox,
        figures: Figures,
        live: Live,
        directory: Directory,
        *,
        sip_domain: str,
        websocket: str,
    ) -> None:
        self._world = world
        self._inbox = inbox
        self._figures = figures
        self._live = live
        self._directory = directory
        self._sip_domain = sip_domain
        self._websocket = websocket
        self._seq = 0
        self._hotline = self._hotline_now()
        self._round = -1

    # --- coming and going ------------------------------------------------------------------

    async def open(self, person: Person) -> PhoneLogin | None:
        """See `Desks`. One secret lasts as long as the log-in, over reloads and restarts.

        A telephone on a table has a secret of its own, and a mobile none: no page is given any.
        """
        agent = self._world.agents[person.agent_id or ""]
        secret = await asyncio.to_thread(self._secret, agent) if agent.browser else ""
        await self._inbox.submit(events.AgentLoggedIn(at=now(), agent_id=agent.agent_id))
        if not secret:
            return None
        return PhoneLogin(
            uri=f"sip:{agent.endpoint}@{self._sip_domain}",
            password=secret,
            websocket=self._websocket,
            display_name=agent.name,
        )

    def _secret(self, agent: Agent) -> str:
        kept = self._directory.secret(agent.endpoint)
        if kept is not None and agent.state is not State.LOGGED_OUT:
            return kept
        fresh = secrets.token_urlsafe(24)
        self._directory.enrol(agent.endpoint, fresh, kind="browser")
        return fresh

    async def close(self, agent_id: str) -> None:
        """See `Desks`. The phone is withdrawn by the effect that follows."""
        await self._inbox.submit(events.AgentLoggedOut(at=now(), agent_id=agent_id))

    def on_duty(self, agent_id: str) -> bool:
        """See `Desks`."""
        return agent_id in self._world.network.agents

    # --- seeing ----------------------------------------------------------------------------

    def changes(self, agent_id: str) -> AbstractContextManager[AsyncIterator[None]]:
        """See `Desks`."""
        return self._live.watch(agent_id)

    def view(self, agent_id: str) -> port.DeskView:
        """See `Desks`."""
        agent = self._world.agents[agent_id]
        self._seq += 1
        call = self._world.calls.get(agent.call_id or "")
        state: AgentState = agent.state.value
        return port.DeskView(
            seq=self._seq,
            at=now(),
            state=state,
            reason=agent.reason,
            since=agent.since,
            wanted="READY" if agent.wants_ready else "NOT_READY",
            wanted_reason=agent.wanted_reason or None,
            phone=agent.reachable,
            device=self._world.network.device(agent_id)[0],
            resting_until=agent.resting_until if agent.reason == agent.resting_for else None,
            microphone=agent.microphone,
            telephony=self._world.telephony,
            call=self._call(call, agent) if call is not None else None,
            unsaved=tuple(self._unsaved(agent)),
            line=self.hotline().line,
            crisis=notice(self._world.crisis.crisis),
        )

    def _unsaved(self, agent: Agent) -> list[port.CallView]:
        calls = (self._world.calls.get(c) for c in agent.unsaved if c != agent.call_id)
        return [self._call(call, agent) for call in calls if call is not None]

    def _call(self, call: Call, agent: Agent) -> port.CallView:
        return call_view(call, agent, self._world.network)

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
            call.queued_at
            for call in self._world.calls.values()
            if call.phase in (Phase.WAITING, Phase.OFFERED) and call.queued_at is not None
        ]
        return port.LineView(
            waiting=len(waiting),
            longest_since=min(waiting, default=None),
            service_level=self._figures.window(now()).service_level,
        )

    def onward(self, agent_id: str, call_id: str, *, service: str) -> Sequence[port.Onward]:
        """See `Desks`."""
        call = self._world.calls.get(call_id)
        if call is None or call.phase is not Phase.TALKING or call.agent_id != agent_id:
            raise LookupError
        return tuple(_onward(call, service, self._world))

    # --- doing -----------------------------------------------------------------------------

    async def command(self, agent_id: str, command: port.Command) -> bool:
        """See `Desks`."""
        event = _EVENTS[type(command)](agent_id, command, self._world)
        return await self._inbox.submit(event) if event is not None else False


def call_view(call: Call, agent: Agent, network: Network) -> port.CallView:
    """One call as one agent sees it."""
    offer = call.offer
    queue = network.queue(call.queue)
    hotline = network.hotline(call.dialled)
    ringing = offer is not None and offer.result is None and call.phase is not Phase.CALLING
    record = call.disposition
    return port.CallView(
        call_id=call.call_id,
        offer_id=offer.offer_id if offer else "",
        phase=_phase(call, agent),
        queue=call.queue,
        queue_label=queue.labels,
        path=_path(call, network),
        language=call.language,
        caller=call.caller,
        dialled=call.dialled,
        dialled_label=hotline.labels,
        arrived_at=call.arrived_at,
        queued_at=call.queued_at or call.arrived_at,
        offered_at=offer.at if offer else call.arrived_at,
        ring_until=offer.ring_until if offer and ringing else None,
        answered_at=call.answered_at,
        held_since=call.held_since,
        ended_at=call.talk_ended_at or call.ended_at,
        wrap_up_until=agent.wrap_up_until if agent.call_id == call.call_id else None,
        note=call.note,
        note_version=call.note_version,
        identified_level=call.identified_level,
        suggested=call.services,
        kind=record.kind,
        services=record.services,
        outcome=record.outcome,
        saved=record.saved_at is not None,
        end=call.ended_by,
        callback=_callback(call, network),
        passed_by=_passed_by(call, agent, network),
    )


def _passed_by(call: Call, agent: Agent, network: Network) -> str:
    """The last one who did, if that was not this agent."""
    by = [offer.agent_id for offer in call.offers if offer.result is Result.PASSED_ON]
    profile = network.agents.get(by[-1]) if by and by[-1] != agent.agent_id else None
    return profile.name if profile is not None else ""


def _onward(call: Call, service: str, world: World) -> Iterator[port.Onward]:
    network = world.network
    suggested = queue_for(service, network.queues.values())
    for queue in network.queues.values():
        able = crew(call, queue, world.agents.values(), network)
        yield port.Onward(
            queue=queue.queue_id,
            label=queue.labels,
            suggested=queue is suggested,
            ready=able.ready,
            at_work=able.at_work,
            waiting=sum(
                other.queue == queue.queue_id and other.phase in (Phase.WAITING, Phase.OFFERED)
                for other in world.calls.values()
            ),
        )


def _callback(call: Call, network: Network) -> port.CallbackView | None:
    """Nothing once the citizen has lifted: then it is a call like any other."""
    promise = call.callback
    if promise is None or call.phase not in UNCONNECTED:
        return None
    calling = call.phase is Phase.CALLING
    return port.CallbackView(
        asked_at=promise.asked_at,
        due_at=promise.due_at,
        attempt=promise.attempts + (not calling),
        attempts=network.callbacks.attempts,
        calling=calling,
    )


def _phase(call: Call, agent: Agent) -> port.CallPhase:
    if agent.call_id != call.call_id or agent.state is State.WRAP_UP:
        return "wrap_up"
    if call.phase is Phase.REJOINING:
        return "rejoining"
    return "ringing" if agent.state is State.RESERVED else "talking"


def _path(call: Call, network: Network) -> tuple[Texts, ...]:
    flow = menus.flow_of(call, network)
    if flow is None or call.cursor is None:
        return ()
    latvian, english = (flow.path_labels(call.cursor, language) for language in ("lv", "en"))
    return tuple({"lv": lv, "en": en} for lv, en in zip(latvian, english, strict=True))


# --- commands as events ----------------------------------------------------------------------

Made = events.Event | None


def _ready(agent_id: str, command: port.GoReady, world: World) -> Made:
    return events.ReadyChosen(at=now(), agent_id=agent_id)


def _not_ready(agent_id: str, command: port.GoNotReady, world: World) -> Made:
    return events.NotReadyChosen(at=now(), agent_id=agent_id, reason=command.reason)


def _microphone(agent_id: str, command: port.ReportMicrophone, world: World) -> Made:
    return events.MicrophoneReported(at=now(), agent_id=agent_id, granted=command.granted)


def _ring_back(agent_id: str, command: port.RingBack, world: World) -> Made:
    return events.RingBackChosen(at=now(), agent_id=agent_id, offer_id=command.offer_id)


def _reject(agent_id: str, command: port.Reject, world: World) -> Made:
    return events.OfferRejected(at=now(), agent_id=agent_id, offer_id=command.offer_id)


def _end(agent_id: str, command: port.EndCall, world: World) -> Made:
    return events.EndAsked(at=now(), agent_id=agent_id, call_id=command.call_id)


def _pass_on(agent_id: str, command: port.PassOn, world: World) -> Made:
    return events.PassedOn(
        at=now(),
        agent_id=agent_id,
        call_id=command.call_id,
        queue=command.queue,
        service=command.service,
    )


def _take_again(agent_id: str, command: port.TakeAgain, world: World) -> Made:
    return events.AudioLost(at=now(), agent_id=agent_id, call_id=command.call_id)


def _leave(agent_id: str, command: port.LeavePage, world: World) -> Made:
    """Only a browser in mid-call loses anything by it."""
    agent = world.agents[agent_id]
    if agent.state is not State.TALKING or agent.call_id is None or not agent.browser:
        return None
    return events.AudioLost(at=now(), agent_id=agent_id, call_id=agent.call_id)


def _note(agent_id: str, command: port.WriteNote, world: World) -> Made:
    return events.NoteWritten(
        at=now(),
        agent_id=agent_id,
        call_id=command.call_id,
        text=command.text,
        version=command.version,
    )


def _identify(agent_id: str, command: port.Identify, world: World) -> Made:
    return events.CallerIdentified(
        at=now(),
        agent_id=agent_id,
        call_id=command.call_id,
        level=command.level,
        method=command.method,
    )


def _save(agent_id: str, command: port.SaveRecord, world: World) -> Made:
    return events.RecordSaved(
        at=now(),
        agent_id=agent_id,
        call_id=command.call_id,
        kind=command.kind,
        services=command.services,
        outcome=command.outcome,
        finish=command.finish,
    )


def _extend(agent_id: str, command: port.ExtendWrapUp, world: World) -> Made:
    return events.WrapUpExtended(at=now(), agent_id=agent_id, call_id=command.call_id)


_EVENTS: dict[type[port.Command], Callable[..., Made]] = {
    port.GoReady: _ready,
    port.GoNotReady: _not_ready,
    port.ReportMicrophone: _microphone,
    port.RingBack: _ring_back,
    port.Reject: _reject,
    port.EndCall: _end,
    port.PassOn: _pass_on,
    port.TakeAgain: _take_again,
    port.LeavePage: _leave,
    port.WriteNote: _note,
    port.Identify: _identify,
    port.SaveRecord: _save,
    port.ExtendWrapUp: _extend,
}
