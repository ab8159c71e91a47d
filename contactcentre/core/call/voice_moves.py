"""What the agent does by the page with a telephone that is not in it: lifts it, is muted, presses a
key for whoever is heard.

A browser's phone does all of it by itself, and goes on doing so without us. Of a telephone on a
table and of a mobile the exchange does it, which the page asks for here; a mobile only its owner
can lift.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contactcentre.core import commands, effects
from contactcentre.core.call.leg import Leg
from contactcentre.core.call.move import Change, Follow, Moved, with_leg
from contactcentre.core.call.state import Call, Hears, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.values import replace


def answer_chosen(call: Call, event: commands.AnswerChosen, network: Network) -> Moved:
    """The telephone on the table is to answer what rings there."""
    for leg in (call.offer, call.aside):
        asked = leg is not None and (leg.leg_id, leg.agent_id) == (event.offer_id, event.agent_id)
        if asked and leg is not None and (orders := lift(leg)):
            return Moved(call, orders)
    raise Illegal


def lift(leg: Leg) -> tuple[effects.AnswerLeg, ...]:
    """What has it answer; nothing where it does not ring, or is none that could."""
    lifts = leg.device == "desk" and leg.rings and leg.rang_at is not None and leg.channel
    return (effects.AnswerLeg(leg=leg.channel),) if lifts else ()


def chosen(call: Call, event: commands.MuteChosen, network: Network) -> Moved:
    """Nobody hears the agent, or whoever is there does again."""
    leg = _leg_of(call, event.agent_id)
    return Moved(with_leg(call, replace(leg, muted=event.muted)))


def key_pressed(call: Call, event: commands.KeyPressed, network: Network) -> Moved:
    """A tone for whom the agent talks to: the citizen, or the menu of an institution."""
    _leg_of(call, event.agent_id)
    order = effects.PressKey(leg=_heard(call), digit=event.digit)
    return Moved(call, (order,))


def _leg_of(call: Call, agent_id: str) -> Leg:
    """The telephone of whoever talks in this call. Raises `Illegal` where it is a browser."""
    for leg in (call.offer, call.aside):
        if leg is not None and leg.agent_id == agent_id and leg.talks and not leg.away:
            if leg.device == "browser" or not leg.channel:
                break
            return leg
    raise Illegal


def _heard(call: Call) -> str:
    """The channel of whom the agent talks to. Raises `Illegal` where that is nobody."""
    aside, phase = call.aside, call.phase
    if phase is Phase.TALKING or (phase is Phase.CONSULTING and call.talk.hears is Hears.CALLER):
        return call.channel.name
    if phase is Phase.CONSULTING and aside is not None and aside.talks and aside.channel:
        return aside.channel
    raise Illegal


def muted(change: Change) -> Iterator[Follow]:
    """The exchange is told of every change; a leg that goes on in another call is heard there."""
    if not change.of_legs:
        return
    before = {leg.leg_id: leg for leg in _muted(change.before)}
    after = {leg.leg_id: leg for leg in _muted(change.after)}
    yield from (_order(leg) for name, leg in after.items() if name not in before)
    shared = change.before is not None and bool(change.before.talk.beside)
    talks = {leg.leg_id for leg in change.after.legs if leg.talks}
    for name, leg in before.items():
        if name not in after and (shared or name in talks):
            yield _order(replace(leg, muted=False))


def again(calls: Iterable[Call]) -> Iterator[Follow]:
    """What may never have reached the exchange is told once more."""
    for call in calls:
        yield from map(_order, _muted(call))


def _muted(call: Call | None) -> Iterator[Leg]:
    for leg in call.legs if call is not None else ():
        if leg.muted and leg.talks:
            yield leg


def _order(leg: Leg) -> effects.MuteLeg:
    return effects.MuteLeg(leg=leg.channel, muted=leg.muted)
