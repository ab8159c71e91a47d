"""The caller in the menus: the interpreter's orders turned into ours."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from contactcentre.core import effects, events
from contactcentre.core.call import menu_versions as menus
from contactcentre.core.call import notices
from contactcentre.core.call.move import Change, Moved, enter, into
from contactcentre.core.call.offers import on_leash
from contactcentre.core.call.state import Call, Disposition, Phase
from contactcentre.core.config import municipalities, opening
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import Outcome
from contactcentre.core.timers import Timer
from ivr import interpreter
from routing.calendar import local_minute

FIRST_WORDS_S = 10.0
"""So soon after the entry the caller hears for the first time where he stands."""

GOODBYE = "goodbye"
PLACE_KEPT = "wait.resumed"
CALLBACK_IMPOSSIBLE = "callback.impossible"

MUNICIPALITY = "municipality"
"""The value under which a flow keeps the municipality that the caller chose."""


def facts(call: Call, at: float, network: Network) -> interpreter.Facts:
    """What the menus may know of the world at this instant."""
    weekday, minute = local_minute(at)
    return interpreter.Facts(
        dialled=call.dialled,
        weekday=weekday,
        minute=minute,
        calendars=opening.States(network, call.dialled, at),
        languages=network.languages,
        notices=(*network.announcements, *notices.common(network.notices, call, at)),
        name=opening.name(call.dialled) if call.dialled in network.hotlines else "",
        opening=lambda: opening.opening(network, call.dialled, at),
        choices=lambda _: municipalities.choices(network, call.dialled),
    )


def begin(call: Call, at: float, network: Network) -> Moved:
    """Enter the menus from the start, or straight into the queue where there is no flow."""
    flow = network.flows.get(network.hotline(call.dialled).flow)
    if flow is None:
        return _enqueue(call, _straight_to(network.default_queue), at, network)
    known = facts(call, at, network)
    return _obey(call, interpreter.start(flow, known, language=call.language), at, network)


def _straight_to(queue: str) -> interpreter.Enqueue:
    return interpreter.Enqueue(
        queue=queue, matter=queue, service=None, services=(), skills=(), prompts=()
    )


def again(call: Call, at: float, network: Network) -> Moved:
    """Repeat the present node: the caller is back after a restart of ours."""
    flow = menus.flow_of(call, network)
    if flow is None or call.cursor is None:
        return begin(call, at, network)
    step = interpreter.resume(flow, call.cursor, facts(call, at, network))
    return _obey(call, step, at, network)


def returned(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """Back on the leash."""
    return again(on_leash(call, event), event.at, network)


def answer(call: Call, event: events.Event, network: Network) -> Moved:
    """The caller has heard or answered: go on in the flow."""
    if not isinstance(event, events.PromptsPlayed | events.DigitsEntered):
        raise Illegal
    flow = menus.flow_of(call, network)
    if event.step != call.step or call.cursor is None:
        raise Illegal
    if flow is None:
        return again(call, event.at, network)
    heard = (
        interpreter.Digits(digits=event.digits)
        if isinstance(event, events.DigitsEntered)
        else interpreter.Played()
    )
    step = interpreter.advance(flow, call.cursor, heard, facts(call, event.at, network))
    if _is_overtaken(call.cursor, step, network):
        return begin(call, event.at, network)
    return _obey(call, step, event.at, network)


def _is_overtaken(cursor: interpreter.Cursor, step: interpreter.Step, network: Network) -> bool:
    """A crisis has begun and the menu is not over: whoever has chosen already is let through."""
    goes_on = isinstance(step.order, interpreter.Play | interpreter.Ask)
    return goes_on and network.crisis_flow not in ("", cursor.flow)


def _obey(call: Call, step: interpreter.Step, at: float, network: Network) -> Moved:
    call = replace(call, cursor=step.cursor, language=step.cursor.language, step=call.step + 1)
    return replace(_ordered(call, step.order, at, network), passages=step.passages)


def _ordered(call: Call, order: interpreter.Order, at: float, network: Network) -> Moved:
    match order:
        case interpreter.Play():
            call = notices.told(call, order.prompts, at)
            return Moved(call, (say(call, order.prompts),))
        case interpreter.Ask():
            return Moved(call, (_ask(call, order),))
        case interpreter.Enqueue():
            return _enqueue(call, order, at, network)
        case interpreter.Voicemail():
            call = replace(enter(call, Phase.RECORDING, at), outcome=Outcome.VOICEMAIL)
            record = effects.Record(call_id=call.call_id, step=call.step, max_s=float(order.max_s))
            return Moved(call, (say(call, order.prompts), record))
        case interpreter.RequestCallback():
            call = replace(
                call,
                queue=order.queue,
                matter=order.matter,
                municipality=_chosen(call, MUNICIPALITY) or call.municipality,
            )
            number = network.callback_number(order.number or call.caller)
            if number is None:
                call = replace(call, outcome=Outcome.SERVED_BY_MENU)
                return farewell(call, at, (CALLBACK_IMPOSSIBLE, GOODBYE))
            return callback_asked(call, number, at, order.prompts)
        case interpreter.Transfer():
            call = replace(enter(call, Phase.TRANSFERRED, at), outcome=Outcome.TRANSFERRED)
            dial = effects.Transfer(call_id=call.call_id, step=call.step, number=order.number)
            return Moved(call, (say(call, order.prompts), dial))
        case interpreter.HangUp():
            call = replace(call, outcome=Outcome.SERVED_BY_MENU)
            return farewell(call, at, order.prompts)


def tell_waiting(call: Call, prompts: tuple[str, ...]) -> effects.Play:
    """Words to a caller in line."""
    return replace(say(call, prompts), waits=True)


def tell_later(
    call: Call, network: Network, *, within_s: float = inf
) -> tuple[effects.StartTimer, ...]:
    """The next words to whoever waits; none where the queue has none."""
    every_s = network.queue(call.queue).announce_s
    if every_s <= 0:
        return ()
    seconds = min(within_s, every_s)
    return (effects.StartTimer(kind=Timer.ANNOUNCE, key=call.call_id, seconds=seconds),)


def first_words(change: Change) -> tuple[effects.StartTimer, ...]:
    """Whoever comes from the menu hears soon where he stands; then as often as the queue says."""
    from_menu = change.before is None or change.before.phase is Phase.MENU
    if not from_menu or change.after.phase is not Phase.WAITING:
        return ()
    return tell_later(change.after, change.network, within_s=FIRST_WORDS_S)


def say(call: Call, prompts: tuple[str, ...]) -> effects.Play:
    """Words that are to be heard to their end."""
    return effects.Play(
        call_id=call.call_id, step=call.step, prompts=prompts, language=call.language
    )


def _ask(call: Call, order: interpreter.Ask) -> effects.Ask:
    return effects.Ask(
        call_id=call.call_id,
        step=call.step,
        prompts=order.prompts,
        language=call.language,
        max_digits=order.max_digits,
        terminator=order.terminator,
        timeout_s=order.timeout_s,
        barge_in=order.barge_in,
        accept=order.accept,
    )


def _enqueue(call: Call, order: interpreter.Enqueue, at: float, network: Network) -> Moved:
    queue = network.queue(order.queue)
    certain = (order.service,) if order.service else ()
    services = tuple(dict.fromkeys((*certain, *order.services, *queue.services)))
    known = notices.of_queue(network.notices, call, queue.queue_id, at)
    waiting = replace(
        into(enter(notices.told(call, known, at), Phase.WAITING, at), queue, network),
        matter=order.matter or queue.queue_id,
        skills=order.skills or queue.skills,
        first_queue=call.first_queue or queue.queue_id,
        first_skills=call.first_skills if call.first_queue else order.skills or queue.skills,
        services=services,
        municipality=_chosen(call, MUNICIPALITY) or call.municipality,
        queued_at=at if call.queued_at is None else call.queued_at,
        place_at=at if call.place_at is None else call.place_at,
        entered_at=at,
        disposition=Disposition(services=certain),
    )
    orders: tuple[effects.Effect, ...] = (keep_place(waiting),)
    if known or order.prompts:
        orders += (tell_waiting(waiting, (*known, *order.prompts)),)
    return Moved(waiting, (*orders, effects.Music(call_id=call.call_id)))


def _chosen(call: Call, name: str) -> str:
    """What the caller chose or typed in the menu under that name."""
    return (call.cursor.value(name) or "") if call.cursor is not None else ""


def keep_place(call: Call) -> effects.KeepPlace:
    """The caller's place, to be written on the channel."""
    return effects.KeepPlace(
        call_id=call.call_id,
        queue=call.queue,
        language=call.language,
        queued_at=call.place_at or call.queued_at or call.arrived_at,
        arrived_at=call.arrived_at,
    )


def callback_asked(call: Call, number: str | None, at: float, prompts: tuple[str, ...]) -> Moved:
    """The caller wants to be rung back, at this number or the one that is calling."""
    asked = replace(call, outcome=Outcome.CALLBACK, callback_to=number or call.caller)
    return farewell(asked, at, prompts)


def farewell(call: Call, at: float, prompts: tuple[str, ...]) -> Moved:
    """Say the last words and hang up."""
    closing = enter(call, Phase.CLOSING, at)
    words = (say(closing, prompts),) if prompts else ()
    return Moved(closing, (*words, effects.HangUp(call_id=call.call_id)))
