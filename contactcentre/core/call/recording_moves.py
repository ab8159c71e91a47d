"""A talk is recorded: who may be, who says no, and what is silent in the file.

Whether a leg is recorded is settled when it is rung: Asterisk begins with the dial, and writes only
while the leg is in a talk. A pause is silence in the file, and so is all of a consult: whoever is
asked was told of no recording. The words of a policy stand in `routing.recording`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contactcentre.core import commands, effects, events
from contactcentre.core.call.leg import Leg
from contactcentre.core.call.move import Change, Follow, Moved, with_leg
from contactcentre.core.call.recorded import Recorded
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.sampling import is_sampled
from contactcentre.core.values import replace
from routing.model import Queue

KEY_AFTER_S = 2.0
"""A key so soon after the entry was meant for the menu."""


def would_record(call: Call, queue: Queue, network: Network) -> bool:
    """Whether this call is one of those that the queue records, and its caller has not said no."""
    policy = queue.recording
    may = network.recordings and policy.allows and not call.heard.unrecorded
    return may and is_sampled(call.call_id, "recording", policy.share)


def of_new_leg(call: Call, network: Network) -> Recorded | None:
    """What is to be recorded of the talk to which an agent is rung now."""
    queue = network.queue(call.queue)
    if call.heard.recording_at is None or not would_record(call, queue, network):
        return None
    return Recorded(basis=queue.recording.basis)


def of_leg_again(call: Call, at: float, network: Network) -> Recorded | None:
    """The same of an agent who is rung back: what was paused stays so."""
    new, old = of_new_leg(call, network), call.offer.recorded if call.offer is not None else None
    paused = old is not None and old.paused_at is not None
    return replace(new, paused_at=at) if new is not None and paused else new


# --- the caller says no --------------------------------------------------------------------


def says_no(call: Call, event: events.DigitPressed, network: Network) -> bool:
    """Whether that key is the one of which the notice has told."""
    told_at = call.heard.recording_at
    if told_at is None or call.heard.unrecorded or event.at - told_at < KEY_AFTER_S:
        return False
    return event.digit == network.queue(call.queue).recording.key


def refused(call: Call) -> tuple[Call, tuple[effects.Effect, ...]]:
    """Nothing of this call is recorded; what has begun with an agent's ring is stopped."""
    orders = tuple(_stop(leg) for leg in call.legs if leg.recorded and leg.rings and leg.channel)
    legs = tuple(replace(leg, recorded=None) if leg.rings else leg for leg in call.legs)
    return replace(call, heard=replace(call.heard, unrecorded=True), legs=legs), orders


def key_pressed(call: Call, event: events.DigitPressed, network: Network) -> Moved:
    """While an agent is rung; any other key is passed over."""
    return Moved(*refused(call)) if says_no(call, event, network) else Moved(call)


def stopped(change: Change) -> Iterator[Follow]:
    """A leg that was rung before its caller said no, and has a name only now."""
    before, after = change.before, change.after
    if before is None or not after.heard.unrecorded:
        return
    known = {leg.leg_id for leg in before.legs if leg.channel}
    yield from (
        _stop(leg) for leg in after.legs if leg.rings and leg.channel and leg.leg_id not in known
    )


def _stop(leg: Leg) -> effects.StopRecording:
    return effects.StopRecording(offer_id=leg.leg_id, leg=leg.channel)


# --- the agent pauses ----------------------------------------------------------------------


def paused(call: Call, event: commands.RecordingPaused, network: Network) -> Moved:
    """Silence from now on."""
    leg, recorded = _own(call, event.agent_id)
    if recorded.paused_at is not None:
        raise Illegal
    return Moved(with_leg(call, replace(leg, recorded=replace(recorded, paused_at=event.at))))


def resumed(call: Call, event: commands.RecordingResumed, network: Network) -> Moved:
    """What is said is recorded again."""
    leg, recorded = _own(call, event.agent_id)
    if recorded.paused_at is None:
        raise Illegal
    return Moved(with_leg(call, replace(leg, recorded=replace(recorded, paused_at=None))))


def _own(call: Call, agent_id: str) -> tuple[Leg, Recorded]:
    """The leg of the agent whose call it is. Raises `Illegal` where that is not recorded."""
    leg = call.offer
    if leg is None or leg.recorded is None or not leg.talks or leg.agent_id != agent_id:
        raise Illegal
    return leg, leg.recorded


def muted(change: Change) -> Iterator[Follow]:
    """The exchange is told whenever the file is to be silent, or is not any more."""
    before = {leg.leg_id: is_silent(change.before, leg) for leg in _legs(change.before)}
    for leg in _legs(change.after):
        silent = is_silent(change.after, leg)
        if silent != before.get(leg.leg_id, False):
            yield _mute(leg, muted=silent)


def again(calls: Iterable[Call]) -> Iterator[Follow]:
    """What may never have reached the exchange is told once more: a pause that is none is worse
    than one too many."""
    for call in calls:
        yield from (_mute(leg, muted=True) for leg in _legs(call) if is_silent(call, leg))


def is_silent(call: Call | None, leg: Leg) -> bool:
    """Whether nothing of what is said is to be heard in the recording."""
    consults = call is not None and call.phase is Phase.CONSULTING  # also where all three talk
    paused = leg.recorded is not None and leg.recorded.paused_at is not None
    return consults or leg.away or paused


def _legs(call: Call | None) -> Iterator[Leg]:
    for leg in call.legs if call is not None else ():
        if leg.recorded is not None and leg.talks and leg.channel:
            yield leg


def _mute(leg: Leg, *, muted: bool) -> effects.MuteRecording:
    return effects.MuteRecording(offer_id=leg.leg_id, leg=leg.channel, muted=muted)
