"""A call as one agent sees it, and where it could go from there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from agents_ui.desk import port
from agents_ui.shell.port import Texts
from contactcentre.core.agent.memo import Memo
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import listen_moves, menu_versions
from contactcentre.core.call.callback import Callback
from contactcentre.core.call.callback_moves import UNCONNECTED
from contactcentre.core.call.queue_transfer import crew
from contactcentre.core.call.record_moves import municipality
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.line.dials import Barred
from contactcentre.core.outcomes import Result
from contactcentre.core.world import World
from contactcentre.features.desk.aside import (
    aside_of,
    aside_view,
    asked_view,
    taker_view,
    tried_view,
)
from routing.services import queue_for

LINE_LENGTH = 120


def call_view(call: Call, agent: Agent, network: Network, barred: Barred = "") -> port.CallView:
    """One call as one agent sees it."""
    aside = aside_of(call, agent)
    offer = aside or call.offer
    queue = network.queue(call.queue)
    hotline = network.hotline(call.dialled)
    ringing = offer is not None and offer.result is None and call.phase is not Phase.CALLING
    record = call.record
    return port.CallView(
        call_id=call.call_id,
        offer_id=offer.leg_id if offer else "",
        phase=_phase(call, agent),
        queue=call.queue,
        queue_label=queue.labels,
        path=_path(call, network),
        language=call.language,
        caller=call.caller,
        dialled=call.dialled,
        dialled_label=hotline.labels,
        arrived_at=call.arrived_at,
        queued_at=call.queueing.queued_at or call.arrived_at,
        offered_at=offer.at if offer else call.arrived_at,
        ring_until=offer.ring_until if offer and ringing else None,
        answered_at=aside.answered_at if aside is not None else call.talk.answered_at,
        held_since=None if aside is not None else call.held_since,
        hold_remind_s=queue.hold_remind_s,
        ended_at=call.talk.ended_at or call.end.at,
        wrap_up_until=agent.wrap_up_until if agent.call_id == call.call_id else None,
        note=call.record.note,
        note_version=call.record.note_version,
        identified_level=call.identity.level,
        identified_at=call.identity.at,
        suggested=call.queueing.services,
        kind=record.kind,
        services=record.services,
        outcome=record.outcome,
        saved=record.saved_at is not None,
        end=call.end.by,
        callback=_callback(call, network),
        rung=call.callback is not None,
        message=_message(call, network),
        barred=barred,
        promises=call.promises,
        passed_by=_passed_by(call, agent, network),
        came_by=call.came_by,
        written=call.written is not None,
        apart=tuple(
            port.ApartView(service=one.service, kind=one.kind, outcome=one.outcome)
            for one in record.apart
        ),
        municipality=municipality(call, network),
        spoken=record.language or call.language,
        follow_up_on=record.follow_up_on.isoformat() if record.follow_up_on is not None else None,
        record_version=record.version,
        parked=call.phase is Phase.HELD and not call.talk.phones_own,
        muted=offer is not None and offer.muted,
        phone_holds=offer is not None and offer.phone_holds and offer.device != "browser",
        own=aside is None,
        aside=aside_view(call, network) if aside is None else None,
        listened=_listened(call, agent),
        recording=_recording(call, agent),
        asked=asked_view(call, network) if aside is not None else None,
        tried=tried_view(call, network) if aside is None else None,
        taker=taker_view(call, network) if aside is None else None,
    )


def _passed_by(call: Call, agent: Agent, network: Network) -> str:
    """The last one who did, if that was not this agent."""
    by = [offer.agent_id for offer in call.offers if offer.result is Result.TRANSFERRED]
    return _name(by[-1], network) if by and by[-1] != agent.agent_id else ""


def onward(call: Call, service: str, world: World) -> Iterator[port.Onward]:
    """The queues to which it can be transferred; the one of the service is suggested."""
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
    callback, calling = call.callback, call.phase is Phase.CALLING
    if callback is None or call.phase not in UNCONNECTED or (callback.message and not calling):
        return None
    return port.CallbackView(
        asked_at=callback.asked_at,
        due_at=callback.due_at,
        attempt=callback.attempts + (not calling),
        attempts=network.callbacks.attempts,
        calling=calling,
        dialled=callback.dialled,
        given_by=_name(callback.given.agent_id, network) if callback.given is not None else "",
        about=first_line(call) if callback.given is not None else "",
        question_s=callback.question.seconds if callback.question is not None else None,
    )


def promise_view(call: Call, promise: Callback) -> port.PromiseView:
    """A promise, for whoever gave it."""
    return port.PromiseView(
        call_id=call.call_id,
        asked_in=promise.asked_in,
        number=call.caller or "",
        about=first_line(call),
        due_at=promise.due_at,
        keeper=promise.given.keeper if promise.given is not None else "anyone",
        attempts=promise.attempts,
    )


def first_line(call: Call) -> str:
    """What a promise is for, where there is room for a line."""
    lines = call.record.note.strip().splitlines()
    return lines[0][:LINE_LENGTH] if lines else ""


def _name(agent_id: str, network: Network) -> str:
    profile = network.agents.get(agent_id)
    return profile.name if profile is not None else ""


def _message(call: Call, network: Network) -> port.MessageView | None:
    promise, message = call.callback, call.message
    unheard = call.phase in (Phase.PREVIEWED, Phase.LISTENING)
    if promise is None or message is None or not unheard:
        return None
    return port.MessageView(
        left_at=promise.asked_at,
        due_at=promise.due_at,
        seconds=message.seconds,
        attempt=promise.attempts + 1,
        attempts=network.callbacks.attempts,
        ring=network.callback_number(call.caller) is not None,
    )


def _phase(call: Call, agent: Agent) -> port.CallPhase:
    beside = agent.beside if agent.beside and agent.beside.call_id == call.call_id else None
    if beside is None and (agent.call_id != call.call_id or agent.state is State.WRAP_UP):
        return "wrap_up"
    if call.phase is Phase.REJOINING:
        return "rejoining"
    if call.phase is Phase.LISTENING:
        return "listening"
    rings = agent.state is State.RESERVED if beside is None else beside.rings
    return "ringing" if rings else "talking"


def _path(call: Call, network: Network) -> tuple[Texts, ...]:
    flow = menu_versions.flow_of(call, network)
    if flow is None or call.choice.cursor is None:
        return ()
    latvian, english = (flow.path_labels(call.choice.cursor, language) for language in ("lv", "en"))
    return tuple({"lv": lv, "en": en} for lv, en in zip(latvian, english, strict=True))


def _listened(call: Call, agent: Agent) -> port.ListenedView | None:
    """Who listens to this agent's leg, from when that is heard."""
    leg = listen_moves.of(call)
    told = leg.listening if leg is not None and leg.answered_at is not None else None
    if told is None or call.talk.agent_id != agent.agent_id:
        return None
    return port.ListenedView(by=told.by, mode=told.mode)


def _recording(call: Call, agent: Agent) -> Literal["", "on", "paused", "aside"]:
    """Of the talk of this agent."""
    leg = call.offer
    if leg is None or not leg.talks or leg.recorded is None or leg.agent_id != agent.agent_id:
        return ""
    if call.phase is Phase.CONSULTING:
        return "aside"
    return "on" if leg.recorded.paused_at is None else "paused"


def memo_view(memo: Memo) -> port.MemoView:
    """What somebody has told the agent, or did."""
    return port.MemoView(
        memo_id=memo.memo_id, at=memo.at, kind=memo.kind, by=memo.by, text=memo.text
    )
