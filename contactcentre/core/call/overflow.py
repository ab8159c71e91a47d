"""Ways out of the line: by a key of the caller's, or because waiting has become no use.

A queue's rules ask four things, and only one of them is about this caller's own clock. How long
somebody has waited could be a timer; whether the line is full, anybody is logged in or the hours
are over changes with no event of this call. So a rule is not awaited but looked at: at once when
the call enters a queue (after whoever is free was given it, for the timer comes behind the match),
then when the next `waited` rule falls due, and every `LOOK_S` where a rule asks for more. The first
rule that applies and leads somewhere wins, as they stand written.

What must hold: nobody is taken out of the line to whom we owe an agent (answered once, or promised
to be rung back); nobody is sent round in a circle (`been_in`); "full" counts who stood there
before, so that of a hundred who come at once the last are turned away and not the first; and who
cannot be spoken to just now is looked at again rather than moved unheard. A look that finds nothing
changes nothing and is not journaled: only `OverflowDue` is a move.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from contactcentre.core import effects, events
from contactcentre.core.call import recording_moves, signals
from contactcentre.core.call.menu_moves import (
    GOODBYE,
    callback_asked,
    farewell,
    keep_place,
    say,
    warnings,
)
from contactcentre.core.call.move import Change, Follow, Moved, enter, into
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import Outcome
from contactcentre.core.timers import Timer
from contactcentre.core.values import replace
from routing.model import Requirement
from routing.overflow import Overflow, Way

KEYS_AFTER_S = 2.0
"""A key so soon after the entry was meant for the menu: pressed twice, or a little late."""

LOOK_S = 15.0
"""How often it is asked whether anybody is logged in, and whether the hours are over."""

ELSEWHERE_S = 5.0
"""How soon it is asked again for a caller whom we cannot speak to just now."""

NO_CALLBACK = "wait.no-callback"

_WORDS = {
    "callback": ("callback.accepted", GOODBYE),
    "voicemail": ("voicemail.leave",),
    "queue": ("wait.moved",),
    "hang_up": ("error.all-busy",),
}
CLOSED = ("overflow.closed",)

UNRECORDED = ("wait.unrecorded",)


# --- by a key ------------------------------------------------------------------------------


def key_pressed(call: Call, event: events.DigitPressed, network: Network) -> Moved:
    """The caller takes a way that the queue's keys offer, or will not be recorded; any other key is
    passed over."""
    if recording_moves.says_no(call, event, network):
        unrecorded, orders = recording_moves.refused(call)
        return Moved(unrecorded, (*orders, *_told(unrecorded, UNRECORDED)))
    way = network.queue(call.queue).keys.get(event.digit)
    early = event.at - _entered_at(call) < KEYS_AFTER_S
    if way is None or early or call.callback is not None or not call.channel.leashed:
        return Moved(call)
    if _is_open(way, call, network):
        return take(call, way, event.at, network)
    words = (NO_CALLBACK,) if way.do == "callback" else ("wait.still",)
    return Moved(call, _told(call, words))


def offered(call: Call, expected_s: float | None, at: float, network: Network) -> Iterator[str]:
    """Keys to be told to the caller now: a callback only from the queue's limit of the wait on.

    `expected_s` is the median wait that is still ahead; while nobody knows it, the wait so far
    stands in.
    """
    ahead_s = expected_s if expected_s is not None else at - _entered_at(call)
    queue = network.queue(call.queue)
    for key, way in queue.keys.items():
        short = way.do == "callback" and ahead_s < queue.offer_callback_after_s
        if not short and _is_open(way, call, network):
            yield key


# --- by itself -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineState:
    """What the rules ask of the line and the people."""

    calls: Iterable[Call]
    staffed: Callable[[Call], bool]  # somebody is logged in who could answer


def look(call: Call, at: float, network: Network, line: LineState) -> Iterator[Follow]:
    """The first rule that applies now is due; else say when to look again."""
    rules = network.queue(call.queue).overflow
    ours = call.talk.answered_at is not None or call.callback is not None  # we owe them an agent
    if call.phase is not Phase.WAITING or ours or not rules:
        return
    if not call.channel.leashed:
        yield _timer(call, ELSEWHERE_S)
        return
    for rule in rules:
        if _applies(rule, call, at, network, line) and _is_open(rule, call, network):
            if rule.do != "stay":
                yield signals.OverflowDue(at=at, call_id=call.call_id, rule=rule)
            return
    again_s = _again_s(rules, at - _entered_at(call))
    if again_s is not None:
        yield _timer(call, again_s)


def overflowed(call: Call, event: signals.OverflowDue, network: Network) -> Moved:
    """The rule says where to."""
    return take(call, event.rule, event.at, network)


def begun(change: Change) -> Iterator[Follow]:
    """Look as soon as the call stands in a line anew and nobody was free for it."""
    before, call = change.before, change.after
    anew = change.anew or before is None or before.queue != call.queue
    if anew and call.phase is Phase.WAITING and change.network.queue(call.queue).overflow:
        yield _timer(call, 0.0)


def _timer(call: Call, seconds: float) -> effects.StartTimer:
    return effects.StartTimer(kind=Timer.OVERFLOW, key=call.call_id, seconds=seconds)


def _applies(rule: Overflow, call: Call, at: float, network: Network, line: LineState) -> bool:
    match rule.when:
        case "waited":
            return at - _entered_at(call) >= rule.after_s
        case "full":
            return sum(_is_before(other, call) for other in line.calls) >= rule.size
        case "nobody":
            return not line.staffed(call)
        case "closed":
            calendar = network.calendars.get(rule.calendar or network.default_calendar)
            return calendar is not None and calendar.state(at) != "open"


def _is_before(other: Call, call: Call) -> bool:
    """Whether the other caller stood in this queue already when this one came."""
    in_line = other.phase in (Phase.WAITING, Phase.OFFERED) and other.queue == call.queue
    return in_line and (_entered_at(other), other.call_id) < (_entered_at(call), call.call_id)


def _again_s(rules: Iterable[Overflow], waited_s: float) -> float | None:
    times = [rule.after_s - waited_s for rule in rules if rule.after_s > waited_s]
    if any(rule.when in ("nobody", "closed") for rule in rules):
        times.append(LOOK_S)
    return min(times, default=None)


# --- what becomes of the caller ------------------------------------------------------------


def take(call: Call, way: Way, at: float, network: Network) -> Moved:
    """Go that way."""
    closed = isinstance(way, Overflow) and way.when == "closed" and way.do == "hang_up"
    words = way.prompts or (CLOSED if closed else _WORDS[way.do])
    match way.do:
        case "callback":
            number = network.callback_number(call.caller)
            return callback_asked(call, number, at, words)
        case "voicemail":
            return _voicemail(call, way, words, at)
        case "queue":
            return _to_queue(call, way, words, at, network)
        case _:
            why = way.when if isinstance(way, Overflow) else ""
            return farewell(call.settled(Outcome.TURNED_AWAY, why), at, words)


def _voicemail(call: Call, way: Way, words: tuple[str, ...], at: float) -> Moved:
    call = enter(call, Phase.RECORDING, at).settled(Outcome.VOICEMAIL)
    call = replace(call, channel=call.channel.stepped())
    record = effects.Record(call_id=call.call_id, step=call.channel.step, max_s=way.max_s)
    return Moved(call, (say(call, words), record))


def _to_queue(call: Call, way: Way, words: tuple[str, ...], at: float, network: Network) -> Moved:
    """On the telephone; the caller hears so."""
    moved = in_queue(call, way, at, network)
    moved, warned = warnings(moved, network.queue(moved.queue), at, network)
    music = effects.Music(call_id=moved.call_id)
    return Moved(moved, (keep_place(moved), *_told(moved, words), *warned, music))


def in_queue(call: Call, way: Way, at: float, network: Network) -> Call:
    """The wait so far goes along; what is asked of the agent is the new queue's, relaxed."""
    queue = network.queue(way.queue)
    asked = way.relax.of(Requirement(skills=queue.skills, language=call.language))
    services = (*call.queueing.services, *queue.services)
    queueing = call.queueing.entered(at, skills=asked.skills, services=services, left=call.queue)
    return replace(into(call, queue, network), queueing=queueing)


def _told(call: Call, words: tuple[str, ...]) -> tuple[effects.Effect, ...]:
    said = say(call, words, waits=True, hurries=True)
    return said, effects.Music(call_id=call.call_id)


def _is_open(way: Way, call: Call, network: Network) -> bool:
    """Nobody is rung back without a number, or sent round in a circle."""
    if way.do == "callback":
        return network.callback_number(call.caller) is not None
    seen = (call.queue, *call.queueing.been_in)
    return way.do != "queue" or network.queue(way.queue).queue_id not in seen


def _entered_at(call: Call) -> float:
    times = (call.queueing.entered_at, call.queueing.queued_at, call.arrived_at)
    return next(at for at in times if at is not None)
