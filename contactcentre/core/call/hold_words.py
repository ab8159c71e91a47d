"""What a caller on hold hears besides music: now and then, that nobody has forgotten them.

Words are said on the caller's leash. Where the agent's telephone holds by itself, the caller is
there only once the first word is due (`HoldLasts`).
"""

from __future__ import annotations

from collections.abc import Iterable

from contactcentre.core import effects
from contactcentre.core.call import signals
from contactcentre.core.call.hold_moves import own_leg
from contactcentre.core.call.menu_moves import tell_waiting
from contactcentre.core.call.move import Change, Follow
from contactcentre.core.call.offers import music
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.timers import Timer

STILL = "hold.still"

_APART = (Phase.HELD, Phase.CONSULTING, Phase.PASSING)


def is_on_hold(call: Call) -> bool:
    """Whether the caller hears music, alone on the leash, while the agent has the call."""
    return call.phase in _APART and call.channel.leashed and call.talk.parted


def phone_holds(call: Call) -> bool:
    """Whether the agent's telephone holds by itself, and the exchange plays the music."""
    return call.phase is Phase.TALKING and call.held_since is not None


def begun(change: Change) -> tuple[effects.Effect, ...]:
    """When the first word is due: at once to whoever has been held by a telephone for so long."""
    before, after = change.before, change.after
    if is_on_hold(after) and (before is None or not is_on_hold(before)):
        every_s = change.network.queue(after.queue).hold_word_s
        kept = effects.KeepHoldWord(call_id=after.call_id, every_s=every_s)
        return (kept, *_later(after, change.network, at_once=after.talk.phones_own))
    if phone_holds(after) and (before is None or not phone_holds(before)):
        return _later(after, change.network)
    return ()


def look(call: Call, network: Network, at: float, *, telephony: bool) -> Iterable[Follow]:
    """The word, music again, and when to say it next. To nobody who is on hold no more."""
    if is_on_hold(call):
        yield tell_waiting(call, (STILL,))
        yield music(call)
    elif not phone_holds(call):
        return
    elif telephony and _is_whole(call):
        yield signals.HoldLasts(at=at, call_id=call.call_id)
        return
    yield from _later(call, network)


def timers(calls: Iterable[Call], network: Network) -> Iterable[effects.StartTimer]:
    """After a start, of talks that went on: whoever comes back to the leash is seen there."""
    for call in calls:
        if phone_holds(call):
            yield from _later(call, network)


def _is_whole(call: Call) -> bool:
    """Whether the talk can be taken apart."""
    try:
        own_leg(call, call.talk.agent_id or "")
    except Illegal:
        return False
    return True


def _later(
    call: Call, network: Network, *, at_once: bool = False
) -> tuple[effects.StartTimer, ...]:
    every_s = network.queue(call.queue).hold_word_s
    if every_s <= 0:
        return ()
    seconds = 0.0 if at_once else every_s
    return (effects.StartTimer(kind=Timer.HOLD_WORD, key=call.call_id, seconds=seconds),)
